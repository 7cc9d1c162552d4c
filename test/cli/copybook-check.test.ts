import { join } from 'node:path';
import t from 'tap';

import { headraceText } from '../support/headrace.js';

t.setTimeout(240_000);

const COPYBOOK = `       01 TRADE.
          05 TRADE-ID PIC X(4).
          05 AMOUNT   PIC S9(5)V99 COMP-3.
`;

const check = (...args: readonly string[]) => headraceText(['copybook', 'check', ...args]);

/** `T001` and so on in EBCDIC, amounts of 12345.67; the bad ones have a nibble that is no digit. */
function trades(count: number, bad: readonly number[]): Buffer {
  return Buffer.concat(
    Array.from({ length: count }, (_, index) => {
      const digits = [...String(index).padStart(3, '0')].map(digit => 0xf0 + Number(digit));
      return Buffer.from([0xe3, ...digits, bad.includes(index) ? 0x1a : 0x12, 0x34, 0x56, 0x7c]);
    }),
  );
}

/** Each record behind two bytes of length, of the word too unless `counted` is 0, and two zero bytes. */
function withDescriptors(records: Buffer, size: number, counted = 4): Buffer {
  const pieces: Buffer[] = [];
  for (let at = 0; at < records.length; at += size)
    pieces.push(Buffer.from([0, size + counted, 0, 0]), records.subarray(at, at + size));
  return Buffer.concat(pieces);
}

t.test('a copybook that explains all of the data ends with 0', async t => {
  const folder = t.testdir({ 'trade.cpy': COPYBOOK, 'trades.dat': trades(100, []) });
  const { status, out } = check(join(folder, 'trade.cpy'), '--data', join(folder, 'trades.dat'));
  t.equal(status, 0);
  t.match(out, /trade\.cpy explains 100 % of 800 bytes: 100 records, all fit\.\n$/);
  t.equal(check('--data', join(folder, 'trades.dat'), '--copybook', join(folder, 'trade.cpy')).out, out);
});

t.test('records that do not fit are counted by field and code, the first of them shown', async t => {
  const folder = t.testdir({ 'trade.cpy': COPYBOOK, 'trades.dat': trades(100, [3, 40, 41, 99]) });
  const files = [join(folder, 'trade.cpy'), '--data', join(folder, 'trades.dat')];
  const text = check(...files, '--show', '2');
  t.equal(text.status, 1);
  t.match(text.out, /explains 96 % of 800 bytes: 100 records, 4 do not fit\.\n {2}4 × badDigit AMOUNT\n/);
  t.match(text.out, /record 4, AMOUNT at offset 28: a digit is not valid \(PIC S9\(5\)V99\): 1a34567c\nrecord 41, /);
  t.notMatch(text.out, /record 42/, 'no more than were asked for');
  t.notMatch(text.out, /With /, 'no other flag explains more');
  const json = check(...files, '--json');
  t.equal(json.status, 1);
  t.match(JSON.parse(json.out), {
    ...{ bytes: 800, explained: 768, share: 0.96, records: 100, bad: 4 },
    counts: [{ code: 'badDigit', field: 'AMOUNT', count: 4 }],
    misfits: [{ record: 4, offset: 28 }, { record: 41 }, { record: 42 }],
  });
});

t.test('flags with which the copybook explains more are found', async t => {
  const folder = t.testdir({
    'trade.cpy': COPYBOOK,
    'number.cpy': '       01 R.\n          05 A PIC 9(6).\n',
    'rdw.dat': withDescriptors(trades(200, []), 8),
    'gnucobol.dat': withDescriptors(trades(200, []), 8, 0),
    'ascii.txt': '000001\n000002\n123456\n',
  });
  const framed = check(join(folder, 'trade.cpy'), '--data', join(folder, 'rdw.dat'));
  t.equal(framed.status, 1);
  t.match(framed.out, /With --format rdw it explains 100 % of the first 2400 bytes\./);
  const varying = check(join(folder, 'trade.cpy'), '--data', join(folder, 'gnucobol.dat'));
  t.match(varying.out, /With --format rdw and 'rdw: \{ adjustment: 4 \}' in --options it explains 100 % of the first/);
  const lines = check(join(folder, 'number.cpy'), '--data', join(folder, 'ascii.txt'), '--json');
  t.match(JSON.parse(lines.out), { likely: { flags: '--codepage ascii --format text', share: 1 } });
});

t.test('what cannot be read is named', async t => {
  const folder = t.testdir({ 'trade.cpy': COPYBOOK });
  const missing = check(join(folder, 'trade.cpy'), '--data', join(folder, 'none.dat'));
  t.equal(missing.status, 66);
  t.match(missing.errors[0], /HR_INPUT: .*none\.dat cannot be read/);
  t.equal(check(join(folder, 'trade.cpy')).status, 64, 'data is required');
  const swallowed = check('--data', join(folder, 'none.dat'), join(folder, 'trade.cpy'));
  t.match(swallowed, {
    status: 64,
    errors: [/no copybook is named; write headrace copybook check F\.cpy --data F\.dat/],
  });
  const options = check(
    join(folder, 'trade.cpy'),
    '--data',
    join(folder, 'trade.cpy'),
    '--options',
    join(folder, 'none.yaml'),
  );
  t.match(options, { status: 66, errors: [/HR_INPUT: .*none\.yaml cannot be read: ENOENT/] });
});
