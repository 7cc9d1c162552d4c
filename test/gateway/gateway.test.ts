import { execFileSync } from 'node:child_process';
import { connect } from 'node:net';
import { join } from 'node:path';
import t, { type Test } from 'tap';

import type { Happening, Pressure } from '../../src/gateway/index.js';
import { FRAME_TYPE, ORDER, TOPICS } from '../../src/model/index.js';
import { failures } from '../../src/risk/index.js';
import { BUSINESS_DATE, GatewayDesk } from '../support/gateway-desk.js';
import { ProbeClient } from '../support/probe-client.js';
import { projectRoot } from '../support/project.js';
import { SocketClient } from '../support/socket-client.js';
import { until } from '../support/until.js';

t.setTimeout(400_000);

const LIVE_TOPICS = ['orders.accepted', 'executions', 'quotes', 'application'] as const;

function checkCounters(t: Test, desk: GatewayDesk): void {
  const count = (name: string): number => desk.count(name);
  const sum = (...names: string[]): number => names.reduce((total, name) => total + count(name), 0);
  t.equal(count('requests'), sum('accepted', 'refused', 'deadLettered'), 'requests');
  t.equal(count('reportsIn'), sum('executions', 'requestRejects', 'reportsDeadLettered'), 'reports');
  t.equal(count('feed.received'), sum('feed.quotes', 'feed.deadLettered', 'feed.dropped'), 'quotes');
  const prices = ['Sent', 'Conflated', 'Unknown', 'Lost', 'Waiting'].map(name => `feed.prices${name}`);
  t.equal(count('feed.quotes'), sum(...prices), 'prices');
}

/** The positions of a topic's frames in its log, as a reader of the files finds them. */
function positionsOf(desk: GatewayDesk, topic: string, from: number): number[] {
  const index = (TOPICS as readonly string[]).indexOf(topic);
  const frames = desk.frames(topic === 'quotes' ? 'feed' : 'ledger', from === 0 ? 'oldest' : from);
  return frames.filter(frame => frame.topic === index).map(frame => frame.sequence);
}

/** What the gate measured for an order that is far too large: the position it would make. */
async function measuredPosition(desk: GatewayDesk, probe: ProbeClient, side: '1' | '2'): Promise<string | undefined> {
  const report = await probe.order({ 38: '90000000', 54: side });
  const frame = desk
    .frames('ledger')
    .findLast(one => one.topic === TOPICS.indexOf('orders.refused') && one.payload.includes(report.clOrdID));
  return failures(frame?.payload ?? Buffer.alloc(0), ORDER.sizeBytes).find(({ rule }) => rule === 'maxPosition')
    ?.measured;
}

function sendLine(port: number, line: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const socket = connect({ host: '127.0.0.1', port }, () => socket.end(line));
    socket.once('close', () => resolve());
    socket.once('error', reject);
  });
}

