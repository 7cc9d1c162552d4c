import { cpSync, existsSync, mkdirSync, rmSync, rmdirSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';

import { Tail } from '../../src/journal/tail.js';
import { openLogReader, openLogWriter, createTail } from '../../src/journal/index.js';
import { FRAME_TYPE, GATE_COMMAND_KIND, GATE_RESET, LOAD_BEGIN } from '../../src/model/index.js';
import { LaneRun } from '../../src/orders/lane-run.js';
import { encodeGateCommand } from '../../src/risk/index.js';
import { Desk } from '../support/desk.js';

t.setTimeout(400_000);

t.test('a lane that fails unlocks its ledger: the next one in the process opens it', async t => {
  const desk = await new Desk().start();
  desk.order('C1');
  await desk.reported('C1', '0');
  desk.run?.handle({ op: 'inject', id: 1, kind: 'application', data: new Uint8Array(3 * 1024 * 1024) });
  t.match(desk.events.at(-1), { op: 'failed', code: 'HR_CAPACITY' });
  t.notOk(existsSync(join(desk.directory, 'ledger.lock')));
  await desk.startLane();
  await desk.until(() => desk.isUp, 'both sessions to be active again');
  desk.order('C1');
  t.equal((await desk.reported('C1', '8')).get(58), 'duplicateClOrdId: the ClOrdID was used before in this session');
  await desk.stop();
});

t.test('a snapshot that cannot be written does not stop the lane: it is counted and tried again', async t => {
  const desk = await new Desk({ retainBytes: 4 * 1024 * 1024 }).start();
  const inTheWay = join(desk.directory, 'ledger.snapshot.writing');
  mkdirSync(inTheWay);
  const data = new Uint8Array(512 * 1024);
  for (let id = 1; id <= 3; id++) desk.run?.handle({ op: 'inject', id, kind: 'application', data });
  const counters = (): { snapshots: number; snapshotFailures: number } => desk.meter.counters.snapshot();
  await desk.until(() => counters().snapshotFailures > 0, 'a snapshot to fail');
  desk.order('S1');
  await desk.reported('S1', '0');
  await new Promise(resolve => setTimeout(resolve, 300));
  t.match(counters(), { snapshots: 0, snapshotFailures: 1 }, 'not at each tick');
  rmdirSync(inTheWay);
  const now = performance.now.bind(performance);
  performance.now = () => now() + 10_000;
  t.teardown(() => (performance.now = now));
  await desk.until(() => counters().snapshots === 1, 'the snapshot to be tried again');
  t.equal(counters().snapshotFailures, 1);
  await desk.stop();
});

t.test('a lane that closes without room for a snapshot closes its ledger all the same', async t => {
  const desk = await new Desk({ retainBytes: 4 * 1024 * 1024 }).start();
  desk.order('S1', { 38: '1000', 44: '10' });
  await desk.reported('S1', '0');
  const inTheWay = join(desk.directory, 'ledger.snapshot.writing');
  mkdirSync(inTheWay);
  await desk.stopLane();
  t.equal(
    desk.events.find(event => event.op === 'failed'),
    undefined,
  );
  t.notOk(existsSync(join(desk.directory, 'ledger.lock')));
  rmdirSync(inTheWay);
  await desk.startLane();
  await desk.until(() => desk.isUp, 'both sessions to be active again');
  desk.order('S1');
  t.equal((await desk.reported('S1', '8')).get(58), 'duplicateClOrdId: the ClOrdID was used before in this session');
  await desk.stop();
});

/** What a lane killed in the middle of a load leaves behind: the load's beginning and two of its commands. */
function beginLoad(directory: string): void {
  const writer = openLogWriter({
    directory,
    name: 'ledger',
    durability: 'os',
    chained: true,
    native: 'off',
    tail: createTail(1 << 20),
  });
  const begin = new Uint8Array(LOAD_BEGIN.sizeBytes).fill(1);
  const reset = encodeGateCommand({ kind: GATE_COMMAND_KIND.reset, value: GATE_RESET.positions });
  const date = encodeGateCommand({ kind: GATE_COMMAND_KIND.businessDate, value: 20261123 });
  for (const [type, payload] of [
    [FRAME_TYPE.loadBegin, begin],
    [FRAME_TYPE.command, reset],
    [FRAME_TYPE.command, date],
  ] as const) {
    writer.stage({ type, topic: 0, source: 0 }, payload);
    writer.endGroup();
  }
  writer.commit(BigInt(Date.now()) * 1_000_000n);
  writer.close();
}

/** A lane in a copy of the files as they are: those of a process that was killed. */
async function killAndRestart(desk: Desk, directory: string): Promise<Desk> {
  cpSync(desk.directory, directory, { recursive: true });
  rmSync(join(directory, 'ledger.lock'));
  const next = new Desk({ directory });
  await next.startVenue();
  await next.startLane();
  return next;
}

interface LaneView {
  readonly halts: readonly { readonly scope: string; readonly reason: string }[];
  readonly businessDate: number;
}

async function viewOf(desk: Desk): Promise<LaneView> {
  const view = (): LaneView | undefined => desk.events.findLast(event => event.op === 'sessions');
  await desk.until(() => view() !== undefined, 'a view of the lane');
  return view() as LaneView;
}

t.test('a halt given after a load was cut off in the middle stands after the next restart', async t => {
  const folder = t.testdir({ first: {} });
  const first = new Desk({ directory: join(folder, 'first') });
  await first.startVenue();
  await first.startLane();
  await first.stop();
  beginLoad(first.directory);
  await first.startVenue();
  await first.startLane();
  t.equal((await viewOf(first)).businessDate, 0, 'half a load is none');
  const reason = 'drill';
  first.run?.handle({ op: 'command', id: 1, command: { kind: 'halt', scope: 'firm', id: '', reason } });
  const second = await killAndRestart(first, join(folder, 'second'));
  t.match(await viewOf(second), { halts: [{ scope: 'firm', reason }], businessDate: 0 });
  const third = await killAndRestart(second, join(folder, 'third'));
  t.match(await viewOf(third), { halts: [{ scope: 'firm', reason }], businessDate: 0 });
  const ends: number[] = [];
  const reader = openLogReader({ directory: third.directory, name: 'ledger', from: 'oldest' });
  const visit = ({ type, payload }: { type: number; payload: Uint8Array }): void => {
    if (type === FRAME_TYPE.loadEnd) ends.push(payload.length);
  };
  while (reader.poll(visit, 1000) > 0);
  reader.close();
  t.same(ends, [0], 'one frame says that the load was aborted');
  for (const desk of [first, second, third]) await desk.stop();
});

for (const native of ['prefer', 'off'] as const) {
  t.test(`native ${native}: a record and a halt are acknowledged once they are synced, also by a close`, async t => {
    const group = { records: 1_000_000, sizeBytes: 2 ** 30, timeMs: 50 };
    const desk = new Desk({ directory: t.testdir(), durability: 'group', group, native });
    const journal = new Tail(desk.memory.tail);
    const told: { id: number; isSynced: boolean }[] = [];
    let isClosed = false;
    const run = await LaneRun.open(desk.laneOptions(), event => {
      if (event.op === 'answer')
        told.push({ id: event.id, isSynced: event.answer.ok && event.answer.sequence <= journal.syncedSequence });
      isClosed ||= event.op === 'closed';
    });
    const inject = (id: number): void =>
      run?.handle({ op: 'inject', id, kind: 'application', data: Buffer.from(`record ${id}`) });
    for (let id = 1; id <= 20; id++) inject(id);
    run?.handle({ op: 'command', id: 21, command: { kind: 'halt', scope: 'firm', id: '', reason: 'drill' } });
    await desk.until(() => told.length === 21, '21 answers');
    inject(22);
    run?.handle({ op: 'close', drainMs: 100 });
    await desk.until(() => isClosed, 'the close');
    t.strictSame(
      told,
      Array.from({ length: 22 }, (_, index) => ({ id: index + 1, isSynced: true })),
    );
  });
}
