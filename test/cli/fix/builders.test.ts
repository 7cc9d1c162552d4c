import { readFileSync, writeFileSync } from 'node:fs';
import t from 'tap';

import { headraceText, scratchFolder } from '../../support/headrace.js';

// Each case starts a process; a busy machine takes seconds for one.
t.setTimeout(300_000);

const { at } = scratchFolder('headrace-fix-builders');

t.test('builders of messages by MsgType and by name are written, and --check finds a stale file', async t => {
  const file = at('q.ts');
  const command = ['fix', 'builders', 'Q', 'AllocationInstruction', '--out', file];
  t.equal(headraceText(command).status, 0);
  const text = readFileSync(file, 'utf8');
  t.match(text, /export const dontKnowTrade: \(fields: DontKnowTrade\) => BuiltMessage =/);
  t.match(text, /export interface AllocationInstructionNoOrders \{/);
  t.equal(headraceText([...command, '--check']).status, 0);
  writeFileSync(file, text.replace('ExecID', 'ExecId'));
  const { status, errors } = headraceText([...command, '--check']);
  t.equal(status, 1);
  t.match(errors.join('\n'), /is not what FIX\.4\.4 gives now/);
});

t.test('a message that the version has not ends with 64', async t => {
  const { status, errors } = headraceText(['fix', 'builders', 'AllocationInstruction', '--fix', 'FIX.4.0']);
  t.equal(status, 64);
  t.match(errors.join('\n'), /FIX\.4\.0 has no application message AllocationInstruction/);
});
