import t from 'tap';

import { compileCopybook, type Layout } from '../../src/codec/index.js';

const layoutsOf = (text: string): readonly Layout[] => compileCopybook(text, { file: 'x.cpy', sourceFormat: 'free' });

t.test('level 78 stands for its value in PICTURE, OCCURS, VALUE and 88 levels', async t => {
  const [layout] = layoutsOf(`
    78 WIDTH VALUE 10.  78 Rows VALUES 3.  78 GREETING IS GLOBAL VALUE 'HI' & '!'.  78 RATE VALUE IS -1.5.  78 FILL VALUE SPACES.
    01 R.
      78 INNER VALUE WIDTH.
      05 A PIC X(width) VALUE GREETING.  88 A1 VALUE GREETING FILL.
      05 B PIC S9(INNER)V9(Rows) VALUE RATE.
      05 N PIC 9.
      05 T OCCURS 1 TO ROWS DEPENDING ON N PIC X(2) VALUE ALL GREETING.
  `);
  t.match(layout, {
    sizeBytes: 10 + 13 + 1 + 6,
    items: [
      {},
      { picture: 'X(10)', value: { kind: 'text', text: 'HI!' } },
      { picture: 'S9(10)V9(3)', value: { kind: 'number', text: '-1.5' } },
      {},
      { occurs: { min: 1, count: 3 }, value: { kind: 'text', text: 'HI!', all: true } },
    ],
    conditions: [{ values: [{ from: { text: 'HI!' } }, { from: { kind: 'figurative', text: 'SPACE' } }] }],
  });
});

t.test('an expression of level 78 goes from left to right, that of CONSTANT by its operators', async t => {
  // What cobc (GnuCOBOL 4.0) makes of each.
  const rows: readonly [string, number][] = [
    ['78 X VALUE N * 2 + 1', 21],
    ['78 X VALUE 1 + N * 2', 22],
    ['78 X VALUE (1 + N) * 2', 22],
    ['78 X VALUE N / 4', 2],
    ['78 X VALUE N ** 2', 100],
    ['78 X VALUE N - 3 - 2', 5],
    ['01 X CONSTANT AS 1 + N * 2', 21],
    ['01 X CONSTANT AS (1 + N) * 2', 22],
    ['01 X CONSTANT 4', 4],
    ['01 X CONSTANT IS GLOBAL AS N', 10],
  ];
  for (const [entry, size] of rows)
    t.equal(layoutsOf(`78 N VALUE 10. ${entry}. 01 R. 05 A PIC X(X).`)[0]?.sizeBytes, size, entry);
});

t.test('a size that a compiler alone knows is refused where it is used', async t => {
  t.equal(layoutsOf('78 L VALUE LENGTH OF Z. 01 R. 05 A PIC X.')[0]?.sizeBytes, 1);
  t.throws(() => layoutsOf('78 L VALUE LENGTH OF Z. 01 R. 05 A PIC X OCCURS L.'), {
    message: 'x.cpy:1:49: L is LENGTH OF Z, which is not supported; write the number',
  });
});

t.test('a constant that has no value is refused with its place', async t => {
  const doubled = [
    '78 C0 VALUE "xy".',
    ...Array.from({ length: 30 }, (_, at) => `78 C${at + 1} VALUE C${at} & C${at}.`),
  ].join('\n');
  const rows: readonly [string, RegExp][] = [
    ['78 X.', /^x\.cpy:1:5: expected VALUE, found '\.'/],
    ['78 X VALUE.', /^x\.cpy:1:11: expected a literal, found '\.'/],
    ['78 X VALUE Y.', /^x\.cpy:1:12: expected a literal, found Y/],
    ['78 X VALUE 1 +.', /1 \+: expected a number behind the operator/],
    ['78 X VALUE Y + 1.', /Y \+ 1: Y is no constant \(level 78\) above/],
    ['78 X VALUE 1 / 0.', /nothing can be divided by zero/],
    ['78 X VALUE 2 ** 128.', /a power is between 0 and 127/],
    ['78 X VALUE 10 ** 38.', /the number has more than 38 digits/],
    ['78 X VALUE (1 + 2.', /expected \)/],
    ['78 X VALUE 1 2.', /expected an operator, found 2/],
    ["78 X VALUE 'A' & 1.", /expected a literal of the same kind, found 1/],
    [`78 X VALUE ${'('.repeat(70)}1${')'.repeat(70)}.`, /more than 64 parentheses/],
    ["78 N VALUE 'A'. 78 X VALUE N + 1.", /expected '\.' after X/],
    ["78 N VALUE 'A'. 78 X VALUE 1 + N.", /1 \+: expected a number behind the operator/],
    [doubled, /the literal is longer than 8192 characters/],
    ['01 X CONSTANT FROM Y.', /CONSTANT FROM is not supported/],
    ['05 X CONSTANT 1.', /CONSTANT is not supported/],
    ['78 X VALUE 1. 01 R. 05 X PIC X.', /expected a data name, found 1/],
    ['01 R. 05 A PIC X(Y).', /PICTURE X\(Y\): expected a repetition count such as \(5\)/],
    ['78 Y VALUE 1.5. 01 R. 05 A PIC X(Y).', /PICTURE X\(Y\): expected a repetition count/],
    ['78 Y VALUE -1. 01 R. 05 A PIC X(Y).', /PICTURE X\(Y\): expected a repetition count/],
    ['79 X VALUE 1.', /level 79 is not one of 01 to 49, 66, 77, 78 and 88/],
  ];
  for (const [text, message] of rows) t.throws(() => layoutsOf(text), { code: 'HR_COPYBOOK', message }, text);
});
