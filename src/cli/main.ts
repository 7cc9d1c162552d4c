import { Command } from 'commander';

import { commands } from './commands.js';
import { runProgram } from './program.js';

const program = new Command('headrace').description(
  'Gateway from mainframe records and FIX orders to venues, brokers and WebSocket clients',
);
for (const command of commands) program.addCommand(command());
await runProgram(program);
