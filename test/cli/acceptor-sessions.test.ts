import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';

import { readAcceptorSessions } from '../../src/cli/acceptor-sessions.js';

t.test('a sessions file gives settings to all sessions or to one, and an unknown word is told', async t => {
  const path = join(t.testdir({}), 's.json');
  const read = (file: object) => {
    writeFileSync(path, JSON.stringify(file));
    const told: string[] = [];
    const { sessions } = readAcceptorSessions(path, text => told.push(text.replace(path, 's.json')));
    return { sessions, told };
  };
  const names = { beginString: 'FIX.4.4', targetCompID: 'TW' };
  const { sessions, told } = read({
    senderCompID: 'ISLD',
    resetOnLogon: true,
    validateFieldsHaveValues: false,
    port: 1,
    sessions: [
      { ...names, resendRequestChunkSize: 5, validateUserDefinedFields: false },
      { ...names, resetOnLogon: 'yes' },
      { ...names, resetOnLogon: false, chunk: 5 },
      { ...names, schedule: { kind: 'daily', startTime: '08:00', endTime: '17:00' } },
      { ...names, schedule: 'daily' },
    ],
  });
  t.match(sessions[0]?.(), {
    ...names,
    senderCompID: 'ISLD',
    resetOnLogon: true,
    resendRequestChunkSize: 5,
    validation: { validateFieldsHaveValues: false, validateUserDefinedFields: false, validateFieldsOutOfOrder: true },
  });
  t.throws(() => sessions[1]?.(), { code: 'HR_FIX_SETTINGS', message: /resetOnLogon must be a boolean/ });
  t.equal(sessions[2]?.().resetOnLogon, false);
  t.strictSame(sessions[3]?.().schedule, { kind: 'daily', startTime: '08:00', endTime: '17:00' });
  t.throws(() => sessions[4]?.(), { code: 'HR_FIX_SETTINGS', message: /schedule must be an object/ });
  const passedOver = 'is no setting and is passed over; docs/fix.md lists them';
  t.strictSame(told, [`s.json: port ${passedOver}`, `s.json: sessions[2]: chunk ${passedOver}`]);
  for (const file of [{ sessions: [] }, { senderCompID: 'ISLD' }])
    t.throws(() => read(file), { code: 'HR_FIX_SETTINGS', message: /senderCompID and sessions are needed/ });
});
