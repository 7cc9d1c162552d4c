import { Command, InvalidArgumentError } from 'commander';

import { search, tail, topicNumber, typeNumber, verify, type AuditReport, type FoundFrame } from '../audit/index.js';
import { EXIT_SOME_BAD } from './program.js';
import { FRAME_TYPE, TOPICS } from '../model/index.js';

const helpText = (exitCodes: string, ...examples: readonly string[]): string =>
  `\nExamples:\n${examples.map(example => `  headrace audit ${example}\n`).join('')}\nExit codes: ${exitCodes}`;

interface LogOptions {
  readonly log: string;
  readonly json?: boolean;
}

interface SearchOptions extends LogOptions {
  readonly clordid?: string;
  readonly text?: string;
  readonly type?: number;
  readonly topic?: number;
  readonly from?: number;
  readonly to?: number;
  readonly since?: bigint;
  readonly until?: bigint;
  readonly limit: number;
}

function print(frame: FoundFrame, json: boolean | undefined): void {
  if (json) console.log(JSON.stringify(frame));
  else console.log(`${frame.sequence} ${frame.time} ${frame.type} ${frame.topic || '-'} ${frame.source} ${frame.text}`);
}

function reportText(report: AuditReport): string {
  const { firstBroken: broken } = report;
  const counts = Object.entries(report.countByType).map(([type, count]) => `${type} ${count}`);
  return [
    broken === undefined
      ? `${report.name}: whole`
      : `${report.name}: broken at ${broken.file}:${broken.offset}, sequence ${broken.sequence}: ${broken.reason} (${report.brokenCount} places)`,
    `sequences ${report.firstSequence} to ${report.lastSequence} in ${report.segmentCount} segments, ${report.frameCount} frames`,
    `by type: ${counts.join(', ') || 'none'}`,
    `hash chain: ${report.sealedBlocks} blocks, head ${report.headHash || 'none'}, ${report.unsealedFrames} frames behind it`,
  ].join('\n');
}

function runVerify(directory: string, { log, json }: LogOptions): void {
  const report = verify(directory, log);
  console.log(json ? JSON.stringify(report) : reportText(report));
  if (!report.ok) process.exitCode = EXIT_SOME_BAD;
}

async function runTail(directory: string, options: LogOptions & { count: number; follow?: boolean }): Promise<void> {
  const stop = new AbortController();
  process.once('SIGINT', () => stop.abort());
  const follow = options.follow === true ? { follow: stop.signal } : {};
  await tail({ directory, name: options.log, count: options.count, ...follow }, frame => print(frame, options.json));
}

function runSearch(directory: string, options: SearchOptions): void {
  const { clordid, text, type, topic, from, to, since, until, limit } = options;
  const query = {
    limit,
    ...(clordid === undefined ? {} : { clOrdId: clordid }),
    ...(text === undefined ? {} : { text }),
    ...(type === undefined ? {} : { type }),
    ...(topic === undefined ? {} : { topic }),
    ...(from === undefined ? {} : { fromSequence: from }),
    ...(to === undefined ? {} : { toSequence: to }),
    ...(since === undefined ? {} : { fromNs: since }),
    ...(until === undefined ? {} : { toNs: until }),
  };
  const found = search(directory, options.log, query);
  for (const frame of found) print(frame, options.json);
  if (found.length === 0) process.exitCode = EXIT_SOME_BAD;
}

function whole(text: string): number {
  if (!/^\d{1,15}$/.test(text)) throw new InvalidArgumentError('a whole number');
  return Number(text);
}

function instant(text: string): bigint {
  const time = Date.parse(text);
  if (Number.isNaN(time)) throw new InvalidArgumentError('a time such as 2026-11-23T10:15:00Z');
  return BigInt(time) * 1_000_000n;
}

function named(read: (text: string) => number | undefined, names: readonly string[]): (text: string) => number {
  return text => {
    const number = read(text);
    if (number === undefined) throw new InvalidArgumentError(`no such name; there are ${names.join(', ')}`);
    return number;
  };
}

function subcommand(name: string, summary: string, description: string): Command {
  return new Command(name)
    .summary(summary)
    .description(description)
    .argument('<directory>', "the gateway's data folder")
    .option('--log <name>', 'which log', 'ledger')
    .option('--json', 'JSON instead of text');
}

function verifyCommand(): Command {
  return subcommand('verify', 'prove that a log was not altered', 'Recomputes every CRC and the hash chain.')
    .addHelpText(
      'after',
      helpText('0 the log is whole, 1 it is not.', 'verify ./data', 'verify ./data --log feed --json'),
    )
    .action(runVerify);
}

function tailCommand(): Command {
  return subcommand('tail', 'show the newest frames', 'Shows the newest frames of a log.')
    .option('--count <frames>', 'how many', whole, 20)
    .option('--follow', 'go on with what is committed, until Ctrl-C')
    .addHelpText('after', helpText('0.', 'tail ./data --count 5', 'tail ./data --log feed --follow --json'))
    .action(runTail);
}

function searchCommand(): Command {
  return subcommand('search', 'find frames', 'Finds frames of a log that meet all that is given.')
    .option('--clordid <id>', 'a ClOrdID, whole')
    .option('--text <text>', 'bytes anywhere in the payload')
    .option('--type <type>', 'a frame type, by name or number', named(typeNumber, Object.keys(FRAME_TYPE)))
    .option('--topic <topic>', 'a topic, by name or number', named(topicNumber, TOPICS.slice(1)))
    .option('--from <sequence>', 'first sequence', whole)
    .option('--to <sequence>', 'last sequence', whole)
    .option('--since <time>', 'first time, UTC', instant)
    .option('--until <time>', 'last time, UTC', instant)
    .option('--limit <frames>', 'frames shown at most', whole, 1000)
    .addHelpText(
      'after',
      helpText(
        '0 frames were found, 1 none were.',
        'search ./data --topic orders.refused --since 2026-11-23T09:00:00Z',
        'search ./data --log feed --topic dead-letter --json',
      ),
    )
    .action(runSearch);
}

export function auditCommand(): Command {
  return new Command('audit')
    .description('Proves that a log was not altered, shows its newest frames, and finds frames in it.')
    .addHelpText(
      'after',
      helpText(
        '0 the log is whole, or frames were found; 1 it is not, or none were.',
        'verify ./data',
        'search ./data --clordid ORDER-17 --json',
      ),
    )
    .addCommand(verifyCommand())
    .addCommand(tailCommand())
    .addCommand(searchCommand());
}
