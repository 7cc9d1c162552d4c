import { HeadraceError } from '../model/index.js';
import type { DirectReport } from './fix-order.js';
import type { ReportState, SystemReport } from './report.js';
import { isOver, type SignalEntry } from './signal-book.js';

const TYPES: Readonly<Record<ReportState, readonly [execType: string, ordStatus: string]>> = {
  working: ['0', '0'],
  partially_filled: ['F', '1'],
  filled: ['F', '2'],
  canceled: ['4', '4'],
  rejected: ['8', '8'],
  expired: ['C', 'C'],
};

function refuse(reason: string): never {
  throw new HeadraceError('HR_SIGNAL_REPORT', reason);
}

/** What was filled in all, by a report. */
function cumQtyOf({ state, cumQty }: SystemReport, entry: SignalEntry, quantity: bigint): bigint {
  const cumulative = cumQty ?? (state === 'filled' ? quantity : entry.cumQty);
  if (state === 'partially_filled' && cumQty === undefined)
    refuse('cumQty: a partial fill says what was filled in all');
  if (cumulative < entry.cumQty) refuse('cumQty: less than what was reported before; a bust needs an operator');
  if (cumulative > quantity) refuse('cumQty: more than the order’s quantity');
  return cumulative;
}

/** The average of two prices by their quantities, to the nearest at 10^-8. */
function average(entry: SignalEntry, lastQty: bigint, lastPx: bigint): bigint {
  const quantity = entry.cumQty + lastQty;
  return quantity === 0n ? 0n : (entry.cumQty * entry.avgPx + lastQty * lastPx + quantity / 2n) / quantity;
}

/**
 * The ExecutionReports that book what a system said of an order: a fill, and where the order ends by something else, its end behind it. Throws
 * HeadraceError `HR_SIGNAL_REPORT` for a report that cannot be booked. `clOrdId` is our ClOrdID of the order.
 */
export function directReports(entry: SignalEntry, report: SystemReport, clOrdId: string): readonly DirectReport[] {
  const { order } = entry;
  if (order === undefined) return refuse('the signal has no order');
  const cumQty = cumQtyOf(report, entry, order.quantity);
  const lastQty = cumQty - entry.cumQty;
  // A fill that comes late counts all the same.
  if (lastQty === 0n && isOver(entry)) refuse(`the order is over: ${entry.status}`);
  const lastPx = report.lastPx ?? report.avgPx ?? order.price ?? 0n;
  if (lastQty > 0n && lastPx === 0n) refuse('lastPx: a fill needs its price');
  const [execType, ordStatus] = TYPES[report.state];
  const isEnd = ordStatus !== '0' && ordStatus !== '1';
  const isFilled = cumQty === order.quantity && lastQty > 0n;
  const common = {
    clOrdId,
    orderId: report.orderId ?? (entry.orderId || clOrdId),
    symbol: order.symbol,
    side: order.side,
    quantity: order.quantity,
    cumQty,
    avgPx: report.avgPx ?? (lastQty > 0n ? average(entry, lastQty, lastPx) : entry.avgPx),
    text: report.text,
  };
  const execId = (place: number): string => report.execId ?? `${clOrdId}.${entry.reports + place}`;
  const fill: DirectReport = {
    ...common,
    execId: execId(1),
    execType: 'F',
    ordStatus: isFilled ? '2' : '1',
    lastQty,
    lastPx,
    leavesQty: order.quantity - cumQty,
  };
  if (lastQty > 0n && (execType === 'F' || isFilled || !isEnd)) return [fill];
  const rest = { ...common, execType, ordStatus, lastQty: 0n, lastPx: 0n };
  const leavesQty = isEnd ? 0n : order.quantity - cumQty;
  if (lastQty === 0n)
    return execType === 'F' ? refuse('cumQty: nothing more was filled') : [{ ...rest, execId: execId(1), leavesQty }];
  return [fill, { ...rest, execId: `${clOrdId}.${entry.reports + 2}`, leavesQty }];
}
