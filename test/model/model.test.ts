import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import t from 'tap';

import {
  DECISION,
  DECISION_SIZE,
  ORDER,
  RULE_COUNT,
  STATUS,
  formatDecimal,
  parseDecimal,
  statusName,
  workerExecArgv,
} from '../../src/model/index.js';
import { projectRoot } from '../support/project.js';

t.test(
  'a worker inherits the options of node, but of --input-type only those that say how modules are found',
  async t => {
    const rows: readonly [string[], string[] | undefined][] = [
      [[], undefined],
      [['--max-old-space-size=300', '--import', 'tsx'], undefined],
      [['--input-type=module', '--eval', 'await 0'], []],
      [['--input-type', 'module', '--max-old-space-size=300', '-e', 'await 0'], []],
      [
        ['--import', 'tsx', '--input-type=module', '-C', 'dev', '--require=a.cjs', '-e', '0'],
        ['--import', 'tsx', '-C', 'dev', '--require=a.cjs'],
      ],
    ];
    for (const [own, passed] of rows) t.strictSame(workerExecArgv(own), passed, own.join(' '));
  },
);

t.test('decimal text becomes a scaled integer and back', async t => {
  const rows: readonly [string, bigint | undefined, string?][] = [
    ['1.5', 150000000n, '1.5'],
    ['0', 0n, '0'],
    ['-0', 0n, '0'],
    ['-12.00000001', -1200000001n, '-12.00000001'],
    ['.5', 50000000n, '0.5'],
    ['5.', 500000000n, '5'],
    ['92233720368.54775807', 9223372036854775807n, '92233720368.54775807'],
    ['1.123456789', undefined],
    ['1.100000000', 110000000n, '1.1'],
    ['', undefined],
    ['.', undefined],
    ['1e5', undefined],
    ['--1', undefined],
    ['1,5', undefined],
  ];
  for (const [text, value, printed] of rows) {
    t.equal(parseDecimal(text, 8), value, `reads "${text}" as ${value}`);
    if (value !== undefined) t.equal(formatDecimal(value, 8), printed, `writes ${value} as ${printed}`);
  }
  t.equal(formatDecimal(120000000n, 2, 2), '1200000.00', 'keeps the decimals asked for');
  t.equal(formatDecimal(5n, 0), '5', 'writes scale 0 without a point');
});

t.test('rows are 8-byte aligned and of the drawn size', async t => {
  t.equal(ORDER.sizeBytes, 160);
  t.equal(ORDER.offset.quantity % 8, 0);
  t.equal(DECISION.sizeBytes, 32);
  t.equal(DECISION_SIZE, 32 + RULE_COUNT * 16);
});

t.test('every status has one code, and its name is found from it', async t => {
  const codes = Object.values(STATUS).map(entry => entry.code);
  t.equal(new Set(codes).size, codes.length, 'no code stands twice');
  for (const [name, { code }] of Object.entries(STATUS)) t.equal(statusName(code), name);
  t.throws(() => statusName(9999), { message: 'no status has code 9999' });
});

t.test('the C++ headers are those of the tables', async t => {
  const { status, stderr } = spawnSync(process.execPath, [join(projectRoot, 'scripts', 'generate.mjs'), '--check']);
  t.equal(status, 0, stderr.toString());
});
