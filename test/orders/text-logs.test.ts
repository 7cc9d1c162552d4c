import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';

import { Desk } from '../support/desk.js';

t.test('the lane writes text logs of client and venue, messages in and out and events', async t => {
  const folder = join(t.testdir({}), 'logs');
  const desk = await new Desk({ textLogs: { folder } }).start();
  desk.order('T1');
  await desk.reported('T1', '0');
  await desk.stop();
  const read = (name: string): string => readFileSync(join(folder, `FIX.4.4-DESK-${name}.current.log`), 'latin1');
  // The client may have logged on once more before the port was closed.
  const types = (name: string): string[] =>
    [...read(`${name}.messages`).matchAll(/\x0135=(\w+)\x01/g)].map(([, type]) => type ?? '').slice(0, 6);
  t.strictSame(types('CLIENT'), ['A', 'A', 'D', '8', '5', '5']);
  t.strictSame(types('VENUE'), ['A', 'A', 'D', '8', '5', '5']);
  t.match(read('CLIENT.event'), /^\d{8}-\d\d:\d\d:\d\d\.\d{9} : FIX\.4\.4:DESK->CLIENT is connected\n/);
});
