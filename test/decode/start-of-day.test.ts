import { createHash } from 'node:crypto';
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import t from 'tap';

import {
  startOfDayCopybook,
  startStartOfDayWorker,
  writeStartOfDay,
  type StartOfDayMapping,
} from '../../src/decode/index.js';
import { FRAME_TYPE, LIMIT, LOAD_BEGIN, LOAD_END, POSITION } from '../../src/model/index.js';
import { createRing, RingConsumer } from '../../src/ring/index.js';

const folder = mkdtempSync(join(tmpdir(), 'start-of-day-'));
const ACCOUNTS = Array.from({ length: 40 }, (_, index) => `ACC${String(index).padStart(5, '0')}`);
const SYMBOLS = Array.from({ length: 300 }, (_, index) => `SYM${index}`);
const RECORD_SIZE = 80;

function write(name: string, seed = 7): string {
  const path = join(folder, name);
  writeStartOfDay(path, { seed, records: 10_000, businessDate: 20261123, accounts: ACCOUNTS, symbols: SYMBOLS });
  return path;
}

const mapping = (file: string): StartOfDayMapping => ({
  file,
  copybook: startOfDayCopybook(),
  codepage: 'cp037',
  format: 'fixed',
  recordType: 'REC-TYPE',
  header: { when: 'H', record: 'HEADER-RECORD', businessDate: 'BUSINESS-DATE', fileSequence: 'FILE-SEQUENCE' },
  position: {
    when: 'P',
    record: 'POSITION-RECORD',
    account: 'ACCOUNT',
    symbol: 'SYMBOL',
    quantity: 'QUANTITY',
    averagePrice: 'AVERAGE-PRICE',
  },
  limit: {
    when: 'L',
    record: 'LIMIT-RECORD',
    account: 'LIMIT-ACCOUNT',
    maxQuantity: 'MAX-QUANTITY',
    maxNotional: 'MAX-NOTIONAL',
    grossNotional: 'GROSS-NOTIONAL',
    messageRate: 'MESSAGE-RATE',
  },
  trailer: {
    when: 'T',
    record: 'TRAILER-RECORD',
    positionCount: 'POSITION-COUNT',
    limitCount: 'LIMIT-COUNT',
    quantityTotal: 'QUANTITY-TOTAL',
    grossNotionalTotal: 'GROSS-TOTAL',
  },
});

interface Seen {
  readonly type: number;
  readonly row: Buffer;
}

/** Runs a load against a small ring, so that the worker must wait for room, and gives the frames it sent. */
async function load(file: string, changes: Partial<StartOfDayMapping> = {}) {
  const ring = createRing(16_384);
  const consumer = new RingConsumer(ring);
  const frames: Seen[] = [];
  const drain = () =>
    consumer.poll((type, _topic, _source, bytes, start, end) => {
      frames.push({ type, row: Buffer.from(bytes.slice(start, end)) });
    }, 1000);
  const worker = startStartOfDayWorker({ mapping: { ...mapping(file), ...changes }, ring, native: 'off', planId: 9 });
  const timer = setInterval(drain, 1);
  const outcome = await worker.done.then(
    summary => ({ summary }),
    (error: Error & { code: string; details: object }) => ({ error }),
  );
  clearInterval(timer);
  while (drain() > 0);
  await worker.close();
  return { frames, ...outcome };
}

const textAt = (row: Buffer, offset: number) => row.toString('utf8', offset + 1, offset + 1 + (row[offset] ?? 0));

t.test('loads 40 limits and 9,958 positions in file order, with the totals of the trailer', async t => {
  const path = write('good.ebc');
  const bytes = readFileSync(path);
  t.equal(bytes.length, 10_000 * RECORD_SIZE);
  const found = await load(path);
  t.match(found, {
    summary: {
      fileHash: createHash('sha256').update(bytes).digest('hex'),
      businessDate: 20261123,
      positionCount: 9_958,
      limitCount: 40,
    },
  });
  const { frames } = found;
  t.equal(frames.length, 10_000);
  t.equal(frames[0]?.type, FRAME_TYPE.loadBegin);
  t.equal(frames[0]?.row.readUInt32LE(LOAD_BEGIN.offset.businessDate), 20261123);
  t.equal(frames[0]?.row.readUInt32LE(LOAD_BEGIN.offset.planId), 9);
  t.equal(frames[0]?.row.toString('hex', 0, 32), createHash('sha256').update(bytes).digest('hex'));
  const positions = frames.filter(frame => frame.type === FRAME_TYPE.position).map(frame => frame.row);
  t.equal(positions.length, 9_958);
  t.equal(textAt(positions[41]!, POSITION.offset.account), 'ACC00001');
  t.equal(textAt(positions[41]!, POSITION.offset.symbol), 'SYM1');
  const sum = positions.reduce((total, row) => total + row.readBigInt64LE(POSITION.offset.quantity), 0n);
  const end = frames.at(-1)!;
  t.equal(end.type, FRAME_TYPE.loadEnd);
  t.equal(end.row.readBigInt64LE(LOAD_END.offset.quantityTotal), sum);
  t.equal(end.row.readBigUInt64LE(LOAD_END.offset.positionCount), 9_958n);
  const limit = frames.find(frame => frame.type === FRAME_TYPE.limit)!.row;
  t.equal(textAt(limit, LIMIT.offset.account), 'ACC00000');
  t.equal(limit.readBigInt64LE(LIMIT.offset.messageRate), 20_000n);
  t.equal(limit.readBigInt64LE(LIMIT.offset.maxPosition), -1n, 'a limit that is not mapped is -1');
});

