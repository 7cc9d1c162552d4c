import { FRAME_TYPE } from '../model/index.js';
import type { RenderedItem } from './rendering.js';
import { isoTime } from './row-reader.js';
import type { SinkFrame } from './sink-log.js';

/** A FIX message of a session that is copied, whole, as it came or went; the session by the counterparty's side of the header. */
export function renderCopy(frame: SinkFrame): RenderedItem {
  const { payload, type } = frame;
  const message = Buffer.from(payload.buffer, payload.byteOffset, payload.byteLength).toString('latin1');
  const beginString = message.slice('8='.length, message.indexOf('\x01'));
  const [msgType, msgSeqNum] = [valueOf(message, 35), Number(valueOf(message, 34))];
  const isReceived = type === FRAME_TYPE.inbound;
  const [sender, target] = [valueOf(message, 49), valueOf(message, 56)];
  const [us, them] = isReceived ? [target, sender] : [sender, target];
  const session = `${beginString}:${us}->${them}`;
  const direction = isReceived ? 'received' : 'sent';
  const data = { session, time: isoTime(frame.timeNs), direction, msgType, msgSeqNum, message };
  return { key: session, conflateBy: `drop-copy ${frame.sequence}`, data: JSON.stringify(data) };
}

function valueOf(message: string, tag: number): string {
  const start = message.indexOf(`\x01${tag}=`) + `\x01${tag}=`.length;
  return message.slice(start, message.indexOf('\x01', start));
}
