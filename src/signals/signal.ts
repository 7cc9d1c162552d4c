import {
  DECIMAL_SCALE,
  Decimal,
  dataValueOf,
  isPlainObject,
  parseDecimal,
  type DataRecord,
  type DataValue,
} from '../model/index.js';
import { objectText } from '../codec/index.js';
import { typesOf, type SignalOptions } from './options.js';

const ID_SIZE_MAX = 128;
const SIGNAL_SIZE_MAX = 16_384;
const INT64_MAX = 2n ** 63n - 1n;
/** Printable, one byte a character: what a text field of FIX may hold. */
const TEXT = /^[\x20-\x7e\xa0-\xff]+$/;
const ISO_TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d(?::\d\d(?:\.\d{1,9})?)?(?:Z|[+-]\d\d:\d\d)$/;

/** What a caller gives; further fields are for the expressions of routes, orders and templates. */
export interface SignalInput {
  /** Up to 128 printable characters: the same id again gives the first answer. */
  readonly signal_id: string;
  readonly signal_type: string;
  readonly symbol: string;
  /** BUY, SELL or SELL_SHORT. */
  readonly action: string;
  /** Above 0, at most 8 decimals: decimal text, a bigint, or a number that is whole and safe. */
  readonly quantity: string | bigint | number;
  /** Milliseconds since 1970, or ISO 8601 text with a zone. */
  readonly timestamp: number | string;
  /** Of a limit order; without it the order is a market order. */
  readonly price?: string | bigint | number | undefined;
  readonly order_type?: string | undefined;
  readonly time_in_force?: string | undefined;
  readonly account?: string | undefined;
  readonly [field: string]: unknown;
}

/** A signal that was read: `fields` are all of it, with quantity and price as Decimals. */
export interface Signal {
  readonly id: string;
  readonly type: string;
  readonly fields: DataRecord;
}

/** A signal that cannot be taken: its id where it has one, and why. */
export interface Unfit {
  readonly id: string | undefined;
  readonly reason: string;
}

/** An amount above 0 as an integer at 10^-8; undefined for anything else, a number with decimals included. */
export function amountOf(value: unknown): bigint | undefined {
  const isExact =
    typeof value === 'string' ||
    typeof value === 'bigint' ||
    value instanceof Decimal ||
    (typeof value === 'number' && Number.isSafeInteger(value));
  const amount = isExact ? parseDecimal(String(value), DECIMAL_SCALE) : undefined;
  return amount !== undefined && amount > 0n && amount <= INT64_MAX ? amount : undefined;
}

/** Whether a value is text that FIX can carry. */
export function isText(value: unknown, sizeMax: number): value is string {
  return typeof value === 'string' && value.length <= sizeMax && TEXT.test(value);
}

function timeMsOf(value: unknown): number | undefined {
  if (typeof value === 'number') return Number.isSafeInteger(value) && value > 0 ? value : undefined;
  const ms = typeof value === 'string' && ISO_TIME.test(value) ? Date.parse(value) : Number.NaN;
  return Number.isNaN(ms) ? undefined : ms;
}

function shown(value: unknown): string {
  const text = typeof value === 'bigint' || value instanceof Decimal ? String(value) : JSON.stringify(value);
  return text === undefined ? 'missing' : text.slice(0, 80);
}

type Check = (given: Readonly<Record<string, unknown>>, options: SignalOptions, nowMs: number) => string | undefined;

const AMOUNT = 'a number above 0 of at most 8 decimals: text, a bigint, or a whole number';

const CHECKS: readonly Check[] = [
  ({ signal_type: type }, options) => {
    const types = typesOf(options);
    return typeof type === 'string' && types.has(type)
      ? undefined
      : `signal_type: ${shown(type)} is none of ${[...types].join(', ')}`;
  },
  ({ signal_type: type }, options) => forbiddenBy(String(type), options),
  ({ symbol }) => (isText(symbol, 31) ? undefined : `symbol: ${shown(symbol)} is not text of 1 to 31 characters`),
  ({ action }) =>
    typeof action === 'string' && ['BUY', 'SELL', 'SELL_SHORT'].includes(action.toUpperCase())
      ? undefined
      : `action: ${shown(action)} is none of BUY, SELL, SELL_SHORT`,
  ({ quantity }) => (amountOf(quantity) === undefined ? `quantity: ${shown(quantity)} is not ${AMOUNT}` : undefined),
  ({ price }) =>
    price !== undefined && price !== null && amountOf(price) === undefined
      ? `price: ${shown(price)} is not ${AMOUNT}`
      : undefined,
  ({ timestamp }, options, nowMs) => untimely(timestamp, options, nowMs),
];

/** The policy that forbids a type, in words. */
function forbiddenBy(type: string, { answerable, policies }: SignalOptions): string | undefined {
  if ((type === 'sandwich' || type === 'frontrun') && answerable[type] === undefined)
    return `policy answerable: ${type} is forbidden until signals.answerable names who answers for it`;
  const policy = policies.find(({ forbid }) => forbid.includes(type));
  if (policy === undefined) return undefined;
  return `policy ${policy.name}: ${type} is forbidden${policy.reason === undefined ? '' : `: ${policy.reason}`}`;
}

function untimely(timestamp: unknown, { staleAfterMs, aheadMsMax }: SignalOptions, nowMs: number): string | undefined {
  const timeMs = timeMsOf(timestamp);
  if (timeMs === undefined)
    return `timestamp: ${shown(timestamp)} is neither milliseconds since 1970 nor ISO 8601 text with a zone`;
  if (nowMs - timeMs > staleAfterMs) return `timestamp: stale, ${nowMs - timeMs} ms old > ${staleAfterMs} ms`;
  if (timeMs - nowMs > aheadMsMax) return `timestamp: ${timeMs - nowMs} ms ahead of the clock > ${aheadMsMax} ms`;
  return undefined;
}

/** The id of what may be a signal; undefined where it has none that can be remembered. */
export function signalIdOf(given: unknown): string | undefined {
  const id = isPlainObject(given) ? given['signal_id'] : undefined;
  return isText(id, ID_SIZE_MAX) ? id : undefined;
}

/** Reads and checks a signal. Never throws: what is wrong with it is the reason. */
export function readSignal(given: unknown, options: SignalOptions, nowMs: number): Signal | Unfit {
  if (!isPlainObject(given)) return { id: undefined, reason: 'a signal is an object' };
  const id = signalIdOf(given);
  if (id === undefined)
    return { id, reason: `signal_id: ${shown(given['signal_id'])} is not text of 1 to ${ID_SIZE_MAX} characters` };
  for (const check of CHECKS) {
    const reason = check(given, options, nowMs);
    if (reason !== undefined) return { id, reason };
  }
  try {
    const fields = fieldsOf(given);
    const size = objectText(fields).length;
    if (size > SIGNAL_SIZE_MAX) return { id, reason: `the signal has ${size} characters > ${SIGNAL_SIZE_MAX}` };
    return { id, type: String(given['signal_type']), fields };
  } catch (error) {
    return { id, reason: `a field cannot be read: ${(error as Error).message}` };
  }
}

function fieldsOf(given: Readonly<Record<string, unknown>>): DataRecord {
  const fields = { ...(dataValueOf(given) as DataRecord) };
  const { price } = given;
  const exact = (value: unknown): DataValue => Decimal.from(String(value));
  return {
    ...fields,
    action: String(given['action']).toUpperCase(),
    quantity: exact(given['quantity']),
    price: price === undefined || price === null ? undefined : exact(price),
  };
}
