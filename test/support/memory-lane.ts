import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { FixBatch, FixEncoder, builtInDictionaries, type FixMessage } from '../../src/codec/index.js';
import { createTail, type Durability } from '../../src/journal/index.js';
import { invariant } from '../../src/model/index.js';
import type { NativeMode } from '../../src/native/index.js';
import { BatchClock } from '../../src/observe/index.js';
import { createLaneMeterMemory, type LaneOptions } from '../../src/orders/index.js';
import type { LaneSession } from '../../src/orders/lane-session.js';
import { Lane } from '../../src/orders/lane.js';
import { applyConfiguredLimits } from '../../src/orders/limits-desk.js';
import { openLane } from '../../src/orders/open-lane.js';
import { createDoorbell } from '../../src/ring/index.js';
import type { Transport } from '../../src/trading/index.js';
import { testLaneOptions } from './lane-options.js';

const TAIL_SIZE = 32 * 1024 * 1024;
const READ_SIZE = 64 * 1024;
const QUANTITY = '100';

/** A connection that keeps the last bytes written, so that a lane runs without sockets. */
class KeptTransport implements Transport {
  readonly remote = 'memory';
  readonly bufferedBytes = 0;
  readonly peerNames = [];
  readonly bytes = new Uint8Array(1 << 20);
  size = 0;
  closed: string | undefined;

  write(bytes: Uint8Array): void {
    this.bytes.set(bytes, this.size);
    this.size += bytes.length;
  }

  send(bytes: Uint8Array): void {
    this.write(bytes);
  }

  close(reason: string): void {
    this.closed = reason;
  }

  take(): Uint8Array {
    const bytes = this.bytes.subarray(0, this.size);
    this.size = 0;
    return bytes;
  }
}

/** What the counterparty of one session sends: header fields, then a body. */
class Counterparty {
  readonly #encoder = new FixEncoder();
  readonly #sender: string;
  nextOut = 1;

  constructor(sender: string) {
    this.#sender = sender;
  }

  write(msgType: string, body: (encoder: FixEncoder) => void): Uint8Array {
    const encoder = this.#encoder.begin('FIX.4.4', msgType).field(34, this.nextOut++).field(49, this.#sender);
    encoder.timestampField(52, BigInt(Date.now()) * 1_000_000n, 3).field(56, 'DESK');
    body(encoder);
    return encoder.finish();
  }
}

/** Reads of one size, made before they are timed, in one buffer. */
export interface PreparedReads {
  readonly reads: readonly Uint8Array[];
  readonly messages: number;
}

/**
 * An order lane between a client and a venue that are byte arrays: orders in, decisions, the ledger on disk, orders out, reports in, reports
 * out, all in the calling thread and without sockets. Orders buy and sell in turn and are filled at once, so exposure stays where it was.
 */
export class MemoryLane {
  readonly lane: Lane;
  readonly #directory = mkdtempSync(join(tmpdir(), 'headrace-memory-lane-'));
  readonly #clientLink = new KeptTransport();
  readonly #venueLink = new KeptTransport();
  readonly #client = new Counterparty('CLIENT');
  readonly #venue = new Counterparty('VENUE');
  readonly #batch = new FixBatch(undefined);
  readonly #clientSession: LaneSession;
  #orders = 0;

  constructor(durability: Durability, native: NativeMode) {
    const opened = openLane(this.#options(durability, native), {
      dictionaries: builtInDictionaries,
      application: {
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
      },
      rules: [],
    });
    this.lane = new Lane(opened.context, {
      clock: new BatchClock(),
      drain: () => {},
      wakeReaders: () => {},
      waitsForSync: false,
      resendOrdersWithinNs: 0n,
      event: () => {},
    });
    this.lane.begin();
    applyConfiguredLimits(opened, this.#options(durability, native).limits, () => this.lane.commit());
    this.#clientSession = opened.clients[0] as LaneSession;
    this.#logOn();
  }

