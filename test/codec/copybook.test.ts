import t from 'tap';

import {
  chooseRecord,
  compileCopybook,
  CopybookError,
  createDecoder,
  createEncoder,
  createJsonWriter,
  frameFixed,
  Framing,
  readSlot,
  type CopybookOptions,
  type Layout,
} from '../../src/codec/index.js';
import { loadAddon } from '../../src/native/index.js';

const addon = loadAddon('prefer');
const SIDES = addon === undefined ? [undefined] : [undefined, addon];

const layoutsOf = (text: string, options: Partial<CopybookOptions> = {}): readonly Layout[] =>
  compileCopybook(text, { file: 'x.cpy', ...options });
const inRecord = (...lines: readonly string[]): string =>
  ['       01 R.', ...lines.map(line => `          ${line}`)].join('\n');

function decode(layout: Layout, hex: string) {
  const bytes = Buffer.from(hex.replaceAll(' ', ''), 'hex');
  const found = SIDES.map(native => {
    const writer = createJsonWriter({ layout, native, exactLength: true });
    const framing = new Framing(10);
    frameFixed(framing, layout.sizeBytes, 0, bytes.length);
    const out = Buffer.alloc(writer.plan.textSizeMax * 10);
    const batch = writer.write({ bytes, framing, first: { record: 1, fileOffset: 0 } }, 0, out);
    return { text: out.toString('utf8', 0, batch.length).trimEnd(), refusals: batch.refusals };
  });
  if (found.length > 1) t.strictSame(found[1], found[0], 'native and twin say the same');
  return found[0]!;
}

