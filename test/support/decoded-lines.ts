import {
  createJsonWriter,
  Framing,
  recordTemplate,
  type JsonWriterOptions,
  type Layout,
} from '../../src/codec/index.js';
import type { SeededRandom } from './fuzz.js';

const BYTES = [
  0x00, 0x0c, 0x0d, 0x1c, 0x40, 0x4e, 0x60, 0x99, 0x9c, 0xc1, 0xd1, 0xf0, 0xf5, 0xf9, 0x20, 0x30, 0x39, 0x70,
];

/** Records near to good ones: the template with some bytes changed. */
export function damagedRecords(random: SeededRandom, layout: Layout, count: number): Uint8Array[] {
  const template = recordTemplate(layout);
  return Array.from({ length: count }, () => {
    const record = template.slice();
    for (let change = random.below(5); change > 0; change--) {
      const from = random.below(record.length);
      const run = record.subarray(from, from + 1 + random.below(6));
      run.forEach((_, index) => (run[index] = random.below(4) === 0 ? random.below(256) : random.pick(BYTES)));
    }
    return record;
  });
}

/** What decode makes of one record: its line, or why it is refused. */
export type DecodedRecord = { readonly line: string } | { readonly code: string; readonly field: string };

/** Decodes records one by one, as `headrace decode` does without native code. */
export function decodeRecords(
  layout: Layout,
  records: readonly Uint8Array[],
  options: Partial<JsonWriterOptions> = {},
): DecodedRecord[] {
  const writer = createJsonWriter({ layout, native: undefined, exactLength: true, ...options });
  const out = Buffer.alloc(writer.plan.textSizeMax);
  return records.map(bytes => {
    const framing = new Framing(1);
    framing.clear(bytes, 0);
    framing.add(0, bytes.length);
    const batch = writer.write({ bytes, framing, first: { record: 1, fileOffset: 0 } }, 0, out);
    const [refusal] = batch.refusals;
    return refusal ?? { line: out.toString('utf8', 0, batch.length - 1) };
  });
}
