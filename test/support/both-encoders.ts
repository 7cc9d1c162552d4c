import { deepStrictEqual } from 'node:assert';

import { createRecordEncoder, type RecordEncoder, type RecordEncoderOptions } from '../../src/codec/index.js';
import { loadAddon } from '../../src/native/index.js';

/** The addon's encoder, each of whose answers must be the twin's; where it is not built, the twin. */
export function bothEncoders(options: RecordEncoderOptions): RecordEncoder {
  const twin = createRecordEncoder(options);
  const addon = loadAddon('prefer');
  if (addon === undefined) return twin;
  const native = createRecordEncoder({ ...options, native: addon });
  return {
    recordSize: native.recordSize,
    encodeLines(source, from, out) {
      const other = new Uint8Array(out.length);
      const batch = native.encodeLines(source, from, out);
      deepStrictEqual(batch, twin.encodeLines(source, from, other));
      deepStrictEqual(Buffer.from(out.subarray(0, batch.length)), Buffer.from(other.subarray(0, batch.length)));
      return batch;
    },
    encode(value, record) {
      const found = native.encode(value, record);
      deepStrictEqual(found, twin.encode(value, record));
      return found;
    },
    isCanonical(line, record) {
      const found = native.isCanonical(line, record);
      deepStrictEqual(found, twin.isCanonical(line, record));
      return found;
    },
  };
}
