import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import t, { type Test } from 'tap';

import type { FixMessage } from '../../src/codec/index.js';
import { OutputError } from '../../src/model/index.js';
import type { SessionStore } from '../../src/session/index.js';
import { FixEngine, MemoryStore, openFileStore, storeFolder, type EngineSession } from '../../src/trading/index.js';
import { until } from '../support/until.js';

const SESSION = 'FIX.4.4:DESK->VENUE';
const text = (content: string): Uint8Array => Buffer.from(content, 'latin1');
const newFolder = (): string => mkdtempSync(join(tmpdir(), 'headrace-store-'));

const open = (folder: string, more: { retainBytes?: number; keepsMessages?: boolean } = {}): SessionStore =>
  openFileStore({ folder, session: SESSION, durability: 'os', ...more });

function sent(store: SessionStore, first = 1, last = 9_999): string[] {
  const found: string[] = [];
  store.read(first, last, (msgSeqNum, bytes) => {
    found.push(`${msgSeqNum} ${Buffer.from(bytes).toString('latin1')}`);
    return true;
  });
  return found;
}

/** What a store must do, whatever it is kept in. */
function contract(t: Test, store: SessionStore): void {
  t.same(store.state, { nextInSeqNum: 1, nextOutSeqNum: 1 });
  store.outbound(text('one'), 1, 1n);
  store.outbound(text('two'), 2, 2n);
  store.inbound(text('in'), 1, 3n);
  store.inbound(text('takes none'), 0, 4n);
  t.same(store.state, { nextInSeqNum: 2, nextOutSeqNum: 3 });
  t.same(sent(store), ['1 one', '2 two']);
  store.reset({ nextInSeqNum: 10, nextOutSeqNum: 3 }, 5n);
  t.same(sent(store, 2, 2), ['2 two'], 'numbers passed over forget nothing');
  store.reset({ nextInSeqNum: 1, nextOutSeqNum: 1 }, 6n);
  t.same([store.state, sent(store)], [{ nextInSeqNum: 1, nextOutSeqNum: 1 }, []]);
  store.outbound(text('again'), 1, 7n);
  t.same(sent(store), ['1 again']);
}

t.test('memory and file keep numbers and messages alike', async t => {
  contract(t, new MemoryStore());
  const forgetful = new MemoryStore({ keepsMessages: false });
  forgetful.outbound(text('one'), 1, 1n);
  t.same([forgetful.state.nextOutSeqNum, sent(forgetful)], [2, []]);
  const store = open(newFolder());
  contract(t, store);
  store.close();
  store.close();
});

t.test('a file store goes on where it was closed; without messages it keeps the numbers', async t => {
  const folder = newFolder();
  for (const keepsMessages of [true, false]) {
    const store = open(folder, { keepsMessages });
    store.outbound(text(`kept ${keepsMessages}`), store.state.nextOutSeqNum, 1n);
    store.inbound(text('in'), store.state.nextInSeqNum, 2n);
    store.close();
  }
  const store = open(folder);
  t.same([store.state, sent(store)], [{ nextInSeqNum: 3, nextOutSeqNum: 3 }, ['1 kept true']]);
  store.close();
});

t.test('two names never share a folder', async t => {
  t.equal(storeFolder('s', 'FIX.4.4:A->B'), join('s', 'FIX.4.4%3AA-%3EB'));
  t.not(storeFolder('s', 'FIX.4.4:A/B->C'), storeFolder('s', 'FIX.4.4:A%2FB->C'));
});

/** The store's one segment, and where its last byte that is not 0 lies. */
function segmentOf(folder: string): { path: string; bytes: Buffer; last: number } {
  const directory = storeFolder(folder, SESSION);
  const name = readdirSync(directory).find(file => file.endsWith('.00000001.segment')) ?? '';
  const path = join(directory, name);
  const bytes = readFileSync(path);
  return { path, bytes, last: bytes.findLastIndex(byte => byte !== 0) };
}

t.test('a write that was cut short is cut off, and the session goes on with the message before it', async t => {
  const folder = newFolder();
  const store = open(folder);
  store.outbound(text('whole'), 1, 1n);
  store.outbound(text('cut short by the end of the process'), 2, 2n);
  store.close();
  const { path, bytes } = segmentOf(folder);
  const at = bytes.indexOf('cut short');
  bytes.fill(0, at + 5);
  writeFileSync(path, bytes);
  const again = open(folder);
  t.same([again.state.nextOutSeqNum, sent(again)], [2, ['1 whole']]);
  again.outbound(text('second'), 2, 3n);
  t.same(sent(again), ['1 whole', '2 second']);
  again.close();
});

t.test('damage in the middle refuses the start by file and offset', async t => {
  const folder = newFolder();
  const store = open(folder);
  for (let msgSeqNum = 1; msgSeqNum < 50; msgSeqNum++) store.outbound(text(`message ${msgSeqNum}`), msgSeqNum, 1n);
  store.close();
  const { path, bytes } = segmentOf(folder);
  bytes.write('M', bytes.indexOf('message 7'));
  writeFileSync(path, bytes);
  t.throws(() => open(folder), { code: 'HR_JOURNAL_DAMAGED' });
});

