import { rmSync } from 'node:fs';

import t, { type Test } from 'tap';

import { Desk, acknowledge, type DeskOptions } from '../support/desk.js';
import { liveAndFolded, type FoldedState } from '../support/folded-lane.js';

t.setTimeout(300_000);

const TIME = { 60: '20260102-10:00:01.000' };
const FIX42 = 'FIX.4.2';
const UNIT = 100_000_000n;

/** A desk whose venue answers only what the test says. */
async function silentDesk(options: DeskOptions = {}): Promise<Desk> {
  return new Desk({ venue: () => {}, ...options }).start();
}

let reports = 0;

/** The venue reports about one of our messages: the newest of a MsgType, or the message of that index. */
function report(desk: Desk, of: string | number, fields: Readonly<Record<number, string>>): void {
  const named = typeof of === 'number' ? desk.atVenue[of] : desk.atVenue.findLast(message => message.get(35) === of);
  const body: Record<number, string> = {
    37: 'V1',
    11: named?.get(11) ?? '',
    17: `E${++reports}`,
    39: '0',
    54: '1',
    55: 'ACME',
    150: '0',
    14: '0',
    151: '100',
    6: '0',
    ...(desk.options.venueVersion === FIX42 && { 20: '0' }),
    ...fields,
  };
  desk.venue?.send('8', encoder => {
    for (const [tag, value] of Object.entries(body)) encoder.field(Number(tag), value);
  });
}

const deadLetters = (desk: Desk): number => desk.meter.counters.snapshot().reportsDeadLettered;
const executions = (desk: Desk): number => desk.meter.counters.snapshot().executions;

async function applied(desk: Desk, of: string | number, fields: Readonly<Record<number, string>>): Promise<void> {
  const before = executions(desk);
  report(desk, of, fields);
  await desk.until(() => executions(desk) === before + 1, 'the report to be applied');
}

async function lost(desk: Desk, of: string | number, fields: Readonly<Record<number, string>>): Promise<void> {
  const before = deadLetters(desk);
  report(desk, of, fields);
  await desk.until(() => deadLetters(desk) === before + 1, 'the report to be a dead letter');
}

/** Starts the lane again from its snapshot, or from its first frame. */
async function restarted(desk: Desk, from: 'snapshot' | 'frames'): Promise<void> {
  if (from === 'frames') return desk.restartFromFrames();
  await desk.stopLane();
  await desk.startLane();
  await desk.until(() => desk.isUp, 'both sessions to be active again');
}

/** Sends an order and waits until the venue has it. */
async function sent(desk: Desk, id: string, fields: Readonly<Record<number, string>> = {}): Promise<void> {
  const before = desk.atVenue.length;
  desk.order(id, fields);
  await desk.until(() => desk.atVenue.length === before + 1, `${id} at the venue`);
}

async function requested(desk: Desk, msgType: 'F' | 'G', fields: Readonly<Record<number, string>>): Promise<void> {
  const before = desk.atVenue.length;
  const price = msgType === 'G' ? { 40: '2', 44: '10.50' } : {};
  desk.send(msgType, { 1: 'A1', 54: '1', 55: 'ACME', ...TIME, ...price, ...fields });
  await desk.until(() => desk.atVenue.length === before + 1, `${msgType} at the venue`);
}

/** Ends the test: what the lane held must be what its frames say. */
async function endsWith(
  t: Test,
  desk: Desk,
  expected: { position: bigint; openBuy: bigint; gross: bigint },
): Promise<FoldedState> {
  const { live, folded } = await liveAndFolded(desk);
  t.strictSame(folded, live, 'folded from the frames it is what it was live');
  t.equal(live.position.position, expected.position * UNIT, 'position');
  t.equal(live.position.openBuy, expected.openBuy * UNIT, 'open');
  t.equal(live.gross, expected.gross, 'gross, in cents');
  await Promise.all([desk.clientEngine?.close(100), desk.venueEngine?.close(100)]);
  rmSync(desk.directory, { recursive: true, force: true });
  return live;
}

