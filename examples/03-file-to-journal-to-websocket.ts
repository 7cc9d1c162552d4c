/** Lines of a file into the journal, and from its tail to a WebSocket client that asked for all of them from the start. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createTail, journalLog, openLog, openLogWriter, TOPICS, WebSocketTopics, type Render } from 'headrace';
import { WebSocket } from 'ws';

const directory = mkdtempSync(join(tmpdir(), 'headrace-example-'));
const file = join(directory, 'quotes.txt');
writeFileSync(file, 'VOD 72.15\nBARC 201.40\nHSBA 655.20\n');

// The journal: one writer, any number of readers by position; a frame is committed before anybody sees it.
const place = { directory, name: 'feed', tail: createTail(1 << 20) };
const journal = openLogWriter({ ...place, durability: 'os', chained: false, native: 'prefer' });
const topic = TOPICS.indexOf('quotes');
for (const line of readFileSync(file, 'utf8').trimEnd().split('\n')) {
  journal.stage({ type: 1, topic, source: 0 }, Buffer.from(line));
  journal.endGroup();
}
journal.commit(BigInt(Date.now()) * 1_000_000n);

// The sink: what a frame looks like to subscribers of its topic.
const render: Render = frame => {
  const [symbol = '', price = ''] = Buffer.from(frame.payload).toString().split(' ');
  const items = [{ key: symbol, conflateBy: symbol, data: JSON.stringify({ symbol, price }) }];
  return {
    topic: 'quotes',
    position: frame.sequence,
    timeMs: Number(frame.timeNs / 1_000_000n),
    items,
    isBatch: false,
  };
};
const topics = await WebSocketTopics.open({
  options: { port: 0, host: '127.0.0.1', driver: 'auto', slowClient: 'conflate', bufferBytes: 65536, clientsMax: 10 },
  logs: [journalLog({ ...place, topics: [topic] })],
  render,
  instance: 'example',
  log: openLog('example', { level: 'error' }),
});

const client = new WebSocket(`ws://127.0.0.1:${topics.port}`);
client.on('open', () => client.send('{"op":"subscribe","topic":"quotes","from":1}'));
let seen = 0;
client.on('message', async data => {
  const message = JSON.parse(String(data)) as { topic?: string; position?: number; data?: unknown };
  if (message.position === undefined) return;
  console.log(`${message.topic} ${message.position}: ${JSON.stringify(message.data)}`);
  if (++seen < 3) return;
  client.close();
  await topics.close();
  journal.close();
  rmSync(directory, { recursive: true });
});
