import { Command, Option } from 'commander';

import { compareAt, readDistribution, type Comparison } from './bench/compare.js';
import type { LatencySummary } from './bench/latencies.js';
import { splitTarget, type LoadPlan, type LoadResult } from './bench/load.js';
import { loadWire, type WirePlan } from './bench/wire-load.js';
import { loadWebSocket } from './bench/ws-load.js';
import { atLeastZero, positive, readInput } from './arguments.js';
import { EXIT_SOME_BAD } from './program.js';

const PERCENTILES = [50, 90, 99, 99.9];

interface LoadOptions {
  readonly target: string;
  readonly rate: number;
  readonly messages: string;
  readonly hgrm?: string;
  readonly raw?: string;
  readonly warmup: number;
  readonly duration: number;
  readonly json?: boolean;
}

interface WireOptions extends LoadOptions {
  readonly sender?: string;
  readonly recipient?: string;
  readonly venue?: number;
  readonly answer: WirePlan['venueAnswer'];
}

interface WebSocketOptions extends LoadOptions {
  readonly path: string;
  readonly hello?: string;
}

function messageLines(file: string): string[] {
  return readInput(file, 'latin1')
    .split(/\r?\n/)
    .filter(line => line.trim() !== '');
}

function planOf(options: LoadOptions): LoadPlan {
  return {
    ...splitTarget(options.target),
    ratePerSecond: options.rate,
    warmUpSeconds: options.warmup,
    durationSeconds: options.duration,
    hgrm: options.hgrm,
    raw: options.raw,
    progress: text => console.error(text),
  };
}

function summaryLine(name: string, summary: LatencySummary): string {
  const figures = [summary.p50Us, summary.p90Us, summary.p99Us, summary.p999Us, summary.maxUs];
  return `${name.padEnd(10)}${figures.map(us => us.toFixed(1).padStart(12)).join('')}`;
}

function printResult(result: LoadResult, json: boolean | undefined): void {
  if (result.unanswered > 0) process.exitCode = EXIT_SOME_BAD;
  if (json === true) return void console.log(JSON.stringify(result));
  console.log(`${result.target}  ${result.sent} sent at ${result.ratePerSecond}/s, ${result.unanswered} unanswered`);
  console.log(`${'µs'.padEnd(10)}${['p50', 'p90', 'p99', 'p99.9', 'max'].map(name => name.padStart(12)).join('')}`);
  console.log(summaryLine('latency', result.latency));
  console.log(summaryLine('hiccups', result.hiccups));
  console.log(`Timed ${result.timestamps}.`);
}

function loadCommand(name: string, summary: string, description: string): Command {
  return new Command(name)
    .summary(summary)
    .description(description)
    .requiredOption('--target <host:port>', 'the endpoint to drive')
    .requiredOption('--rate <perSecond>', 'messages a second, whatever the target does', positive)
    .requiredOption('--messages <file>', 'what is sent, one message a line, taken in turn')
    .option('--hgrm <file>', 'write the latencies as an HdrHistogram percentile file, microseconds')
    .option('--raw <file>', 'write each latency, nanoseconds, one a line')
    .option('--warmup <seconds>', 'sent at the same rate and not counted', atLeastZero, 2)
    .option('--duration <seconds>', 'how long is measured', positive, 10)
    .option('--json', 'print the result as JSON');
}

function wireCommand(): Command {
  return loadCommand(
    'wire',
    'drive a FIX endpoint open loop',
    'Drives a FIX endpoint open loop, free of coordinated omission.',
  )
    .option('--sender <compID>', "the client's CompID (default: 49 of the first message)")
    .option('--recipient <compID>', "the target's CompID (default: 56 of the first message)")
    .option('--venue <port>', 'listen here as the venue too and time order in → order out', positive)
    .addOption(new Option('--answer <kind>', 'what the venue answers').choices(['none', 'new', 'fill']).default('none'))
    .addHelpText(
      'after',
      '\nExamples:\n  headrace bench wire --target 127.0.0.1:9880 --rate 1000 --messages orders.fix --hgrm out.hgrm' +
        '\n  headrace bench wire --target 127.0.0.1:9880 --venue 9882 --answer fill --rate 10000 --messages orders.fix --json\n',
    )
    .action(async (options: WireOptions) => {
      const plan: WirePlan = {
        ...planOf(options),
        messages: messageLines(options.messages),
        senderCompID: options.sender,
        targetCompID: options.recipient,
        venuePort: options.venue,
        venueAnswer: options.answer,
      };
      printResult(await loadWire(plan), options.json);
    });
}

function webSocketCommand(): Command {
  return loadCommand(
    'ws',
    'drive a WebSocket endpoint open loop',
    'Drives a WebSocket endpoint that answers each message, open loop.',
  )
    .option('--path <path>', 'path of the endpoint', '/')
    .option('--hello <text>', 'a message sent once before the load, e.g. a subscription')
    .addHelpText(
      'after',
      '\nExamples:\n  headrace bench ws --target 127.0.0.1:8081 --rate 1000 --messages ping.txt' +
        '\n  headrace bench ws --target 127.0.0.1:8081 --path /echo --rate 5000 --messages ping.txt --hgrm out.hgrm\n',
    )
    .action(async (options: WebSocketOptions) => {
      const messages = messageLines(options.messages);
      printResult(
        await loadWebSocket({ ...planOf(options), messages, path: options.path, hello: options.hello }),
        options.json,
      );
    });
}

function comparisonLine(row: Comparison): string {
  const figures = [row.a.value, row.b.value].map(us => us.toFixed(1).padStart(12)).join('');
  const interval = `[${row.ratioLow.toFixed(3)}, ${row.ratioHigh.toFixed(3)}]`;
  return `p${String(row.percentile).padEnd(7)}${figures}${row.ratio.toFixed(3).padStart(10)}  ${interval}`;
}

function compareCommand(): Command {
  return new Command('compare')
    .summary('set two results beside each other')
    .description('Sets two results beside each other: B / A with its 95 % interval, above 1 where A is faster.')
    .argument('<a>', 'a .hgrm file in microseconds, or raw nanoseconds one a line')
    .argument('<b>', 'the same of the other')
    .option('--json', 'print the comparison as JSON')
    .addHelpText(
      'after',
      '\nExamples:\n  headrace bench compare ours.hgrm quickfix.hgrm\n  headrace bench compare --json before.raw after.raw\n',
    )
    .action((a: string, b: string, options: { readonly json?: boolean }) => {
      const [left, right] = [readDistribution(a), readDistribution(b)];
      const rows = PERCENTILES.map(percentile => compareAt(left, right, percentile));
      if (options.json === true) return void console.log(JSON.stringify(rows));
      console.log(`${'µs'.padEnd(8)}${'A'.padStart(12)}${'B'.padStart(12)}${'B / A'.padStart(10)}  95 % interval`);
      for (const row of rows) console.log(comparisonLine(row));
    });
}

/** `headrace bench wire | ws | compare`. */
export function benchCommand(): Command {
  return new Command('bench')
    .description('Measures any FIX or WebSocket endpoint, and compares two results.')
    .addHelpText(
      'after',
      '\nExamples:\n  headrace bench wire --target 127.0.0.1:9880 --rate 1000 --messages orders.fix --hgrm ours.hgrm' +
        '\n  headrace bench compare ours.hgrm quickfix.hgrm\n',
    )
    .addCommand(wireCommand())
    .addCommand(webSocketCommand())
    .addCommand(compareCommand());
}