t.test('a day at the desk, and the next start in the same folder', async t => {
  const desk = new GatewayDesk({ folder: t.testdir({}), ordersPerSecond: 400 });
  t.teardown(() => desk.close(0));
  desk.writePositions();
  const gateway = await desk.start();
  const seen = { accepted: [], refused: [], execution: [], deadLetter: [] } as Record<string, Happening[]>;
  for (const name of ['accepted', 'refused', 'execution', 'deadLetter'] as const)
    gateway.on(name, happening => seen[name]?.push(happening));
  const early = await SocketClient.open(gateway.ports.websocket);
  for (const topic of LIVE_TOPICS) early.subscribe(topic, 0);
  const clients: { client: SocketClient; topic: string; from: number }[] = LIVE_TOPICS.map(topic => ({
    client: early,
    topic,
    from: 0,
  }));

  await t.test(
    '10,000 records become a reset, a date, 50 limits and 9,948 positions, and the config’s account its limits again',
    async t => {
      const types = desk.frames('ledger').map(frame => frame.type);
      const [begin, end] = [types.indexOf(FRAME_TYPE.loadBegin), types.indexOf(FRAME_TYPE.loadEnd)];
      t.equal(types.slice(begin + 1, end).filter(type => type === FRAME_TYPE.command).length, 2 + 1 + 50 + 9_948);
      t.equal(gateway.recovered?.loads, 0);
    },
  );

  await t.test('is ready when clients may connect', async t => {
    const answer = await fetch(`http://127.0.0.1:${gateway.ports.page}/readyz?verbose`);
    t.equal(answer.status, 200);
    t.strictSame(await answer.json(), { ready: true, reasons: [] });
  });

  await desk.trade();
  const probe = await ProbeClient.open(gateway.ports.clients);

  await t.test('clients begin in the middle of the load', async () => {
    for (const share of [0.3, 0.7]) {
      await until(() => desk.count('executions') > 400 * share);
      const late = await SocketClient.open(gateway.ports.websocket);
      for (const topic of LIVE_TOPICS) {
        const last = early.positions(topic).at(-1) ?? 0;
        const from = Math.floor(last * share);
        late.subscribe(topic, from);
        clients.push({ client: late, topic, from });
      }
    }
  });

  await t.test('refuses by rule, and what cannot be read becomes a dead letter', async t => {
    t.match(await probe.order({ 38: '10000001' }), { ordStatus: '8', text: /^maxQuantity: 10000001 > / });
    const embargoed = await probe.order({ 55: 'EMBARGO' });
    const data = (): unknown =>
      seen['refused']?.find(one => JSON.stringify(one.data).includes(embargoed.clOrdID))?.data;
    await until(() => data() !== undefined);
    t.match(data(), { verdict: 'refused', rules: ['priceCollar', 'restricted'] });
    t.match(await probe.order({ 1: 'ACC99999' }), { ordStatus: '8', text: /^unknownAccount/ });
    t.match(await probe.order({ 44: '300.00' }), { ordStatus: '8', text: /^priceCollar/ });
    t.match(await probe.order(), { ordStatus: '0' });
    t.match(await probe.order({ 38: '99999999999999999999' }), { msgType: 'j' });
    await sendLine(gateway.ports.feed, `${'IBM'.padEnd(12)}${'x'.repeat(54)}\n`);
    await until(() => desk.count('feed.deadLettered') === 1);
    t.equal(desk.count('deadLettered'), 1);
  });

  await t.test('a halt holds from its answer on, until it is ended', async t => {
    const halts = `http://127.0.0.1:${gateway.ports.page}/admin/halts`;
    const send = (method: string, body: object): Promise<Response> =>
      fetch(halts, { method, body: JSON.stringify(body), headers: { 'content-type': 'application/json' } });
    const halt = { scope: 'account', id: 'ACC00002', reason: 'fat finger' };
    const answer = await send('POST', halt);
    t.equal(answer.status, 200);
    const { sequence } = (await answer.json()) as { sequence: number };
    t.equal(desk.frames('ledger', sequence)[0]?.type, FRAME_TYPE.command);
    t.match(await probe.order(), { ordStatus: '8', text: /^haltAccount: .*fat finger|^haltAccount/ });
    t.match(await probe.order({ 1: 'ACC00003' }), { ordStatus: '0' });
    await until(() => gateway.view?.halts().length === 1);
    t.match(await (await fetch(halts)).json(), { halts: [halt] });
    t.equal((await send('POST', { ...halt, id: 'NOBODY' })).ok, false);
    t.equal((await send('DELETE', halt)).status, 200);
    t.match(await probe.order(), { ordStatus: '0' });
    await until(() => gateway.view?.halts().length === 0);
  });

  await t.test('what an embedder injects is a frame of its topic', async t => {
    const { position } = await gateway.inject(Buffer.from('{"note":"end of auction"}'));
    const bytes = await gateway.inject(Buffer.from([0xff, 0]));
    t.equal(desk.frames('ledger', position)[0]?.type, FRAME_TYPE.application);
    await until(() => early.positions('application').includes(bytes.position));
    const told = (at: number): unknown =>
      early.messages.find(one => one.topic === 'application' && one.position === at);
    t.match(told(position), { data: { note: 'end of auction' } });
    t.match(told(bytes.position), { data: { hex: 'ff00' } });
    await t.rejects(gateway.inject(Buffer.alloc(100_000)), { code: 'HR_CAPACITY' });
  });

  await until(() => desk.counterparty.counts().client.fills > 200 && desk.count('requests') > 2_000, 60_000);
  await desk.endTrade();
  const inFlight = (): number => desk.count('requests') + desk.count('reportsIn') + desk.count('feed.quotes');
  for (let before = -1; before !== inFlight(); await new Promise(resolve => setTimeout(resolve, 300)))
    before = inFlight();

  await t.test('the counters add up, agree with the counterparty, and /metrics tells them', async t => {
    checkCounters(t, desk);
    const { client, venue } = desk.counterparty.counts();
    t.equal(venue.reportsSent + venue.rejectsSent, desk.count('reportsIn') + rejectedNewOrders(desk));
    t.equal(client.rejects, 0);
    t.equal(client.ordersSent + client.cancelsSent + client.replacesSent + probe.sent, desk.count('requests'));
    t.equal(venue.ordersReceived + venue.cancelsReceived + venue.replacesReceived, desk.count('ordersToVenue'));
    const metrics = await desk.metrics();
    t.equal(metrics.get('headrace_orders_total{verdict="accepted"}'), desk.count('accepted'));
    t.equal(metrics.get('headrace_orders_total{verdict="refused"}'), desk.count('refused'));
    t.equal(metrics.get('headrace_lane_events{event="executions"}'), desk.count('executions'));
    t.equal(metrics.get('headrace_lane_events{event="feed.quotes"}'), desk.count('feed.quotes'));
    t.equal(metrics.get('headrace_stage_passes_total{stage="gate"}'), desk.count('requests'));
    for (const ring of ['prices', 'load'])
      t.equal(metrics.get(`headrace_ring_fill_ratio{ring="${ring}"}`), 0, `the lane has emptied its ring: ${ring}`);
    t.strictSame(
      gateway.view?.rings().map(ring => ring.sizeBytes),
      [1_048_576, 4_194_304],
    );
    for (const [rule, count] of Object.entries(gateway.view?.refusals() ?? {}))
      t.equal(metrics.get(`headrace_refusals_total{rule="${rule}"}`), count, rule);
    const topics = desk.frames('ledger').map(frame => TOPICS[frame.topic]);
    t.equal(topics.filter(topic => topic === 'orders.accepted').length, desk.count('accepted'));
    t.equal(topics.filter(topic => topic === 'orders.refused').length, desk.count('refused'));
  });

  await t.test('each subscriber got its topic from its position on, once and without a gap', async t => {
    for (const { client, topic, from } of clients) {
      const expected = positionsOf(desk, topic, from);
      await until(() => client.positions(topic).length >= expected.length);
      t.strictSame(client.positions(topic), expected, `${topic} from ${from}: ${expected.length} messages`);
      t.strictSame([...client.gaps(), ...client.errors()], []);
    }
  });

  await t.test('events tell an embedder the same', async t => {
    t.equal(seen['accepted']?.length, desk.count('accepted'));
    t.equal(seen['refused']?.length, desk.count('refused'));
    t.match(seen['deadLetter'], [{ topic: 'dead-letter' }]);
    const executions = seen['execution'] ?? [];
    t.strictSame(
      executions.map(({ position }) => position),
      positionsOf(desk, 'executions', 0),
    );
    t.match(seen['refused']?.[0], { topic: 'orders.refused', data: { verdict: 'refused' } });
  });

  const measured = [await measuredPosition(desk, probe, '1'), await measuredPosition(desk, probe, '2')];
  const sessions = gateway.view?.sessions() ?? [];
  const lastPosition = early.positions('orders.accepted').at(-1) ?? 0;
  await probe.close();
  await desk.close();
  await until(() => early.closeCode !== undefined);
  const lastSequence = desk.frames('ledger').at(-1)?.sequence ?? 0;

  await t.test('the second start goes on where the first stopped', async t => {
    const again = await desk.start();
    t.match(again.recovered, { lastSequence, loads: 1, tornBytes: 0 });
    const loads = desk.frames('ledger').filter(({ type }) => type === FRAME_TYPE.loadEnd);
    t.equal(loads.length, 1, 'the same file is not loaded twice');
    const second = await ProbeClient.open(again.ports.clients);
    const now = [await measuredPosition(desk, second, '1'), await measuredPosition(desk, second, '2')];
    t.strictSame(now, measured, 'positions are those before the stop');
    t.ok(measured[0] !== undefined);
    await second.close();
    await desk.trade();
    const numbers = (name: string): number =>
      again.view?.sessions().find(session => session.name === name)?.nextInSeqNum ?? 0;
    for (const { name, nextInSeqNum } of sessions.filter(session => !session.name.includes('PROBE'))) {
      await until(() => numbers(name) > nextInSeqNum);
      t.ok(numbers(name) > nextInSeqNum, `${name} goes on from ${nextInSeqNum}`);
    }
    await until(() => desk.count('accepted') > 50);
    const client = await SocketClient.open(again.ports.websocket);
    client.subscribe('orders.accepted', lastPosition);
    await desk.endTrade();
    await until(() => client.positions('orders.accepted').length > 50);
    await until(
      () => client.positions('orders.accepted').length === positionsOf(desk, 'orders.accepted', lastPosition).length,
    );
    t.strictSame(client.positions('orders.accepted'), positionsOf(desk, 'orders.accepted', lastPosition));
    checkCounters(t, desk);
    await desk.close();
  });

  await t.test('another file of the same date is refused, and taken with reload', async t => {
    desk.writePositions({ seed: 8, fileSequence: 2 });
    await t.rejects(desk.start(), { code: 'HR_LOAD_REFUSED' }, `another file for ${BUSINESS_DATE}`);
    await desk.start({ reload: true });
    t.equal(desk.frames('ledger').filter(({ type }) => type === FRAME_TYPE.loadEnd).length, 2);
    await desk.close();
    desk.writePositions({ seed: 9, businessDate: BUSINESS_DATE + 3 });
    await desk.start();
    t.equal(desk.gateway.recovered?.loads, 2);
    const ends = desk.frames('ledger').filter(({ type }) => type === FRAME_TYPE.loadEnd);
    t.equal(ends.length, 3, 'the next date needs no reload');
    await desk.close();
  });
});

