import { createServer, type AddressInfo, type Server, type Socket } from 'node:net';

import { HeadraceError, listenError } from '../../model/index.js';
import type { Counters, Log } from '../../observe/index.js';
import { FeedConnection } from './connection.js';
import type { FeedCounter } from './counters.js';
import type { FeedFlow } from './flow.js';
import type { FeedLayout } from './layout.js';

const KEEP_ALIVE_MS = 30_000;

export interface FeedServerOptions {
  readonly host: string;
  /** 0 takes a free one. */
  readonly port: number;
  readonly layout: FeedLayout;
  readonly connectionsMax: number;
  readonly flow: FeedFlow;
  readonly counters: Counters<FeedCounter>;
  readonly log: Log;
  /** The feed log has failed; the server has nothing more to do. */
  readonly onFailure: (error: HeadraceError) => void;
}

/** The listening socket of a feed and its connections. A malformed record never ends a connection. */
export class FeedServer {
  readonly #options: FeedServerOptions;
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();
  #accepted = 0;

  constructor(options: FeedServerOptions) {
    this.#options = options;
    this.#server = createServer({ keepAlive: true, keepAliveInitialDelay: KEEP_ALIVE_MS }, socket =>
      this.#accept(socket),
    );
    this.#server.maxConnections = options.connectionsMax;
    this.#server.on('drop', () => options.counters.add(options.counters.index.connectionsRefused, 1));
  }

  /** Listens; resolves with the port. Rejects with ConnectionError when the port cannot be had. */
  listen(): Promise<number> {
    const { host, port } = this.#options;
    return new Promise((resolve, reject) => {
      this.#server.once('error', cause => reject(listenError(host, port, cause)));
      this.#server.listen(port, host, () => resolve((this.#server.address() as AddressInfo).port));
    });
  }

  /** Stops listening and ends the connections; what was read of them is taken. */
  async close(): Promise<void> {
    const closed = [new Promise<void>(resolve => this.#server.close(() => resolve()))];
    for (const socket of this.#sockets) {
      // The listener of #accept comes before this one: the connection has taken its rest when it resolves.
      closed.push(new Promise<void>(resolve => socket.once('close', () => resolve())));
      socket.destroy();
    }
    await Promise.all(closed);
  }

  #accept(socket: Socket): void {
    const { flow, layout, log, counters } = this.#options;
    const source = ++this.#accepted;
    const connection = new FeedConnection(flow, layout, source);
    this.#sockets.add(socket);
    counters.set(counters.index.connections, this.#sockets.size);
    log.info({ connection: source, peer: socket.remoteAddress }, 'feed connected');
    socket.on('data', bytes => {
      counters.add(counters.index.bytes, bytes.length);
      this.#guard(() => connection.read(bytes));
    });
    socket.on('error', error => log.warn({ connection: source, reason: error.message }, 'feed connection broken'));
    socket.on('close', () => {
      this.#sockets.delete(socket);
      counters.set(counters.index.connections, this.#sockets.size);
      this.#guard(() => connection.end());
      log.info({ connection: source }, 'feed disconnected');
    });
  }

  #guard(take: () => void): void {
    try {
      take();
    } catch (error) {
      if (!(error instanceof HeadraceError)) throw error;
      this.#options.onFailure(error);
    }
  }
}
