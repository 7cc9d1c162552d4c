import t from 'tap';

import { chooseRecord, compileCopybook, type EncodeRefusal, type RecordEncoderOptions } from '../../src/codec/index.js';
import type { DataValue } from '../../src/model/index.js';
import { bothEncoders } from '../support/both-encoders.js';

const inRecord = (...lines: readonly string[]): string => ['01 R.', ...lines].map(line => `       ${line}\n`).join('');

function encoderOf(lines: readonly string[], options: Partial<RecordEncoderOptions> = {}, codePage = 'ascii') {
  const layout = chooseRecord(compileCopybook(inRecord(...lines), { file: 'x.cpy', codePage }), undefined);
  return bothEncoders({ layout, ...options });
}

type Encoder = ReturnType<typeof encoderOf>;

/** A line's record as text, or its refusal. */
function encodeLine(encoder: Encoder, line: string): Buffer | EncodeRefusal {
  const bytes = Buffer.from(line);
  const out = Buffer.alloc(encoder.recordSize);
  const batch = encoder.encodeLines({ bytes, starts: [0], ends: [bytes.length], count: 1, first: 7 }, 0, out);
  return batch.refusals[0] ?? out.subarray(0, batch.length);
}

const textOf = (found: Buffer | EncodeRefusal): string => ('code' in found ? found.message : found.toString('latin1'));
const hexOf = (found: Buffer | EncodeRefusal): string => ('code' in found ? found.code : found.toString('hex'));

t.test('one value of one item: its bytes, or why not', async t => {
  const rows: readonly [string, string, string][] = [
    ['PIC X(3)', '"AB"', 'c1c240'],
    ['PIC X(3)', '"AB\\u00e9"', 'c1c251'],
    ['PIC X(3)', '""', '404040'],
    ['PIC X(3)', '"ABCD"', 'tooLong'],
    ['PIC X(3)', '"\u20ac"', 'badCharacter'],
    ['PIC X(3)', '"\\ud83d\\ude00"', 'badCharacter'],
    ['PIC X(3)', '12', 'badType'],
    ['PIC X(3)', 'null', 'missingValue'],
    ['PIC X(3) JUST', '"AB"', '40c1c2'],
    ['PIC S9(3)V99 COMP-3', '1.50', '00150c'],
    ['PIC S9(3)V99 COMP-3', '-1.5', '00150d'],
    ['PIC S9(3)V99 COMP-3', '"1.5"', '00150c'],
    ['PIC S9(3)V99 COMP-3', '15e-1', '00150c'],
    ['PIC S9(3)V99 COMP-3', '-0.00', '00000c'],
    ['PIC S9(3)V99 COMP-3', '1.500', '00150c'],
    ['PIC S9(3)V99 COMP-3', '1.505', 'scaleLoss'],
    ['PIC S9(3)V99 COMP-3', '1000', 'digitsOverflow'],
    ['PIC S9(3)V99 COMP-3', '1e99999999999', 'digitsOverflow'],
    ['PIC S9(3)V99 COMP-3', '1e-99999999999', 'scaleLoss'],
    ['PIC S9(3)V99 COMP-3', '0e99999999999', '00000c'],
    ['PIC S9(3)V99 COMP-3', '"one"', 'badType'],
    ['PIC S9(3)V99 COMP-3', '""', 'badType'],
    ['PIC S9(3)V99 COMP-3', 'true', 'badType'],
    ['PIC S9(3)V99 COMP-3', '[1]', 'badType'],
    ['PIC S9(3)V99 COMP-3', '{}', 'badType'],
    ['PIC 9(3)V99 COMP-3', '1.5', '00150f'],
    ['PIC 9(3)', '-1', 'badSign'],
    ['PIC S9(3)', '-12', 'f0f1d2'],
    ['PIC S9(3) SIGN LEADING SEPARATE', '-12', '60f0f1f2'],
    ['PIC 9(3) BLANK WHEN ZERO', '0', '404040'],
    ['PIC 9(3)P(2)', '12300', 'f1f2f3'],
    ['PIC 9(3)P(2)', '12345', 'scaleLoss'],
    ['PIC VP(2)9(3)', '0.00123', 'f1f2f3'],
    ['PIC S9(4) COMP', '-2', 'fffe'],
    ['PIC S9(4) COMP', '10000', 'digitsOverflow'],
    ['PIC S9(4) COMP-5', '32767', 'ff7f'],
    ['PIC S9(4) COMP-5', '32768', 'digitsOverflow'],
    ['PIC 9(18) COMP-5', '18446744073709551615', 'ffffffffffffffff'],
    ['PIC 9(38)', '9'.repeat(38), 'f9'.repeat(38)],
    ['PIC 9(38)', `1${'0'.repeat(38)}`, 'digitsOverflow'],
    ['PIC S9(38) COMP-3', `-${'1234567890'.repeat(3)}12345678`, `0${'1234567890'.repeat(3)}12345678d`],
    ['COMP-1', '-0.15625', 'c0280000'],
    ['COMP-2', '1e80', 'digitsOverflow'],
    ['COMP-2', '"x"', 'badType'],
  ];
  for (const [clause, value, expected] of rows) {
    const found = encodeLine(encoderOf([`05 A ${clause}.`], {}, 'cp037'), `{"A":${value}}`);
    t.equal(hexOf(found), expected, `${value} in ${clause} is ${expected}`);
  }
});

