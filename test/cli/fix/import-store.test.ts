import { existsSync, mkdirSync } from 'node:fs';
import t from 'tap';

import { loadConfig, takeOverSession } from '../../../src/gateway/index.js';
import { storeFolder } from '../../../src/trading/index.js';
import { headraceText, scratchFolder } from '../../support/headrace.js';

const { file, at } = scratchFolder('headrace-import-store');
const SESSION = 'FIX.4.4:DESK->EXCHANGE';
const NAME = 'FIX.4.4-DESK-EXCHANGE';
const NUMBERS = { nextInSeqNum: 7, nextOutSeqNum: 11 };

const importStore = (...args: string[]) =>
  headraceText(['fix', 'import-store', at('text'), '--session', SESSION, ...args]);

function config(name: string): string {
  return file(
    name,
    `version: 1
instance: t1
dataDir: ${at(`${name}.data`)}
journal: { tailSizeMb: 4, retainGb: 0.0625 }
lane: { accounts: 16, symbols: 16, orders: 100, clOrdIds: 100 }
fix:
  client: { port: 9880, sessions: [{ senderCompId: DESK, targetCompId: CLIENT }] }
  venue: { senderCompId: DESK, targetCompId: EXCHANGE }
`,
  );
}

mkdirSync(at('text'));
file(`text/${NAME}.seqnums`, '0000000011 : 0000000007');

t.test('the ledger takes the numbers of a store once, and says what it has when it is asked again', async t => {
  const gateway = config('gateway.yaml');
  const { status, out } = importStore('--config', gateway, '--json');
  t.equal(status, 0);
  t.match(JSON.parse(out), { session: SESSION, engine: 'QuickFIX', ...NUMBERS, messages: 0 });
  const used = { code: 'HR_FIX_STORE_USED', message: /at 7 in and 11 out/ };
  t.throws(() => takeOverSession(loadConfig(gateway), SESSION, { nextInSeqNum: 9, nextOutSeqNum: 9 }), used);
  t.throws(() => takeOverSession(loadConfig(gateway), SESSION, NUMBERS), used, 'what was refused changed nothing');
});

t.test('a session that the configuration does not have is refused by those it has', async t => {
  const known = { code: 'HR_FIX_NO_SESSION', message: /FIX\.4\.4:DESK->EXCHANGE, FIX\.4\.4:DESK->CLIENT/ };
  t.throws(() => takeOverSession(loadConfig(config('other.yaml')), 'FIX.4.4:DESK->NOBODY', NUMBERS), known);
});

t.test('a store of the library takes them too; without a place to go to nothing happens: exit 78', async t => {
  t.equal(importStore('--store', at('ours')).status, 0);
  t.ok(existsSync(storeFolder(at('ours'), SESSION)));
  const { status, errors } = importStore();
  t.equal(status, 78);
  t.match(errors.join('\n'), /HR_FIX_STORE: say where the numbers go/);
});
