import { ORDER, ORDER_FLAG } from '../model/index.js';

/**
 * OrdTypes (40) whose Price (44) bounds what they trade at: Limit, Stop limit, Limit or better, Limit with or without, Limit on close, Forex limit;
 * and those of which the standard says that Price can be used as a limit: previously quoted and indicated, Forex previously quoted, pegged.
 * Not Funari and market with leftover as limit, which trade partly at the market.
 */
const LIMITED = new Set([...'2478BFDEHP'].map(ordType => ordType.charCodeAt(0)));

/** Whether an ORDER row's price is one it is judged and reserved at. A Price on a market order bounds nothing: the reference stands for it. */
export function hasLimitPrice(order: DataView): boolean {
  const hasPrice = (order.getUint32(ORDER.offset.flags, true) & ORDER_FLAG.hasPrice) !== 0;
  return hasPrice && LIMITED.has(order.getUint8(ORDER.offset.ordType));
}
