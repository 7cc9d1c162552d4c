import { once } from 'node:events';
import { connect } from 'node:net';
import t from 'tap';

import { utcTimestampText } from '../../src/codec/index.js';
import { run as resendMemory } from '../fault/resend-memory.js';
import type { SessionView } from '../../src/orders/index.js';
import { Desk } from '../support/desk.js';
import { FixPeer } from '../support/fix-peer.js';
import { fixBytes } from '../support/fix-session.js';
import { LOGON } from '../support/peer-desk.js';
import { counters } from '../support/reset-desk.js';

t.setTimeout(60_000);

const SIZE_MAX = 256 * 1024;
/** Far more than the system takes for a peer that reads nothing. */
const REQUESTS = 1_000;
const TEST_REQ_ID = 'x'.repeat(32_000);

t.test(
  'a client that reads nothing is disconnected beyond 256 KiB, counted, and served again when it is back',
  async t => {
    const desk = new Desk({ bufferedBytesMax: SIZE_MAX });
    t.teardown(() => desk.stop());
    await desk.startVenue();
    await desk.startLane();
    const socket = connect(desk.clientPort, '127.0.0.1');
    await once(socket, 'connect');
    socket.pause();
    socket.on('error', () => {});
    const message = (msgType: string, msgSeqNum: number, body: string): Buffer => {
      const time = utcTimestampText(BigInt(Date.now()) * 1_000_000n, 3);
      return fixBytes('FIX.4.4', `35=${msgType}|34=${msgSeqNum}|49=CLIENT|56=DESK|52=${time}|${body}`);
    };
    socket.write(message('A', 1, LOGON));
    for (let n = 0; n < REQUESTS; n++) socket.write(message('1', n + 2, `112=${TEST_REQ_ID}|`));
    await desk.until(() => counters(desk)['slowConsumers'] === 1, 'the disconnection');
    socket.destroy();
    const client = (): SessionView | undefined => {
      const event = desk.events.findLast(({ op }) => op === 'sessions');
      return event?.op === 'sessions' ? event.sessions[1] : undefined;
    };
    const isDown = (): boolean => client()?.state === 'disconnected' && (client()?.nextInSeqNum ?? 0) > 2;
    await desk.until(isDown, 'the session to be down');
    const back = new FixPeer('CLIENT', 'DESK');
    await back.connect(desk.clientPort);
    const next = client()?.nextInSeqNum ?? 0;
    t.ok(next < REQUESTS + 2, `${next} is expected next`);
    back.write(['A', next, LOGON], ['1', next + 1, '112=BACK|']);
    await desk.until(() => back.having('112=BACK').length === 1, 'an answer');
    t.equal(counters(desk)['slowConsumers'], 1);
    back.close();
  },
);

t.test('20,000 messages are resent in order, and what is live comes behind them', async t => {
  const report = await resendMemory({ rounds: 20_000, seed: 1, native: 'prefer' });
  t.strictSame(report.failures, []);
});
