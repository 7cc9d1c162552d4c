import { writeFileSync } from 'node:fs';
import { Command, InvalidArgumentError, Option } from 'commander';

import type { SessionView, StoredMessage } from '../../orders/index.js';
import { OutputError } from '../../model/index.js';
import { EXIT_SOME_BAD } from '../program.js';
import { RefusedError, addGatewayFlags, askGateway, type GatewayFlags } from './gateway-address.js';

const SESSIONS = '/admin/fix/sessions';
const MSG_SEQ_NUM_MAX = 2 ** 31 - 1;

interface CommandFlags extends GatewayFlags {
  readonly reason?: string;
  readonly force?: boolean;
}

/** What the gateway answers a command that it did. */
interface Done {
  readonly session: string;
  readonly sequence: number;
  readonly nextInSeqNum: number;
  readonly nextOutSeqNum: number;
  readonly enabled: boolean;
  readonly testReqId?: string;
  readonly messages?: readonly StoredMessage[];
  readonly next?: number;
}

const EXIT_CODES = '\nExit codes: 0 done, 1 the gateway refused it (standard error says why), 69 no gateway answers.';

function examples(...lines: readonly string[]): string {
  return `\nExamples:\n${lines.map(line => `  headrace fix ${line}\n`).join('')}${EXIT_CODES}`;
}

function msgSeqNum(text: string): number {
  const value = Number(text);
  if (!/^\d{1,10}$/.test(text) || value < 1 || value > MSG_SEQ_NUM_MAX)
    throw new InvalidArgumentError(`A MsgSeqNum is 1 to ${MSG_SEQ_NUM_MAX}.`);
  return value;
}

const pathOf = (session: string, command = ''): string => `${SESSIONS}/${encodeURIComponent(session)}${command}`;

/** A refusal is the command's own result: one line, and 1. */
async function orRefused(work: () => Promise<void>): Promise<void> {
  try {
    await work();
  } catch (error) {
    if (!(error instanceof RefusedError)) throw error;
    process.stderr.write(`headrace: ${error.code}: ${error.message}\n`);
    process.exitCode = EXIT_SOME_BAD;
  }
}

function table(rows: readonly (readonly string[])[]): string {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map(row => (row[column] ?? '').length)));
  return rows
    .map(row =>
      row
        .map((cell, at) => cell.padEnd(widths[at] ?? 0))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}

function rowOf(session: SessionView): string[] {
  const { name, side, state, enabled, nextInSeqNum, nextOutSeqNum, bufferedBytes } = session;
  return [
    name,
    side,
    enabled ? state : `${state}, disabled`,
    ...[nextInSeqNum, nextOutSeqNum, bufferedBytes].map(String),
  ];
}

async function listSessions(flags: GatewayFlags): Promise<void> {
  const { sessions } = (await askGateway(flags, SESSIONS)) as { sessions: readonly SessionView[] };
  const head = ['session', 'side', 'state', 'next in', 'next out', 'buffered'];
  console.log(flags.json ? JSON.stringify(sessions) : table([head, ...sessions.map(rowOf)]));
}

async function showSession(session: string, flags: GatewayFlags): Promise<void> {
  const { counts, ...view } = (await askGateway(flags, pathOf(session))) as SessionView;
  const rows = [...Object.entries(view), ...Object.entries(counts)].map(([name, value]) => [name, String(value)]);
  console.log(flags.json ? JSON.stringify({ ...view, counts }) : table(rows));
}

function tell(done: Done, flags: GatewayFlags): void {
  if (flags.json) return console.log(JSON.stringify(done));
  const { session, nextInSeqNum, nextOutSeqNum, enabled, sequence, testReqId } = done;
  const stands = `next in ${nextInSeqNum}, next out ${nextOutSeqNum}, ${enabled ? 'enabled' : 'disabled'}`;
  console.log(`${session}: ${testReqId === undefined ? '' : `TestReqID ${testReqId}, `}${stands}; ledger ${sequence}`);
}

async function post(session: string, command: string, flags: CommandFlags, fields: object = {}): Promise<void> {
  const { reason, force } = flags;
  const body = { ...fields, ...(reason !== undefined && { reason }), ...(force && { force }) };
  tell((await askGateway(flags, pathOf(session, `/${command}`), body)) as Done, flags);
}

interface ReplayFlags extends CommandFlags {
  readonly from: number;
  readonly to: number;
  readonly target: 'caller' | 'counterparty';
  readonly out?: string;
}

