import { RowProjection, type FixMessage } from '../codec/index.js';
import type { EXECUTION, ORDER } from '../model/index.js';
import type { LaneContext } from './lane-context.js';

/**
 * Puts the row of the message in hand into a desk's own memory. A message of the read in hand was projected when it was framed, in the same
 * native pass; one that waited behind a gap is projected here.
 */
export class ReceivedRow {
  readonly #context: LaneContext;
  readonly #layout: typeof ORDER | typeof EXECUTION;
  readonly #at: number;
  readonly #words: Uint32Array;
  readonly #framed: Uint32Array;
  readonly #projection: RowProjection;

  /** Rows of `layout` go to `at` of `rows`, a multiple of 8. */
  constructor(context: LaneContext, layout: typeof ORDER | typeof EXECUTION, rows: Uint8Array, at: number) {
    const { rows: framed } = context.receiver.batch;
    this.#context = context;
    this.#layout = layout;
    this.#at = at;
    this.#words = new Uint32Array(rows.buffer, rows.byteOffset, rows.byteLength >> 2);
    this.#framed = new Uint32Array(framed.buffer, framed.byteOffset, framed.byteLength >> 2);
    this.#projection = new RowProjection(context, rows);
  }

  /** Returns a result for `rowStatus` and `rowTag`. */
  take(message: FixMessage, sessionIndex: number): number {
    const { batch } = this.#context.receiver;
    const index = batch.indexOf(message);
    if (index < 0) return this.#projection.project(message, message.msgTypeCode(), sessionIndex, this.#at);
    const from = batch.rowOffset(index) >> 2;
    const to = this.#at >> 2;
    const count = this.#layout.sizeBytes >> 2;
    for (let word = 0; word < count; word++) this.#words[to + word] = this.#framed[from + word]!;
    this.#words[to + (this.#layout.offset.sessionIndex >> 2)] = sessionIndex;
    return batch.rowStatusOf(index) | (batch.rowTagOf(index) << 8);
  }
}
