/** Our copybook codec over the bench's records, by the calls a user makes. */
import {
  createDecoder,
  createEncoder,
  createJsonWriter,
  createRecordEncoder,
  fixedSpans,
  frameFixed,
  Framing,
  type Layout,
} from '../src/codec/index.js';
import { loadAddon, type NativeMode } from '../src/native/index.js';
import { tradeRecords, UNIT } from './copybook-records.js';
import type { Missing, Timed } from './harness.js';
import { orMissing } from './harness.js';

const LABEL = { require: 'native', prefer: 'native where built', off: 'TypeScript twin' } as const;
const OUT_BYTES = 4 * 1024 * 1024;

/** Rows with every field typed; a bad record would count as one, and there is none. */
export function rowsDecode(native: NativeMode, layout: Layout): Promise<Timed | Missing> {
  const name = `headrace, ${LABEL[native]}, rows`;
  return orMissing(name, () => {
    const records = tradeRecords(layout);
    const decoder = createDecoder({ layout, native: loadAddon(native) });
    const operations = records.length / layout.sizeBytes;
    const rows = new Uint8Array(operations * decoder.rowSize);
    const spans = fixedSpans(records, 0, layout.sizeBytes, operations);
    decoder.decodeRows(records, 0, records.length, rows);
    for (let index = 0; index < operations; index++) {
      const refusal = decoder.refusal(spans, rows, index, { record: 1, fileOffset: 0 });
      if (refusal !== undefined) throw new Error(`record ${index + 1} was refused: ${JSON.stringify(refusal)}`);
    }
    return { name, unit: UNIT, operations, call: () => decoder.decodeRows(records, 0, records.length, rows) };
  });
}

/** JSON lines, as `headrace decode --json` writes them. */
export function jsonDecode(native: NativeMode, layout: Layout): Promise<Timed | Missing> {
  const name = `headrace, ${LABEL[native]}, JSON lines`;
  return orMissing(name, () => {
    const bytes = tradeRecords(layout);
    const operations = bytes.length / layout.sizeBytes;
    const writer = createJsonWriter({ layout, exactLength: true, native: loadAddon(native) });
    const out = Buffer.alloc(OUT_BYTES);
    const framing = new Framing(operations);
    const first = { record: 1, fileOffset: 0 };
    function call(): number {
      frameFixed(framing, layout.sizeBytes, 0, bytes.length);
      let length = 0;
      for (let from = 0; from < operations;) {
        const written = writer.write({ bytes, framing, first }, from, out);
        from += written.records;
        length += written.length;
        if (written.refusals.length > 0) throw new Error(`refused: ${JSON.stringify(written.refusals[0])}`);
      }
      return length;
    }
    return { name, unit: UNIT, operations, call };
  });
}

/** Lines of JSON to records, as `headrace encode` takes them; every byte must be the one that was read. */
export function jsonEncode(native: NativeMode, layout: Layout): Promise<Timed | Missing> {
  const name = `headrace, ${LABEL[native]}, JSON lines to records`;
  return orMissing(name, () => {
    const records = tradeRecords(layout);
    const operations = records.length / layout.sizeBytes;
    const source = jsonLines(layout, records);
    const encoder = createRecordEncoder({ layout, native: loadAddon(native) });
    const out = new Uint8Array(records.length);
    function call(): number {
      const { length, refusals } = encoder.encodeLines(source, 0, out);
      if (refusals.length > 0) throw new Error(`refused: ${JSON.stringify(refusals[0])}`);
      return length;
    }
    if (call() !== records.length || Buffer.compare(out, records) !== 0)
      throw new Error('the records written are not those read');
    return { name, unit: UNIT, operations, call };
  });
}

/** The lines that the records decode to. */
function jsonLines(layout: Layout, bytes: Uint8Array) {
  const count = bytes.length / layout.sizeBytes;
  const writer = createJsonWriter({ layout, exactLength: true, native: undefined });
  const text = Buffer.alloc(writer.plan.textSizeMax * count);
  const framing = new Framing(count);
  frameFixed(framing, layout.sizeBytes, 0, bytes.length);
  const { length } = writer.write({ bytes, framing, first: { record: 1, fileOffset: 0 } }, 0, text);
  const ends: number[] = [];
  for (let at = 0; at < length; at = ends.at(-1)! + 1) ends.push(text.indexOf('\n', at));
  return { bytes: text, starts: [0, ...ends.map(end => end + 1)], ends, count, first: 1 };
}

/** The records written back from their rows; every byte must be the one that was read. */
export function rowsEncode(native: NativeMode, layout: Layout): Promise<Timed | Missing> {
  const name = `headrace, ${LABEL[native]}, rows to records`;
  return orMissing(name, () => {
    const records = tradeRecords(layout);
    const operations = records.length / layout.sizeBytes;
    const encoder = createEncoder({ layout, native: loadAddon(native) });
    const rows = new Uint8Array(operations * encoder.rowSize);
    createDecoder({ layout, native: undefined }).decodeRows(records, 0, records.length, rows);
    const out = new Uint8Array(records.length);
    encoder.encodeRows(rows, operations, out);
    if (Buffer.compare(out, records) !== 0) throw new Error('the records written are not those read');
    return { name, unit: UNIT, operations, call: () => encoder.encodeRows(rows, operations, out) };
  });
}