t.test('a refusal names the record, the item with its subscripts, its picture, the code and the value', async t => {
  const encoder = encoderOf(['05 T OCCURS 2.', '   10 U PIC 9V9 OCCURS 2.']);
  t.strictSame(encodeLine(encoder, '{"T":[{"U":[1,2]},{"U":[3,41.5]}]}'), {
    record: 7,
    field: 'U(2, 2)',
    picture: '9V9',
    code: 'digitsOverflow',
    message: 'record 7, U(2, 2): the value does not fit the picture',
    value: '41.5',
  });
  t.match(encodeLine(encoder, '{"T":[{"U":[1,2]}]}'), {
    field: 'T',
    code: 'badCount',
    message: /2 occurrences; 1 are/,
  });
});

t.test('what is no object with members of the record is refused', async t => {
  const encoder = encoderOf(['05 CUST-NAME PIC X.', '05 G.', '   10 B PIC 9.']);
  const rows: readonly [string, string][] = [
    ['', 'badJson'],
    ['{', 'badJson'],
    ['[]', 'badJson'],
    ['{}x', 'badJson'],
    ['{"G":{"B":01}}', 'badJson'],
    ['{"G":{"B":1.}}', 'badJson'],
    ['{"G":{"B":+1}}', 'badJson'],
    ['{"CUST-NAME":"\t"}', 'badJson'],
    ['{"CUST-NAME":"\\x"}', 'badJson'],
    ['{"CUST-NAME":"\\u12"}', 'badJson'],
    ["{'G':1}", 'badJson'],
    ['{"G":{"B":1,}}', 'badJson'],
    [`${'['.repeat(1e5)}`, 'badJson'],
    [`{"$x":${'['.repeat(200)}${']'.repeat(200)}}`, 'badJson'],
    ['{"G":{"B":NaN}}', 'badJson'],
    ['{"G":1}', 'badType'],
    ['{"G":[]}', 'badType'],
    ['{"CUST-NAME":"a","CUST-NAME":"b"}', 'duplicateMember'],
    ['{"CUST-NAME":"a","CUST\\u002dNAME":"b"}', 'duplicateMember'],
    ['{"G":{"b":1}}', 'unknownMember'],
  ];
  for (const [line, code] of rows) t.match(encodeLine(encoder, line), { code }, line.slice(0, 40));
  t.match(encodeLine(encoder, '{"cust_name":"a"}'), {
    field: 'cust_name',
    message: 'record 7, cust_name: the record has no such member; did you mean CUST-NAME?',
  });
  t.equal(textOf(encodeLine(encoder, ' { "G" : { "B" : 1 } , "$conditions":{"X":true}, "CUST-NAME" : "a" } ')), 'a1');
});

