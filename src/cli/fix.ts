import { Command } from 'commander';

import { importCommand } from './fix/import.js';

const EXAMPLES = `
Examples:
  headrace fix import quickfix.cfg -o gateway.yaml
  headrace fix import --help`;

export function fixCommand(): Command {
  return new Command('fix')
    .description('FIX sessions: what a QuickFIX desk brings along.')
    .addCommand(importCommand())
    .addHelpText('after', EXAMPLES);
}
