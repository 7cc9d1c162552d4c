import type { NativeMode } from '../../src/native/index.js';

/** How large a fault campaign is; its randomness follows from the seed alone. */
export interface CampaignOptions {
  readonly rounds: number;
  readonly seed: number;
  readonly native: NativeMode;
}

export interface CampaignReport {
  readonly name: string;
  readonly rounds: number;
  /** What was found, counted by kind. */
  readonly outcomes: Readonly<Record<string, number>>;
  /** Each broken promise with what is needed to see it again; empty is what must be. */
  readonly failures: readonly string[];
  /** Why nothing could be run here. */
  readonly skipped?: string;
}

/** Numbers that follow from a seed. */
export function randomOf(seed: number): (below: number) => number {
  let state = seed >>> 0 || 1;
  return below => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    state >>>= 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}

/** Counts outcomes and collects failures. */
export class Findings {
  readonly #outcomes = new Map<string, number>();
  readonly #failures: string[] = [];

  count(outcome: string): void {
    this.#outcomes.set(outcome, (this.#outcomes.get(outcome) ?? 0) + 1);
  }

  /** Records a failure where the condition does not hold. Returns the condition. */
  expect(condition: boolean, text: string): boolean {
    if (!condition && this.#failures.length < 20) this.#failures.push(text);
    return condition;
  }

  report(name: string, rounds: number): CampaignReport {
    return { name, rounds, outcomes: Object.fromEntries(this.#outcomes), failures: this.#failures };
  }
}
