import { Command } from 'commander';

import { configJsonSchema, configReference } from '../gateway/index.js';

const EXAMPLES = `
Examples:
  headrace schema > headrace.schema.json
  headrace schema --markdown > docs/config.md

Exit codes: 0.`;

export function schemaCommand(): Command {
  return new Command('schema')
    .description('Prints the JSON Schema of the configuration file, or its reference page.')
    .option('--markdown', 'the reference page (docs/config.md) instead')
    .option('--json', 'JSON Schema (the default)')
    .addHelpText('after', EXAMPLES)
    .action((options: { markdown?: boolean }) => {
      process.stdout.write(options.markdown ? configReference() : `${JSON.stringify(configJsonSchema(), null, 2)}\n`);
    });
}
