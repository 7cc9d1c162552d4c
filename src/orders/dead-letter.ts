import type { FixMessage } from '../codec/index.js';
import { FRAME_TYPE, TOPICS } from '../model/index.js';
import type { LedgerGroup } from './ledger-group.js';

const TOPIC = TOPICS.indexOf('dead-letter');

/** Payload: length of the reason u16, the reason as UTF-8, then the record's bytes as they came. */
export function deadLetter(group: LedgerGroup, source: number, message: FixMessage, reason: string): void {
  const text = Buffer.from(reason, 'utf8');
  const size = message.end - message.start;
  const offset = group.reserve({ type: FRAME_TYPE.deadLetter, topic: TOPIC, source }, 2 + text.length + size);
  const { staging } = group.journal;
  staging[offset] = text.length & 0xff;
  staging[offset + 1] = text.length >>> 8;
  staging.set(text, offset + 2);
  staging.set(message.bytes.subarray(message.start, message.end), offset + 2 + text.length);
}