t.test('a line with 65,536 values more than its record can hold is refused before it takes more memory', async t => {
  const numbers = (count: number): string => `{"T":[${Array(count).fill('7').join()}]}`;
  const small = encoderOf(['05 T PIC 9 OCCURS 2.']);
  t.match(encodeLine(small, numbers(60_000)), { code: 'badCount' });
  t.match(encodeLine(small, numbers(70_000)), {
    field: 'R',
    code: 'capacity',
    message: /: the line has more than 65,5\d\d values$/,
    value: '',
  });
  t.match(encodeLine(small, `{"$x":${numbers(70_000)}}`), { code: 'capacity' });
  t.equal(textOf(encodeLine(small, numbers(2))), '77');
  const large = encoderOf(['05 T PIC 9 OCCURS 200000.']);
  t.equal(encodeLine(large, numbers(200_000)).toString(), '7'.repeat(200_000), 'a whole record is no such line');
});

t.test('items of one name take their values in order', async t => {
  const encoder = encoderOf(['05 FILLER.', '   10 A PIC X.', '05 FILLER.', '   10 A PIC X.', '05 B PIC X.']);
  t.equal(textOf(encodeLine(encoder, '{"A":"1","A":"2","B":"3"}')), '123');
  t.equal(textOf(encodeLine(encoder, '{"B":"3","A":"1","A":"2"}')), '123');
  t.match(encodeLine(encoder, '{"A":"1","A":"2","A":"3"}'), { code: 'duplicateMember', field: 'A' });
});

t.test(
  'an absent item has its VALUE, else zero or spaces; refuse is a policy, and so is what becomes of null',
  async t => {
    const lines = [
      '05 A PIC X(3) VALUE "ab".',
      '05 B PIC 99.',
      '05 C PIC X.',
      '05 FILLER PIC X VALUE "!".',
      '05 D PIC 9.',
    ];
    t.equal(textOf(encodeLine(encoderOf(lines), '{"C":"c"}')), 'ab 00c!0');
    t.match(encodeLine(encoderOf(lines, { absent: 'refuse' }), '{"A":"a","C":"c"}'), {
      code: 'missingValue',
      field: 'B',
    });
    t.match(encodeLine(encoderOf(lines), '{"B":null}'), { code: 'missingValue', field: 'B', value: 'null' });
    t.equal(textOf(encodeLine(encoderOf(lines, { nulls: 'default' }), '{"A":null,"B":null,"D":1}')), 'ab 00 !1');
  },
);

t.test('the items of a FILLER table are arrays of their own', async t => {
  const encoder = encoderOf([
    '05 FILLER OCCURS 2.',
    '   10 F PIC X.',
    '   10 G PIC 9 OCCURS 2.',
    '05 FILLER.',
    '   10 H PIC X.',
  ]);
  t.equal(textOf(encodeLine(encoder, '{"F":["Y","Z"],"G":[[1,2],[3,4]],"H":"h"}')), 'Y12Z34h');
  t.match(encodeLine(encoder, '{"F":["Y"],"G":[[1,2],[3,4]],"H":"h"}'), { code: 'badCount', field: 'F' });
});

t.test('of a REDEFINES the base is written, and each other view must give the same bytes', async t => {
  const encoder = encoderOf([
    '05 A PIC 9(4).',
    '05 B REDEFINES A.',
    '   10 C PIC X(2).',
    '   10 FILLER PIC X VALUE "?".',
    '05 D REDEFINES A PIC X(6).',
    '05 E PIC X.',
  ]);
  t.equal(textOf(encodeLine(encoder, '{"A":1234,"B":{"C":"12"},"D":"1234xy","E":"e"}')), '1234xye');
  t.equal(textOf(encodeLine(encoder, '{"A":1234,"B":null,"D":null,"E":"e"}')), '1234  e');
  t.equal(textOf(encodeLine(encoder, '{"A":null,"B":{"C":"zz"},"D":null,"E":"e"}')), 'zz?0  e');
  t.equal(textOf(encodeLine(encoder, '{"E":"e"}')), '0000  e');
  t.match(encodeLine(encoder, '{"A":1234,"B":{"C":"13"},"E":"e"}'), {
    code: 'viewsDiffer',
    field: 'C',
    message: /: C of B and A$/,
    value: '13',
  });
  t.match(encodeLine(encoder, '{"A":null,"B":null,"D":null}'), { code: 'missingValue', field: 'A' });
});

