import { join } from 'node:path';
import t, { type Test } from 'tap';

import { createTail, openLogWriter, type LogWriter, type LogWriterOptions } from '../../src/journal/index.js';
import { FRAME_TYPE, TOPICS } from '../../src/model/index.js';
import { openLog } from '../../src/observe/index.js';
import { createRender, journalLog, Names, sinkOptions, WebSocketTopics } from '../../src/publish/index.js';
import { refusalText } from '../../src/risk/index.js';
import { eventually } from '../support/servers.js';
import { SocketClient } from '../support/socket-client.js';

t.setTimeout(400_000);

// The test's own folder would be gone before the writer is closed.
const folder = t.testdir({});
let desks = 0;

const DEAD_LETTER = TOPICS.indexOf('dead-letter');
/** Small, so that most of a catch-up is read from the files. */
const TAIL_BYTES = 65_536;

interface Desk {
  readonly writer: LogWriter;
  readonly topics: WebSocketTopics;
  write(count: number): number;
}

type LogSettings = Pick<LogWriterOptions, 'retainBytes' | 'segmentSizeBytes' | 'group'> & {
  durability?: 'os' | 'group';
};

async function openDesk(t: Test, log: LogSettings = {}): Promise<Desk> {
  const place = { directory: join(folder, String(desks++)), name: 'ledger', tail: createTail(TAIL_BYTES) };
  const writer = openLogWriter({ durability: 'os', ...place, ...log, chained: true, native: 'off' });
  const names = new Names();
  const topics = await WebSocketTopics.open({
    options: sinkOptions.websocket.unwrap().parse({ port: 0 }),
    logs: [journalLog({ ...place, upTo: log.durability === 'group' ? 'synced' : 'committed', topics: [DEAD_LETTER] })],
    render: createRender({ names, refusalText }),
    names,
    instance: 'test',
    log: openLog('test', { level: 'silent' }),
  });
  t.teardown(async () => {
    await topics.close();
    writer.close();
  });
  const write = (count: number): number => {
    for (let n = 0; n < count; n++) {
      writer.stage(
        { type: FRAME_TYPE.deadLetter, topic: DEAD_LETTER, source: 1 },
        Buffer.from('\x03\x00badbytes of a record'),
      );
      writer.endGroup();
    }
    if (writer.commit(BigInt(Date.now()) * 1_000_000n) !== 0) throw new Error('the journal did not take a batch');
    topics.wake();
    return writer.committedSequence;
  };
  return { writer, topics, write };
}

function range(from: number, to: number): number[] {
  return Array.from({ length: to - from + 1 }, (_, index) => from + index);
}

t.test('catches up from the journal’s files and goes live from its tail, under load', { timeout: 240_000 }, async t => {
  const { topics, write } = await openDesk(t);
  for (let n = 0; n < 100; n++) write(100);
  const clients = await Promise.all([0, 1, 5_000, 9_990].map(() => SocketClient.open(topics.port)));
  const froms = [0, 1, 5_000, 9_990];
  clients.forEach((client, index) => client.subscribe('dead-letter', froms[index] ?? 0));
  let last = 10_000;
  for (let n = 0; n < 300; n++) {
    last = write(10);
    await new Promise(resolve => setTimeout(resolve, 2));
  }
  t.equal(last, 13_000);
  for (const [index, client] of clients.entries()) {
    await eventually('the last frame', () => client.positions('dead-letter').at(-1) === last);
    const from = Math.max(1, froms[index] ?? 0);
    t.strictSame(client.positions('dead-letter'), range(from, last), `every frame once from ${from} on`);
  }
});

t.test('what retention took is told as a gap, and the rest comes', { timeout: 240_000 }, async t => {
  const { writer, topics, write } = await openDesk(t, { segmentSizeBytes: 262_144, retainBytes: 524_288 });
  for (let n = 0; n < 300; n++) {
    write(100);
    if (n % 10 === 0) await new Promise(resolve => setTimeout(resolve, 5));
  }
  const client = await SocketClient.open(topics.port);
  client.subscribe('dead-letter', 5);
  await eventually('the last frame', () => client.positions('dead-letter').at(-1) === writer.committedSequence);
  const [gap] = client.gaps();
  const positions = client.positions('dead-letter');
  t.match(gap, { from: 5, reason: 'retention' });
  t.equal(positions[0], (gap?.to ?? 0) + 1, 'the first message follows the gap');
  t.strictSame(positions, range(positions[0] ?? 0, writer.committedSequence));
});

t.test('while no sync ends a client gets nothing, live or from the past; then everything, in order', async t => {
  const held = { records: 1e9, sizeBytes: 1e12, timeMs: 600_000 };
  const { writer, topics, write } = await openDesk(t, { durability: 'group', group: held });
  for (let n = 0; n < 5; n++) write(100);
  const [past, live] = [await SocketClient.open(topics.port), await SocketClient.open(topics.port)];
  past.subscribe('dead-letter', 1);
  live.subscribe('dead-letter', 'tail');
  await eventually('both are subscribed', () =>
    [past, live].every(client => client.messages.some(message => message.op === 'subscribed')),
  );
  for (let n = 0; n < 20; n++) {
    write(100);
    await new Promise(resolve => setTimeout(resolve, 2));
  }
  t.strictSame(
    [past, live].map(client => client.positions('dead-letter')),
    [[], []],
  );
  writer.sync();
  topics.wake();
  for (const client of [past, live]) {
    await eventually('the last frame', () => client.positions('dead-letter').at(-1) === 2_500);
    t.strictSame(client.positions('dead-letter'), range(1, 2_500));
  }
});

t.test('an empty journal is served from its first frame on', async t => {
  const { topics, write } = await openDesk(t);
  const client = await SocketClient.open(topics.port);
  client.subscribe('dead-letter', 0);
  await eventually('it is subscribed', () => client.messages.some(message => message.op === 'subscribed'));
  write(3);
  await eventually('three came', () => client.positions('dead-letter').length === 3);
  t.strictSame(client.positions('dead-letter'), [1, 2, 3]);
});
