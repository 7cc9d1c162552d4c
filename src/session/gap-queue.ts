import { isAdmin } from './tags.js';

const NOTHING = new Uint8Array(0);
/** 8, 9 and 35 are the first fields of a framed message. */
const HEAD_SIZE = 64;

function msgTypeOf(message: Uint8Array): string {
  const head = Buffer.from(message.subarray(0, HEAD_SIZE)).toString('latin1');
  return /\x0135=([^\x01]*)\x01/.exec(head)?.[1] ?? '';
}

/** Messages that came before their turn, by MsgSeqNum, within a bound of count and bytes. */
export class GapQueue {
  readonly #messages = new Map<number, Uint8Array>();
  #bytes = 0;

  constructor(
    private readonly messagesMax: number,
    private readonly bytesMax: number,
  ) {}

  get size(): number {
    return this.#messages.size;
  }

  /** Keeps a copy. False at the bound: the message is dropped, and asked for again once the gap is closed. */
  tryPut(msgSeqNum: number, bytes: Uint8Array): boolean {
    if (this.#messages.has(msgSeqNum)) return true;
    if (this.#messages.size >= this.messagesMax || this.#bytes + bytes.length > this.bytesMax) return false;
    this.#messages.set(msgSeqNum, bytes.slice());
    this.#bytes += bytes.length;
    return true;
  }

  take(msgSeqNum: number): Uint8Array | undefined {
    const bytes = this.#messages.get(msgSeqNum);
    if (bytes === undefined) return undefined;
    this.#messages.delete(msgSeqNum);
    this.#bytes -= bytes.length;
    return bytes;
  }

  /** Forgets every message below `msgSeqNum`: a SequenceReset passed over them. Returns the numbers of those that were an application's. */
  dropBelow(msgSeqNum: number): readonly number[] {
    const below = [...this.#messages.keys()].filter(queued => queued < msgSeqNum).sort((a, b) => a - b);
    return below.filter(queued => !isAdmin(msgTypeOf(this.take(queued) ?? NOTHING)));
  }

  clear(): void {
    this.#messages.clear();
    this.#bytes = 0;
  }
}
