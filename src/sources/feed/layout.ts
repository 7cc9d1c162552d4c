import { compileFixedWidth, type FixedWidthField, type Layout } from '../../codec/index.js';
import { ConfigError } from '../../model/index.js';

/** One column of a quote as the feed writes it; a `decimal` is digits without a point, `scale` of them decimals. */
export interface FeedColumn {
  readonly name: string;
  readonly size: number;
  readonly type: 'text' | 'decimal' | 'integer';
  readonly scale: number;
}

/** The bytes of one quote, column after column, and what follows them. */
export interface FeedLayout {
  readonly columns: readonly FeedColumn[];
  readonly lineEnd: 'none' | 'lf' | 'crlf';
}

/** The number of a quote row that a column fills. Any other column but `symbol` is skipped. */
export const QUOTE_COLUMNS = {
  bid: 'bid',
  ask: 'ask',
  price: 'last',
  bidSize: 'bidSize',
  askSize: 'askSize',
} as const;

export type QuoteColumn = keyof typeof QUOTE_COLUMNS;

export function isQuoteColumn(name: string): name is QuoteColumn {
  return Object.hasOwn(QUOTE_COLUMNS, name);
}

/** Bytes of one record without its line end. */
export function recordSizeOf(layout: FeedLayout): number {
  return layout.columns.reduce((sum, column) => sum + column.size, 0);
}

/** The codec's layout of a record. Throws ConfigError when a column cannot be what its name says. */
export function compileFeedLayout(layout: FeedLayout): Layout {
  for (const name of ['symbol', 'price'])
    if (!layout.columns.some(column => column.name === name))
      throw new ConfigError('HR_FEED_LAYOUT', `the feed's layout has no column \`${name}\``);
  return compileFixedWidth({ name: 'quote', fields: layout.columns.map(fieldOf) });
}

function fieldOf(column: FeedColumn): FixedWidthField {
  const { name, size, type, scale } = column;
  if (name === 'symbol' && type === 'text') return { name, type, width: size };
  if (name === 'symbol' || (isQuoteColumn(name) && type === 'text'))
    throw new ConfigError('HR_FEED_LAYOUT', `the feed's column \`${name}\` cannot be of type ${type}`);
  if (!isQuoteColumn(name)) return { name: 'FILLER', type: 'text', width: size };
  return { name, type: 'number', width: size, scale: type === 'decimal' ? scale : 0 };
}
