import t from 'tap';

import { RowBlock } from '../../src/decode/start-of-day/load-rows.js';
import { LoadSender } from '../../src/decode/start-of-day/sender.js';
import { createTail } from '../../src/journal/index.js';
import { FRAME_TYPE, LIMIT, LOAD_BEGIN, LOAD_END, POSITION, invariant } from '../../src/model/index.js';
import { LoadDesk, LoadFold, type LoadResult } from '../../src/orders/load-desk.js';
import { applyConfiguredLimits } from '../../src/orders/limits-desk.js';
import { createLaneMeterMemory, type LaneOptions } from '../../src/orders/index.js';
import { createDoorbell } from '../../src/ring/index.js';
import type { GateLimits } from '../../src/risk/index.js';
import { Desk } from '../support/desk.js';
import { openSilentLane } from '../support/folded-lane.js';
import { testLaneOptions } from '../support/lane-options.js';

const UNIT = 100_000_000n;

/** Sends a load of today with these accounts' largest quantities, and waits until the lane has taken it. */
async function load(desk: Desk, maxQuantities: Readonly<Record<string, bigint>>): Promise<void> {
  const limits = new RowBlock(LIMIT.sizeBytes, 10);
  for (const [account, maxQuantity] of Object.entries(maxQuantities)) {
    const row = limits.add();
    limits.setText(row + LIMIT.offset.account, 16, account);
    for (const field of ['maxNotional', 'maxPosition', 'grossNotional', 'messageRate'] as const)
      limits.setInt64(row + LIMIT.offset[field], -1n);
    limits.setInt64(row + LIMIT.offset.maxQuantity, maxQuantity * UNIT);
  }
  const { loadRing, bell } = desk.memory;
  new LoadSender({ ring: loadRing!, doorbell: bell, native: 'prefer', planId: 1, stallMs: 1000 }).send({
    fileHash: Buffer.alloc(32, 7),
    businessDate: 20261123,
    fileSequence: 1n,
    positions: new RowBlock(POSITION.sizeBytes, 10),
    limits,
    quantityTotal: 0n,
    grossNotionalTotal: 0n,
  });
  await desk.until(() => desk.events.some(event => event.op === 'load'), 'the load');
}

t.test('a file of a date before the newest loaded one is refused', t => {
  const fold = new LoadFold([{ fileHash: 'aa'.repeat(32), businessDate: 20261123, sequence: 7 }]);
  const begin = Buffer.alloc(LOAD_BEGIN.sizeBytes, 1);
  begin.writeUInt32LE(20261120, LOAD_BEGIN.offset.businessDate);
  t.strictSame(fold.refusal(begin, false), {
    status: 'refused',
    reason: 'this is of 20261120, a file was loaded for 20261123 (aaaaaaaaaaaa…); --reload replaces it',
  });
  t.equal(fold.refusal(begin, true), undefined);
  begin.writeUInt32LE(20261124, LOAD_BEGIN.offset.businessDate);
  t.equal(fold.refusal(begin, false), undefined);
  t.end();
});

async function refusal(desk: Desk, clOrdId: string, account: string, quantity: string): Promise<string | undefined> {
  desk.order(clOrdId, { 1: account, 38: quantity });
  return (await desk.reported(clOrdId)).get(58);
}

t.test(
  'where file and config limit an account the tighter holds, and the config’s accounts outlive a load',
  async t => {
    const limits: Omit<GateLimits, 'accounts'> & { accounts: NonNullable<GateLimits['accounts']> } = {
      firm: { maxQuantity: '1000' },
      accounts: { A1: { maxQuantity: '200' }, A2: { maxQuantity: '80' } },
      everyAccount: { maxQuantity: '400' },
      symbols: { ACME: {} },
      sessions: { CLIENT: { messageRate: { orders: 100, windowMs: 1_000 } } },
      restricted: ['OTHER'],
    };
    const desk = await new Desk({ limits }).start();
    await load(desk, { A1: 300n, A3: 70n, A4: 500n });
    t.match(
      await refusal(desk, 'L1', 'A1', '250'),
      /^maxQuantity: 250.* > 200/,
      'the file gives A1 300, the config 200',
    );
    t.equal(await refusal(desk, 'L2', 'A1', '150'), undefined);
    t.match(await refusal(desk, 'L3', 'A2', '90'), /^maxQuantity: 90.* > 80/, 'the file does not name A2');
    t.match(await refusal(desk, 'L4', 'A3', '71'), /^maxQuantity: 71.* > 70/, 'the config does not name A3');
    t.match(await refusal(desk, 'L5', 'A4', '401'), /^maxQuantity: 401.* > 400/, 'the config gives every account 400');
    await desk.stopLane();

    limits.accounts = { A1: { maxQuantity: '500' }, A3: { maxQuantity: '60' } };
    await desk.startLane();
    await desk.until(() => desk.isUp, 'both sessions to be active again');
    t.match(await refusal(desk, 'M1', 'A3', '65'), /^maxQuantity: 65.* > 60/, 'a changed config narrows at once');
    t.match(await refusal(desk, 'M2', 'A1', '250'), /^maxQuantity: 250.* > 200/, 'and is looser with the next load');
    await desk.stop();
  },
);

