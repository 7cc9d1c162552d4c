import { open } from 'node:fs/promises';
import { connect, type Socket } from 'node:net';
import { resolve } from 'node:path';

import { ConfigError } from '../model/index.js';
import { compileMapping, type Mapping } from '../transform/index.js';
import type { ProprietaryOptions } from './options.js';
import { orderRecord, type SignalOrder } from './order.js';
import { RecordLayout } from './record-layout.js';
import { ResponseForm, type Delivery } from './report.js';
import type { Signal } from './signal.js';
import { reasonOf, templateRecord, type TradingSystem } from './trading-system.js';

type Tcp = NonNullable<ProprietaryOptions['tcp']>;

/** A system that takes records of a layout: over TCP, one connection an order, or added to a file. */
export class Proprietary implements TradingSystem {
  readonly #options: ProprietaryOptions;
  readonly #layout: RecordLayout;
  readonly #fields: Mapping;
  readonly #answer: RecordLayout | undefined;
  readonly #response: ResponseForm;
  readonly #file: string | undefined;
  readonly #name: string;

  /** Throws ConfigError for a layout or an expression that is none; `folder` is where relative files begin. */
  constructor(name: string, options: ProprietaryOptions, folder: string) {
    this.#name = name;
    this.#options = options;
    this.#layout = new RecordLayout(options.layout, folder);
    this.#fields = compileMapping(options.fields, `signals.systems.${name}.proprietary.fields`);
    this.#answer = options.answer && new RecordLayout(options.answer.layout, folder);
    this.#response = new ResponseForm(options.answer?.response);
    this.#file = options.file === undefined ? undefined : resolve(folder, options.file);
    if (this.#answer !== undefined && this.#answer.sizeBytes === undefined)
      throw new ConfigError(
        'HR_CONFIG',
        `signals.systems.${name}.proprietary.answer: give its layout as \`fields\`, whose widths say where an answer ends`,
      );
  }

  async send(signal: Signal, order: SignalOrder): Promise<Delivery> {
    const record = orderRecord(order);
    let bytes: Buffer;
    try {
      const context = { ruleId: this.#name, record: 1 };
      const made = await this.#fields.run(templateRecord(signal, record), context, {});
      bytes = this.#layout.encode(made.records[0] ?? {});
    } catch (error) {
      return { sent: 'no', reason: `its record cannot be written: ${reasonOf(error)}` };
    }
    if (this.#file !== undefined) return this.#append(this.#file, bytes);
    const answer = await exchange(this.#options.tcp!, bytes, this.#answer?.sizeBytes ?? 0);
    if ('sent' in answer) return answer;
    return this.#answered(answer.bytes, record);
  }

  #answered(bytes: Buffer, order: ReturnType<typeof orderRecord>): Delivery {
    try {
      const body = this.#answer === undefined ? {} : this.#answer.decode(bytes);
      return this.#response.deliveryOf({ status: 0, body, order });
    } catch (error) {
      return { sent: 'unknown', reason: `its answer cannot be read: ${reasonOf(error)}` };
    }
  }

  async #append(path: string, bytes: Buffer): Promise<Delivery> {
    let isOpen = false;
    try {
      const file = await open(path, 'a');
      isOpen = true;
      try {
        await file.appendFile(bytes);
        await file.datasync();
      } finally {
        await file.close();
      }
      return this.#response.deliveryOf({ status: 0, body: {}, order: {} });
    } catch (error) {
      // What a full disk took of a record, its reader alone can tell.
      return { sent: isOpen ? 'unknown' : 'no', reason: `${path}: ${reasonOf(error)}` };
    }
  }
}

type Ended = { readonly bytes: Buffer } | Exclude<Delivery, { readonly sent: 'yes' }>;

/** Sends bytes over a connection of their own and takes `answerSize` bytes back; without an answer they count as sent once the system has acknowledged the end. */
function exchange({ host, port, timeoutMs }: Tcp, bytes: Buffer, answerSize: number): Promise<Ended> {
  return new Promise(settle => {
    const socket: Socket = connect({ host, port });
    const taken: Buffer[] = [];
    let size = 0;
    let isConnected = false;
    const end = (ended: Ended): void => {
      clearTimeout(timer);
      socket.destroy();
      settle(ended);
    };
    const fail = (reason: string): void =>
      end({ sent: isConnected ? 'unknown' : 'no', reason: `${host}:${port}: ${reason}` });
    const timer = setTimeout(() => fail(`no answer within ${timeoutMs} ms`), timeoutMs);
    socket.on('connect', () => {
      isConnected = true;
      // Half-closed where no answer is awaited: the peer's own end then says that it has read everything.
      if (answerSize === 0) socket.end(bytes);
      else socket.write(bytes);
    });
    socket.on('data', piece => {
      if (answerSize === 0) return;
      taken.push(piece);
      size += piece.length;
      if (size === answerSize) end({ bytes: Buffer.concat(taken) });
      else if (size > answerSize) fail(`its answer has more than ${answerSize} bytes`);
    });
    socket.on('end', () => {
      if (answerSize === 0) end({ bytes: Buffer.alloc(0) });
      else fail(`it closed after ${size} of ${answerSize} bytes of its answer`);
    });
    socket.on('error', error => fail(error.message));
  });
}
