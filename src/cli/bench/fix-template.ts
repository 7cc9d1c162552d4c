import { ConfigError } from '../../model/index.js';

const SOH = '\x01';
const ZERO = 0x30;
/** MsgSeqNum and the running part of ClOrdID are written as this many digits, so that a template keeps its length. */
const DIGITS = 9;
const TIME_TEXT = '20260101-00:00:00.000';
/** Fields the session writes itself. */
const SESSION_TAGS = new Set(['8', '9', '10', '34', '35', '43', '49', '52', '56', '97', '122']);

export type TextField = readonly [tag: string, value: string];

/** `CheckSum` of all bytes before "10=", as its three digits. */
function writeCheckSum(bytes: Uint8Array, start: number, end: number): void {
  let sum = 0;
  const digits = end - 4;
  for (let at = start; at < end - 7; at++) sum += bytes[at] ?? 0;
  sum &= 255;
  bytes[digits] = ZERO + Math.floor(sum / 100);
  bytes[digits + 1] = ZERO + (Math.floor(sum / 10) % 10);
  bytes[digits + 2] = ZERO + (sum % 10);
}

function writeDigits(bytes: Uint8Array, at: number, value: number): void {
  for (let index = at + DIGITS - 1, rest = value; index >= at; index--, rest = Math.floor(rest / 10)) {
    bytes[index] = ZERO + (rest % 10);
  }
}

/** `20261123-09:30:00.123` */
export function fixTime(epochMs: number): string {
  const iso = new Date(epochMs).toISOString();
  return `${iso.slice(0, 4)}${iso.slice(5, 7)}${iso.slice(8, 10)}-${iso.slice(11, 23)}`;
}

/** A whole message of a body, MsgSeqNum and time included. */
export function fixText(beginString: string, fields: readonly TextField[]): string {
  const body = fields.map(([tag, value]) => `${tag}=${value}${SOH}`).join('');
  const bytes = Buffer.from(
    `8=${beginString}${SOH}9=${Buffer.byteLength(body, 'latin1')}${SOH}${body}10=000${SOH}`,
    'latin1',
  );
  writeCheckSum(bytes, 0, bytes.length);
  return bytes.toString('latin1');
}

/** Reads tag=value text parted by SOH or `|`. */
export function parseFields(line: string): TextField[] {
  const parts = line.split(line.includes(SOH) ? SOH : '|').filter(part => part !== '');
  return parts.map(part => {
    const equals = part.indexOf('=');
    if (equals < 1 || !/^\d+$/.test(part.slice(0, equals)))
      throw new ConfigError('HR_CONFIG_MESSAGES', `"${part}" is not tag=value in the message ${line}`);
    return [part.slice(0, equals), part.slice(equals + 1)];
  });
}

export interface TemplateSession {
  readonly beginString: string;
  readonly senderCompID: string;
  readonly targetCompID: string;
  /** Before the running digits of ClOrdID; tells this run's orders from any other's. */
  readonly idPrefix: string;
}

/** One message of the file, encoded once; a copy is patched for each send. */
export class FixTemplate {
  readonly bytes: Buffer;
  readonly #sequenceAt: number;
  /** SendingTime, and TransactTime where the message has one. */
  readonly #timesAt: readonly number[];
  readonly #idAt: number;

  constructor(fields: readonly TextField[], session: TemplateSession) {
    const msgType = fields.find(([tag]) => tag === '35')?.[1];
    if (msgType === undefined || !fields.some(([tag]) => tag === '11'))
      throw new ConfigError('HR_CONFIG_MESSAGES', 'each message needs MsgType (35) and ClOrdID (11)');
    const body = fields.filter(([tag]) => !SESSION_TAGS.has(tag));
    const id = `${session.idPrefix}${'0'.repeat(DIGITS)}`;
    const text = fixText(session.beginString, [
      ['35', msgType],
      ['49', session.senderCompID],
      ['56', session.targetCompID],
      ['34', '0'.repeat(DIGITS)],
      ['52', TIME_TEXT],
      ...body.map(([tag, value]): TextField => [tag, tag === '11' ? id : tag === '60' ? TIME_TEXT : value]),
    ]);
    this.bytes = Buffer.from(text, 'latin1');
    this.#sequenceAt = text.indexOf(`${SOH}34=`) + 4;
    this.#timesAt = ['52', '60'].map(tag => text.indexOf(`${SOH}${tag}=`) + 4).filter(at => at > 3);
    this.#idAt = text.indexOf(`${SOH}11=`) + 4 + session.idPrefix.length;
  }

  /** Writes the message into `target` and returns where it ends. */
  write(
    target: Buffer,
    at: number,
    msgSeqNum: number,
    order: { readonly index: number; readonly time: string },
  ): number {
    this.bytes.copy(target, at);
    writeDigits(target, at + this.#sequenceAt, msgSeqNum);
    writeDigits(target, at + this.#idAt, order.index);
    for (const timeAt of this.#timesAt) target.write(order.time, at + timeAt, 'latin1');
    const end = at + this.bytes.length;
    writeCheckSum(target, at, end);
    return end;
  }
}

/** The order's index from a ClOrdID this run made, or -1. */
export function orderIndexOf(clOrdID: string, idPrefix: string): number {
  if (clOrdID.length !== idPrefix.length + DIGITS || !clOrdID.startsWith(idPrefix)) return -1;
  return Number(clOrdID.slice(idPrefix.length));
}
