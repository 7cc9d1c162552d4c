import { EXECUTION, EXECUTION_EFFECT, EXECUTION_FLAG, EXECUTION_KIND } from '../model/index.js';
import type { Names } from './names.js';
import type { RenderedItem } from './rendering.js';
import { isoTime, RowReader } from './row-reader.js';
import type { SinkFrame } from './sink-log.js';

const KIND_NAMES = new Map<number, string>(Object.entries(EXECUTION_KIND).map(([name, code]) => [code, name]));

const { orderIdShortened, execIdShortened, lastPxRounded, avgPxRounded } = EXECUTION_FLAG;
const INEXACT = [
  ['orderId', orderIdShortened],
  ['execId', execIdShortened],
  ['lastPx', lastPxRounded],
  ['avgPx', avgPxRounded],
] as const;

/** The fields that are shortened or rounded, or undefined when all are what the venue sent. */
function inexactOf(report: RowReader<keyof typeof EXECUTION.offset>, payload: Uint8Array): string[] | undefined {
  // Rows of ledgers from before the flags end earlier.
  if (payload.length < EXECUTION_EFFECT.sizeBytes + EXECUTION.sizeBytes) return undefined;
  const flags = report.u32('flags');
  return flags === 0 ? undefined : INEXACT.filter(([, flag]) => (flags & flag) !== 0).map(([name]) => name);
}

/** An EXECUTION_EFFECT row and an EXECUTION row: where the order stands, and the report's fields under their FIX names. */
export function renderExecution(frame: SinkFrame, names: Names): RenderedItem {
  const effect = new RowReader(EXECUTION_EFFECT, frame.payload);
  const report = new RowReader(EXECUTION, frame.payload, EXECUTION_EFFECT.sizeBytes);
  const data = {
    kind: KIND_NAMES.get(effect.u32('kind')),
    time: isoTime(frame.timeNs),
    clOrdId: report.text('clOrdId'),
    origClOrdId: report.text('origClOrdId'),
    orderId: report.text('orderId'),
    execId: report.text('execId'),
    account: names.account(effect.u32('accountIndex')),
    symbol: names.symbol(effect.u32('symbolIndex')),
    side: report.character('side'),
    execType: report.character('execType'),
    ordStatus: report.character('ordStatus'),
    quantity: effect.decimal('quantity'),
    price: effect.decimal('price'),
    lastQty: report.decimal('lastQty'),
    lastPx: report.decimal('lastPx'),
    cumQty: report.decimal('cumQty'),
    leavesQty: report.decimal('leavesQty'),
    avgPx: report.decimal('avgPx'),
    openQuantity: effect.decimal('openQuantity'),
    inexact: inexactOf(report, frame.payload),
    orderSequence: Number(effect.u64('venueId')),
  };
  return { key: data.account ?? '', conflateBy: data.clOrdId ?? '', data: JSON.stringify(data) };
}
