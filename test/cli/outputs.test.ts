import { readFileSync, symlinkSync } from 'node:fs';
import t from 'tap';

import { hasColumnarCrate } from '../../src/codec/index.js';
import { headrace, scratchFolder } from '../support/headrace.js';
import { needs } from '../support/servers.js';

// Each case starts processes; a busy machine takes seconds for one.
t.setTimeout(240_000);

const { at, file } = scratchFolder('outputs');
const COPYBOOK = file('r.cpy', '       01 R.\n          05 A PIC X(2).\n          05 B PIC 9(2).\n');
const DATA = file('r.dat', 'ab12cd3x');
const LINES = file('r.jsonl', '{"A":"ab","B":12}\n{"A":"cd","B":"x"}\n');
const ASCII = ['--copybook', COPYBOOK, '--codepage', 'ascii'];
const MEMBER = file('member.cpy', '          05 A PIC X(2).\n          05 B PIC 9(2).\n');
const COPYING = file('copying.cpy', '       01 R.\n           COPY member.\n');
const COPIED = ['--copybook', COPYING, '--codepage', 'ascii'];
symlinkSync(LINES, at('link.jsonl'));

const REFUSED: readonly (readonly [string, readonly string[], string])[] = [
  ['encode onto its lines', ['encode', ...ASCII, LINES, '--out', LINES], LINES],
  ['encode onto a link to its lines', ['encode', ...ASCII, LINES, '--out', at('link.jsonl')], LINES],
  ['encode onto its copybook', ['encode', ...ASCII, LINES, '--out', COPYBOOK], COPYBOOK],
  ['bad lines onto the lines', ['encode', ...ASCII, LINES, '--dead-letter', LINES, '--out', at('out.dat')], LINES],
  ['bad records onto the records', ['decode', ...ASCII, DATA, '--dead-letter', DATA], DATA],
  ['generated code onto the copybook', ['copybook', COPYBOOK, '--emit', 'proto', '--out', COPYBOOK], COPYBOOK],
  ['encode onto what its copybook copies', ['encode', ...COPIED, LINES, '--out', MEMBER], MEMBER],
  ['bad records onto what the copybook copies', ['decode', ...COPIED, DATA, '--dead-letter', MEMBER], MEMBER],
  ['generated code onto what is copied', ['copybook', COPYING, '--emit', 'proto', '--out', MEMBER], MEMBER],
  ['convert onto what is copied', ['convert', ...COPIED, DATA, MEMBER, '--to', 'csv'], MEMBER],
  [
    'convert onto what the copybook of the output copies',
    ['convert', ...ASCII, '--out-copybook', COPYING, DATA, MEMBER, '--to', 'copybook'],
    MEMBER,
  ],
  ['convert onto its copybook', ['convert', ...ASCII, DATA, COPYBOOK], COPYBOOK],
  ['bad records of convert onto its input', ['convert', ...ASCII, DATA, at('o.csv'), '--dead-letter', DATA], DATA],
];
for (const [name, args, kept] of REFUSED)
  t.test(`refuses to write ${name}, which stays as it is`, async t => {
    const before = readFileSync(kept);
    t.match(headrace(args), { status: 78, errors: [/HR_OUTPUT: .* is an input; name another output$/] });
    t.strictSame(readFileSync(kept), before);
  });

t.test('refuses one file for records and bad lines', async t => {
  const out = at('both');
  t.match(headrace(['encode', ...ASCII, LINES, '--out', out, '--dead-letter', out]), {
    status: 78,
    errors: [/both is another output too; name another output$/],
  });
});

t.test('convert does not put its file in the place of a device', async t => {
  t.match(headrace(['convert', ...ASCII, DATA, '/dev/null', '--to', 'csv']), {
    status: 78,
    errors: [/\/dev\/null cannot be written: it is no file/],
  });
});

t.test('an output that is full is named in one line, and the exit code is 74', async t => {
  const full = /^headrace: HR_OUTPUT: \/dev\/full cannot be written: ENOSPC/;
  t.match(headrace(['encode', ...ASCII, LINES, '--out', '/dev/full']), { status: 74, errors: [full] });
  const decoded = headrace(['decode', ...ASCII, DATA, '--dead-letter', '/dev/full']);
  t.match(decoded, { status: 74, errors: [/badDigit/, full] });
  t.equal(decoded.errors.length, 2);
});

t.test(
  'columns on a full disk are named in one line, and the exit code is 74',
  needs(hasColumnarCrate() ? undefined : 'the columnar crate is not built'),
  async t => {
    const out = at('o.parquet');
    symlinkSync('/dev/full', `${out}.partial`);
    t.match(headrace(['convert', ...ASCII, DATA, out]), {
      status: 74,
      errors: [/badDigit/, /HR_OUTPUT: .*o\.parquet/],
    });
  },
);