t.test(
  'a table with DEPENDING ON slides, or has its largest size; its count comes from the array where it is not given',
  async t => {
    const lines = ['05 N PIC 9.', '05 T OCCURS 1 TO 3 DEPENDING ON N.', '   10 U PIC X(2).', '05 V PIC X.'];
    const encoder = encoderOf(lines);
    t.equal(textOf(encodeLine(encoder, '{"N":2,"T":[{"U":"a"},{"U":"bb"}],"V":"v"}')), '2a bbv');
    t.equal(textOf(encodeLine(encoder, '{"T":[{"U":"a"}],"V":"v"}')), '1a v');
    t.equal(textOf(encodeLine(encoder, '{"V":"v"}')), '1  v');
    t.equal(textOf(encodeLine(encoder, '{"N":3,"V":"v"}')), '3      v');
    t.equal(textOf(encodeLine(encoderOf(lines, { recordLength: 8 }), '{"T":[{"U":"a"}],"V":"v"}')), '1a v    ');
    t.match(encodeLine(encoder, '{"N":2,"T":[{"U":"a"}]}'), {
      code: 'badCount',
      field: 'T',
      message: /T has 1 to 3 occurrences, and N must say as many; 1 are given/,
    });
    const short = encoderOf(lines, { recordLength: 4 });
    t.equal(textOf(encodeLine(short, '{"T":[{"U":"a"}],"V":"v"}')), '1a v');
    t.match(encodeLine(short, '{"T":[{"U":"a"},{}],"V":"v"}'), { code: 'tooLong', field: 'R' });
    t.match(encodeLine(encoder, '{"T":[]}'), { code: 'badCount', field: 'T' });
    t.match(encodeLine(encoder, '{"N":4}'), { code: 'badCount', field: 'T' });
    const nested = encoderOf([
      '05 N PIC 9.',
      '05 T OCCURS 0 TO 2 DEPENDING ON N.',
      '   10 M PIC 9.',
      '   10 U PIC X OCCURS 0 TO 3 DEPENDING ON M.',
      '   10 FILLER PIC X VALUE "/".',
      '05 V PIC X OCCURS 2.',
    ]);
    t.equal(textOf(encodeLine(nested, '{"T":[{"U":["a","b"]},{"M":0}],"V":["x","y"]}')), '22ab/0/xy');
  },
);

t.test('a 66 level says the same bytes again, or bytes that nothing else says', async t => {
  const encoder = encoderOf([
    '05 N PIC 9.',
    '05 T PIC X OCCURS 0 TO 3 DEPENDING ON N.',
    '05 G.',
    '   10 A PIC X(2).',
    '   10 FILLER PIC X.',
    '   10 B PIC 9(2).',
    '66 AB RENAMES A THRU B.',
    '66 BB RENAMES B.',
  ]);
  const line = (renames: string): string => `{"T":["x"],"G":{"A":"a","B":12},${renames}}`;
  t.equal(textOf(encodeLine(encoder, line('"AB":"a  12","BB":12'))), '1xa  12');
  t.equal(textOf(encodeLine(encoder, line('"AB":"a !12","BB":null'))), '1xa !12');
  t.match(encodeLine(encoder, line('"AB":"a  13"')), { code: 'viewsDiffer', field: 'AB', message: /: AB and B$/ });
  t.match(encodeLine(encoder, line('"BB":13')), {
    code: 'viewsDiffer',
    field: 'BB',
    message: /: BB and B$/,
    value: '13',
  });
  const raw = Buffer.from('1xa !12').toString('hex');
  t.equal(textOf(encodeLine(encoder, line(`"AB":"a !12","BB":12,"$raw":"${raw}"`))), '1xa !12');
  t.equal(textOf(encodeLine(encoder, `{"T":[],"$raw":"${raw}","AB":"b ?12"}`)), '0b ?12');
});

t.test('null is the filling that a policy reads as null', async t => {
  const layout = chooseRecord(
    compileCopybook(inRecord('05 A PIC 9(2).', '05 B PIC S9(3) COMP-3.', '05 C PIC Z9.'), {
      file: 'x.cpy',
      blanks: { spaces: 'null', lowValues: 'null', highValues: 'refuse' },
    }),
    undefined,
  );
  const encoder = bothEncoders({ layout });
  t.equal(hexOf(encodeLine(encoder, '{"A":null,"B":null,"C":" 1"}')), '4040404040f1');
  t.equal(hexOf(encodeLine(encoder, '{"A":null,"B":null,"C":1,"$raw":"000040404040"}')), '0000404040f1');
  t.equal(hexOf(encodeLine(encoder, '{"A":1,"B":1,"C":null}')), 'missingValue');
});

