import t from 'tap';

import { LoopSpin } from '../../src/orders/loop-spin.js';

const turn = (): Promise<void> => new Promise(resolve => setImmediate(resolve));

t.test('the loop turns after traffic, and sleeps again when spinUs have passed without any', async t => {
  const spin = new LoopSpin(1_000);
  t.notOk(spin.isTurning, 'before any traffic');
  spin.touch();
  spin.touch();
  t.ok(spin.isTurning);
  while (spin.isTurning) await turn();
  spin.touch();
  t.ok(spin.isTurning, 'the next traffic begins anew');
  spin.close();
  t.notOk(spin.isTurning, 'closed');
});

t.test('spinUs 0 never turns the loop', async t => {
  const spin = new LoopSpin(0);
  spin.touch();
  t.notOk(spin.isTurning);
});
