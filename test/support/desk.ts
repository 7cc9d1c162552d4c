import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import type { FixMessage } from '../../src/codec/index.js';
import { createTail, type Durability } from '../../src/journal/index.js';
import type { NativeMode } from '../../src/native/index.js';
import type { LaneEvent } from '../../src/orders/index.js';
import { createLaneMeterMemory, LaneMeter } from '../../src/orders/index.js';
import { LaneRun } from '../../src/orders/lane-run.js';
import type { CancelOnDisconnect, LaneOptions } from '../../src/orders/index.js';
import { createDoorbell, createRing } from '../../src/ring/index.js';
import type { GateLimits } from '../../src/risk/index.js';
import type { ThrottleSettings } from '../../src/session/index.js';
import { FixEngine, type EngineSession } from '../../src/trading/index.js';
import { testLaneOptions } from './lane-options.js';

const TAIL_SIZE = 8 * 1024 * 1024;
const WAIT_MS = 10_000;

export interface DeskOptions {
  readonly limits?: GateLimits;
  readonly durability?: Durability;
  readonly group?: LaneOptions['group'];
  readonly native?: NativeMode;
  readonly directory?: string;
  readonly resendOrdersWithinMs?: number;
  readonly orders?: number;
  readonly clOrdIds?: number;
  readonly tailSizeBytes?: number;
  readonly duplicateWindowMs?: number;
  readonly retainBytes?: number;
  /** What the venue does with each message; without it it acknowledges (39=0) and waits. */
  readonly venue?: (venue: EngineSession, message: FixMessage) => void;
  readonly venueResets?: boolean;
  readonly venueVersion?: string;
  readonly rules?: LaneOptions['rules'];
  readonly cancelOnDisconnect?: CancelOnDisconnect;
  readonly throttleIn?: ThrottleSettings;
  readonly bufferedBytesMax?: number;
  readonly dropCopy?: LaneOptions['dropCopy'];
  readonly textLogs?: LaneOptions['textLogs'];
}

export const LIMITS: GateLimits = {
  firm: { maxQuantity: '1000' },
  accounts: { A1: { maxQuantity: '1000', maxNotional: '100000.00', maxPosition: '2000', grossNotional: '500000.00' } },
  symbols: { ACME: {} },
};

/** Fields of one received message by tag, the first of each. */
export type Fields = ReadonlyMap<number, string>;

function fieldsOf(message: FixMessage): Fields {
  const fields = new Map<number, string>();
  for (let index = 0; index < message.fieldCount; index++) {
    const tag = message.tagAt(index);
    if (!fields.has(tag)) fields.set(tag, message.text(index));
  }
  return fields;
}

/** A lane in this thread between a client and a venue made of the standalone engine, over loopback TCP. */
export class Desk {
  readonly directory: string;
  readonly events: LaneEvent[] = [];
  readonly meter: LaneMeter;
  readonly atVenue: Fields[] = [];
  readonly atClient: Fields[] = [];
  readonly options: DeskOptions;
  /** TargetCompIDs of the lane's client sessions; `startClient` is the first. */
  clients = ['CLIENT'];
  /** lane.orders of the next start, instead of the options'. */
  orders: number | undefined;
  /** TargetCompID of the lane's venue; `startVenue` is VENUE. */
  venueName = 'VENUE';
  readonly memory: LaneOptions['memory'];
  run: LaneRun | undefined;
  venueEngine: FixEngine | undefined;
  venue: EngineSession | undefined;
  venuePort = 0;
  clientPort = 0;
  clientEngine: FixEngine | undefined;
  client: EngineSession | undefined;

  constructor(options: DeskOptions = {}) {
    this.options = options;
    this.directory = options.directory ?? mkdtempSync(join(tmpdir(), 'headrace-desk-'));
    this.memory = {
      tail: createTail(options.tailSizeBytes ?? TAIL_SIZE),
      meter: createLaneMeterMemory(),
      bell: createDoorbell(),
      readerBells: [],
      priceRing: createRing(64 * 1024),
      loadRing: createRing(1024 * 1024),
    };
    this.meter = new LaneMeter(this.memory.meter);
  }

