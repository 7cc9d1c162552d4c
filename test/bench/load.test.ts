import { createServer, type AddressInfo, type Server } from 'node:net';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { WebSocketServer } from 'ws';
import t from 'tap';

import { compareAt, parseDistribution, quantileOf, readDistribution } from '../../src/cli/bench/compare.js';
import { FixStream, valueText } from '../../src/cli/bench/fix-stream.js';
import { FixTemplate, fixText, fixTime, orderIndexOf, parseFields } from '../../src/cli/bench/fix-template.js';
import { Latencies, summaryOf } from '../../src/cli/bench/latencies.js';
import { OpenLoop } from '../../src/cli/bench/open-loop.js';
import { splitTarget } from '../../src/cli/bench/load.js';
import { loadWire, type WirePlan } from '../../src/cli/bench/wire-load.js';
import { loadWebSocket } from '../../src/cli/bench/ws-load.js';
import { fixMessages } from '../../bench/fix-messages.js';

const ORDER = '8=FIX.4.4|35=D|49=CLIENT1|56=HEADRACE|11=x|1=ACC1|55=AAPL|54=1|38=100|40=2|44=10.5|60=now|';

t.test('an open loop says what is due and when each was meant to leave', async t => {
  const loop = new OpenLoop(1000, 100, 50);
  t.equal(loop.due(999), 0, 'nothing before the start');
  t.equal(loop.due(1000), 1, 'the first at the start');
  t.equal(loop.due(1009.9), 1);
  t.equal(loop.due(1010), 2);
  t.equal(loop.due(1200), 21, 'a sender held up for 190 ms finds 19 more due');
  t.equal(loop.due(9999), 50, 'and never more than there are');
  t.equal(loop.intendedMs(20), 1200, 'each keeps its own intended time');
});

/** One request at a time; a server that answers in 1 ms and once stalls for `stallMs`. Returns p99 from the schedule and naively. */
function stalledServer(stallMs: number): { scheduled: number; naive: number } {
  const count = 1000;
  const loop = new OpenLoop(0, 500, count);
  const [scheduled, naive] = [new Latencies(count, 0), new Latencies(count, 0)];
  let nowMs = 0;
  for (let index = 0; index < count; index++) {
    const sentMs = Math.max(nowMs, loop.intendedMs(index));
    nowMs = sentMs + (index === 500 ? stallMs : 1);
    scheduled.record(index, nowMs - loop.intendedMs(index));
    naive.record(index, nowMs - sentMs);
  }
  return {
    scheduled: summaryOf(scheduled.histogram()).p99Us / 1000,
    naive: summaryOf(naive.histogram()).p99Us / 1000,
  };
}

t.test('a stall of 400 ms is charged to every message it delayed', async t => {
  const { scheduled, naive } = stalledServer(400);
  t.ok(naive < 1.01, 'counted from the actual send, 999 of 1,000 took 1 ms: the stall is omitted');
  t.ok(scheduled > 380, 'counted from the schedule, the worst hundredth waited nearly the whole stall');
  t.ok(stalledServer(1).scheduled < 1.01, 'and without a stall both agree');
});

t.test('latencies are counted once, after the warm-up, and unknown messages are not', async t => {
  const latencies = new Latencies(4, 1);
  t.equal(latencies.record(0, 5), true);
  t.equal(latencies.record(1, 0.5), true);
  t.equal(latencies.record(1, 7), false, 'the second answer to a message is not its latency');
  t.equal(latencies.record(4, 1), false);
  t.equal(latencies.record(-1, 1), false);
  t.equal(latencies.record(3, 1.5), true);
  t.equal(latencies.answered, 3);
  t.strictSame([...latencies.measured()], [500_000, 1_500_000], 'message 0 was warm-up, message 2 was never answered');
});

