import { QUOTE } from '../model/index.js';
import type { RenderedItem } from './rendering.js';
import { isoTime, RowReader } from './row-reader.js';
import type { SinkFrame } from './sink-log.js';

/** One or more QUOTE rows; each is an item of its own, keyed by its symbol. */
export function renderQuotes({ payload }: SinkFrame): RenderedItem[] {
  const count = Math.floor(payload.length / QUOTE.sizeBytes);
  return Array.from({ length: count }, (_, index) => renderQuote(payload, index * QUOTE.sizeBytes));
}

function renderQuote(payload: Uint8Array, offset: number): RenderedItem {
  const row = new RowReader(QUOTE, payload, offset);
  const symbol = row.text('symbol') ?? '';
  const data = {
    symbol,
    bid: row.decimal('bid'),
    ask: row.decimal('ask'),
    last: row.decimal('last'),
    bidSize: row.decimal('bidSize'),
    askSize: row.decimal('askSize'),
    time: isoTime(row.u64('feedTimeNs')),
  };
  return { key: symbol, conflateBy: symbol, data: JSON.stringify(data) };
}
