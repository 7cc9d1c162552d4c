import { DECIMAL_SCALE, Decimal, isPlainObject, parseDecimal, type DataRecord } from '../model/index.js';
import type { SignalOrder } from './order.js';
import type { SignalAnswer, SignalBook, SignalEntry } from './signal-book.js';
import type { Signal } from './signal.js';

/** The member that says what happened to a signal. */
const EVENT = 'signalEvent';

const decimal = (amount: bigint): string => String(new Decimal(amount, DECIMAL_SCALE));

/** A signal was read and routed: the last before its order is judged. */
export function receivedRecord({ id, system, isDirect }: SignalEntry, signal: Signal, order: SignalOrder): DataRecord {
  const { quantity, price, tags, ...words } = order;
  return {
    [EVENT]: 'received',
    signal_id: id,
    system,
    direct: isDirect,
    order: {
      ...words,
      quantity: decimal(quantity),
      price: price === undefined ? undefined : decimal(price),
      tags: tags.map(([tag, value]) => [tag, value]),
    },
    signal: signal.fields,
  };
}

/** A signal was refused before it came to the gate. */
export function refusedRecord(id: string, reason: string): DataRecord {
  return { [EVENT]: 'refused', signal_id: id, reason };
}

/** A direct order leaves now: what became of it only its system knows, until the next record. */
export function sendingRecord({ id, orderSequence }: SignalEntry): DataRecord {
  return { [EVENT]: 'sending', signal_id: id, orderSequence };
}

/** What was answered. */
export function answeredRecord(answer: SignalAnswer): DataRecord {
  return { [EVENT]: 'answered', ...answer };
}

/** Repeats in the book what a record says; a record of anything else is passed over. `position` is its own in the ledger. */
export function foldRecord(book: SignalBook, text: string, position: number): void {
  const record = JSON.parse(text) as Readonly<Record<string, unknown>>;
  const id = record['signal_id'];
  if (typeof id !== 'string') return;
  const known = book.get(id);
  if (known !== undefined && known.position === 0) known.position = position;
  const event = record[EVENT];
  if (event === 'received' && known === undefined) received(book, id, record, position);
  else if (event === 'refused' && known === undefined) refused(book, id, String(record['reason']), position);
  else if (event === 'sending' && known !== undefined) book.released(known);
  else if (event === 'answered' && known !== undefined && known.answer === undefined && known.pending === undefined)
    book.answered(known, answerIn(record));
}

function answerIn(record: Readonly<Record<string, unknown>>): SignalAnswer {
  const { [EVENT]: _, ...answer } = record;
  return answer as unknown as SignalAnswer;
}

function refused(book: SignalBook, id: string, reason: string, position: number): void {
  const entry = book.add({ id, system: undefined, isDirect: false, signal: undefined, order: undefined });
  if (entry === undefined) return;
  entry.position = position;
  book.answered(entry, { status: 'REJECTED', signal_id: id, reason });
}

function received(book: SignalBook, id: string, record: Readonly<Record<string, unknown>>, position: number): void {
  const order = orderIn(record['order']);
  const system = String(record['system']);
  const entry = book.add({ id, system, isDirect: record['direct'] === true, signal: undefined, order });
  if (entry !== undefined) entry.position = position;
}

/** What is needed of an order after its signal was answered. */
function orderIn(given: unknown): SignalOrder | undefined {
  if (!isPlainObject(given)) return undefined;
  const { quantity, price, ...words } = given;
  const amount = (value: unknown): bigint | undefined => parseDecimal(String(value as string), DECIMAL_SCALE);
  return {
    ...(words as unknown as SignalOrder),
    quantity: amount(quantity) ?? 0n,
    price: price === undefined ? undefined : amount(price),
  };
}