t.test('the same seed writes the same bytes, another seed others', async t => {
  const good = readFileSync(join(folder, 'good.ebc'));
  t.ok(readFileSync(write('same.ebc')).equals(good));
  t.notOk(readFileSync(write('other.ebc', 8)).equals(good));
});

const changed = (name: string, change: (bytes: Buffer) => Buffer | void): string => {
  const bytes = readFileSync(join(folder, 'good.ebc'));
  const path = join(folder, name);
  writeFileSync(path, change(bytes) ?? bytes);
  return path;
};

t.test('one bad record fails the whole load, and nothing is sent', async t => {
  const rows: [string, (bytes: Buffer) => Buffer | void, object][] = [
    [
      'a digit of 10 in QUANTITY of record 100',
      bytes => void (bytes[99 * RECORD_SIZE + 25] = 0xa0),
      { record: 100, offset: 99 * RECORD_SIZE + 25, field: 'QUANTITY', picture: 'S9(11)', code: 'badDigit' },
    ],
    [
      'a total that is not the sum',
      bytes => void (bytes[9_999 * RECORD_SIZE + 9] = 0xf9),
      { record: 10_000, field: 'POSITION-COUNT', code: 'badTotal' },
    ],
    ['a record of no known type', bytes => void (bytes[5 * RECORD_SIZE] = 0xe7), { record: 6, field: 'REC-TYPE' }],
    ['no header', bytes => bytes.subarray(RECORD_SIZE), { record: 1, code: 'badType' }],
    ['no trailer', bytes => bytes.subarray(0, -RECORD_SIZE), { code: 'incomplete' }],
    ['half a record at the end', bytes => bytes.subarray(0, -40), { record: 10_000, code: 'shortRecord' }],
    ['a record after the trailer', bytes => Buffer.concat([bytes, bytes.subarray(-RECORD_SIZE)]), { record: 10_001 }],
    [
      'the 30th of February',
      bytes => void bytes.set([0xf0, 0xf2, 0xf3, 0xf0], 5),
      { record: 1, field: 'BUSINESS-DATE' },
    ],
  ];
  rows.push(
    [
      'a position of the account and symbol of record 99',
      bytes => void bytes.copyWithin(99 * RECORD_SIZE + 1, 98 * RECORD_SIZE + 1, 98 * RECORD_SIZE + 25),
      { record: 100, field: 'SYMBOL', code: 'duplicate' },
    ],
    [
      'two limits of one account',
      bytes => void bytes.copyWithin(2 * RECORD_SIZE + 1, RECORD_SIZE + 1, RECORD_SIZE + 13),
      { record: 3, field: 'LIMIT-ACCOUNT', code: 'duplicate' },
    ],
    [
      'a limit without an account',
      bytes => void bytes.fill(0x40, RECORD_SIZE + 1, RECORD_SIZE + 13),
      { record: 2, field: 'LIMIT-ACCOUNT', code: 'missingValue' },
    ],
  );
  for (const [what, change, refusal] of rows) {
    const found = await load(changed('bad.ebc', change));
    t.match(found, { error: { code: 'HR_LOAD_REFUSED', details: refusal } }, what);
    t.equal(found.frames.length, 0, `${what}: nothing is sent`);
  }
});

t.test('a limit below 0 fails the load: it would mean that there is none', async t => {
  const copybook = join(folder, 'signed.cpy');
  writeFileSync(
    copybook,
    readFileSync(startOfDayCopybook(), 'latin1').replace(/MAX-QUANTITY( +)PIC 9/, 'MAX-QUANTITY$1PIC S9'),
  );
  const negative = changed('negative.ebc', bytes => void (bytes[RECORD_SIZE + 18]! -= 2));
  t.match(await load(negative, { copybook }), {
    error: { code: 'HR_LOAD_REFUSED', details: { record: 2, field: 'MAX-QUANTITY', code: 'negative' } },
  });
});

t.test('a mapping that cannot be is a ConfigError naming what is missing', async t => {
  const good = join(folder, 'good.ebc');
  t.match(await load(good, { recordType: 'NO-TYPE' }), { error: { message: /HEADER-RECORD has no field NO-TYPE/ } });
  t.match(await load(good, { copybook: join(folder, 'none.cpy') }), { error: { code: 'HR_INPUT' } });
  t.match(await load(join(folder, 'none.ebc')), { error: { name: 'ConfigError', code: 'HR_LOAD_FILE' } });
});
