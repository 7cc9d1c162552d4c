/**
 * Ids that orders had at the venue before a replace gave them new ones, and the rows they lead to: a late fill or bust may name one. Bounded:
 * when it is full the oldest goes, and a trade reported under that one is a dead letter that halts the Account (1) it names.
 */
export class EarlierIds {
  readonly #capacity: number;
  /** In the order they were put in, which is that of the ledger. */
  readonly #slots = new Map<number, number>();

  constructor(capacity: number) {
    this.#capacity = capacity;
  }

  find(venueId: number): number | undefined {
    return this.#slots.get(venueId);
  }

  keep(venueId: number, slot: number): void {
    if (this.#slots.size >= this.#capacity && !this.#slots.has(venueId)) {
      const [oldest] = this.#slots.keys();
      this.#slots.delete(oldest as number);
    }
    this.#slots.set(venueId, slot);
  }

  /** Pairs of id and slot, oldest first. */
  save(): Float64Array {
    return Float64Array.from([...this.#slots].flat());
  }

  restore(saved: Float64Array): void {
    for (let at = 0; at + 1 < saved.length; at += 2) this.#slots.set(saved[at]!, saved[at + 1]!);
  }
}
