// `npm run fuzz [-- NAME [SEED [INPUTS]]]`: runs one seeded fuzz of test/fuzz, or each in turn: so many inputs, else batches of consecutive
// seeds for 20 s. The same seed and count make the same inputs. A failure prints its seed and the shortest input that shows it.
import { join } from 'node:path';

import { root } from './run.mjs';
import { setup } from './setup.mjs';

const TIME_MS = 20_000;
const BATCH = 1_000;

await setup();
const { fuzzes } = await import(join(root, 'dist', 'test', 'fuzz', 'index.js'));
const [name, seed = Date.now() % 2 ** 31, inputs] = process.argv.slice(2);
const chosen = fuzzes.filter(fuzz => name === undefined || fuzz.name === name);
if (chosen.length === 0) {
  console.error(`fuzz: no fuzz ${name}; there are ${fuzzes.map(fuzz => fuzz.name).join(', ')}`);
  process.exit(64);
}

async function runOne(fuzz) {
  const end = Date.now() + TIME_MS;
  let [next, done] = [Number(seed), 0];
  do {
    const report = await fuzz.run(next, Number(inputs ?? BATCH));
    done += report.inputs;
    if (report.failure !== undefined) {
      console.log(
        `not ok - ${fuzz.name}, seed ${next}: ${report.failure.what}\nshortest input: ${report.failure.input}`,
      );
      process.exitCode = 1;
      return;
    }
    next++;
  } while (inputs === undefined && Date.now() < end);
  console.log(`ok - ${fuzz.name}: ${done} inputs, seeds ${seed} to ${next - 1}`);
}

for (const fuzz of chosen) await runOne(fuzz);