t.test('bytes of one item give the value, or the status', async t => {
  // Clause, page, bytes, JSON value or status. IBM Enterprise COBOL for z/OS Language Reference, USAGE and PICTURE clauses.
  const rows: readonly [string, string, string, string][] = [
    ['PIC X(4)', 'cp037', 'c1c24040', '"AB"'],
    ['PIC X(4)', 'cp037', '40c14040', '" A"'],
    ['PIC X(4)', 'cp037', '40404040', '""'],
    ['PIC X(4)', 'cp037', '7f e0 15 00', '"\\"\\\\\u0085\\u0000"'],
    ['PIC X(3)', 'cp1140', '9f ba bb', '"€[]"'],
    ['PIC X(3)', 'cp500', '4a 5a 4f', '"[]!"'],
    ['PIC X(2)', 'cp1047', 'ad bd', '"[]"'],
    ['PIC 9(4)', 'cp037', 'f0f0f1f2', '12'],
    ['PIC 9(4)', 'cp037', 'f0f0f1c2', 'badDigit'],
    ['PIC 9(4)', 'cp037', '40f0f1f2', 'badDigit'],
    ['PIC 9(4)', 'cp037', '00000000', 'badDigit'],
    ['PIC 99V99', 'cp037', 'f0f1f5f0', '1.50'],
    ['PIC V99', 'cp037', 'f0f5', '0.05'],
    ['PIC S9(3)', 'cp037', 'f1f2c3', '123'],
    ['PIC S9(3)', 'cp037', 'f1f2d0', '-120'],
    ['PIC S9(3)', 'cp037', 'f1f2f3', '123'],
    ['PIC S9(3)', 'cp037', 'f0f0d0', '0'],
    ['PIC S9V99', 'cp037', 'f0f0d0', '0.00'],
    ['PIC S9(3)', 'cp037', 'f1f24b', 'badSign'],
    ['PIC S9(3)', 'cp037', 'd1f2f3', 'badDigit'],
    ['PIC S9(3)', 'ascii', '313270', '-120'],
    ['PIC S9(3)', 'ascii', '313279', '-129'],
    ['PIC S9(3)', 'ascii', '31327b', 'badSign'],
    ['PIC S9(3) SIGN LEADING', 'cp037', 'd1f2f3', '-123'],
    ['PIC S9(3) SIGN LEADING SEPARATE', 'cp037', '60f1f2f3', '-123'],
    ['PIC S9(3) SIGN TRAILING SEPARATE', 'cp037', 'f1f2f34e', '123'],
    ['PIC S9(3) TRAILING SEPARATE', 'cp037', 'f1f2f340', 'badSign'],
    ['PIC 9(3) BLANK WHEN ZERO', 'cp037', '404040', '0'],
    ['PIC S9(5) COMP-3', 'cp037', '12345c', '12345'],
    ['PIC S9(5) COMP-3', 'cp037', '12345d', '-12345'],
    ['PIC S9(5) COMP-3', 'cp037', '12345b', '-12345'],
    ['PIC S9(5) COMP-3', 'cp037', '12345f', '12345'],
    ['PIC S9(5) COMP-3', 'cp037', '00000d', '0'],
    ['PIC S9(5) COMP-3', 'cp037', '123457', 'badSign'],
    ['PIC S9(5) COMP-3', 'cp037', '1a345c', 'badDigit'],
    ['PIC S9(4) COMP-3', 'cp037', '12345c', 'digitsOverflow'],
    ['PIC 9(5) COMP-3', 'cp037', '12345c', '12345'],
    ['PIC 9(5) COMP-3', 'cp037', '12345d', 'badSign'],
    ['PIC S9(3)V99 PACKED-DECIMAL', 'cp037', '00005d', '-0.05'],
    ['PIC S9(20)V9 COMP-3', 'cp037', '1234567890123456789012 1c'.slice(0, 20) + '1c', '12345678901234567890.1'],
    ['PIC 9(4) COMP-6', 'cp037', '1234', '1234'],
    ['PIC S9(4) COMP', 'cp037', 'fffe', '-2'],
    ['PIC S9(4) COMP', 'cp037', '270f', '9999'],
    ['PIC S9(4) COMP', 'cp037', '2710', 'digitsOverflow'],
    ['PIC 9(4) COMP', 'cp037', 'ffff', 'digitsOverflow'],
    ['PIC S9(7)V99 BINARY', 'cp037', '00000001', '0.01'],
    ['PIC S9(18) COMP-4', 'cp037', 'fffffffffffffffe', '-2'],
    ['PIC 9(18) COMP', 'cp037', 'ffffffffffffffff', 'digitsOverflow'],
    ['PIC S9(4) COMP-5', 'cp037', 'ff7f', '32767'],
    ['PIC 9(18) COMP-5', 'cp037', 'ffffffffffffffff', '18446744073709551615'],
    ['PIC 9(3)P(2)', 'cp037', 'f1f2f3', '12300'],
    ['PIC 9(3)P(2)', 'cp037', 'f0f0f0', '0'],
    ['PIC VP(2)9(3)', 'cp037', 'f1f2f3', '0.00123'],
    ['PIC S9(30)', 'cp037', `${'f9'.repeat(29)}d9`, `-${'9'.repeat(30)}`],
    ['PIC ZZ9.99-', 'cp037', '40404bf5f060'.padStart(14, '40'), '"   .50-"'],
  ];
  for (const [clause, codePage, hex, expected] of rows) {
    const { text, refusals } = decode(layoutsOf(inRecord(`05 A ${clause}.`), { codePage })[0]!, hex);
    t.equal(refusals[0]?.code ?? text.slice(5, -1), expected, `${clause} on ${codePage}: ${hex} is ${expected}`);
  }
});

t.test('every view of a REDEFINES that decodes is written, the others are null, and none is a refusal', async t => {
  const views = inRecord(
    '05 KIND PIC X.',
    '05 A PIC 9(4).',
    '05 B REDEFINES A PIC S9(7) COMP-3.',
    '05 C REDEFINES A.',
    '   10 C1 PIC 9(2).',
    '   10 C2 PIC S9(3) COMP-3.',
  );
  const [layout] = layoutsOf(views) as [Layout];
  t.equal(layout.sizeBytes, 5);
  t.equal(decode(layout, 'c1 f1f2f3f4').text, '{"KIND":"A","A":1234,"B":null,"C":null}');
  t.equal(decode(layout, 'c1 1234567d').text, '{"KIND":"A","A":null,"B":-1234567,"C":null}');
  t.equal(decode(layout, 'c1 f1f2123c').text, '{"KIND":"A","A":null,"B":null,"C":{"C1":12,"C2":123}}');
  t.match(decode(layout, 'c1 ffffffff').refusals, [
    { record: 1, offset: 1, field: 'A', picture: '9(4)', code: 'noView', hex: 'ffffffff' },
  ]);
  const [nested] = layoutsOf(
    inRecord(
      '05 A PIC 9(4).',
      '05 B REDEFINES A.',
      '   10 C PIC 9(2).',
      '   10 D REDEFINES C PIC S9(3) COMP-3.',
      '   10 E PIC X(2).',
    ),
  ) as [Layout];
  t.equal(decode(nested, '123c c1c2').text, '{"A":null,"B":{"C":null,"D":123,"E":"AB"}}');
  t.equal(decode(nested, 'ffff c1c2').refusals[0]?.code, 'noView');
});

