import t from 'tap';

import { Conflation } from '../../src/publish/conflation.js';
import type { RenderedFrame } from '../../src/publish/index.js';

function frame(position: number, ...keys: string[]): RenderedFrame {
  const items = keys.map(key => ({ key, conflateBy: key, data: `"${key}@${position}"` }));
  return { topic: 'quotes', position, timeMs: 0, items, isBatch: true };
}

t.test('keeps the newest of each key, in the order of positions, and tells what was skipped', async t => {
  const kept = new Conflation();
  t.equal(kept.add(frame(1, 'IBM', 'SAP')), 0);
  t.equal(kept.add(frame(2, 'IBM')), 1);
  t.equal(kept.add(frame(5, 'SAP', 'BMW')), 1);
  t.strictSame(kept.takeGap('quotes'), { topic: 'quotes', from: 1, to: 1, skipped: 2, reason: 'slow' });
  t.equal(kept.takeGap('quotes'), undefined, 'a gap is told once');
  t.strictSame(kept.takeMessages(1_000), [
    '{"topic":"quotes","position":2,"data":["IBM@2"]}',
    '{"topic":"quotes","position":5,"data":["SAP@5","BMW@5"]}',
  ]);
  t.ok(kept.isEmpty);
});

t.test('hands out no more than there is room for, and keeps the rest', async t => {
  const kept = new Conflation();
  for (let position = 1; position <= 10; position++) kept.add(frame(position, `S${position}`));
  t.equal(kept.takeMessages(100).length, 3, 'stops behind the message that passes 100 bytes');
  t.notOk(kept.isEmpty);
  t.equal(kept.takeMessages(100_000).length, 7);
});

t.test('20,000 keys: the 10,000 newest are kept, the others are counted', async t => {
  const kept = new Conflation();
  for (let position = 1; position <= 20_000; position++) kept.add(frame(position, `C${position}`));
  t.match(kept.takeGap('quotes'), { from: 1, to: 10_000, skipped: 10_000 });
  t.equal(kept.takeMessages(1e9).length, 10_000);
});
