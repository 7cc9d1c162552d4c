import t from 'tap';

import { GATE_COMMAND_KIND as KIND, GATE_RESET, NO_INDEX, STATUS, parseDecimal } from '../../src/model/index.js';
import {
  accountLimitFields,
  createGate,
  encodeGateCommand,
  limitCommands,
  type Gate,
  type GateCommandFields,
  type GateLimits,
} from '../../src/risk/index.js';
import { checkOrder, nextClOrdId, orderRow, type OrderFields } from '../support/gate-rows.js';
import { gatesUnderTest } from '../support/gates.js';

const CAPACITIES = {
  accounts: 4,
  symbols: 4,
  sessions: 2,
  pairs: 4,
  clOrdIds: 8,
  duplicateWindow: { orders: 8, timeMs: 1000 },
};
const SECOND = 1_000_000_000n;
const START = 1_700_000_000n * SECOND;
const INT64_MAX = (1n << 63n) - 1n;
const OK = STATUS.ok.code;
const BUY = 0x31;
const SELL = 0x32;
const d = (text: string): bigint => parseDecimal(text, 8)!;

const indexOf = (name: string): number => Number(name.slice(1));
const NAMES = { account: indexOf, symbol: indexOf, session: indexOf };
const OPEN: GateLimits = { accounts: { A0: {}, A1: {} } };

function apply(gate: Gate, fields: GateCommandFields): number {
  const payload = encodeGateCommand(fields, 'a reason');
  return gate.apply(payload, 0, payload.length);
}

