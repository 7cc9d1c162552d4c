import { once } from 'node:events';
import { connect } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import t from 'tap';

import { FRAME_TYPE, PRICE, QUOTE, STATUS } from '../../src/model/index.js';
import { createCounters, openLog, type Counters } from '../../src/observe/index.js';
import { RingConsumer, RingProducer, createRing } from '../../src/ring/index.js';
import { FeedConnection } from '../../src/sources/feed/connection.js';
import { FEED_COUNTERS, type FeedCounter } from '../../src/sources/feed/counters.js';
import { FeedFlow } from '../../src/sources/feed/flow.js';
import { compileFeedLayout, type FeedLayout } from '../../src/sources/feed/layout.js';
import { PriceOutbox } from '../../src/sources/feed/price-outbox.js';
import { FeedServer } from '../../src/sources/feed/server.js';
import { QuoteWalk, startFeedGenerator } from '../../src/sources/index.js';
import { MemoryLog } from './memory-log.js';

const LAYOUT: FeedLayout = {
  columns: [
    { name: 'symbol', size: 8, type: 'text', scale: 0 },
    { name: 'bid', size: 12, type: 'decimal', scale: 4 },
    { name: 'ask', size: 12, type: 'decimal', scale: 4 },
    { name: 'price', size: 12, type: 'decimal', scale: 4 },
    { name: 'venue', size: 4, type: 'text', scale: 0 },
    { name: 'bidSize', size: 9, type: 'integer', scale: 0 },
  ],
  lineEnd: 'lf',
};

const GOOD = 'EURUSD  000000010850000000010852000000010851XEUR000000300';

interface FeedSettings {
  readonly layout?: FeedLayout;
  readonly ringSize?: number;
  readonly symbols?: number;
  readonly stagingSize?: number;
  readonly counters?: Counters<FeedCounter>;
}

function feed(settings: FeedSettings = {}) {
  const layout = settings.layout ?? LAYOUT;
  const memory = createRing(settings.ringSize ?? 65536);
  const log = new MemoryLog(settings.stagingSize);
  const outbox = new PriceOutbox(new RingProducer(memory), settings.symbols ?? 100);
  const counters = settings.counters ?? createCounters(FEED_COUNTERS);
  let wakes = 0;
  const flow = new FeedFlow({
    layout,
    native: undefined,
    log,
    outbox,
    counters,
    onCommitted: () => {},
    onSent: sent => void (wakes += sent > 0 ? 1 : 0),
  });
  return { layout, log, outbox, counters, flow, prices: new RingConsumer(memory), wakes: () => wakes };
}

interface Quote {
  symbol: string;
  bid: bigint;
  ask: bigint;
  last: bigint;
  bidSize: bigint;
  askSize: bigint;
}

function quoteAt(bytes: Uint8Array, at: number): Quote {
  const view = new DataView(bytes.buffer, bytes.byteOffset + at);
  const size = view.getUint8(QUOTE.offset.symbol);
  const number = (name: 'bid' | 'ask' | 'last' | 'bidSize' | 'askSize') => view.getBigInt64(QUOTE.offset[name], true);
  return {
    symbol: Buffer.from(bytes.slice(at + 1, at + 1 + size)).toString('latin1'),
    bid: number('bid'),
    ask: number('ask'),
    last: number('last'),
    bidSize: number('bidSize'),
    askSize: number('askSize'),
  };
}

function pricesOf(consumer: RingConsumer): (Quote & { feedSequence: bigint })[] {
  const prices: (Quote & { feedSequence: bigint })[] = [];
  consumer.poll((type, _topic, _source, bytes, start, end) => {
    t.equal(type, FRAME_TYPE.quotes);
    t.equal(end - start, PRICE.sizeBytes);
    const view = new DataView(bytes.buffer);
    prices.push({ ...quoteAt(bytes, start), feedSequence: view.getBigUint64(start + PRICE.offset.feedSequence, true) });
  }, 1000);
  return prices;
}

const latin1 = (text: string): Buffer => Buffer.from(text, 'latin1');

