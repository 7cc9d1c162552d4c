/** Every rule on, 10,000 accounts x 5,000 symbols with 400,000 positions: ours beside a gate in plain JavaScript. */
import { orMissing, type Question } from './harness.js';
import { riskNativeBatch, riskNativeSingle, riskTwin } from './risk-ours.js';
import { riskJavaScript } from './risk-peers.js';

export const risk: Question = {
  name: 'risk',
  async *cases() {
    for (const spread of ['random', 'hot'] as const) {
      const peers = [await orMissing('plain JavaScript', () => riskJavaScript(spread))];
      const native = 'headrace gate, native';
      yield { name: `batches, ${spread}`, ours: await orMissing(native, () => riskNativeBatch(spread)), peers };
      yield { name: `one by one, ${spread}`, ours: await orMissing(native, () => riskNativeSingle(spread)), peers };
      yield { name: `TypeScript twin, ${spread}`, ours: riskTwin(spread), peers };
    }
  },
};
