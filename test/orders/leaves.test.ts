import t from 'tap';

import { ScriptedLane } from '../support/scripted-lane.js';

const UNIT = 100_000_000n;
const ORDER = { 1: 'A1', 11: 'X', 38: '100', 40: '2', 44: '10', 54: '1', 55: 'ACME', 59: '0', 60: '20260102-10:00:00' };

let executions = 0;

const about = (id: string): Record<number, string> => ({
  37: 'V1',
  11: id,
  17: `E${++executions}`,
  54: '1',
  55: 'ACME',
  150: '0',
  39: '0',
  14: '0',
  151: '100',
  6: '0',
});
const fill = (id: string, last: string, cum: string, leaves: string, ordStatus = '1'): Record<number, string> => ({
  ...about(id),
  150: 'F',
  39: ordStatus,
  32: last,
  31: '10',
  14: cum,
  151: leaves,
  6: '10',
});

function laneWithOrder(): { lane: ScriptedLane; id: string } {
  const lane = new ScriptedLane();
  const id = lane.order('D', ORDER).atVenue[0]?.get(11) ?? '';
  lane.report('8', about(id));
  return { lane, id };
}

t.test('a LeavesQty of 80 where 60 are left is alarmed, and 80 stay reserved until a report adds up', async t => {
  const { lane, id } = laneWithOrder();
  const { atClient } = lane.report('8', fill(id, '40', '40', '80'));
  t.equal(atClient[0]?.get(32), '40', 'the client reads the fill');
  t.equal(lane.counter('leavesBroken'), 1);
  const words =
    "the venue's report of X does not add up: LeavesQty (151) is 80 where OrderQty less CumQty is 60; the greater is held";
  t.strictSame(lane.warnings, [words]);
  t.equal(lane.state().openBuy, 80n * UNIT);
  for (const from of ['frames', 'snapshot'] as const) {
    const before = lane.state();
    lane.restart(from);
    t.strictSame(lane.state(), before, `folded from its ${from}`);
  }
  lane.report('8', fill(id, '10', '50', '50'));
  t.equal(lane.state().openBuy, 50n * UNIT);
  t.equal(lane.state().position, 50n * UNIT);
  t.notOk(lane.state().isHalted);
  lane.close();
});

t.test('a LeavesQty of 10 where 60 are left is alarmed, and 60 stay reserved', async t => {
  const { lane, id } = laneWithOrder();
  lane.report('8', fill(id, '40', '40', '10'));
  t.equal(lane.counter('leavesBroken'), 1);
  t.equal(lane.state().openBuy, 60n * UNIT);
  lane.close();
});

t.test('a filled order of which 20 are said to be left is alarmed and over', async t => {
  const { lane, id } = laneWithOrder();
  lane.report('8', fill(id, '100', '100', '20', '2'));
  t.equal(lane.counter('leavesBroken'), 1);
  t.equal(lane.state().openBuy, 0n);
  lane.close();
});

t.test('an order that ended with 60 unfilled may be said to leave 60 or 0, and nothing else', async t => {
  for (const [leaves, alarms] of [
    ['60', 0],
    ['0', 0],
    ['40', 1],
  ] as const) {
    const { lane, id } = laneWithOrder();
    lane.report('8', fill(id, '40', '40', '60'));
    lane.report('8', { ...about(id), 150: '4', 39: '4', 14: '40', 151: leaves, 6: '10' });
    t.equal(lane.counter('leavesBroken'), alarms, `${leaves} left`);
    t.equal(lane.state().openBuy, 0n);
    lane.close();
  }
});

t.test(
  'a late fill under the id that a replace took the place of counts by the numbers of the old order: no alarm',
  async t => {
    const { lane, id } = laneWithOrder();
    const replace = { ...ORDER, 11: 'Y', 41: 'X', 38: '300' };
    const next = lane.order('G', replace).atVenue[0]?.get(11) ?? '';
    lane.report('8', { ...about(next), 41: id, 150: '5', 151: '300' });
    lane.report('8', fill(id, '40', '40', '60'));
    t.equal(lane.counter('leavesBroken'), 0);
    t.equal(lane.state().openBuy, 260n * UNIT);
    lane.close();
  },
);

t.test(
  'an order that the venue restates at 12 instead of 10 is reserved at 12 from then on, after a restart too',
  async t => {
    const { lane, id } = laneWithOrder();
    lane.report('8', { ...about(id), 150: 'D', 378: '3', 44: '12' });
    t.equal(lane.state().gross, 120_000n, '100 at 12.00, in cents');
    const before = lane.state();
    lane.restart('frames');
    t.strictSame(lane.state(), before);
    lane.report('8', { ...about(id), 150: '4', 39: '4', 151: '0' });
    t.equal(lane.state().gross, 0n);
    lane.close();
  },
);

t.test(
  'an order of which the venue says by itself that it is cancelled, expired or done for day holds nothing',
  async t => {
    for (const ordStatus of ['4', 'C', '3'] as const) {
      const { lane, id } = laneWithOrder();
      const { atClient } = lane.report('8', { ...about(id), 150: ordStatus, 39: ordStatus, 151: '0' });
      t.strictSame(
        [11, 39, 41].map(tag => atClient[0]?.get(tag)),
        ['X', ordStatus, undefined],
        'told without being asked',
      );
      t.equal(lane.state().openBuy, 0n);
      t.equal(
        lane.order('F', { 11: 'Y', 41: 'X', 54: '1', 55: 'ACME', 38: '100', 60: ORDER[60] }).atClient[0]?.get(102),
        '0',
      );
      lane.close();
    }
  },
);

t.test('a report that does not fit its own CumQty when the order is suspended or stopped is alarmed too', async t => {
  for (const ordStatus of ['7', '9'] as const) {
    const { lane, id } = laneWithOrder();
    lane.report('8', { ...about(id), 150: ordStatus, 39: ordStatus, 151: '0' });
    t.equal(lane.counter('leavesBroken'), 1);
    t.equal(lane.state().openBuy, 100n * UNIT, 'it may trade again');
    lane.close();
  }
});
