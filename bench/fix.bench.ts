/** FIX decode and encode beside QuickFIX C++ and our own JavaScript loop (the twin). */
import { fixDecode, fixEncode } from './fix-ours.js';
import { fixMessages, type MessageKind } from './fix-messages.js';
import type { Case, Question } from './harness.js';
import { quickfixCodec } from './quickfix-peer.js';

const BATCH = 256;

async function decodeCase(kind: MessageKind, batchSize: number): Promise<Case> {
  const messages = fixMessages(kind, BATCH);
  const size = Math.round(messages.join('').length / messages.length);
  return {
    name: `${kind} of ${size} bytes, ${batchSize === 1 ? 'one at a time' : `batches of ${batchSize}`}`,
    ours: await fixDecode('require', kind, messages, batchSize),
    peers: [
      await quickfixCodec('decode', messages),
      await quickfixCodec('validate', messages),
      await fixDecode('off', kind, messages, batchSize),
    ],
  };
}

export const fixDecodeQuestion: Question = {
  name: 'fix-decode',
  async *cases() {
    yield decodeCase('NewOrderSingle', BATCH);
    yield decodeCase('NewOrderSingle', 1);
    yield decodeCase('MarketDataIncrementalRefresh', BATCH);
  },
};

export const fixEncodeQuestion: Question = {
  name: 'fix-encode',
  async *cases() {
    const messages = fixMessages('NewOrderSingle', BATCH);
    yield {
      name: `NewOrderSingle, batches of ${BATCH}`,
      ours: await fixEncode('require', messages),
      peers: [await quickfixCodec('encode', messages), await fixEncode('off', messages)],
    };
  },
};