for (const [kind, addon] of gatesUnderTest) {
  const newGate = (limits: GateLimits = OPEN): Gate => {
    const gate = createGate({ ...CAPACITIES, addon });
    for (const command of limitCommands(limits, NAMES)) gate.apply(command, 0, command.length);
    gate.clock(START);
    return gate;
  };

  t.test(`${kind}: one rule at a time, at its limit and just beyond`, async t => {
    const rows: readonly [string, GateLimits, OrderFields, string][] = [
      ['takes 100 at maxQuantity 100', { accounts: { A0: { maxQuantity: '100' } } }, {}, ''],
      [
        'refuses 100.00000001 at maxQuantity 100',
        { accounts: { A0: { maxQuantity: '100' } } },
        { quantity: '100.00000001' },
        'maxQuantity: 100.00000001 > 100',
      ],
      ['a firm limit binds every account', { ...OPEN, firm: { maxQuantity: '99' } }, {}, 'maxQuantity: 100 > 99'],
      ['so does a symbol limit', { ...OPEN, symbols: { S0: { maxQuantity: '99' } } }, {}, 'maxQuantity: 100 > 99'],
      ['but not for another symbol', { ...OPEN, symbols: { S1: { maxQuantity: '99' } } }, {}, ''],
      [
        'and a limit of the account in the symbol',
        { accounts: { A0: { maxQuantity: '1000', symbols: { S0: { maxQuantity: '1' } } } } },
        {},
        'maxQuantity: 100 > 1',
      ],
      ['takes 100 x 50 at maxNotional 5000.00', { accounts: { A0: { maxNotional: '5000' } } }, {}, ''],
      [
        'rounds a notional up to the cent before it compares',
        { accounts: { A0: { maxNotional: '5000' } } },
        { price: '50.00000001' },
        'maxNotional: 5000.01 > 5000.00',
      ],
      [
        'refuses 1200000.00 at maxNotional 1000000.00',
        { accounts: { A0: { maxNotional: '1000000.00' } } },
        { quantity: '24000' },
        'maxNotional: 1200000.00 > 1000000.00',
      ],
      [
        'takes the magnitude of a negative price',
        { accounts: { A0: { maxNotional: '10' } } },
        { price: '-50' },
        'maxNotional: 5000.00 > 10.00',
      ],
      ['takes a limit of 0 at its word', { accounts: { A0: { maxPosition: '0' } } }, {}, 'maxPosition: 100 > 0'],
      ['takes an order that reaches maxPosition', { accounts: { A0: { maxPosition: '100' } } }, { side: '2' }, ''],
      [
        'refuses one that exceeds it',
        { accounts: { A0: { maxPosition: '99' } } },
        { side: '5' },
        'maxPosition: 100 > 99',
      ],
      [
        'refuses above the credit of an account',
        { accounts: { A0: { grossNotional: '4999.99' } } },
        {},
        'grossNotional: 5000.00 > 4999.99',
      ],
      ['takes an order that uses the credit up', { accounts: { A0: { grossNotional: '5000' } } }, {}, ''],
      [
        'refuses a restricted symbol',
        { ...OPEN, restricted: ['S0'] },
        {},
        'restricted: the symbol is on the restricted list',
      ],
      ['refuses an account without limits', {}, {}, 'unknownAccount: no limits are set for the account'],
      ['refuses an account not interned', OPEN, { account: NO_INDEX }, 'unknownAccount: the account is not known'],
      ['refuses an account beyond the table', OPEN, { account: 4 }, 'unknownAccount: the account is not known'],
      ['refuses a symbol not interned', OPEN, { symbol: NO_INDEX }, 'unknownSymbol: the symbol is not known'],
      ['refuses a quantity of 0', OPEN, { quantity: '0' }, 'invalidOrder: quantity cannot be judged'],
      ['refuses a negative quantity', OPEN, { quantity: '-1' }, 'invalidOrder: quantity cannot be judged'],
      ['refuses side 7', OPEN, { side: '7' }, 'invalidOrder: side cannot be judged'],
      ['refuses a limit order without a price', OPEN, { price: null, ordType: '2' }, 'priceCollar: no reference price'],
      ['reads no Price of a market order', OPEN, { price: '0.01', ordType: '1' }, 'priceCollar: no reference price'],
      ['reads no Price of a Funari order', OPEN, { price: '0.01', ordType: 'I' }, 'priceCollar: no reference price'],
      ['refuses another message type', OPEN, { msgType: 'Z' }, 'invalidOrder: msgType cannot be judged'],
      ['refuses an order without ClOrdID', OPEN, { clOrdId: '' }, 'invalidOrder: clOrdId cannot be judged'],
      ['refuses a session beyond the table', OPEN, { session: 2 }, 'invalidOrder: session cannot be judged'],
      [
        'refuses a notional beyond 64 bits',
        OPEN,
        { quantity: INT64_MAX, price: INT64_MAX },
        'overflow: notional, grossNotional does not fit 64 bits',
      ],
    ];
    for (const [title, limits, order, text] of rows) {
      const verdict = checkOrder(newGate(limits), order);
      t.equal(verdict.text, text, title);
      t.equal(verdict.status, text === '' ? OK : STATUS.refused.code, `${title}: status`);
    }
  });

  t.test(`${kind}: every configured rule is measured even when another failed`, async t => {
    const gate = newGate({
      accounts: { A0: { maxQuantity: '10', maxNotional: '100', maxPosition: '50', grossNotional: '100' } },
      restricted: ['S0'],
    });
    const verdict = checkOrder(gate, {});
    t.strictSame(verdict.failed, ['maxQuantity', 'maxNotional', 'maxPosition', 'grossNotional', 'restricted']);
    t.strictSame(verdict.pair('maxPosition'), [d('100'), d('50')]);
    t.strictSame(verdict.pair('grossNotional'), [500000n, 10000n]);
    t.notOk(verdict.evaluated.includes('messageRate'), 'a rule without a limit is not evaluated');
    t.strictSame(verdict.pair('messageRate'), [0n, 0n], 'and both its numbers are 0');
  });

  t.test(`${kind}: the price collar`, async t => {
    const limits: GateLimits = { ...OPEN, symbols: { S0: { collarBps: 500, staleAfterMs: 100 } } };
    const gate = newGate(limits);
    t.equal(checkOrder(gate, {}).text, 'priceCollar: no reference price');
    gate.reference(0, d('50'), 77, START);
    t.equal(checkOrder(gate, { price: '52.5' }).text, '', '52.50 is within 5 % of 50');
    t.equal(checkOrder(gate, { price: '47.5' }).text, '', 'so is 47.50');
    t.equal(
      checkOrder(gate, { price: '52.50000001' }).text,
      'priceCollar: 2.50000001 > 2.50 from reference 50.00',
      'but not 52.50000001',
    );
    t.equal(checkOrder(gate, { price: null }).text, '', 'a market order has the reference as its price');
    gate.clock(START + 100_000_000n);
    t.equal(checkOrder(gate, { price: '51' }).text, '', 'a reference of just 100 ms is not stale');
    gate.clock(START + 100_000_001n);
    t.equal(checkOrder(gate, { price: '51.1' }).text, 'priceCollar: reference price 50.00 is stale');
    apply(gate, { kind: KIND.symbolLimits, symbolIndex: 0, collarAbsolute: d('0.5'), collarBps: 500 });
    t.equal(
      checkOrder(gate, { price: '50.6' }).text,
      'priceCollar: 0.60 > 0.50 from reference 50.00',
      'of an absolute and a relative collar the tighter binds',
    );
    t.equal(checkOrder(newGate(), { price: '9999' }).text, '', 'no collar, no rule');
    t.equal(
      checkOrder(newGate(), { price: null }).text,
      'priceCollar: no reference price',
      'but a market order needs one',
    );
  });

  t.test(`${kind}: a decision names its symbol, reference, quote and limit version`, async t => {
    const gate = newGate();
    gate.reference(2, d('12.5'), 4711, START);
    const { row } = checkOrder(gate, { symbol: 2 });
    t.equal(row.readUInt32LE(8), 2, 'two limit commands were applied');
    t.equal(row.readUInt32LE(12), 2);
    t.equal(row.readBigInt64LE(16), d('12.5'));
    t.equal(row.readBigUInt64LE(24), 4711n);
  });

  t.test(`${kind}: halts stop new orders and replaces, never cancels`, async t => {
    const gate = newGate();
    const halts: readonly [number, string][] = [
      [KIND.haltFirm, 'haltFirm: trading is halted'],
      [KIND.haltAccount, 'haltAccount: the account is halted'],
      [KIND.haltSymbol, 'haltSymbol: the symbol is halted'],
    ];
    for (const [command, text] of halts) {
      t.equal(apply(gate, { kind: command, accountIndex: 0, symbolIndex: 0, value: 1 }), OK);
      t.equal(checkOrder(gate, {}).text, text);
      t.equal(checkOrder(gate, { msgType: 'G' }).text, text);
      t.equal(checkOrder(gate, { msgType: 'F' }).text, '', 'a cancel passes');
      apply(gate, { kind: command, accountIndex: 0, symbolIndex: 0, value: 0 });
      t.equal(checkOrder(gate, { price: `5${command}` }).text, '', 'and all pass after it is lifted');
    }
    t.equal(checkOrder(gate, { msgType: 'F', account: NO_INDEX, quantity: '0' }).text, '', 'a cancel needs no account');
  });

  t.test(`${kind}: the message rate of a session`, async t => {
    const gate = newGate({ ...OPEN, sessions: { F0: { messageRate: { orders: 3, windowMs: 1500 } } } });
    const send = (fields: OrderFields = {}): string =>
      checkOrder(gate, { price: null, ordType: '2', ...fields }).failed.includes('messageRate') ? 'refused' : 'passed';
    t.strictSame(
      [send(), send(), send(), send()],
      ['passed', 'passed', 'passed', 'refused'],
      'the fourth in the window',
    );
    t.equal(send({ session: 1 }), 'passed', 'another session has its own');
    t.equal(send({ msgType: 'F' }), 'passed', 'a cancel is counted, and passes');
    t.strictSame(checkOrder(gate, { price: '1' }).pair('messageRate'), [6n, 3n], 'refused ones and cancels count');
    gate.clock(START + SECOND);
    t.equal(send(), 'refused', 'a second later they are still in the window');
    gate.clock(START + (16n * SECOND) / 10n);
    t.equal(send(), 'passed', 'after the window only the last second counts');
    gate.clock(START + 100n * SECOND);
    t.strictSame(checkOrder(gate, { price: '2' }).pair('messageRate'), [1n, 3n]);
  });

  t.test(`${kind}: a ClOrdID is taken once a session`, async t => {
    const gate = newGate();
    t.equal(checkOrder(gate, { clOrdId: 'X1' }).text, '');
    t.equal(
      checkOrder(gate, { clOrdId: 'X1', price: '51' }).text,
      'duplicateClOrdId: the ClOrdID was used before in this session',
    );
    t.equal(checkOrder(gate, { clOrdId: 'X1', price: '52', session: 1 }).text, '', 'another session may use it');
    t.equal(checkOrder(gate, { clOrdId: 'X10', price: '53' }).text, '', 'X10 is another');
    checkOrder(gate, { clOrdId: 'C1', msgType: 'F' });
    t.equal(checkOrder(gate, { clOrdId: 'C1', price: '54' }).failed[0], 'duplicateClOrdId', 'a cancel uses its id up');
    checkOrder(gate, { clOrdId: 'R1', quantity: '0' });
    t.equal(checkOrder(gate, { clOrdId: 'R1', price: '55' }).failed[0], 'duplicateClOrdId', 'so does a refused order');
    const longest = 'L'.repeat(47);
    t.equal(checkOrder(gate, { clOrdId: longest, price: '56' }).text, '');
    t.equal(
      checkOrder(gate, { clOrdId: longest, price: '57' }).failed[0],
      'duplicateClOrdId',
      '47 characters are compared',
    );
    for (let order = 0; order < 8; order++) checkOrder(gate, { price: `${60 + order}` });
    t.equal(checkOrder(gate, { clOrdId: 'X1', price: '58' }).text, '', 'after eight others the first is forgotten');
  });

  t.test(`${kind}: the same order within a second`, async t => {
    const gate = newGate();
    t.equal(checkOrder(gate, {}).text, '');
    gate.clock(START + 12_500_000n);
    t.equal(checkOrder(gate, {}).text, 'duplicateOrder: the same order came 12 ms ago, within 1000 ms');
    for (const other of [{ account: 1 }, { symbol: 1 }, { side: '2' }, { quantity: '101' }, { price: '50.01' }])
      t.equal(checkOrder(gate, other).text, '', `not with another ${Object.keys(other)[0]}`);
    gate.clock(START + SECOND);
    t.equal(checkOrder(gate, {}).text, '', 'and not a second later');
    t.equal(checkOrder(gate, { price: '70', symbol: NO_INDEX }).failed[0], 'unknownSymbol');
    t.notOk(
      checkOrder(gate, { price: '70', symbol: NO_INDEX }).failed.includes('duplicateOrder'),
      'a refused order is no duplicate',
    );
    t.equal(checkOrder(gate, { msgType: 'G' }).text, '', 'nor is a replace');
  });

  t.test(`${kind}: open orders and positions count together`, async t => {
    const gate = newGate({ accounts: { A0: { maxPosition: '250', grossNotional: '20000' } } });
    t.equal(gate.reserve(0, 0, BUY, d('100'), d('50')), OK);
    t.equal(gate.fill(0, 0, BUY, d('40'), d('50'), d('49')), OK);
    t.strictSame(gate.position(0, 0), { position: d('40'), averagePrice: d('49'), openBuy: d('60'), openSell: 0n });
    t.equal(gate.account(0).gross, 496000n, '60 x 50 open and 40 x 49 held are 4960.00');
    t.equal(checkOrder(gate, { quantity: '150' }).text, '', '40 + 60 + 150 is the limit');
    t.equal(checkOrder(gate, { quantity: '151' }).text, 'maxPosition: 251 > 250');
    t.equal(checkOrder(gate, { quantity: '290', side: '2', price: '1' }).text, '', 'selling 290 leads to 250 short');
    t.equal(checkOrder(gate, { quantity: '291', side: '2', price: '1' }).text, 'maxPosition: 251 > 250');
    t.equal(gate.release(0, 0, BUY, d('60'), d('50')), OK);
    t.equal(gate.account(0).gross, 196000n, 'the rest is released');
    t.equal(gate.fill(0, 0, BUY, 1n, d('50'), d('50')), STATUS.overflow.code, 'no more fills than were open');
    t.equal(gate.release(0, 0, BUY, 1n, d('50')), STATUS.overflow.code, 'no more released than was open');
    t.equal(gate.trade(0, 0, SELL, d('100'), d('48')), OK, 'an execution without a reservation');
    t.strictSame(gate.position(0, 0), { position: d('-60'), averagePrice: d('48'), openBuy: 0n, openSell: 0n });
    apply(gate, { kind: KIND.position, accountIndex: 0, symbolIndex: 0, quantity: d('-1000'), averagePrice: d('1') });
    t.equal(
      checkOrder(gate, { quantity: '100', price: '2' }).text,
      '',
      'an order that only reduces a position beyond its limit passes',
    );
  });

  t.test(`${kind}: an average price is weighted and rounded away from zero`, async t => {
    const gate = newGate();
    gate.trade(0, 0, BUY, 2n, 10n);
    gate.trade(0, 0, BUY, 1n, 11n);
    t.equal(gate.position(0, 0).averagePrice, 11n, '31 / 3 is 10.33, kept as 11');
    gate.trade(0, 0, SELL, 2n, 100n);
    t.equal(gate.position(0, 0).averagePrice, 11n, 'a reduction keeps it');
    gate.trade(0, 0, SELL, 1n, 100n);
    t.equal(gate.position(0, 0).averagePrice, 0n, 'a flat position has none');
    gate.trade(0, 0, SELL, 3n, -10n);
    gate.trade(0, 0, SELL, 1n, -11n);
    t.equal(gate.position(0, 0).averagePrice, -11n, 'a negative one too: -41 / 4');
  });

  t.test(`${kind}: a replace is judged as current - old leaves + new`, async t => {
    const gate = newGate({ accounts: { A0: { maxPosition: '150', grossNotional: '7500' } } });
    gate.reserve(0, 0, BUY, d('100'), d('50'));
    t.equal(
      checkOrder(gate, { quantity: '150', msgType: 'G' }).failed[0],
      'maxPosition',
      'without what it replaces it counts whole',
    );
    gate.replaced(d('100'), 0n, d('50'));
    t.equal(checkOrder(gate, { quantity: '150', msgType: 'G' }).text, '');
    gate.replaced(d('100'), 0n, d('50'));
    t.equal(checkOrder(gate, { quantity: '151', msgType: 'G' }).text, 'maxPosition: 151 > 150');
    gate.fill(0, 0, BUY, d('40'), d('50'), d('50'));
    gate.replaced(d('60'), d('40'), d('50'));
    const verdict = checkOrder(gate, { quantity: '150', msgType: 'G' });
    t.equal(verdict.text, '', 'OrderQty is the whole order, so what is filled counts as position alone');
    t.strictSame(verdict.pair('maxPosition'), [d('150'), d('150')]);
    t.strictSame(verdict.pair('grossNotional'), [750000n, 750000n]);
    t.equal(
      checkOrder(gate, { quantity: '150', msgType: 'G', price: '1' }).text,
      'maxPosition: 250 > 150',
      'it is forgotten after one check',
    );
  });

  t.test(`${kind}: no integer wraps around`, async t => {
    const gate = newGate();
    t.equal(gate.reserve(0, 0, BUY, INT64_MAX, INT64_MAX), OK);
    const before = Buffer.from(gate.memory);
    t.equal(gate.reserve(0, 0, BUY, 1n, 1n), STATUS.overflow.code, 'open quantity');
    t.equal(gate.reserve(0, 1, BUY, INT64_MAX, -INT64_MAX - 1n), OK, 'gross notional has 127 bits');
    t.equal(gate.reserve(0, 2, BUY, INT64_MAX, INT64_MAX), STATUS.overflow.code, 'and no more');
    gate.release(0, 1, BUY, INT64_MAX, -INT64_MAX - 1n);
    t.equal(gate.trade(0, 0, SELL, INT64_MAX, 1n), OK);
    t.equal(gate.trade(0, 0, SELL, 2n, 1n), STATUS.overflow.code, 'position');
    t.equal(gate.trade(0, 0, BUY, INT64_MAX, 1n), OK);
    t.equal(checkOrder(gate, { quantity: 1n, price: '1' }).failed.includes('overflow'), true, 'a check says so first');
    t.notOk(before.equals(gate.memory), 'the memory is the state');
    const bad = [
      gate.reserve(9, 0, BUY, 1n, 1n),
      gate.reserve(0, 9, BUY, 1n, 1n),
      gate.reserve(0, 0, 0x37, 1n, 1n),
      gate.reserve(0, 0, BUY, 0n, 1n),
      gate.release(0, 0, BUY, -1n, 1n),
    ];
    t.strictSame(new Set(bad), new Set([STATUS.badCommand.code]), 'bad arguments are refused');
  });

  t.test(`${kind}: the pair table is bounded`, async t => {
    const gate = newGate();
    for (let symbol = 0; symbol < 4; symbol++) t.equal(gate.reserve(0, symbol, BUY, 1n, 1n), OK);
    t.equal(gate.reserve(1, 0, BUY, 1n, 1n), STATUS.capacity.code);
    t.equal(checkOrder(gate, { account: 1 }).text, 'capacity: 5 > 4');
    t.equal(apply(gate, { kind: KIND.pairLimits, accountIndex: 1, symbolIndex: 1 }), STATUS.capacity.code);
    gate.release(0, 2, BUY, 1n, 1n);
    apply(gate, { kind: KIND.reset, value: GATE_RESET.positions });
    t.equal(gate.firm().pairs, 3, 'a reset frees what holds nothing');
    t.equal(gate.reserve(1, 0, BUY, 1n, 1n), OK);
  });

  t.test(`${kind}: a load replaces limits and positions, and keeps open orders`, async t => {
    const gate = newGate({
      accounts: { A0: { maxQuantity: '1', symbols: { S0: { maxPosition: '5' } } } },
      restricted: ['S1'],
    });
    apply(gate, { kind: KIND.position, accountIndex: 0, symbolIndex: 0, quantity: d('-7'), averagePrice: d('3') });
    gate.reserve(0, 0, BUY, d('2'), d('5'));
    t.equal(gate.account(0).gross, 3100n);
    t.equal(apply(gate, { kind: KIND.reset, value: GATE_RESET.accountLimits | GATE_RESET.positions }), OK);
    t.equal(gate.account(0).gross, 1000n);
    t.strictSame(gate.position(0, 0), { position: 0n, averagePrice: 0n, openBuy: d('2'), openSell: 0n });
    t.equal(checkOrder(gate, {}).text, 'unknownAccount: no limits are set for the account');
    t.equal(gate.symbol(1).restricted, true, 'the restricted list was not asked for');
    apply(gate, { kind: KIND.businessDate, value: 20260123 });
    t.equal(gate.firm().businessDate, 20260123);
  });

  t.test(`${kind}: a command that is not valid changes nothing`, async t => {
    const gate = newGate();
    const before = Buffer.from(gate.memory);
    const bad: readonly GateCommandFields[] = [
      { kind: 0 },
      { kind: 13 },
      { kind: KIND.accountLimits, accountIndex: 4 },
      { kind: KIND.accountLimits, accountIndex: 0, maxQuantity: -2n },
      { kind: KIND.symbolLimits, symbolIndex: NO_INDEX },
      { kind: KIND.sessionLimits, sessionIndex: 2, rateOrders: 1n, rateWindowMs: 1 },
      { kind: KIND.sessionLimits, sessionIndex: 0, rateOrders: 1n },
      { kind: KIND.sessionLimits, sessionIndex: 0, rateOrders: 1n, rateWindowMs: 0 },
      { kind: KIND.haltFirm, value: 2 },
      { kind: KIND.reset, value: 0 },
      { kind: KIND.reset, value: 64 },
      { kind: KIND.position, accountIndex: 0, symbolIndex: 9, quantity: 1n },
    ];
    for (const fields of bad)
      t.equal(
        apply(gate, fields),
        STATUS.badCommand.code,
        JSON.stringify(fields, (_, v) => String(v)),
      );
    const good = encodeGateCommand({ kind: KIND.haltFirm, value: 1 });
    t.equal(gate.apply(good, 0, good.length - 1), STATUS.badCommand.code, 'a row cut short');
    t.equal(gate.apply(good, 1, good.length + 1), STATUS.badCommand.code, 'a row outside its array');
    t.ok(before.equals(gate.memory));
  });

  t.test(`${kind}: a snapshot continues`, async t => {
    const limits: GateLimits = { ...OPEN, sessions: { F0: { messageRate: { orders: 1, windowMs: 1000 } } } };
    const gate = newGate(limits);
    checkOrder(gate, { clOrdId: 'S1' });
    gate.reserve(0, 3, SELL, 5n, 7n);
    const continued = createGate({ ...CAPACITIES, addon, memory: gate.memory.slice() });
    t.ok(Buffer.from(gate.memory).equals(continued.memory), 'equal bytes');
    t.strictSame(checkOrder(continued, { clOrdId: 'S1' }).failed, [
      'messageRate',
      'duplicateClOrdId',
      'duplicateOrder',
    ]);
    t.throws(() => createGate({ ...CAPACITIES, accounts: 5, addon, memory: gate.memory }), {
      code: 'HR_GATE_SNAPSHOT',
    });
    t.throws(() => createGate({ ...CAPACITIES, pairs: 0, addon }), { code: 'HR_CONFIG' });
  });

  t.test(`${kind}: recovery by consume equals the checks it repeats`, async t => {
    const limits: GateLimits = { ...OPEN, sessions: { F0: { messageRate: { orders: 2, windowMs: 1000 } } } };
    const [live, recovered] = [newGate(limits), newGate(limits)];
    const decision = Buffer.alloc(1024);
    for (let order = 0; order < 20; order++) {
      for (const gate of [live, recovered]) gate.clock(START + BigInt(order) * 90_000_000n);
      const row = orderRow({ quantity: String((order % 3) + 1), clOrdId: order % 5 === 0 ? 'again' : nextClOrdId() });
      if (live.check(row, 0, decision, 0) === OK) live.accepted(row, 0);
      recovered.consume(row, 0, decision.readUInt32LE(0));
    }
    t.ok(Buffer.from(live.memory).equals(recovered.memory));
  });

  t.test(`${kind}: a row outside its array throws`, async t => {
    const gate = newGate();
    t.throws(
      () => gate.check(orderRow({}), 8, Buffer.alloc(1024), 0),
      RangeError,
      'a row outside its array is a fault of the caller',
    );
    t.throws(() => gate.check(orderRow({}), 0, Buffer.alloc(100), 0), RangeError);
  });
}

