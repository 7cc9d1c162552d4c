import t from 'tap';

import { headrace, scratchFolder } from '../support/headrace.js';

// Each case starts processes; a busy machine takes seconds for one.
t.setTimeout(300_000);

const { file } = scratchFolder('decode-options');

function run(command: 'decode' | 'encode', args: readonly string[], input: string | Uint8Array) {
  const ran = headrace([command, '--codepage', 'ascii', ...args, '-'], { input });
  return { ...ran, lines: ran.out.toString('latin1').split('\n').slice(0, -1) };
}

const bytes = (text: string): Buffer => Buffer.from(text, 'latin1');

const TRADE = file(
  'trade.cpy',
  `       01 TRADE.
          05 KIND PIC X.
             88 IS-BOND VALUE 'B'.
             88 IS-OTHER VALUE 'C' 'X' THRU 'Z'.
          05 BODY PIC X(4).
          05 BOND REDEFINES BODY.
             10 ISSUER PIC X(2).
             10 YEARS PIC 9(2).
          05 CASH REDEFINES BODY PIC 9(4).
          05 AMOUNT PIC S9(3) COMP-3.
             88 IS-LARGE VALUE 100 THRU 999.
          05 LEG OCCURS 2.
             10 SIDE PIC X.
                88 IS-BUY VALUE 'B'.
       66 HEAD RENAMES KIND THRU BODY.
`,
);
// Packed 1F is no sign that encode writes, 99 09 no number at all.
const TRADES = bytes('BAA10\x12\x3cBSC0123\x12\x3fBBQabcd\x99\x09SS');

t.test('--conditions tells the 88 levels that hold in the object that holds their item; --renames the 66 levels', t => {
  const found = run('decode', ['--copybook', TRADE, '--conditions', '--renames'], TRADES);
  t.strictSame(found.lines, [
    '{"KIND":"B","BODY":"AA10","BOND":{"ISSUER":"AA","YEARS":10},"CASH":null,"AMOUNT":123,' +
      '"LEG":[{"SIDE":"B","$conditions":{"IS-BUY":true}},{"SIDE":"S","$conditions":{}}],' +
      '"HEAD":"BAA10","$conditions":{"IS-BOND":true,"IS-LARGE":true}}',
    '{"KIND":"C","BODY":"0123","BOND":{"ISSUER":"01","YEARS":23},"CASH":123,"AMOUNT":123,' +
      '"LEG":[{"SIDE":"B","$conditions":{"IS-BUY":true}},{"SIDE":"B","$conditions":{"IS-BUY":true}}],' +
      '"HEAD":"C0123","$conditions":{"IS-OTHER":true,"IS-LARGE":true}}',
  ]);
  t.equal(found.status, 1);
  t.match(JSON.parse(found.errors[0]!), { record: 3, offset: 23, field: 'AMOUNT', code: 'badSign', hex: '9909' });
  t.end();
});