  /** Starts venue, lane and client; resolves when both sessions are active. */
  async start(): Promise<this> {
    await this.startVenue();
    await this.startLane();
    await this.startClient();
    await this.until(() => this.isUp, 'both sessions to be active');
    return this;
  }

  get isUp(): boolean {
    const views = this.events.findLast(event => event.op === 'sessions');
    const laneIsUp = views?.op === 'sessions' && views.sessions.every(session => session.state === 'active');
    // The lane is active when its Logon is written down, before the counterparty has it: what that sends till then is only stored.
    return laneIsUp && [this.client, this.venue].every(side => (side?.session.state ?? 'active') === 'active');
  }

  async startVenue(): Promise<void> {
    const onMessage = (session: EngineSession, message: FixMessage): 'taken' => {
      this.atVenue.push(fieldsOf(message));
      (this.options.venue ?? acknowledge)(session, message);
      return 'taken';
    };
    this.venueEngine = new FixEngine({ application: { onMessage } });
    this.venue = this.venueEngine.addAcceptor({
      beginString: this.options.venueVersion ?? 'FIX.4.4',
      senderCompID: 'VENUE',
      targetCompID: 'DESK',
      resetOnLogon: this.options.venueResets ?? false,
    });
    this.venuePort = await this.venueEngine.listen({ host: '127.0.0.1', port: this.venuePort });
  }

  async startLane({ withoutSnapshot = false } = {}): Promise<void> {
    this.events.length = 0;
    if (withoutSnapshot) this.#forgetSnapshots();
    this.run = await LaneRun.open(this.laneOptions(), event => this.events.push(event));
    const failed = this.events.find(event => event.op === 'failed');
    if (failed?.op === 'failed') throw new Error(`${failed.code}: ${failed.message}`);
    this.run?.handle({ op: 'openVenue' });
    this.run?.handle({ op: 'openClients' });
    await this.until(() => this.events.some(event => event.op === 'clientsOpen'), 'the client port');
    const opened = this.events.find(event => event.op === 'clientsOpen');
    if (opened?.op === 'clientsOpen') this.clientPort = opened.port;
  }

  laneOptions(): LaneOptions {
    const {
      native = 'prefer',
      durability = 'os',
      retainBytes = 2 ** 40,
      rules = [],
      group,
      orders = 1024,
      clOrdIds = 4096,
      duplicateWindowMs = 0,
      limits = LIMITS,
      resendOrdersWithinMs = 0,
      venueVersion = 'FIX.4.4',
      cancelOnDisconnect,
      throttleIn,
      bufferedBytesMax = 16 << 20,
      dropCopy,
      textLogs,
    } = this.options;
    const names = { beginString: 'FIX.4.4', senderCompID: 'DESK', cancelOnDisconnect, throttleIn };
    const sessions = this.clients.map(targetCompID => ({ ...names, targetCompID }));
    const reconnect = { firstMs: 20, maxMs: 100 };
    return testLaneOptions({
      directory: this.directory,
      memory: this.memory,
      native,
      durability,
      retainBytes,
      rules,
      limits,
      ...(group !== undefined && { group }),
      ...(dropCopy !== undefined && { dropCopy }),
      textLogs,
      capacities: { orders: this.orders ?? orders, clOrdIds, duplicateWindowMs },
      clients: { host: '127.0.0.1', port: this.clientPort, bufferedBytesMax, sessions },
      venue: {
        hosts: [{ host: '127.0.0.1', port: this.venuePort }],
        beginString: venueVersion,
        targetCompID: this.venueName,
        reconnect,
        resendOrdersWithinMs,
      },
    });
  }

  async startClient(): Promise<void> {
    const onMessage = (_session: EngineSession, message: FixMessage): 'taken' => {
      this.atClient.push(fieldsOf(message));
      return 'taken';
    };
    this.clientEngine = new FixEngine({ application: { onMessage } });
    this.client = this.clientEngine.addInitiator(
      { beginString: 'FIX.4.4', senderCompID: 'CLIENT', targetCompID: 'DESK' },
      { hosts: [{ host: '127.0.0.1', port: this.clientPort }], backoff: { firstMs: 20, maxMs: 100 } },
    );
  }

