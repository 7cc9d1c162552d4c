import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import {
  FixBatch,
  FixEncoder,
  MessageValidator,
  REJECT_TEXT,
  VALIDATE_ALL,
  applVerIdOf,
  builtInDictionaries,
  type FixDictionary,
  type FixMessage,
} from '../../src/codec/index.js';
import { createTail } from '../../src/journal/index.js';
import { BatchClock } from '../../src/observe/index.js';
import { createLaneMeterMemory, type ClientSessionOptions, type LaneOptions } from '../../src/orders/index.js';
import type { LaneApplication, LaneSession } from '../../src/orders/lane-session.js';
import { Lane } from '../../src/orders/lane.js';
import { applyConfiguredLimits } from '../../src/orders/limits-desk.js';
import { openLane, type OpenedLane } from '../../src/orders/open-lane.js';
import { saveLane } from '../../src/orders/save-lane.js';
import { createDoorbell } from '../../src/ring/index.js';
import type { Transport } from '../../src/trading/index.js';
import { LIMITS, type Fields } from './desk.js';
import { testLaneOptions } from './lane-options.js';

const TAIL_SIZE = 4 * 1024 * 1024;

export type Body = Readonly<Record<number, string>> | readonly (readonly [tag: number, value: string])[];

export interface ScriptOptions {
  /** 'FIX.4.0' … 'FIX.5.0SP2'; FIX.4.4 unless told. */
  readonly client?: string;
  readonly venue?: string;
  /** Further settings of the client's session. */
  readonly session?: Partial<ClientSessionOptions>;
  readonly limits?: LaneOptions['limits'];
}

/** BeginString and, of FIXT, the application version. */
function versionOf(name: string): { beginString: string; defaultApplVerID?: string } {
  return name.startsWith('FIX.5') ? { beginString: 'FIXT.1.1', defaultApplVerID: name } : { beginString: name };
}

/** A counterparty made of bytes: it writes what the script says, and keeps what it is sent, checked as strictly as its version is. */
class Side implements Transport {
  readonly remote = 'memory';
  readonly bufferedBytes = 0;
  readonly peerNames = [];
  readonly received: Fields[] = [];
  /** What it was sent against its own dictionary, `8: Required tag missing (20)`. */
  readonly faults: string[] = [];
  closed: string | undefined;
  readonly #validator = new MessageValidator(VALIDATE_ALL);
  readonly #encoder = new FixEncoder();
  readonly #batch = new FixBatch(undefined);
  nextOut = 1;

  constructor(
    readonly name: string,
    readonly version: string,
  ) {}

  send(bytes: Uint8Array): void {
    for (let at = 0, count = 1; count > 0;) {
      count = this.#batch.scan(bytes, at, bytes.length);
      at = this.#batch.consumed;
      for (let index = 0; index < count; index++) this.#keep(index);
    }
  }

  #keep(index: number): void {
    const message = this.#batch.select(index);
    this.#check(message);
    const fields = new Map<number, string>();
    for (let field = 0; field < message.fieldCount; field++)
      if (!fields.has(message.tagAt(field))) fields.set(message.tagAt(field), message.text(field));
    this.received.push(fields);
  }

  #check(message: FixMessage): void {
    const { msgType } = message;
    const transport = builtInDictionaries(versionOf(this.version).beginString) as FixDictionary;
    const isAdmin = transport.message(msgType) !== undefined && this.version.startsWith('FIX.5');
    const application = isAdmin ? transport : (builtInDictionaries(this.version) as FixDictionary);
    const reason = this.#validator.check(message, msgType, transport, application);
    if (reason >= 0) this.faults.push(`${msgType}: ${REJECT_TEXT[reason] ?? reason} (${this.#validator.tag})`);
  }

  close(reason: string): void {
    this.closed = reason;
  }

  write(bytes: Uint8Array): void {
    this.send(bytes);
  }

  message(msgType: string, body: Body): Uint8Array {
    const { beginString } = versionOf(this.version);
    const isBefore42 = beginString < 'FIX.4.2';
    const encoder = this.#encoder.begin(beginString, msgType).field(34, this.nextOut++).field(49, this.name);
    encoder.timestampField(52, BigInt(Date.now()) * 1_000_000n, isBefore42 ? 0 : 3).field(56, 'DESK');
    const fields = Array.isArray(body) ? (body as readonly (readonly [number, string])[]) : Object.entries(body);
    for (const [tag, value] of fields) encoder.field(Number(tag), value);
    return Uint8Array.from(encoder.finish());
  }

  logon(): Uint8Array {
    const { defaultApplVerID } = versionOf(this.version);
    const version = defaultApplVerID === undefined ? {} : { 1137: applVerIdOf(defaultApplVerID) ?? '' };
    return this.message('A', { 98: '0', 108: '30', ...version });
  }
}

/** What orders and exposure add up to, comparable over a restart. */
export interface ScriptState {
  readonly rows: string;
  readonly position: bigint;
  readonly openBuy: bigint;
  readonly gross: bigint;
  readonly isHalted: boolean;
}

