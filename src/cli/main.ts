import { Command } from 'commander';

import { commands } from './commands.js';
import { EXIT_CODES, runProgram } from './program.js';
import { versionText } from './version.js';

const program = new Command('headrace').description(
  'Gateway from mainframe records and FIX orders to venues, brokers and WebSocket clients',
);
// The native parts are tried only when they are asked for, so it is not commander's own version option.
program.option('-V, --version', 'version of headrace and state of both native parts');
program.on('option:version', () => {
  console.log(versionText());
  process.exit(0);
});
program.addHelpText('afterAll', EXIT_CODES);
for (const command of commands) program.addCommand(command());
await runProgram(program);
