import type { GatewayView, HaltRequest } from '../../src/dashboard/index.js';
import type { DeniedRequest, SessionAnswer, SessionCommand } from '../../src/orders/index.js';
import { createHistograms, openHistogram } from '../../src/observe/index.js';
import { WEBSOCKET_COUNTERS } from '../../src/publish/index.js';

const STAGES = ['read', 'decode', 'gate', 'journal', 'write'] as const;

const COUNTS = {
  application: 30,
  sessionLevel: 11,
  sent: 38,
  resent: 3,
  gapFills: 1,
  stored: 2,
  rejectsIn: 1,
  rejectsOut: 2,
  resendRequestsIn: 3,
  resendRequestsOut: 4,
  inLatencyMs: 250,
  inLatencySamples: 41,
  outLatencyMs: 84,
  outLatencySamples: 21,
};
const PASSED = {
  received: 41,
  transmitted: 42,
  counts: COUNTS,
  enabled: true,
  bufferedBytes: 44,
  remote: '127.0.0.1:50000',
  heartBtIntSec: 30,
};

/** A gateway that only counts: the page and metrics read it as they read a real one. */
export class FakeView implements GatewayView {
  readonly instance = 'desk-1';
  readonly version = '0.1.0';
  readonly events: Record<string, number> = { accepted: 0, refused: 0, executions: 0, messagesIn: 0, messagesOut: 0 };
  readonly broken: Record<string, number> = { maxNotional: 0, priceCollar: 0 };
  readonly asked: HaltRequest[] = [];
  reasons: string[] = [];
  readonly #histograms = createHistograms(STAGES);

  pass(count: number): void {
    for (const [index, stage] of STAGES.entries())
      openHistogram(this.#histograms[stage]).record(1_000 * (index + 1), count);
  }

  businessDate = () => 20_261_123;
  counters = () => this.events;
  refusals = () => this.broken;
  stages = () => Object.fromEntries(STAGES.map(stage => [stage, openHistogram(this.#histograms[stage]).summary()]));
  sessions = () => [
    {
      name: 'DESK',
      side: 'client' as const,
      state: 'active',
      isUp: true,
      nextInSeqNum: 42,
      nextOutSeqNum: 43,
      ...PASSED,
    },
    {
      name: 'VENUE',
      side: 'venue' as const,
      state: 'disconnected',
      isUp: false,
      nextInSeqNum: 1,
      nextOutSeqNum: 7,
      ...PASSED,
    },
  ];
  readers = () => [
    {
      sink: 'kafka',
      log: 'ledger',
      position: 90,
      lag: 1_234,
      published: 80,
      retries: 2,
      dropped: 0,
      deadLettered: 0,
      rewound: 0,
      failing: true,
    },
  ];
  logs = () => [{ name: 'ledger', committedSequence: 1_324, syncedSequence: 1_300, state: 'ok' }];
  rings = () => [{ name: 'prices', usedBytes: 512, sizeBytes: 1_024 }];
  websocket = () => ({ ...Object.fromEntries(WEBSOCKET_COUNTERS.map(name => [name, 0])), clients: 3, conflated: 5 });
  transforms = () => [
    { source: 'trades', in: 9, out: 7, refused: { 'transform[0]': 1, record: 1 }, deadLettered: 2, seconds: 0.25 },
  ];
  lastOrders = () => [
    {
      position: 1_300,
      data: JSON.stringify({
        verdict: 'refused',
        time: '2026-11-23T03:00:00.000000001Z',
        account: 'ACC1',
        symbol: '<img src=x onerror=alert(1)>',
        side: '1',
        quantity: '100',
        price: '12.5',
        clOrdId: 'C-77',
        text: 'maxNotional: 1200000.00 > 1000000.00',
      }),
    },
  ];
  ready = () => ({ ok: this.reasons.length === 0, reasons: this.reasons });
  halts = () => this.asked.map(halt => ({ ...halt, time: '2026-11-23T03:00:00Z' }));
  halt = async (request: HaltRequest) => {
    this.asked.push(request);
    return { sequence: 1_325, lastSentSequence: 1_299 };
  };
  resume = async (request: HaltRequest) => {
    this.asked.splice(
      this.asked.findIndex(halt => halt.id === request.id),
      1,
    );
    return { sequence: 1_326, lastSentSequence: 1_299 };
  };
  readonly commands: SessionCommand[] = [];
  readonly refused: DeniedRequest[] = [];
  /** What the next command is answered. */
  answer: SessionAnswer = {
    ok: true,
    sequence: 1_327,
    session: 'DESK',
    nextInSeqNum: 1,
    nextOutSeqNum: 1,
    enabled: true,
  };
  session = async (command: SessionCommand) => {
    this.commands.push(command);
    return this.answer;
  };
  denied = (request: DeniedRequest) => void this.refused.push(request);
}
