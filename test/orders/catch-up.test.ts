import t from 'tap';

import type { RawMessage } from '../support/fix-peer.js';
import { LOGON, deskOfPeers, order } from '../support/peer-desk.js';

const REPORTS = 400;
const TEXT = 'x'.repeat(50_000);

t.setTimeout(60_000);

for (const durability of ['os', 'group'] as const)
  t.test(
    `durability ${durability}: a client that was away for 20 MB of reports gets them all, and what is live follows in order`,
    async t => {
      const { desk, venue, client } = await deskOfPeers(t, { durability });
      client.write(['D', 2, order('C1')]);
      await desk.until(() => venue.having('35=D').length === 1, 'the order at the venue');
      client.close();
      await desk.until(() => !desk.isUp, 'the client to be away');

      const clOrdId = /\|11=([^|]*)\|/.exec(venue.having('35=D')[0] ?? '')?.[1] ?? '';
      const report = `11=${clOrdId}|37=V1|54=1|55=ACME|39=0|150=0|14=0|151=1|6=0|58=${TEXT}|`;
      venue.write(
        ...Array.from({ length: REPORTS }, (_, index): RawMessage => ['8', index + 2, `${report}17=E${index}|`]),
      );
      await desk.until(() => desk.meter.counters.snapshot().executions === REPORTS, 'the reports in the ledger');

      await client.connect(desk.clientPort);
      client.text = '';
      client.write(['A', 3, LOGON], ['2', 4, '7=2|16=0|'], ['1', 5, '112=LIVE|']);
      await desk.until(() => client.text.includes('112=LIVE|'), 'the live answer');
      const numbers = [...client.text.matchAll(/\|34=(\d+)\|/g)].map(match => Number(match[1]));
      const resent = Array.from({ length: REPORTS }, (_, index) => index + 2);
      const logon = REPORTS + 2;
      t.strictSame(
        numbers,
        [logon, ...resent, logon, logon + 1],
        'Logon, reports, a gap fill over the Logon, the answer',
      );
    },
  );
