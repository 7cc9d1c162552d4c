/** Records of a copybook to typed values, to JSON lines and back, beside Cobrix's parser and generated JavaScript. */
import { jsonDecode, jsonEncode, rowsDecode, rowsEncode } from './copybook-ours.js';
import { cobrix, generatedJavaScript, generatedWriter } from './copybook-peers.js';
import { tradeLayout } from './copybook-records.js';
import type { Question } from './harness.js';

export const copybookDecode: Question = {
  name: 'copybook-decode',
  async *cases() {
    const layout = tradeLayout();
    const peers = [await cobrix('values', layout), generatedJavaScript('objects', layout)];
    yield { name: '', ours: await rowsDecode('require', layout), peers: [...peers, await rowsDecode('off', layout)] };
  },
};

export const copybookJson: Question = {
  name: 'copybook-json',
  async *cases() {
    const layout = tradeLayout();
    const peers = [await cobrix('json', layout), generatedJavaScript('json', layout)];
    yield { name: '', ours: await jsonDecode('require', layout), peers: [...peers, await jsonDecode('off', layout)] };
  },
};

export const copybookEncode: Question = {
  name: 'copybook-encode',
  async *cases() {
    const layout = tradeLayout();
    // Our own decode is a peer: writing is to take at most twice as long.
    const peers = [generatedWriter(layout), await rowsDecode('require', layout), await rowsEncode('off', layout)];
    yield { name: '', ours: await rowsEncode('require', layout), peers };
    const lines = [await jsonDecode('require', layout), await jsonEncode('off', layout)];
    yield { name: 'from JSON lines', ours: await jsonEncode('require', layout), peers: lines };
  },
};
