import t from 'tap';

import { Desk, acknowledge, execute } from '../support/desk.js';

t.setTimeout(300_000);

for (const native of ['prefer', 'off'] as const) {
  t.test(
    `native ${native}: an order goes to the venue under our ClOrdID and its report comes back under the client's`,
    async t => {
      const desk = await new Desk({ native }).start();
      desk.order('C1', { 58: 'keep me' });
      const report = await desk.reported('C1', '0');
      t.equal(desk.atVenue[0]?.get(35), 'D');
      t.match(desk.atVenue[0]?.get(11), /^T1-\d+$/);
      t.equal(desk.atVenue[0]?.get(44), '10.50', 'the price travels as it was written');
      t.equal(desk.atVenue[0]?.get(58), 'keep me', 'fields nobody here reads travel too');
      t.equal(report.get(150), '0');
      t.equal(report.get(37), `V${desk.atVenue[0]?.get(11)}`);
      await desk.stop();
    },
  );
}

t.test('a refused order gets OrdStatus 8 and a Text naming the rule, the value and the limit', async t => {
  const desk = await new Desk().start();
  const rows: readonly [string, Record<number, string>, string][] = [
    ['N1', { 38: '900', 44: '120' }, 'maxNotional: 108000.00 > 100000.00'],
    ['Q1', { 38: '1001', 44: '1' }, 'maxQuantity: 1001 > 1000'],
    ['S1', { 55: 'NOPE' }, 'unknownSymbol: the symbol is not known'],
    ['A1', { 1: 'NOPE' }, 'unknownAccount: the account is not known'],
  ];
  for (const [id, fields, text] of rows) {
    desk.order(id, fields);
    const report = await desk.reported(id);
    t.equal(report.get(39), '8', `${id} is refused`);
    t.equal(report.get(150), '8');
    t.equal(report.get(58), text);
  }
  t.equal(desk.atVenue.length, 0, 'nothing reached the venue');
  await desk.stop();
});

t.test('a fill moves exposure to the position: 2,000 filled leave no room for 1 more', async t => {
  const fill = { 39: '2', 150: 'F', 32: '1000', 31: '10', 14: '1000', 151: '0', 6: '10' };
  const desk = await new Desk({ venue: (venue, message) => execute(venue, message, fill) }).start();
  for (const id of ['F1', 'F2']) {
    desk.order(id, { 38: '1000', 44: '10' });
    t.equal((await desk.reported(id, '2')).get(14), '1000');
  }
  desk.order('F3', { 38: '1', 44: '10' });
  t.equal((await desk.reported('F3')).get(58), 'maxPosition: 2001 > 2000');
  desk.order('F4', { 38: '1000', 44: '10', 54: '2' });
  await desk.reported('F4', '2');
  await desk.stop();
});

t.test('a cancel releases what was open, and is reported with both ids', async t => {
  const desk = await new Desk().start();
  for (const id of ['X1', 'X2']) {
    desk.order(id, { 38: '1000', 44: '10' });
    await desk.reported(id, '0');
  }
  desk.order('X3', { 38: '1', 44: '10' });
  t.equal((await desk.reported('X3')).get(58), 'maxPosition: 2001 > 2000', 'open orders count');
  desk.send('F', { 11: 'X4', 41: 'X1', 54: '1', 55: 'ACME', 60: '20260102-10:00:01.000' });
  const canceled = await desk.reported('X4', '4');
  t.equal(canceled.get(41), 'X1');
  const atVenue = desk.atVenue.at(-1);
  t.equal(atVenue?.get(41), desk.atVenue[0]?.get(11), 'the venue is told of the order by its own id');
  desk.order('X5', { 38: '1000', 44: '10' });
  await desk.reported('X5', '0');
  await desk.stop();
});

t.test('a replace is judged as old exposure out, new in, and its id takes over', async t => {
  const desk = await new Desk().start();
  desk.order('R1', { 38: '1000', 44: '10' });
  await desk.reported('R1', '0');
  desk.order('R2', { 38: '900', 44: '10' });
  await desk.reported('R2', '0');
  const replace = (id: string, orig: string, quantity: string): void =>
    desk.send('G', {
      1: 'A1',
      11: id,
      38: quantity,
      40: '2',
      41: orig,
      44: '10',
      54: '1',
      55: 'ACME',
      60: '20260102-10:00:01.000',
    });
  replace('R3', 'R2', '1000');
  t.equal((await desk.reported('R3', '0')).get(150), '5', '2,000 in all is allowed');
  replace('R4', 'R2', '10');
  t.equal((await desk.reported('R4')).get(35), '9', 'R2 is no longer an id of a live order');
  t.equal(desk.report('R4')?.get(102), '1');
  replace('R5', 'R3', '2000');
  t.equal((await desk.reported('R5')).get(58), 'maxQuantity: 2000 > 1000');
  await desk.stop();
});

