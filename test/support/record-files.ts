import {
  Framing,
  openRecordFile,
  RecordFinder,
  type RecordFile,
  type RecordFileOptions,
} from '../../src/codec/index.js';
import { statusName } from '../../src/model/index.js';

/** A file of records of a copybook; on an ASCII page when nothing else is said. */
export function recordFile(
  text: string,
  options: Omit<RecordFileOptions, 'copybook'> = {},
  codePage = 'ascii',
): RecordFile {
  return openRecordFile({ copybook: { file: 'x.cpy', text, codePage }, ...options });
}

/** One record as it was found: its kind, its place in the file and its bytes. */
export interface FoundRecord {
  readonly kind: number;
  readonly origin: number;
  readonly bytes: string; // latin1
}

/** Every record of a file that comes `chunk` bytes at a time, and how its end was: ok, incomplete, or a word's fault. */
export function findRecords(
  file: RecordFile,
  data: Uint8Array,
  chunk: number = data.length,
  countMax = 3,
): { records: FoundRecord[]; end: string } {
  const finder = new RecordFinder(file);
  const framing = new Framing(countMax);
  const records: FoundRecord[] = [];
  let [from, to] = [0, Math.min(chunk, data.length)];
  for (;;) {
    const ended = to === data.length;
    finder.find(framing, { bytes: data.subarray(0, to), from, to, ended }, records.length + 1);
    for (let index = 0; index < framing.count; index++) {
      const start = framing.starts[index]!;
      const bytes = Buffer.from(framing.bytes.subarray(start, start + framing.lengths[index]!)).toString('latin1');
      records.push({ kind: framing.kinds[index]!, origin: framing.origins[index]!, bytes });
    }
    from = framing.consumed;
    const status = statusName(framing.status);
    if (status === 'badRecordLength') return { records, end: `${finder.fault.word} ${finder.fault.why}` };
    if (ended && (from === to || status === 'incomplete')) return { records, end: from === to ? 'ok' : 'incomplete' };
    if (!ended && (from === to || status === 'incomplete')) to = Math.min(data.length, to + chunk);
  }
}
