import t from 'tap';

import { LedgerWatch } from '../../src/gateway/ledger-watch.js';
import { FRAME_TYPE } from '../../src/model/index.js';
import { FakeLog, renderFake } from '../support/fake-log.js';

t.test('the page shows the 50 newest of 120 orders, the newest first, each with its own bytes', t => {
  const log = new FakeLog();
  const watch = new LedgerWatch(log, renderFake, { wants: () => false, emit: () => {} });
  t.same(watch.lastOrders(), []);
  const shown: string[] = [];
  for (let n = 0; n < 120; n++) {
    shown.unshift(`A1 ${'x'.repeat(n % 7)}${n}`);
    log.append('orders.accepted', shown[0] as string, n % 2 === 0 ? FRAME_TYPE.decision : FRAME_TYPE.execution);
    log.append('application', 'not on the page');
    watch.turn();
    if (n === 9) t.equal(watch.lastOrders().length, 10);
  }
  t.same(
    watch.lastOrders().map(({ data }) => `A1 ${(JSON.parse(data) as { text: string }).text}`),
    shown.slice(0, 50),
  );
  t.equal(watch.lastOrders()[0]?.position, 239);
  watch.close();
  t.end();
});
