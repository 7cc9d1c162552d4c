import { Command } from 'commander';

import { loadConfig } from '../gateway/index.js';
import { configFindings, machineFindings, type Finding } from './doctor/findings.js';
import { EXIT_SOME_BAD } from './program.js';

const EXAMPLES = `
Examples:
  headrace doctor
  headrace doctor gateway.yaml --json

Exit codes: 0 all is well (warnings count as well), 1 something would not work, 78 the configuration is not right.`;

const MARKS: Readonly<Record<Finding['state'], string>> = { ok: 'ok  ', warning: 'warn', bad: 'BAD ' };

async function examine(file: string | undefined, options: { json?: boolean }): Promise<void> {
  const config = file === undefined ? undefined : loadConfig(file);
  const findings = [
    ...(await machineFindings()),
    ...(config === undefined ? [] : await configFindings(config, file ?? '')),
  ];
  if (options.json) console.log(JSON.stringify({ findings }));
  else for (const { state, what, text } of findings) console.log(`${MARKS[state]}  ${what}: ${text}`);
  if (findings.some(finding => finding.state === 'bad')) process.exitCode = EXIT_SOME_BAD;
}

export function doctorCommand(): Command {
  return new Command('doctor')
    .description('Says what of this machine and of a configuration would work, and what would not.')
    .argument('[file]', 'configuration, YAML: its ports, folder and brokers are tried too')
    .option('--json', 'one JSON object instead of text')
    .addHelpText('after', EXAMPLES)
    .action(examine);
}
