import { connect } from 'node:net';
import type { HttpRequest, TemplatedApp, us_listen_socket, WebSocket } from 'uWebSockets.js';

import { ConnectionError, listenError } from '../model/index.js';
import {
  GOING_AWAY,
  IDLE_TIMEOUT_SEC,
  REQUEST_SIZE_MAX,
  type DataServer,
  type DataServerOptions,
  type DataSocket,
  type DataSocketHandlers,
  type UpgradeRequest,
  type WebSocketDriver,
} from './data-socket.js';

type Library = typeof import('uWebSockets.js');

type Socket = WebSocket<{ wrapped: UwsSocket | undefined }>;

/** Loads uWebSockets.js, or says why it cannot be had: its binaries exist for few platforms and Node.js versions. */
export async function loadUws(): Promise<Library | string> {
  try {
    const { default: library } = (await import('uWebSockets.js')) as unknown as { default: Library };
    return library;
  } catch (error) {
    return (error as Error).message.split('\n')[0] ?? 'it does not load';
  }
}

/** A closed uWebSockets.js socket throws when touched, so every call first looks whether it is still there. */
class UwsSocket implements DataSocket {
  #socket: Socket | undefined;

  constructor(socket: Socket) {
    this.#socket = socket;
  }

  send(texts: readonly string[]): void {
    const socket = this.#socket;
    socket?.cork(() => {
      for (const text of texts) if (socket.send(text) === 2) return;
    });
  }

  subscribe(channel: string): void {
    this.#socket?.subscribe(channel);
  }

  unsubscribe(channel: string): void {
    this.#socket?.unsubscribe(channel);
  }

  bufferedBytes(): number {
    return this.#socket?.getBufferedAmount() ?? 0;
  }

  close(code: number, reason: string): void {
    this.#socket?.end(code, reason);
  }

  terminate(): void {
    this.#socket?.close();
  }

  gone(): void {
    this.#socket = undefined;
  }
}

function upgradeRequest(request: HttpRequest): UpgradeRequest {
  return {
    origin: request.getHeader('origin'),
    host: request.getHeader('host'),
    authorization: request.getHeader('authorization'),
    query: request.getQuery() ?? '',
  };
}

class UwsServer implements DataServer {
  readonly driver = 'uws';
  readonly port: number;
  readonly #app: TemplatedApp;
  readonly #library: Library;
  readonly #listening: us_listen_socket;
  readonly #sockets: ReadonlySet<UwsSocket>;

  constructor(app: TemplatedApp, library: Library, listening: us_listen_socket, sockets: ReadonlySet<UwsSocket>) {
    this.#app = app;
    this.#library = library;
    this.#listening = listening;
    this.#sockets = sockets;
    this.port = library.us_socket_local_port(listening);
  }

  publish(channel: string, texts: readonly string[]): void {
    // The library keeps a turn's messages of a socket together and writes them once.
    for (const text of texts) this.#app.publish(channel, text);
  }

  async close(): Promise<void> {
    this.#library.us_listen_socket_close(this.#listening);
    for (const socket of [...this.#sockets]) socket.close(GOING_AWAY, 'the gateway is closing');
    await new Promise(resolve => setImmediate(resolve));
    this.#app.close();
  }
}

function openApp(library: Library, options: DataServerOptions, handlers: DataSocketHandlers) {
  const sockets = new Set<UwsSocket>();
  const app = library.App().ws<{ wrapped: UwsSocket | undefined }>('/*', {
    maxPayloadLength: REQUEST_SIZE_MAX,
    idleTimeout: IDLE_TIMEOUT_SEC,
    maxBackpressure: options.bufferBytesMax,
    closeOnBackpressureLimit: 1,
    upgrade: (response, request, context) => {
      if (!handlers.accepts(upgradeRequest(request))) {
        response.writeStatus('403 Forbidden').end();
        return;
      }
      const header = (name: string) => request.getHeader(`sec-websocket-${name}`);
      response.upgrade({ wrapped: undefined }, header('key'), header('protocol'), header('extensions'), context);
    },
    open: socket => {
      const wrapped = new UwsSocket(socket);
      socket.getUserData().wrapped = wrapped;
      sockets.add(wrapped);
      handlers.opened(wrapped);
    },
    message: (socket, message, isBinary) => {
      const { wrapped } = socket.getUserData();
      // The bytes are the library's and last only for this call.
      if (wrapped !== undefined) handlers.received(wrapped, isBinary ? undefined : Buffer.from(message).toString());
    },
    drain: socket => {
      const { wrapped } = socket.getUserData();
      if (wrapped !== undefined) handlers.drained(wrapped);
    },
    close: socket => {
      const { wrapped } = socket.getUserData();
      if (wrapped === undefined) return;
      wrapped.gone();
      sockets.delete(wrapped);
      handlers.closed(wrapped);
    },
  });
  return { app, sockets };
}

const ANSWER_TIMEOUT_MS = 1_000;

/**
 * Whether somebody listens on the port already. The library would share it with them in silence (SO_REUSEPORT), and its
 * exclusive way cannot take a port again while connections of the last run linger; so the port is asked first.
 */
async function isTaken({ host, port }: DataServerOptions): Promise<boolean> {
  if (port === 0) return false;
  const probe = connect({ host: host === '0.0.0.0' ? '127.0.0.1' : host === '::' ? '::1' : host, port });
  probe.setTimeout(ANSWER_TIMEOUT_MS);
  const answered = await new Promise<boolean>(resolve => {
    probe.once('connect', () => resolve(true));
    probe.once('timeout', () => resolve(false));
    probe.once('error', () => resolve(false));
  });
  probe.destroy();
  return answered;
}

/** uWebSockets.js: the fast driver. On the main thread only; in a worker a terminate would abort the process. */
export const uwsDriver: WebSocketDriver = {
  name: 'uws',
  summary: 'uWebSockets.js, where its binary loads',
  async listen(options, handlers) {
    const library = await loadUws();
    if (typeof library === 'string') throw new ConnectionError('HR_WEBSOCKET_DRIVER', `uWebSockets.js: ${library}`);
    const taken = Object.assign(new Error('the address is in use'), { code: 'EADDRINUSE' });
    const error = listenError(options.host, options.port, taken);
    if (await isTaken(options)) throw error;
    const { app, sockets } = openApp(library, options, handlers);
    return new Promise((resolve, reject) => {
      app.listen(options.host, options.port, listening => {
        if (listening) resolve(new UwsServer(app, library, listening, sockets));
        else reject(error);
      });
    });
  },
};
