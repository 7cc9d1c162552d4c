import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';

import { headrace, scratchFolder } from '../support/headrace.js';

// Each case starts a process; a busy machine takes seconds for one.
t.setTimeout(240_000);

const { folder, file } = scratchFolder('encode');

const run = (command: 'decode' | 'encode', args: readonly string[], input: string | Uint8Array = '') =>
  headrace([command, ...args], { input });

const COPYBOOK = file('two.cpy', '       01 R.\n          05 A PIC X(3).\n          05 B PIC S9(3)V9 COMP-3.\n');
const ONE = 'c1c24001234d'; // AB, -123.4

t.test('a copybook is UTF-8, with or without a byte order mark, or else Latin-1', async t => {
  const text = '       01 R.\n          05 A PIC X(3) VALUE "é".\n';
  for (const content of [text, `\ufeff${text}`, Buffer.from(text, 'latin1')])
    t.equal(run('encode', ['--copybook', file('accent.cpy', content), '-'], '{}').out.toString('hex'), '514040');
});

t.test('writes -123.4 in S9(3)V9 COMP-3 as 01 23 4D, from a file or from standard input', async t => {
  const line = '{"A":"AB","B":-123.4}\n';
  const found = run('encode', ['--copybook', COPYBOOK, file('good.jsonl', `${line}\n  \n${line.trim()}`)]);
  t.strictSame([found.status, found.out.toString('hex'), found.errors], [0, ONE + ONE, []]);
  t.equal(run('encode', ['--copybook', COPYBOOK, '-'], `\ufeff${line}`).out.toString('hex'), ONE);
});

t.test(
  'a bad line goes to standard error with record, line, field and value; the others go on, the exit code is 1',
  async t => {
    const lines = ['{"A":"AB","B":-123.4}', '', '{"A":"AB","B":1000}', '{"A":"AB",}', '{"A":"AB","B":-123.4}'].join(
      '\r\n',
    );
    const dead = join(folder, 'dead.jsonl');
    const found = run('encode', ['--copybook', COPYBOOK, '--dead-letter', dead, '-'], lines);
    t.equal(found.status, 1);
    t.equal(found.out.toString('hex'), ONE + ONE);
    t.strictSame(
      found.errors.map(line => JSON.parse(line)),
      [
        {
          record: 2,
          field: 'B',
          picture: 'S9(3)V9',
          code: 'digitsOverflow',
          message: 'record 2, B: the value does not fit the picture',
          value: '1000',
          line: 3,
        },
        {
          record: 3,
          field: 'R',
          picture: '',
          code: 'badJson',
          message: 'record 3, R: the line is not a JSON object',
          value: '}',
          line: 4,
        },
      ],
    );
    t.equal(readFileSync(dead, 'utf8').replaceAll('\r', ''), '{"A":"AB","B":1000}\n{"A":"AB",}\n');
    const failing = run('encode', ['--copybook', COPYBOOK, '--on-error', 'fail', '-'], lines);
    t.strictSame([failing.status, failing.out.toString('hex'), failing.errors.length], [1, ONE, 1]);
  },
);

t.test('what is absent or null is a policy', async t => {
  const encode = (args: readonly string[], line: string) => run('encode', ['--copybook', COPYBOOK, ...args, '-'], line);
  t.equal(encode([], '{"A":"AB"}').out.toString('hex'), 'c1c24000000c');
  t.match(encode(['--absent', 'refuse'], '{"A":"AB"}').errors[0], /"field":"B".*"code":"missingValue"/);
  t.match(encode([], '{"A":null,"B":1}').errors[0], /"field":"A".*"code":"missingValue"/);
  t.equal(encode(['--nulls', 'default'], '{"A":null,"B":1}').out.toString('hex'), '40404000010c');
});

const MANY = file(
  'many.cpy',
  [
    '       01 HEADER.',
    '          05 H-TYPE PIC X VALUE "H".',
    '          05 H-COUNT PIC 9(3).',
    '       01 DETAIL.',
    '          05 D-TYPE PIC X VALUE "D".',
    '          05 D-N PIC 9.',
    '          05 D-T PIC S9(3) COMP-3 OCCURS 0 TO 5 DEPENDING ON D-N.',
    '          05 D-END PIC X.',
    '',
  ].join('\n'),
);
const SELECT = ['--select', 'H-TYPE=H:HEADER', '--select', 'D-TYPE=D:DETAIL'];
const LINES = [
  '{"H-TYPE":"H","H-COUNT":2}',
  '{"D-TYPE":"D","D-N":2,"D-T":[1,-2],"D-END":"E"}',
  '{"D-TYPE":"D","D-N":0,"D-T":[],"D-END":"E"}',
  '{"H-TYPE":"H","H-COUNT":1}',
  '{"D-TYPE":"D","D-N":5,"D-T":[1,-2,3,-4,5],"D-END":"E"}',
  '',
].join('\n');

t.test('with the same flags decode reads the lines back, records picked by their values', async t => {
  const flags = ['--copybook', MANY, '--format', 'vbs', ...SELECT, '--options', file('b.yaml', 'blockSize: 13\n')];
  const encoded = run('encode', [...flags, '-'], LINES);
  t.strictSame([encoded.status, encoded.errors], [0, []]);
  t.equal(
    encoded.out.subarray(0, 27).toString('hex'),
    '000c0000' + '00080000c8f0f0f2' + '000d0000' + '00090100c4f2001c00' + '000a',
    'a block is filled, and a record goes on in the next',
  );
  t.equal(run('decode', [...flags, '-'], encoded.out).out.toString(), LINES);
});