t.test('a cancel of an unknown or finished order is rejected with OrderCancelReject', async t => {
  const desk = await new Desk().start();
  desk.send('F', { 11: 'U1', 41: 'nobody', 54: '1', 55: 'ACME', 60: '20260102-10:00:01.000' });
  const unknown = await desk.reported('U1');
  t.equal(unknown.get(35), '9');
  t.equal(unknown.get(434), '1');
  t.equal(unknown.get(102), '1', 'unknown order');
  desk.order('U2');
  await desk.reported('U2', '0');
  desk.send('F', { 11: 'U3', 41: 'U2', 54: '1', 55: 'ACME', 60: '20260102-10:00:01.000' });
  await desk.reported('U3', '4');
  desk.send('F', { 11: 'U4', 41: 'U3', 54: '1', 55: 'ACME', 60: '20260102-10:00:02.000' });
  await desk.reported('U4');
  t.equal(desk.report('U4')?.get(35), '9');
  await desk.stop();
});

t.test(
  'a cancel the venue rejects leaves the order open, is told under the client’s ids, and folds back after a restart',
  async t => {
    const venue: typeof acknowledge = (session, message) => {
      if (message.msgType !== 'F') return acknowledge(session, message);
      const ids = {
        11: message.textOf(11) ?? '',
        37: 'NONE',
        39: '0',
        41: message.textOf(41) ?? '',
        102: '1',
        434: '1',
      };
      session.send('9', encoder => {
        for (const [tag, value] of Object.entries(ids)) encoder.field(Number(tag), value);
      });
    };
    const desk = await new Desk({ venue }).start();
    desk.order('J1', { 38: '1000', 44: '10' });
    await desk.reported('J1', '0');
    desk.send('F', { 11: 'J2', 41: 'J1', 54: '1', 55: 'ACME', 60: '20260102-10:00:01.000' });
    const rejected = await desk.reported('J2');
    t.equal(rejected.get(35), '9');
    t.equal(rejected.get(41), 'J1');
    await desk.restartFromFrames();
    desk.send('F', { 11: 'J3', 41: 'J1', 54: '1', 55: 'ACME', 60: '20260102-10:00:02.000' });
    t.equal((await desk.reported('J3')).get(35), '9', 'the order is still there to be cancelled');
    await desk.stop();
  },
);

t.test('a rule of the embedder’s own refuses in its own words, and one that throws refuses too', async t => {
  const directory = t.testdir({
    'friday.mjs':
      'export default order => (order.quantity > 50_00000000n ? `${order.symbol} only up to 50` : undefined);',
    'broken.mjs': "export default order => { if (order.side === '2') throw new Error('no sells'); };",
  });
  const rules = ['friday', 'broken'].map(name => ({ name, module: `${directory}/${name}.mjs` }));
  const desk = await new Desk({ rules }).start();
  desk.order('K1', { 38: '51' });
  t.equal((await desk.reported('K1')).get(58), 'friday: ACME only up to 50');
  desk.order('K2', { 38: '50', 54: '2' });
  t.equal((await desk.reported('K2')).get(58), 'broken: the rule failed: no sells');
  desk.order('K3', { 38: '50' });
  await desk.reported('K3', '0');
  t.equal(desk.meter.refusals()['custom'], 2);
  await desk.stop();
});

t.test('the same order again is a duplicate only when the first went to the venue', async t => {
  const directory = t.testdir({
    'first.mjs': "export default order => (order.clOrdId === 'P1' ? 'not P1' : undefined);",
  });
  const rules = [{ name: 'first', module: `${directory}/first.mjs` }];
  const desk = await new Desk({ rules, duplicateWindowMs: 60_000 }).start();
  for (const id of ['P1', 'P2', 'P3']) desk.order(id);
  t.equal((await desk.reported('P1')).get(58), 'first: not P1');
  await desk.reported('P2', '0');
  t.match((await desk.reported('P3')).get(58), /^duplicateOrder: the same order came \d+ ms ago, within 60000 ms$/);
  await desk.stop();
});