t.test('a fill of -5 is a dead letter, halts the account and stops nothing', async t => {
  const desk = await silentDesk();
  await sent(desk, 'N1');
  await applied(desk, 0, {});
  await lost(desk, 0, { 150: 'F', 39: '1', 32: '-5', 31: '10.5' });
  await applied(desk, 0, { 150: '4', 39: '4', 151: '0' });
  desk.order('N2');
  t.equal((await desk.reported('N2')).get(58), 'haltAccount: the account is halted');
  const { isHalted } = await endsWith(t, desk, { position: 0n, openBuy: 0n, gross: 0n });
  t.ok(isHalted, 'the halt is in the ledger');
});

t.test('a fill that the position cannot hold is a dead letter and changes nothing', async t => {
  const desk = await silentDesk();
  await sent(desk, 'O1');
  await applied(desk, 0, { 150: 'F', 39: '1', 32: '50', 31: '10', 14: '50', 151: '50' });
  await lost(desk, 0, { 150: 'F', 39: '1', 32: '92233720368', 31: '10', 14: '92233720418', 151: '0' });
  await applied(desk, 0, { 150: 'F', 39: '2', 32: '50', 31: '10', 14: '100', 151: '0' });
  await endsWith(t, desk, { position: 100n, openBuy: 0n, gross: 100_000n });
});

for (const [venueVersion, bust] of [
  ['FIX.4.2', { 20: '1', 150: '1', 32: '50', 31: '10' }],
  ['FIX.4.4', { 150: 'H' }],
] as const) {
  t.test(`a bust in ${venueVersion} takes a fill of 50 back, and twice is once`, async t => {
    const desk = await silentDesk({ venueVersion });
    await sent(desk, 'B1');
    for (const cumulative of ['50', '100'])
      await applied(desk, 0, {
        150: venueVersion === FIX42 ? '1' : 'F',
        39: cumulative === '100' ? '2' : '1',
        32: '50',
        31: '10',
        14: cumulative,
        151: String(100 - Number(cumulative)),
      });
    for (const time of [1, 2]) {
      await applied(desk, 0, { ...bust, 19: 'E1', 39: '1', 14: '50', 151: '50' });
      t.pass(`bust ${time}`);
    }
    desk.order('B2', { 38: '1000', 44: '10' });
    await desk.until(() => desk.atVenue.length === 2, 'another order');
    await requested(desk, 'F', { 11: 'B3', 41: 'B1' });
    t.pass('the order lives again: it can be cancelled');
    await endsWith(t, desk, { position: 50n, openBuy: 1_050n, gross: 50_000n + 52_500n + 1_000_000n });
  });
}

t.test('a bust that does not bring the order back leaves it ended', async t => {
  const desk = await silentDesk();
  await sent(desk, 'D1');
  await applied(desk, 0, { 150: 'F', 39: '2', 32: '100', 31: '10', 14: '100', 151: '0' });
  await applied(desk, 0, { 150: 'H', 39: '4', 14: '0', 151: '0' });
  await endsWith(t, desk, { position: 0n, openBuy: 0n, gross: 0n });
});

for (const [venueVersion, correct] of [
  ['FIX.4.2', { 20: '2', 150: '1' }],
  ['FIX.4.4', { 150: 'G' }],
] as const) {
  t.test(`a correct in ${venueVersion} moves quantity and price of a fill`, async t => {
    const desk = await silentDesk({ venueVersion });
    await sent(desk, 'C1');
    await applied(desk, 0, {
      150: venueVersion === FIX42 ? '1' : 'F',
      39: '1',
      32: '50',
      31: '10',
      14: '50',
      151: '50',
    });
    await applied(desk, 0, { ...correct, 19: 'E1', 39: '1', 32: '60', 31: '11', 14: '60', 151: '40' });
    await endsWith(t, desk, { position: 60n, openBuy: 40n, gross: 66_000n + 42_000n });
  });
}

