import t, { type Test } from 'tap';

import { startDashboard } from '../../src/dashboard/index.js';
import { Access, type AccessToken } from '../../src/http/index.js';
import { openLog } from '../../src/observe/index.js';
import { FakeView } from '../support/fake-view.js';

const TOKENS: readonly AccessToken[] = [
  { token: 'see', role: 'viewer', name: 'watch' },
  { token: 'act', role: 'operator', name: 'desk' },
  { token: 'own', role: 'admin' },
];

async function open(t: Test, tokens: readonly AccessToken[] = TOKENS) {
  const view = new FakeView();
  const log = openLog('test', { level: 'silent' });
  const dashboard = await startDashboard({ host: '127.0.0.1', port: 0, view, access: new Access(tokens), log });
  t.teardown(() => dashboard.close());
  const ask = async (token: string, path: string, body?: unknown, headers: Record<string, string> = {}) => {
    const response = await fetch(`http://127.0.0.1:${dashboard.port}/admin/fix/sessions${path}`, {
      method: body === undefined ? 'GET' : 'POST',
      headers: {
        ...(token !== '' && { authorization: `Bearer ${token}` }),
        ...(body !== undefined && { 'content-type': 'application/json' }),
        ...headers,
      },
      ...(body !== undefined && { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    });
    const type = response.headers.get('content-type') ?? '';
    return { status: response.status, type, body: (await response.json()) as Record<string, unknown> };
  };
  return { view, ask };
}

t.test('a viewer lists sessions and shows one', async t => {
  const { ask } = await open(t);
  t.match((await ask('see', '')).body, { sessions: [{ name: 'DESK', enabled: true }, { name: 'VENUE' }] });
  t.match((await ask('see', '/VENUE')).body, { name: 'VENUE', state: 'disconnected', counts: { resent: 3 } });
  t.match(await ask('see', '/NOBODY'), {
    status: 404,
    type: /^application\/problem\+json/,
    body: {
      title: 'Not Found',
      status: 404,
      code: 'HR_FIX_NO_SESSION',
      detail: 'no such session; there are DESK, VENUE',
    },
  });
});

t.test('each command goes to the lane with who asked and what', async t => {
  const { view, ask } = await open(t);
  const name = encodeURIComponent('FIX.4.4:A->B');
  await ask('own', `/${name}/sequence`, { nextOut: 9, reason: 'agreed' });
  await ask('own', '/DESK/reset', { force: true });
  await ask('act', '/DESK/enable', {});
  await ask('act', '/DESK/disable', { reason: 'lunch' });
  await ask('act', '/DESK/test-request', {});
  t.match(await ask('act', '/DESK/replay', { from: 3, to: 4 }), {
    status: 200,
    body: { session: 'DESK', sequence: 1_327 },
  });
  t.match(view.commands, [
    {
      caller: { name: 'admin-3', role: 'admin', from: '127.0.0.1' },
      session: 'FIX.4.4:A->B',
      reason: 'agreed',
      operation: { kind: 'setSequence', nextOut: 9, force: false },
    },
    { operation: { kind: 'reset', force: true } },
    { caller: { name: 'desk', role: 'operator' }, operation: { kind: 'enable' } },
    { reason: 'lunch', operation: { kind: 'disable' } },
    { operation: { kind: 'testRequest' } },
    { operation: { kind: 'replay', from: 3, to: 4, target: 'caller' } },
  ]);
  t.strictSame(view.refused, []);
});

t.test('what the lane refuses is a problem with its own code', async t => {
  const { view, ask } = await open(t);
  for (const [code, status] of [
    ['HR_FIX_ORDERS_IN_FLIGHT', 409],
    ['HR_FIX_NO_SESSION', 404],
    ['HR_CLOSED', 503],
  ] as const) {
    view.answer = { ok: false, sequence: 7, code, reason: 'because' };
    t.match(await ask('own', '/DESK/reset', {}), { status, body: { code, detail: 'because', status } });
  }
});

t.test('who may not, and what is no command, is refused and written down', async t => {
  const { view, ask } = await open(t);
  const rows = [
    ['', '/DESK/reset', {}, 401, 'HR_UNAUTHORIZED'],
    ['guess', '/DESK/enable', {}, 401, 'HR_UNAUTHORIZED'],
    ['see', '/DESK/enable', {}, 401, 'HR_UNAUTHORIZED'],
    ['act', '/DESK/reset', {}, 401, 'HR_UNAUTHORIZED'],
    ['act', '/DESK/sequence', { nextIn: 1 }, 401, 'HR_UNAUTHORIZED'],
    ['own', '/DESK/sequence', {}, 400, 'HR_BAD_REQUEST'],
    ['own', '/DESK/sequence', { nextIn: 0 }, 400, 'HR_BAD_REQUEST'],
    ['own', '/DESK/sequence', { nextIn: 2 ** 31 }, 400, 'HR_BAD_REQUEST'],
    ['own', '/DESK/sequence', { nextIn: 1.5 }, 400, 'HR_BAD_REQUEST'],
    ['own', '/DESK/replay', { from: 5, to: 4 }, 400, 'HR_BAD_REQUEST'],
    ['own', '/DESK/enable', { more: 1 }, 400, 'HR_BAD_REQUEST'],
    ['own', '/DESK/enable', '{', 400, 'HR_HTTP'],
    ['own', '/DESK/enable', { reason: 'x'.repeat(20_000) }, 413, 'HR_HTTP'],
  ] as const;
  for (const [token, path, body, status, code] of rows)
    t.match(await ask(token, path, body), { status, type: /problem/, body: { code } }, `${token} ${path} ${status}`);
  const foreign = await ask('own', '/DESK/reset', {}, { origin: 'https://evil.example' });
  t.match(foreign, { status: 403, body: { code: 'HR_FORBIDDEN' } });
  t.strictSame(view.commands, []);
  t.strictSame(
    view.refused.map(({ caller, request, code }) => `${caller.name} ${request} ${code}`),
    [
      ...rows.map(([token, path, , , code]) => {
        const name = TOKENS.findIndex(known => known.token === token);
        return `${['watch', 'desk', 'admin-3'][name] ?? ''} POST /admin/fix/sessions${path} ${code}`;
      }),
      'admin-3 POST /admin/fix/sessions/DESK/reset HR_FORBIDDEN',
    ],
  );
});

t.test('without tokens sessions are shown and not commanded, and the refusal says what to do', async t => {
  const { view, ask } = await open(t, []);
  t.equal((await ask('', '')).status, 200);
  t.match(await ask('', '/DESK/disable', {}), {
    status: 403,
    body: { code: 'HR_NO_TOKENS', detail: /give admin\.tokens one of role operator or admin/ },
  });
  t.strictSame(view.commands, []);
  t.match(view.refused, [{ caller: { name: 'anybody' }, code: 'HR_NO_TOKENS' }]);
});
