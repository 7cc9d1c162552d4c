import t from 'tap';

import { ScriptedLane, type ScriptOptions } from '../support/scripted-lane.js';

const VERSIONS = ['FIX.4.0', 'FIX.4.1', 'FIX.4.2', 'FIX.4.3', 'FIX.4.4', 'FIX.5.0', 'FIX.5.0SP1', 'FIX.5.0SP2'];
const UNIT = 100_000_000n;

const orderOf = (version: string): Record<number, string> => ({
  1: 'A1',
  ...(version < 'FIX.4.4' && { 21: '1' }),
  38: '100',
  40: '2',
  44: '10.5',
  54: '1',
  55: 'ACME',
  ...(version >= 'FIX.4.2' && { 60: '20260102-10:00:00' }),
});

/** A fill of 40 of an order of 100, as a venue of 4.4 reports it. */
const fill = (id: string, more: Readonly<Record<number, string>> = {}): Record<number, string> => ({
  37: 'V1',
  11: id,
  17: 'E1',
  150: 'F',
  39: '1',
  54: '1',
  55: 'ACME',
  32: '40',
  31: '10.25',
  14: '40',
  151: '60',
  6: '10.25',
  ...more,
});

function laneWithOrder(options: ScriptOptions = {}): { lane: ScriptedLane; id: string } {
  const lane = new ScriptedLane(options);
  const id = lane.order('D', { ...orderOf(lane.client.version), 11: 'X', 59: '0' }).atVenue[0]?.get(11) ?? '';
  return { lane, id };
}

for (const client of VERSIONS)
  t.test(
    `${client}: a status request is answered from the gateway's own table, and of an unknown order too`,
    async t => {
      const { lane, id } = laneWithOrder({ client });
      const status = (clOrdId: string) => lane.order('H', { 11: clOrdId, 54: '1', 55: 'ACME' });
      const isSince43 = client >= 'FIX.4.3';
      const told = (fields: ReadonlyMap<number, string> | undefined, tags: readonly number[]) =>
        tags.map(tag => fields?.get(tag));
      const words = (ordStatus: string): (string | undefined)[] =>
        isSince43 ? [undefined, 'I', ordStatus] : ['3', client === 'FIX.4.0' ? undefined : ordStatus, ordStatus];

      t.strictSame(told(status('X').atClient[0], [20, 150, 39]), words('A'), 'the venue has said nothing of it yet');
      lane.report('8', fill(id));
      const { atVenue, atClient } = status('X');
      t.equal(atVenue.length, 0, 'the venue is not asked');
      const [answer] = atClient;
      t.strictSame(told(answer, [20, 150, 39]), words('1'));
      t.strictSame(told(answer, [11, 17, 37, 38, 14, 6]), ['X', '0', 'V1', '100', '40', '10.25']);
      t.equal(answer?.get(151), client === 'FIX.4.0' ? undefined : '60');

      const [unknown] = status('nowhere').atClient;
      t.strictSame(told(unknown, [20, 150, 39]), words('8'));
      t.strictSame(told(unknown, [11, 37, 58]), ['nowhere', 'NONE', 'unknown order']);
      t.strictSame(lane.client.faults, [], 'every answer is one of its version');
      lane.close();
    },
  );

t.test(
  'the status of an order is the same after a restart, and under the id of a request in flight it is the order',
  async t => {
    const { lane, id } = laneWithOrder();
    lane.report('8', fill(id));
    lane.order('F', { 11: 'Y', 41: 'X', 38: '100', 54: '1', 55: 'ACME', 60: '20260102-10:00:00' });
    for (const from of ['frames', 'snapshot'] as const) {
      lane.restart(from);
      const [answer] = lane.order('H', { 11: 'Y', 54: '1', 55: 'ACME', 790: 'R1' }).atClient;
      t.strictSame(
        [11, 41, 39, 38, 14, 151, 6, 59, 44, 1, 790].map(tag => answer?.get(tag)),
        ['Y', 'X', '1', '100', '40', '60', '10.25', '0', '10.5', 'A1', 'R1'],
        from,
      );
    }
    lane.close();
  },
);

t.test('orderStatus: venue passes the request on under the id of the venue, and the answer back', async t => {
  const { lane, id } = laneWithOrder({ session: { passesOn: { orderStatus: true } } });
  const { atVenue, atClient } = lane.order('H', { 11: 'X', 54: '1', 55: 'ACME' });
  t.strictSame(
    [35, 11].map(tag => atVenue[0]?.get(tag)),
    ['H', id],
  );
  t.equal(atClient.length, 0);
  const answer = { ...fill(id), 150: 'I', 39: '0', 32: '0', 14: '0', 151: '100', 6: '0' };
  t.equal(lane.report('8', answer).atClient[0]?.get(11), 'X');
  const [unknown] = lane.order('H', { 11: 'nowhere', 54: '1', 55: 'ACME' }).atClient;
  t.equal(unknown?.get(39), '8', 'what is no order of ours is not asked for there');
  lane.close();
});

