import { FRAME, FRAME_HEADER_SIZE, GROUP_END } from '../model/index.js';
import type { FrameBuffer } from './frame-buffer.js';

/** One frame as a reader shows it; `payload` and `raw` are valid during the visit only. */
export interface FrameView {
  readonly sequence: number;
  readonly timeNs: bigint;
  /** Without the group bit. */
  readonly type: number;
  readonly groupEnd: boolean;
  readonly topic: number;
  readonly source: number;
  readonly payload: Uint8Array;
  /** The whole frame, header included, without padding. */
  readonly raw: Uint8Array;
}

/** One view over a reader's buffer, moved from frame to frame: fields are read when asked for. */
export class MovingFrameView implements FrameView {
  #buffer: FrameBuffer;
  #offset = 0;

  constructor(buffer: FrameBuffer) {
    this.#buffer = buffer;
  }

  select(buffer: FrameBuffer, offset: number): this {
    this.#buffer = buffer;
    this.#offset = offset;
    return this;
  }

  get sequence(): number {
    return this.#buffer.sequenceAt(this.#offset);
  }

  get timeNs(): bigint {
    return this.#buffer.view.getBigUint64(this.#offset + FRAME.timeNs, true);
  }

  get type(): number {
    return this.#buffer.typeAt(this.#offset) & ~GROUP_END;
  }

  get groupEnd(): boolean {
    return this.#buffer.typeAt(this.#offset) >= GROUP_END;
  }

  get topic(): number {
    return this.#buffer.topicAt(this.#offset);
  }

  get source(): number {
    return this.#buffer.sourceAt(this.#offset);
  }

  get payload(): Uint8Array {
    return this.#buffer.bytes.subarray(this.#offset + FRAME_HEADER_SIZE, this.#offset + this.#length);
  }

  get raw(): Uint8Array {
    return this.#buffer.bytes.subarray(this.#offset, this.#offset + this.#length);
  }

  get #length(): number {
    return this.#buffer.lengthAt(this.#offset);
  }
}
