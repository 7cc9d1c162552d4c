import { join } from 'node:path';
import t from 'tap';

import { browserMissing, openBrowser } from '../support/browser.js';
import { GatewayDesk } from '../support/gateway-desk.js';
import { eventually, needs } from '../support/servers.js';

t.setTimeout(400_000);

t.test('Chromium sees a gateway trade', { ...needs(browserMissing), timeout: 390_000 }, async t => {
  const browser = await openBrowser(t);
  const desk = new GatewayDesk({ folder: join(t.testdirName, 'desk'), ordersPerSecond: 200 });
  t.teardown(() => desk.close(0));
  desk.writePositions();
  const gateway = await desk.start();
  const page = await browser.newPage();
  const errors: string[] = [];
  page.on('pageerror', error => errors.push(String(error)));
  page.on('console', message => message.type() === 'error' && errors.push(message.text()));
  await page.goto(`http://127.0.0.1:${gateway.ports.page}/`);
  const textOf = (selector: string): Promise<string> => page.$eval(selector, element => element.textContent ?? '');
  const shows = (selector: string, pattern: RegExp): Promise<void> =>
    eventually(`${selector} shows ${String(pattern)}`, async () => pattern.test(await textOf(selector)), 30_000);
  const rate = async (name: string): Promise<number> => Number((await textOf(`#rate-${name}`)).replaceAll(',', ''));

  await shows('#ready', /^ready$/);
  t.match(await textOf('#orders'), /none/, 'no order yet');
  await desk.trade();
  await eventually('orders are accepted', async () => (await rate('accepted')) > 20);
  await eventually('executions come', async () => (await rate('executions')) > 10);
  await shows('#sessions', /HEADRACE->DESK\s*client\s*active/);
  await shows('#sessions', /HEADRACE->VENUE\s*venue\s*active/);
  await shows('#refusals', /maxQuantity\d+/);
  await shows('#refusals', /priceCollar\d+/);
  await shows('#stages', /gate/);
  await shows('#orders', /ACC000\d\d/);
  const [orders, refusals] = [await textOf('#orders'), await textOf('#refusals')];
  await eventually('the last orders are others', async () => (await textOf('#orders')) !== orders);
  await eventually('the refusals are more', async () => (await textOf('#refusals')) !== refusals);
  await fetch(`http://127.0.0.1:${gateway.ports.page}/admin/halts`, {
    method: 'POST',
    body: JSON.stringify({ scope: 'firm', reason: 'the exchange is in auction' }),
    headers: { 'content-type': 'application/json' },
  });
  await shows('#halts', /firm.*the exchange is in auction/);
  await shows('#refusals', /haltFirm\d+/);
  await eventually('nothing is accepted any more', async () => (await rate('accepted')) <= 40);
  t.strictSame(errors, []);
  await page.close();
  await desk.close();
});