t.test('an order that cannot be read goes to the dead letters and is answered, never guessed', async t => {
  const desk = await new Desk().start();
  desk.order('B1', { 44: '1.123456789' });
  await desk.until(() => desk.atClient.length > 0, 'an answer');
  t.equal(desk.atClient[0]?.get(35), 'j');
  t.match(desk.atClient[0]?.get(58), /scale/);
  t.equal(desk.meter.counters.snapshot().deadLettered, 1);
  t.equal(desk.atVenue.length, 0);
  await desk.stop();
});

t.test('while the venue is away orders are refused by the rule venueDown', async t => {
  const desk = await new Desk().start();
  await desk.venueEngine?.close(50);
  await desk.until(() => !desk.isUp, 'the venue to be away');
  desk.order('V1');
  t.equal((await desk.reported('V1')).get(58), 'venueDown: the venue is not connected');
  await desk.stop();
});

t.test('a halt of the firm refuses, a resume lets through, and both say from which sequence they hold', async t => {
  const desk = await new Desk().start();
  const command = (kind: 'halt' | 'resume'): void =>
    desk.run?.handle({ op: 'command', id: 1, command: { kind, scope: 'firm', id: '', reason: 'drill' } });
  desk.order('H0');
  await desk.reported('H0', '0');
  command('halt');
  const answer = desk.events.findLast(event => event.op === 'answer');
  t.match(answer, { answer: { ok: true, sequence: Number, lastVenueMsgSeqNum: 2 } });
  desk.order('H1');
  t.equal((await desk.reported('H1')).get(58), 'haltFirm: trading is halted');
  desk.send('F', { 11: 'H2', 41: 'H0', 54: '1', 55: 'ACME', 60: '20260102-10:00:01.000' });
  t.equal((await desk.reported('H2', '4')).get(150), '4', 'a cancel passes a halt');
  command('resume');
  desk.order('H3');
  await desk.reported('H3', '0');
  await desk.stop();
});

t.test('after a restart numbers, orders and positions go on where they stopped', async t => {
  const half = { 39: '1', 150: 'F', 32: '400', 31: '10', 14: '400', 151: '600', 6: '10' };
  const venue: typeof acknowledge = (session, message) => {
    if (message.msgType === 'D') execute(session, message, half);
    else acknowledge(session, message);
  };
  const desk = await new Desk({ venue, durability: 'group' }).start();
  desk.order('P1', { 38: '1000', 44: '10' });
  await desk.reported('P1', '1');
  await desk.stopLane();
  await desk.startLane();
  const recovered = desk.events.find(event => event.op === 'recovered');
  t.match(recovered, { recovered: { foldedFrames: 0 } }, 'the snapshot of the close holds all');
  await desk.until(() => desk.isUp, 'both sessions to be active again, without a reset');
  desk.order('P2', { 38: '1000', 44: '10' });
  await desk.reported('P2', '1');
  desk.order('P3', { 38: '1', 44: '10' });
  t.equal((await desk.reported('P3')).get(58), 'maxPosition: 2001 > 2000', '800 filled and 1,200 open are remembered');
  await desk.restartFromFrames();
  t.match(
    desk.events.find(event => event.op === 'recovered'),
    { recovered: { foldedFrames: Number } },
  );
  desk.order('P4', { 38: '1', 44: '10' });
  t.equal((await desk.reported('P4')).get(58), 'maxPosition: 2001 > 2000', 'and so when every frame is folded again');
  desk.order('P1', { 38: '1', 44: '10', 54: '2' });
  t.equal((await desk.reported('P1', '8')).get(58), 'duplicateClOrdId: the ClOrdID was used before in this session');
  await desk.stop();
});

t.test('at 1,000 orders the counters add up: requests = accepted + refused + dead-lettered', async t => {
  const desk = await new Desk({ orders: 2048 }).start();
  for (let index = 0; index < 1000; index++) {
    const bad = index % 10 === 0 ? { 38: '5000' } : index % 10 === 1 ? { 44: '1.000000001' } : {};
    desk.order(`M${index}`, { 38: '1', 44: '1', ...bad });
  }
  await desk.until(() => desk.atClient.length === 1000, '1,000 answers');
  const counts = desk.meter.counters.snapshot();
  t.equal(counts.requests, 1000);
  t.equal(counts.accepted + counts.refused + counts.deadLettered, 1000);
  t.equal(counts.refused, 100);
  t.equal(counts.deadLettered, 100);
  t.equal(counts.executions, 800);
  t.equal(counts.reportsIn, counts.executions + counts.requestRejects + counts.reportsDeadLettered);
  await desk.stop();
});
