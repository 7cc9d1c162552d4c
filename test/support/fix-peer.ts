import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';

import { utcTimestampText } from '../../src/codec/index.js';
import { fixBytes } from './fix-session.js';

/** One message by hand: MsgType, MsgSeqNum, and the fields after the header as `11=A|38=100|`. */
export type RawMessage = readonly [msgType: string, msgSeqNum: number, body?: string, header?: string];

/** The other side of a FIX connection with nothing behind it: each byte it sends, and when, is the test's. */
export class FixPeer {
  /** Everything received, `|` for SOH. */
  text = '';
  /** The last connection was closed. */
  isClosed = false;
  readonly #names: string;
  #socket: Socket | undefined;
  #server: Server | undefined;

  constructor(senderCompID: string, targetCompID: string) {
    this.#names = `49=${senderCompID}|56=${targetCompID}|`;
  }

  /** Waits for one connection after another; resolves with the port. */
  async listen(): Promise<number> {
    this.#server = createServer(socket => this.#take(socket)).listen(0, '127.0.0.1');
    await once(this.#server, 'listening');
    return (this.#server.address() as AddressInfo).port;
  }

  async connect(port: number): Promise<void> {
    const socket = connect(port, '127.0.0.1');
    await once(socket, 'connect');
    this.#take(socket);
  }

  /** All messages in one write. */
  write(...messages: readonly RawMessage[]): void {
    const time = utcTimestampText(BigInt(Date.now()) * 1_000_000n, 3);
    const encoded = messages.map(([msgType, msgSeqNum, body = '', header = '']) =>
      fixBytes('FIX.4.4', `35=${msgType}|34=${msgSeqNum}|${this.#names}52=${time}|${header}${body}`),
    );
    this.#socket?.write(Buffer.concat(encoded));
  }

  /** Bytes as they are, of a message that `write` would not make. */
  writeBytes(bytes: Uint8Array): void {
    this.#socket?.write(bytes);
  }

  /** The messages received so far that hold all of these fields. */
  having(...fields: readonly string[]): string[] {
    const messages = this.text.split('8=FIX.4.4|').slice(1);
    return messages.filter(message => fields.every(field => message.includes(`|${field}|`)));
  }

  close(): void {
    this.#socket?.destroy();
    this.#server?.close();
  }

  #take(socket: Socket): void {
    this.#socket = socket;
    this.isClosed = false;
    socket.on('close', () => (this.isClosed = socket === this.#socket));
    socket.on('data', data => (this.text += data.toString('latin1').replaceAll('\x01', '|')));
    socket.on('error', () => {});
  }
}
