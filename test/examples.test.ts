import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';

import { projectRoot } from './support/project.js';

const LINES_MAX = 60;

/** What each example prints. */
const EXPECTED: Readonly<Record<string, readonly string[]>> = {
  '01-decode-copybook': [
    'DESK01 holds 1200 at 4550 cents',
    'DESK02 holds -300 at 10125 cents',
    '{"ACCOUNT":"DESK01","QUANTITY":1200,"AVERAGE-PRICE":45.50}',
    '{"ACCOUNT":"DESK02","QUANTITY":-300,"AVERAGE-PRICE":101.25}',
  ],
  '02-fix-order-through-risk': [
    'A1: accepted',
    'A2: refused, maxQuantity: 60000 > 50000',
    'A3: refused, maxNotional: 1200000.00 > 1000000.00',
  ],
  '03-file-to-journal-to-websocket': [
    'quotes 1: {"symbol":"VOD","price":"72.15"}',
    'quotes 2: {"symbol":"BARC","price":"201.40"}',
    'quotes 3: {"symbol":"HSBA","price":"655.20"}',
  ],
};

for (const [name, lines] of Object.entries(EXPECTED)) {
  t.test(`examples/${name}.ts prints what it promises`, async t => {
    const example = join(projectRoot, 'dist', 'examples', `${name}.js`);
    const { stdout, stderr, status } = spawnSync(process.execPath, [example], { encoding: 'utf8', timeout: 240_000 });
    t.strictSame(stdout.trimEnd().split('\n'), lines, stderr);
    t.equal(status, 0);
  });
}

t.test('the twelve lines of the README run as they stand', async t => {
  const readme = readFileSync(join(projectRoot, 'README.md'), 'utf8');
  const code = /## Twelve lines\n```js\n([\s\S]*?)```/.exec(readme)?.[1] ?? '';
  t.ok(code.trim().split('\n').length <= 13);
  const run = [process.execPath, ['--input-type=module', '--eval', code]] as const;
  const { stdout, stderr } = spawnSync(run[0], [...run[1]], { encoding: 'utf8', cwd: projectRoot, timeout: 240_000 });
  t.equal(stdout, 'DESK -120n\n1 IBM 100\n', stderr);
});

t.test(`every example is tested and has at most ${LINES_MAX} lines`, async t => {
  const examples = readdirSync(join(projectRoot, 'examples')).filter(file => file.endsWith('.ts'));
  t.strictSame(examples.map(file => file.replace('.ts', '')).sort(), Object.keys(EXPECTED).sort());
  for (const file of examples) {
    const lines = readFileSync(join(projectRoot, 'examples', file), 'utf8')
      .trimEnd()
      .split('\n').length;
    t.ok(lines <= LINES_MAX, `${file} has ${lines} lines`);
  }
});