/** The venue's refusals of new orders are ExecutionReports, which it counts among its reports too. */
function rejectedNewOrders(desk: GatewayDesk): number {
  return desk.counterparty.counts().venue.rejectsSent - desk.count('requestRejects');
}

t.test('two gateways in one process share nothing', async t => {
  const folder = t.testdir({});
  const desks = ['a', 'b'].map(name => new GatewayDesk({ folder: join(folder, name), ordersPerSecond: 100 }));
  t.teardown(() => Promise.all(desks.map(desk => desk.close(0))));
  const [first, second] = desks as [GatewayDesk, GatewayDesk];
  for (const desk of desks) {
    desk.writePositions();
    await desk.start();
  }
  await first.trade();
  await until(() => first.count('accepted') > 50);
  t.equal(second.count('requests'), 0);
  t.equal(second.count('feed.quotes'), 0);
  await second.trade();
  await until(() => second.count('accepted') > 50);
  await first.close();
  const before = second.count('accepted');
  await until(() => second.count('accepted') > before + 50);
  t.equal(second.gateway.view?.ready().ok, true, 'the other goes on when one closes');
  await second.close();
});

t.test('tells of backpressure when a sink does not take its batches', async t => {
  const mine = { publishBatch: () => Promise.reject(new Error('away')), close: () => Promise.resolve() };
  const desk = new GatewayDesk({ folder: t.testdir({}), sinks: { mine } });
  t.teardown(() => desk.close(0));
  desk.writePositions();
  await desk.start();
  const pressures: Pressure[] = [];
  desk.gateway.on('backpressure', pressure => pressures.push(pressure));
  await desk.trade();
  await until(() => pressures.some(({ where }) => where === 'reader:mine.ledger'));
  t.match(desk.gateway.view?.readers(), [{ sink: 'mine', log: 'ledger', failing: true }]);
  await desk.close(200);
});

