/**
 * Where each sent message of one session lies in the ledger: MsgSeqNum → sequence of its outbound frame. It holds the newest `capacity`
 * numbers; an older one is answered by a gap fill.
 */
export class SentIndex {
  readonly #sequences: Float64Array;
  #next = 1;

  constructor(capacity: number) {
    this.#sequences = new Float64Array(capacity);
  }

  /** Numbers start again below when a session resets: what was held from that number on is forgotten. */
  record(msgSeqNum: number, sequence: number): void {
    for (let skipped = this.#next; skipped < msgSeqNum && skipped - this.#next < this.#sequences.length; skipped++) {
      this.#sequences[skipped % this.#sequences.length] = 0;
    }
    this.#sequences[msgSeqNum % this.#sequences.length] = sequence;
    this.#next = msgSeqNum + 1;
  }

  /** The ledger sequence of a sent message, or 0: never sent, or no longer held. */
  sequenceOf(msgSeqNum: number): number {
    if (msgSeqNum < 1 || msgSeqNum >= this.#next || msgSeqNum < this.#next - this.#sequences.length) return 0;
    return this.#sequences[msgSeqNum % this.#sequences.length] ?? 0;
  }

  /** For a snapshot: the next number, then the held sequences from the oldest on. */
  save(): Float64Array {
    const first = Math.max(1, this.#next - this.#sequences.length);
    const held = Array.from({ length: this.#next - first }, (_, index) => this.sequenceOf(first + index));
    return Float64Array.from([this.#next, ...held]);
  }

  restore(saved: Float64Array): void {
    const next = saved[0] ?? 1;
    const held = saved.subarray(1);
    this.#next = next;
    held.forEach((sequence, index) => {
      this.#sequences[(next - held.length + index) % this.#sequences.length] = sequence;
    });
  }
}
