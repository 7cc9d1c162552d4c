import type { Socket } from 'node:net';

import { openSocket, type Address, type TlsOptions } from './tls.js';
import {
  SocketTransport,
  TRANSPORT_LIMITS,
  type Transport,
  type TransportEvents,
  type TransportLimits,
} from './transport.js';

export interface Backoff {
  /** Wait before the second attempt, doubled for each further one up to `maxMs`. */
  readonly firstMs: number;
  readonly maxMs: number;
}

/**
 * Which host comes next, after a failure always the one behind, and the first behind the last. After a connection that was logged on:
 * `roundRobin` the one behind it too, `firstAgain` the first of the list.
 */
export type HostPolicy = 'roundRobin' | 'firstAgain';

export interface ConnectorOptions {
  /** By preference. */
  readonly hosts: readonly Address[];
  /** `roundRobin` unless told. */
  readonly hostPolicy?: HostPolicy;
  readonly tls?: TlsOptions;
  readonly backoff?: Backoff;
  readonly limits?: TransportLimits;
  readonly connectTimeoutMs?: number;
  /** 0 ≤ random() < 1, for the jitter. */
  readonly random?: () => number;
  /** Milliseconds until the counterparty may be connected to, 0 = now; asked before each attempt, at least once a second while it says wait. */
  readonly opensInMs?: () => number;
  /** PEM files that cannot be read at the first attempt are told and tried again, as at any later one; else the constructor throws. */
  readonly triesOn?: boolean;
  /** The connection is up; who reads it. */
  onConnect(transport: Transport): TransportEvents;
  /** An attempt failed or a connection ended, and the next attempt follows after `waitMs`. */
  onWait?(reason: string, waitMs: number): void;
}

/** A wait for the session's times is looked at so often: clocks are set, and machines sleep. */
const OPENS_LOOK_MS = 1_000;
const DEFAULT_BACKOFF: Backoff = { firstMs: 100, maxMs: 5_000 };

/**
 * The wait before attempt `attempt` (1 = the first that has to wait): the doubled and bounded time, of which the upper half is
 * left to chance, so that many initiators do not come back at once.
 */
export function backoffMs({ firstMs, maxMs }: Backoff, attempt: number, random: () => number): number {
  const fullMs = Math.min(maxMs, firstMs * 2 ** Math.min(attempt - 1, 30));
  return fullMs / 2 + (fullMs / 2) * random();
}

/** Keeps one connection to a counterparty, for ever, until it is closed. */
export class FixConnector {
  #attempt = 0;
  #hostIndex = 0;
  #isFirst: boolean;
  #timer: NodeJS.Timeout | undefined;
  #socket: Socket | undefined;
  #transport: SocketTransport | undefined;
  #closed = false;
  #onIdle: (() => void) | undefined;

  constructor(private readonly options: ConnectorOptions) {
    this.#isFirst = options.triesOn !== true;
    this.#connect();
  }

  /** The counterparty took our Logon: the next wait is a first one again. */
  succeeded(): void {
    this.#attempt = 0;
    if (this.options.hostPolicy === 'firstAgain') this.#hostIndex = 0;
  }

  /** Connects no more; resolves when the connection is gone. */
  async close(reason = 'the connector closes'): Promise<void> {
    this.#closed = true;
    clearTimeout(this.#timer);
    if (this.#socket === undefined) return;
    const idle = new Promise<void>(resolve => (this.#onIdle = resolve));
    if (this.#transport === undefined) this.#socket.destroy();
    else this.#transport.close(reason);
    await idle;
  }

  #connect(): void {
    const { hosts, tls, connectTimeoutMs = 10_000 } = this.options;
    const opensInMs = this.options.opensInMs?.() ?? 0;
    if (opensInMs > 0) return this.#wait(Math.min(opensInMs, OPENS_LOOK_MS));
    const host = hosts[this.#hostIndex++ % hosts.length];
    if (host === undefined) return;
    let reason = `${host.host}:${host.port}: closed`;
    const socket = this.#tryOpen(host, tls, ready => this.#connected(ready, deadline));
    if (socket === undefined) return;
    const deadline = setTimeout(() => socket.destroy(new Error('no connection in time')), connectTimeoutMs);
    this.#socket = socket;
    socket.once('error', error => (reason = `${host.host}:${host.port}: ${error.message}`));
    socket.once('close', () => {
      clearTimeout(deadline);
      this.#ended(reason);
    });
  }

  // PEM files are read at each attempt, so that new ones are taken up; one that cannot be read fails the first attempt for good
  // (the configuration is wrong) and any later one as a peer that cannot be reached would.
  #tryOpen(host: Address, tls: TlsOptions | undefined, onReady: (socket: Socket) => void): Socket | undefined {
    try {
      const socket = openSocket(host, tls, onReady);
      this.#isFirst = false;
      return socket;
    } catch (error) {
      if (this.#isFirst) throw error;
      this.#ended((error as Error).message);
      return undefined;
    }
  }

  #connected(socket: Socket, deadline: NodeJS.Timeout): void {
    clearTimeout(deadline);
    this.#transport = new SocketTransport(socket, this.options.limits ?? TRANSPORT_LIMITS);
    this.#transport.start(this.options.onConnect(this.#transport));
  }

  #ended(reason: string): void {
    this.#socket = undefined;
    this.#transport = undefined;
    this.#onIdle?.();
    if (this.#closed) return;
    this.#attempt++;
    const waitMs = backoffMs(
      this.options.backoff ?? DEFAULT_BACKOFF,
      this.#attempt,
      this.options.random ?? Math.random,
    );
    this.options.onWait?.(reason, waitMs);
    this.#wait(waitMs);
  }

  #wait(waitMs: number): void {
    this.#timer = setTimeout(() => this.#connect(), waitMs);
  }
}
