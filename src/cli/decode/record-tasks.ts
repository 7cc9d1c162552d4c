import { Framing, hasOwnLengths, type FilePlace, type RecordBatch, type RecordFile } from '../../codec/index.js';
import type { NativeMode } from '../../native/index.js';
import type { Shape } from '../convert/shape.js';
import type { PortableOptions } from './copies.js';
import type { SpareBuffers } from './spare-buffers.js';

/** What each worker of a decoding pool is given. */
export interface RecordWorkerOptions {
  /** The file of records, where that is what is read. */
  readonly file?: PortableOptions;
  /** What becomes of lines of JSON; they stay what they are when left out. */
  readonly shape?: Shape;
  /** Records become rows of the decoder, not lines of JSON. */
  readonly isRows?: boolean;
  readonly native: NativeMode;
  readonly keepsBad: boolean;
}

/** Records of one length among the bytes of a file: the worker reads them itself. */
export interface RangeTask {
  readonly kind: 'range';
  readonly input: number;
  readonly path: string;
  readonly first: FilePlace;
  readonly sizeBytes: number;
  /** Its rows become a row group in the worker. */
  readonly isGroup?: boolean;
  /** Buffers to write into. */
  readonly spare?: readonly ArrayBuffer[];
}

/** Records found by the main thread, with their bytes. */
export interface BatchTask {
  readonly kind: 'batch';
  readonly input: number;
  readonly bytes: Uint8Array<ArrayBuffer>;
  /** Starts, lengths, origins and kinds, one after the other. */
  readonly places: Int32Array<ArrayBuffer>;
  readonly first: FilePlace;
  /** Bytes of the file that are done with this batch. */
  readonly sizeBytes: number;
  readonly isSettled: boolean;
  readonly spare?: readonly ArrayBuffer[];
}

export type RecordTask = RangeTask | BatchTask;

/** What a worker reads at once, and does unless a task says more: so little that what is under way stays small, and so much that handing it over costs nothing beside decoding it. */
const RANGE_SIZE = 1 << 18;

/** Bytes of each record of a file whose ranges can be decoded without those before them; else undefined. */
export function rangedRecordSize(file: RecordFile): number | undefined {
  const { framing, layouts, trailer } = file;
  const isFixed = framing.format === 'fixed' || framing.format === 'fb';
  if (!isFixed || trailer !== undefined || hasOwnLengths(file)) return undefined;
  return framing.recordLength ?? Math.max(...layouts.map(layout => layout.sizeBytes));
}

/** Bytes of a range: whole records. */
export const rangeSize = (recordSize: number): number => recordSize * Math.max(1, Math.floor(RANGE_SIZE / recordSize));

const PARTS = ['starts', 'lengths', 'origins', 'kinds'] as const;

/** Copies a batch so that another thread can have it, into buffers of those that are spare. */
export function packBatch({ framing }: RecordBatch, spare: SpareBuffers): Pick<BatchTask, 'bytes' | 'places'> {
  const { starts, lengths, count } = framing;
  let [from, to] = [Infinity, 0];
  for (let index = 0; index < count; index++) {
    from = Math.min(from, starts[index]!);
    to = Math.max(to, starts[index]! + lengths[index]!);
  }
  const places = new Int32Array(spare.take(count * PARTS.length * 4), 0, count * PARTS.length);
  PARTS.forEach((part, at) => places.set(framing[part].subarray(0, count), at * count));
  for (let index = 0; index < count; index++) places[index]! -= from;
  const bytes = new Uint8Array(spare.take(to - from), 0, to - from);
  bytes.set(framing.bytes.subarray(from, to));
  return { bytes, places };
}

/** The batch of a task, in a framing that is used again where it is large enough. */
export function unpackBatch({ bytes, places, first }: BatchTask, known: Framing): RecordBatch {
  const count = places.length / PARTS.length;
  const framing = count <= known.countMax ? known : new Framing(count);
  framing.bytes = bytes;
  framing.count = count;
  PARTS.forEach((part, at) => framing[part].set(places.subarray(at * count, (at + 1) * count)));
  return { framing, first };
}
