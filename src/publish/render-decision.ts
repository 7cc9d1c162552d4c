import { DECISION, NO_INDEX, ORDER, ORDER_FLAG, RULES } from '../model/index.js';
import type { Names } from './names.js';
import type { RenderedItem } from './rendering.js';
import { isoTime, RowReader } from './row-reader.js';
import type { SinkFrame } from './sink-log.js';

/** Says why the DECISION row at `offset` refused: `maxNotional: 1200000.00 > 1000000.00`. The gate's own words. */
export type RefusalText = (bytes: Uint8Array, offset: number) => string;

function failedRules(mask: number): string[] {
  return RULES.filter((_, bit) => ((mask >>> bit) & 1) === 1).map(rule => rule.name);
}

/** `order` fields under their FIX names; an absent one is left out. */
export function renderDecision(frame: SinkFrame, names: Names, refusalText: RefusalText): RenderedItem {
  const { payload } = frame;
  const order = new RowReader(ORDER, payload);
  const decision = new RowReader(DECISION, payload, ORDER.sizeBytes);
  const [account, symbol] = [order.u32('accountIndex'), order.u32('symbolIndex')];
  const failed = decision.u32('failedMask');
  const flags = order.u32('flags');
  const data = {
    verdict: failed === 0 ? 'accepted' : 'refused',
    time: isoTime(frame.timeNs),
    msgType: order.character('msgType'),
    clOrdId: order.text('clOrdId'),
    origClOrdId: order.text('origClOrdId'),
    account: account === NO_INDEX ? undefined : names.account(account),
    symbol: symbol === NO_INDEX ? undefined : names.symbol(symbol),
    side: order.character('side'),
    ordType: order.character('ordType'),
    timeInForce: order.character('timeInForce'),
    quantity: order.decimal('quantity'),
    price: (flags & ORDER_FLAG.hasPrice) === 0 ? undefined : order.decimal('price'),
    rules: failed === 0 ? undefined : failedRules(failed),
    text: failed === 0 ? undefined : refusalText(payload, ORDER.sizeBytes),
    limitVersion: decision.u32('limitVersion'),
    feedSequence: decision.u64('feedSequence') === 0n ? undefined : Number(decision.u64('feedSequence')),
    byGateway: (flags & ORDER_FLAG.byGateway) === 0 ? undefined : true,
    sourceSequence: Number(order.u64('sourceSequence')),
  };
  return { key: data.account ?? '', conflateBy: data.clOrdId ?? data.origClOrdId ?? '', data: JSON.stringify(data) };
}
