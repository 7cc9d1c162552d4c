import { RULES } from '../model/index.js';
import { Histogram, createCounters, createHistograms, openCounters, type Counters } from '../observe/index.js';

/**
 * Counters of the order lane, written by its thread alone. For a run: requests = accepted + refused + deadLettered, and
 * reportsIn = executions + requestRejects + reportsDeadLettered.
 */
const COUNTERS = [
  'garbled',
  'requests',
  'accepted',
  'refused',
  'deadLettered',
  'reportsIn',
  'executions',
  'requestRejects',
  'reportsDeadLettered',
  'executionsUnbooked',
  'leavesBroken',
  'reportsKept',
  'ordersToVenue',
  'ordersUnsent',
  'ordersUnknown',
  'statusRequests',
  'statusRequestsIn',
  'tradesDisputed',
  'tradesNotKnown',
  'ordersForgotten',
  'cancelsOnDisconnect',
  'cancelsOnDisconnectRejected',
  'messagesPassedOver',
  'slowConsumers',
  'throttle.delayed',
  'throttle.rejected',
  'throttle.disconnected',
  'ordersLive',
  'batches',
  'clockBackSteps',
  'pricesIn',
  'pricesUnknown',
  'injected',
  'committedSequence',
  'syncedSequence',
  'snapshots',
  'snapshotFailures',
] as const;

/** A counter of the lane that is no rule's. */
export type LaneCounter = (typeof COUNTERS)[number];
export type LaneCounterName = LaneCounter | `rule.${string}`;

const NAMES: readonly LaneCounterName[] = [...COUNTERS, ...RULES.map(rule => `rule.${rule.name}` as const)];

/** The stages of an order's way, as metrics name them; `total` is from the read's bytes in hand to the write's return. */
export const STAGES = ['read', 'decode', 'gate', 'journal', 'write', 'total'] as const;

export type Stage = (typeof STAGES)[number];

/** Shared memory of one lane's counters and stage histograms: made by main, written by the lane, read by main. */
export interface LaneMeterMemory {
  readonly counters: SharedArrayBuffer;
  readonly stages: Readonly<Record<Stage, SharedArrayBuffer>>;
}

export function createLaneMeterMemory(): LaneMeterMemory {
  return { counters: createCounters(NAMES).memory, stages: createHistograms(STAGES) };
}

/** The lane's counters and histograms, opened where they are written or read. */
export class LaneMeter {
  readonly counters: Counters<LaneCounterName>;
  readonly stages: Readonly<Record<Stage, Histogram>>;
  readonly #rules: readonly number[];

  constructor(memory: LaneMeterMemory) {
    this.counters = openCounters(memory.counters, NAMES);
    const histograms = STAGES.map(stage => [stage, new Histogram(memory.stages[stage])]);
    this.stages = Object.fromEntries(histograms) as Record<Stage, Histogram>;
    this.#rules = RULES.map(rule => this.counters.index[`rule.${rule.name}`] as number);
  }

  count(counter: LaneCounter, amount = 1): void {
    this.counters.add(this.counters.index[counter], amount);
  }

  set(counter: LaneCounter, value: number): void {
    this.counters.set(this.counters.index[counter], value);
  }

  /** Counts each rule whose bit is set. */
  countFailures(failedMask: number): void {
    for (let rule = 0, mask = failedMask; mask !== 0; rule++, mask >>>= 1) {
      if ((mask & 1) === 1) this.counters.add(this.#rules[rule] as number, 1);
    }
  }

  /** Refusals by rule; an order that broke two rules counts under both. */
  refusals(): Record<string, number> {
    return Object.fromEntries(RULES.map((rule, index) => [rule.name, this.counters.get(this.#rules[index] as number)]));
  }
}
