import type { AddressInfo, Server } from 'node:net';
import { Server as TlsServer } from 'node:tls';

import { FixBatch } from '../codec/index.js';
import { STATUS, listenError } from '../model/index.js';
import { TAG } from '../session/index.js';
import { ListenerCertificates, createServer, type TlsOptions } from './tls.js';
import {
  SocketTransport,
  TRANSPORT_LIMITS,
  type Transport,
  type TransportEvents,
  type TransportLimits,
} from './transport.js';

/** Who a connection says it is, from its first message: our names, theirs, and the version. */
export interface LogonIdentity {
  readonly beginString: string;
  readonly senderCompID: string;
  readonly targetCompID: string;
}

export interface ListenerOptions {
  readonly host: string;
  /** 0 = any free port; see `port`. */
  readonly port: number;
  readonly tls?: TlsOptions;
  /** A connection whose first message is not there after this is closed. */
  readonly firstMessageTimeoutMs?: number;
  readonly connectionsMax?: number;
  readonly limits?: TransportLimits;
  /**
   * Finds who serves the connection; undefined closes it without a word, as one does with a stranger or a second logon of
   * the same session, and so does a text, which is the reason. The first bytes come again, through `onBytes`.
   */
  accept(identity: LogonIdentity, transport: Transport): TransportEvents | string | undefined;
  /** The certificates were read again; with an error those in use stay. */
  onReload?(error?: Error): void;
  /** A connection was closed before it had a session. */
  onRefused?(remote: string, reason: string): void;
}

/** Why a session does not take a connection whose certificate must have this name; undefined when it does, or none is asked for. */
export function certificateFault({ peerNames }: Transport, name: string | undefined): string | undefined {
  if (name === undefined || peerNames.includes(name)) return undefined;
  return peerNames.length === 0
    ? `no certificate, ${name} is needed`
    : `certificate of ${peerNames.join(', ')}, not ${name}`;
}

const FIRST_MESSAGE_SIZE_MAX = 8192;

/** Waits for the first message of a connection, to know whose it is. */
class Newcomer implements TransportEvents {
  #bytes: Buffer = Buffer.alloc(0);
  #events: TransportEvents | undefined;
  #timer: NodeJS.Timeout;

  constructor(
    private readonly transport: SocketTransport,
    private readonly options: ListenerOptions,
    private readonly batch: FixBatch,
  ) {
    const timeoutMs = options.firstMessageTimeoutMs ?? 10_000;
    this.#timer = setTimeout(() => this.#refuse('no message came in time'), timeoutMs);
  }

  onBytes(bytes: Uint8Array): void {
    if (this.#events !== undefined) return this.#events.onBytes(bytes);
    this.#bytes = Buffer.concat([this.#bytes, bytes]);
    const framed = this.batch.scan(this.#bytes, 0, this.#bytes.length);
    if (framed > 0) return this.#admit();
    if (this.#bytes.length > FIRST_MESSAGE_SIZE_MAX) this.#refuse('the first message is too long');
  }

  onDrain(): void {
    this.#events?.onDrain();
  }

  onClose(reason: string): void {
    clearTimeout(this.#timer);
    this.#events?.onClose(reason);
  }

  #admit(): void {
    if (this.batch.statusOf(0) !== STATUS.ok.code) return this.#refuse('the first message is garbled');
    const message = this.batch.select(0);
    const identity: LogonIdentity = {
      beginString: message.beginString,
      senderCompID: message.textOf(TAG.TargetCompID) ?? '',
      targetCompID: message.textOf(TAG.SenderCompID) ?? '',
    };
    clearTimeout(this.#timer);
    const accepted = this.options.accept(identity, this.transport);
    if (typeof accepted === 'string') return this.#refuse(accepted);
    this.#events = accepted;
    if (accepted === undefined)
      return this.#refuse(`no free session ${identity.beginString}:${identity.senderCompID}->${identity.targetCompID}`);
    const first = this.#bytes;
    this.#bytes = Buffer.alloc(0);
    accepted.onBytes(first);
  }

  #refuse(reason: string): void {
    clearTimeout(this.#timer);
    this.options.onRefused?.(this.transport.remote, reason);
    this.transport.close(reason);
  }
}

/** A TCP or TLS port where counterparties log on. */
export class FixListener {
  readonly #transports = new Set<SocketTransport>();

  private constructor(
    private readonly server: Server,
    readonly port: number,
    private readonly certificates: ListenerCertificates | undefined,
  ) {}

  /** Listens; rejects with ConnectionError (HR_LISTEN) when the port cannot be had. */
  static async open(options: ListenerOptions): Promise<FixListener> {
    const batch = new FixBatch(undefined, { messageSizeMax: FIRST_MESSAGE_SIZE_MAX });
    const server = createServer(options.tls, socket => {
      const transport = new SocketTransport(socket, options.limits ?? TRANSPORT_LIMITS);
      listener.#transports.add(transport);
      socket.once('close', () => listener.#transports.delete(transport));
      transport.start(new Newcomer(transport, options, batch));
    });
    server.maxConnections = options.connectionsMax ?? 1_000;
    await new Promise<void>((resolve, reject) => {
      server.once('error', cause => reject(listenError(options.host, options.port, cause)));
      server.listen(options.port, options.host, resolve);
    });
    const { tls, onReload = () => {} } = options;
    const certificates =
      tls !== undefined && server instanceof TlsServer ? new ListenerCertificates(server, tls, onReload) : undefined;
    const listener = new FixListener(server, (server.address() as AddressInfo).port, certificates);
    return listener;
  }

  /** Reads the certificates again at once; connections that stand keep theirs. */
  reloadCertificates(): void {
    this.certificates?.reload();
  }

  /** Takes no more connections and closes those open; resolves when all are gone. */
  async close(reason = 'the listener closes'): Promise<void> {
    this.certificates?.close();
    const closed = new Promise<void>(resolve => this.server.close(() => resolve()));
    for (const transport of this.#transports) transport.close(reason);
    await closed;
  }
}