t.test('$raw keeps each byte whose value is the same, FILLER and slack too', async t => {
  const encoder = encoderOf(['05 A PIC S99.', '05 FILLER PIC X(2).', '05 B PIC X(2).', '05 C PIC S9(2).'], {}, 'cp037');
  // -1 with the zone B, a FILLER of low-values, +12 with the zone F.
  const raw = 'f0b1 0000 c140 f1f2'.replaceAll(' ', '');
  t.equal(hexOf(encodeLine(encoder, `{"A":-1,"B":"A","C":12,"$raw":"${raw}"}`)), raw);
  t.equal(hexOf(encodeLine(encoder, `{"$raw":"${raw}","A":-1.0,"B":"A","C":13}`)), 'f0b10000c140f1c3');
  t.equal(hexOf(encodeLine(encoder, `{"A":-2,"B":"A","C":12,"$raw":"${raw}"}`)), 'f0d20000c140f1f2');
  t.equal(hexOf(encodeLine(encoder, `{"A":null,"B":"A","C":12,"$raw":"${raw}"}`)), 'missingValue');
  t.equal(hexOf(encodeLine(encoder, `{"A":null,"B":"A","C":12,"$raw":"4040${raw.slice(4)}"}`)), `4040${raw.slice(4)}`);
  for (const bad of ['"f"', '"xx"', '1', 'null']) t.match(encodeLine(encoder, `{"$raw":${bad}}`), { code: 'badType' });
});

t.test('$raw is refused where it has bytes that no record of the layout can have', async t => {
  const lines = ['05 N PIC 9.', '05 T PIC X OCCURS 0 TO 3 DEPENDING ON N.', '05 V PIC X.'];
  const raw = (text: string): string => `{"$raw":"${Buffer.from(text).toString('hex')}"}`;
  const refused = {
    field: '$raw',
    picture: '',
    code: 'tooLong',
    message: 'record 7, $raw: a value or message is longer than allowed',
  };
  t.equal(textOf(encodeLine(encoderOf(lines), raw('2xyv'))), '2xyv');
  t.match(encodeLine(encoderOf(lines), raw('2xyv+')), { ...refused, value: '327879762b' });
  t.match(encodeLine(encoderOf(lines), raw('3xyzv++')), refused);
  const longer = encoderOf(lines, { recordLength: 8 });
  t.equal(textOf(encodeLine(longer, raw('2xyv++++'))), '2xyv++++', 'what fills the record length');
  t.match(encodeLine(longer, raw('2xyv+++++')), refused);
});

t.test(
  '$raw holds where the count of a table changed: what was there keeps its bytes, what is new has none',
  async t => {
    const encoder = encoderOf([
      '05 N PIC 9.',
      '05 T OCCURS 0 TO 3 DEPENDING ON N.',
      '   10 M PIC 9.',
      '   10 U PIC X OCCURS 0 TO 2 DEPENDING ON M.',
      '   10 FILLER PIC X.',
      '05 FILLER PIC X(2).',
      '05 V PIC X.',
    ]);
    const raw = Buffer.from('22ab*1c+--v').toString('hex');
    const rows: readonly [string, string][] = [
      ['[{"M":2,"U":["a","b"]},{"M":1,"U":["c"]}]', '22ab*1c+--v'],
      ['[{"M":2,"U":["a","b"]}]', '12ab*--v'],
      ['[{"U":["a"]},{"U":["c"]}]', '21a*1c+--v'],
      ['[{"U":["a"]},{"U":["c","d"]},{"U":["e"]}]', '31a*2cd+1e --v'],
      ['[]', '0--v'],
    ];
    for (const [table, expected] of rows)
      t.equal(textOf(encodeLine(encoder, `{"T":${table},"V":"v","$raw":"${raw}"}`)), expected, table);
  },
);