  #options(durability: Durability, native: NativeMode): LaneOptions {
    return testLaneOptions({
      directory: this.#directory,
      native,
      durability,
      capacities: { orders: 4096, clOrdIds: 1 << 16 },
      limits: {
        firm: { maxQuantity: '1000' },
        accounts: {
          A1: { maxQuantity: '1000', maxNotional: '1000000.00', maxPosition: '500000', grossNotional: '500000000.00' },
        },
        symbols: { ACME: {} },
      },
      clients: { host: 'memory', port: 0 },
      venue: { hosts: [], reconnect: { firstMs: 1, maxMs: 1 } },
      memory: {
        tail: createTail(TAIL_SIZE),
        meter: createLaneMeterMemory(),
        bell: createDoorbell(),
        readerBells: [],
        priceRing: undefined,
        loadRing: undefined,
      },
    });
  }

  #logOn(): void {
    const logon = (encoder: FixEncoder): void => void encoder.field(98, '0').field(108, 30);
    this.lane.connected(this.#clientSession, this.#clientLink);
    this.lane.receive(this.#clientSession, this.#client.write('A', logon));
    this.lane.connected(this.lane.context.venue, this.#venueLink);
    this.lane.receive(this.lane.context.venue, this.#venue.write('A', logon));
    this.#clientLink.take();
    this.#venueLink.take();
    invariant(this.lane.context.venue.isActive && this.#clientSession.isActive, 'both sessions are up');
  }

  /** `reads` reads of `perRead` NewOrderSingles of about 200 bytes each. */
  orders(reads: number, perRead: number): PreparedReads {
    const timeNs = BigInt(Date.now()) * 1_000_000n;
    return prepare(reads, perRead, () =>
      this.#client.write('D', encoder => {
        const order = this.#orders++;
        encoder
          .field(1, 'A1')
          .field(11, `C${1_000_000_000 + order}`)
          .field(15, 'USD')
          .field(21, '1');
        encoder.field(38, QUANTITY).field(40, '2').field(44, '10.50');
        encoder
          .field(54, order % 2 === 0 ? '1' : '2')
          .field(55, 'ACME')
          .field(59, '0')
          .timestampField(60, timeNs, 3);
        encoder.field(63, '0').field(100, 'XLON').field(528, 'A');
      }),
    );
  }

  /** The fills of all orders that reached the venue since the last call. */
  fills(perRead: number): PreparedReads {
    const orders = this.#idsAtVenue();
    invariant(orders.length % perRead === 0, 'every order reached the venue');
    let next = 0;
    return prepare(orders.length / perRead, perRead, () => {
      const order = orders[next++] as { id: string; side: string };
      return this.#venue.write('8', encoder => {
        encoder.field(6, '10.50').field(11, order.id).field(14, QUANTITY).field(17, `E${order.id}`);
        encoder.field(31, '10.50').field(32, QUANTITY).field(37, `V${order.id}`).field(38, QUANTITY).field(39, '2');
        encoder.field(54, order.side).field(55, 'ACME').field(150, 'F').field(151, '0');
      });
    });
  }

  #idsAtVenue(): { id: string; side: string }[] {
    const bytes = this.#venueLink.take();
    const found: { id: string; side: string }[] = [];
    let at = 0;
    for (let count = 1; count > 0;) {
      count = this.#batch.scan(bytes, at, bytes.length);
      at = this.#batch.consumed;
      for (let index = 0; index < count; index++) {
        const message: FixMessage = this.#batch.select(index);
        found.push({ id: message.textOf(11) ?? '', side: message.textOf(54) ?? '' });
      }
    }
    return found;
  }

  /** Orders in, orders out; what was written stays to be read by `fills`. */
  sendOrders({ reads }: PreparedReads): void {
    for (const read of reads) this.lane.receive(this.#clientSession, read);
  }

  /** Reports in, reports out. */
  sendFills({ reads }: PreparedReads): void {
    for (const read of reads) this.lane.receive(this.lane.context.venue, read);
    this.#clientLink.take();
  }

  get accepted(): number {
    const { counters } = this.lane.context.meter;
    return counters.get(counters.index.accepted);
  }

  get executions(): number {
    const { counters } = this.lane.context.meter;
    return counters.get(counters.index.executions);
  }

  close(): void {
    this.lane.context.group.journal.close();
    rmSync(this.#directory, { recursive: true, force: true });
  }
}

/** Each read in a buffer of its own, as a socket's reads are. */
function prepare(reads: number, perRead: number, write: () => Uint8Array): PreparedReads {
  const all: Uint8Array[] = [];
  const buffer = new Uint8Array(READ_SIZE);
  for (let read = 0; read < reads; read++) {
    let size = 0;
    for (let message = 0; message < perRead; message++) {
      const bytes = write();
      buffer.set(bytes, size);
      size += bytes.length;
    }
    all.push(Buffer.from(buffer.subarray(0, size)));
  }
  return { reads: all, messages: reads * perRead };
}