t.test('a record becomes a QUOTE row in the log at 10^-8, and a PRICE row with its sequence in the ring', async t => {
  const { flow, layout, log, prices, wakes } = feed();
  new FeedConnection(flow, layout, 7).read(latin1(`${GOOD}\n`));
  const [frame] = log.frames;
  t.match(frame, { sequence: 1, type: FRAME_TYPE.quotes, topic: 4, source: 7 });
  const expected = {
    symbol: 'EURUSD',
    bid: 108500000n,
    ask: 108520000n,
    last: 108510000n,
    bidSize: 30000000000n,
    askSize: 0n,
  };
  t.equal(frame?.payload.length, QUOTE.sizeBytes);
  t.strictSame(quoteAt(frame!.payload, 0), expected);
  const feedTimeNs = frame!.payload.readBigUInt64LE(QUOTE.offset.feedTimeNs);
  t.ok(feedTimeNs > 1_700_000_000_000_000_000n, 'with the time it was read');
  t.strictSame(pricesOf(prices), [{ ...expected, feedSequence: 1n }]);
  t.equal(wakes(), 1, 'the lane is woken once');
});

t.test('records are found wherever the reads cut them', async t => {
  const bytes = latin1(
    Array.from({ length: 40 }, (_, i) => GOOD.replace('EURUSD  ', `S${i}`.padEnd(8))).join('\n') + '\n',
  );
  for (const size of [1, 7, 57, 58, 59, 1000, bytes.length]) {
    const { flow, layout, log, counters } = feed();
    const connection = new FeedConnection(flow, layout, 1);
    for (let at = 0; at < bytes.length; at += size) connection.read(bytes.subarray(at, at + size));
    const symbols = log.frames.flatMap(({ payload }) =>
      Array.from({ length: payload.length / QUOTE.sizeBytes }, (_, i) => quoteAt(payload, i * QUOTE.sizeBytes).symbol),
    );
    t.strictSame(
      symbols,
      Array.from({ length: 40 }, (_, i) => `S${i}`),
      `in reads of ${size} bytes`,
    );
    t.equal(counters.snapshot().received, 40);
  }
});

t.test('malformed records go to dead-letter with bytes and reason, and the connection goes on', async t => {
  const { flow, layout, log, counters } = feed();
  const bad = [
    [
      'a letter in a number',
      GOOD.replace('000000010850', '00000001O850'),
      /^record 2, bid at offset 66: a digit is not valid$/,
    ],
    ['too short', GOOD.slice(0, -1), /^record 4, .*the record ends before the field does$/],
    ['too long', `${GOOD}0`, /^record 6.*the record has bytes behind its last field$/],
    ['no symbol', GOOD.replace('EURUSD', '      '), /^record 8: no value was given for the field$/],
    ['far too long', 'x'.repeat(100_000), /^record 10, /],
  ] as const;
  const connection = new FeedConnection(flow, layout, 1);
  for (const [, record] of bad) connection.read(latin1(`${GOOD}\n${record}\n`));
  connection.read(latin1(`${GOOD}\n`));
  const dead = log.frames.filter(frame => frame.type === FRAME_TYPE.deadLetter);
  t.equal(dead.length, bad.length);
  bad.forEach(([name, record, reason], index) => {
    const { payload, topic } = dead[index]!;
    const end = 2 + payload.readUInt16LE(0);
    t.equal(topic, 5);
    t.match(payload.toString('utf8', 2, end), reason, name);
    t.ok(record.startsWith(payload.toString('latin1', end)), 'its bytes as they came');
    t.equal(payload.length - end, Math.min(record.length, 57 + 64), 'an endless line is cut');
  });
  t.match(counters.snapshot(), { received: 11, quotes: 6, deadLettered: 5, dropped: 0 });
});

t.test('a record cut off by the end of its connection is malformed, an empty line is nothing', async t => {
  const { flow, layout, log } = feed();
  const connection = new FeedConnection(flow, layout, 1);
  connection.read(latin1(`\n\r\n${GOOD}\r\n${GOOD.slice(0, 20)}`));
  connection.end();
  t.strictSame(
    log.frames.map(frame => frame.type),
    [FRAME_TYPE.quotes, FRAME_TYPE.deadLetter],
  );
  connection.end();
  t.equal(log.frames.length, 2);
});

t.test('without a line end records follow each other at their size', async t => {
  const { flow, layout, log, counters } = feed({ layout: { ...LAYOUT, lineEnd: 'none' } });
  const connection = new FeedConnection(flow, layout, 1);
  connection.read(latin1(GOOD.repeat(300) + GOOD.slice(0, 9)));
  t.match(counters.snapshot(), { received: 300, quotes: 300, batches: 2 });
  connection.read(latin1(GOOD.slice(9)));
  t.equal(log.frames.length, 3);
});

