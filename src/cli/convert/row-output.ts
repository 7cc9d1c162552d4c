import {
  createDecoder,
  errorPolicy,
  isExact,
  rowsTellAll,
  type Decoder,
  type RecordBatch,
  type RecordFile,
  type Refusal,
  type Run,
} from '../../codec/index.js';
import { InvariantError } from '../../model/index.js';
import type { Addon } from '../../native/index.js';
import { JsonOutput } from '../decode/json-output.js';
import type { DecodeSink, RecordOutput } from '../decode/record-output.js';
import { rangedRecordSize } from '../decode/record-tasks.js';

/** A row has a place for every occurrence of every field, so those of long records cost more than lines of JSON. */
const RECORD_SIZE_MAX = 32 << 10;
const ROWS_SIZE = 1 << 18;

/** Whether rows of the decoder tell all of a file's records that columns hold: one layout, one length, no policy that JSON alone knows. */
export function goesByRows(file: RecordFile): boolean {
  const { layouts, choices, policies } = file;
  const [layout] = layouts;
  if (layout === undefined || layouts.length > 1 || choices[0]!.length > 0) return false;
  if (policies.children !== undefined || policies.renames === true) return false;
  const policy = errorPolicy(policies);
  const hasNulls = ['', ...Object.keys(policies.fields ?? {})].some(name => policy(name) === 'null');
  const isOneLength = isExact(file) && rangedRecordSize(file) === layout.sizeBytes;
  return !hasNulls && isOneLength && layout.sizeBytes <= RECORD_SIZE_MAX && rowsTellAll(layout);
}

/** Records as rows of the decoder, the good ones one after the other; what is wrong with others is told as their JSON tells it. */
export class RowOutput implements RecordOutput {
  private readonly decoder: Decoder;
  private readonly bad: RecordOutput;

  constructor(
    file: RecordFile,
    native: Addon | undefined,
    private readonly sink: DecodeSink,
    /** Where rows go instead of the sink, while that is there. */
    private readonly groups: () => Pick<DecodeSink, 'room' | 'print'> | undefined,
  ) {
    this.decoder = createDecoder({ layout: file.layouts[0]!, native });
    this.bad = new JsonOutput(file, native, new BadRecords(sink));
  }

  write(batch: RecordBatch, run: Run): boolean {
    const atOnce = Math.max(1, Math.floor(ROWS_SIZE / this.decoder.rowSize));
    for (let from = run.from; from < run.until; from += atOnce) {
      const part = { kind: run.kind, from, until: Math.min(run.until, from + atOnce) };
      if (!this.part(batch, part)) return false;
    }
    return true;
  }

  finish(): void {}

  private part(batch: RecordBatch, { kind, from, until }: Run): boolean {
    const { decoder } = this;
    const sink = this.groups() ?? this.sink;
    const { bytes, starts, lengths } = batch.framing;
    const { rowSize } = decoder;
    const count = until - from;
    const rows = sink.room(count * rowSize).subarray(0, count * rowSize);
    decoder.decodeSpans(
      { bytes, starts: starts.subarray(from, until), lengths: lengths.subarray(from, until), count },
      rows,
    );
    let [good, goesOn] = [0, true];
    for (let index = 0; index < count && goesOn; index++) {
      const start = index * rowSize;
      if (hasStatus(rows, start)) goesOn = this.bad.write(batch, { kind, from: from + index, until: from + index + 1 });
      else if (good++ < index) rows.copyWithin(rowSize * (good - 1), start, start + rowSize);
    }
    sink.print(rows.subarray(0, good * rowSize));
    return goesOn;
  }
}

/** The status of a row is its first four bytes. */
const hasStatus = (rows: Uint8Array, at: number): boolean =>
  (rows[at]! | rows[at + 1]! | rows[at + 2]! | rows[at + 3]!) !== 0;

/** Where the JSON of records goes that have no row: their refusals are told, and there is no text. */
class BadRecords implements DecodeSink {
  private scratch = new Uint8Array(0);

  constructor(private readonly sink: DecodeSink) {}

  room(sizeMin: number): Uint8Array {
    if (this.scratch.length < sizeMin) this.scratch = new Uint8Array(sizeMin);
    return this.scratch;
  }

  print(text: Uint8Array | string): void {
    if (text.length > 0) throw new InvariantError('HR_INTERNAL', 'a record has JSON and no row');
  }

  tell(refusal: Refusal): void {
    this.sink.tell(refusal);
  }

  refuse(refusal: Refusal, batch: RecordBatch, index: number): void {
    this.sink.refuse(refusal, batch, index);
  }
}
