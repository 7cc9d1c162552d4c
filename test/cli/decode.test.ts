import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';

import { headraceText, scratchFolder } from '../support/headrace.js';

// Each case starts a process; a busy machine takes seconds for one.
t.setTimeout(180_000);

const { folder, file } = scratchFolder('decode');

const decode = (args: readonly string[], input?: Uint8Array) =>
  headraceText(['decode', ...args], input === undefined ? {} : { input });

const COPYBOOK = file('two.cpy', '       01 R.\n          05 A PIC X(3).\n          05 B PIC S9(3)V9 COMP-3.\n');
const GOOD = Buffer.from('c1c240' + '01234d', 'hex'); // AB, -123.4
const BAD = Buffer.from('c1c240' + '0123a4', 'hex'); // a digit of ten, and no sign

t.test('writes -123.4 of S9(3)V9 COMP-3 as a number with one decimal', async t => {
  const found = decode(['--copybook', COPYBOOK, file('good.dat', GOOD)]);
  t.strictSame(found, { status: 0, out: '{"A":"AB","B":-123.4}\n', errors: [] });
  t.strictSame(decode(['--copybook', COPYBOOK, '--json', '-'], Buffer.concat([GOOD, GOOD])).out, found.out.repeat(2));
});

t.test(
  'a bad record goes to standard error with its offset, field and hex, the others go on, and the exit code is 1',
  async t => {
    const found = decode(['--copybook', COPYBOOK, file('bad.dat', Buffer.concat([GOOD, BAD, GOOD]))]);
    t.equal(found.status, 1);
    t.equal(found.out, '{"A":"AB","B":-123.4}\n'.repeat(2));
    t.strictSame(
      found.errors.map(line => JSON.parse(line)),
      [
        {
          record: 2,
          offset: 9,
          field: 'B',
          picture: 'S9(3)V9',
          code: 'badDigit',
          message: 'record 2, B at offset 9: a digit is not valid',
          hex: '0123a4',
        },
      ],
    );
  },
);

t.test('refuses a last record that is cut short', async t => {
  const found = decode(['--copybook', COPYBOOK, file('short.dat', Buffer.concat([GOOD, GOOD.subarray(0, 4)]))]);
  t.equal(found.status, 1);
  t.equal(found.out, '{"A":"AB","B":-123.4}\n');
  t.match(JSON.parse(found.errors[0] ?? ''), {
    record: 2,
    offset: 6,
    field: 'R',
    code: 'shortRecord',
    hex: 'c1c24001',
  });
});

const rdw = (record: Uint8Array, length = record.length + 4): Buffer =>
  Buffer.concat([Buffer.from([length >> 8, length & 0xff, 0, 0]), record]);

t.test('reads records behind RDWs, refuses those of another length, and stops at a bad RDW', async t => {
  const records = [
    rdw(GOOD),
    rdw(GOOD.subarray(0, 5)),
    rdw(Buffer.concat([GOOD, GOOD])),
    rdw(GOOD),
    rdw(GOOD, 3),
    rdw(GOOD),
  ];
  const found = decode(['--copybook', COPYBOOK, '--format', 'rdw', file('rdw.dat', Buffer.concat(records))]);
  t.equal(found.status, 1);
  t.equal(found.out, '{"A":"AB","B":-123.4}\n'.repeat(2));
  t.match(
    found.errors.map(line => JSON.parse(line)),
    [
      { record: 2, offset: 17, field: 'B', code: 'shortRecord' },
      { record: 3, offset: 23, field: 'R', code: 'badRecordLength' },
      { record: 5, offset: 45, field: 'RDW', code: 'badRecordLength', hex: '00030000' },
    ],
  );
});

t.test(
  'a copybook that cannot be used ends with 78 and file:line:column, a file that is not there with 66',
  async t => {
    const bad = file('bad.cpy', '       01 R.\n          05 A PIC Q(3).\n');
    const found = decode(['--copybook', bad, file('any.dat', GOOD)]);
    t.equal(found.status, 78);
    t.equal(found.out, '');
    t.match(found.errors[0], `${bad}:2:20: PICTURE Q(3): Q is no PICTURE symbol`);
    t.equal(decode(['--copybook', join(folder, 'none.cpy'), '-']).status, 66, 'a copybook that is not there');
    t.equal(decode(['--copybook', COPYBOOK, join(folder, 'none.dat')]).status, 66);
    const two = file('two-records.cpy', '       01 R PIC X.\n       01 S PIC 9.\n');
    t.match(decode(['--copybook', two, file('s.dat', 'A1')]).errors[0], /2 records \(R, S\); choose one with --record/);
    t.strictSame(
      decode(['--copybook', two, '--record', 's', '--codepage', 'ascii', file('t.dat', '1')]).out,
      '{"S":1}\n',
    );
  },
);

t.test('--help has two examples', async t => {
  const { out } = decode(['--help']);
  t.equal(out.match(/^ {2}headrace decode/gm)?.length, 2);
});

t.test('a file of many batches is decoded whole', async t => {
  const many = Buffer.alloc(GOOD.length * 30000, GOOD);
  const found = decode(['--copybook', COPYBOOK, file('many.dat', many)]);
  t.equal(found.status, 0);
  t.equal(found.out.length, readFileSync(file('line', '{"A":"AB","B":-123.4}\n')).length * 30000);
});
