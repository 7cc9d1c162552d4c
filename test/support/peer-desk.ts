import type { Test } from 'tap';

import { Desk, type DeskOptions } from './desk.js';
import { FixPeer } from './fix-peer.js';

export const LOGON = '98=0|108=30|';

/** The body of a NewOrderSingle for 1 at 1.00. */
export function order(clOrdId: string, more = ''): string {
  return `1=A1|11=${clOrdId}|21=1|38=1|40=2|44=1|54=1|55=ACME|59=0|60=20260102-10:00:00.000|${more}`;
}

/** A desk between a client and a venue that are both played by hand; both are logged on. */
export async function deskOfPeers(
  t: Test,
  options: DeskOptions,
): Promise<{ desk: Desk; venue: FixPeer; client: FixPeer }> {
  const desk = new Desk(options);
  const [venue, client] = [new FixPeer('VENUE', 'DESK'), new FixPeer('CLIENT', 'DESK')];
  desk.venuePort = await venue.listen();
  await desk.startLane();
  await desk.until(() => venue.having('35=A').length === 1, 'the Logon at the venue');
  venue.write(['A', 1, LOGON]);
  await client.connect(desk.clientPort);
  client.write(['A', 1, LOGON]);
  await desk.until(() => desk.isUp, 'both sessions to be active');
  t.teardown(async () => {
    venue.close();
    client.close();
    await desk.stop();
  });
  return { desk, venue, client };
}

/** A desk whose venue alone is played by hand; its client is the engine's. The venue's Logon was MsgSeqNum 1. */
export async function deskBeforeVenue(t: Test, options: DeskOptions = {}): Promise<{ desk: Desk; venue: FixPeer }> {
  const desk = new Desk(options);
  const venue = new FixPeer('VENUE', 'DESK');
  desk.venuePort = await venue.listen();
  await desk.startLane();
  await desk.until(() => venue.having('35=A').length === 1, 'the Logon at the venue');
  venue.write(['A', 1, LOGON]);
  await desk.startClient();
  await desk.until(() => desk.isUp, 'both sessions to be active');
  t.teardown(async () => {
    venue.close();
    await desk.stop();
  });
  return { desk, venue };
}

/** Our ClOrdID in the newest message of a type at the venue. */
export function clOrdIdIn(venue: FixPeer, msgType: string): string {
  return /\|11=([^|]*)\|/.exec(venue.having(`35=${msgType}`).at(-1) ?? '')?.[1] ?? '';
}
