import { MessageWriter } from '../session/index.js';
import type { Lane } from './lane.js';
import type { HeldOrder } from './outbox.js';

/**
 * Promise 5 at egress: an order that a halt overtook while its frame waited to be synced does not leave. A gap fill takes its place in the
 * venue's sequence, its exposure is released and the client is told.
 */
export function takeOutHalted(lane: Lane): void {
  const { venue, nowNs, utcOffsetNs } = lane.context;
  const writer = new MessageWriter(venue.session.settings);
  const gapFill = ({ msgSeqNum }: HeldOrder): Uint8Array =>
    writer.gapFill(msgSeqNum, msgSeqNum + 1, nowNs + utcOffsetNs);
  for (const box of [venue.outbox, venue.behind])
    for (const order of box.replaceOrders(order => (lane.isHalted(order.slot) ? gapFill(order) : undefined))) {
      lane.venueDesk.unsent.giveUp(order.slot, order.msgType, 'halted before it left');
      venue.endGroup();
    }
}
