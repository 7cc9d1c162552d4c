/**
 * The other side of the WebSocket question: subscribers as bare TCP sockets that only count frames, so that the server is what is
 * measured. A server is a process that prints `ready PORT` and publishes at the pace of websocket-pace.ts. Delivered a second is counted here, at the clients, over a second in the middle.
 */
import { spawn, type ChildProcess } from 'node:child_process';
import { connect, type Socket } from 'node:net';
import { createInterface } from 'node:readline';

import type { Rated } from './harness.js';

export const UNIT = 'deliveries/s';

const SETTLE_MS = 400;
/** How often the first subscriber says how much it has. */
const SEEN_MS = 2;
const MEASURE_MS = 1000;
const READY_TIMEOUT_MS = 20_000;
const CONNECT_AT_ONCE = 50;
const HEAD_END = Buffer.from('\r\n\r\n');

export interface WebSocketServerPeer {
  readonly name: string;
  readonly command: readonly string[];
  readonly subscribers: number;
  readonly path?: string;
  /** The text message that subscribes, where the server wants one. */
  readonly subscribe?: string;
}

/** Counts the frames of a server's stream; a server never masks, and a message of the bench is one frame. */
export class FrameCounter {
  frames = 0;
  #skip = 0;
  #head: number[] = [];

  push(chunk: Uint8Array): void {
    let at = 0;
    while (at < chunk.length) {
      const step = Math.min(this.#skip, chunk.length - at);
      this.#skip -= step;
      at += step;
      if (this.#skip === 0 && at < chunk.length) this.#take(chunk[at++] ?? 0);
    }
  }

  /** One byte of a frame's head; when it is whole, its payload is what is skipped next. */
  #take(byte: number): void {
    this.#head.push(byte);
    const short = (this.#head[1] ?? 0) & 127;
    const size = short === 126 ? 4 : short === 127 ? 10 : 2;
    if (this.#head.length < size || this.#head.length < 2) return;
    this.#skip = size === 2 ? short : this.#head.slice(2).reduce((length, part) => length * 256 + part, 0);
    this.#head = [];
    this.frames++;
  }
}

/** A client's text frame, masked with zeros as a client must. */
export function clientFrame(text: string): Buffer {
  const payload = Buffer.from(text);
  const length = payload.length < 126 ? [payload.length | 128] : [126 | 128, payload.length >> 8, payload.length & 255];
  return Buffer.concat([Buffer.from([0x81, ...length, 0, 0, 0, 0]), payload]);
}

function upgrade(port: number, path: string): string {
  const lines = [
    `GET ${path} HTTP/1.1`,
    `Host: 127.0.0.1:${port}`,
    'Upgrade: websocket',
    'Connection: Upgrade',
    'Sec-WebSocket-Key: aGVhZHJhY2UtYmVuY2gtMQ==',
    'Sec-WebSocket-Version: 13',
  ];
  return `${lines.join('\r\n')}\r\n\r\n`;
}

function subscriber(port: number, peer: WebSocketServerPeer, counter: FrameCounter): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, '127.0.0.1');
    let head = Buffer.alloc(0);
    const onHead = (chunk: Buffer): void => {
      head = Buffer.concat([head, chunk]);
      const end = head.indexOf(HEAD_END);
      if (end < 0) return;
      socket.off('data', onHead).on('data', data => counter.push(data));
      counter.push(head.subarray(end + HEAD_END.length));
      if (peer.subscribe !== undefined) socket.write(clientFrame(peer.subscribe));
      resolve(socket);
    };
    socket.on('data', onHead).once('error', reject);
    socket.write(upgrade(port, peer.path ?? '/'));
  });
}

function readyPort(child: ChildProcess, name: string): Promise<number> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error(`${name} did not start in time`)), READY_TIMEOUT_MS);
    child.once('exit', code => reject(new Error(`${name} ended with code ${code}`)));
    if (child.stdout === null) return;
    createInterface({ input: child.stdout }).on('line', line => {
      const match = /^ready (\d+)$/.exec(line);
      if (match === null) return;
      clearTimeout(timer);
      resolve(Number(match[1]));
    });
  });
}

const pause = (ms: number): Promise<void> => new Promise(resolve => setTimeout(resolve, ms));

/** A server with its subscribers connected; each cycle lets it publish for 1.4 s and counts over the last second. */
export async function fanOut(peer: WebSocketServerPeer): Promise<Rated> {
  const [program = '', ...args] = peer.command;
  const child = spawn(program, args, { stdio: ['pipe', 'pipe', 'inherit'] });
  const port = await readyPort(child, peer.name);
  const counters = Array.from({ length: peer.subscribers }, () => new FrameCounter());
  const sockets: Socket[] = [];
  for (let at = 0; at < counters.length; at += CONNECT_AT_ONCE) {
    const group = counters.slice(at, at + CONNECT_AT_ONCE).map(counter => subscriber(port, peer, counter));
    sockets.push(...(await Promise.all(group)));
  }
  const frames = (): number => counters.reduce((sum, counter) => sum + counter.frames, 0);

  async function run(): Promise<number> {
    child.stdin?.write('go\n');
    const seen = setInterval(() => child.stdin?.write(`seen ${counters[0]?.frames ?? 0}\n`), SEEN_MS);
    await pause(SETTLE_MS);
    const [start, before] = [performance.now(), frames()];
    await pause(MEASURE_MS);
    const rate = ((frames() - before) / (performance.now() - start)) * 1000;
    child.stdin?.write('stop\n');
    await pause(SETTLE_MS);
    clearInterval(seen);
    if (rate === 0) throw new Error(`${peer.name} delivered nothing`);
    return rate;
  }
  async function close(): Promise<void> {
    for (const socket of sockets) socket.destroy();
    const ended = new Promise(resolve => child.once('exit', resolve));
    child.kill();
    await ended;
  }
  return { name: peer.name, unit: UNIT, run, close };
}
