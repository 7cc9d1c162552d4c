import type { FixMessage } from '../codec/index.js';
import { FRAME_TYPE, TOPICS } from '../model/index.js';
import type { LedgerGroup } from './ledger-group.js';

const TOPIC = TOPICS.indexOf('dead-letter');

/** Payload of a dead-letter frame: length of the reason u16, the reason as UTF-8, then the record's bytes as they came. */
export function deadLetterPayload(reason: string, record: Uint8Array): Uint8Array {
  const text = Buffer.from(reason, 'utf8').subarray(0, 0xffff);
  const size = Buffer.alloc(2);
  size.writeUInt16LE(text.length);
  return Buffer.concat([size, text, record]);
}

/** Writes a message that cannot be used to the dead-letter topic. */
export function deadLetter(group: LedgerGroup, source: number, message: FixMessage, reason: string): void {
  const record = message.bytes.subarray(message.start, message.end);
  group.add({ type: FRAME_TYPE.deadLetter, topic: TOPIC, source }, deadLetterPayload(reason, record));
}
