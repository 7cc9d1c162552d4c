import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';

import type { OrderRule } from '../src/index.js';
import { projectRoot } from './support/project.js';

const LINES_MAX = 60;

t.setTimeout(1_000_000);

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
  '04-embed-in-your-process': [
    'durable at 2 positions',
    'A1: refused, maxQuantity: 60000 > 50000',
    '{"line":"desk opens"}',
    '{"line":"desk trades"}',
    '{"line":"desk closes"}',
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

/** A page's JavaScript blocks, in order. */
function codeOf(page: string): readonly string[] {
  const text = readFileSync(join(projectRoot, page), 'utf8');
  return [...text.matchAll(/^```js\n([\s\S]*?)^```$/gm)].map(match => match[1] ?? '');
}

const [twelveLines = '', embedded = ''] = codeOf('README.md');

function run(args: readonly string[], cwd: string): { readonly stdout: string; readonly stderr: string } {
  return spawnSync(process.execPath, args, { encoding: 'utf8', cwd, timeout: 240_000 });
}

t.test('the twelve lines of the README run as they stand', async t => {
  t.ok(twelveLines.trim().split('\n').length <= 13);
  const { stdout, stderr } = run(['--input-type=module', '--eval', twelveLines], projectRoot);
  t.equal(stdout, 'DESK -120n\n1 IBM 100\n', stderr);
});

const CONFIG = `version: 1
instance: README
logLevel: error
fix:
  client: { port: 0, sessions: [{ senderCompId: DESK, targetCompId: CLIENT }] }
  venue: { senderCompId: DESK, targetCompId: VENUE }
page: { port: 0 }
`;

t.test('the README’s gateway in a process of one’s own starts and closes as it stands', async t => {
  t.match(embedded, /createGateway\(\{ config: 'gateway.yaml' \}\)/);
  const folder = t.testdir({ 'gateway.yaml': CONFIG, 'embed.mjs': `${embedded}console.log('closed');` });
  const { stdout, stderr } = run(['embed.mjs'], folder);
  t.equal(stdout, 'closed\n', stderr);
});

/** What the programs of docs/embedding.md print; the rule is loaded by the first. */
const EMBEDDING: Readonly<Record<string, string>> = {
  'gateway.mjs':
    'durable true\nsource news: Unexpected token \'o\', "no JSON" is not valid JSON\n' +
    'application {"headline":"markets open"}\napplication {"note":"by hand"}\nclosed as asked\n',
  'two.mjs': '2 ports\n',
  'desk.cjs': 'function\n',
};

t.test('the code of docs/embedding.md runs as it stands', async t => {
  const files = codeOf('docs/embedding.md').map(code => [/^\/\/ (\S+)/.exec(code)?.[1] ?? '', code] as const);
  t.strictSame(files.map(([name]) => name).sort(), [...Object.keys(EMBEDDING), 'round-lots.mjs'].sort());
  const folder = t.testdir(Object.fromEntries(files));
  for (const [name, printed] of Object.entries(EMBEDDING)) {
    const { stdout, stderr } = run([name], folder);
    t.strictSame(stdout.split('\n').sort(), printed.split('\n').sort(), `${name} ${stderr}`);
  }
  const { default: rule } = (await import(join(folder, 'round-lots.mjs'))) as { default: OrderRule };
  const order = { msgType: 'D', session: 'CLIENT', clOrdId: 'A1', account: 'A', symbol: 'S' } as const;
  const judge = (quantity: bigint) => rule({ ...order, side: '1', ordType: '2', quantity, price: 1n });
  t.equal(judge(200n * 100_000_000n), undefined);
  t.equal(judge(150n * 100_000_000n), 'not a whole lot of 100');
});

t.test('the code of docs/transform.md prints what stands below it', async t => {
  const [code = ''] = codeOf('docs/transform.md');
  const page = readFileSync(join(projectRoot, 'docs/transform.md'), 'utf8');
  const printed = /^```text\n([\s\S]*?)^```$/m.exec(page)?.[1];
  const { stdout, stderr } = run(['--input-type=module', '--eval', code], projectRoot);
  t.equal(stdout, printed, stderr);
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
