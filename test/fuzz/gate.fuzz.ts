import { DECISION_SIZE, GATE_COMMAND_KIND, NO_INDEX, NO_LIMIT, NO_LIMIT_U32 } from '../../src/model/index.js';
import { loadAddon, type Addon } from '../../src/native/index.js';
import { createGate, encodeGateCommand, type Gate, type GateCapacities } from '../../src/risk/index.js';
import { SeededRandom, shrinkList, type Fuzz, type FuzzReport } from '../support/fuzz.js';
import { orderRow, type OrderFields } from '../support/gate-rows.js';

const INT64_MAX = (1n << 63n) - 1n;
const INT64_MIN = -(1n << 63n);
const EPISODE_OPERATIONS = 250;

/** One call on a gate; it returns what both gates must agree on. */
interface Operation {
  readonly text: string;
  readonly run: (gate: Gate, decision: Buffer) => number | void;
}

const AMOUNTS = [0n, 1n, 2n, 3n, 99n, 10n ** 8n, 10n ** 10n, 123_456_789_012n, 10n ** 17n, INT64_MAX - 1n, INT64_MAX];

const oneIn = (random: SeededRandom, count: number): boolean => random.below(count) === 0;

const amount = (random: SeededRandom): bigint =>
  oneIn(random, 3) ? random.pick(AMOUNTS) : BigInt(random.below(50)) * 10n ** BigInt(random.below(12));

const signed = (random: SeededRandom): bigint =>
  oneIn(random, 40) ? INT64_MIN : oneIn(random, 4) ? -amount(random) : amount(random);

const index = (random: SeededRandom): number => (oneIn(random, 25) ? NO_INDEX : random.below(5));
const limit = (random: SeededRandom): bigint =>
  oneIn(random, 2) ? NO_LIMIT : oneIn(random, 60) ? -2n : amount(random);
const limit32 = (random: SeededRandom): number =>
  random.pick([NO_LIMIT_U32, NO_LIMIT_U32, 0, 1, 500, 10_000, NO_LIMIT_U32 - 1]);
const sideOf = (random: SeededRandom): string => random.pick(['1', '2', '1', '2', '3', '4', '5', '6', '7', '\0']);

function command(random: SeededRandom): Operation {
  const kind = oneIn(random, 60) ? 13 + random.below(4) : 1 + random.below(12);
  const value = kind === GATE_COMMAND_KIND.reset ? random.pick([1, 2, 4, 8, 16, 32, 33, 63, 0, 64]) : random.below(3);
  const fields = {
    kind,
    accountIndex: index(random),
    symbolIndex: index(random),
    sessionIndex: index(random),
    value,
    collarBps: limit32(random),
    staleAfterMs: limit32(random),
    rateWindowMs: random.pick([0, 1, 7, 1000, NO_LIMIT_U32]),
    rateOrders: oneIn(random, 4) ? NO_LIMIT : BigInt(random.below(10)),
    maxQuantity: limit(random),
    maxNotional: limit(random),
    maxPosition: limit(random),
    grossNotional: limit(random),
    collarAbsolute: limit(random),
    quantity: signed(random),
    averagePrice: signed(random),
  };
  const payload = encodeGateCommand(fields, oneIn(random, 2) ? 'why' : '');
  const end = oneIn(random, 50) ? random.below(payload.length) : payload.length;
  return {
    text: `apply ${JSON.stringify(fields, (_, field) => (typeof field === 'bigint' ? `${field}n` : field))} to ${end}`,
    run: gate => gate.apply(payload, 0, end),
  };
}

function order(random: SeededRandom): Operation {
  const fields: OrderFields = {
    account: index(random),
    symbol: index(random),
    session: oneIn(random, 30) ? NO_INDEX : random.below(3),
    msgType: random.pick(['D', 'D', 'D', 'F', 'G', 'G', 'Z']),
    side: sideOf(random),
    ordType: random.pick([...'122234456789ABCDEFGHIJKLMPQ', '\0', '~']),
    quantity: oneIn(random, 20) ? signed(random) : amount(random),
    price: oneIn(random, 5) ? null : signed(random),
    clOrdId: oneIn(random, 40)
      ? ''
      : random.pick(['A', 'AB', 'L'.repeat(47), `N${random.below(30)}`, `N${random.below(1000)}`]),
  };
  const row = orderRow(fields);
  if (oneIn(random, 60)) row.writeUInt8(random.below(256), 64); // a ClOrdID length that may not fit
  const text = `${JSON.stringify(fields, (_, field) => (typeof field === 'bigint' ? `${field}n` : field))}`;
  if (oneIn(random, 8)) {
    const mask = random.below(2);
    return { text: `consume ${text} ${mask}`, run: gate => gate.consume(row, 0, mask) };
  }
  if (oneIn(random, 6)) return { text: `accepted ${text}`, run: gate => gate.accepted(row, 0) };
  if (oneIn(random, 10))
    return { text: `checkBatch ${text}`, run: (gate, decision) => gate.checkBatch(row, 1, decision) };
  return { text: `check ${text}`, run: (gate, decision) => gate.check(row, 0, decision, 0) };
}

