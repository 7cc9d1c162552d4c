import { MessageWriter } from '../session/index.js';
import type { Lane } from './lane.js';

/**
 * Promise 5 at egress: an order that a halt overtook while its frame waited to be synced does not leave. A gap fill takes its place in the
 * venue's sequence, its exposure is released and the client is told.
 */
export function takeOutHalted(lane: Lane): void {
  const { venue, nowNs, utcOffsetNs } = lane.context;
  const writer = new MessageWriter(venue.session.settings);
  for (const { box, order } of venue.heldOrders) {
    const current = box.heldOrders.find(other => other.msgSeqNum === order.msgSeqNum);
    if (current === undefined || !lane.isHalted(order.slot)) continue;
    box.substitute(current, writer.gapFill(order.msgSeqNum, order.msgSeqNum + 1, nowNs + utcOffsetNs));
    lane.venueDesk.unsent.giveUp(order.slot, order.msgType, 'halted before it left');
    venue.endGroup();
  }
}