/**
 * An order lane between a client and a venue of any versions, in the calling thread and without sockets: each call is one message, and when it
 * returns everything that it caused has been written.
 */
export class ScriptedLane {
  readonly client: Side;
  readonly venue: Side;
  readonly warnings: string[] = [];
  lane: Lane;
  #opened: OpenedLane;
  readonly #options: LaneOptions;
  readonly #directory = mkdtempSync(join(tmpdir(), 'headrace-script-'));

  constructor({ client = 'FIX.4.4', venue = 'FIX.4.4', session = {}, limits = LIMITS }: ScriptOptions = {}) {
    this.client = new Side('CLIENT', client);
    this.venue = new Side('VENUE', venue);
    this.#options = testLaneOptions({
      directory: this.#directory,
      native: 'off',
      // Small segments: their preallocation is most of what a lane costs to open.
      retainBytes: 16 << 20,
      limits,
      clients: {
        host: 'memory',
        port: 0,
        sessions: [{ ...versionOf(client), senderCompID: 'DESK', targetCompID: 'CLIENT', ...session }],
      },
      venue: { ...versionOf(venue), hosts: [], reconnect: { firstMs: 1, maxMs: 1 } },
      memory: {
        tail: createTail(TAIL_SIZE),
        meter: createLaneMeterMemory(),
        bell: createDoorbell(),
        readerBells: [],
        priceRing: undefined,
        loadRing: undefined,
      },
    });
    [this.#opened, this.lane] = this.#open();
    applyConfiguredLimits(this.#opened, this.#options.limits, () => this.lane.commit());
    this.#logOn();
  }

  #open(): [OpenedLane, Lane] {
    const application: LaneApplication = {
      application: (from, message) => this.lane.application(from, message),
      mayResend: (from, sent) => this.lane.mayResend(from, sent),
      beforeResend: () => this.lane.beforeResend(),
      reset: from => this.lane.reset(from),
      rejected: (from, message) => this.lane.rejected(from, message),
      refused: (from, message, reason) => this.lane.refused(from, message, reason),
      wanted: from => this.lane.wanted(from),
      gapFilled: (from, gaps) => this.lane.gapFilled(from, gaps),
      event: (from, kind, text) => this.lane.event(from, kind, text),
      throttled: (from, outcome) => this.lane.throttled(from, outcome),
      passedOver: (from, count) => this.lane.passedOver(from, count),
    };
    const opened = openLane(this.#options, { dictionaries: builtInDictionaries, application, rules: [] });
    const lane = new Lane(opened.context, {
      clock: new BatchClock(),
      drain: () => {},
      wakeReaders: () => {},
      waitsForSync: false,
      resendOrdersWithinNs: 0n,
      event: (_session, kind, text) => void (kind === 'warning' && this.warnings.push(text)),
    });
    lane.begin();
    return [opened, lane];
  }

  get #clientSession(): LaneSession {
    return this.#opened.clients[0] as LaneSession;
  }

  #logOn(): void {
    const { venue } = this.lane.context;
    this.lane.connected(this.#clientSession, this.client);
    this.lane.receive(this.#clientSession, this.client.logon());
    this.lane.connected(venue, this.venue);
    this.lane.receive(venue, this.venue.logon());
    this.client.received.length = 0;
    this.venue.received.length = 0;
  }

  /** The client's message; returns what the venue and the client were sent by it. */
  order(msgType: string, body: Body): { atVenue: Fields[]; atClient: Fields[] } {
    return this.#deliver(this.#clientSession, this.client.message(msgType, body));
  }

  /** The venue's message. */
  report(msgType: string, body: Body): { atVenue: Fields[]; atClient: Fields[] } {
    return this.#deliver(this.lane.context.venue, this.venue.message(msgType, body));
  }

  #deliver(to: LaneSession, bytes: Uint8Array): { atVenue: Fields[]; atClient: Fields[] } {
    this.lane.receive(to, bytes);
    return { atVenue: this.venue.received.splice(0), atClient: this.client.received.splice(0) };
  }

  /** Closes the lane, folds its ledger from the snapshot of the close or from the first frame, and logs both sides on again. */
  restart(from: 'snapshot' | 'frames'): void {
    if (from === 'snapshot') saveLane(this.#opened);
    this.lane.context.group.journal.close();
    [this.#opened, this.lane] = this.#open();
    this.#logOn();
  }

  counter(name: string): number {
    return this.lane.context.meter.counters.snapshot()[name as never] ?? 0;
  }

  state(account = 'A1', symbol = 'ACME'): ScriptState {
    const { accounts, symbols, gate, orders } = this.lane.context;
    const [accountIndex, symbolIndex] = [accounts.lookupText(account), symbols.lookupText(symbol)];
    const { position, openBuy } = gate.position(accountIndex, symbolIndex);
    const { gross, halted } = gate.account(accountIndex);
    return { rows: Buffer.from(orders.table.save()).toString('hex'), position, openBuy, gross, isHalted: halted };
  }

  close(): void {
    this.lane.context.group.journal.close();
    rmSync(this.#directory, { recursive: true, force: true });
  }
}
