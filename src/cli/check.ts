import { Command } from 'commander';

import { checkConfig, checkPlatforms, isPlatformsFile, loadConfig } from '../gateway/index.js';
import { problemText, refuseProblems } from '../options/index.js';
import { readInput } from './arguments.js';
import { EXIT_CONFIG } from './program.js';

const EXAMPLES = `
Examples:
  headrace check gateway.yaml
  headrace check examples/desk/gateway.yaml --json

A file with tradingPlatforms at its top is checked as one of docs/platforms.md.

Exit codes: 0 the file is right, 78 it is not (every problem is printed as file:line:column).`;

function checkFile(file: string, options: { json?: boolean }): void {
  const text = readInput(file);
  const isPlatforms = isPlatformsFile(text);
  if (!options.json) {
    if (isPlatforms) refuseProblems(checkPlatforms(text, file));
    else loadConfig(file);
    console.log(`${file}: ok`);
    return;
  }
  const problems = isPlatforms ? checkPlatforms(text, file) : checkConfig(text, { file }).problems;
  console.log(JSON.stringify({ file, ok: problems.length === 0, problems: problems.map(withText) }));
  if (problems.length > 0) process.exitCode = EXIT_CONFIG;
}

function withText(problem: Parameters<typeof problemText>[0]): object {
  return { ...problem, text: problemText(problem) };
}

export function checkCommand(): Command {
  return new Command('check')
    .description('Checks a configuration file and prints every problem at once, with what was probably meant.')
    .argument('<file>', 'configuration, YAML')
    .option('--json', 'one JSON object instead of text')
    .addHelpText('after', EXAMPLES)
    .action(checkFile);
}
