import { WebSocket } from 'ws';

import { ConnectionError } from '../../model/index.js';
import { Load, type LoadPlan, type LoadResult, type LoadTarget } from './load.js';

export interface WebSocketPlan extends LoadPlan {
  /** Text messages, sent in turn. */
  readonly messages: readonly string[];
  readonly path: string;
  /** Sent once when connected, before the load; messages received before the load starts are not counted. */
  readonly hello?: string | undefined;
}

const TIMESTAMPS =
  'from when the message was meant to be sent (the schedule) to when the answer with the same number in order was received, in one thread';

function connected(socket: WebSocket, url: string): Promise<void> {
  return new Promise((resolve, reject) => {
    socket.once('open', resolve);
    socket.once('error', error => {
      reject(new ConnectionError('HR_CONNECTION_TARGET', `${url}: ${error.message}`, { cause: error }));
    });
  });
}

/** One connection; the k-th message received answers the k-th sent. */
class WebSocketTarget implements LoadTarget {
  readonly timestamps = TIMESTAMPS;
  readonly #plan: WebSocketPlan;
  readonly #socket: WebSocket;
  #failure: string | undefined;

  constructor(plan: WebSocketPlan, socket: WebSocket, load: Load) {
    this.#plan = plan;
    this.#socket = socket;
    let received = 0;
    socket.on('message', () => {
      const receivedMs = performance.now();
      // Before the first is due nothing was asked: what comes is the answer to `hello`.
      if (receivedMs >= load.loop.intendedMs(0)) load.answered(received++, receivedMs);
    });
    socket.on('close', code => (this.#failure ??= `closed with code ${code}`));
    socket.on('error', error => (this.#failure ??= error.message));
    if (plan.hello !== undefined) socket.send(plan.hello);
  }

  send(from: number, to: number): void {
    const { messages } = this.#plan;
    for (let index = from; index < to; index++) this.#socket.send(messages[index % messages.length] ?? '');
  }

  failure(): string | undefined {
    return this.#failure;
  }

  close(): void {
    this.#failure ??= undefined;
    this.#socket.removeAllListeners('close');
    this.#socket.close();
  }
}

/** Drives a WebSocket endpoint that answers each message, open loop, and returns the latencies. */
export async function loadWebSocket(plan: WebSocketPlan): Promise<LoadResult> {
  const url = `ws://${plan.host}:${plan.port}${plan.path}`;
  const load = new Load(plan);
  const socket = new WebSocket(url, { perMessageDeflate: false });
  await connected(socket, url);
  return load.run(new WebSocketTarget(plan, socket, load));
}
