import type { SentMessages } from '../session/index.js';

interface Sent {
  readonly bytes: Uint8Array;
  readonly timeNs: bigint;
}

/** The messages a session sent, in memory: the newest within a bound. Older ones are gap-filled when asked for. */
export class MemoryMessages implements SentMessages {
  readonly #sent = new Map<number, Sent>();
  #bytes = 0;

  constructor(
    private readonly messagesMax = 100_000,
    private readonly bytesMax = 64 << 20,
  ) {}

  /** Keeps a copy under its number. */
  put(msgSeqNum: number, bytes: Uint8Array, timeNs: bigint): void {
    this.#drop(msgSeqNum);
    this.#sent.set(msgSeqNum, { bytes: bytes.slice(), timeNs });
    this.#bytes += bytes.length;
    for (const oldest of this.#sent.keys()) {
      if (this.#sent.size <= this.messagesMax && this.#bytes <= this.bytesMax) return;
      this.#drop(oldest);
    }
  }

  clear(): void {
    this.#sent.clear();
    this.#bytes = 0;
  }

  read(
    beginSeqNum: number,
    endSeqNum: number,
    visit: (msgSeqNum: number, bytes: Uint8Array, timeNs: bigint) => boolean,
  ): void {
    for (let msgSeqNum = beginSeqNum; msgSeqNum <= endSeqNum; msgSeqNum++) {
      const sent = this.#sent.get(msgSeqNum);
      if (sent !== undefined && !visit(msgSeqNum, sent.bytes, sent.timeNs)) return;
    }
  }

  #drop(msgSeqNum: number): void {
    const sent = this.#sent.get(msgSeqNum);
    if (sent === undefined) return;
    this.#bytes -= sent.bytes.length;
    this.#sent.delete(msgSeqNum);
  }
}
