import { openColumnReader } from '../../codec/index.js';
import { linesOf } from '../encode/lines.js';
import type { EachLines } from './line-reader.js';

/** The rows of a file of Parquet or Arrow as lines. How much of the file is read is known only where it tells its rows. */
export const eachColumnRow: EachLines = async ({ input, path }, visit) => {
  const reader = openColumnReader(path);
  try {
    let done = 0;
    let into: Uint8Array | undefined;
    for (let part = reader.read(into); part !== undefined; part = reader.read(into)) {
      into = new Uint8Array(part.text.buffer);
      const { batch } = linesOf(part.text, part.text.length, done + 1, true);
      done += part.rows;
      const share = reader.rows === undefined ? 0 : done / reader.rows;
      if (!(await visit(batch, Math.round(input.sizeBytes * share)))) return;
    }
  } finally {
    reader.close();
  }
};
