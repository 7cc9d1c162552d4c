import { readFileSync, writeFileSync } from 'node:fs';
import { Command, Option } from 'commander';

import { FIX_VERSIONS, builtInDictionaries, emitBuilders, type FixDictionary } from '../../codec/index.js';
import { OutputError, invariant } from '../../model/index.js';
import { isAdmin } from '../../session/index.js';
import { EXIT_SOME_BAD } from '../program.js';

const EXAMPLES = `
Examples:
  headrace fix builders J AS Q --out src/fix/allocations.ts
  headrace fix builders --fix FIX.5.0SP2 TradeCaptureReport --out src/fix/trades.ts --check

Messages are MsgTypes or names; without any, all application messages of the version. What is generated imports from 'headrace' and is
the same for the same version and messages. A builder's result goes to a session: session.send(built.msgType, built.write).

Exit codes: 0, 1 with --check: the file is stale, 64 the version has no such message, 74 the file cannot be written.`;

interface Flags {
  readonly fix: string;
  readonly out?: string;
  readonly check?: boolean;
}

function runBuilders(messages: readonly string[], flags: Flags, command: Command): void {
  const dictionary = builtInDictionaries(flags.fix);
  invariant(dictionary !== undefined, 'every version that may be chosen is built in', { version: flags.fix });
  if (flags.check === true && flags.out === undefined) command.error('error: --check needs --out, the file to check');
  const text = emitBuilders(dictionary, chosen(dictionary, messages, command));
  if (flags.out === undefined) return void process.stdout.write(text);
  if (flags.check !== true) return write(flags.out, text);
  if (textAt(flags.out) === text) return;
  process.stderr.write(`${flags.out} is not what ${flags.fix} gives now; run the command again without --check\n`);
  process.exitCode = EXIT_SOME_BAD;
}

function chosen(dictionary: FixDictionary, messages: readonly string[], command: Command): string[] {
  const all = dictionary.msgTypes().filter(msgType => !isAdmin(msgType));
  if (messages.length === 0) return all;
  return messages.map(wanted => {
    const found = all.find(msgType => msgType === wanted || dictionary.message(msgType)?.name === wanted);
    return found ?? command.error(`error: ${dictionary.version} has no application message ${wanted}`);
  });
}

function textAt(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}

function write(path: string, text: string): void {
  try {
    writeFileSync(path, text);
  } catch (cause) {
    throw new OutputError('HR_OUTPUT', `${path} cannot be written: ${(cause as Error).message}`, { cause });
  }
}

/** `headrace fix builders`. */
export function buildersCommand(): Command {
  const versions = FIX_VERSIONS.filter(version => version !== 'FIXT.1.1');
  return new Command('builders')
    .summary('generate typed builders of messages')
    .description(
      'Generates TypeScript that builds messages: an interface of the fields of each, and a checking function.',
    )
    .argument('[messages...]', 'MsgTypes or names; all application messages unless given')
    .addOption(new Option('--fix <version>', 'version of FIX').choices(versions).default('FIX.4.4'))
    .option('--out <file>', 'the file to write (standard output when left out)')
    .option('--check', 'write nothing; exit code 1 when the file of --out is stale')
    .addHelpText('after', EXAMPLES)
    .action(runBuilders);
}
