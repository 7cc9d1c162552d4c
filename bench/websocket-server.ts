/**
 * The bare servers of the WebSocket question, run as `websocket-server.js uws|ws|ws-gather MESSAGES_A_TICK`: 100-byte messages to
 * every socket, tick after tick, at the pace of websocket-pace.ts.
 */
import type { Socket } from 'node:net';
import { WebSocketServer, type WebSocket } from 'ws';

import { runPaced } from './websocket-pace.js';

const MESSAGE = 'm'.repeat(100);

/** Sends so many messages to every subscriber. */
type Tick = (messages: number) => void;

const ready = (port: number): void => void process.stdout.write(`ready ${port}\n`);

/** uWebSockets.js's own publish, which gathers what one turn of the loop sends to a socket. */
async function uwsServer(): Promise<Tick> {
  const { default: uws } = await import('uWebSockets.js');
  const app = uws.App().ws('/*', {
    compression: uws.DISABLED,
    maxBackpressure: 64 * 1024 * 1024,
    open: socket => void socket.subscribe('t'),
  });
  app.listen('127.0.0.1', 0, token => ready(uws.us_socket_local_port(token as never)));
  return messages => {
    for (let index = 0; index < messages; index++) app.publish('t', MESSAGE);
  };
}

function wsSockets(): WebSocket[] {
  const server = new WebSocketServer({ port: 0, host: '127.0.0.1', perMessageDeflate: false });
  const sockets: WebSocket[] = [];
  server.on('connection', socket => {
    sockets.push(socket);
    socket.on('error', () => {});
  });
  server.on('listening', () => ready((server.address() as { port: number }).port));
  return sockets;
}

/** ws as its manual shows it: send to each client. */
function wsServer(): Tick {
  const sockets = wsSockets();
  return messages => {
    for (let index = 0; index < messages; index++) for (const socket of sockets) socket.send(MESSAGE);
  };
}

/** The best that can be done over ws: the tick's frames built once, and one write a socket. */
function gatheringWsServer(): Tick {
  const sockets = wsSockets();
  const frame = Buffer.concat([Buffer.from([0x81, MESSAGE.length]), Buffer.from(MESSAGE)]);
  return messages => {
    const frames = Buffer.concat(Array.from({ length: messages }, () => frame));
    for (const socket of sockets) (socket as unknown as { readonly _socket: Socket })._socket.write(frames);
  };
}

const [kind, messages] = [process.argv[2], Number(process.argv[3] ?? 10)];
const tick = kind === 'uws' ? await uwsServer() : kind === 'ws' ? wsServer() : gatheringWsServer();
runPaced(messages, () => tick(messages));
