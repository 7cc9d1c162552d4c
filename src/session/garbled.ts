import type { SessionLink } from './link.js';
import { isBefore42 } from './settings.js';
import { MSG_TYPE, TAG } from './tags.js';

const SOH = 0x01;
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

/** A copy of a message whose CheckSum is wrong with the right one in its place; undefined where it does not end in `10=ddd`. */
export function withCheckSum(garbled: Uint8Array): Uint8Array | undefined {
  const bytes = Buffer.from(garbled);
  const trailer = bytes.length - TRAILER_SIZE;
  if (trailer < 1 || bytes.toString('latin1', trailer - 1, trailer + 3) !== '\x0110=') return undefined;
  let sum = 0;
  for (let at = 0; at < trailer; at++) sum += bytes[at]!;
  bytes.write(String(sum & 0xff).padStart(3, '0'), trailer + 3, 'latin1');
  return bytes;
}