t.test('a FILLER is left out: an elementary one with its bytes, a group as a name only', async t => {
  const text = inRecord(
    '05 A PIC X.',
    '05 FILLER PIC X(2).',
    '05 FILLER.',
    '   10 B PIC X.',
    '05 PIC 9.',
    '05 C PIC X(2).',
    '05 FILLER REDEFINES C.',
    '   10 D PIC 9.',
    '   10 E PIC X.',
    '05 FILLER REDEFINES C PIC 99.',
    '05 FILLER OCCURS 2.',
    '   10 F PIC X.',
    '   10 G PIC 9 OCCURS 2.',
  );
  const [layout] = layoutsOf(text, { codePage: 'ascii' }) as [Layout];
  const hex = Buffer.from('A??B?1xY12Z34').toString('hex');
  t.equal(decode(layout, hex).text, '{"A":"A","B":"B","C":"1x","D":1,"E":"x","F":["Y","Z"],"G":[[1,2],[3,4]]}');
});

t.test('what follows a table with DEPENDING ON slides, and its count is checked', async t => {
  const text = inRecord('05 N PIC 9.', '05 T OCCURS 0 TO 3 TIMES DEPENDING ON N.', '   10 U PIC X(2).', '05 V PIC X.');
  const [layout] = layoutsOf(text, { codePage: 'ascii' }) as [Layout];
  t.equal(layout.sizeBytes, 8);
  const writer = createJsonWriter({ layout, native: undefined, exactLength: false });
  for (const native of SIDES) {
    const both = createJsonWriter({ layout, native, exactLength: false });
    const line = (data: string): string => {
      const bytes = Buffer.from(data.padEnd(8));
      const framing = new Framing(1);
      frameFixed(framing, 8, 0, 8);
      const out = Buffer.alloc(writer.plan.textSizeMax);
      const batch = both.write({ bytes, framing, first: { record: 1, fileOffset: 0 } }, 0, out);
      return batch.refusals[0]?.code ?? out.toString('utf8', 0, batch.length).trimEnd();
    };
    t.equal(line('2aabbV'), '{"N":2,"T":[{"U":"aa"},{"U":"bb"}],"V":"V"}');
    t.equal(line('0V'), '{"N":0,"T":[],"V":"V"}');
    t.equal(line('4aabbccV'), 'badCount');
  }
  t.throws(() => createDecoder({ layout, native: undefined }), /T has OCCURS DEPENDING ON/);
});

t.test('a count that does not decode in this record is not that of the record before', async t => {
  const views = ['05 A PIC XX.', '05 B REDEFINES A PIC 99.'];
  const text = inRecord(...views, '05 T OCCURS 1 TO 5 DEPENDING ON B PIC X.');
  const [layout] = layoutsOf(text, { codePage: 'ascii' }) as [Layout];
  for (const native of SIDES) {
    const writer = createJsonWriter({ layout, native, exactLength: false });
    const bytes = Buffer.from('02XY   ZZPQ   ');
    const framing = new Framing(2);
    frameFixed(framing, 7, 0, 14);
    const out = Buffer.alloc(2 * writer.plan.textSizeMax);
    const batch = writer.write({ bytes, framing, first: { record: 1, fileOffset: 0 } }, 0, out);
    t.equal(out.toString('utf8', 0, batch.length).trimEnd(), '{"A":"02","B":2,"T":["X","Y"]}');
    t.match(batch.refusals, [{ record: 2, offset: 9, field: 'T', code: 'badCount' }]);
  }
});

