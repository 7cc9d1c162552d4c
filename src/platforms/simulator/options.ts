import type { Address } from '../../trading/index.js';
import type { MessageField } from '../message-fields.js';
import type { PlatformRules } from '../rules.js';

/** How a simulator plays its side. */
export interface PlayOptions {
  readonly seed: number;
  /** Of a hundred orders of known symbols, those rejected. */
  readonly rejectPercent: number;
  /** A fill comes in 1 to so many parts. */
  readonly fillPartsMax: number;
  /** Symbols known, and the price each trades at, at 10^-8: a limit order that is worse rests. */
  readonly prices: ReadonlyMap<string, bigint>;
  /** Orders a second that the simulator itself sends; 0: none. */
  readonly ordersPerSecond: number;
  /** It sends no more than so many; 0: without end. */
  readonly ordersMax: number;
  /** Accounts of the orders that it sends. */
  readonly accounts: readonly string[];
  /** Resting orders; beyond it the oldest is cancelled, unasked. */
  readonly openOrdersMax: number;
}

/** The counterparty of one session. */
export interface SimulatorOptions extends PlayOptions {
  readonly rules: PlatformRules;
  readonly beginString: string;
  /** The platform's name and the desk's. */
  readonly senderCompID: string;
  readonly targetCompID: string;
  /** Listens where told, else connects. */
  readonly listen?: Address | undefined;
  readonly connect?: Address | undefined;
  readonly onEvent?: ((kind: string, text: string) => void) | undefined;
}

export const PLAY_DEFAULTS: PlayOptions = {
  seed: 1,
  rejectPercent: 0,
  fillPartsMax: 3,
  prices: new Map([
    ['ACME', 10_000_000_000n],
    ['IBM', 18_725_000_000n],
    ['MSFT', 41_050_000_000n],
  ]),
  ordersPerSecond: 0,
  ordersMax: 0,
  accounts: ['A001', 'A002'],
  openOrdersMax: 10_000,
};

/** Messages since the start, each counted once. */
export interface SimulatorCounts {
  logons: number;
  ordersReceived: number;
  replacesReceived: number;
  cancelsReceived: number;
  statusRequestsReceived: number;
  allocationsReceived: number;
  positionRequestsReceived: number;
  /** Taken without an answer: acknowledgements of reports and confirmations, DontKnowTrade, News. */
  answersReceived: number;
  reportsSent: number;
  fillsSent: number;
  rejectsSent: number;
  allocationAnswersSent: number;
  ordersSent: number;
  cancelsSent: number;
  allocationsSent: number;
  reportsReceived: number;
  fillsReceived: number;
  rejectsReceived: number;
  allocationAnswersReceived: number;
  /** Messages of types that the profile has not, answered with a BusinessMessageReject. */
  unsupported: number;
  /** Rejects (3) of the counterparty. */
  sessionRejects: number;
  /** Messages of its own that the profile's rules would not let out: a fault of the simulator. */
  faults: number;
}

export function noCounts(): SimulatorCounts {
  return {
    logons: 0,
    ordersReceived: 0,
    replacesReceived: 0,
    cancelsReceived: 0,
    statusRequestsReceived: 0,
    allocationsReceived: 0,
    positionRequestsReceived: 0,
    answersReceived: 0,
    reportsSent: 0,
    fillsSent: 0,
    rejectsSent: 0,
    allocationAnswersSent: 0,
    ordersSent: 0,
    cancelsSent: 0,
    allocationsSent: 0,
    reportsReceived: 0,
    fillsReceived: 0,
    rejectsReceived: 0,
    allocationAnswersReceived: 0,
    unsupported: 0,
    sessionRejects: 0,
    faults: 0,
  };
}

/** Sends a message of the simulator; a field that is undefined is left out. */
export type Send = (msgType: string, fields: readonly (MessageField | undefined)[]) => void;
