import { readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';

import t, { type Test } from 'tap';

import { liveAndFolded } from '../support/folded-lane.js';
import { ORDER, acknowledged, counters, forgets, returns, told, type Reset } from '../support/reset-desk.js';

t.setTimeout(300_000);

const UNIT = 100_000_000n;
const CANCELED = '150=4|39=4|151=0|';
const STATUS = '150=I|39=1|';

let reports = 0;

/** A report about the order; of the fields that it does not name, those that each has. */
function about(reset: Reset, fields: string): string {
  const more = ['17', '6', '151']
    .filter(tag => !`|${fields}`.includes(`|${tag}=`))
    .map(tag => `${tag}=${tag === '17' ? `N${++reports}` : '10'}|`);
  return `11=${reset.order}|${ORDER}${fields}${more.join('')}`;
}

const fill = (quantity: number, cumulative: number, more = ''): string =>
  `150=F|39=${cumulative === 100 ? 2 : 1}|32=${quantity}|31=10.5|14=${cumulative}|${more}`;

const taken = (reset: Reset, fields: string): Promise<void> => told(reset, '8', 'executions', about(reset, fields));
const lost = (reset: Reset, fields: string): Promise<void> =>
  told(reset, '8', 'executionsUnbooked', about(reset, fields));

interface Expected {
  readonly position: bigint;
  readonly open: bigint;
  readonly gross?: bigint;
  readonly isHalted?: boolean;
}

/** Ends the test: live and folded it is what was expected. */
async function endsWith(t: Test, { desk, venue }: Reset, expected: Expected): Promise<void> {
  t.equal(counters(desk)['ordersLive'], expected.open > 0n ? 1 : 0, 'the order lives as long as it has something open');
  venue.close();
  const { live, folded } = await liveAndFolded(desk);
  t.strictSame(folded, live, 'folded from the frames it is what it was live');
  t.equal(live.position.position, expected.position * UNIT, 'position');
  t.equal(live.position.openBuy, expected.open * UNIT, 'open');
  if (expected.gross !== undefined) t.equal(live.gross, expected.gross, 'gross, in cents');
  t.equal(live.isHalted, expected.isHalted ?? false, 'halted');
}

const SETTLED: Readonly<Record<string, { reports: readonly string[] } & Expected>> = {
  'ended with 50 of it filled at 10': { reports: [`${CANCELED}14=50|`], position: 50n, open: 0n, gross: 50_000n },
  'a fill of 10 at 10.50 that makes it 60': {
    reports: [fill(10, 60)],
    position: 60n,
    open: 40n,
    gross: 60_501n + 42_000n, // the average price is rounded away from zero
  },
  'the last fill of 10': { reports: [fill(10, 100)], position: 100n, open: 0n },
  'open with 50 of it filled': { reports: ['150=0|39=1|14=50|'], position: 50n, open: 50n },
  'a fill of 10, and only the next tells of 30 more': {
    reports: [fill(10, 10), fill(20, 60)],
    position: 60n,
    open: 40n,
  },
  'a fill of 10 that makes it 60, and then the 50 as a new message': {
    reports: [fill(10, 60), fill(50, 50)],
    position: 60n,
    open: 40n,
  },
  'a status of 50, and then its fill as a new message': {
    reports: [`${STATUS}14=50|`, fill(50, 50)],
    position: 50n,
    open: 50n,
  },
  'a status of 50, its two fills as new messages, and one more of 50': {
    reports: [`${STATUS}14=50|`, fill(20, 20), fill(30, 50), fill(50, 100)],
    position: 100n,
    open: 0n,
  },
  'a status of 50, and a fill of 30 that 20 of were in it': {
    reports: [`${STATUS}14=50|`, fill(30, 60)],
    position: 60n,
    open: 40n,
  },
  'a status of 50 that is busted, and then another fill of 50': {
    reports: [`${STATUS}14=50|`, '150=H|39=0|14=0|151=100|', fill(50, 50)],
    position: 50n,
    open: 50n,
  },
};

for (const [what, { reports: bodies, ...expected }] of Object.entries(SETTLED))
  t.test(`an order of 100 at a venue that reset, of which comes first ${what}`, async t => {
    const reset = await acknowledged(t);
    await forgets(reset);
    for (const body of bodies) await taken(reset, body);
    await endsWith(t, reset, expected);
  });

for (const from of ['snapshot', 'frames'] as const)
  t.test(`what a status told of is known after a restart from ${from}: its fill is booked once`, async t => {
    const reset = await acknowledged(t);
    const { desk } = reset;
    await forgets(reset);
    await taken(reset, `${STATUS}14=50|`);
    await desk.stopLane();
    if (from === 'frames')
      for (const file of readdirSync(desk.directory))
        if (file.endsWith('.snapshot')) rmSync(join(desk.directory, file));
    await returns(reset);
    await taken(reset, fill(50, 50, '17=LATE|'));
    await told(reset, '8', 'reportsDeadLettered', about(reset, fill(50, 50, '17=LATE|')));
    // What it never reports, an order that was once in doubt takes from its CumQty.
    await taken(reset, fill(10, 80));
    await endsWith(t, reset, { position: 80n, open: 20n });
  });

for (const [what, body, answer, expected] of [
  ['a fill of 10 that makes it 60', fill(10, 60), `${STATUS}14=60|`, { position: 60n, open: 40n }],
  ['an end with 50 filled', `${CANCELED}14=50|`, '150=I|39=4|14=50|', { position: 50n, open: 0n }],
] as const)
  t.test(`${what}, where nothing was missing: a dead letter that halts, and the venue is asked`, async t => {
    const reset = await acknowledged(t);
    const { desk, venue } = reset;
    await lost(reset, body);
    await desk.until(() => venue.having('35=H', `11=${reset.order}`).length === 1, 'an OrderStatusRequest');
    t.match(counters(desk), { executions: 1, reportsDeadLettered: 1, ordersLive: 1 });
    await desk.stopLane();
    await returns(reset);
    await desk.until(() => venue.having('35=H', `11=${reset.order}`).length === 2, 'it to be asked again');
    await taken(reset, answer);
    await endsWith(t, reset, { ...expected, isHalted: true });
  });

t.test('of an order that ended, a report of more filled is a dead letter, and the next is booked', async t => {
  const reset = await acknowledged(t);
  await taken(reset, `${CANCELED}14=0|`);
  await lost(reset, fill(10, 60));
  t.equal(reset.venue.having('35=H').length, 0);
  await taken(reset, fill(10, 70));
  await endsWith(t, reset, { position: 70n, open: 0n, isHalted: true });
});

for (const [what, body] of [
  ['no LastQty', '150=F|39=2|31=10.5|14=100|151=0|'],
  ['a LastQty of 0', '150=F|39=2|32=0|31=10.5|14=100|151=0|'],
  ['no LastPx', '150=F|39=2|32=100|14=100|151=0|'],
] as const)
  t.test(`a trade with ${what} is a dead letter that halts; whole, under the same ExecID, it is booked`, async t => {
    const reset = await acknowledged(t);
    await lost(reset, `17=T1|${body}`);
    t.match(counters(reset.desk), { executions: 1, reportsDeadLettered: 1, ordersLive: 1 });
    await taken(reset, fill(100, 100, '17=T1|'));
    await endsWith(t, reset, { position: 100n, open: 0n, gross: 105_000n, isHalted: true });
  });

t.test('a trade at a price of 0 is booked', async t => {
  const reset = await acknowledged(t);
  await taken(reset, '150=F|39=2|32=100|31=0|14=100|151=0|');
  await endsWith(t, reset, { position: 100n, open: 0n, gross: 0n });
});
