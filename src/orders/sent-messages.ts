import { openSequenceReader } from '../journal/index.js';
import type { SentMessages } from '../session/index.js';
import type { SentIndex } from './sent-index.js';

/** What a session sent, read back from the ledger: each message is the payload of its outbound frame. Memory stays flat: one frame at a time. */
export function sentMessages(directory: string, name: string, sent: SentIndex): SentMessages {
  const reader = openSequenceReader(directory, name);
  return {
    read(beginSeqNum, endSeqNum, visit) {
      for (let msgSeqNum = beginSeqNum; msgSeqNum <= endSeqNum; msgSeqNum++) {
        const sequence = sent.sequenceOf(msgSeqNum);
        const frame = sequence === 0 ? undefined : reader.read(sequence);
        if (frame !== undefined && !visit(msgSeqNum, frame.payload, frame.timeNs)) return;
      }
    },
  };
}
