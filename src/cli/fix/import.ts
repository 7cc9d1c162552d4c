import { readFileSync, writeFileSync } from 'node:fs';
import { Command } from 'commander';

import { findingText, importSettings, type ImportedConfig } from '../../gateway/index.js';
import { InputError, OutputError } from '../../model/index.js';
import { problemText } from '../../options/index.js';
import { planSessions, readSettings } from '../../trading/index.js';
import { checkOutputs } from '../outputs.js';
import { EXIT_CONFIG, EXIT_DATA, EXIT_SOME_BAD } from '../program.js';

const EXAMPLES = `
Examples:
  headrace fix import quickfix.cfg -o gateway.yaml
  headrace fix import acceptor.cfg initiator.cfg --instance desk-1 --venue EXCHANGE --json -o gateway.yaml

Acceptors become the clients of the gateway, an initiator its venue. Every key of QuickFIX and QuickFIX/J is carried over or named
with its line, and what to do instead, on standard error and in comments of the YAML. Without -o the YAML goes to standard output.

Exit codes: 0 everything was carried over, 1 something was not, 65 a settings file is wrong (nothing is written), 66 it is not there,
78 what it holds is not yet a whole configuration (that is written, with what is missing as comments).`;

interface Options {
  readonly output?: string;
  readonly instance?: string;
  readonly venue?: string;
  readonly json?: boolean;
}

function runImport(files: readonly string[], options: Options): void {
  checkOutputs(files, [options.output]);
  const plans = files.map(file => planSessions(readSettings(settingsText(file), { file })));
  const imported = importSettings(plans, { ...options, output: options.output ?? 'gateway.yaml' });
  const isWrong = imported.findings.some(({ kind }) => kind === 'invalid');
  if (options.json) console.log(JSON.stringify(report(imported, isWrong)));
  else for (const finding of imported.findings) console.error(`headrace: ${findingText(finding)}`);
  if (!options.json && !isWrong)
    for (const problem of imported.problems) console.error(`headrace: ${problemText(problem)}`);
  process.exitCode = exitCode(imported, isWrong);
  if (isWrong) return;
  if (options.output !== undefined) write(options.output, imported.yaml);
  else if (!options.json) process.stdout.write(imported.yaml);
}

function settingsText(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (cause) {
    throw new InputError('HR_INPUT', `${path} cannot be read: ${(cause as Error).message}`, { cause });
  }
}

function report({ yaml, ...imported }: ImportedConfig, isWrong: boolean): object {
  return { ok: !isWrong && imported.problems.length === 0, ...imported, ...(!isWrong && { yaml }) };
}

function exitCode({ findings, problems }: ImportedConfig, isWrong: boolean): number {
  if (isWrong) return EXIT_DATA;
  if (problems.length > 0) return EXIT_CONFIG;
  return findings.some(({ kind }) => kind !== 'note') ? EXIT_SOME_BAD : 0;
}

function write(path: string, text: string): void {
  try {
    writeFileSync(path, text);
  } catch (cause) {
    throw new OutputError('HR_OUTPUT', `${path} cannot be written: ${(cause as Error).message}`, { cause });
  }
}

/** `headrace fix import`. */
export function importCommand(): Command {
  return new Command('import')
    .summary('write a configuration from QuickFIX settings files')
    .description(
      'Writes a configuration from QuickFIX settings files, and names every key that it does not carry over.',
    )
    .argument('<settings...>', 'settings files of QuickFIX or QuickFIX/J')
    .option('-o, --output <file>', 'the configuration to write, YAML')
    .option('--instance <name>', 'name of the gateway; from the SenderCompID unless given')
    .option('--venue <compid>', 'TargetCompID of the initiator that becomes the venue; the first unless given')
    .option('--json', 'report as one JSON object')
    .addHelpText('after', EXAMPLES)
    .action(runImport);
}
