import { connect } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import t from 'tap';

import { createTail, openLogReader } from '../../src/journal/index.js';
import { FRAME_TYPE, PRICE, QUOTE } from '../../src/model/index.js';
import { loadAddon, loadCrate, type NativeMode } from '../../src/native/index.js';
import { createCounters, openCounters } from '../../src/observe/index.js';
import { RingConsumer, createDoorbell, createRing, listenDoorbell } from '../../src/ring/index.js';
import {
  FEED_COUNTERS,
  startFeedGenerator,
  startFeedWorker,
  type FeedLayout,
  type FeedWorkerOptions,
} from '../../src/sources/index.js';

const LAYOUT: FeedLayout = {
  columns: [
    { name: 'symbol', size: 8, type: 'text', scale: 0 },
    { name: 'bid', size: 12, type: 'decimal', scale: 4 },
    { name: 'ask', size: 12, type: 'decimal', scale: 4 },
    { name: 'price', size: 12, type: 'decimal', scale: 4 },
  ],
  lineEnd: 'lf',
};
const SYMBOLS = Array.from({ length: 50 }, (_, i) => ({ symbol: `SYM${i}`, price: 10 + i }));

const native: NativeMode = loadAddon('prefer') === undefined ? 'off' : 'prefer';
loadCrate('prefer');

function optionsFor(directory: string, changes: Partial<FeedWorkerOptions> = {}): FeedWorkerOptions {
  return {
    host: '127.0.0.1',
    port: 0,
    layout: LAYOUT,
    connectionsMax: 4,
    native,
    logLevel: 'silent',
    journal: {
      directory,
      tail: createTail(1 << 20),
      retainBytes: 64 << 20,
      segmentSizeBytes: 1 << 20,
      doorbells: [createDoorbell()],
    },
    prices: { ring: createRing(65536), doorbell: createDoorbell(), symbols: 100 },
    counters: createCounters(FEED_COUNTERS).memory,
    ...changes,
  };
}

t.test('quotes stream through the worker into log and ring, each price in the frame its sequence names', async t => {
  const options = optionsFor(t.testdir());
  const feed = startFeedWorker(options);
  const port = await feed.ready;
  const reader = openLogReader({
    directory: options.journal.directory,
    name: 'feed',
    tail: options.journal.tail,
    from: 'oldest',
  });
  const consumer = new RingConsumer(options.prices.ring);
  const prices: { symbol: string; last: bigint; sequence: number }[] = [];
  const quotes = new Map<string, bigint>(); // by sequence and symbol: of several in a frame the last, as the lane gets it
  const take = (): void => {
    reader.poll(({ type, sequence, payload }) => {
      t.equal(type, FRAME_TYPE.quotes);
      for (let at = 0; at < payload.length; at += QUOTE.sizeBytes) {
        const row = Buffer.from(payload.slice(at, at + QUOTE.sizeBytes));
        quotes.set(`${sequence} ${row.toString('latin1', 1, 1 + row[0]!)}`, row.readBigInt64LE(QUOTE.offset.last));
      }
    }, 1000);
    consumer.poll((_type, _topic, _source, bytes, start, end) => {
      const row = Buffer.from(bytes.slice(start, end));
      const sequence = Number(row.readBigUInt64LE(PRICE.offset.feedSequence));
      prices.push({
        symbol: row.toString('latin1', 1, 1 + row[0]!),
        last: row.readBigInt64LE(PRICE.offset.last),
        sequence,
      });
    }, 1000);
  };
  const listeners = [options.prices.doorbell, ...options.journal.doorbells].map(bell =>
    listenDoorbell(bell, take, native),
  );
  const generator = startFeedGenerator({
    host: '127.0.0.1',
    port,
    layout: LAYOUT,
    symbols: SYMBOLS,
    seed: 7,
    quotesPerSecond: 20_000,
  });
  while (prices.length < 2000) await delay(5);
  await generator.close();
  t.equal(await feed.close(), undefined, 'closes without an error');
  take();
  for (const listener of listeners) listener.close();
  const strangers = prices.filter(({ symbol, last, sequence }) => {
    const logged = quotes.get(`${sequence} ${symbol}`);
    return logged === undefined || logged !== last;
  });
  t.strictSame(strangers, []);
  reader.close();
});

t.test(
  'a worker whose port is taken fails by name, and one that is restarted continues sequence and counters',
  async t => {
    const directory = t.testdir({ one: {}, two: {} });
    const options = optionsFor(`${directory}/one`);
    const first = startFeedWorker(options);
    const port = await first.ready;
    const otherOptions = optionsFor(`${directory}/two`, { port });
    for (let attempt = 0; attempt < 2; attempt++) {
      const other = startFeedWorker(otherOptions);
      await t.rejects(other.ready, { code: 'HR_LISTEN' });
      t.match(await other.ended, { code: 'HR_LISTEN' }, 'again by the same name: the log is not locked');
    }
    const record = 'SYM1    000000010000000000010002000000010001\n';
    const counters = openCounters(options.counters, FEED_COUNTERS);
    const send = async (port: number, until: number) => {
      const socket = connect(port, '127.0.0.1');
      socket.end(record);
      while (counters.snapshot().quotes < until) await delay(2);
    };
    await send(port, 1);
    t.equal(await first.close(), undefined);
    const second = startFeedWorker(options);
    await send(await second.ready, 2);
    t.equal(await second.close(), undefined);
    t.equal(counters.snapshot().connections, 0);
    const reader = openLogReader({ directory: options.journal.directory, name: 'feed', from: 'oldest' });
    const sequences: number[] = [];
    reader.poll(frame => void sequences.push(frame.sequence), 100);
    t.strictSame(sequences, [1, 2]);
    reader.close();
  },
);
