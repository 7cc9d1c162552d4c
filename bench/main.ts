/** `npm run bench -- [name …] [--json F] [--rounds N] [--seconds S]`: asks the named questions, or all, and prints the table. */
import { writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';

import { ask, type Question, type ReportRow, type RunOptions } from './harness.js';
import { questions } from './questions.js';
import { machineFacts, reportTable } from './report.js';

const ROUNDS = 5;
const CYCLE_SECONDS = 0.4;
const EXIT_USAGE = 64;

function fail(message: string): never {
  console.error(`headrace bench: ${message}`);
  process.exit(EXIT_USAGE);
}

function parsed() {
  try {
    return parseArgs({
      allowPositionals: true,
      options: { json: { type: 'string' }, rounds: { type: 'string' }, seconds: { type: 'string' } },
    });
  } catch (error) {
    return fail(error instanceof Error ? error.message : String(error));
  }
}

function positive(text: string | undefined, name: string, fallback: number): number {
  if (text === undefined) return fallback;
  const value = Number(text);
  return value > 0 ? value : fail(`--${name} must be a number above 0, not "${text}"`);
}

function chosen(names: readonly string[]): Question[] {
  const all = Object.keys(questions);
  for (const name of names)
    if (!(name in questions)) fail(`no question is called "${name}"; there are: ${all.join(', ')}`);
  return Object.entries(questions)
    .filter(([name]) => names.length === 0 || names.includes(name))
    .map(([, question]) => question);
}

/** A question that cannot be asked does not stop the others: it is one row that says why. */
async function askOrExplain(question: Question, options: RunOptions): Promise<ReportRow[]> {
  try {
    return await ask(question, options);
  } catch (error) {
    const missing = error instanceof Error ? error.message : String(error);
    options.progress(`${question.name} failed: ${error instanceof Error ? error.stack : missing}`);
    process.exitCode = 1;
    return [
      { question: question.name, peer: '-', ours: null, theirs: null, unit: '', ratio: null, rounds: 0, missing },
    ];
  }
}

const { values, positionals } = parsed();
const options: RunOptions = {
  rounds: Math.ceil(positive(values.rounds, 'rounds', ROUNDS)),
  cycleSeconds: positive(values.seconds, 'seconds', CYCLE_SECONDS),
  progress: text => console.error(text),
};
const rows: ReportRow[] = [];
for (const question of chosen(positionals)) {
  rows.push(...(await askOrExplain(question, options)));
  // Written after each question, so a run that is stopped keeps what it has measured.
  if (values.json !== undefined) writeFileSync(values.json, `${JSON.stringify(rows, null, 2)}\n`);
}
console.log(`${machineFacts()}\n\n${reportTable(rows)}`);
process.exit();
