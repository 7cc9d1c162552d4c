import type { Socket } from 'node:net';

import { certificateNames } from './tls.js';

/** One connection's bytes. Whoever drives a session decides when a byte may be written: after its journal is committed. */
export interface Transport {
  /** Address and port of the peer. */
  readonly remote: string;
  /** Names in the peer's verified certificate; none without one. */
  readonly peerNames: readonly string[];
  /** Bytes written and not yet taken by the system. */
  readonly bufferedBytes: number;
  /** Copies the bytes and sends them, in order, together with whatever else is written in the same turn of the loop. */
  write(bytes: Uint8Array): void;
  /** Sends bytes at once that the caller has gathered itself and does not touch again: they are not copied. */
  send(bytes: Uint8Array): void;
  /** Sends what was written, then closes. Idempotent. */
  close(reason: string): void;
}

export interface TransportEvents {
  /** The bytes are a view, valid during the call. */
  onBytes(bytes: Uint8Array): void;
  /** The system has taken all that was written. */
  onDrain(): void;
  /** Called once, whoever closed. */
  onClose(reason: string): void;
}

export interface TransportLimits {
  /** A peer that leaves more than this unread is a slow consumer: the next write disconnects it. What one write holds does not count. */
  readonly bufferedBytesMax: number;
  /** How long a closing connection may take to send its last bytes. */
  readonly closeTimeoutMs: number;
}

/** Why a connection ended whose peer left too much unread. */
export const SLOW_CONSUMER = 'slow consumer';

export const TRANSPORT_LIMITS: TransportLimits = { bufferedBytesMax: 16 << 20, closeTimeoutMs: 2_000 };

/** A plain or TLS socket as a Transport. `start` begins the reading, so no byte comes before somebody listens. */
export class SocketTransport implements Transport {
  readonly remote: string;
  readonly peerNames: readonly string[];
  #events: TransportEvents | undefined;
  #reason = 'closed by the peer';
  #closing = false;
  #corked = false;

  constructor(
    private readonly socket: Socket,
    private readonly limits: TransportLimits,
  ) {
    this.remote = `${socket.remoteAddress ?? '?'}:${socket.remotePort ?? 0}`;
    this.peerNames = certificateNames(socket);
    socket.setNoDelay(true);
    // A reset is one more way to close; 'close' always follows it.
    socket.on('error', error => this.#note(error.message));
    socket.on('close', () => this.#closed());
  }

  start(events: TransportEvents): void {
    this.#events = events;
    // While closing, bytes are read and thrown away: unread ones would turn our last message into a reset.
    this.socket.on('data', (bytes: Buffer) => {
      if (!this.#closing) this.#events?.onBytes(bytes);
    });
    this.socket.on('drain', () => this.#events?.onDrain());
    this.socket.on('end', () => this.close('closed by the peer'));
  }

  get bufferedBytes(): number {
    return this.socket.writableLength;
  }

  write(bytes: Uint8Array): void {
    if (!this.#takes()) return;
    if (!this.#corked) this.#cork();
    this.socket.write(Uint8Array.from(bytes));
  }

  send(bytes: Uint8Array): void {
    if (this.#takes()) this.socket.write(bytes);
  }

  #takes(): boolean {
    if (this.#closing || this.socket.destroyed) return false;
    if (this.bufferedBytes <= this.limits.bufferedBytesMax) return true;
    this.#abort(SLOW_CONSUMER);
    return false;
  }

  close(reason: string): void {
    if (this.#closing) return;
    this.#closing = true;
    this.#note(reason);
    this.socket.end();
    const timer = setTimeout(() => this.socket.destroy(), this.limits.closeTimeoutMs);
    this.socket.once('close', () => clearTimeout(timer));
  }

  // One write to the system for all messages of a turn.
  #cork(): void {
    this.#corked = true;
    this.socket.cork();
    process.nextTick(() => {
      this.#corked = false;
      this.socket.uncork();
    });
  }

  #abort(reason: string): void {
    this.#closing = true;
    this.#note(reason);
    this.socket.destroy();
  }

  #note(reason: string): void {
    if (this.#reason === 'closed by the peer') this.#reason = reason;
  }

  #closed(): void {
    this.#closing = true;
    const events = this.#events;
    this.#events = undefined;
    events?.onClose(this.#reason);
  }
}
