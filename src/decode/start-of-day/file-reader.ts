import { createHash } from 'node:crypto';
import { closeSync, openSync, readSync } from 'node:fs';

import { frameFixed, frameRdw, Framing } from '../../codec/index.js';
import { ConfigError, STATUS, statusName } from '../../model/index.js';
import type { Addon } from '../../native/index.js';
import { FileFold } from './file-fold.js';
import type { FileLoad } from './load-rows.js';
import type { StartOfDayMapping } from './mapping.js';
import { refuseLoad } from './refused.js';

const CHUNK_SIZE = 1 << 20;
const RECORDS_MAX = 4096;

/** Reads and checks a whole start-of-day file. Throws DecodeError with the refusal of the first bad record. */
export function readStartOfDay(mapping: StartOfDayMapping, native: Addon | undefined, recordsMax: number): FileLoad {
  const fold = new FileFold(mapping, native, recordsMax);
  const hash = createHash('sha256');
  const buffer = new Uint8Array(Math.max(CHUNK_SIZE, fold.recordSize * 2));
  const framing = new Framing(RECORDS_MAX);
  const file = open(mapping.file);
  try {
    let [held, fileOffset, record] = [0, 0, 1];
    for (;;) {
      const read = readSync(file, buffer, held, buffer.length - held, null);
      hash.update(buffer.subarray(held, held + read));
      held += read;
      let from = 0;
      do {
        if (mapping.format === 'fixed') frameFixed(framing, fold.recordSize, from, held);
        else frameRdw(framing, buffer, from, held);
        const spans = { bytes: buffer, starts: framing.starts, lengths: framing.lengths, count: framing.count };
        fold.records(spans, { record, fileOffset });
        record += framing.count;
        from = framing.consumed;
      } while (framing.status === STATUS.ok.code && from < held);
      if (framing.status === STATUS.badRecordLength.code || (read === 0 && from < held))
        throw refuseRest(framing.status, record, fileOffset + from, buffer.subarray(from, held));
      if (read === 0) return fold.finish(hash.digest());
      buffer.copyWithin(0, from, held);
      held -= from;
      fileOffset += from;
    }
  } finally {
    closeSync(file);
  }
}

function open(path: string): number {
  try {
    return openSync(path, 'r');
  } catch (error) {
    throw new ConfigError('HR_LOAD_FILE', `${path} cannot be read: ${(error as Error).message}`, { cause: error });
  }
}

function refuseRest(status: number, record: number, offset: number, rest: Uint8Array): Error {
  const code = status === STATUS.badRecordLength.code ? statusName(status) : 'shortRecord';
  const message = `record ${record} at offset ${offset}: ${STATUS[code].text}`;
  const hex = Buffer.from(rest.subarray(0, 16)).toString('hex');
  return refuseLoad({ record, offset, field: '', picture: '', code, message, hex });
}