t.test('a FIX message is cut out of a stream whatever its chunks', async t => {
  const messages = fixMessages('NewOrderSingle', 20);
  const bytes = Buffer.from(messages.join(''), 'latin1');
  for (const size of [1, 7, 199, 200, bytes.length]) {
    const stream = new FixStream();
    const found: string[] = [];
    for (let at = 0; at < bytes.length; at += size) {
      stream.push(bytes.subarray(at, at + size), (part, start, end) => {
        found.push(Buffer.from(part.subarray(start, end)).toString('latin1'));
      });
    }
    t.strictSame(found, messages, `in chunks of ${size} bytes`);
  }
  t.equal(valueText(bytes, 0, 199, '55').length, 4);
  t.equal(valueText(bytes, 0, 199, '9999'), '');
});

t.test('a template is patched with number, time and id, and its CheckSum stays right', async t => {
  const session = { beginString: 'FIX.4.4', senderCompID: 'A', targetCompID: 'B', idPrefix: 'LTEST' };
  const template = new FixTemplate(parseFields(ORDER), session);
  const target = Buffer.alloc(template.bytes.length + 3);
  const time = fixTime(Date.UTC(2026, 10, 23, 9, 30, 0, 123));
  t.equal(time, '20261123-09:30:00.123');
  const end = template.write(target, 3, 42, { index: 7, time });
  const text = target.toString('latin1', 3, end);
  const fields = parseFields(text);
  const expected = fixText(
    'FIX.4.4',
    fields.filter(([tag]) => !['8', '9', '10'].includes(tag)),
  );
  t.equal(text, expected);
  t.match(text, /34=000000042.*52=20261123-09:30:00\.123.*11=LTEST000000007.*60=20261123-09:30:00\.123/);
  t.equal(orderIndexOf('LTEST000000007', 'LTEST'), 7);
  t.equal(orderIndexOf('HR42', 'LTEST'), -1, "the target's own id is not ours");
  t.throws(() => parseFields('35=D|oops|'), { message: /"oops" is not tag=value/ });
  t.throws(() => new FixTemplate(parseFields('35=0|'), session), { message: /MsgType \(35\) and ClOrdID \(11\)/ });
  t.throws(() => splitTarget('localhost'), { message: /is not host:port/ });
});

function listen(server: Server): Promise<number> {
  return new Promise(resolve => {
    server.listen(0, '127.0.0.1', () => resolve((server.address() as AddressInfo).port));
  });
}

function wirePlan(port: number, more: Partial<WirePlan> = {}): WirePlan {
  return {
    host: '127.0.0.1',
    port,
    ratePerSecond: 2000,
    warmUpSeconds: 0.05,
    durationSeconds: 0.2,
    messages: [ORDER],
    venueAnswer: 'none',
    progress: () => {},
    ...more,
  };
}