t.test('--on-error null writes null for the field that is bad, and why on standard error; the exit code is 1', t => {
  const found = run('decode', ['--copybook', TRADE, '--on-error', 'null'], TRADES);
  t.strictSame([found.status, found.lines.length, found.errors.length], [1, 3, 1]);
  t.match(found.lines[2], /"AMOUNT":null,"LEG":\[\{"SIDE":"S"\}/);
  t.match(JSON.parse(found.errors[0]!), { record: 3, field: 'AMOUNT', picture: 'S9(3)', code: 'badSign' });
  const encoded = run('encode', ['--copybook', TRADE], `${found.lines[2]}\n`);
  t.match(encoded.errors[0], /"field":"AMOUNT".*"code":"missingValue"/, 'encode has no value to write');
  t.equal(
    run('encode', ['--copybook', TRADE, '--nulls', 'default'], found.lines[2]!).out.toString('hex').slice(10, 14),
    '000c',
  );
  t.end();
});

t.test('what a field says of errors goes before what the file says, decoding and encoding', t => {
  const options = file('fields.yaml', "fields: { AMOUNT: { onError: 'null' }, side: { onError: fail } }\n");
  const flags = ['--copybook', TRADE, '--options', options];
  t.strictSame(run('decode', [...flags, '--on-error', 'fail'], TRADES).lines.length, 3);
  const stopped = file('amount.yaml', 'fields: { AMOUNT: { onError: fail }, KIND: { onError: null } }\n');
  t.equal(run('decode', ['--copybook', TRADE, '--options', stopped], Buffer.concat([TRADES, TRADES])).lines.length, 2);
  const lines = '{"AMOUNT":1000}\n{"AMOUNT":1}\n';
  t.equal(run('encode', flags, lines).out.length, 9, 'the bad line is left out');
  t.equal(run('encode', ['--copybook', TRADE, '--options', stopped], lines).out.length, 0, 'the run ends at the first');
  t.end();
});

t.test('--select picks the view of a REDEFINES: the others are null, and encode writes that one', t => {
  const select = ['--select', 'IS-BOND=true:BOND', '--select', 'KIND=C THRU D:CASH'];
  const found = run('decode', ['--copybook', TRADE, ...select], TRADES.subarray(0, 18));
  t.strictSame(found.lines, [
    '{"KIND":"B","BODY":null,"BOND":{"ISSUER":"AA","YEARS":10},"CASH":null,"AMOUNT":123,"LEG":[{"SIDE":"B"},{"SIDE":"S"}]}',
    '{"KIND":"C","BODY":null,"BOND":null,"CASH":123,"AMOUNT":123,"LEG":[{"SIDE":"B"},{"SIDE":"B"}]}',
  ]);
  const encoded = run('encode', ['--copybook', TRADE, ...select], found.lines.join('\n'));
  t.equal(encoded.out.toString('latin1'), TRADES.toString('latin1', 0, 18).replace('\x3f', '\x3c'));
  t.end();
});

t.test('a record with a descriptor word ends with the view that a rule picks, not with the longest one', t => {
  const segments = file(
    'segments.cpy',
    `       01 SEGMENT.
          05 KIND PIC X.
          05 COMPANY.
             10 NAME PIC X(4).
             10 TAX PIC 9(3).
          05 CONTACT REDEFINES COMPANY.
             10 WAY PIC X.
             10 PHONE PIC X(4).
             10 MAIL REDEFINES PHONE PIC X(2).
`,
  );
  const [C, P, M] = ['\0\x0c\0\0CACME007', '\0\x0a\0\0PP1234', '\0\x08\0\0PMab'];
  const rules = ['--select', 'KIND=C:COMPANY', '--select', 'KIND=P:CONTACT'];
  const ways = ['--select', 'WAY=P:PHONE', '--select', 'WAY=M:MAIL'];
  const flags = ['--copybook', segments, '--format', 'rdw', ...rules, ...ways];
  const raw = (record: string): string => `"$raw":"${bytes(record.slice(4)).toString('hex')}"`;
  const contact = '{"KIND":"P","COMPANY":null,"CONTACT":{"WAY":"P","PHONE":"1234","MAIL":null}';
  const lines = [
    '{"KIND":"C","COMPANY":{"NAME":"ACME","TAX":7},"CONTACT":null}',
    `${contact},${raw(P)}}`,
    `{"KIND":"P","COMPANY":null,"CONTACT":{"WAY":"M","PHONE":null,"MAIL":"ab"},${raw(M)}}`,
  ];
  for (const native of ['require', 'off']) {
    const short = '\0\x09\0\0PP123';
    const found = run('decode', [...flags, '--keep', 'raw', '--native', native], bytes(C + P + M + short));
    t.strictSame([found.status, found.lines], [1, lines], `native ${native}`);
    t.match(
      JSON.parse(found.errors[0]!),
      { record: 4, field: 'PHONE', code: 'shortRecord' },
      'the view is there whole',
    );
  }
  const unruled = run('decode', ['--copybook', segments, '--format', 'rdw'], bytes(P));
  t.match(JSON.parse(unruled.errors[0]!), { field: 'SEGMENT', code: 'shortRecord' }, 'no rule picks a view');
  const back = run('encode', flags, `${lines.join('\n')}\n${contact}}\n`).out.toString('latin1');
  t.equal(
    back,
    `${C}${P}${M}\0\x0c\0\0PP123400`,
    '$raw keeps where records end, without it they have the whole length',
  );
  t.end();
});

t.test('--keep raw adds $raw where encode would write other bytes, and with it encode writes those', t => {
  const flags = ['--copybook', TRADE, '--keep', 'raw', '--on-error', 'null', '--conditions', '--renames'];
  const { lines } = run('decode', flags, TRADES);
  t.strictSame(
    lines.map(line => /"\$raw":"([0-9a-f]*)"/.exec(line)?.[1]),
    [undefined, TRADES.toString('hex', 9, 18), TRADES.toString('hex', 18)],
  );
  t.equal(run('encode', flags, lines.join('\n')).out.toString('hex'), TRADES.toString('hex'));
  const edited = lines.map(line => line.replaceAll('"SIDE":"S"', '"SIDE":"T"')).join('\n');
  t.equal(
    run('encode', flags, edited).out.toString('latin1'),
    TRADES.toString('latin1').replace('S', 'T').replace('SS', 'TT'),
  );
  const stale = lines[1]!.replace('"KIND":"C"', '"KIND":"D"');
  t.match(
    run('encode', flags, stale).errors[0],
    /HEAD.*viewsDiffer.*HEAD and KIND/,
    'a 66 level says the same as its items',
  );
  const without = stale.replace(/"HEAD":"[^"]*",/, '');
  t.equal(run('encode', flags, without).out.toString('latin1'), TRADES.toString('latin1', 9, 18).replace('C', 'D'));
  t.end();
});

t.test('--odo max: what follows a table with DEPENDING ON lies behind its largest count, both ways', t => {
  const copybook = file(
    'odo.cpy',
    '       01 R.\n          05 N PIC 9.\n          05 T PIC X OCCURS 0 TO 3 DEPENDING ON N.\n          05 Z PIC XX.\n',
  );
  const lines = ['{"N":2,"T":["a","b"],"Z":"ZZ"}', '{"N":0,"T":[],"Z":"ZZ"}'];
  for (const [odo, data] of [
    ['slide', '2abZZ0ZZ'],
    ['max', '2ab ZZ0   ZZ'],
  ] as const) {
    t.strictSame(run('decode', ['--copybook', copybook, '--odo', odo], data).lines, lines);
    t.equal(run('encode', ['--copybook', copybook, '--odo', odo], lines.join('\n')).out.toString(), data);
  }
  t.end();
});

t.test('trim and blanks of the file and of single fields', t => {
  const copybook = file(
    'trim.cpy',
    '       01 R.\n          05 A PIC X(4).\n          05 B PIC X(4).\n          05 C PIC 9(2).\n',
  );
  const data = ' a   b    ';
  const decode = (options: string) =>
    run('decode', ['--copybook', copybook, '--options', file('trim.yaml', options)], data).lines;
  t.strictSame(decode('blanks: { spaces: null }\n'), ['{"A":" a","B":" b","C":null}']);
  t.strictSame(decode('trim: both\nblanks: { spaces: zero }\n'), ['{"A":"a","B":"b","C":0}']);
  t.strictSame(decode('trim: none\nfields: { B: { trim: left }, C: { blanks: { spaces: null } } }\n'), [
    '{"A":" a  ","B":"b  ","C":null}',
  ]);
  t.equal(
    run(
      'encode',
      ['--copybook', copybook, '--options', file('null.yaml', 'blanks: { spaces: null }\n')],
      '{"A":" a","B":" b","C":null}',
    ).out.toString(),
    data,
  );
  t.end();
});

t.test('names that are not there are refused with what was probably meant', t => {
  const refusal = (...args: readonly string[]) => {
    const { status, errors } = run('decode', ['--copybook', TRADE, ...args], TRADES);
    t.equal(status, 78);
    return errors.join('\n');
  };
  t.match(refusal('--select', 'KNID=B:BOND'), /TRADE has no item KNID; did you mean KIND\?/);
  t.match(refusal('--select', 'KIND=B:BNOD'), /--select names BNOD.*; did you mean BOND\?/);
  t.match(refusal('--select', 'IS-BOND=yes:BOND'), /IS-BOND is an 88 level of KIND; .* is true/);
  t.match(refusal('--select', 'KIND=BB:BOND'), /KIND has 1 bytes, fewer than BB/);
  t.match(refusal('--record', 'TRADES'), /no record TRADES; it has TRADE; did you mean TRADE\?/);
  t.match(
    refusal('--options', file('f.yaml', 'fields: { AMOUTN: { trim: none } }\n')),
    /fields names AMOUTN.*did you mean AMOUNT\?/,
  );
  t.end();
});

t.test('line ends, spaces behind a line and the rest of a descriptor are not kept with --keep raw', async t => {
  const copybook = file('around.cpy', '       01 R.\n          05 A PIC X(3).\n          05 B PIC 9(2).\n');
  const again = (flags: readonly string[], data: Buffer): string => {
    const all = ['--copybook', copybook, '--keep', 'raw', ...flags];
    return run('encode', all, run('decode', all, data).out).out.toString('latin1');
  };
  t.equal(again(['--format', 'text'], bytes('ABC12   \r\nDEF34\n')), 'ABC12\nDEF34\n');
  const options = file('around.yaml', 'rdw:\n  anyRest: true\n');
  t.equal(again(['--format', 'rdw', '--options', options], bytes('\0\t12ABC12')), '\0\t\0\0ABC12');
});
