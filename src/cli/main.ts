import { Command } from 'commander';

import { loadCommands } from './commands.js';
import { EXIT_CODES, runProgram } from './program.js';

const program = new Command('headrace').description(
  'Gateway from mainframe records and FIX orders to venues, brokers and WebSocket clients',
);
// The native parts are tried only when they are asked for, so it is not commander's own version option.
program.option('-V, --version', 'version of headrace and state of both native parts');
program.addHelpText('afterAll', EXIT_CODES);
// What stands behind a command's name is its own: `copybook` and `copybook check` share names of flags.
program.enablePositionalOptions();
const named = new Set(process.argv.slice(2));
for (const command of await loadCommands(name => named.has(name))) program.addCommand(command);
if (['-V', '--version'].includes(process.argv[2] ?? '')) console.log((await import('./version.js')).versionText());
else await runProgram(program);
