import { openLogReader, type LogReaderOptions } from '../journal/index.js';
import type { SentMessages } from '../session/index.js';
import type { SentIndex } from './sent-index.js';

/** What a session sent, read back from the ledger: each message is the payload of its outbound frame. Memory stays flat: one frame at a time. */
export function sentMessages(ledger: Omit<LogReaderOptions, 'from'>, sent: SentIndex): SentMessages {
  return {
    read(beginSeqNum, endSeqNum, visit) {
      for (let msgSeqNum = beginSeqNum; msgSeqNum <= endSeqNum; msgSeqNum++) {
        const sequence = sent.sequenceOf(msgSeqNum);
        if (sequence === 0) continue;
        const reader = openLogReader({ ...ledger, from: sequence });
        reader.poll(frame => {
          if (frame.sequence === sequence) visit(msgSeqNum, frame.payload, frame.timeNs);
        }, 1);
        reader.close();
      }
    },
  };
}