const KILLED = `
const { openFileStore } = await import(process.argv[1]);
const store = openFileStore({ folder: process.argv[2], session: '${SESSION}', durability: 'os' });
for (let n = 1; ; n++) {
  store.outbound(Buffer.from('message ' + n), n, BigInt(n));
  require('node:fs').writeSync(1, n + '\\n');
}`;

t.test('what a killed process had put is there', async t => {
  const folder = newFolder();
  const library = new URL('../../src/trading/index.js', import.meta.url).href;
  const source = `import { createRequire } from 'node:module'; const require = createRequire('file:///');${KILLED}`;
  const child = spawn(process.execPath, ['--input-type=module', '-e', source, library, folder]);
  let out = '';
  child.stdout.on('data', (bytes: Buffer) => {
    out += bytes.toString();
    if (out.length > 2_000) child.kill('SIGKILL');
  });
  await once(child, 'close');
  const last = Number(out.trimEnd().split('\n').at(-1));
  const store = open(folder);
  t.ok(store.state.nextOutSeqNum > last, `${store.state.nextOutSeqNum} > ${last}`);
  t.same(sent(store, last, last), [`${last} message ${last}`]);
  store.close();
});

t.test('beyond its bytes the oldest messages go, never the numbers, nor when they began', async t => {
  const folder = newFolder();
  const store = open(folder, { retainBytes: 1 << 20 });
  store.reset({ nextInSeqNum: 500, nextOutSeqNum: 1, beganMs: 1_767_323_045_000 }, 1n);
  const message = Buffer.alloc(12_000, 'x');
  for (let msgSeqNum = 1; msgSeqNum <= 2_100; msgSeqNum++) store.outbound(message, msgSeqNum, 1n);
  store.close();
  const again = open(folder);
  t.same(again.state, { nextInSeqNum: 500, nextOutSeqNum: 2_101, beganMs: 1_767_323_045_000 });
  t.same([sent(again, 1, 1).length, sent(again, 2_100, 2_100).length], [0, 1]);
  again.close();
});

class Received {
  readonly ids: string[] = [];
  readonly events: string[] = [];

  onMessage(_session: EngineSession, message: FixMessage): 'taken' {
    this.ids.push(message.textOf(11) ?? '');
    return 'taken';
  }

  onEvent(_session: EngineSession, kind: string, words: string): void {
    this.events.push(`${kind}: ${words}`);
  }
}

const NAMES = { beginString: 'FIX.4.4', senderCompID: 'DESK', targetCompID: 'VENUE' };

t.test('a session with a file store goes on after a restart, and what was stored meanwhile is resent', async t => {
  const folder = newFolder();
  const received = new Received();
  const venue = new FixEngine({ application: received });
  venue.addAcceptor({ beginString: 'FIX.4.4', senderCompID: 'VENUE', targetCompID: 'DESK', useDictionary: false });
  const port = await venue.listen({ host: '127.0.0.1', port: 0 });
  const connect = { hosts: [{ host: '127.0.0.1', port }], backoff: { firstMs: 5, maxMs: 20 } };
  const email = (desk: EngineSession, id: string): number =>
    desk.send('C', encoder => encoder.field(11, id).field(94, 0).field(147, id).field(33, 1).field(58, 'text'));

  for (const [round, id] of ['A', 'B'].entries()) {
    const desk = new FixEngine({ application: new Received() });
    const store = open(folder);
    const { nextOutSeqNum } = store.state;
    const session = desk.addInitiator(NAMES, { ...connect, store });
    // Logon, Email and Logout had 1 to 3; a Logon more where it had connected again before it was closed.
    t.ok(nextOutSeqNum === 1 || nextOutSeqNum >= 4);
    if (round === 1) t.equal(email(session, 'STORED'), nextOutSeqNum);
    await until(() => session.session.state === 'active');
    email(session, id);
    await until(() => received.ids.includes(id));
    await desk.close();
  }
  t.same(received.ids, ['A', 'STORED', 'B']);
  await venue.close();
});

t.test('a store that fails ends its session, and nothing goes out that it does not hold', async t => {
  const store = new MemoryStore();
  const application = new Received();
  const engine = new FixEngine({ application });
  const session = engine.addAcceptor(NAMES, { store });
  store.outbound = () => {
    throw new OutputError('HR_FIX_STORE', 'the disk is full');
  };
  t.throws(() => session.send('C', encoder => encoder.field(94, 0)), { code: 'HR_FIX_STORE' });
  t.throws(() => session.send('C', encoder => encoder.field(94, 0)), { code: 'HR_FIX_STORE' });
  t.ok(session.isTaken);
  t.same(application.events, ['warning: the disk is full']);
  await engine.close();
});