  /** Sends a NewOrderSingle with defaults that pass; `fields` replaces or adds. */
  order(clOrdId: string, fields: Readonly<Record<number, string>> = {}): void {
    const body: Record<number, string> = {
      1: 'A1',
      11: clOrdId,
      21: '1',
      38: '100',
      40: '2',
      44: '10.50',
      54: '1',
      55: 'ACME',
      59: '0',
      60: '20260102-10:00:00.000',
      ...fields,
    };
    this.send('D', body);
  }

  send(msgType: string, body: Readonly<Record<number, string>>): void {
    this.client?.send(msgType, encoder => {
      for (const [tag, value] of Object.entries(body)) encoder.field(Number(tag), value);
    });
  }

  /** The newest message of the client about a ClOrdID. */
  report(clOrdId: string): Fields | undefined {
    return this.atClient.findLast(fields => fields.get(11) === clOrdId);
  }

  async until(condition: () => boolean, what: string): Promise<void> {
    const deadline = Date.now() + WAIT_MS;
    while (!condition()) {
      if (Date.now() > deadline) throw new Error(`waited ${WAIT_MS} ms for ${what}`);
      await new Promise(resolve => setTimeout(resolve, 5));
    }
  }

  async reported(clOrdId: string, ordStatus?: string): Promise<Fields> {
    const found = (): Fields | undefined => {
      const report = this.report(clOrdId);
      return report !== undefined && (ordStatus === undefined || report.get(39) === ordStatus) ? report : undefined;
    };
    await this.until(() => found() !== undefined, `a report of ${clOrdId} ${ordStatus ?? ''}`);
    return found() as Fields;
  }

  async stopLane(): Promise<void> {
    this.run?.handle({ op: 'close', drainMs: 1_000 });
    const isOver = (): boolean => this.events.some(event => event.op === 'closed' || event.op === 'failed');
    await this.until(isOver, 'the lane to close');
  }

  /** Closes the lane, forgets its snapshots, and starts it again: everything is folded from the ledger's first frame. */
  async restartFromFrames(): Promise<void> {
    await this.stopLane();
    await this.startLane({ withoutSnapshot: true });
    await this.until(() => this.isUp, 'both sessions to be active again');
  }

  #forgetSnapshots(): void {
    for (const file of readdirSync(this.directory)) if (file.endsWith('.snapshot')) rmSync(join(this.directory, file));
  }

  async stop(): Promise<void> {
    await this.stopLane();
    await Promise.all([this.clientEngine?.close(100), this.venueEngine?.close(100)]);
    if (this.options.directory === undefined) rmSync(this.directory, { recursive: true, force: true });
  }
}

let executions = 0;

/** An ExecutionReport of the venue for the message in hand. */
export function execute(venue: EngineSession, message: FixMessage, fields: Readonly<Record<number, string>>): void {
  const body: Record<number, string> = {
    6: '0',
    11: message.textOf(11) ?? '',
    14: '0',
    17: `E${++executions}`,
    37: `V${message.textOf(41) ?? message.textOf(11) ?? ''}`,
    39: '0',
    54: message.textOf(54) ?? '1',
    55: message.textOf(55) ?? '',
    150: '0',
    151: message.textOf(38) ?? '0',
    ...(message.textOf(41) !== undefined && { 41: message.textOf(41) ?? '' }),
    ...fields,
  };
  venue.send('8', encoder => {
    for (const [tag, value] of Object.entries(body)) encoder.field(Number(tag), value);
  });
}

/** A venue that takes everything: New for D, Canceled for F, Replaced for G. */
export function acknowledge(venue: EngineSession, message: FixMessage): void {
  const answers: Readonly<Record<string, Readonly<Record<number, string>>>> = {
    D: {},
    F: { 39: '4', 150: '4', 151: '0' },
    G: { 39: '0', 150: '5' },
  };
  const answer = answers[message.msgType];
  if (answer !== undefined) execute(venue, message, answer);
}