t.test('text lines: spaces behind a record are left out, and what would end a line is refused', async t => {
  const copybook = file(
    'text.cpy',
    '       01 R.\n          05 A PIC X(3).\n          05 B PIC 9(2).\n          05 C PIC X(3).\n',
  );
  const flags = ['--copybook', copybook, '--format', 'text', '--codepage', 'ascii'];
  const lines = '{"A":"a","B":1,"C":""}\n{"A":"","B":2,"C":"xyz"}\n';
  const encoded = run('encode', [...flags, '-'], lines);
  t.equal(encoded.out.toString(), 'a  01\n   02xyz\n');
  t.equal(run('decode', [...flags, '-'], encoded.out).out.toString(), lines);
  t.match(run('encode', [...flags, '-'], '{"A":"a\\nb"}').errors[0], /"code":"badCharacter".*what ends a line/);
});

t.test('a line without the field that rules look at is the record whose VALUE they pick, where it is one', async t => {
  const copybook = file(
    'values.cpy',
    `       01 HEAD.
          05 TYP PIC X VALUE 'H'.
          05 DAY-OF PIC X(3).
       01 BODY.
          05 TYP PIC X VALUE 'B'.
          05 N PIC 9(3).
       01 TAIL.
          05 TYP PIC X.
          05 SUM-OF PIC 9(3).
`,
  );
  const select = ['--select', 'TYP=H:HEAD', '--select', 'TYP=B:BODY', '--select', 'TYP=T:TAIL'];
  const flags = ['--copybook', copybook, '--format', 'text', '--codepage', 'ascii', ...select];
  const { out, errors } = run('encode', [...flags, '-'], '{"DAY-OF":"MON"}\n{"N":5}\n{}\n{"SUM-OF":5}\n{"TYP":"T"}\n');
  t.equal(out.toString(), 'HMON\nB005\nT000\n');
  t.match(errors, [/"record":3,.*"code":"noRecord"/, /"record":4,.*"code":"noRecord"/]);
});

t.test('a line that no rule picks is refused, or left out; header and trailer are told by their place', async t => {
  const flags = ['--copybook', MANY, '--format', 'rdw'];
  t.match(run('encode', [...flags, ...SELECT, '-'], '{"D-TYPE":"X"}').errors[0], /"code":"noRecord"/);
  const skip = ['--options', file('skip.yaml', 'unmatched: skip\n')];
  t.strictSame(run('encode', [...flags, ...SELECT, ...skip, '-'], '{"D-TYPE":"X"}'), {
    status: 0,
    out: Buffer.alloc(0),
    errors: [],
  });
  const placed = [
    ...flags,
    '--record',
    'DETAIL',
    '--options',
    file('placed.yaml', 'header: { record: HEADER }\ntrailer: { record: HEADER }\n'),
  ];
  const lines = LINES.split('\n');
  const text = [lines[0], lines[1], lines[2], lines[3], ''].join('\n');
  const encoded = run('encode', [...placed, '-'], text);
  t.strictSame([encoded.status, encoded.errors], [0, []]);
  t.equal(run('decode', [...placed, '-'], encoded.out).out.toString(), text);
});

t.test('records inside the record they follow are written behind it', async t => {
  const flags = [
    '--copybook',
    MANY,
    '--format',
    'rdw',
    ...SELECT,
    '--options',
    file('family.yaml', 'children: { DETAIL: HEADER }\n'),
  ];
  const plain = run('encode', [...flags.slice(0, -2), '-'], LINES).out;
  const families = run('decode', [...flags, '-'], plain).out.toString();
  t.match(families, /^\{"H-TYPE":"H","H-COUNT":2,"DETAIL":\[\{/);
  t.equal(run('encode', [...flags, '-'], families).out.toString('hex'), plain.toString('hex'));
});

t.test('--out names the file; $raw in a line restores its bytes', async t => {
  const out = join(folder, 'out.dat');
  const line = '{"A":"AB","B":1.0,"$raw":"c1c24000010f"}';
  t.strictSame(run('encode', ['--copybook', COPYBOOK, '--out', out, '-'], line), {
    status: 0,
    out: Buffer.alloc(0),
    errors: [],
  });
  t.equal(readFileSync(out).toString('hex'), 'c1c24000010f');
});

t.test('what is not there to be read ends with 66, an output that cannot be used with 78', async t => {
  t.equal(run('encode', ['--copybook', join(folder, 'none.cpy'), '-']).status, 66);
  t.equal(run('encode', ['--copybook', COPYBOOK, join(folder, 'none.jsonl')]).status, 66);
  t.equal(run('encode', ['--copybook', COPYBOOK, '--out', join(folder, 'no', 'x'), '-']).status, 78);
  const small = ['--format', 'vb', '--options', file('small.yaml', 'blockSize: 12\n')];
  t.match(run('encode', ['--copybook', COPYBOOK, ...small, '-'], '{}').errors[0], /HR_FRAMING: a record of 6 bytes/);
});

t.test('--help has two examples', async t => {
  t.equal(
    run('encode', ['--help'])
      .out.toString()
      .match(/^ {2}headrace (en|de)code/gm)?.length,
    2,
  );
});

t.test('a file of many batches is encoded whole', async t => {
  const found = run('encode', ['--copybook', COPYBOOK, file('many.jsonl', '{"A":"AB","B":-123.4}\n'.repeat(120_000))]);
  t.equal(found.status, 0);
  t.equal(found.out.length, 120_000 * 6);
  t.equal(found.out.subarray(-6).toString('hex'), ONE);
});
