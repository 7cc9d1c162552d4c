import t from 'tap';

import { RowBlock } from '../../src/decode/start-of-day/load-rows.js';
import { LoadSender } from '../../src/decode/start-of-day/sender.js';
import { LIMIT, LOAD_BEGIN, POSITION } from '../../src/model/index.js';
import { LoadFold } from '../../src/orders/load-desk.js';
import type { GateLimits } from '../../src/risk/index.js';
import { Desk } from '../support/desk.js';

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
    const limits: { accounts: NonNullable<GateLimits['accounts']>; symbols: Record<string, object> } = {
      accounts: { A1: { maxQuantity: '200' }, A2: { maxQuantity: '80' } },
      symbols: { ACME: {} },
    };
    const desk = await new Desk({ limits }).start();
    await load(desk, { A1: 300n, A3: 70n });
    t.match(
      await refusal(desk, 'L1', 'A1', '250'),
      /^maxQuantity: 250.* > 200/,
      'the file gives A1 300, the config 200',
    );
    t.equal(await refusal(desk, 'L2', 'A1', '150'), undefined);
    t.match(await refusal(desk, 'L3', 'A2', '90'), /^maxQuantity: 90.* > 80/, 'the file does not name A2');
    t.match(await refusal(desk, 'L4', 'A3', '71'), /^maxQuantity: 71.* > 70/, 'the config does not name A3');
    await desk.stopLane();

    limits.accounts = { A1: { maxQuantity: '500' }, A3: { maxQuantity: '60' } };
    await desk.startLane();
    await desk.until(() => desk.isUp, 'both sessions to be active again');
    t.match(await refusal(desk, 'M1', 'A3', '65'), /^maxQuantity: 65.* > 60/, 'a changed config narrows at once');
    t.match(await refusal(desk, 'M2', 'A1', '250'), /^maxQuantity: 250.* > 200/, 'and is looser with the next load');
    await desk.stop();
  },
);
