import { Command } from 'commander';

import { buildersCommand } from './fix/builders.js';
import { importStoreCommand } from './fix/import-store.js';
import { importCommand } from './fix/import.js';
import { sessionCommands } from './fix/sessions.js';

const EXAMPLES = `
Examples:
  headrace fix import quickfix.cfg -o gateway.yaml
  headrace fix import-store ./store --session 'FIX.4.4:DESK->EXCHANGE' --config gateway.yaml
  headrace fix builders J AS Q --out src/fix/allocations.ts
  headrace fix sessions --config gateway.yaml
  headrace fix disable CLIENT --reason "end of the pilot"`;

export function fixCommand(): Command {
  const group = new Command('fix')
    .description('FIX sessions: those of a running gateway, and what a QuickFIX desk brings along.')
    .addCommand(importCommand())
    .addCommand(importStoreCommand())
    .addCommand(buildersCommand())
    .addHelpText('after', EXAMPLES);
  for (const command of sessionCommands()) group.addCommand(command);
  return group;
}