t.test('a lowered limit of every account holds at once for one that only the file names', async t => {
  const limits = {
    accounts: { A1: { maxQuantity: '200' } },
    everyAccount: { maxQuantity: '400', grossNotional: '1000000.00' },
    symbols: { ACME: {} },
  };
  const desk = await new Desk({ limits }).start();
  await load(desk, { A1: 300n, A2: 500n, A3: 150n });
  t.equal(await refusal(desk, 'E1', 'A2', '350'), undefined);
  await desk.stopLane();

  limits.everyAccount = { maxQuantity: '100', grossNotional: '3000.00' };
  await desk.startLane();
  await desk.until(() => desk.isUp, 'both sessions to be active again');
  for (const account of ['A1', 'A2', 'A3'])
    t.match(await refusal(desk, `F-${account}`, account, '101'), /^maxQuantity: 101.* > 100/, account);
  t.match(await refusal(desk, 'F1', 'A2', '1'), /^grossNotional: .* > 3000/, 'A2 has 3,675.00 open');

  for (const from of ['snapshot', 'frames'] as const) {
    if (from === 'frames') await desk.restartFromFrames();
    else {
      await desk.stopLane();
      await desk.startLane();
      await desk.until(() => desk.isUp, 'both sessions to be active again');
    }
    t.match(await refusal(desk, `G-${from}`, 'A3', '101'), /^maxQuantity: 101.* > 100/, `from ${from}`);
  }
  await desk.stop();
});

const NAMES = 50_000;

/** A lane with room for 50,000 accounts and symbols, whose commits hold 2 MiB: half of their names. */
function wideLane(directory: string, limits: GateLimits): LaneOptions {
  return testLaneOptions({
    directory,
    limits,
    capacities: { accounts: 65_536, symbols: 65_536 },
    clients: { host: '', port: 0 },
    venue: { hosts: [], reconnect: { firstMs: 1, maxMs: 1 } },
    memory: {
      tail: createTail(8 * 1024 * 1024),
      meter: createLaneMeterMemory(),
      bell: createDoorbell(),
      readerBells: [],
      priceRing: undefined,
      loadRing: undefined,
    },
  });
}

function opened(options: LaneOptions): { lane: ReturnType<typeof openSilentLane>; commit: () => void } {
  const lane = openSilentLane(options);
  const { group } = lane.context;
  const commit = (): void => invariant(group.commit(1n) === 0, 'the ledger takes a batch');
  group.onHalfFull = commit;
  return { lane, commit };
}

/** A POSITION row for account A and symbol S of the same number. */
function positionRow(number: number): Uint8Array {
  const block = new RowBlock(POSITION.sizeBytes, 1);
  const row = block.add();
  block.setText(row + POSITION.offset.account, 16, `A${number}`);
  block.setText(row + POSITION.offset.symbol, 16, `S${number}`);
  block.setInt64(row + POSITION.offset.quantity, UNIT);
  return block.row(0);
}

t.test('a file with 50,000 new accounts and 50,000 new symbols is loaded, and its names are folded back', async t => {
  const options = wideLane(t.testdir({}), {});
  const { lane, commit } = opened(options);
  const desk = new LoadDesk(lane, {}, commit);
  const begin = Buffer.alloc(LOAD_BEGIN.sizeBytes, 1);
  begin.writeUInt32LE(20261124, LOAD_BEGIN.offset.businessDate);
  desk.take(FRAME_TYPE.loadBegin, begin, false);
  for (let number = 0; number < NAMES; number++) desk.take(FRAME_TYPE.position, positionRow(number), false);
  const result: LoadResult | undefined = desk.take(FRAME_TYPE.loadEnd, new Uint8Array(LOAD_END.sizeBytes), false);
  t.match(result, { status: 'loaded', rows: NAMES + 2 });
  lane.context.group.journal.close();
  const { lane: again } = opened(options);
  t.same([again.names.accounts.count, again.names.symbols.count], [NAMES, NAMES]);
  t.equal(again.context.gate.position(NAMES - 1, NAMES - 1).position, UNIT);
  t.equal(again.names.accounts.nameOf(47_777), 'A47777');
  again.context.group.journal.close();
});

t.test('a configuration that names 20,000 accounts is taken by commits that hold half of them', async t => {
  const accounts = Object.fromEntries(Array.from({ length: 20_000 }, (_, n) => [`ACCOUNT-${n}`, { maxQuantity: '1' }]));
  const options = { ...wideLane(t.testdir({}), { accounts }) };
  const { lane, commit } = opened({ ...options, memory: { ...options.memory, tail: createTail(4 * 1024 * 1024) } });
  t.ok(applyConfiguredLimits(lane, options.limits, commit));
  t.equal(lane.names.accounts.count, 20_000);
  lane.context.group.journal.close();
});