t.test('a price that does not fit int64 at 10^-8 is refused, one that just fits is exact', async t => {
  const layout: FeedLayout = {
    columns: [
      { name: 'symbol', size: 4, type: 'text', scale: 0 },
      { name: 'price', size: 18, type: 'decimal', scale: 7 },
    ],
    lineEnd: 'lf',
  };
  const { flow, log, counters } = feed({ layout });
  const connection = new FeedConnection(flow, layout, 1);
  connection.read(
    latin1('AAAA922337203685477580\nAAAA922337203685477581\nAAAA000000000000000001\nAAAA281474976710655999\n'),
  );
  t.match(counters.snapshot(), { quotes: 3, deadLettered: 1 });
  const { payload } = log.frames.find(frame => frame.type === FRAME_TYPE.quotes)!;
  t.strictSame(
    [0, 1, 2].map(index => quoteAt(payload, index * QUOTE.sizeBytes).last),
    [9223372036854775800n, 10n, 2814749767106559990n],
  );
});

t.test(
  'a full ring keeps the newest price of each symbol, counts the others, and sends when there is room',
  async t => {
    const { flow, layout, outbox, counters, prices } = feed({ ringSize: 1024 });
    const connection = new FeedConnection(flow, layout, 1);
    const record = (symbol: string, price: number): string =>
      `${symbol.padEnd(8)}${'0'.repeat(24)}${String(price).padStart(12, '0')}XEUR000000001\n`;
    const symbols = Array.from({ length: 20 }, (_, i) => `S${i}`);
    for (let round = 1; round <= 5; round++)
      connection.read(latin1(symbols.map(symbol => record(symbol, round)).join('')));
    t.equal(outbox.waiting, 20, 'nine prices of 104 bytes filled the ring, since then all wait');
    t.match(counters.snapshot(), { quotes: 100, pricesSent: 9, pricesConflated: 71, pricesWaiting: 20 });
    const received = new Map<string, bigint>();
    for (let turn = 0; turn < 10; turn++) {
      for (const price of pricesOf(prices)) received.set(price.symbol, price.last);
      flow.send();
    }
    t.strictSame([...received.keys()].sort(), [...symbols].sort());
    t.strictSame(new Set(received.values()), new Set([50000n]), 'the last that each symbol got is its newest');
    const { quotes, pricesSent, pricesConflated, pricesUnknown, pricesWaiting } = counters.snapshot();
    t.equal(pricesSent + pricesConflated + pricesUnknown + pricesWaiting, quotes);
    t.equal(pricesSent, 29);
  },
);

t.test('counters go on over a restart, and prices that waited are lost', async t => {
  const lines = Array.from({ length: 10 }, (_, i) => `${GOOD.replace('EURUSD', `SYM00${i}`)}\n`).join('');
  const first = feed({ ringSize: 1024 });
  new FeedConnection(first.flow, first.layout, 1).read(latin1(lines));
  t.match(first.counters.snapshot(), { quotes: 10, pricesSent: 9, pricesWaiting: 1, pricesLost: 0 });
  const next = feed({ counters: first.counters });
  t.match(first.counters.snapshot(), { quotes: 10, pricesSent: 9, pricesWaiting: 0, pricesLost: 1 });
  new FeedConnection(next.flow, next.layout, 1).read(latin1(lines));
  t.match(first.counters.snapshot(), { quotes: 20, pricesSent: 19, pricesWaiting: 0, pricesLost: 1 });
});

t.test('symbols beyond the table are logged, counted and not sent', async t => {
  const { flow, layout, log, counters } = feed({ symbols: 1 });
  new FeedConnection(flow, layout, 1).read(latin1(`${GOOD}\n${GOOD.replace('EURUSD', 'USDJPY')}\n`));
  t.equal(log.frames[0]?.payload.length, 2 * QUOTE.sizeBytes);
  t.match(counters.snapshot(), { quotes: 2, pricesSent: 1, pricesUnknown: 1 });
});

t.test('a log that refuses a batch costs that batch, a log that failed ends the feed', async t => {
  const { flow, layout, log, counters, prices } = feed();
  const connection = new FeedConnection(flow, layout, 1);
  log.status = STATUS.journalFull.code;
  connection.read(latin1(`${GOOD}\nbad\n`));
  t.match(counters.snapshot(), { received: 2, quotes: 0, deadLettered: 0, dropped: 2 });
  t.strictSame(pricesOf(prices), [], 'no price without its frame');
  log.status = STATUS.ok.code;
  connection.read(latin1(`${GOOD}\n`));
  t.match(counters.snapshot(), { received: 3, quotes: 1, dropped: 2 });
  log.status = STATUS.syncFailed.code;
  t.throws(() => connection.read(latin1(`${GOOD}\n`)), { code: 'HR_FEED_LOG' });
});

