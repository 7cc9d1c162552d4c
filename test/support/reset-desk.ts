import type { Test } from 'tap';

import type { Desk, DeskOptions } from './desk.js';
import type { FixPeer } from './fix-peer.js';
import { LOGON, clOrdIdIn, deskBeforeVenue } from './peer-desk.js';

/** Fields that each report about an order carries. */
export const ORDER = '37=V1|54=1|55=ACME|';

/** One desk, and the venue's side of it: our ids there, and the next number of the venue. */
export interface Reset {
  readonly desk: Desk;
  readonly venue: FixPeer;
  readonly order: string;
  readonly replace: string;
  next: number;
}

export const counters = (desk: Desk): Record<string, number> => desk.meter.counters.snapshot();

/** Sends a report of the venue and waits until the lane has taken it as what it is. */
export async function told(reset: Reset, msgType: string, counter: string, body: string): Promise<void> {
  const { desk, venue } = reset;
  const before = counters(desk)[counter]!;
  venue.write([msgType, reset.next++, body]);
  await desk.until(() => counters(desk)[counter] === before + 1, `${counter} of ${body}`);
}

/** An order of 100 at 10.50 that the venue has acknowledged. */
export async function acknowledged(t: Test, options: DeskOptions = {}): Promise<Reset> {
  const { desk, venue } = await deskBeforeVenue(t, options);
  desk.order('R1');
  await desk.until(() => venue.having('35=D').length === 1, 'the order at the venue');
  const reset = { desk, venue, order: clOrdIdIn(venue, 'D'), replace: '', next: 2 };
  await told(reset, '8', 'executions', `11=${reset.order}|${ORDER}17=E1|39=0|150=0|14=0|151=100|6=0|`);
  return reset;
}

/** The venue comes back without its sequence, and is asked. */
export async function forgets(reset: Reset): Promise<void> {
  reset.next = 2;
  reset.venue.write(['A', 1, `${LOGON}141=Y|`]);
  await reset.desk.until(() => reset.venue.having('35=H').length > 0, 'an OrderStatusRequest');
}

/** The same session again after the lane's restart. */
export async function returns(reset: Reset): Promise<void> {
  const { desk, venue } = reset;
  const logons = venue.having('35=A').length;
  await desk.startLane();
  await desk.until(() => venue.having('35=A').length === logons + 1, 'another Logon at the venue');
  venue.write(['A', reset.next++, LOGON]);
  await desk.until(() => desk.isUp, 'both sessions to be active again');
}
