import { FRAME_TYPE, NAME_KIND } from '../model/index.js';
import type { SinkFrame, SinkLog } from './sink-log.js';

const latin1 = new TextDecoder('latin1');
const FRAMES_A_TURN = 65_536;

/** The names behind the interned indices of a log: a fold of its `intern` frames. Names are only ever added. */
export class Names {
  readonly #byKind = new Map<number, string[]>();

  /** Takes an `intern` frame; other frames are none of its business. */
  fold(frame: SinkFrame): void {
    if (frame.type !== FRAME_TYPE.intern) return;
    const { payload } = frame;
    const view = new DataView(payload.buffer, payload.byteOffset, payload.byteLength);
    this.add(view.getUint32(0, true), view.getUint32(4, true), latin1.decode(payload.subarray(8)));
  }

  add(kind: number, index: number, name: string): void {
    const names = this.#byKind.get(kind) ?? [];
    if (names.length === 0) this.#byKind.set(kind, names);
    names[index] = name;
  }

  /** Reads the log from its oldest frame up to `position`, for a reader that begins in the middle. */
  foldUpTo(log: SinkLog, position: number): void {
    const reader = log.openReader('oldest');
    try {
      while (reader.position < position) {
        const framesMax = Math.min(FRAMES_A_TURN, position - reader.position);
        if (reader.poll(frame => this.fold(frame), framesMax) === 0) return;
      }
    } finally {
      reader.close();
    }
  }

  account(index: number): string | undefined {
    return this.#byKind.get(NAME_KIND.account)?.[index];
  }

  symbol(index: number): string | undefined {
    return this.#byKind.get(NAME_KIND.symbol)?.[index];
  }
}
