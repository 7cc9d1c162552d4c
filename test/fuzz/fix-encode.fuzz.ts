import { NameTable, OrderEncoder, ROW_STRIDE } from '../../src/codec/index.js';
import { ORDER } from '../../src/model/index.js';
import { loadAddon } from '../../src/native/index.js';
import { SeededRandom, type Fuzz, type FuzzReport } from '../support/fuzz.js';

const BATCH = 16;
const INTEGERS: readonly bigint[] = [
  0n,
  1n,
  -1n,
  100000000n,
  150000000n,
  12345678901234567n,
  (1n << 63n) - 1n,
  -(1n << 63n),
];

function writeText(row: Buffer, offset: number, random: SeededRandom): void {
  const size = random.chance(2) ? 48 + random.below(200) : random.below(random.chance(5) ? 48 : 12);
  row[offset] = size;
  for (let at = 1; at <= Math.min(size, 47); at++) row[offset + at] = random.chance(1) ? 1 : 48 + random.below(75);
}

function integer(random: SeededRandom): bigint {
  if (random.chance(20)) return random.pick(INTEGERS);
  return BigInt(random.below(1000000)) * 10n ** BigInt(random.below(10)) * (random.chance(5) ? -1n : 1n);
}

function writeRow(row: Buffer, random: SeededRandom): void {
  const { offset } = ORDER;
  row.writeUInt32LE(random.chance(95) ? random.below(4) : random.next(), offset.accountIndex);
  row.writeUInt32LE(random.chance(95) ? random.below(3) : random.next(), offset.symbolIndex);
  row[offset.msgType] = random.pick([68, 68, 68, 70, 71, random.below(256)]);
  row[offset.side] = random.pick([49, 50, 53, 0, 0, 1, 255]);
  row[offset.ordType] = random.pick([49, 50, 52, 0]);
  row[offset.timeInForce] = random.pick([48, 49, 51, 0]);
  row.writeBigInt64LE(integer(random), offset.quantity);
  row.writeBigInt64LE(integer(random), offset.price);
  const time = (BigInt(random.next()) << 31n) | BigInt(random.next());
  row.writeBigUInt64LE(random.chance(10) ? 0n : time & ((1n << 63n) - 1n), offset.transactTimeNs);
  row.writeUInt32LE(random.below(8), offset.flags);
  writeText(row, offset.clOrdId, random);
  writeText(row, offset.origClOrdId, random);
}

function run(seed: number, iterations: number): FuzzReport {
  const addon = loadAddon('require')!;
  const names = { accounts: new NameTable({ capacity: 4 }), symbols: new NameTable({ capacity: 4 }) };
  for (const name of ['A', 'ACC-12345', 'an account of more than twenty', 'bad\x01name'])
    names.accounts.internText(name);
  for (const name of ['IBM', 'EURUSD/SPOT', 'x']) names.symbols.internText(name);
  const options = { beginString: 'FIX.4.4', senderCompID: 'HR', targetCompID: 'V', names, ordersMax: BATCH } as const;
  const encoders = [
    options,
    {
      ...options,
      constants: [
        [21, '1'],
        [58, 'x'.repeat(900)],
      ] as const,
    },
  ].map(one => ({
    native: new OrderEncoder(addon, one),
    twin: new OrderEncoder(undefined, one),
  }));
  const random = new SeededRandom(seed);
  const rows = Buffer.alloc(BATCH * ROW_STRIDE);
  const row = (index: number): Buffer => rows.subarray(index * ROW_STRIDE, (index + 1) * ROW_STRIDE);
  for (let done = 0; done < iterations; done += BATCH) {
    for (let index = 0; index < BATCH; index++) writeRow(row(index), random);
    const { native, twin } = random.chance(80) ? encoders[0]! : encoders[1]!;
    const time = (BigInt(random.next()) << 31n) | BigInt(random.next());
    const input = {
      rows,
      count: 1 + random.below(BATCH),
      msgSeqNum: random.below(10 ** random.below(9)),
      timeNs: time,
    };
    const size = native.encode(input);
    const same =
      size === twin.encode(input) && Buffer.compare(native.bytes.subarray(0, size), twin.bytes.subarray(0, size)) === 0;
    for (let index = 0; index < input.count; index++) {
      if (same && native.statusOf(index) === twin.statusOf(index) && native.endOf(index) === twin.endOf(index))
        continue;
      const start = index === 0 ? 0 : twin.endOf(index - 1);
      const text = (encoder: OrderEncoder): string =>
        JSON.stringify(Buffer.from(encoder.bytes.subarray(start, encoder.endOf(index))).toString('latin1'));
      if (same || text(native) !== text(twin) || native.statusOf(index) !== twin.statusOf(index))
        return {
          name: fuzz.name,
          seed,
          inputs: done + index,
          failure: {
            input: row(index).toString('hex'),
            what: `${native.statusOf(index)} ${text(native)}, twin ${twin.statusOf(index)} ${text(twin)}`,
          },
        };
    }
  }
  return { name: fuzz.name, seed, inputs: iterations };
}

/** The native order encoder writes the bytes and statuses of the twin, for any rows. */
export const fuzz: Fuzz = { name: 'fix-encode', run };
