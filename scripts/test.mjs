// `npm test`: set up, the servers the tests need, native tests under sanitizers, then every compiled test.
// The last line is `N passed, N failed` with `, N skipped` where something was skipped; the exit code is 0 only when nothing failed.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createWriteStream, mkdirSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

import { root } from './run.mjs';
import { installServers } from './servers.mjs';
import { setup } from './setup.mjs';
import { testNative } from './test-native.mjs';

const AT_ONCE = 2;
const FILE_TIME_MAX_MS = 600_000;
const TOTALS = /^# \{ (.*) \}$/m;
const SHOWN_AFTER_FAILURE = 40;

function parseTotals(text) {
  const [, totals = ''] = TOTALS.exec(text) ?? [];
  const counts = Object.fromEntries(
    totals.split(', ').map(pair => {
      const [key, value] = pair.split(': ');
      return [key, Number(value)];
    }),
  );
  return { passed: counts.pass ?? 0, failed: counts.fail ?? 0, skipped: (counts.skip ?? 0) + (counts.todo ?? 0) };
}

/** What a person reads of a file's TAP: each failure with the lines that explain it, and each skip. */
function shown(text) {
  let failure = 0;
  return text.split('\n').filter(line => {
    if (/^\s*not ok/.test(line)) failure = SHOWN_AFTER_FAILURE;
    return failure-- > 0 || /# SKIP/i.test(line);
  });
}

/**
 * Runs a compiled test by itself: under tap's runner every process and worker of a test loads what measures coverage, and takes
 * five times as long.
 */
async function runFile(file) {
  const start = Date.now();
  const child = spawn(process.execPath, [file], {
    cwd: root,
    env: { ...process.env, TAP_TIMEOUT: String(FILE_TIME_MAX_MS / 1000) },
    stdio: ['ignore', 'pipe', 'inherit'],
    timeout: FILE_TIME_MAX_MS,
    killSignal: 'SIGKILL',
  });
  let text = '';
  child.stdout.setEncoding('utf8').on('data', chunk => (text += chunk));
  const [code, signal] = await once(child, 'close');
  const totals = parseTotals(text);
  if (code !== 0 && totals.failed === 0) totals.failed = 1;
  if (totals.passed + totals.failed + totals.skipped === 0) totals.failed = 1;
  const seconds = `${((Date.now() - start) / 1000).toFixed(1)} s`;
  const result = totals.failed > 0 ? `not ok - ${file} # exit ${code ?? signal}` : `ok - ${file} #`;
  console.log([...shown(text), `${result} ${seconds}`].join('\n'));
  return { text, totals };
}

const testFiles = () =>
  readdirSync(join(root, 'dist', 'test'), { recursive: true })
    .filter(file => file.endsWith('.test.js'))
    .map(file => join('dist', 'test', file))
    .sort();

/** Runs tests, two at once; their whole TAP is kept in build/test.tap. */
async function runTests(files) {
  const log = createWriteStream(join(root, 'build', 'test.tap'));
  const sum = { passed: 0, failed: 0, skipped: 0 };
  const waiting = [...files];
  const work = async () => {
    for (let file = waiting.shift(); file !== undefined; file = waiting.shift()) {
      const { text, totals } = await runFile(file);
      log.write(`# ${file}\n${text}`);
      for (const key of Object.keys(sum)) sum[key] += totals[key];
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, work));
  log.end();
  return sum;
}

const ready = setup();
const missing = installServers(); // while the crates are compiled
await ready;
mkdirSync(join(root, 'build'), { recursive: true });
const native = await testNative({ isWhole: false });
const named = process.argv.slice(2);
const totals = await runTests(named.length > 0 ? named : testFiles());
const sum = key => native[key] + totals[key];
const failed = sum('failed') + (process.env.CI === 'true' ? missing.length : 0);
const skipped = sum('skipped') + (process.env.CI === 'true' ? 0 : missing.length);
for (const name of missing) console.log(`missing: ${name}`);
console.log(`${sum('passed')} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`);
process.exit(failed > 0 ? 1 : 0);
