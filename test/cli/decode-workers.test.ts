import { spawn } from 'node:child_process';
import { existsSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';

import { SeededRandom } from '../../src/model/index.js';
import { HEADRACE, headrace, scratchFolder } from '../support/headrace.js';
import { integerFile, RESIDENT_MAX, residentOf } from '../support/resident.js';

// Each case starts processes with threads; a busy machine takes seconds for one.
t.setTimeout(300_000);

const { folder, file } = scratchFolder('decode-workers');

function decode(...args: readonly string[]) {
  const dead = join(folder, 'dead.dat');
  rmSync(dead, { force: true });
  const { status, out, errors } = headrace(['decode', '--dead-letter', dead, ...args]);
  const deadLetters = existsSync(dead) ? readFileSync(dead).toString('hex') : '';
  return { status, out: out.toString('latin1'), errors, deadLetters };
}

const COPYBOOK = file(
  'r.cpy',
  `       01 R.
          05 KIND PIC X.
          05 ID PIC 9(5).
          05 AMOUNT PIC S9(5)V99 COMP-3.
       01 S.
          05 KIND PIC X.
          05 ID PIC 9(3).
          05 WORDS PIC X(6).
`,
);
const SELECT = ['--select', 'KIND=A:R', '--select', 'KIND=B:S'];

/** Records of ten bytes: A and B by turns, about one in a thousand bad. */
function records(count: number, seed: number): Buffer[] {
  const random = new SeededRandom(seed);
  return Array.from({ length: count }, (_, index) => {
    const isBad = random.below(1000) === 0;
    if (index % 3 === 2) return Buffer.from(`B${isBad ? '1x2' : '123'}WORDS `);
    const amount = Buffer.from(isBad ? '1234567a' : '1234567d', 'hex');
    return Buffer.concat([Buffer.from(`A${String(index % 100_000).padStart(5, '0')}`), amount]);
  });
}

const word = (size: number): Buffer => Buffer.from([size >> 8, size & 0xff, 0, 0]);
const rdw = (record: Buffer): Buffer => Buffer.concat([word(record.length + 4), record]);
const COUNT = 60_000;
const RECORDS = records(COUNT, 4);

function blocks(): Buffer {
  const all: Buffer[] = [];
  for (let from = 0; from < COUNT; from += 100) {
    const body = Buffer.concat(RECORDS.slice(from, from + 100).map(rdw));
    all.push(word(body.length + 4), body);
  }
  return Buffer.concat(all);
}

/** Each record in two segments, of two blocks. */
function spanned(): Buffer {
  const segment = (bytes: Buffer, control: number): Buffer => {
    const own = Buffer.concat([Buffer.from([0, bytes.length + 4, control, 0]), bytes]);
    return Buffer.concat([word(own.length + 4), own]);
  };
  return Buffer.concat(RECORDS.flatMap(record => [segment(record.subarray(0, 4), 1), segment(record.subarray(4), 2)]));
}

const FORMATS: readonly (readonly [format: string, bytes: () => Buffer])[] = [
  ['fixed', () => Buffer.concat([...RECORDS, Buffer.from('A12')])],
  ['rdw', () => Buffer.concat([...RECORDS.map(rdw), Buffer.from('00030000', 'hex')])],
  ['vb', blocks],
  ['vbs', spanned],
  [
    'text',
    () => Buffer.concat(RECORDS.map(record => (record[0] === 0x42 ? Buffer.concat([record, Buffer.of(10)]) : record))),
  ],
];

for (const [format, bytes] of FORMATS)
  t.test(`${format} in 2 and 3 workers has the lines, refusals and dead letters of one thread`, async t => {
    const args = ['--copybook', COPYBOOK, '--codepage', 'ascii', '--format', format, ...SELECT, file(format, bytes())];
    const alone = decode('--workers', '1', ...args);
    t.equal(alone.status, 1);
    t.ok(alone.errors.length > 0);
    for (const workers of ['2', '3']) t.strictSame(decode('--workers', workers, ...args), alone);
  });

t.test('a file whose records slide, a header and a trailer by place, and $raw are the same too', async t => {
  const copybook = file(
    'odo.cpy',
    '       01 R.\n          05 N PIC 9.\n          05 T PIC 99 OCCURS 0 TO 9 DEPENDING ON N.\n',
  );
  const random = new SeededRandom(5);
  const odo = Array.from({ length: 40_000 }, () => {
    const count = random.below(10);
    return `${count}${'07'.repeat(count)}`;
  });
  const sliding = ['--copybook', copybook, '--codepage', 'ascii', file('odo.dat', odo.join(''))];
  t.strictSame(decode('--workers', '2', ...sliding), decode('--workers', '1', ...sliding));
  const options = file('placed.yaml', 'header: { record: S }\ntrailer: { record: S, count: 2 }\n');
  const body = RECORDS.filter((_, index) => index % 3 !== 2);
  const ends = Buffer.from('B123WORDS ');
  const placed = ['--copybook', COPYBOOK, '--codepage', 'ascii', '--options', options, '--keep', 'raw'];
  const data = file('placed.dat', Buffer.concat([ends, ...body, ends, ends]));
  const alone = decode('--workers', '1', ...placed, data);
  t.match(alone.out, /^\{"KIND":"B".*\}\n\{"KIND":"A"/);
  t.strictSame(decode('--workers', '2', ...placed, data), alone);
});

t.test('several files go through the workers as one run, each beginning at record 1', async t => {
  const paths = [0, 1, 2, 3, 4].map(part => file(`part-${part}`, Buffer.concat(records(3000, part))));
  const args = ['--copybook', COPYBOOK, '--codepage', 'ascii', ...SELECT, ...paths];
  const alone = decode('--workers', '1', ...args);
  t.match(alone.errors.join('\n'), /part-0/);
  t.strictSame(decode('--workers', '3', ...args), alone);
});

t.test('--on-error fail stops all workers at the first bad record', async t => {
  const args = ['--copybook', COPYBOOK, '--codepage', 'ascii', '--on-error', 'fail', ...SELECT, join(folder, 'fixed')];
  const alone = decode('--workers', '1', ...args);
  t.equal(alone.errors.length, 1);
  for (const order of [[], ['--unordered']]) t.strictSame(decode('--workers', '3', ...order, ...args), alone);
});

t.test('workers that are ended amid native work do not abort the process', async t => {
  const args = ['--copybook', COPYBOOK, '--codepage', 'ascii', '--on-error', 'fail', ...SELECT, join(folder, 'fixed')];
  for (let round = 0; round < 8; round++) t.equal(decode('--workers', '3', ...args).status, 1);
});

t.test('--unordered gives the same lines in some order', async t => {
  const args = ['--copybook', COPYBOOK, '--codepage', 'ascii', ...SELECT, join(folder, 'fixed')];
  const sorted = ({ out }: { out: string }): string[] => out.split('\n').sort();
  t.strictSame(sorted(decode('--workers', '3', '--unordered', ...args)), sorted(decode('--workers', '1', ...args)));
});

t.test('a pipe that is not read holds the workers back, and then gives every line', async t => {
  const args = ['--copybook', COPYBOOK, '--codepage', 'ascii', '--workers', '2', ...SELECT, join(folder, 'fixed')];
  const child = spawn(process.execPath, [HEADRACE, 'decode', ...args], { stdio: ['ignore', 'pipe', 'ignore'] });
  await new Promise(resolve => setTimeout(resolve, 2000));
  t.equal(child.exitCode, null, 'it waits');
  let out = '';
  for await (const chunk of child.stdout) out += (chunk as Buffer).toString('latin1');
  t.equal(out, decode('--workers', '1', ...args.filter(word => !/^(--workers|2)$/.test(word))).out);
});

t.test('100 MB of records take no more than 150 MiB resident in two workers, of either kind', async t => {
  for (const format of ['fixed', 'rdw'] as const) {
    const { copybook, data } = integerFile(folder, format, 800_000);
    const { status, bytes } = residentOf(folder, [
      'decode',
      '--copybook',
      copybook,
      '--format',
      format,
      '--workers',
      '2',
      data,
    ]);
    t.equal(status, 0);
    t.ok(bytes <= RESIDENT_MAX, `${format}: ${Math.round(bytes / 2 ** 20)} MiB`);
  }
});
