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

  /**
   * Takes the names the log knew when it was opened, then those of the frames since, to its end. A reader that begins anywhere in the log can
   * then name what it finds: retention may have deleted the frames its names came with, and the lane have written them again ahead of it.
   */
  foldToEnd(log: SinkLog): void {
    if (log.start?.names === undefined) return;
    const { accounts, symbols } = log.start.names;
    accounts.forEach((name, index) => this.add(NAME_KIND.account, index, name));
    symbols.forEach((name, index) => this.add(NAME_KIND.symbol, index, name));
    const reader = log.openReader(log.start.nextSequence);
    try {
      while (reader.poll(frame => this.fold(frame), FRAMES_A_TURN) > 0);
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
