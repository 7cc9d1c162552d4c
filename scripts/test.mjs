// `npm test`: set up, the servers the tests need, native tests under sanitizers, then every compiled test.
// The last line is `N passed, N failed` with `, N skipped` where something was skipped; the exit code is 0 only when nothing failed.
import { spawn } from 'node:child_process';
import { createWriteStream, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

import { root } from './run.mjs';
import { installServers } from './servers.mjs';
import { setup } from './setup.mjs';
import { testNative } from './test-native.mjs';

const FILE_RESULT = /^(not ok|ok) \d+ - /;
const TOTALS = /^# \{ (.*) \}$/;

function parseTotals(line) {
  const counts = Object.fromEntries(
    line.split(', ').map(pair => {
      const [key, value] = pair.split(': ');
      return [key, Number(value)];
    }),
  );
  return { passed: counts.pass ?? 0, failed: counts.fail ?? 0, skipped: (counts.skip ?? 0) + (counts.todo ?? 0) };
}

/** Runs tap, shows a line a file and every failure; the whole TAP stream is kept in build/test.tap. */
async function runTap(files) {
  const tap = join(root, 'node_modules', 'tap', 'dist', 'esm', 'run.mjs');
  const child = spawn(process.execPath, [tap, 'run', '--reporter=tap', ...files], {
    cwd: root,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const log = createWriteStream(join(root, 'build', 'test.tap'));
  let totals = { passed: 0, failed: 0, skipped: 0 };
  let failure = 0;
  for await (const line of createInterface({ input: child.stdout })) {
    log.write(`${line}\n`);
    if (/^\s*not ok/.test(line)) failure = 40;
    if (FILE_RESULT.test(line) || /# SKIP/i.test(line) || failure-- > 0) console.log(line);
    const match = TOTALS.exec(line);
    if (match) totals = parseTotals(match[1]);
  }
  log.end();
  const code = child.exitCode ?? (await new Promise(resolve => child.once('exit', resolve)));
  if (code !== 0 && totals.failed === 0) totals.failed = 1;
  return totals;
}

const ready = setup();
const missing = installServers(); // while the crates are compiled
await ready;
mkdirSync(join(root, 'build'), { recursive: true });
const native = await testNative({ isWhole: false });
const totals = await runTap(process.argv.slice(2));
const sum = key => native[key] + totals[key];
const failed = sum('failed') + (process.env.CI === 'true' ? missing.length : 0);
const skipped = sum('skipped') + (process.env.CI === 'true' ? 0 : missing.length);
for (const name of missing) console.log(`missing: ${name}`);
console.log(`${sum('passed')} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`);
process.exit(failed > 0 ? 1 : 0);
