import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';

import { headraceText, scratchFolder } from '../support/headrace.js';

// Each case starts a process; a busy machine takes seconds for one.
t.setTimeout(180_000);

const { folder, file } = scratchFolder('decode-files');

function decode(...args: readonly string[]) {
  const { status, out, errors } = headraceText(['decode', '--codepage', 'ascii', ...args]);
  return { status, lines: out.split('\n').slice(0, -1), errors };
}

const DESK = file(
  'desk.cpy',
  `       01 HEAD.
          05 KIND PIC X.
          05 DAY PIC 9(4).
       01 DETAIL.
          05 KIND PIC X.
          05 AMOUNT PIC 9(3).
       01 NOTE.
          05 KIND PIC X.
          05 WORDS PIC X(3).
       01 TAIL.
          05 KIND PIC X.
          05 TOTAL PIC 9(2).
`,
);
const SELECT = [
  '--select',
  'KIND=H:HEAD',
  '--select',
  'KIND=D:DETAIL',
  '--select',
  'KIND=N:NOTE',
  '--select',
  'KIND=T:TAIL',
];
const LINES = 'H1124\nD001\nD002\nNabc\nD003\nH1125\nT3\n';

t.test('each record is decoded by the 01 record that --select picks, in the order of the file', async t => {
  const found = decode('--copybook', DESK, '--format', 'text', ...SELECT, file('desk.txt', LINES.replace('T3', 'T03')));
  t.strictSame(found, {
    status: 0,
    lines: [
      '{"KIND":"H","DAY":1124}',
      '{"KIND":"D","AMOUNT":1}',
      '{"KIND":"D","AMOUNT":2}',
      '{"KIND":"N","WORDS":"abc"}',
      '{"KIND":"D","AMOUNT":3}',
      '{"KIND":"H","DAY":1125}',
      '{"KIND":"T","TOTAL":3}',
    ],
    errors: [],
  });
});

t.test('a record that no rule picks is bad, or left out where unmatched is skip', async t => {
  const data = file('unmatched.txt', 'H1124\nX\nD001\n');
  const found = decode('--copybook', DESK, '--format', 'text', ...SELECT, data);
  t.equal(found.status, 1);
  t.strictSame(found.lines, ['{"KIND":"H","DAY":1124}', '{"KIND":"D","AMOUNT":1}']);
  t.match(JSON.parse(found.errors[0]!), { record: 2, offset: 6, code: 'noRecord', hex: '5820202020' });
  const options = file('skip.yaml', 'unmatched: skip\n');
  t.match(decode('--copybook', DESK, '--format', 'text', ...SELECT, '--options', options, data), {
    status: 0,
    errors: [],
  });
});

t.test(
  'header and trailer by place: the first record and the last two, the sole other record between them',
  async t => {
    const copybook = file(
      'placed.cpy',
      '       01 HEAD.\n          05 DAY PIC 9(4).\n       01 BODY PIC 9(4).\n       01 TAIL.\n          05 A PIC 99.\n          05 B PIC 99.\n',
    );
    const options = file('placed.yaml', 'header: { record: HEAD }\ntrailer: { record: TAIL, count: 2 }\n');
    const args = ['--copybook', copybook, '--options', options];
    const found = decode(...args, file('placed.dat', '11240001000201020304'));
    t.strictSame(found.lines, ['{"DAY":1124}', '{"BODY":1}', '{"BODY":2}', '{"A":1,"B":2}', '{"A":3,"B":4}']);
    const many = Array.from({ length: 20_000 }, (_, index) => String(index % 10_000).padStart(4, '0')).join('');
    const lines = decode(...args, file('placed-many.dat', `1124${many}01020304`)).lines;
    t.equal(lines.length, 20_003);
    t.strictSame(
      [lines[0], lines[1], lines[20_000], lines.at(-2), lines.at(-1)],
      ['{"DAY":1124}', '{"BODY":0}', '{"BODY":9999}', '{"A":1,"B":2}', '{"A":3,"B":4}'],
    );
  },
);

t.test('children become arrays of the record they follow, and a record without its parent is bad', async t => {
  const options = file('family.yaml', 'children: { DETAIL: HEAD, NOTE: DETAIL }\n');
  const args = ['--copybook', DESK, '--format', 'text', ...SELECT, '--options', options];
  const found = decode(...args, file('family.txt', LINES.replace('T3', 'T03')));
  t.strictSame(found.lines, [
    '{"KIND":"H","DAY":1124,"DETAIL":[' +
      '{"KIND":"D","AMOUNT":1,"NOTE":[]},' +
      '{"KIND":"D","AMOUNT":2,"NOTE":[{"KIND":"N","WORDS":"abc"}]},' +
      '{"KIND":"D","AMOUNT":3,"NOTE":[]}]}',
    '{"KIND":"H","DAY":1125,"DETAIL":[]}',
    '{"KIND":"T","TOTAL":3}',
  ]);
  const lost = decode(...args, file('lost.txt', 'H1124\nD001\nH11x4\nD002\nNabc\nH1125\nD003\n'));
  t.equal(lost.status, 1);
  t.strictSame(lost.lines.length, 2);
  t.match(
    lost.errors.map(line => JSON.parse(line)),
    [
      { record: 3, field: 'DAY', code: 'badDigit' },
      { record: 4, field: 'DETAIL', code: 'noRecord' },
      { record: 5, field: 'NOTE', code: 'noRecord' },
    ],
  );
});

const ONE = file('one.cpy', '       01 R.\n          05 A PIC X.\n          05 B PIC 9(3).\n');

t.test('--on-error fail ends the run at the first bad record', async t => {
  const data = file('fail.dat', 'A001Bx02C003Dx04');
  const found = decode('--copybook', ONE, '--on-error', 'fail', data, data);
  t.equal(found.status, 1);
  t.strictSame(found.lines, ['{"A":"A","B":1}']);
  t.equal(found.errors.length, 1);
  t.match(JSON.parse(found.errors[0]!), { file: data, record: 2, field: 'B' });
});

t.test('bad records go to the dead-letter file framed as they were, and decode again once they are mended', async t => {
  const data = file('dead.dat', Buffer.from('000800004130303100080000427830320008000043303033', 'hex'));
  const dead = join(folder, 'bad.dat');
  const args = ['--copybook', ONE, '--format', 'rdw'];
  t.equal(decode(...args, '--dead-letter', dead, data).lines.length, 2);
  const bytes = readFileSync(dead);
  t.equal(bytes.toString('hex'), '0008000042783032');
  bytes[5] = 0x30;
  t.strictSame(decode(...args, file('mended.dat', bytes)).lines, ['{"A":"B","B":2}']);
});

t.test('several files and patterns: each begins at record 1, and a refusal names its file', async t => {
  mkdirSync(join(folder, 'days'));
  file('days/b.dat', 'B002');
  file('days/a.dat', 'A0x1A001');
  const found = decode('--copybook', ONE, join(folder, 'days', '?.dat'));
  t.strictSame(found.lines, ['{"A":"A","B":1}', '{"A":"B","B":2}']);
  t.match(JSON.parse(found.errors[0]!), { file: join(folder, 'days', 'a.dat'), record: 1, offset: 1 });
  t.match(decode('--copybook', ONE, join(folder, 'days', '*.txt')), { status: 66, errors: [/no file matches/] });
});