t.test('a bare echo answers every order, and the files say where the timestamps are taken', async t => {
  const server = createServer(socket => socket.pipe(socket));
  const port = await listen(server);
  const folder = t.testdir({});
  const [hgrm, raw] = [join(folder, 'out.hgrm'), join(folder, 'out.raw')];
  const result = await loadWire(wirePlan(port, { hgrm, raw }));
  server.close();
  t.match(result, { sent: 500, unanswered: 0, latency: { count: 400 } });
  t.match(readFileSync(hgrm, 'latin1'), /#\[timestamps = from when the order was meant to be sent/);
  t.equal(readDistribution(hgrm).total, 400);
  t.equal(readDistribution(raw).total, 400);
  const row = compareAt(readDistribution(hgrm), readDistribution(raw), 50);
  t.ok(row.ratioLow <= 1 && 1 <= row.ratioHigh, 'a result compared with itself has 1 in its interval');
});

t.test('an echo that stalls 300 ms shows the stall in the latencies of what came after', async t => {
  let held = false;
  const server = createServer(socket => {
    let bytes = 0;
    socket.on('data', chunk => {
      socket.write(chunk);
      bytes += chunk.length;
      if (held || bytes < 50_000) return;
      held = true;
      socket.pause();
      setTimeout(() => socket.resume(), 300);
    });
    socket.on('error', () => {});
  });
  const result = await loadWire(wirePlan(await listen(server), { durationSeconds: 0.6 }));
  server.close();
  t.equal(result.unanswered, 0);
  t.ok(
    result.latency.maxUs >= 290_000,
    `the message that waited longest waited the stall (${result.latency.maxUs} µs)`,
  );
  t.ok(result.latency.p90Us >= 100_000, 'and half a second of messages waited with it');
});

t.test('a refused order stops the load with its reason', async t => {
  const server = createServer(socket => {
    const stream = new FixStream();
    socket.on('error', () => {});
    socket.on('data', chunk => {
      stream.push(chunk, (bytes, start, end) => {
        const id = valueText(bytes, start, end, '11');
        const logon = valueText(bytes, start, end, '35') === 'A';
        const refusal: [string, string][] = [
          ['35', '8'],
          ['11', id],
          ['39', '8'],
          ['58', 'maxQuantity: 100 > 1'],
        ];
        socket.write(fixText('FIX.4.4', logon ? [['35', 'A']] : refusal), 'latin1');
      });
    });
  });
  const said: string[] = [];
  await loadWire(wirePlan(await listen(server), { progress: text => said.push(text) }));
  server.close();
  t.match(said.join('\n'), /refused: maxQuantity: 100 > 1\n.*orders were refused/s);
});

t.test('an endpoint that is not there is an error with its address', async t => {
  const server = createServer();
  const port = await listen(server);
  await new Promise(resolve => server.close(resolve));
  await t.rejects(loadWire(wirePlan(port)), { code: 'HR_CONNECTION_TARGET', message: /ECONNREFUSED/ });
});

t.test('a WebSocket echo answers every message', async t => {
  const server = new WebSocketServer({ port: 0, host: '127.0.0.1' });
  server.on('connection', socket => socket.on('message', data => socket.send(data)));
  await new Promise(resolve => server.once('listening', resolve));
  const { port } = server.address() as AddressInfo;
  const { messages: _, ...plan } = wirePlan(port);
  const result = await loadWebSocket({ ...plan, messages: ['{"n":1}', '{"n":2}'], path: '/' });
  server.close();
  t.match(result, { sent: 500, unanswered: 0, latency: { count: 400 } });
});

t.test('a comparison gives the ratio and an interval that narrows with the samples', async t => {
  const uniform = (count: number, scale: number): string =>
    Array.from({ length: count }, (_, index) => ((index * 7919) % count) * (scale / count)).join('\n');
  const [a, b] = [parseDistribution(uniform(10_000, 1e6), 'a'), parseDistribution(uniform(10_000, 2e6), 'b')];
  const wide = compareAt(parseDistribution(uniform(100, 1e6), 'a'), parseDistribution(uniform(100, 2e6), 'b'), 50);
  const row = compareAt(a, b, 50);
  t.ok(Math.abs(row.ratio - 2) < 0.01, 'B takes twice as long, so A is 2 times better');
  t.ok(row.ratioLow < 2 && 2 < row.ratioHigh);
  t.ok(row.ratioHigh - row.ratioLow < wide.ratioHigh - wide.ratioLow, 'more samples, a narrower interval');
  const median = quantileOf(a, 50);
  t.ok(Math.abs(median.value - 500) < 1, 'raw nanoseconds are read as microseconds');
  t.ok(Math.abs(median.high - median.low - 2 * 1.96 * Math.sqrt(0.25 / 10_000) * 1000) < 1, 'the binomial interval');
  t.throws(() => parseDistribution('a\nb\n', 'x'), { message: 'x is neither .hgrm nor a number a line' });
  t.throws(() => parseDistribution('\n', 'x'), { message: 'x holds no measurement' });
});
