import { Command } from 'commander';

import { createGateway } from '../gateway/index.js';
import { atLeastZero } from './arguments.js';
import { serve } from './serve.js';

interface RunOptions {
  readonly acceptDamage?: boolean;
  readonly reload?: boolean;
  readonly drainMs: number;
}

/** `headrace run FILE`: one gateway until Ctrl-C. */
export function runCommand(): Command {
  return new Command('run')
    .description(
      'Runs the gateway of a configuration until Ctrl-C or SIGTERM, then drains and closes. SIGHUP reads certificates again.',
    )
    .argument('[file]', 'configuration', 'gateway.yaml')
    .option('--accept-damage', 'start although frames of a log are damaged; they are skipped and named')
    .option('--reload', 'take another start-of-day file for a date already loaded')
    .option('--drain-ms <ms>', 'longest wait for sessions and sinks when closing', atLeastZero, 5000)
    .addHelpText(
      'after',
      '\nExamples:\n  headrace run gateway.yaml\n  headrace run --reload examples/desk/gateway.yaml   # a corrected file replaces today’s load\n',
    )
    .action(async (file: string, options: RunOptions) => {
      const { acceptDamage = false, reload = false } = options;
      const gateway = createGateway({ config: file, acceptDamage, reload });
      await serve(gateway, options.drainMs);
    });
}
