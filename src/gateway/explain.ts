import { SessionTimes } from '../session/index.js';
import type { GatewayConfig } from './config/index.js';

/** One thread of a gateway run from a configuration. */
export interface ThreadPlan {
  readonly thread: string;
  readonly does: string;
  readonly sleepsOn: string;
  readonly wokenBy: string;
}

/** Shared memory between two threads. */
export interface MemoryPlan {
  readonly name: string;
  readonly from: string;
  readonly to: string;
  readonly size: string;
}

/** What a configuration makes: the same for `headrace explain` and `--json`. */
export interface GatewayPlan {
  readonly instance: string;
  readonly picture: readonly string[];
  readonly threads: readonly ThreadPlan[];
  readonly memory: readonly MemoryPlan[];
  readonly notes: readonly string[];
}

const LOOP = 'its event loop';
const BELL_OR_SOCKETS = 'its sockets; a doorbell';

function threadPlans({ lane, feed, sinks, startOfDay }: GatewayConfig): ThreadPlan[] {
  const served = ['page, admin, metrics', ...(sinks.websocket === undefined ? [] : ['WebSocket topics'])];
  const spin = lane.spinUs > 0 ? ` after spinning ${lane.spinUs} µs (needs a spare core)` : '';
  const plans: (ThreadPlan | undefined)[] = [
    { thread: 'main', does: `config, lifecycle, ${served.join(', ')}`, sleepsOn: LOOP, wokenBy: BELL_OR_SOCKETS },
    {
      thread: 'lane',
      does: 'FIX sessions, gate, order state, ledger',
      sleepsOn: LOOP + spin,
      wokenBy: "its sockets and timers; a doorbell; main's commands",
    },
    {
      thread: 'flusher',
      does: 'fdatasync, block hashes, preallocation',
      sleepsOn: 'a condition variable',
      wokenBy: "the lane's commit",
    },
    feed && { thread: 'feed', does: 'market data: decode, feed log, prices', sleepsOn: LOOP, wokenBy: 'its socket' },
    sinks.kafka && {
      thread: 'publish',
      does: 'one reader a sink and log: kafka',
      sleepsOn: LOOP,
      wokenBy: BELL_OR_SOCKETS,
    },
    startOfDay && {
      thread: 'decode',
      does: 'the start-of-day file, then ends',
      sleepsOn: 'the load ring, when it is full',
      wokenBy: 'the lane',
    },
  ];
  return plans.filter(plan => plan !== undefined);
}

function memoryPlans({ journal, lane, feed, startOfDay }: GatewayConfig): MemoryPlan[] {
  const readers = 'every reader';
  const plans: (MemoryPlan | undefined)[] = [
    { name: 'ledger tail ring', from: 'lane', to: readers, size: `${journal.tailSizeMb} MiB` },
    feed && { name: 'feed tail ring', from: 'feed', to: readers, size: `${feed.tailSizeMb} MiB` },
    feed && { name: 'price ring', from: 'feed', to: 'lane', size: `${lane.priceRingKb} KiB` },
    startOfDay && { name: 'load ring', from: 'decode', to: 'lane', size: `${lane.loadRingKb} KiB` },
  ];
  return plans.filter(plan => plan !== undefined);
}

function inputs({ startOfDay, feed, lane }: GatewayConfig): string[] {
  const load = startOfDay && `  ${startOfDay.file} ─ decode worker ══ load ring ${lane.loadRingKb} KiB ══╗`;
  const prices =
    feed && `  market data ─▶ ${feed.host}:${feed.port} ─ feed worker ══ price ring ${lane.priceRingKb} KiB ══╗`;
  const lines = [load, prices].filter(line => line !== undefined);
  const width = Math.max(0, ...lines.map(line => line.length));
  return lines.map(line => `${line.slice(0, -1)}${'═'.repeat(width - line.length)}${line.slice(-1)}`);
}

function outputs({ sinks, page }: GatewayConfig): string[] {
  const { kafka, websocket } = sinks;
  return [
    ...(kafka === undefined ? [] : [`  ledger, feed ══▶ publish worker ─▶ kafka ${kafka.brokers.join(', ')}`]),
    ...(websocket === undefined
      ? []
      : [`  ledger, feed ══▶ main ─▶ WebSocket ${websocket.host}:${websocket.port} (${websocket.driver})`]),
    `  counters ──▶ main ─▶ page http://${page.host}:${page.port}`,
  ];
}

