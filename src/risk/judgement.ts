import { DECISION, DECISION_PAIR_SIZE, RULE_BIT, type RuleName } from '../model/index.js';

const D = DECISION.offset;

/** Collects one decision in its row: which rules were evaluated, which failed, and what was measured against which limit. */
export class Judgement {
  readonly #row: DataView;
  #evaluated = 0;
  #failed = 0;
  /** OVERFLOW bits found on the way. */
  overflow = 0;

  constructor(row: DataView) {
    this.#row = row;
    for (let at = 0; at < row.byteLength; at += 8) row.setBigInt64(at, 0n);
  }

  /** Records a rule and whether it failed. */
  record(rule: RuleName, measured: bigint, limit: bigint, failed: boolean): void {
    const bit = RULE_BIT[rule];
    const at = DECISION.sizeBytes + bit * DECISION_PAIR_SIZE;
    this.#row.setBigInt64(at, measured, true);
    this.#row.setBigInt64(at + 8, limit, true);
    this.#evaluated |= 1 << bit;
    if (failed) this.#failed |= 1 << bit;
  }

  /** A rule that fails above its limit; not evaluated where no limit is set (below 0). */
  compare(rule: RuleName, measured: bigint, limit: bigint): void {
    if (limit >= 0n) this.record(rule, measured, limit, measured > limit);
  }

  /** Writes the masks and returns the failed one. */
  finish(head: { limitVersion: number; symbolIndex: number; referencePrice: bigint; feedSequence: bigint }): number {
    this.#row.setUint32(D.failedMask, this.#failed, true);
    this.#row.setUint32(D.evaluatedMask, this.#evaluated, true);
    this.#row.setUint32(D.limitVersion, head.limitVersion, true);
    this.#row.setUint32(D.symbolIndex, head.symbolIndex, true);
    this.#row.setBigInt64(D.referencePrice, head.referencePrice, true);
    this.#row.setBigUint64(D.feedSequence, head.feedSequence, true);
    return this.#failed;
  }
}
