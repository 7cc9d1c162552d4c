import type { Socket } from 'node:net';

import { FixStream, valueText } from './fix-stream.js';
import { fixText, fixTime, type TextField } from './fix-template.js';

const HEARTBEAT_SECONDS = 30;

export interface FixConnectionOptions {
  readonly socket: Socket;
  readonly beginString: string;
  /** Empty until the counterparty's Logon names them: the venue answers whoever comes. */
  senderCompID: string;
  targetCompID: string;
  readonly onLogon: () => void;
  /** Every message that is not the session's own; `receivedMs` was read once, when the bytes came out of the socket. */
  readonly onApplication: (message: FixInbound) => void;
  readonly onClosed: (reason: string) => void;
}

export interface FixInbound {
  readonly msgType: string;
  readonly receivedMs: number;
  text(tag: string): string;
}

/**
 * A FIX session for a load thread: logs on with ResetSeqNumFlag, answers TestRequests, sends heartbeats, numbers what it sends.
 * It never asks for a resend, and answers one with a gap fill over everything: a bench that loses messages counts them as lost.
 */
export class FixConnection {
  msgSeqNum = 1;
  loggedOn = false;
  readonly #options: FixConnectionOptions;
  readonly #stream = new FixStream();
  readonly #heartbeat: NodeJS.Timeout;

  constructor(options: FixConnectionOptions) {
    this.#options = options;
    options.socket.setNoDelay(true);
    options.socket.on('data', chunk => this.#receive(chunk));
    options.socket.on('error', error => this.#closed(error.message));
    options.socket.on('close', () => this.#closed('the connection was closed'));
    this.#heartbeat = setInterval(() => this.#beat(), HEARTBEAT_SECONDS * 1000);
  }

  logon(): void {
    this.send('A', [
      ['98', '0'],
      ['108', String(HEARTBEAT_SECONDS)],
      ['141', 'Y'],
    ]);
  }

  send(msgType: string, fields: readonly TextField[]): void {
    this.#write(this.msgSeqNum++, msgType, fields);
  }

  /** Bytes that are encoded already, their numbers taken from `msgSeqNum`. */
  write(bytes: Uint8Array): void {
    this.#options.socket.write(bytes);
  }

  close(): void {
    if (this.loggedOn) this.send('5', []);
    this.loggedOn = false;
    clearInterval(this.#heartbeat);
    this.#options.socket.end();
  }

  #write(msgSeqNum: number, msgType: string, fields: readonly TextField[]): void {
    const { beginString, senderCompID, targetCompID, socket } = this.#options;
    const header: TextField[] = [
      ['35', msgType],
      ['49', senderCompID],
      ['56', targetCompID],
      ['34', String(msgSeqNum)],
      ['52', fixTime(Date.now())],
    ];
    if (socket.writable) socket.write(fixText(beginString, [...header, ...fields]), 'latin1');
  }

  #beat(): void {
    if (this.loggedOn) this.send('0', []);
  }

  #closed(reason: string): void {
    clearInterval(this.#heartbeat);
    this.loggedOn = false;
    this.#options.onClosed(reason);
  }

  #receive(chunk: Uint8Array): void {
    const receivedMs = performance.now();
    this.#stream.push(chunk, (bytes, start, end) => {
      const text = (tag: string): string => valueText(bytes, start, end, tag);
      this.#dispatch({ msgType: text('35'), receivedMs, text });
    });
  }

  #dispatch(message: FixInbound): void {
    if (message.msgType === 'A') this.#logon(message);
    else if (message.msgType === '1') this.send('0', [['112', message.text('112')]]);
    else if (message.msgType === '2') this.#fillGap(message);
    else if (message.msgType === '5') this.#options.socket.end();
    else if (message.msgType !== '0' && message.msgType !== '4') this.#options.onApplication(message);
  }

  #logon(message: FixInbound): void {
    if (this.loggedOn) return;
    const options = this.#options;
    if (options.senderCompID === '') {
      options.senderCompID = message.text('56');
      options.targetCompID = message.text('49');
      this.logon();
    }
    this.loggedOn = true;
    options.onLogon();
  }

  #fillGap(message: FixInbound): void {
    this.#write(Number(message.text('7')), '4', [
      ['43', 'Y'],
      ['122', fixTime(Date.now())],
      ['123', 'Y'],
      ['36', String(this.msgSeqNum)],
    ]);
  }
}