t.test('a DontKnowTrade of a client moves nothing, is in the ledger, alarmed, and goes on to the venue', async t => {
  const { lane, id } = laneWithOrder();
  lane.report('8', fill(id));
  const before = lane.state();
  const dispute = { 37: 'V1', 17: 'E1', 127: 'E', 55: 'ACME', 54: '1', 32: '40', 31: '10.25', 58: 'not at this price' };
  const { atVenue, atClient } = lane.order('Q', dispute);
  t.strictSame(
    [35, 37, 17, 127, 58].map(tag => atVenue[0]?.get(tag)),
    ['Q', 'V1', 'E1', 'E', 'not at this price'],
  );
  t.equal(atClient.length, 0);
  t.strictSame(lane.warnings, ['the client does not know the trade E1 of X (DKReason E): not at this price']);
  t.equal(lane.counter('tradesDisputed'), 1);
  const after = lane.state();
  t.equal(after.position, before.position, 'what traded stands until the venue takes it back');
  t.not(after.rows, before.rows, 'the order says that it was disputed');
  lane.restart('frames');
  t.strictSame(lane.state(), after);
  lane.report('8', { ...fill(id), 17: 'E2', 19: 'E1', 150: 'H', 39: '0', 14: '0', 151: '100', 32: '0' });
  t.equal(lane.state().position, 0n, 'the bust that follows takes it back');
  t.strictSame(lane.venue.faults, []);
  lane.close();
});

t.test(
  'dontKnowTrade: record keeps it from the venue, and one of no order of the session is refused by Unknown ID',
  async t => {
    const { lane, id } = laneWithOrder({ session: { passesOn: { dontKnowTrade: false } } });
    lane.report('8', fill(id));
    const dispute = { 37: 'V1', 17: 'E1', 127: 'A', 55: 'ACME', 54: '1' };
    t.equal(lane.order('Q', dispute).atVenue.length, 0);
    t.equal(lane.counter('tradesDisputed'), 1);
    const { atVenue, atClient } = lane.order('Q', { ...dispute, 37: 'V9' });
    t.equal(atVenue.length, 0);
    t.strictSame(
      [35, 372, 380].map(tag => atClient[0]?.get(tag)),
      ['j', 'Q', '1'],
    );
    lane.close();
  },
);

for (const venue of VERSIONS)
  t.test(`${venue}: a trade of no order of ours is answered by a DontKnowTrade of DKReason D`, async t => {
    const lane = new ScriptedLane({ venue });
    const { 150: execType, 151: leaves, ...rest } = fill('PHONE-7', { 17: '1', 38: '100' });
    const words = venue >= 'FIX.4.3' ? { 150: execType ?? '' } : { 20: '0', ...(venue > 'FIX.4.0' && { 150: '1' }) };
    const { atVenue } = lane.report('8', { ...rest, ...words, ...(venue > 'FIX.4.0' && { 151: leaves ?? '' }) });
    t.strictSame(
      [35, 127].map(tag => atVenue[0]?.get(tag)),
      ['Q', 'D'],
    );
    if (venue >= 'FIX.4.2')
      t.strictSame(
        [37, 17].map(tag => atVenue[0]?.get(tag)),
        ['V1', '1'],
      );
    t.strictSame(lane.venue.faults, [], 'it is one of its version');
    t.equal(lane.state().position, 0n);
    lane.close();
  });

t.test(
  'a trade on the other side, or under the ExecID of another, is not booked, halts, and the venue is told by DKReason',
  async t => {
    for (const [what, reason] of [
      [{ 54: '2', 17: 'E2', 14: '80', 151: '20' }, 'B'],
      [{ 14: '80', 151: '20' }, 'Z'],
    ] as const) {
      const { lane, id } = laneWithOrder();
      lane.report('8', fill(id));
      const { atVenue } = lane.report('8', fill(id, what));
      t.strictSame(
        [35, 127].map(tag => atVenue[0]?.get(tag)),
        ['Q', reason],
      );
      t.equal(lane.state().position, 40n * UNIT);
      t.ok(lane.state().isHalted);
      lane.close();
    }
  },
);

t.test('what is no trade, or one that is booked already, is no reason for a DontKnowTrade', async t => {
  const { lane, id } = laneWithOrder();
  lane.report('8', fill(id));
  t.equal(lane.report('8', fill(id)).atVenue.length, 0, 'the same fill again');
  t.equal(lane.report('8', { ...fill('PHONE-7'), 150: '0', 39: '0' }).atVenue.length, 0, 'New of an order not ours');
  lane.close();
});