function exposure(random: SeededRandom): Operation {
  const [account, symbol, side] = [index(random), index(random), sideOf(random).charCodeAt(0)];
  const [quantity, price, filled] = [
    oneIn(random, 20) ? signed(random) : amount(random),
    signed(random),
    signed(random),
  ];
  const text = `(${account}, ${symbol}, ${side}, ${quantity}n, ${price}n`;
  switch (random.below(5)) {
    case 0:
      return { text: `release${text})`, run: gate => gate.release(account, symbol, side, quantity, price) };
    case 1:
      return {
        text: `fill${text}, ${filled}n)`,
        run: gate => gate.fill(account, symbol, side, quantity, price, filled),
      };
    case 2:
      return { text: `trade${text})`, run: gate => gate.trade(account, symbol, side, quantity, price) };
    default:
      return { text: `reserve${text})`, run: gate => gate.reserve(account, symbol, side, quantity, price) };
  }
}

function surroundings(random: SeededRandom, nowNs: bigint): Operation {
  const timeNs = nowNs + BigInt(random.below(3_000_000)) * 1000n - 1_000_000_000n;
  const [symbol, price] = [index(random), signed(random)];
  const replaced = [signed(random), signed(random), signed(random)] as const;
  switch (random.below(3)) {
    case 0:
      return { text: `clock ${timeNs}n`, run: gate => gate.clock(timeNs) };
    case 1:
      return {
        text: `reference ${symbol} ${price}n ${timeNs}n`,
        run: gate => gate.reference(symbol, price, 7, timeNs),
      };
    default:
      return { text: `replaced ${replaced.join('n ')}n`, run: gate => gate.replaced(...replaced) };
  }
}

function capacities(random: SeededRandom): GateCapacities {
  return {
    accounts: 1 + random.below(4),
    symbols: 1 + random.below(4),
    sessions: 1 + random.below(3),
    pairs: 1 + random.below(12),
    clOrdIds: 1 + random.below(40),
    duplicateWindow: { orders: random.below(20), timeMs: random.pick([0, 1, 500, 5000]) },
  };
}

function operations(random: SeededRandom, count: number): readonly Operation[] {
  let nowNs = 1_700_000_000_000_000_000n;
  return Array.from({ length: count }, () => {
    nowNs += BigInt(random.below(200_000_000));
    return random.pick([order, order, order, exposure, exposure, command, surroundings])(random, nowNs);
  });
}

/** What differs between the gates after these operations, or undefined. */
function difference(sizes: GateCapacities, addon: Addon, run: readonly Operation[]): string | undefined {
  const [native, twin] = [createGate({ ...sizes, addon }), createGate(sizes)];
  const [nativeRow, twinRow] = [Buffer.alloc(DECISION_SIZE), Buffer.alloc(DECISION_SIZE)];
  for (const { text, run: call } of run) {
    const [ours, theirs] = [call(native, nativeRow), call(twin, twinRow)];
    if (ours !== theirs) return `${text}: native ${ours}, twin ${theirs}`;
    if (!nativeRow.equals(twinRow)) return `${text}: decisions differ`;
    if (Buffer.compare(native.memory, twin.memory) !== 0)
      return `${text}: memory differs at ${firstDifference(native.memory, twin.memory)}`;
  }
  return undefined;
}

const firstDifference = (a: Uint8Array, b: Uint8Array): number => a.findIndex((byte, at) => byte !== b[at]);

function episode(seed: number, addon: Addon, count: number): FuzzReport['failure'] | undefined {
  const random = new SeededRandom(seed);
  const sizes = capacities(random);
  const run = operations(random, count);
  if (difference(sizes, addon, run) === undefined) return undefined;
  const least = shrinkList(run, part => difference(sizes, addon, part) !== undefined);
  const input = [JSON.stringify(sizes), ...least.map(operation => operation.text)].join('\n');
  return { input, what: difference(sizes, addon, least) ?? 'differs only together' };
}

/** Both gates get the same commands, orders and fills: equal statuses, equal decisions, and equal memory after each. */
export const fuzz: Fuzz = {
  name: 'gate',
  run(seed: number, iterations: number): FuzzReport {
    const addon = loadAddon('require')!;
    for (let done = 0, number = 0; done < iterations; done += EPISODE_OPERATIONS, number++) {
      const failure = episode(seed + number, addon, Math.min(EPISODE_OPERATIONS, iterations - done));
      if (failure !== undefined) return { name: 'gate', seed: seed + number, inputs: done, failure };
    }
    return { name: 'gate', seed, inputs: iterations };
  },
};