for (const [venueVersion, status] of [
  [FIX42, { 20: '3', 150: '1', 32: '50', 31: '10' }],
  ['FIX.4.4', { 150: 'I' }],
] as const) {
  t.test(`a status report in ${venueVersion} is no fill, but tells of one that was never reported`, async t => {
    const desk = await silentDesk({ venueVersion });
    await sent(desk, 'Q1');
    await applied(desk, 0, {
      150: venueVersion === FIX42 ? '1' : 'F',
      39: '1',
      32: '50',
      31: '10',
      14: '50',
      151: '50',
    });
    await applied(desk, 0, { ...status, 39: '1', 14: '50', 151: '50', 6: '10' });
    await applied(desk, 0, { ...status, 39: '1', 14: '70', 151: '30', 6: '10' });
    await endsWith(t, desk, { position: 70n, openBuy: 30n, gross: 70_000n + 31_500n });
  });
}

t.test('a replace upwards that crosses the last fill leaves 900 open and counted', async t => {
  const desk = await silentDesk();
  await sent(desk, 'U1');
  await applied(desk, 0, {});
  await requested(desk, 'G', { 11: 'U2', 41: 'U1', 38: '1000' });
  await applied(desk, 0, { 150: 'F', 39: '2', 32: '100', 31: '10.5', 14: '100', 151: '0' });
  await applied(desk, 'G', { 150: '5', 39: '1', 14: '100', 151: '900', 41: 'x' });
  await applied(desk, 'G', { 150: 'F', 39: '1', 32: '100', 31: '10.5', 14: '200', 151: '800' });
  await endsWith(t, desk, { position: 200n, openBuy: 800n, gross: 1_050_000n });
});

t.test('a replace rejected after the last fill ends the order and what it had reserved', async t => {
  const desk = await silentDesk();
  await sent(desk, 'V1');
  await requested(desk, 'G', { 11: 'V2', 41: 'V1', 38: '1000' });
  await applied(desk, 0, { 150: 'F', 39: '2', 32: '100', 31: '10.5', 14: '100', 151: '0' });
  const ids = {
    11: desk.atVenue[1]?.get(11) ?? '',
    37: 'V1',
    39: '2',
    41: desk.atVenue[0]?.get(11) ?? '',
    102: '0',
    434: '2',
  };
  desk.venue?.send('9', encoder => {
    for (const [tag, value] of Object.entries(ids)) encoder.field(Number(tag), value);
  });
  t.equal((await desk.reported('V2')).get(35), '9');
  await endsWith(t, desk, { position: 100n, openBuy: 0n, gross: 105_000n });
});

t.test('a late fill under an id that two replaces ago was the order’s is found, after a restart too', async t => {
  const desk = await silentDesk();
  await sent(desk, 'L1');
  await requested(desk, 'G', { 11: 'L2', 41: 'L1', 38: '200' });
  await applied(desk, 1, { 150: '5', 151: '200' });
  await requested(desk, 'G', { 11: 'L3', 41: 'L2', 38: '300' });
  await applied(desk, 2, { 150: '5', 151: '300' });
  await applied(desk, 0, { 150: 'F', 39: '1', 32: '50', 31: '10', 14: '50', 151: '250' });
  t.equal((await desk.reported('L3', '1')).get(32), '50', 'the client is told under its newest id');
  for (const from of ['snapshot', 'frames'] as const) {
    await restarted(desk, from);
    await applied(desk, 0, { 150: 'F', 39: '1', 32: '50', 31: '10', 14: '50', 151: '250' });
  }
  await endsWith(t, desk, { position: 150n, openBuy: 150n, gross: 150_000n + 157_500n });
});

