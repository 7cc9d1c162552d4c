import t from 'tap';

import { ScriptedLane } from '../support/scripted-lane.js';

const UNIT = 100_000_000n;
const GROUPED = ['FIX.4.2', 'FIX.4.3', 'FIX.4.4', 'FIX.5.0', 'FIX.5.0SP1', 'FIX.5.0SP2'];

type Field = readonly [tag: number, value: string];

function entry(version: string, clOrdId: string, index: number, quantity: string): Field[] {
  return [
    [11, clOrdId],
    [67, String(index)],
    [1, 'A1'],
    ...(version < 'FIX.4.4' ? [[21, '1'] as const] : []),
    [55, 'ACME'],
    [54, '1'],
    ...(version >= 'FIX.4.3' ? [[60, '20260102-10:00:00'] as const] : []),
    [38, quantity],
    [40, '2'],
    [44, '10'],
  ];
}

function listOf(version: string, quantities: readonly string[], head: Readonly<Record<number, string>> = {}): Field[] {
  const fields: Record<number, string> = { 66: 'L1', 394: '3', 68: String(quantities.length), ...head };
  const top = Object.entries(fields).map(([tag, value]) => [Number(tag), value] as const);
  const orders = quantities.flatMap((quantity, index) => entry(version, `X${index + 1}`, index + 1, quantity));
  return [...top, [73, String(quantities.length)], ...orders];
}

for (const version of GROUPED)
  t.test(`${version}: each order of a list goes through the gate, and the list's status follows`, async t => {
    const lane = new ScriptedLane({ client: version, venue: version });
    const { atVenue, atClient } = lane.order('E', listOf(version, ['100', '2000', '300']));
    t.strictSame(
      atVenue.map(order => [35, 38, 67].map(tag => order.get(tag))),
      [
        ['D', '100', undefined],
        ['D', '300', undefined],
      ],
    );
    t.strictSame(
      atClient.map(message => message.get(35)),
      ['8', 'N'],
    );
    t.match(atClient[0]?.get(58), /^maxQuantity/);
    t.strictSame(
      [66, 429, 431, 68, 73].map(tag => atClient[1]?.get(tag)),
      ['L1', '1', '3', '3', '3'],
    );
    t.equal(lane.state().openBuy, 400n * UNIT);
    t.strictSame([lane.client.faults, lane.venue.faults], [[], []], 'every message is one of its version');
    const live = lane.state();
    lane.restart('frames');
    t.strictSame(lane.state(), live);
    const told = lane.report('8', {
      37: 'V1',
      11: atVenue[1]?.get(11) ?? '',
      17: 'E1',
      ...(version < 'FIX.4.3' ? { 20: '0', 150: '2' } : { 150: 'F' }),
      39: '2',
      54: '1',
      55: 'ACME',
      32: '300',
      31: '10',
      14: '300',
      151: '0',
      6: '10',
    });
    t.equal(told.atClient[0]?.get(11), 'X3', 'a report of it comes under the client’s id');
    lane.close();
  });

for (const version of ['FIX.4.0', 'FIX.4.1'])
  t.test(`${version}: a list is a message an order`, async t => {
    const lane = new ScriptedLane({ client: version, venue: version });
    const { atVenue, atClient } = lane.order('E', [
      [66, 'L1'],
      [67, '1'],
      [68, '1'],
      ...entry(version, 'X1', 1, '100').filter(([tag]) => tag !== 67),
    ]);
    t.strictSame(
      [35, 38, 66].map(tag => atVenue[0]?.get(tag)),
      ['D', '100', undefined],
    );
    t.strictSame(
      atClient.map(message => message.get(35)),
      ['N'],
    );
    t.strictSame([lane.client.faults, lane.venue.faults], [[], []]);
    lane.close();
  });

t.test('a list that asks for more than its orders is refused whole, by name', async t => {
  const cases: readonly (readonly [head: Readonly<Record<number, string>>, words: RegExp])[] = [
    [{ 394: '1' }, /^BidType \(394\)/],
    [{ 433: '2' }, /^ListExecInstType \(433\)/],
    [{ 1385: '1' }, /^ContingencyType \(1385\)/],
    [{ 68: '5' }, /^TotNoOrders \(68\) is 5 of which 2 came/],
  ];
  for (const [head, words] of cases) {
    const lane = new ScriptedLane({ client: 'FIX.5.0SP2', venue: 'FIX.5.0SP2' });
    const { atVenue, atClient } = lane.order('E', listOf('FIX.5.0SP2', ['100', '200'], head));
    t.equal(atVenue.length, 0);
    t.strictSame(
      [35, 431, 39].map(tag => atClient[0]?.get(tag)),
      ['N', '7', '8'],
    );
    t.match(atClient[0]?.get(444), words);
    t.equal(lane.state().openBuy, 0n);
    t.strictSame(lane.client.faults, []);
    lane.close();
  }
  const lane = new ScriptedLane();
  const { atVenue, atClient } = lane.order(
    'E',
    listOf(
      'FIX.4.4',
      Array.from({ length: 51 }, () => '1'),
    ),
  );
  t.equal(atVenue.length, 0);
  t.match(atClient[0]?.get(444), /^a list of 51 orders, where 50 have room/);
  lane.close();
});
