import { FRAME_HEADER_SIZE, alignFrame } from '../model/index.js';
import { FrameBuffer } from './frame-buffer.js';

/** The frames of the batch being made: heads and payloads, not yet numbered. Groups are closed or dropped as a whole. */
export class Staging {
  readonly buffer: FrameBuffer;
  readonly #limit: number;
  #end = 0;
  #frames = 0;
  #lastFrame = -1;
  #groupStart = 0;
  #groupFrames = 0;

  constructor(sizeBytes: number) {
    this.buffer = FrameBuffer.ofSize(sizeBytes);
    this.#limit = sizeBytes;
  }

  get sizeBytes(): number {
    return this.#end;
  }

  get frameCount(): number {
    return this.#frames;
  }

  get isGroupOpen(): boolean {
    return this.#groupFrames > 0;
  }

  /** The offset where the payload goes, or -1 when the batch has no room. */
  reserve(typeAndTopic: number, source: number, length: number): number {
    const offset = this.#end;
    const end = offset + alignFrame(FRAME_HEADER_SIZE + length);
    if (end > this.#limit) return -1;
    this.buffer.writeHead(offset, FRAME_HEADER_SIZE + length, typeAndTopic, source);
    this.#lastFrame = offset;
    this.#end = end;
    this.#frames++;
    this.#groupFrames++;
    return offset + FRAME_HEADER_SIZE;
  }

  endGroup(): void {
    if (this.#groupFrames === 0) return;
    this.buffer.closeGroup(this.#lastFrame);
    this.#groupStart = this.#end;
    this.#groupFrames = 0;
  }

  /** Returns how many frames were forgotten. */
  dropGroup(): number {
    const dropped = this.#groupFrames;
    this.#end = this.#groupStart;
    this.#frames -= dropped;
    this.#groupFrames = 0;
    return dropped;
  }

  clear(): void {
    this.#end = this.#frames = this.#groupStart = this.#groupFrames = 0;
  }
}