t.test('a batch beyond the log’s staging is dropped and counted', async t => {
  const { flow, layout, counters } = feed({ stagingSize: 100 });
  new FeedConnection(flow, layout, 1).read(latin1(`${GOOD}\n${GOOD}\n`));
  t.match(counters.snapshot(), { received: 2, quotes: 0, dropped: 2 });
});

t.test('a layout needs symbol and price, numbers that are numbers, and skips columns it does not know', async t => {
  const column = (name: string, type: 'text' | 'integer' = 'integer') => ({ name, size: 8, type, scale: 0 });
  const layouts = [
    [column('symbol', 'text')],
    [column('price')],
    [column('symbol'), column('price')],
    [column('symbol', 'text'), column('price', 'text')],
  ];
  for (const columns of layouts)
    t.throws(() => compileFeedLayout({ columns, lineEnd: 'lf' }), { code: 'HR_FEED_LAYOUT' });
  const columns = [column('a'), column('symbol', 'text'), column('b'), column('price')];
  t.equal(compileFeedLayout({ columns, lineEnd: 'lf' }).sizeBytes, 32);
});

t.test('a seed gives the same quotes, each in its layout and within 2 % of the start', async t => {
  const symbols = [
    { symbol: 'AAPL', price: 187.25 },
    { symbol: 'MSFT', price: 402.1 },
  ];
  const make = (seed: number) => new QuoteWalk({ layout: LAYOUT, symbols, seed }).records(5000);
  t.equal(make(1), make(1));
  t.not(make(1), make(2));
  const { flow, layout, log, counters } = feed();
  new FeedConnection(flow, layout, 1).read(latin1(make(1)));
  t.match(counters.snapshot(), { received: 5000, quotes: 5000 });
  const wrong = log.frames
    .flatMap(({ payload }) =>
      Array.from({ length: payload.length / QUOTE.sizeBytes }, (_, i) => quoteAt(payload, i * QUOTE.sizeBytes)),
    )
    .filter(({ symbol, bid, ask, last }) => {
      const start = symbol === 'AAPL' ? 18725000000n : 40210000000n;
      return bid >= last || last >= ask || last < (start * 98n) / 100n || last > (start * 102n) / 100n;
    });
  t.strictSame(wrong, []);
});

t.test(
  'the server takes connections up to its bound, and the generator streams into it and connects again',
  async t => {
    const { flow, layout, counters } = feed();
    const log = openLog('feed', { level: 'silent' });
    const open = (port: number) =>
      new FeedServer({ host: '127.0.0.1', port, layout, connectionsMax: 2, flow, counters, log, onFailure: t.fail });
    const first = open(0);
    const port = await first.listen();
    await t.rejects(open(port).listen(), { code: 'HR_LISTEN' });
    const symbols = [{ symbol: 'AAPL', price: 187.25 }];
    const generator = startFeedGenerator({ host: '127.0.0.1', port, layout, symbols, seed: 1, quotesPerSecond: 5000 });
    const until = async (name: 'quotes' | 'connections' | 'connectionsRefused', least: number) => {
      while (counters.get(counters.index[name]) < least) await delay(2);
    };
    await until('quotes', 100);
    const others = [connect(port, '127.0.0.1'), connect(port, '127.0.0.1')];
    const gone = others.map(socket =>
      once(
        socket.on('error', () => {}),
        'close',
      ),
    );
    await until('connectionsRefused', 1);
    t.equal(counters.snapshot().connections, 2);
    await Promise.all([first.close(), ...gone]);
    t.equal(counters.snapshot().connections, 0);
    const taken = counters.snapshot().quotes;
    const second = open(port);
    await second.listen();
    await until('quotes', taken + 100);
    await generator.close();
    await generator.close();
    await second.close();
    const { received, quotes, deadLettered } = counters.snapshot();
    t.equal(received, quotes + deadLettered);
    t.ok(deadLettered <= 1, 'at most the record that the first close cut');
    t.ok(generator.sent >= quotes);
  },
);
