import { CommanderError, type Command } from 'commander';

import {
  ConfigError,
  ConnectionError,
  DecodeError,
  HeadraceError,
  InputError,
  OutputError,
  PublishError,
} from '../model/index.js';

/** Ran, but some records were bad or tests failed. */
export const EXIT_SOME_BAD = 1;
/** sysexits(3): wrong flags or arguments. */
const EXIT_USAGE = 64;
/** sysexits(3): data that was asked for by name is not what it must be. */
export const EXIT_DATA = 65;
/** sysexits(3): a file to read is not there, or cannot be opened. */
const EXIT_NO_INPUT = 66;
/** sysexits(3): a port, a peer or a broker cannot be had. */
export const EXIT_UNAVAILABLE = 69;
/** sysexits(3): an internal failure; the gateway stops and a restart recovers. */
export const EXIT_SOFTWARE = 70;
/** sysexits(3): an output is full or gone. */
const EXIT_IO = 74;
/** sysexits(3): the configuration cannot be used; a restart would not help. */
export const EXIT_CONFIG = 78;

/** What every `--help` says of exit codes, beyond those of the command itself. */
export const EXIT_CODES = `
Of every command: 64 wrong usage, 65 data that is asked for is wrong, 66 a file to read is not there,
69 a port or peer cannot be had, 70 internal failure (a restart recovers), 74 an output is full or gone, 78 the configuration cannot be used.`;

/** The exit code that an error ends the process with. */
export function exitCodeOf(error: unknown): number {
  if (error instanceof ConfigError) return EXIT_CONFIG;
  if (error instanceof DecodeError) return EXIT_DATA;
  if (error instanceof InputError) return EXIT_NO_INPUT;
  if (error instanceof OutputError) return EXIT_IO;
  if (error instanceof ConnectionError || error instanceof PublishError) return EXIT_UNAVAILABLE;
  return EXIT_SOFTWARE;
}

/** Runs the parsed command; an error prints one line and sets the exit code: a stack only of what is a fault of ours. */
export async function runProgram(program: Command): Promise<void> {
  withoutExit(program);
  process.stdout.on('error', endOutput);
  try {
    await program.parseAsync();
  } catch (error) {
    if (error instanceof CommanderError) {
      process.exitCode = error.exitCode === 0 ? 0 : EXIT_USAGE;
      return;
    }
    if (!(error instanceof HeadraceError)) console.error((error as Error).stack);
    const code = error instanceof HeadraceError ? error.code : 'HR_INTERNAL';
    process.stderr.write(`headrace: ${code}: ${(error as Error).message}\n`);
    process.exitCode = exitCodeOf(error);
  }
}

/** Whoever reads has what it wanted: `| head`. All else is said. */
function endOutput(error: NodeJS.ErrnoException): never {
  if (error.code === 'EPIPE') process.exit(0);
  process.stderr.write(`headrace: HR_OUTPUT: standard output cannot be written: ${error.message}\n`);
  process.exit(EXIT_IO);
}

/** Commander would end the process with 1, which is promised for bad records. */
function withoutExit(command: Command): void {
  command.exitOverride();
  command.commands.forEach(withoutExit);
}
