import { Expression, expressionScope } from '../expression/index.js';
import { DECIMAL_SCALE, HeadraceError, parseDecimal, type DataRecord, type DataValue } from '../model/index.js';
import type { ResponseOptions } from './options.js';
import { amountOf, isText } from './signal.js';

/** Where an order stands at a trading system. */
export const REPORT_STATES = ['working', 'partially_filled', 'filled', 'canceled', 'rejected', 'expired'] as const;

export type ReportState = (typeof REPORT_STATES)[number];

/** What a trading system says of an order; quantities and prices are decimals as a signal's quantity is. */
export interface ExecutionReportInput {
  readonly state: ReportState;
  readonly orderId?: string | undefined;
  readonly execId?: string | undefined;
  /** Filled so far, in all; of a `filled` order the whole unless told. */
  readonly cumQty?: string | bigint | number | undefined;
  /** Price of what was filled since the last report. */
  readonly lastPx?: string | bigint | number | undefined;
  readonly avgPx?: string | bigint | number | undefined;
  readonly text?: string | undefined;
}

/** The same, read: integers at 10^-8. */
export interface SystemReport {
  readonly state: ReportState;
  readonly orderId: string | undefined;
  readonly execId: string | undefined;
  readonly cumQty: bigint | undefined;
  readonly lastPx: bigint | undefined;
  readonly avgPx: bigint | undefined;
  readonly text: string;
}

/** What became of an order that was given to a trading system. */
export type Delivery =
  | { readonly sent: 'yes'; readonly report: SystemReport }
  /** It cannot be there. */
  | { readonly sent: 'no'; readonly reason: string }
  /** Only the system knows: it may be there, or not. */
  | { readonly sent: 'unknown'; readonly reason: string };

/** What a report's row holds unshortened. */
const ID_SIZE_MAX = 47;
const TEXT_SIZE_MAX = 500;

function quantity(name: string, value: unknown): bigint | undefined {
  if (value === undefined || value === null) return undefined;
  const isZero = amountOf(value) === undefined && parseDecimal(String(value), DECIMAL_SCALE) === 0n;
  const amount = isZero ? 0n : amountOf(value);
  if (amount === undefined)
    throw new HeadraceError(
      'HR_SIGNAL_REPORT',
      `${name}: ${String(value).slice(0, 80)} is no number of at most 8 decimals`,
    );
  return amount;
}

function idOf(name: string, value: unknown): string | undefined {
  if (value === undefined || value === null) return undefined;
  const text = String(value as string);
  if (isText(text, ID_SIZE_MAX)) return text;
  throw new HeadraceError('HR_SIGNAL_REPORT', `${name} is not text of 1 to ${ID_SIZE_MAX} characters`);
}

/** What a report's text becomes where FIX carries it. */
function words(value: unknown): string {
  return String((value as string | undefined) ?? '')
    .replaceAll(/[^\x20-\x7e\xa0-\xff]/g, '?')
    .slice(0, TEXT_SIZE_MAX);
}

/** Reads a report. Throws HeadraceError `HR_SIGNAL_REPORT` naming what is wrong with it. */
export function readReport(given: Readonly<Record<string, unknown>>): SystemReport {
  const state = REPORT_STATES.find(name => name === given['state']);
  if (state === undefined)
    throw new HeadraceError(
      'HR_SIGNAL_REPORT',
      `state: ${String(given['state']).slice(0, 80)} is none of ${REPORT_STATES.join(', ')}`,
    );
  return {
    state,
    orderId: idOf('orderId', given['orderId']),
    execId: idOf('execId', given['execId']),
    cumQty: quantity('cumQty', given['cumQty']),
    lastPx: quantity('lastPx', given['lastPx']),
    avgPx: quantity('avgPx', given['avgPx']),
    text: words(given['text']),
  };
}

/** A report of a system that said no. */
export function rejection(text: string): SystemReport {
  return readReport({ state: 'rejected', text });
}

/** Makes reports of what a system answers. */
export class ResponseForm {
  readonly #fields: readonly (readonly [string, Expression])[];

  constructor(options: ResponseOptions | undefined) {
    const given = Object.entries(options ?? { state: '"working"' });
    this.#fields = given.flatMap(([name, source]) =>
      source === undefined ? [] : [[name, new Expression(source)] as const],
    );
  }

  /** The delivery of an answered order: unknown where its answer cannot be understood. */
  deliveryOf(answer: DataRecord): Delivery {
    try {
      const scope = expressionScope(answer);
      const fields = this.#fields.map(([name, expression]): [string, DataValue] => [name, expression.evaluate(scope)]);
      return { sent: 'yes', report: readReport(Object.fromEntries(fields)) };
    } catch (error) {
      return { sent: 'unknown', reason: `its answer cannot be understood: ${(error as Error).message}` };
    }
  }
}
