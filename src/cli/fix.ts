import { Command } from 'commander';

import { importStoreCommand } from './fix/import-store.js';
import { importCommand } from './fix/import.js';

const EXAMPLES = `
Examples:
  headrace fix import quickfix.cfg -o gateway.yaml
  headrace fix import-store ./store --session 'FIX.4.4:DESK->EXCHANGE' --config gateway.yaml`;

export function fixCommand(): Command {
  return new Command('fix')
    .description('FIX sessions: what a QuickFIX desk brings along.')
    .addCommand(importCommand())
    .addCommand(importStoreCommand())
    .addHelpText('after', EXAMPLES);
}
