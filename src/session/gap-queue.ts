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

  /** Forgets every message below `msgSeqNum`: a SequenceReset passed over them. */
  dropBelow(msgSeqNum: number): void {
    for (const queued of [...this.#messages.keys()]) if (queued < msgSeqNum) this.take(queued);
  }

  clear(): void {
    this.#messages.clear();
    this.#bytes = 0;
  }
}