t.test('sizes and offsets are those of GnuCOBOL -std=ibm, slack bytes included', async t => {
  const sizes: readonly [readonly string[], number][] = [
    [['05 A PIC X.', '05 G.', '   10 B PIC S9(9) COMP SYNC.', '   10 C PIC X.', '05 D PIC X.'], 10],
    [
      ['05 A PIC X.', '05 G OCCURS 3.', ' 10 H PIC X.', ' 10 B PIC S9(9) COMP SYNC.', ' 10 C PIC X.', '05 D PIC X.'],
      26,
    ],
    [['05 A PIC X.', '05 G SYNC.', ' 10 H PIC X(2).', ' 10 B PIC S9(9) COMP.', '05 D PIC X.'], 9],
    [['05 A PIC X.', '05 T PIC S9(4) COMP SYNC OCCURS 3.', '05 U PIC S9(9) COMP SYNC OCCURS 2.'], 16],
    [['05 A PIC X(4).', '05 B REDEFINES A PIC X(6).', '05 C PIC X.'], 7],
    [['05 A PIC X.', '05 P PIC S9(5) COMP-3 SYNC.', '05 Q PIC S9(5) SYNC.'], 9],
  ];
  for (const [lines, size] of sizes) t.equal(layoutsOf(inRecord(...lines))[0]?.sizeBytes, size, lines.join(' '));
  const digits = (clause: string, options: Partial<CopybookOptions>) =>
    layoutsOf(inRecord(`05 A ${clause}.`), options)[0]?.sizeBytes;
  t.strictSame(
    [4, 5, 9, 10, 18].map(count => digits(`PIC 9(${count}) COMP`, {})),
    [2, 4, 4, 8, 8],
  );
  t.equal(digits('PIC 99 COMP', { binarySize: '1-2-4-8' }), 1);
  t.strictSame(
    [2, 4, 6, 7, 11, 14, 16, 18].map(count => digits(`PIC S9(${count}) COMP`, { binarySize: '1-8' })),
    [1, 2, 3, 4, 5, 6, 7, 8],
  );
});

t.test('reads fixed format: sequence numbers, comments, continued words and literals, columns 73 to 80', async t => {
  const text = [
    '000100* A COMMENT                                                       IDENT001',
    '000200 01  LONG-RECORD-NA                                               IDENT002',
    '000300-    ME.                                                          IDENT003',
    '000400/ NEW PAGE',
    "000500     05  A PIC X(4) VALUE 'IT''S'.                                IDENT005",
    "000600     05  B PIC X(70) VALUE 'ABCDEFGHIJKLMNOPQRSTUVWXYZABCDEFGHIJKLX",
    "000700-    'MNOP'.",
    '000800D    05  DEBUG-ONLY PIC X.',
    '000900     05  C PIC 9(2), USAGE DISPLAY. *> A COMMENT IN THE LINE',
    '001000         88 C-SET VALUES ARE 1 THRU 5, 9.',
    '001100     EJECT',
    '001200 66  D RENAMES A THRU C.',
    '001300 77  E PIC S9(4) COMP.',
  ].join('\n');
  const layouts = layoutsOf(text);
  t.strictSame(
    layouts.map(layout => layout.name),
    ['LONG-RECORD-NAME', 'E'],
  );
  t.equal(chooseRecord(layouts, 'long-record-name').sizeBytes, 76);
  t.strictSame(
    layouts[0]?.items.map(item => item.name),
    ['LONG-RECORD-NAME', 'A', 'B', 'C'],
  );
  t.equal(layouts[0]?.items[2]?.value?.text, 'ABCDEFGHIJKLMNOPQRSTUVWXYZABCDEFGHIJKLMNOP');
});

t.test('passes over new pages and the end-of-file mark of a transfer', async t => {
  const [layout] = compileCopybook('       01 R.\f\n          05 A PIC X(2).\n\f\n          05 B PIC 9.\x1a', {
    file: 'x',
  });
  t.equal(layout?.sizeBytes, 3);
});

t.test('a new page before a line takes no column; in a literal it is a character as any other', async t => {
  const [layout] = compileCopybook(
    "\f       01 R.\n\f      *> A COMMENT\n\f          05 A PIC X(3) VALUE 'a\x1ab'.\n      \x1a\n          05\fB PIC X.\n\x1a",
    { file: 'x' },
  );
  t.strictSame(
    layout?.items.map(({ name, value }) => [name, value?.text]),
    [
      ['R', undefined],
      ['A', 'a\x1ab'],
      ['B', undefined],
    ],
  );
});