function picture(config: GatewayConfig): string[] {
  const { client, venue } = config.fix;
  const sessions = client.sessions.map(session => session.targetCompId).join(', ');
  const lane = '│ read → frame → session → decode → gate → ledger → write │';
  const bar = '─'.repeat(lane.length - 2);
  return [
    ...inputs(config),
    `  FIX clients (${sessions}) ◀─▶ ${client.host}:${client.port}`,
    `  ┌${bar}┐`,
    `  ${lane}   one thread, the order lane`,
    `  └${bar}┘`,
    `  FIX venue (${venue.targetCompId}) ◀─▶ ${venueAddresses(venue)}`,
    ...outputs(config),
  ];
}

function venueAddresses({ host, port, failover, hostPolicy }: GatewayConfig['fix']['venue']): string {
  const addresses = [{ host, port }, ...failover].map(address => `${address.host}:${address.port}`).join(', ');
  return failover.length === 0 ? addresses : `${addresses} (${hostPolicy})`;
}

/** When each session may be logged on; those that always may are left out. */
function times({ client, venue }: GatewayConfig['fix']): string[] {
  return [venue, ...client.sessions].flatMap(({ targetCompId, schedule }) => {
    const words = new SessionTimes(schedule).describe();
    return words === 'non-stop' ? [] : [`FIX session ${targetCompId}: ${words}`];
  });
}

function copyWords({ from, to, messages }: GatewayConfig['fix']['dropCopy'][number]): string {
  const what = messages === 'all' ? 'all application messages' : 'the ExecutionReports';
  return `${what} of ${from} are copied to ${to === 'topic' ? 'the topic drop-copy' : to}`;
}

const SURVIVES: Readonly<Record<GatewayConfig['journal']['durability'], string>> = {
  none: 'nothing: the ledger is only in memory',
  os: 'a crash of the gateway (written to the operating system)',
  group: 'a power cut (group commit)',
  each: 'a power cut (synced one by one)',
};

function notes({ journal, native, risk, topics, dataDir, transform, fix }: GatewayConfig): string[] {
  const { records, sizeBytes, timeMs } = journal.group;
  const group = journal.durability === 'group' ? `: ${records} frames, ${sizeBytes} bytes or ${timeMs} ms` : '';
  const limits = Object.keys(risk.firm).length + (risk.messageRate ? 1 : 0) + (risk.duplicateOrder ? 1 : 0);
  const required = Object.entries(topics).filter(([, policy]) => policy === 'required');
  return [
    `an acknowledged order survives ${SURVIVES[journal.durability]}${group}`,
    `the ledger in ${dataDir} keeps ${journal.retainGb} GiB`,
    `native parts: ${native}`,
    ...times(fix),
    ...fix.dropCopy.map(copyWords),
    `limits: ${limits} for the firm, ${Object.keys(risk.accounts).length} accounts, ${Object.keys(risk.symbols).length} symbols, ${risk.restricted.length} restricted`,
    ...transform.map(
      ({ source, when, fields }) =>
        `records of ${source ?? 'every source'}${when === undefined ? '' : ` where ${when}`} become ${Object.entries(
          fields,
        )
          .map(([name, from]) => `${name} = ${from}`)
          .join(', ')}; refused ones go to dead-letter`,
    ),
    ...required.map(
      ([topic]) =>
        `topic ${topic} is required: when its slowest reader lags ${journal.retainGb} GiB, new orders are refused`,
    ),
  ];
}

/** What a gateway from this configuration is made of. */
export function planOf(config: GatewayConfig): GatewayPlan {
  return {
    instance: config.instance,
    picture: picture(config),
    threads: threadPlans(config),
    memory: memoryPlans(config),
    notes: notes(config),
  };
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string[] {
  const widths = head.map((text, column) => Math.max(text.length, ...rows.map(row => row[column]?.length ?? 0)));
  const line = (cells: readonly string[]) =>
    `  ${cells.map((cell, index) => cell.padEnd(widths[index] ?? 0)).join('   ')}`.trimEnd();
  return [line(head), line(widths.map(width => '─'.repeat(width))), ...rows.map(line)];
}

/** The plan as text for a terminal. */
export function explainConfig(config: GatewayConfig): string {
  const { instance, picture: lines, threads, memory, notes: facts } = planOf(config);
  const sections = [
    [instance, '', ...lines],
    [
      'Threads',
      '',
      ...table(
        ['thread', 'does', 'sleeps on', 'woken by'],
        threads.map(({ thread, does, sleepsOn, wokenBy }) => [thread, does, sleepsOn, wokenBy]),
      ),
    ],
    [
      'Shared memory',
      '',
      ...table(
        ['what', 'from', 'to', 'size'],
        memory.map(({ name, from, to, size }) => [name, from, to, size]),
      ),
    ],
    ['Promises and limits', '', ...facts.map(fact => `  ${fact}`)],
  ];
  return `${sections.map(section => section.join('\n')).join('\n\n')}\n`;
}
