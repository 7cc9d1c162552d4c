import type { Addon } from '../../native/index.js';
import { createRecordEncoder, type Framing, type RecordEncoder } from '../record/index.js';
import { oneLength } from './record-file-encoder.js';
import type { RecordFile } from './record-file.js';

const NEWLINE = 0x0a;

/** Adds `"$raw": "<hex>"` to the line of a record that encode would write with other bytes. */
export class RawKeeper {
  private readonly encoders: readonly RecordEncoder[];

  constructor(file: RecordFile, native: Addon | undefined) {
    const recordLength = oneLength(file);
    this.encoders = file.layouts.map(layout => createRecordEncoder({ layout, recordLength, native }));
  }

  /** The lines of the records at `indexes`, in their order. */
  keep(kind: number, text: Buffer, framing: Framing, indexes: readonly number[]): Buffer {
    const lines: Buffer[] = [];
    let at = 0;
    for (const index of indexes) {
      const end = text.indexOf(NEWLINE, at) + 1;
      lines.push(...this.line(kind, text.subarray(at, end), framing, index));
      at = end;
    }
    return Buffer.concat(lines);
  }

  private line(kind: number, line: Buffer, { bytes, starts, lengths }: Framing, index: number): readonly Buffer[] {
    const record = bytes.subarray(starts[index]!, starts[index]! + lengths[index]!);
    if (this.encoders[kind]!.isCanonical(line.subarray(0, -1), record)) return [line];
    const comma = line.length > 3 ? ',' : '';
    return [line.subarray(0, -2), Buffer.from(`${comma}"$raw":"${Buffer.from(record).toString('hex')}"}\n`)];
  }
}