t.test('a CommonJS program loads it by require', async t => {
  const folder = t.testdir({
    'program.cjs': `const { createGateway, version } = require(${JSON.stringify(join(projectRoot, 'dist/src/index.js'))});
      console.log(typeof createGateway, createGateway.name);`,
  });
  t.equal(
    execFileSync(process.execPath, [join(folder, 'program.cjs')], { encoding: 'utf8' }),
    'function createGateway\n',
  );
});

t.test('a program given to node as --input-type=module --eval starts all of its workers', async t => {
  const program = `
    const { GatewayDesk } = await import(${JSON.stringify(join(projectRoot, 'dist/test/support/gateway-desk.js'))});
    const change = config => { config.sinks = { kafka: { brokers: ['127.0.0.1:1'] } }; };
    const desk = new GatewayDesk({ folder: ${JSON.stringify(t.testdir({ data: {} }))}, change });
    desk.writePositions();
    await desk.start();
    desk.startFeed();
    await desk.gateway.inject(Buffer.from('{}'));
    const kafka = () => desk.gateway.view.readers().filter(({ sink, lag }) => sink === 'kafka' && lag > 0);
    while (desk.count('feed.quotes') === 0 || kafka().length < 2) await new Promise(resolve => setTimeout(resolve, 20));
    console.log(desk.gateway.recovered.loads, kafka().map(({ log }) => log).join(' '));
    await desk.close(0);`;
  const run = ['--input-type=module', '--eval', program];
  t.equal(execFileSync(process.execPath, run, { encoding: 'utf8', timeout: 60_000, stdio: 'pipe' }), '0 ledger feed\n');
});
