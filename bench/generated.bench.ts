/** Fields read by the TypeScript that `headrace copybook --emit typescript` writes, beside plain JavaScript made for the copybook. */
import { generatedJavaScript } from './copybook-peers.js';
import { tradeLayout } from './copybook-records.js';
import { generatedFields, generatedObjects } from './generated-ours.js';
import type { Question } from './harness.js';

export const generated: Question = {
  name: 'generated',
  async *cases() {
    const layout = tradeLayout();
    yield { name: '', ours: await generatedObjects(layout), peers: [generatedJavaScript('objects', layout)] };
    yield { name: '', ours: await generatedFields(layout), peers: [generatedJavaScript('fields', layout)] };
  },
};
