import type { SessionLink } from './link.js';
import { isBefore42, type SessionSettings } from './settings.js';
import { MSG_TYPE, TAG } from './tags.js';

const SOH = 0x01;
const CHECK_SUM = '\x0110=';
// Begin, BodyLength, body with its last SOH, CheckSum.
const ENVELOPE = new RegExp('^(8=[^\\x01]+\\x01)9=(\\d{1,9})\\x01([^]*\\x01)10=(\\d{3})\\x01$');
const TRAILER_SIZE = 7; // 10=ddd and SOH

/** What a garbled message seems to say in the first field with this tag behind BeginString; undefined without one. */
function seemingly(garbled: Uint8Array, tag: number): string | undefined {
  const bytes = Buffer.from(garbled.buffer, garbled.byteOffset, garbled.byteLength);
  const name = `\x01${tag}=`;
  const at = bytes.indexOf(name, 0, 'latin1');
  const end = at < 0 ? -1 : bytes.indexOf(SOH, at + name.length);
  return end < 0 ? undefined : bytes.toString('latin1', at + name.length, end);
}

/**
 * Answers a garbled message with a Reject and takes its number, where it seems to have the one expected; any other is not to be
 * trusted and left to the gap it makes. Returns whether it did. The caller learns of it as of numbers that carry nothing.
 */
export function rejectGarbled(link: SessionLink, garbled: Uint8Array): boolean {
  const { nextIn, nextOut } = link.numbers;
  if (link.sentLogout || seemingly(garbled, TAG.MsgSeqNum) !== String(nextIn)) return false;
  const msgType = seemingly(garbled, TAG.MsgType) ?? '';
  link.moveNumbers(nextIn + 1, nextOut, true);
  link.event('reject', `garbled message ${nextIn}`);
  link.transmit(MSG_TYPE.Reject, encoder => {
    encoder.field(TAG.RefSeqNum, nextIn).field(TAG.Text, 'Message failed basic validity check');
    if (msgType !== '' && !isBefore42(link.settings.beginString)) encoder.field(TAG.RefMsgType, msgType);
  });
  return true;
}

/**
 * A copy of a garbled message with the right BodyLength and CheckSum, where only those are wrong and the session does not mind; else
 * undefined. One with a CheckSum field within swallowed another message.
 */
export function withEnvelope(garbled: Uint8Array, settings: SessionSettings): Uint8Array | undefined {
  const { validateLength, validateChecksum } = settings;
  const text = Buffer.from(garbled.buffer, garbled.byteOffset, garbled.byteLength).toString('latin1');
  const [, head, length, body, sum] = ENVELOPE.exec(text) ?? [];
  if (head === undefined || body === undefined || body.includes(CHECK_SUM)) return undefined;
  if (validateLength && Number(length) !== body.length) return undefined;
  if (validateChecksum && Number(sum) !== sumOf(text.slice(0, -TRAILER_SIZE))) return undefined;
  const whole = `${head}9=${body.length}\x01${body}`;
  return Buffer.from(`${whole}10=${String(sumOf(whole)).padStart(3, '0')}\x01`, 'latin1');
}

function sumOf(text: string): number {
  let sum = 0;
  for (let at = 0; at < text.length; at++) sum += text.charCodeAt(at);
  return sum & 0xff;
}
