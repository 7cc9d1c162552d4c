import { WebSocket } from 'ws';

import { eventually } from './servers.js';

/** A message of the server, as docs/websocket.md has it. */
export interface ServerMessage {
  readonly op?: string;
  readonly code?: string;
  readonly message?: string;
  readonly topic?: string;
  readonly position?: number;
  readonly data?: unknown;
  readonly skipped?: number;
  readonly from?: number;
  readonly to?: number;
}

/** A WebSocket client that keeps what it was told. */
export class SocketClient {
  readonly messages: ServerMessage[] = [];
  readonly socket: WebSocket;
  closeCode: number | undefined;

  constructor(port: number, headers: Record<string, string> = {}, query = '') {
    this.socket = new WebSocket(`ws://127.0.0.1:${port}/${query}`, { headers, perMessageDeflate: false });
    this.socket.on('message', data => this.messages.push(JSON.parse(String(data)) as ServerMessage));
    this.socket.on('close', code => (this.closeCode = code));
    this.socket.on('error', () => {});
  }

  static async open(port: number, headers?: Record<string, string>): Promise<SocketClient> {
    const client = new SocketClient(port, headers);
    await eventually('the hello', () => client.messages.length > 0 || client.closeCode !== undefined);
    return client;
  }

  send(message: unknown): void {
    this.socket.send(typeof message === 'string' ? message : JSON.stringify(message));
  }

  subscribe(topic: string, from: number | 'tail'): void {
    this.send({ op: 'subscribe', topic, from });
  }

  /** The positions of a topic's messages in the order they came. */
  positions(topic: string): number[] {
    return this.messages.flatMap(one => (one.op === undefined && one.topic === topic ? [one.position ?? -1] : []));
  }

  gaps(): ServerMessage[] {
    return this.messages.filter(message => message.op === 'gap');
  }

  errors(): (string | undefined)[] {
    return this.messages.filter(message => message.op === 'error').map(message => message.code);
  }
}
