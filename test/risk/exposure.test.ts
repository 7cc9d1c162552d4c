import fc from 'fast-check';
import t from 'tap';

import { GATE_COMMAND_KIND, GATE_RESET, STATUS } from '../../src/model/index.js';
import { createGate, encodeGateCommand } from '../../src/risk/index.js';
import { gatesUnderTest } from '../support/gates.js';

const CAPACITIES = {
  accounts: 3,
  symbols: 3,
  sessions: 1,
  pairs: 9,
  clOrdIds: 1,
  duplicateWindow: { orders: 0, timeMs: 0 },
};
const OK = STATUS.ok.code;

/** An order's whole life: reserved, filled in parts at prices of their own, the rest released. */
const life = fc.record({
  account: fc.nat(2),
  symbol: fc.nat(2),
  side: fc.constantFrom(0x31, 0x32),
  price: fc.bigInt(-(10n ** 12n), 10n ** 12n),
  fills: fc.array(fc.record({ quantity: fc.bigInt(1n, 10n ** 10n), price: fc.bigInt(1n, 10n ** 12n) }), {
    maxLength: 4,
  }),
  rest: fc.bigInt(0n, 10n ** 10n),
});

const key = (account: number, symbol: number): string => `${account}/${symbol}`;

for (const [kind, addon] of gatesUnderTest) {
  t.test(`${kind}: reservations return to zero and a position is the sum of its fills`, async t => {
    const property = fc.property(fc.array(life, { maxLength: 20 }), lives => {
      const gate = createGate({ ...CAPACITIES, addon });
      const positions = new Map<string, bigint>();
      for (const { account, symbol, side, price, fills, rest } of lives) {
        const quantity = fills.reduce((sum, fill) => sum + fill.quantity, rest) || 1n;
        const left = quantity - fills.reduce((sum, fill) => sum + fill.quantity, 0n);
        if (gate.reserve(account, symbol, side, quantity, price) !== OK) return false;
        for (const fill of fills) {
          if (gate.fill(account, symbol, side, fill.quantity, price, fill.price) !== OK) return false;
          const before = positions.get(key(account, symbol)) ?? 0n;
          positions.set(key(account, symbol), before + (side === 0x31 ? fill.quantity : -fill.quantity));
        }
        if (left > 0n && gate.release(account, symbol, side, left, price) !== OK) return false;
      }
      for (let account = 0; account < 3; account++)
        for (let symbol = 0; symbol < 3; symbol++) {
          const view = gate.position(account, symbol);
          if (view.openBuy !== 0n || view.openSell !== 0n) return false;
          if (view.position !== (positions.get(key(account, symbol)) ?? 0n)) return false;
        }
      const reset = encodeGateCommand({ kind: GATE_COMMAND_KIND.reset, value: GATE_RESET.positions });
      gate.apply(reset, 0, reset.length);
      return gate.firm().pairs === 0 && [0, 1, 2].every(account => gate.account(account).gross === 0n);
    });
    t.doesNotThrow(() => fc.assert(property, { seed: 20260101, numRuns: 200 }));
  });

  t.test(`${kind}: many orders at once, closed in another sequence, leave nothing open`, async t => {
    const order = fc.record({ price: fc.bigInt(0n, 10n ** 15n), quantity: fc.bigInt(1n, 10n ** 15n), rank: fc.nat() });
    const property = fc.property(fc.array(order, { maxLength: 40 }), orders => {
      const gate = createGate({ ...CAPACITIES, addon });
      for (const { quantity, price } of orders) gate.reserve(1, 1, 0x31, quantity, price);
      const gross = orders.reduce((sum, { quantity, price }) => sum + quantity * price, 0n);
      const cents = (gross + 10n ** 14n - 1n) / 10n ** 14n;
      if (gate.account(1).gross !== cents) return false;
      for (const { quantity, price } of [...orders].sort((a, b) => a.rank - b.rank))
        if (gate.release(1, 1, 0x31, quantity, price) !== OK) return false;
      return gate.account(1).gross === 0n && gate.position(1, 1).openBuy === 0n;
    });
    t.doesNotThrow(() => fc.assert(property, { seed: 20260102, numRuns: 200 }));
  });
}
