import type { QualityResult } from './checks.js';
import type { DeadLetter } from './error-handling.js';
import type { TransformationError } from './problem.js';

/** How many records one rule of a chain took, gave and refused. */
export interface RuleCounts {
  readonly ruleId: string;
  readonly in: number;
  readonly out: number;
  readonly bad: number;
}

/** What a run did. in = out + bad + left out, where no rule makes several records of one. */
export interface TransformationMetrics {
  readonly recordsIn: number;
  readonly recordsOut: number;
  /** Records that were refused: dead letters and quarantined ones, and the one that failed the run. */
  readonly recordsBad: number;
  /** Records that came out with a default in place of a bad field. */
  readonly recordsDefaulted: number;
  readonly deadLetters: number;
  readonly quarantined: number;
  /** Bytes of text or binary data in and out; 0 for objects. */
  readonly bytesIn: number;
  readonly bytesOut: number;
  readonly durationMs: number;
  readonly recordsPerSecond: number;
  /** The rules that ran, in order. */
  readonly chain: readonly string[];
  readonly rules: readonly RuleCounts[];
}

/** What the schemas and checks said of the records. */
export interface ValidationResults {
  readonly valid: boolean;
  /** Records that were looked at, and those of them that were refused. */
  readonly checked: number;
  readonly failed: number;
  readonly errors: readonly TransformationError[];
}

/** What the checks counted over the whole run. */
export interface QualityResults {
  readonly passed: boolean;
  readonly rules: readonly QualityResult[];
}

/** The answer of a transformation. */
export interface TransformationResult {
  readonly status: 'SUCCESS' | 'FAILED';
  /** In the target's form; null when it failed. */
  readonly transformedData: unknown;
  readonly validationResults: ValidationResults;
  readonly qualityResults: QualityResults;
  readonly transformationMetrics: TransformationMetrics;
  /** The first 1,000. */
  readonly errors: readonly TransformationError[];
  /** The first 10,000 records that were skipped, and those set aside. */
  readonly deadLetters: readonly DeadLetter[];
  readonly quarantined: readonly DeadLetter[];
}