t.test('reads free format, with tabs, and a copybook that begins below level 01', async t => {
  t.equal(layoutsOf('01 R.\n  05 A PIC X(5).\n* a comment\n  05 B PIC 9(3).\n')[0]?.sizeBytes, 8);
  t.equal(layoutsOf('05 A PIC X(5).\n05 B.\n10 C PIC 9(3).\n10 D PIC X.\n')[0]?.sizeBytes, 9);
  t.equal(layoutsOf('05 A PIC X(5).\n', { file: 'dir/cust-rec.cpy' })[0]?.name, 'CUST-REC');
  t.equal(layoutsOf('       01 R.\n\t05\tA\tPIC\tX(5).\n')[0]?.sizeBytes, 5);
  t.equal(layoutsOf('       >>SOURCE FORMAT IS FREE\n01 R. 05 A PIC X(5).\n')[0]?.sizeBytes, 5);
});

t.test('an error has file, line, column and what was expected', async t => {
  const rows: readonly [string, RegExp][] = [
    ['', /^x\.cpy:1:1: expected a level number, found the end of the copybook$/],
    [inRecord('05 A PIC X(3)'), /^x\.cpy:2:24: expected '\.' or a clause .*, found the end/],
    [inRecord('05 A PIC.'), /^x\.cpy:2:19: expected a PICTURE string, found '\.'/],
    [inRecord('05 A PIC X(.'), /^x\.cpy:2:21: PICTURE X\(: expected a repetition count/],
    [inRecord('05 A PIC X(0).'), /^x\.cpy:2:21: .*at least 1/],
    [inRecord('05 A PIC 9V9V9.'), /^x\.cpy:2:\d+: .*V stands once/],
    [inRecord('05 A PIC 9S9.'), /^x\.cpy:2:\d+: .*S stands first/],
    [inRecord('05 A PIC 9(39).'), /^x\.cpy:2:20: .*at most 38 digits/],
    [inRecord('05 A PIC U(4).'), /^x\.cpy:2:20: .*UTF-8 .* not supported/],
    [inRecord('05 A PIC X(3) COMP-3.'), /^x\.cpy:2:20: USAGE COMP-3 needs a numeric PICTURE/],
    [inRecord('05 A FLOAT-EXTENDED.'), /^x\.cpy:2:16: FLOAT-EXTENDED is not supported/],
    [inRecord('05 A PIC 9(4) COMP-0.'), /^x\.cpy:2:25: COMP-0 is not supported/],
    [inRecord('05 A USAGE BIT.'), /^x\.cpy:2:22: USAGE BIT is not supported/],
    [inRecord('05 A PIC 9 COMPUTE.'), /^x\.cpy:2:22: expected '\.' or a clause .*, found COMPUTE/],
    [inRecord('05 A.'), /^x\.cpy:2:14: A has no PICTURE and no subordinate items/],
    [inRecord('05 A PIC 9.', '   10 B PIC 9.'), /^x\.cpy:3:17: A has a PICTURE, so B cannot be subordinate/],
    [inRecord('05 A PIC 9.', '05 B REDEFINES C PIC 9.'), /^x\.cpy:3:26: C is not an item of level 5 before B in R/],
    [inRecord('05 A PIC 9.', '05 C PIC 9.', '05 B REDEFINES A PIC 9.'), /^x\.cpy:4:26: C lies between A and B/],
    [inRecord('05 A PIC 9 OCCURS 3 TO 2 DEPENDING ON B.'), /^x\.cpy:2:22: OCCURS counts up/],
    [inRecord('05 A PIC 9 OCCURS 1 TO 2.'), /^x\.cpy:2:35: expected DEPENDING ON/],
    [inRecord('05 A PIC 9 OCCURS 1 TO 2 DEPENDING ON B.'), /^x\.cpy:2:49: B is not an item before the table/],
    [inRecord('05 A PIC 9 VALUE .'), /^x\.cpy:2:28: expected a literal/],
    [inRecord("05 A PIC X VALUE 'ABC."), /^x\.cpy:2:28: the literal has no end; expected '/],
    [inRecord('05 A PIC 9 SIGN LEADING.'), /^x\.cpy:2:22: SIGN is for DISPLAY numbers with S/],
    [inRecord('05 :TAG:-A PIC 9.'), /^x\.cpy:2:14: :TAG:-A stands for a name that COPY/],
    [inRecord('05 A PIC 9.', 'COPY OTHER.'), /^x\.cpy:3:11: COPY OTHER: no search path is given/],
    [inRecord('50 A PIC 9.'), /^x\.cpy:2:11: level 50 is not one of/],
    ['       01 R.\n      X   05 A PIC 9.', /^x\.cpy:2:7: column 7 holds no indicator/],
    [
      `       01 R.\n          05 A${' '.repeat(48)}PIC 9(5) COMP-3.\n          05 B PIC X.\n`,
      /^x\.cpy:2:72: expected '\.' or a clause .*found C; line 2 goes on behind column 72/,
    ],
    ['       01 R.\n-INC MEMBER\n', /^x\.cpy:2:1: -INC is not supported in a copybook; expected COPY/],
    ['       01 R.\n++INCLUDE MEMBER\n', /^x\.cpy:2:1: \+\+INCLUDE is not supported in a copybook; expected COPY/],
    ['      -    05 A PIC 9.', /^x\.cpy:1:7: there is no line to continue/],
    [
      inRecord('05 A PIC 9 USAGE COMP-3.', '05 B COMP.', '   10 C PIC 9 COMP-3.'),
      /^x\.cpy:4:25: USAGE COMP-3 differs from USAGE BINARY/,
    ],
    ['       88 C VALUE 1.', /^x\.cpy:1:11: C has no item above it/],
  ];
  for (const [text, message] of rows)
    t.throws(() => layoutsOf(text), { name: 'CopybookError', code: 'HR_COPYBOOK', message }, text);
  t.throws(() => layoutsOf(inRecord('05 A PIC X.'), { codePage: 'cp9' }), /code page cp9 is not known/);
  t.ok(new CopybookError({ file: 'f', line: 1, column: 2 }, 'm').message === 'f:1:2: m');
});

t.test('what is decoded encodes to the same bytes, views and text of the page included', async t => {
  const text = inRecord(
    '05 A PIC X(6).',
    '05 FILLER PIC X(2) VALUE "!!".',
    '05 B PIC S9(5)V99 COMP-3.',
    '05 C PIC S9(4) COMP OCCURS 2.',
    '05 D PIC 9(4).',
    '05 E REDEFINES D PIC X(4).',
    '05 F PIC X(5) JUST.',
  );
  const [layout] = layoutsOf(text) as [Layout];
  const hex = '51c1c2404040 5a5a 1234567d fffe 0001 f1f2f3f4 f1f2f3f4 4040c1c2c3'
    .replaceAll(' ', '')
    .replace('f1f2f3f4', '');
  const bytes = Buffer.from(hex, 'hex');
  for (const native of SIDES) {
    const decoder = createDecoder({ layout, native });
    const rows = new Uint8Array(decoder.rowSize);
    t.equal(decoder.decodeRows(bytes, 0, bytes.length, rows), 1);
    t.strictSame(
      decoder.slots.map(slot => [slot.path, readSlot(rows, 0, slot)]),
      [
        ['A', 'éAB'],
        ['B', -1234567n],
        ['C(1)', -2n],
        ['C(2)', 1n],
        ['D', 1234n],
        ['E', '1234'],
        ['F', '  ABC'],
      ],
    );
    const out = new Uint8Array(bytes.length);
    t.equal(createEncoder({ layout, native }).encodeRows(rows, 1, out), 1);
    t.equal(Buffer.from(out).toString('hex'), hex);
  }
});

t.test('columns hold what the rows hold, native and twin alike', async t => {
  const [layout] = layoutsOf(inRecord('05 A PIC X(3).', '05 B PIC 9(2).', '05 C REDEFINES B PIC S9(3) COMP-3.')) as [
    Layout,
  ];
  const bytes = Buffer.from('c1c240f1f2 c1c2c3123d c14040ffff'.replaceAll(' ', ''), 'hex');
  const found = SIDES.map(native => {
    const decoder = createDecoder({ layout, native });
    const columns = new Uint8Array(decoder.rowSize * 4);
    t.equal(decoder.decodeColumns(bytes, { from: 0, to: bytes.length }, columns, 4), 3);
    const b = new DataView(columns.buffer, decoder.slot('B').offset * 4);
    const c = new DataView(columns.buffer, decoder.slot('C').offset * 4);
    t.strictSame([b.getBigInt64(0, true), c.getBigInt64(8, true)], [12n, -123n]);
    return Buffer.from(columns).toString('hex');
  });
  t.equal(new Set(found).size, 1);
});