t.test('plain objects: numbers, bigints and strings of digits; what is no number is refused', async t => {
  const encoder = encoderOf(['05 A PIC S9(3)V99.', '05 B PIC 9(20).', '05 C PIC X(2).', '05 D PIC 9 OCCURS 2.']);
  const encode = (value: DataValue): string => {
    const found = encoder.encode(value);
    return 'code' in found ? found.code : Buffer.from(found).toString('latin1');
  };
  t.equal(encode({ A: '-12.50', B: 12345678901234567890n, C: 'x', D: [1, 2n] }), '0125p12345678901234567890x 12');
  t.equal(encode({ A: 0.1, B: 1e19, C: undefined, D: [1, 2] }), '0001010000000000000000000  12');
  t.equal(encode({ A: NaN }), 'badType');
  t.equal(encode({ A: true }), 'badType');
  const cycle: { A?: DataValue } = {};
  (cycle as { A: unknown }).A = cycle;
  t.throws(() => encoder.encode(cycle as DataValue), RangeError);
});

t.test('isCanonical is true of a record that encode writes, and of no other', async t => {
  const encoder = encoderOf(['05 A PIC S9.', '05 FILLER PIC X.'], {}, 'cp037');
  const canonical = (line: string, hex: string): boolean =>
    encoder.isCanonical(Buffer.from(line), Buffer.from(hex, 'hex'));
  t.equal(canonical('{"A":1}', 'c140'), true);
  t.equal(canonical('{"A":1}', 'f140'), false);
  t.equal(canonical('{"A":1}', 'c100'), false);
  t.equal(canonical('{"A":1}', 'c14040'), false);
});

t.test('a count below 0 is that of no table', async t => {
  const encoder = encoderOf(['05 N PIC S9.', '05 T PIC X OCCURS 0 TO 2 DEPENDING ON N.']);
  for (const count of ['-1', '-2', '-3']) {
    t.match(encodeLine(encoder, `{"N":${count},"T":["A","B"]}`), { code: 'badCount', field: 'T' });
    t.match(encodeLine(encoder, `{"N":${count}}`), { code: 'badCount', field: 'T' });
  }
  t.equal(textOf(encodeLine(encoder, '{"N":2,"T":["A","B"]}')), '2AB');
});

t.test('a name that is no UTF-8, or half of a surrogate pair, is no member', async t => {
  const encoder = encoderOf(['05 A PIC X.']);
  for (const [name, told] of [
    ['41ff', 'A\ufffd'],
    ['5c7530303431ff', 'A\ufffd'],
    ['5c7564383030', '\ufffd'],
  ] as const) {
    const line = Buffer.concat([Buffer.from('{"'), Buffer.from(name, 'hex'), Buffer.from('":"B"}')]);
    const source = { bytes: line, starts: [0], ends: [line.length], count: 1, first: 1 };
    const { refusals } = encoder.encodeLines(source, 0, new Uint8Array(1));
    t.match(refusals, [{ code: 'unknownMember', field: told }]);
  }
});

t.test(
  'a line as decoding writes it, with any of its bytes gone, doubled or another, is judged as any line is',
  async t => {
    const encoder = encoderOf(
      [
        '05 A PIC X(3).',
        '05 FILLER PIC X VALUE "-".',
        '05 G.',
        '10 FILLER.',
        '15 N PIC S9(5)V99 COMP-3.',
        '15 D PIC 9(9).',
        '10 T OCCURS 2.',
        '15 B PIC S9(4) COMP.',
        '15 U PIC X OCCURS 2.',
        '05 F COMP-2.',
        '05 E PIC ZZ9.9-.',
      ],
      { recordLength: 60 },
    );
    const line =
      '{"A":"AB","G":{"N":-12.5,"D":123456789,"T":[{"B":1,"U":["x","y"]},{"B":-2,"U":["z","\u0041"]}]},"F":1.5e0,"E":"  1.5-"}';
    const whole = encodeLine(encoder, line);
    t.match(textOf(whole), /^AB -/);
    t.equal((whole as Buffer).length, 60);
    let written = 0;
    for (let at = 0; at <= line.length; at++) {
      const [before, behind] = [line.slice(0, at), line.slice(at)];
      const others = [
        before + behind.slice(1),
        `${before} ${behind}`,
        ...[...'"\\0,}].e\u00e9'].map(byte => before + byte + behind.slice(1)),
      ];
      for (const other of [...others, before]) if (!('code' in encodeLine(encoder, other))) written++;
    }
    t.ok(written > 100, `${written} of them are records`);
  },
);
