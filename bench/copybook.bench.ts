/** Records of a copybook to typed values and to JSON lines, beside Cobrix's parser and generated JavaScript. */
import { jsonDecode, rowsDecode, rowsEncode } from './copybook-ours.js';
import { cobrix, generatedJavaScript, generatedWriter } from './copybook-peers.js';
import { tradeLayout } from './copybook-records.js';
import type { Question } from './harness.js';

export const copybookDecode: Question = {
  name: 'copybook-decode',
  async *cases() {
    const layout = tradeLayout();
    const peers = [await cobrix('values', layout), generatedJavaScript('objects', layout)];
    yield { name: '', ours: await rowsDecode('off', layout), peers };
  },
};

export const copybookJson: Question = {
  name: 'copybook-json',
  async *cases() {
    const layout = tradeLayout();
    const peers = [await cobrix('json', layout), generatedJavaScript('json', layout)];
    yield { name: '', ours: await jsonDecode('off', layout), peers };
  },
};

export const copybookEncode: Question = {
  name: 'copybook-encode',
  async *cases() {
    const layout = tradeLayout();
    const peers = [generatedWriter(layout), await rowsDecode('off', layout)];
    yield { name: '', ours: await rowsEncode('off', layout), peers };
  },
};
