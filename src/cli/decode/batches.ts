import { frameFixed, frameRdw, Framing, type FilePlace, type Layout, type RecordFormat } from '../../codec/index.js';
import { STATUS } from '../../model/index.js';
import type { Input } from './input.js';

/** Framed records among the bytes read, and where they lie in the file. */
export interface Batch {
  readonly bytes: Uint8Array;
  readonly framing: Framing;
  readonly first: FilePlace;
}

/** Bytes after which no further record can be found: an unfinished record, or a bad descriptor word. */
export interface Rest {
  readonly record: number;
  readonly offset: number;
  readonly bytes: Uint8Array;
  readonly status: number;
}

const CHUNK_SIZE = 1 << 20;
const RECORDS_MAX = 8192;

/** Reads records batch by batch into one buffer: memory does not grow with the file. Returns what is left at the end. */
export async function eachBatch(
  input: Input,
  source: { layout: Layout; format: RecordFormat },
  visit: (batch: Batch) => Promise<void>,
): Promise<Rest | undefined> {
  const { layout, format } = source;
  const buffer = new Uint8Array(Math.max(CHUNK_SIZE, layout.sizeBytes * 2));
  const framing = new Framing(RECORDS_MAX);
  let [held, fileOffset, record] = [0, 0, 1];
  for (let ended = false; ;) {
    if (!ended) {
      const read = await input.read(buffer.subarray(held));
      ended = read === 0;
      held += read;
    }
    let from = 0;
    do {
      if (format === 'fixed') frameFixed(framing, layout.sizeBytes, from, held);
      else frameRdw(framing, buffer, from, held);
      if (framing.count > 0) await visit({ bytes: buffer, framing, first: { record, fileOffset } });
      record += framing.count;
      from = framing.consumed;
    } while (framing.status === STATUS.ok.code && from < held);
    if (framing.status === STATUS.badRecordLength.code || (ended && from < held))
      return { record, offset: fileOffset + from, bytes: buffer.subarray(from, held), status: framing.status };
    if (ended) return undefined;
    buffer.copyWithin(0, from, held);
    held -= from;
    fileOffset += from;
  }
}
