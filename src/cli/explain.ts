import { Command } from 'commander';

import { explainConfig, loadConfig, planOf } from '../gateway/index.js';

const EXAMPLES = `
Examples:
  headrace explain examples/desk/gateway.yaml
  headrace explain gateway.yaml --json

Exit codes: 0, 78 the configuration is not right.`;

export function explainCommand(): Command {
  return new Command('explain')
    .description('Prints what a gateway from this configuration is made of: flows, threads, shared memory, promises.')
    .argument('<file>', 'configuration, YAML')
    .option('--json', 'one JSON object instead of text')
    .addHelpText('after', EXAMPLES)
    .action((file: string, options: { json?: boolean }) => {
      const config = loadConfig(file);
      process.stdout.write(options.json ? `${JSON.stringify(planOf(config))}\n` : explainConfig(config));
    });
}
