import { readdirSync } from 'node:fs';

import type { Fuzz } from '../support/fuzz.js';

// `npm run fuzz -- [name] [seed] [iterations]`: one fuzz or all of them; exit code 1 when one found something.
const SEED = 20_260_102;
const ITERATIONS = 20_000;

const [name, seed = String(SEED), iterations = String(ITERATIONS)] = process.argv.slice(2);
const files = readdirSync(new URL('.', import.meta.url)).filter(file => file.endsWith('.fuzz.js'));
const loaded = await Promise.all(
  files.map(file => import(new URL(file, import.meta.url).href) as Promise<{ fuzz: Fuzz }>),
);
const fuzzes = loaded.map(({ fuzz }) => fuzz);
const chosen = fuzzes.filter(fuzz => name === undefined || fuzz.name === name);
if (chosen.length === 0) {
  console.error(`fuzz: there is no ${name}; there are ${fuzzes.map(fuzz => fuzz.name).join(', ')}`);
  process.exit(64);
}
for (const fuzz of chosen) {
  const report = await fuzz.run(Number(seed), Number(iterations));
  console.error(JSON.stringify(report));
  if (report.failure !== undefined) process.exitCode = 1;
}
