// `npm run fuzz [-- NAME [SEED [INPUTS]]]`: runs one seeded fuzz of test/fuzz, or each in turn: so many inputs, else batches of consecutive
// seeds for 20 s. The same seed and count make the same inputs. A failure prints its seed and the shortest input that shows it.
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

import { root } from './run.mjs';
import { setup } from './setup.mjs';

const TIME_MS = 20_000;
const BATCH = 1_000;

const folder = join(root, 'test', 'fuzz');
const names = readdirSync(folder)
  .filter(file => file.endsWith('.fuzz.ts'))
  .map(file => file.replace('.fuzz.ts', ''));
const [name, seed = Date.now() % 2 ** 31, inputs] = process.argv.slice(2);
if (name !== undefined && !existsSync(join(folder, `${name}.fuzz.ts`))) {
  console.error(`fuzz: no fuzz ${name}; there are ${names.join(', ')}`);
  process.exit(64);
}

async function runOne(each) {
  const { fuzz } = await import(join(root, 'dist', 'test', 'fuzz', `${each}.fuzz.js`));
  const end = Date.now() + TIME_MS;
  let [next, done] = [Number(seed), 0];
  do {
    const report = await fuzz.run(next, Number(inputs ?? BATCH));
    done += report.inputs;
    if (report.failure !== undefined) {
      console.log(`not ok - ${each}, seed ${next}: ${report.failure.what}\nshortest input: ${report.failure.input}`);
      process.exitCode = 1;
      return;
    }
    next++;
  } while (inputs === undefined && Date.now() < end);
  console.log(`ok - ${each}: ${done} inputs, seeds ${seed} to ${next - 1}`);
}

await setup();
for (const each of name === undefined ? names : [name]) await runOne(each);