t.test('an account has the tighter of its own limits and those of every account', t => {
  const limits: GateLimits = {
    accounts: { A0: { maxQuantity: '5', maxPosition: '100' }, A1: { maxPosition: '300', grossNotional: '2' } },
    everyAccount: { maxPosition: '200', grossNotional: '10.50' },
  };
  const none = -1n;
  const rows: readonly [string, readonly bigint[]][] = [
    ['A0', [d('5'), none, d('100'), 1_050n]],
    ['A1', [none, none, d('200'), 200n]],
    ['A2', [none, none, d('200'), 1_050n]],
  ];
  for (const [account, values] of rows) t.same(Object.values(accountLimitFields(limits, account)), values, account);
  t.end();
});

t.test('limits of a plain object are read as decimals, and each fault is named', async t => {
  const faulty: readonly [GateLimits, string][] = [
    [{ accounts: { A0: { maxNotional: '1.005' } } }, 'limits: accounts.A0.maxNotional: 1.005 is not a number'],
    [{ accounts: { A0: { maxQuantity: '-1' } } }, 'limits: accounts.A0.maxQuantity: -1 is not a number'],
    [{ symbols: { S0: { collarBps: 1.5 } } }, 'limits: symbols.S0.collarBps: 1.5 is not a whole number'],
    [{ restricted: ['S9'] }, 'limits: symbol S9 is not known'],
  ];
  const names = { ...NAMES, symbol: (name: string): number => (name === 'S9' ? NO_INDEX : 0) };
  for (const [limits, message] of faulty) {
    t.throws(() => limitCommands(limits, names), {
      code: 'HR_CONFIG',
      message: new RegExp(`^${message.replaceAll('.', '\\.')}`),
    });
  }
});
