/**
 * The bare servers of the WebSocket question, run as `websocket-server.js uws|ws|ws-gather MESSAGES_A_TICK`: 100-byte messages to
 * every socket, tick after tick, held back while the first socket has more than a bound unsent.
 */
import { createInterface } from 'node:readline';
import type { Socket } from 'node:net';
import { WebSocketServer, type WebSocket } from 'ws';

const MESSAGE = 'm'.repeat(100);
const BUFFERED_MAX = 64 * 1024;

interface Server {
  /** Sends so many messages to every subscriber. */
  tick(messages: number): void;
  /** Bytes the first socket has not taken yet. */
  buffered(): number;
}

const ready = (port: number): void => void process.stdout.write(`ready ${port}\n`);

/** uWebSockets.js's own publish, which gathers what one turn of the loop sends to a socket. */
async function uwsServer(): Promise<Server> {
  const { default: uws } = await import('uWebSockets.js');
  let first: { getBufferedAmount(): number } | undefined;
  const app = uws.App().ws('/*', {
    compression: uws.DISABLED,
    maxBackpressure: 64 * 1024 * 1024,
    open: socket => {
      first ??= socket;
      socket.subscribe('t');
    },
  });
  app.listen('127.0.0.1', 0, token => ready(uws.us_socket_local_port(token as never)));
  return {
    tick: messages => {
      for (let index = 0; index < messages; index++) app.publish('t', MESSAGE);
    },
    buffered: () => first?.getBufferedAmount() ?? 0,
  };
}

function wsSockets(): { sockets: WebSocket[]; buffered: () => number } {
  const server = new WebSocketServer({ port: 0, host: '127.0.0.1', perMessageDeflate: false });
  const sockets: WebSocket[] = [];
  server.on('connection', socket => {
    sockets.push(socket);
    socket.on('error', () => {});
  });
  server.on('listening', () => ready((server.address() as { port: number }).port));
  return { sockets, buffered: () => sockets[0]?.bufferedAmount ?? 0 };
}

/** ws as its manual shows it: send to each client. */
function wsServer(): Server {
  const { sockets, buffered } = wsSockets();
  const tick = (messages: number): void => {
    for (let index = 0; index < messages; index++) for (const socket of sockets) socket.send(MESSAGE);
  };
  return { tick, buffered };
}

/** The best that can be done over ws: the tick's frames built once, and one write a socket. */
function gatheringWsServer(): Server {
  const { sockets, buffered } = wsSockets();
  const frame = Buffer.concat([Buffer.from([0x81, MESSAGE.length]), Buffer.from(MESSAGE)]);
  const tick = (messages: number): void => {
    const frames = Buffer.concat(Array.from({ length: messages }, () => frame));
    for (const socket of sockets) (socket as unknown as { readonly _socket: Socket })._socket.write(frames);
  };
  return { tick, buffered };
}

const [kind, messages] = [process.argv[2], Number(process.argv[3] ?? 10)];
const server = kind === 'uws' ? await uwsServer() : kind === 'ws' ? wsServer() : gatheringWsServer();
let running = false;

function turn(): void {
  if (!running) return;
  if (server.buffered() < BUFFERED_MAX) server.tick(messages);
  setImmediate(turn);
}

createInterface({ input: process.stdin }).on('line', line => {
  running = line === 'go';
  if (running) turn();
});