for (const native of ['require', 'off'] as const) {
  t.test(
    `native ${native}: a fill with a LastPx of 10 decimals and ids of 60 bytes is booked and told whole, once`,
    async t => {
      const desk = await silentDesk({ native });
      const [orderId, prefix] = ['O'.repeat(60), 'E'.repeat(47)];
      const fill = {
        37: orderId,
        17: `${prefix}0123456789012`,
        150: 'F',
        39: '1',
        32: '40.0000000000',
        31: '10.0000000001',
        14: '40',
        151: '60',
        6: '10.0000000001',
      };
      await sent(desk, 'P1');
      await applied(desk, 0, fill);
      const told = await desk.reported('P1', '1');
      for (const tag of [37, 17, 32, 31, 6] as const)
        t.equal(told.get(tag), fill[tag], `the client reads ${tag} as it was`);

      const repeated = async (): Promise<void> => {
        const before = desk.atClient.length;
        await lost(desk, 0, fill);
        t.equal(desk.atClient.length, before, 'the client is not told again');
      };
      await repeated();
      for (const from of ['snapshot', 'frames'] as const) {
        await restarted(desk, from);
        await repeated();
      }
      await applied(desk, 0, { ...fill, 17: `${prefix}0123456789013`, 32: '60', 39: '2', 14: '100', 151: '0' });
      t.equal(
        (await desk.reported('P1', '2')).get(17),
        `${prefix}0123456789013`,
        'another that begins with the same 59 bytes',
      );
      desk.order('P2');
      await desk.until(() => desk.atVenue.length === 2, 'another order: the account is not halted');
      await applied(desk, 1, { ...fill, 32: '100', 39: '2', 14: '100', 151: '0' });
      const { position, isHalted } = await endsWith(t, desk, { position: 200n, openBuy: 0n, gross: 200_001n });
      t.equal(position.averagePrice, 1_000_000_001n, 'the price is rounded away from zero');
      t.notOk(isHalted);
    },
  );
}

t.test(
  'an ExecID that comes again with more filled, or a LastQty of 9 decimals, is a dead letter and halts',
  async t => {
    for (const contradiction of [{ 17: 'X1', 14: '80' }, { 32: '0.000000001' }]) {
      const desk = await silentDesk();
      await sent(desk, 'X1');
      await applied(desk, 0, { 17: 'X1', 150: 'F', 39: '1', 32: '40', 31: '10', 14: '40', 151: '60' });
      await lost(desk, 0, { 150: 'F', 39: '1', 32: '40', 31: '10', 14: '40', 151: '20', ...contradiction });
      const { isHalted } = await endsWith(t, desk, { position: 40n, openBuy: 60n, gross: 40_000n + 63_000n });
      t.ok(isHalted);
    }
  },
);

for (const msgType of ['j', '3'] as const) {
  t.test(
    `an order and a cancel that the venue refuses by ${msgType} are released, and the client reads its words`,
    async t => {
      const desk = await silentDesk();
      const refuse = (msgSeqNum: string | undefined, words: string): number | undefined =>
        desk.venue?.send(msgType, encoder => {
          encoder.field(45, msgSeqNum ?? '').field(372, 'D');
          if (msgType === 'j') encoder.field(380, '4');
          else encoder.field(373, '5');
          encoder.field(58, words);
        });
      await sent(desk, 'R1');
      refuse(desk.atVenue[0]?.get(34), 'closed');
      t.equal((await desk.reported('R1', '8')).get(58), 'closed');
      await sent(desk, 'R2');
      await applied(desk, 1, {});
      await requested(desk, 'F', { 11: 'R3', 41: 'R2' });
      refuse(desk.atVenue[2]?.get(34), 'no cancels');
      await desk.reported('R3');
      t.match(
        [35, 58, 41].map(tag => desk.report('R3')?.get(tag)),
        ['9', 'no cancels', 'R2'],
      );
      await requested(desk, 'F', { 11: 'R4', 41: 'R2' });
      const { executions, requestRejects, reportsDeadLettered, reportsIn } = desk.meter.counters.snapshot();
      t.equal(reportsIn, executions + requestRejects + reportsDeadLettered);
      await endsWith(t, desk, { position: 0n, openBuy: 100n, gross: 105_000n });
    },
  );
}

t.test('rows are reused in the same order after a restart, whatever was rejected late', async t => {
  const desk = await new Desk({ orders: 3, venue: acknowledge }).start();
  for (const id of ['W1', 'W2', 'W3']) {
    desk.order(id);
    await desk.reported(id, '0');
  }
  for (const id of ['W2', 'W1']) {
    desk.send('F', { 11: `${id}c`, 41: id, 54: '1', 55: 'ACME', ...TIME });
    await desk.reported(`${id}c`, '4');
  }
  await desk.stopLane();
  await desk.startLane();
  await desk.until(() => desk.isUp, 'both sessions to be active again');
  desk.order('W4');
  await desk.reported('W4', '0');
  await endsWith(t, desk, { position: 0n, openBuy: 200n, gross: 210_000n });
});
