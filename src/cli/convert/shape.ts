import { openRecordFile, type MissingPolicy } from '../../codec/index.js';
import type { Addon } from '../../native/index.js';
import { unpack, type PortableOptions } from '../decode/copies.js';
import { CsvShaper } from './csv-shaper.js';
import type { LineShaper } from './line-shaper.js';
import { RecordShaper } from './record-shaper.js';

/** What workers make of lines of JSON. */
export type Shape =
  | { readonly kind: 'csv'; readonly columns: readonly string[]; readonly stopsAtRefusal: boolean }
  | {
      readonly kind: 'records';
      readonly file: PortableOptions;
      readonly absent: MissingPolicy;
      readonly nulls: MissingPolicy;
      readonly kinds: readonly number[];
    };

/** The shaper of a shape. Throws ConfigError for records that have no JSON. */
export function openShaper(shape: Shape, native: Addon | undefined): LineShaper {
  if (shape.kind === 'csv') return new CsvShaper(shape.columns, shape.stopsAtRefusal);
  const { file, absent, nulls, kinds } = shape;
  return new RecordShaper(openRecordFile(unpack(file)), { absent, nulls, kinds, native });
}
