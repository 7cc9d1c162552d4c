/** Our WebSocket sink at the tail of a log, run as `websocket-ours-server.js MESSAGES_A_TICK uws|ws`: written, committed, fanned out. */
import { createTail, openLogWriter } from '../src/journal/index.js';
import { TOPICS } from '../src/model/index.js';
import { openLog } from '../src/observe/index.js';
import { journalLog, WebSocketTopics, type Render, type SinkFrame } from '../src/publish/index.js';
import { workFolder } from './install.js';
import { runPaced } from './websocket-pace.js';

const TAIL_BYTES = 64 * 1024 * 1024;
const RETAIN_BYTES = 256 * 1024 * 1024;
const TOPIC = TOPICS.indexOf('quotes');
/** With the topic and position around it a message is about 100 bytes. */
const PAYLOAD = Buffer.from(`"${'m'.repeat(52)}"`);

function render(frame: SinkFrame): ReturnType<Render> {
  const data = Buffer.from(frame.payload.buffer, frame.payload.byteOffset, frame.payload.length).toString('latin1');
  const items = [{ key: 'm', conflateBy: 'm', data }];
  return { topic: 'quotes', position: frame.sequence, timeMs: 0, items, isBatch: false };
}

const messages = Number(process.argv[2] ?? 10);
const driver = process.argv[3] === 'ws' ? 'ws' : 'uws';
const place = { directory: workFolder('websocket'), name: 'feed', tail: createTail(TAIL_BYTES) };
const log = { chained: false, durability: 'os', native: 'prefer', retainBytes: RETAIN_BYTES } as const;
const writer = openLogWriter({ ...place, ...log });
const topics = await WebSocketTopics.open({
  options: { port: 0, host: '127.0.0.1', driver, slowClient: 'conflate', bufferBytes: 1024 * 1024, clientsMax: 10_000 },
  logs: [journalLog({ ...place, topics: [TOPIC] })],
  render,
  instance: 'bench',
  log: openLog('bench', { level: 'error' }),
});

runPaced(messages, () => {
  for (let index = 0; index < messages; index++) {
    if (writer.stage({ type: 1, topic: TOPIC, source: 0 }, PAYLOAD) === 0)
      throw new Error('the journal has no capacity');
    writer.endGroup();
  }
  const status = writer.commit(BigInt(Date.now()) * 1_000_000n);
  if (status !== 0) throw new Error(`the journal answered ${status}`);
  topics.wake();
});
process.stdout.write(`ready ${topics.port}\n`);
