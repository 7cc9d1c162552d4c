import type { EncodeRefusal, LineBatch } from '../../codec/index.js';
import { NOTHING_DECODED, type Decoded } from '../decode/decoded.js';
import { TextPieces } from '../decode/text-pieces.js';
import type { SpareBuffers } from '../decode/spare-buffers.js';
import type { LineShaper } from './line-shaper.js';

/** Lines of JSON, to be put into another form. */
export interface LinesTask {
  readonly kind: 'lines';
  readonly input: number;
  readonly bytes: Uint8Array<ArrayBuffer>;
  /** Starts, ends and line numbers, one after the other. */
  readonly places: Int32Array<ArrayBuffer>;
  /** The first line's number as a record. */
  readonly first: number;
  /** Bytes of the file that are done with these lines. */
  readonly sizeBytes: number;
  readonly spare?: readonly ArrayBuffer[];
}

const PARTS = 3;

/** Copies a batch so that another thread can have it, into buffers of those that are spare. */
export function packLines(
  { bytes, starts, ends, numbers }: LineBatch,
  spare: SpareBuffers,
): Pick<LinesTask, 'bytes' | 'places'> {
  const count = starts.length;
  const from = starts[0] ?? 0;
  const places = new Int32Array(spare.take(count * PARTS * 4), 0, count * PARTS);
  for (let index = 0; index < count; index++) {
    places[index] = starts[index]! - from;
    places[count + index] = ends[index]! - from;
    places[2 * count + index] = numbers[index]!;
  }
  const size = (ends.at(-1) ?? from) - from;
  const text = new Uint8Array(spare.take(size), 0, size);
  text.set(bytes.subarray(from, from + size));
  return { bytes: text, places };
}

export function unpackLines({ bytes, places }: Pick<LinesTask, 'bytes' | 'places'>): LineBatch {
  const count = places.length / PARTS;
  const part = (index: number): number[] => Array.from(places.subarray(index * count, (index + 1) * count));
  return { bytes, starts: part(0), ends: part(1), numbers: part(2) };
}

const NEWLINE = Buffer.from('\n');

/** Puts lines into the form of a shaper; a line that has no place in it is its own dead letter. */
export class LineTaskRunner {
  private readonly pieces = new TextPieces();

  constructor(private readonly shaper: LineShaper) {}

  run(task: LinesTask): Decoded {
    this.pieces.reuse(task.spare ?? []);
    const batch = unpackLines(task);
    const { pieces, refused, isStopped } = this.shaper.shape(batch, { first: task.first });
    for (const piece of pieces) this.pieces.add(piece);
    return {
      ...NOTHING_DECODED,
      input: task.input,
      text: this.pieces.take(),
      refusals: refused.map(({ index, refusal }): EncodeRefusal => ({ ...refusal, line: batch.numbers[index]! })),
      deadLetters: refused.map(({ index }) => lineOf(batch, index)),
      records: batch.starts.length,
      bytes: task.sizeBytes,
      isStopped,
      spare: [task.bytes.buffer, task.places.buffer],
      unused: this.pieces.takeSpare(),
    };
  }
}

function lineOf({ bytes, starts, ends }: LineBatch, index: number): Uint8Array<ArrayBuffer> {
  return new Uint8Array(Buffer.concat([bytes.subarray(starts[index], ends[index]), NEWLINE]));
}
