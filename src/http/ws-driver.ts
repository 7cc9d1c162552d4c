import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';
import { WebSocketServer, type WebSocket } from 'ws';

import { listenError } from '../model/index.js';
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
import { textFrames } from './frame-bytes.js';

/** After a goodbye a client has this long to answer it. */
const CLOSE_TIMEOUT_MS = 1_000;

/**
 * A client of the portable driver. Our frames are written to its TCP socket behind what `ws` itself wrote; `ws` writes whole
 * frames at once while nothing is compressed, so the two never mix inside a frame.
 */
class WsSocket implements DataSocket {
  readonly #socket: WebSocket;
  readonly #tcp: Duplex;
  readonly #channels: Map<string, Set<WsSocket>>;
  readonly #bytesMax: number;
  isAlive = true;

  constructor(socket: WebSocket, tcp: Duplex, server: { channels: Map<string, Set<WsSocket>>; bytesMax: number }) {
    this.#socket = socket;
    this.#tcp = tcp;
    this.#channels = server.channels;
    this.#bytesMax = server.bytesMax;
  }

  send(texts: readonly string[]): void {
    this.write(textFrames(texts));
  }

  write(frames: Buffer): void {
    if (this.#socket.readyState !== this.#socket.OPEN) return;
    this.#tcp.write(frames);
    if (this.bufferedBytes() > this.#bytesMax) this.terminate();
  }

  subscribe(channel: string): void {
    const members = this.#channels.get(channel) ?? new Set();
    this.#channels.set(channel, members.add(this));
  }

  unsubscribe(channel: string): void {
    this.#channels.get(channel)?.delete(this);
  }

  bufferedBytes(): number {
    return this.#tcp.writableLength;
  }

  close(code: number, reason: string): void {
    this.#socket.close(code, reason);
  }

  terminate(): void {
    this.#socket.terminate();
  }

  /** Cuts a client that did not answer the last ping, and pings the others. */
  checkAlive(): void {
    if (!this.isAlive) return this.terminate();
    this.isAlive = false;
    if (this.#socket.readyState === this.#socket.OPEN) this.#socket.ping();
  }

  gone(): void {
    for (const members of this.#channels.values()) members.delete(this);
  }
}

function upgradeRequest({ headers, url = '' }: IncomingMessage): UpgradeRequest {
  const mark = url.indexOf('?');
  return {
    origin: headers.origin ?? '',
    host: headers.host ?? '',
    authorization: headers.authorization ?? '',
    query: mark < 0 ? '' : url.slice(mark + 1),
  };
}

class WsServer implements DataServer {
  readonly driver = 'ws';
  readonly #http: Server;
  readonly #channels = new Map<string, Set<WsSocket>>();
  readonly #sockets = new Set<WsSocket>();
  readonly #server = new WebSocketServer({
    noServer: true,
    maxPayload: REQUEST_SIZE_MAX,
    perMessageDeflate: false,
    clientTracking: false,
  });
  readonly #heartbeat: NodeJS.Timeout;
  readonly #handlers: DataSocketHandlers;
  readonly #bytesMax: number;

  constructor(http: Server, options: DataServerOptions, handlers: DataSocketHandlers) {
    this.#http = http;
    this.#handlers = handlers;
    this.#bytesMax = options.bufferBytesMax;
    this.#heartbeat = setInterval(() => this.#sockets.forEach(one => one.checkAlive()), (IDLE_TIMEOUT_SEC * 1000) / 2);
    http.on('upgrade', (request: IncomingMessage, tcp: Duplex, head: Buffer) => this.#upgrade(request, tcp, head));
  }

  get port(): number {
    return (this.#http.address() as AddressInfo).port;
  }

  publish(channel: string, texts: readonly string[]): void {
    const members = this.#channels.get(channel);
    if (members === undefined || members.size === 0) return;
    const frames = textFrames(texts);
    for (const socket of members) socket.write(frames);
  }

  async close(): Promise<void> {
    clearInterval(this.#heartbeat);
    const closed = new Promise(resolve => this.#http.close(resolve));
    for (const socket of [...this.#sockets]) socket.close(GOING_AWAY, 'the gateway is closing');
    const timer = setTimeout(() => [...this.#sockets].forEach(socket => socket.terminate()), CLOSE_TIMEOUT_MS);
    this.#http.closeIdleConnections();
    await closed;
    clearTimeout(timer);
  }

  #upgrade(request: IncomingMessage, tcp: Duplex, head: Buffer): void {
    tcp.on('error', () => tcp.destroy());
    if (!this.#handlers.accepts(upgradeRequest(request))) {
      tcp.end('HTTP/1.1 403 Forbidden\r\nConnection: close\r\nContent-Length: 0\r\n\r\n');
      return;
    }
    this.#server.handleUpgrade(request, tcp, head, socket => this.#open(socket, tcp));
  }

  #open(socket: WebSocket, tcp: Duplex): void {
    const wrapped = new WsSocket(socket, tcp, { channels: this.#channels, bytesMax: this.#bytesMax });
    const handlers = this.#handlers;
    this.#sockets.add(wrapped);
    // `ws` reports a broken frame as an error and then closes by itself.
    socket.on('error', () => {});
    socket.on('pong', () => (wrapped.isAlive = true));
    socket.on('message', (data, isBinary) => {
      wrapped.isAlive = true;
      handlers.received(wrapped, isBinary ? undefined : String(data));
    });
    tcp.on('drain', () => handlers.drained(wrapped));
    socket.on('close', () => {
      wrapped.gone();
      this.#sockets.delete(wrapped);
      handlers.closed(wrapped);
    });
    handlers.opened(wrapped);
  }
}

/** `ws`: the portable driver, for every platform and for embedders. */
export const wsDriver: WebSocketDriver = {
  name: 'ws',
  summary: 'ws, on every platform',
  async listen(options, handlers) {
    const http = createServer((_, response) => response.writeHead(426, { connection: 'close' }).end());
    const server = new WsServer(http, options, handlers);
    await new Promise<void>((resolve, reject) => {
      http.once('error', cause => {
        void server.close();
        reject(listenError(options.host, options.port, cause));
      });
      http.listen(options.port, options.host, resolve);
    });
    return server;
  },
};
