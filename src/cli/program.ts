import type { Command } from 'commander';

import { ConfigError, HeadraceError } from '../model/index.js';

/** sysexits(3): the configuration cannot be used. */
export const EXIT_CONFIG = 78;
/** sysexits(3): an internal failure; the gateway stops and a restart recovers. */
export const EXIT_SOFTWARE = 70;
/** Ran, but some records were bad or tests failed. */
export const EXIT_SOME_BAD = 1;

/** Runs the parsed command; an error prints its code and message and sets the exit code, never a stack for a known error. */
export async function runProgram(program: Command): Promise<void> {
  try {
    await program.parseAsync();
  } catch (error) {
    if (!(error instanceof HeadraceError)) throw error;
    process.stderr.write(`headrace: ${error.code}: ${error.message}\n`);
    process.exitCode = error instanceof ConfigError ? EXIT_CONFIG : EXIT_SOFTWARE;
  }
}
