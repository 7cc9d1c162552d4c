import t from 'tap';

import { Desk, LIMITS } from '../support/desk.js';

t.setTimeout(300_000);

const TIME = { 60: '20260102-10:00:01.000' };
const CANCEL = { 54: '1', 55: 'ACME', ...TIME };

t.test(
  'a replace or cancel that names another account, symbol or side than its order is refused by orderState',
  async t => {
    const desk = await new Desk({
      limits: {
        ...LIMITS,
        accounts: { ...LIMITS.accounts, A2: { maxQuantity: '1000' } },
        symbols: { ACME: {}, BADX: {} },
        restricted: ['BADX'],
      },
    }).start();
    desk.order('S1');
    await desk.reported('S1', '0');
    const request = { 1: 'A1', 41: 'S1', 54: '1', 55: 'ACME', ...TIME };
    const replace = { ...request, 38: '50', 40: '2', 44: '10' };
    const rows: readonly [string, string, Record<number, string>, string][] = [
      ['S2', 'G', { ...replace, 55: 'BADX', 54: '2' }, 'the symbol is on the restricted list'],
      ['S3', 'G', { ...replace, 1: 'A2' }, 'account not as in the order'],
      ['S4', 'G', { ...replace, 54: '2' }, 'side not as in the order'],
      ['S5', 'F', { ...request, 55: 'BADX' }, 'symbol not as in the order'],
      ['S6', 'F', { ...request, 55: 'NOPE' }, 'symbol not as in the order'],
      ['S7', 'F', { ...request, 1: 'A2', 54: '2' }, 'account, side not as in the order'],
    ];
    for (const [id, msgType, fields, words] of rows) {
      desk.send(msgType, { ...fields, 11: id });
      const rejected = await desk.reported(id);
      t.equal(rejected.get(35), '9');
      t.match(rejected.get(58), new RegExp(`(^|: )${words}$`), `${id}: ${words}`);
    }
    t.equal(desk.atVenue.length, 1, 'only the order reached the venue');
    desk.send('F', { ...CANCEL, 11: 'S8', 41: 'S1' });
    await desk.reported('S8', '4');
    t.pass('a cancel without an account is for the order’s');
    await desk.stop();
  },
);

t.test(
  'a request whose ClOrdID is that of another open order is refused, and that order is still found by it',
  async t => {
    const desk = await new Desk().start();
    for (const id of ['C1', 'C2']) {
      desk.order(id);
      await desk.reported(id, '0');
    }
    desk.send('F', { ...CANCEL, 11: 'C2', 41: 'C1' });
    await desk.until(() => desk.report('C2')?.get(35) === '9', 'the rejection of the cancel');
    t.equal(desk.report('C2')?.get(58), 'orderState: the ClOrdID is that of another open order');
    desk.send('F', { ...CANCEL, 11: 'C3', 41: 'C2' });
    await desk.reported('C3', '4');
    t.equal(desk.atVenue.at(-1)?.get(41), desk.atVenue[1]?.get(11), 'the venue is asked to cancel C2');
    await desk.stop();
  },
);

t.test('a Price on a market order is no limit price: without a reference the order is refused', async t => {
  const desk = await new Desk().start();
  desk.order('M1', { 40: '1', 44: '0.01', 38: '1000' });
  t.equal((await desk.reported('M1', '8')).get(58), 'priceCollar: no reference price');
  desk.order('M2', { 40: '7', 44: '10' });
  await desk.reported('M2', '0');
  await desk.stop();
});
