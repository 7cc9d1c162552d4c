import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t, { type Test } from 'tap';

import { TOO_LARGE, kafkaOptions, type BrokerConnection, type BrokerRecord } from '../../src/broker/index.js';
import { createTail } from '../../src/journal/index.js';
import { PublishError } from '../../src/model/index.js';
import { createCounters, openLog } from '../../src/observe/index.js';
import {
  BrokerSink,
  OffsetFile,
  Publisher,
  SINK_COUNTERS,
  rewindSinks,
  type BatchBounds,
  type Render,
  type RenderedFrame,
  type SinkFrame,
} from '../../src/publish/index.js';
import { createDoorbell } from '../../src/ring/index.js';
import { FakeLog, renderFake } from '../support/fake-log.js';
import { eventually } from '../support/servers.js';
import { sinkContract, type SinkPeer } from '../support/sink-contract.js';

t.setTimeout(400_000);

/** A broker in memory that can go away, and that proves that no two batches are under way at once. */
class MemoryBroker implements SinkPeer {
  readonly records: BrokerRecord[] = [];
  isDown = false;
  mostAtOnce = 0;
  #now = 0;

  open(): BrokerConnection {
    return { publishBatch: records => this.#publish(records), close: async () => {} };
  }

  async arrived(topic: string, key: string): Promise<number[]> {
    return this.records.filter(record => record.topic === topic && record.key === key).map(record => record.position);
  }

  async stop(): Promise<void> {
    this.isDown = true;
  }

  async start(): Promise<void> {
    this.isDown = false;
  }

  async #publish(records: readonly BrokerRecord[]): Promise<void> {
    this.mostAtOnce = Math.max(this.mostAtOnce, ++this.#now);
    await new Promise(resolve => setTimeout(resolve, 1));
    this.#now--;
    if (this.isDown) throw new PublishError('HR_PUBLISH_TEST', 'the broker is down', { retryable: true });
    this.records.push(...records);
  }
}

t.test('a broker sink keeps the contract of sinks', async t => {
  const broker = new MemoryBroker();
  await sinkContract(t, broker);
  t.equal(broker.mostAtOnce, 1, 'one send is in flight');
});

const log = openLog('test', { level: 'silent' });
const BOUNDS: BatchBounds = { lingerMs: 2, batchBytes: 524_288, batchRecords: 5_000, retryMsMax: 50 };

interface Opened {
  readonly connection: BrokerConnection;
  readonly ledger?: FakeLog;
  readonly render?: Render;
  readonly offset?: OffsetFile;
}

function openSink(t: Test, { connection, ledger = new FakeLog(), render = renderFake, offset }: Opened) {
  const counters = createCounters(SINK_COUNTERS);
  const place = offset ?? new OffsetFile(t.testdir(), 'test', ledger.name);
  const shared = { source: ledger, connection, bounds: BOUNDS, only: undefined, counters, log };
  return { sink: new BrokerSink({ ...shared, render, offset: place }), ledger, counters, offset: place };
}

function bytesOf(records: readonly BrokerRecord[]): number {
  return records.reduce((sum, { key, value }) => sum + key.length + value.length, 0);
}

/** A frame of 256 quotes, some 150 bytes each, as a feed's burst gives. */
function renderBurst(frame: SinkFrame): RenderedFrame {
  const items = Array.from({ length: 256 }, (_, n) => ({ key: `S${n}`, conflateBy: '', data: 'q'.repeat(147) }));
  return { topic: 'quotes', position: frame.sequence, timeMs: 0, items, isBatch: true };
}

t.test('frames of 256 quotes are sent in batches of at most 5,000 records and 524,288 bytes, none twice', async t => {
  const sizes: { count: number; bytes: number }[] = [];
  const places = new Set<string>();
  const publishBatch = async (records: readonly BrokerRecord[]): Promise<void> => {
    sizes.push({ count: records.length, bytes: bytesOf(records) });
    for (const { key, position } of records) places.add(`${position} ${key}`);
  };
  const connection = { publishBatch, close: async () => {} };
  const { sink, ledger, counters, offset } = openSink(t, { connection, render: renderBurst });
  for (let n = 0; n < 200; n++) ledger.append('quotes', 'x');
  sink.wake();
  await eventually('all are sent', () => counters.snapshot().published === 51_200);
  await sink.close(1_000);
  t.equal(Math.max(...sizes.map(({ count }) => count)) <= 5_000, true, 'records');
  t.equal(Math.max(...sizes.map(({ bytes }) => bytes)) <= 524_288, true, 'bytes');
  t.equal(places.size, 51_200, 'nothing is lost where a frame was split');
  t.equal(offset.load(), 201);
});

t.test('a frame sent in two requests is acknowledged once, behind the second', async t => {
  const held: (() => void)[] = [];
  const publishBatch = (): Promise<void> => new Promise(resolve => held.push(resolve));
  const connection = { publishBatch, close: async () => {} };
  const { sink, ledger, offset } = openSink(t, {
    connection,
    render: frame => ({ ...renderBurst(frame), items: [...Array(30).keys()].flatMap(() => renderBurst(frame).items) }),
  });
  ledger.append('quotes', '7,680 records');
  sink.wake();
  await eventually('the first part is under way', () => held.length === 1);
  held[0]?.();
  await eventually('the second part is under way', () => held.length === 2);
  t.equal(offset.load(), undefined, 'half a frame moves no offset');
  for (let n = 1; n < 3; n++) {
    await eventually(`part ${n + 1}`, () => held.length > n);
    held[n]?.();
  }
  await sink.close(1_000);
  t.equal(offset.load(), 2);
});

t.test(
  'a broker that refuses requests over 2,000 bytes gets halves; a record it refuses alone is a dead letter with its position',
  async t => {
    const taken: BrokerRecord[] = [];
    const publishBatch = async (records: readonly BrokerRecord[]): Promise<void> => {
      if (bytesOf(records) > 2_000) throw new PublishError(TOO_LARGE, 'more than max.message.bytes');
      taken.push(...records);
    };
    const { sink, ledger, counters, offset } = openSink(t, { connection: { publishBatch, close: async () => {} } });
    for (let n = 1; n <= 100; n++) ledger.append('executions', n === 50 ? `K ${'x'.repeat(3_000)}` : `K ${n}`);
    await sink.close(5_000);
    t.strictSame(
      taken.filter(({ topic }) => topic === 'executions').map(({ position }) => position),
      [...Array(100).keys()].map(n => n + 1).filter(n => n !== 50),
      'all others arrive once, in order',
    );
    const letter = taken.find(({ topic }) => topic === 'dead-letter');
    t.match(letter, { log: 'ledger', position: 50, key: 'K' });
    t.match(JSON.parse(letter?.value ?? ''), { topic: 'executions', log: 'ledger', position: 50, sizeBytes: 3_021 });
    t.match(counters.snapshot(), { deadLettered: 1, failing: 0, retries: 0, published: 100 });
    t.equal(offset.load(), 101, 'the sink goes on');
  },
);

t.test('an offset file that a full disk refuses is saved later; the broker gets each batch once', async t => {
  const broker = new MemoryBroker();
  const folder = t.testdir();
  const offset = new OffsetFile(folder, 'test', 'ledger');
  const save = offset.save.bind(offset);
  let isFull = true;
  offset.save = position => {
    if (isFull) throw Object.assign(new Error('no space left on device'), { code: 'ENOSPC' });
    save(position);
  };
  const { sink, ledger, counters } = openSink(t, { connection: broker.open(), offset });
  for (let n = 0; n < 250; n++) ledger.append('executions', 'K x');
  ledger.append('', 'a frame of no topic');
  sink.wake();
  await eventually('the broker has all', () => counters.snapshot().position >= 251);
  await new Promise(resolve => setTimeout(resolve, 1_100));
  t.equal(broker.records.length, 250, 'nothing is published again');
  t.match(counters.snapshot(), { retries: 0, failing: 0 }, 'and the broker is not blamed');
  ledger.append('', 'another');
  sink.wake();
  await eventually('a frame that is not published moves the place too', () => counters.snapshot().position === 253);
  t.equal(offset.load(), undefined);
  isFull = false;
  await eventually('the place is saved when there is room', () => offset.load() === 253);
  await sink.close(1_000);
});

t.test('a log that cannot be read for a moment stops nobody: the sink begins again where it was', async t => {
  const broker = new MemoryBroker();
  let faults = 3;
  const render: Render = frame => {
    if (frame.sequence === 100 && faults-- > 0) throw new Error('EIO');
    return renderFake(frame);
  };
  const { sink, ledger, counters } = openSink(t, { connection: broker.open(), render });
  for (let n = 0; n < 200; n++) ledger.append('executions', 'K x');
  sink.wake();
  await eventually('all arrive', () => counters.snapshot().published === 200);
  t.strictSame(
    await broker.arrived('executions', 'K'),
    [...Array(200).keys()].map(n => n + 1),
  );
  t.equal(faults, -1);
  await sink.close(1_000);
  t.equal(ledger.openReaders, 0);
});

t.test('closing a sink whose publishBatch never settles takes its drain time', async t => {
  const connection = { publishBatch: () => new Promise<void>(() => {}), close: () => new Promise<void>(() => {}) };
  const { sink, ledger, offset } = openSink(t, { connection });
  ledger.append('executions', 'K x');
  const startedMs = Date.now();
  await sink.close(100);
  t.ok(Date.now() - startedMs < 5_000);
  t.equal(offset.load(), undefined, 'what was not acknowledged comes again');
});

t.test(
  'a place beyond the end of a log that lost its last 20 frames steps back, so the new ones there are sent',
  async t => {
    const broker = new MemoryBroker();
    const folder = t.testdir();
    const counters = createCounters(SINK_COUNTERS);
    new OffsetFile(folder, 'test', 'ledger').save(121);
    const ledger = new FakeLog();
    for (let n = 0; n < 100; n++) ledger.append('executions', 'K x');
    ledger.start = { nextSequence: 101 };
    for (let n = 0; n < 30; n++) ledger.append('executions', 'K written by the start of day');
    rewindSinks({ reports: [{ sink: 'test', log: 'ledger', counters }], logs: [ledger], offsetsFolder: folder, log });
    const { sink } = openSink(t, {
      connection: broker.open(),
      ledger,
      offset: new OffsetFile(folder, 'test', 'ledger'),
    });
    await sink.close(5_000);
    t.strictSame(
      await broker.arrived('executions', 'K'),
      [...Array(30).keys()].map(n => 101 + n),
    );
    t.equal(counters.snapshot().rewound, 20);
  },
);

t.test('a log that loses its last 3 frames under a running sink: those written in their place are sent', async t => {
  const broker = new MemoryBroker();
  const ledger = new FakeLog();
  const { sink, counters, offset } = openSink(t, { connection: broker.open(), ledger });
  for (let n = 0; n < 5; n++) ledger.append('executions', 'K x');
  sink.wake();
  await eventually('all are sent', () => counters.snapshot().position === 6);
  ledger.lose(3);
  sink.wake();
  await eventually('the loss is seen', () => counters.snapshot().rewound === 3);
  for (let n = 0; n < 2; n++) ledger.append('executions', 'K again');
  await sink.close(5_000);
  t.strictSame(await broker.arrived('executions', 'K'), [1, 2, 3, 4, 5, 3, 4]);
  t.match(counters.snapshot(), { rewound: 3, position: 5, lag: 0 });
  t.equal(offset.load(), 5);
});

t.test('a sink that cannot be opened lags from its place and is tried again; its worker goes on', async t => {
  const folder = t.testdir({});
  const publisher = new Publisher({
    sinks: { kafka: kafkaOptions.parse({ brokers: ['127.0.0.1:1'], ssl: { ca: join(folder, 'ca.pem') } }) },
    logs: [{ name: 'ledger', directory: folder, tail: createTail(65_536), topics: [1] }],
    doorbell: createDoorbell(),
    offsetsFolder: join(folder, 'offsets'),
    configFolder: folder,
    native: 'off',
    logLevel: 'silent',
    log,
  });
  const counters = publisher.reports[0]?.counters;
  t.equal(counters?.snapshot().position, 1, 'what is not known counts from the oldest frame');
  await eventually('it fails', () => counters?.snapshot().failing === 1);
  writeFileSync(join(folder, 'ca.pem'), '');
  await eventually('it is opened when the file is there', () => counters?.snapshot().failing === 0);
  t.equal(publisher.restarts, 0);
  await publisher.close(100);
});
