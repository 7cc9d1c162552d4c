import type { GatewayView, HaltRequest, HaltResult, LogView, ReaderView, RingView } from '../dashboard/index.js';
import { HeadraceError, version } from '../model/index.js';
import { openCounters, type HistogramSummary } from '../observe/index.js';
import { LaneMeter, STAGES } from '../orders/index.js';
import type { SinkReport, WebSocketTopics } from '../publish/index.js';
import { readRingFill } from '../ring/index.js';
import { FEED_COUNTERS } from '../sources/index.js';
import type { SignalBridge } from '../signals/index.js';
import type { RecordStage } from '../transform/index.js';
import type { LaneThread } from './lane-thread.js';
import type { LedgerWatch } from './ledger-watch.js';
import type { GatewayMemory } from './memory.js';

export interface ViewParts {
  readonly instance: string;
  readonly memory: GatewayMemory;
  readonly lane: LaneThread;
  readonly watch: LedgerWatch;
  /** Readers of the brokers' sinks and of an embedder's. */
  readonly sinks: readonly SinkReport[];
  readonly websocket: WebSocketTopics | undefined;
  readonly stage: RecordStage;
  readonly signals: SignalBridge | undefined;
  /** Why clients may not connect; empty when they may. */
  readonly reasons: () => readonly string[];
}

/** What page, metrics and admin see: counters of shared memory and what the lane last told. */
export function gatewayView(parts: ViewParts): GatewayView {
  const { lane, memory, watch } = parts;
  const meter = new LaneMeter(memory.lane.meter);
  const feed = openCounters(memory.feedCounters, FEED_COUNTERS);
  return {
    instance: parts.instance,
    version,
    businessDate: () => lane.status.businessDate,
    counters: () => ({ ...meter.counters.snapshot(), ...prefixed('feed', feed.snapshot()), ...messages(lane) }),
    refusals: () => meter.refusals(),
    stages: () =>
      Object.fromEntries(STAGES.map(stage => [stage, meter.stages[stage].summary()])) as Record<
        string,
        HistogramSummary
      >,
    sessions: () => lane.status.sessions,
    readers: () => [...parts.sinks.map(sinkReader), pageReader(watch)],
    logs: () => [ledgerView(meter, lane.status.journal)],
    rings: () => ringViews(memory),
    websocket: () => parts.websocket?.counters.snapshot() ?? {},
    transforms: () => parts.stage.counts,
    lastOrders: () => watch.lastOrders(),
    ready: () => {
      const reasons = parts.reasons();
      return { ok: reasons.length === 0, reasons };
    },
    halts: () => lane.status.halts.map(({ timeMs, ...halt }) => ({ ...halt, time: new Date(timeMs).toISOString() })),
    halt: request => command(lane, 'halt', request),
    resume: request => command(lane, 'resume', request),
    session: asked => lane.session(asked),
    signals: () => parts.signals,
    denied: request => lane.denied(request),
  };
}

function prefixed(prefix: string, counters: Readonly<Record<string, number>>): Record<string, number> {
  return Object.fromEntries(Object.entries(counters).map(([name, value]) => [`${prefix}.${name}`, value]));
}

function messages({ status: { sessions } }: LaneThread): Record<string, number> {
  const sum = (field: 'received' | 'transmitted'): number =>
    sessions.reduce((total, session) => total + session[field], 0);
  return { messagesIn: sum('received'), messagesOut: sum('transmitted') };
}

function sinkReader({ sink, log, counters }: SinkReport): ReaderView {
  const { failing, ...counts } = counters.snapshot();
  return { sink, log, ...counts, failing: failing !== 0 };
}

function pageReader(watch: LedgerWatch): ReaderView {
  const { position, lag } = watch;
  const sent = { published: 0, retries: 0, dropped: 0, deadLettered: 0, rewound: 0 };
  return { sink: 'page', log: 'ledger', position, lag, ...sent, failing: false };
}

function ledgerView(meter: LaneMeter, state: string): LogView {
  const { committedSequence, syncedSequence } = meter.counters.snapshot();
  return { name: 'ledger', committedSequence, syncedSequence, state };
}

/** The lane's rings that this configuration has. */
function ringViews({ lane: { priceRing, loadRing } }: GatewayMemory): RingView[] {
  return Object.entries({ prices: priceRing, load: loadRing }).flatMap(([name, ring]) =>
    ring === undefined ? [] : [{ name, ...readRingFill(ring) }],
  );
}

async function command(lane: LaneThread, kind: 'halt' | 'resume', request: HaltRequest): Promise<HaltResult> {
  const answer = await lane.command({ kind, ...request });
  if (!answer.ok) throw new HeadraceError('HR_COMMAND_REFUSED', answer.reason);
  return { sequence: answer.sequence, lastSentSequence: answer.lastVenueMsgSeqNum };
}
