import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import { checkConfig } from '../../src/gateway/index.js';
import { projectRoot } from '../support/project.js';
import { SeededRandom, shrinkList, type Fuzz, type FuzzReport } from '../support/fuzz.js';

const EXAMPLE = readFileSync(join(projectRoot, 'examples', 'desk', 'gateway.yaml'), 'utf8').split('\n');

const PIECES = [
  '  ',
  '- ',
  ': ',
  '{',
  '}',
  '[',
  ']',
  '"',
  "'",
  '#',
  '&a ',
  '*a',
  '!!x ',
  '|',
  '>',
  '? ',
  '<<: ',
  '---',
  '%',
  '${A:',
  '$${',
  '~',
  'null',
  '-1',
  '1e999',
  '99999999999999999999',
  '0x1F',
  'true',
  '__proto__: 1',
  'constructor: {}',
  'version: 2',
  '\t',
  '\u0000',
  '\ud800',
  '\u2028',
];

function mutate(random: SeededRandom): string[] {
  const lines = [...EXAMPLE];
  for (let count = 1 + random.below(6); count > 0; count--) {
    const at = random.below(lines.length);
    const line = lines[at] ?? '';
    const cut = random.below(line.length + 1);
    const piece = PIECES[random.below(PIECES.length)] ?? '';
    const kind = random.below(4);
    if (kind === 0) lines.splice(at, 1);
    else if (kind === 1) lines.splice(at, 0, lines[random.below(lines.length)] ?? '');
    else lines[at] = line.slice(0, cut) + piece + line.slice(kind === 2 ? cut : cut + piece.length);
  }
  return lines;
}

/** What is wrong with the answer to a text, or undefined: it never throws, and each problem has a place inside the file. */
function wrongWith(lines: readonly string[]): string | undefined {
  try {
    const { config, problems } = checkConfig(lines.join('\n'), {
      file: join(projectRoot, 'examples/desk/g.yaml'),
      environment: {},
    });
    if ((config === undefined) === (problems.length === 0)) return 'neither a configuration nor a problem, or both';
    const outside = problems.find(({ line, column }) => line < 1 || column < 1 || line > lines.length + 1);
    return outside === undefined ? undefined : `a problem at ${outside.line}:${outside.column}: ${outside.message}`;
  } catch (error) {
    return `threw ${String(error)}`;
  }
}

function run(seed: number, iterations: number): FuzzReport {
  const random = new SeededRandom(seed);
  for (let inputs = 1; inputs <= iterations; inputs++) {
    const lines = mutate(random);
    const what = wrongWith(lines);
    if (what === undefined) continue;
    const shortest = shrinkList(lines, part => wrongWith(part) !== undefined);
    return { name: 'config', seed, inputs, failure: { input: shortest.join('\n'), what } };
  }
  return { name: 'config', seed, inputs: iterations };
}

/** Damaged configurations: every answer is a configuration, or problems at places of the file. */
export const fuzz: Fuzz = { name: 'config', run };
