import t from 'tap';

import { checkLedger } from '../fault/ledger-check.js';
import { Desk } from '../support/desk.js';
import { counters } from '../support/reset-desk.js';

t.setTimeout(60_000);

const TIME = { 60: '20260102-10:00:01.000' };

t.test('a client beyond 3 orders a minute reads 35=j, and may still cancel', async t => {
  const rate = { messages: 3, perMs: 60_000 };
  const desk = await new Desk({ throttleIn: { ...rate, action: 'reject', cancels: rate } }).start();
  t.teardown(() => desk.stop());
  for (const id of ['R1', 'R2', 'R3', 'R4', 'R5']) desk.order(id, { 38: '10' });
  await desk.until(() => desk.atClient.filter(fields => fields.get(35) === 'j').length === 2, 'two refusals');
  await desk.reported('R3', '0');
  t.strictSame(
    desk.atClient
      .filter(fields => fields.get(35) === 'j')
      .map(fields => [fields.get(372), fields.get(380), fields.get(58)]),
    [1, 2].map(() => ['D', '3', 'more than 3 messages in 60000 ms']),
  );
  desk.send('F', { 11: 'R6', 41: 'R1', 54: '1', 55: 'ACME', ...TIME });
  await desk.reported('R6', '4');
  t.equal(counters(desk)['throttle.rejected'], 2);
  t.equal(counters(desk)['requests'], 4, 'what is beyond the rate does not come to the gate');
});

t.test('orders that waited when the connection was lost are resent, and each comes to the venue once', async t => {
  const desk = await new Desk({ throttleIn: { messages: 4, perMs: 1_000, action: 'delay' } }).start();
  t.teardown(() => desk.stop());
  const ids = Array.from({ length: 8 }, (_, index) => `W${index}`);
  for (const id of ids) desk.order(id, { 38: '10' });
  await desk.until(() => (counters(desk)['throttle.delayed'] ?? 0) > 0, 'some to wait');
  desk.client?.disconnect('dropped');
  await desk.until(() => ids.every(id => desk.report(id)?.get(39) === '0'), 'all to be acknowledged');
  t.equal(desk.atVenue.length, ids.length);
  t.strictSame(checkLedger(desk.directory).failures, []);
});