/** Page by page: each is a bounded time of the order lane, and a record of its own. */
async function replay(session: string, flags: ReplayFlags): Promise<void> {
  const { from, to, target, out } = flags;
  if (target === 'counterparty') return post(session, 'replay', flags, { from, to, target });
  if (out !== undefined) writeOut(out, '', 'w');
  for (let next: number | undefined = from; next !== undefined;) {
    const range = { from: next, to, target, ...(flags.reason !== undefined && { reason: flags.reason }) };
    const page = (await askGateway(flags, pathOf(session, '/replay'), range)) as Done;
    const lines = (page.messages ?? []).map(message => `${flags.json ? JSON.stringify(message) : message.message}\n`);
    if (out === undefined) process.stdout.write(lines.join(''), 'latin1');
    else writeOut(out, lines.join(''), 'a');
    next = page.next;
  }
}

function writeOut(file: string, text: string, flag: 'w' | 'a'): void {
  try {
    writeFileSync(file, text, { encoding: 'latin1', flag });
  } catch (cause) {
    throw new OutputError('HR_OUTPUT', `${file} cannot be written: ${(cause as Error).message}`, { cause });
  }
}

function subcommand(name: string, summary: string): Command {
  return addGatewayFlags(
    new Command(name).summary(summary).description(`${summary[0]?.toUpperCase()}${summary.slice(1)}.`),
  );
}

function ofSession(name: string, summary: string): Command {
  return subcommand(name, summary).argument(
    '<session>',
    "its name, such as FIX.4.4:DESK->CLIENT, or the other side's CompID",
  );
}

function ordered(name: string, summary: string): Command {
  return ofSession(name, summary).option('--reason <text>', 'your words, for the journal');
}

const FORCE = 'also while orders are open: those at the venue are unknown then, and it is asked about each';

function plainCommand(name: string, summary: string): Command {
  return ordered(name, summary)
    .addHelpText(
      'after',
      examples(`${name} CLIENT --reason "onboarding"`, `${name} FIX.4.4:DESK-\\>VENUE --config gateway.yaml`),
    )
    .action((session: string, flags: CommandFlags) => orRefused(() => post(session, name, flags)));
}

function setSeqCommand(): Command {
  return ordered('set-seq', 'set the next MsgSeqNums of a session that is not connected')
    .option('--in <number>', 'next MsgSeqNum expected', msgSeqNum)
    .option('--out <number>', 'next MsgSeqNum sent', msgSeqNum)
    .option('--force', FORCE)
    .addHelpText(
      'after',
      examples('set-seq CLIENT --out 120', 'set-seq CLIENT --in 41 --force --reason "agreed by phone"'),
    )
    .action((session: string, flags: CommandFlags & { in?: number; out?: number }, command: Command) => {
      if (flags.in === undefined && flags.out === undefined) command.error('error: give --in, --out or both');
      const numbers = { ...(flags.in && { nextIn: flags.in }), ...(flags.out && { nextOut: flags.out }) };
      return orRefused(() => post(session, 'sequence', flags, numbers));
    });
}

function resetCommand(): Command {
  return ordered('reset', 'both MsgSeqNums begin at 1 again; a session that is up is logged out')
    .option('--force', FORCE)
    .addHelpText('after', examples('reset CLIENT', 'reset VENUE --force --reason "the venue lost its store"'))
    .action((session: string, flags: CommandFlags) => orRefused(() => post(session, 'reset', flags)));
}

function replayCommand(): Command {
  return ordered('replay', 'stored messages again: to a file, or to a client as possible duplicates')
    .requiredOption('--from <number>', 'first MsgSeqNum', msgSeqNum)
    .requiredOption('--to <number>', 'last MsgSeqNum', msgSeqNum)
    .addOption(new Option('--target <who>', 'who gets them').choices(['caller', 'counterparty']).default('caller'))
    .option('--out <file>', 'where the caller gets them, a message a line (standard output when left out)')
    .addHelpText(
      'after',
      examples(
        'replay CLIENT --from 1 --to 500 --out sent.fix',
        'replay CLIENT --from 17 --to 17 --target counterparty',
      ),
    )
    .action((session: string, flags: ReplayFlags) => orRefused(() => replay(session, flags)));
}

/** The commands of `headrace fix` to the sessions of a running gateway. */
export function sessionCommands(): readonly Command[] {
  return [
    subcommand('sessions', 'list the FIX sessions of a running gateway')
      .addHelpText('after', examples('sessions', 'sessions --config gateway.yaml --json'))
      .action((flags: GatewayFlags) => orRefused(() => listSessions(flags))),
    ofSession('show', 'show one FIX session and its counters')
      .addHelpText('after', examples('show CLIENT', 'show CLIENT --url http://127.0.0.1:8080 --json'))
      .action((session: string, flags: GatewayFlags) => orRefused(() => showSession(session, flags))),
    setSeqCommand(),
    resetCommand(),
    plainCommand('enable', 'let a session log on again'),
    plainCommand('disable', 'log a session out, and let nobody log on'),
    plainCommand('test-request', 'send a TestRequest'),
    replayCommand(),
  ];
}
