import t from 'tap';

import { lastingPort } from '../support/free-port.js';
import { FixPeer, type RawMessage } from '../support/fix-peer.js';
import { temporaryFolder } from '../support/journal.js';
import { LOGON, order } from '../support/peer-desk.js';
import { until } from '../support/until.js';
import { GatewayChild } from './gateway-child.js';
import { checkLedger } from './ledger-check.js';

t.setTimeout(120_000);

const ORDERS = 150;

const valueOf = (text: string, tag: number): string => new RegExp(`\\|${tag}=([^|]*)\\|`).exec(text)?.[1] ?? '';

/** What the venue was sent, without what it was sent again. */
const sentTo = (venue: FixPeer, msgType: string): string[] =>
  venue.having(`35=${msgType}`).filter(text => !text.includes('|43=Y|'));

/** Connects as soon as the gateway lets it, and logs on. */
async function logOn(port: number, msgSeqNum: number): Promise<FixPeer> {
  const client = new FixPeer('CLIENT', 'DESK');
  for (let isOn = false; !isOn;) {
    isOn = await client.connect(port).then(
      () => true,
      () => false,
    );
    if (!isOn) await new Promise(resolve => setTimeout(resolve, 50));
  }
  client.write(['A', msgSeqNum, LOGON]);
  await until(() => client.having('35=A').length === 1);
  return client;
}

t.test(
  'SIGKILL amid the cancels of 150 orders: each is cancelled once, and the client reads of each when it is back',
  async t => {
    const { directory, remove } = temporaryFolder();
    const venue = new FixPeer('VENUE', 'DESK');
    const [venuePort, clientPort] = [await venue.listen(), await lastingPort()];
    const gateway = new GatewayChild({
      directory,
      native: 'prefer',
      durability: 'os',
      resendOrdersWithinMs: 0,
      clientPort,
      venuePort,
      cancelOnDisconnect: { graceMs: 0 },
    });
    t.teardown(async () => {
      await gateway.stop('SIGKILL');
      venue.close();
      remove();
    });
    gateway.start();
    await until(() => venue.having('35=A').length === 1);
    venue.write(['A', 1, LOGON]);
    const client = await logOn(clientPort, 1);
    client.write(...Array.from({ length: ORDERS }, (_, index): RawMessage => ['D', index + 2, order(`B${index}`)]));
    await until(() => sentTo(venue, 'D').length === ORDERS);
    const ids = sentTo(venue, 'D').map(text => valueOf(text, 11));
    client.close();
    await until(() => sentTo(venue, 'F').length > 0);
    await gateway.stop('SIGKILL');
    const before = sentTo(venue, 'F').length;
    t.ok(before < ORDERS, `${before} cancels had come`);

    const received = Math.max(...[...venue.text.matchAll(/\|34=(\d+)\|/g)].map(([, number]) => Number(number)));
    gateway.start();
    await until(() => venue.having('35=A').length === 2);
    venue.write(['A', 2, LOGON], ['2', 3, `7=${received + 1}|16=0|`]);
    await until(() => sentTo(venue, 'F').length >= ORDERS);
    const cancels = sentTo(venue, 'F');
    t.strictSame(cancels.map(text => valueOf(text, 41)).sort(), [...ids].sort(), 'each order once');
    t.equal(new Set(cancels.map(text => valueOf(text, 11))).size, ORDERS, 'each under an id of its own');

    venue.write(
      ...cancels.map((text, index): RawMessage => {
        const [id, orig] = [valueOf(text, 11), valueOf(text, 41)];
        return ['8', index + 4, `11=${id}|41=${orig}|37=V|17=E${index}|39=4|150=4|54=1|55=ACME|14=0|151=0|6=0|`];
      }),
    );
    const back = await logOn(clientPort, ORDERS + 2);
    back.write(['2', ORDERS + 3, '7=2|16=0|']);
    const told = (): string[] => back.having('35=8', '39=4').map(text => valueOf(text, 11));
    await until(() => told().length >= ORDERS);
    t.strictSame(told().sort(), Array.from({ length: ORDERS }, (_, index) => `B${index}`).sort());
    back.close();
    venue.close();
    t.equal(await gateway.stop('SIGTERM'), 0, gateway.output);
    t.equal(gateway.verify(), '');
    t.strictSame(checkLedger(gateway.ledger).failures, []);
  },
);
