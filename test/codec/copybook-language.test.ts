import t from 'tap';

import {
  compileCopybook,
  createJsonWriter,
  frameFixed,
  Framing,
  type CopybookOptions,
  type Layout,
  type Leaf,
} from '../../src/codec/index.js';
import { loadAddon } from '../../src/native/index.js';

const addon = loadAddon('prefer');
const SIDES = addon === undefined ? [undefined] : [undefined, addon];

const layoutOf = (entries: string, options: Partial<CopybookOptions> = {}): Layout =>
  compileCopybook(`01 R. ${entries}`, { file: 'x.cpy', sourceFormat: 'free', ...options })[0]!;
const leafOf = (clause: string, options: Partial<CopybookOptions> = {}): { size: number; leaf?: Leaf } => {
  const { size, leaf } = layoutOf(`05 A ${clause}.`, options).items[1]!;
  return leaf === undefined ? { size } : { size, leaf };
};

t.test('USAGE without a PICTURE says size and kind: IBM 31-bit addresses, or GnuCOBOL 64-bit ones', async t => {
  // Enterprise COBOL Language Reference, USAGE clause; the GnuCOBOL column is what `cobc` 4.0 prints as LENGTH OF.
  const rows: readonly [string, number, number, boolean][] = [
    ['INDEX', 4, 4, true],
    ['POINTER', 4, 8, false],
    ['POINTER-32', 4, 4, false],
    ['PROCEDURE-POINTER', 8, 8, false],
    ['FUNCTION-POINTER', 4, 8, false],
    ['PROGRAM-POINTER', 8, 8, false],
    ['BINARY-CHAR', 1, 1, true],
    ['BINARY-SHORT UNSIGNED', 2, 2, false],
    ['UNSIGNED-INT', 4, 4, false],
    ['BINARY-LONG SIGNED', 4, 4, true],
    ['BINARY-DOUBLE', 8, 8, true],
  ];
  for (const [usage, ibm, gnucobol, signed] of rows) {
    const found = leafOf(`USAGE ${usage}`);
    t.match(
      found,
      { size: ibm, leaf: { kind: 'binary', signed, fullRange: true, littleEndian: true, scale: 0 } },
      usage,
    );
    t.equal(leafOf(usage, { binarySize: '1-2-4-8' }).size, gnucobol, `${usage} with GnuCOBOL's sizes`);
  }
  t.match(leafOf('INDEX', { nativeEndian: 'big' }).leaf, { digits: 10, littleEndian: false });
  t.match(leafOf('COMP-1'), { size: 4, leaf: { kind: 'float', format: 'ibm', littleEndian: false } });
  t.match(leafOf('FLOAT-LONG'), { size: 8, leaf: { kind: 'float', format: 'ibm' } });
  t.match(leafOf('COMPUTATIONAL-2', { codePage: 'ascii' }).leaf, { format: 'ieee', littleEndian: true });
  t.match(leafOf('COMP-2', { float: 'ieee', nativeEndian: 'big' }).leaf, { format: 'ieee', littleEndian: false });
  t.match(leafOf('PIC X(3) COMP-X'), {
    size: 3,
    leaf: { kind: 'binary', digits: 8, signed: false, littleEndian: false },
  });
  t.match(leafOf('PIC 9(7) COMP-X'), { size: 3, leaf: { kind: 'binary', fullRange: true, littleEndian: false } });
  t.match(leafOf('PIC 9(7) COMP-N'), { size: 3, leaf: { kind: 'binary', littleEndian: true } });
  t.match(leafOf('PIC X(4) COMP-N'), { size: 4, leaf: { kind: 'binary', signed: false, littleEndian: true } });
  t.match(layoutOf('05 G COMP-1. 10 A. 10 B OCCURS 3.').items[2], {
    size: 4,
    usage: 'COMP-1',
    leaf: { kind: 'float' },
  });
});

t.test('national and double-byte items have two bytes a character', async t => {
  t.match(leafOf('PIC N(5)'), { size: 10, leaf: { kind: 'text', charset: 'utf16' } });
  t.match(leafOf('PIC N(5)', { nsymbol: 'dbcs' }), { size: 10, leaf: { kind: 'text', charset: 'dbcs' } });
  t.match(leafOf('PIC N(5) USAGE DISPLAY-1'), { size: 10, leaf: { kind: 'text', charset: 'dbcs' } });
  t.match(leafOf('PIC G(5) DISPLAY-1'), { size: 10, leaf: { kind: 'text', charset: 'dbcs' } });
  t.match(leafOf('PIC GGBGG DISPLAY-1'), { size: 10, leaf: { edited: { mask: 'GGBGG', numeric: false } } });
  t.match(leafOf('PIC N(2)/N'), { size: 8, leaf: { charset: 'utf16', edited: { mask: 'NN/N', numeric: false } } });
  t.match(leafOf('PIC ZZ9 USAGE NATIONAL'), {
    size: 6,
    leaf: { charset: 'utf16', edited: { mask: 'ZZ9', numeric: true } },
  });
  t.match(leafOf('PIC S9(3) NATIONAL SIGN LEADING SEPARATE'), {
    size: 8,
    leaf: { kind: 'display', national: true, sign: 'leading-separate' },
  });
  t.match(
    layoutOf('05 G GROUP-USAGE NATIONAL. 10 A PIC N(2). 10 B PIC 9(3).').items.map(item => item.size),
    [10, 10, 4, 6],
  );
  for (const [clause, message] of [
    ['PIC S9 NATIONAL', /^x\.cpy:1:16: a NATIONAL number with S needs SIGN \.\.\. SEPARATE/],
    ['PIC X NATIONAL', /USAGE NATIONAL needs a PICTURE of N or of a number, not X/],
    ['PIC X DISPLAY-1', /USAGE DISPLAY-1 needs a PICTURE of G or N, not X/],
    ['PIC N DISPLAY', /PICTURE N needs USAGE NATIONAL or DISPLAY-1/],
    ['PIC G COMP-3', /PICTURE G needs USAGE DISPLAY-1/],
    ['PIC 9 COMP-2', /USAGE COMP-2 has no PICTURE/],
    ['PIC X(9) COMP-X', /USAGE COMP-X has at most 8 bytes/],
    ['PIC X(9) COMP-N', /USAGE COMP-N has at most 8 bytes/],
  ] as const)
    t.throws(() => leafOf(clause), { name: 'CopybookError', message }, clause);
});

t.test('an edited picture is its mask, digits and scale', async t => {
  // Enterprise COBOL Language Reference, PICTURE clause editing; each is accepted by `cobc -std=ibm` with this size.
  const rows: readonly [string, string, number, number][] = [
    ['Z(3)9.99', 'ZZZ9.99', 6, 2],
    ['ZZZ,ZZZ.ZZ-', 'ZZZ,ZZZ.ZZ-', 8, 2],
    ['$$$,$$9.99CR', '$$$,$$9.99CR', 7, 2],
    ['+++,+++', '+++,+++', 5, 0],
    ['--9', '--9', 2, 0],
    ['-$9(3).99', '-$999.99', 5, 2],
    ['$**,***.**DB', '$**,***.**DB', 7, 2],
    ['99/99/9999', '99/99/9999', 8, 0],
    ['9B9(2)0', '9B990', 3, 0],
    ['+9', '+9', 1, 0],
    ['9(4)-', '9999-', 4, 0],
    ['Z9V99', 'Z999', 4, 2],
    ['ZZPP', 'ZZ', 2, -2],
    ['VPP9B9', '9B9', 2, 4],
    ['.ZZ', '.ZZ', 2, 2],
    ['$+++9', '$+++9', 3, 0],
  ];
  for (const [picture, mask, digits, scale] of rows)
    t.match(leafOf(`PIC ${picture}`), {
      size: mask.length,
      leaf: { kind: 'text', edited: { mask, digits, scale, numeric: true, currency: '$', decimalComma: false } },
    });
  t.match(leafOf('PIC X(2)BX/A0'), { size: 7, leaf: { edited: { mask: 'XXBX/A0', numeric: false } } });
});

t.test('DECIMAL-POINT IS COMMA and CURRENCY SIGN change what a picture says, not its mask', async t => {
  const edited = { mask: '$,$$9.99', digits: 5, scale: 2, decimalComma: true, currency: '£' };
  t.match(leafOf('PIC £.££9,99', { decimalComma: true, currency: '£' }), { size: 8, leaf: { edited } });
  t.match(leafOf('PIC 9(3) VALUE 1,5', { decimalComma: true }).size, 3);
  t.throws(() => leafOf('PIC $9', { currency: '£' }), {
    message: /\$ is no PICTURE symbol; expected one of .* £ CR DB/,
  });
  t.throws(() => leafOf('PIC 9', { currency: 'Z' }), { code: 'HR_CURRENCY', message: /"Z" cannot be a currency sign/ });
});

t.test('a picture that breaks a rule of editing is refused with the rule', async t => {
  const rows: readonly [string, RegExp][] = [
    ['Z*9', /^x\.cpy:1:17: PICTURE Z\*9: Z and \* do not stand in one picture/],
    ['+9-', /:1:18: .*a picture has one kind of sign/],
    ['+9B+9', /:1:19: .*\+ stands before the first 9/],
    ['9CR9', /:1:17: .*CR stands once, at the right end/],
    ['9Z', /:1:17: .*Z stands before the first 9/],
    ['9.9.9', /:1:19: .*the decimal point stands once/],
    ['9.9V', /:1:19: .*V stands once/],
    ['ZZ.Z9', /where Z stands right of the point no 9 stands/],
    ['99$9', /the currency sign stands first, or after a leading sign/],
    ['$', /no position for a character or digit/],
    ['X,X', /, and X do not stand in one picture/],
    ['9P.9', /P stands at one end of the picture/],
    ['B0/', /no position for a character or digit/],
    ['Z(39)', /at most 38 digits/],
    ['SZ9', /S stands only in numeric pictures/],
  ];
  for (const [picture, message] of rows) t.throws(() => leafOf(`PIC ${picture}`), { message }, picture);
  t.throws(() => leafOf('PIC **9 BLANK WHEN ZERO'), {
    message: /BLANK WHEN ZERO is for DISPLAY numbers without S and/,
  });
});

t.test('SYNCHRONIZED puts slack bytes before floats, indexes and pointers', async t => {
  // Sizes of `cobc`, default and -std=ibm; a pointer of 4 bytes by IBM's rule (SYNCHRONIZED clause).
  const rows: readonly [string, number, number][] = [
    ['COMP-1', 8, 8],
    ['COMP-2', 16, 16],
    ['INDEX', 8, 8],
    ['POINTER', 8, 16],
    ['PROCEDURE-POINTER', 12, 16],
    ['PIC S9(15) COMP', 12, 16],
    ['PIC S9(4) COMP-5', 4, 4],
    ['BINARY-DOUBLE', 9, 9],
  ];
  for (const [usage, ibm, gnucobol] of rows) {
    t.equal(layoutOf(`05 A PIC X. 05 B ${usage} SYNC.`).sizeBytes, ibm, usage);
    t.equal(layoutOf(`05 A PIC X. 05 B ${usage} SYNC.`, { binarySize: '1-2-4-8' }).sizeBytes, gnucobol, usage);
  }
  const table = '05 A PIC X. 05 T OCCURS 3. 10 B PIC X. 10 C COMP-2 SYNC. 10 D PIC X.';
  t.match(layoutOf(table), { sizeBytes: 49, items: { 2: { occurs: { stride: 16 } }, 4: { offset: 8 } } });
});

/** The JSON of one ASCII record, padded to the layout's length; the code of the refusal where there is one. */
function decode(layout: Layout, data: string): string {
  const found = SIDES.map(native => {
    const writer = createJsonWriter({ layout, native, exactLength: false });
    const framing = new Framing(1);
    frameFixed(framing, layout.sizeBytes, 0, layout.sizeBytes);
    const out = Buffer.alloc(writer.plan.textSizeMax);
    const bytes = Buffer.from(data.padEnd(layout.sizeBytes));
    const batch = writer.write({ bytes, framing, first: { record: 1, fileOffset: 0 } }, 0, out);
    return batch.refusals[0]?.code ?? out.toString('utf8', 0, batch.length).trimEnd();
  });
  t.equal(found.at(-1), found[0], 'native and twin say the same');
  return found[0]!;
}

t.test('what follows a table with DEPENDING ON slides, or with odo max lies behind its largest count', async t => {
  const text =
    '05 N PIC 9. 05 T OCCURS 0 TO 3 DEPENDING ON N. 10 M PIC 9. 10 U OCCURS 1 TO 2 DEPENDING ON M PIC X. 05 V PIC X.';
  const slide = layoutOf(text, { codePage: 'ascii' });
  const max = layoutOf(text, { codePage: 'ascii', odo: 'max' });
  t.strictSame([slide.sizeBytes, max.sizeBytes, max.items.at(-1)?.offset], [11, 11, 10]);
  t.equal(decode(slide, '21a2bcV'), '{"N":2,"T":[{"M":1,"U":["a"]},{"M":2,"U":["b","c"]}],"V":"V"}');
  t.equal(decode(max, '21a-2bc---V'), '{"N":2,"T":[{"M":1,"U":["a"]},{"M":2,"U":["b","c"]}],"V":"V"}');
  t.equal(decode(slide, '0V'), '{"N":0,"T":[],"V":"V"}');
  t.equal(decode(max, '0---------V'), '{"N":0,"T":[],"V":"V"}');
  t.equal(decode(max, '4'), 'badCount');
});

t.test('several tables with DEPENDING ON slide one after the other; a table under a REDEFINES does not', async t => {
  const text =
    '05 N PIC 9. 05 M PIC 9. 05 A OCCURS 1 TO 3 DEPENDING ON N PIC X. 05 B OCCURS 1 TO 3 DEPENDING ON M PIC 9. 05 C PIC X.';
  t.equal(decode(layoutOf(text, { codePage: 'ascii' }), '12a34C'), '{"N":1,"M":2,"A":["a"],"B":[3,4],"C":"C"}');
  const views = '05 A PIC X(4). 05 B REDEFINES A. 10 N PIC 9. 10 T OCCURS 1 TO 3 DEPENDING ON N PIC X. 05 C PIC X.';
  const layout = layoutOf(views, { codePage: 'ascii' });
  t.equal(layout.items.find(item => item.name === 'T')?.occurs?.slides, false);
  t.equal(decode(layout, '1xyzC'), '{"A":"1xyz","B":{"N":1,"T":["x"]},"C":"C"}');
  const base = '05 A. 10 N PIC 9. 10 T OCCURS 1 TO 3 DEPENDING ON N PIC X. 05 B REDEFINES A PIC X(4). 05 C PIC X.';
  t.equal(decode(layoutOf(base, { codePage: 'ascii' }), '1xyzC'), '{"A":{"N":1,"T":["x"]},"B":"1xyz","C":"C"}');
});

t.test('names are qualified by the groups around them, where OCCURS, RENAMES or KEY names an item', async t => {
  const text =
    '05 G1. 10 H. 15 N PIC 9. 05 G2. 10 N PIC 9. 05 T OCCURS 1 TO 5 DEPENDING ON N OF H IN G1 ' +
    'ASCENDING KEY K OF T K2 INDEXED BY I J. 10 K PIC 9. 10 K2 PIC X. 66 R1 RENAMES N OF G1 THRU N OF G2. 66 R2 RENAMES G2.';
  const layout = layoutOf(text);
  t.match(layout.items.find(item => item.name === 'T')?.occurs, { min: 1, count: 5, dependingOn: { offset: 0 } });
  t.match(layout.renames, [
    { name: 'R1', from: { name: 'N', offset: 0 }, thru: { name: 'N', offset: 1 } },
    { name: 'R2', from: { name: 'G2' }, thru: { name: 'G2' } },
  ]);
  t.equal(layoutOf('05 N PIC 9. 05 T OCCURS 5 DEPENDING ON N PIC X.').items[2]?.occurs?.min, 1, 'without TO from 1');
  const rows: readonly [string, RegExp][] = [
    [
      '05 G1. 10 N PIC 9. 05 G2. 10 N PIC 9. 05 T OCCURS 1 TO 5 DEPENDING ON N PIC X.',
      /:1:\d+: N is not unique; expected OF/,
    ],
    ['05 N PIC 9. 05 T OCCURS 1 TO 5 DEPENDING ON N OF X PIC X.', /N OF X is not an item before the table/],
    ['05 T OCCURS 1 TO 5 DEPENDING ON N. 10 N PIC 9.', /N is not an item before the table/],
    ['05 N PIC 9V9. 05 T OCCURS 1 TO 5 DEPENDING ON N PIC X.', /N is not an integer/],
    ['05 N PIC 9. 05 T OCCURS 5 KEY IS K PIC X.', /expected '\.' or a clause/],
    ['05 N PIC 9. 05 T OCCURS 5 ASCENDING N. 10 K PIC X.', /N is not an item of the table T/],
    ['05 N PIC 9. 05 T OCCURS 1 TO UNBOUNDED DEPENDING ON N PIC X.', /OCCURS \.\.\. TO UNBOUNDED is not supported/],
    ['05 A PIC X. 05 B PIC X. 66 R RENAMES B THRU A.', /:1:\d+: A does not end after B/],
    ['05 A. 10 C PIC X. 66 R RENAMES A THRU C.', /C does not end after A/],
    ['05 A. 10 B PIC X. 10 C PIC X. 66 R RENAMES X.', /X is not an item of the record/],
    ['05 A OCCURS 2. 10 B PIC X. 66 R RENAMES B.', /B is in the table A, which RENAMES cannot name/],
    ['05 A PIC X. 66 S RENAMES R.', /R is not an item of the record/],
  ];
  for (const [entries, message] of rows) t.throws(() => layoutOf(entries), { name: 'CopybookError', message }, entries);
});

t.test('88 levels are conditions of their item, the values as its kind', async t => {
  const text =
    "05 A PIC X(3). 88 A1 VALUES ARE 'X' THRU 'Z', SPACES ALL '*'. 88 A2 VALUE 7 WHEN SET TO FALSE 'N'. " +
    "05 B PIC S9(3)V9. 88 B1 VALUE -1.5 THRU +2 ZERO '12'. 05 C PIC X(2) OCCURS 3. 88 C1 VALUE X'00FF' LOW-VALUE FALSE IS 'A'. " +
    "05 G. 88 G1 VALUE 'AB'. 10 D PIC X(2).";
  const value = (kind: string, value: string, all = false) => ({ kind, text: value, all });
  t.match(layoutOf(text).conditions, [
    {
      name: 'A1',
      item: { name: 'A' },
      values: [
        { from: value('text', 'X'), to: value('text', 'Z') },
        { from: value('figurative', 'SPACE') },
        { from: value('text', '*', true) },
      ],
    },
    { name: 'A2', values: [{ from: value('text', '7') }] },
    {
      name: 'B1',
      item: { name: 'B' },
      values: [
        { from: value('number', '-1.5'), to: value('number', '+2') },
        { from: value('figurative', 'ZERO') },
        { from: value('number', '12') },
      ],
    },
    {
      name: 'C1',
      item: { name: 'C' },
      values: [{ from: value('hex', '00FF') }, { from: value('figurative', 'LOW-VALUE') }],
    },
    { name: 'G1', item: { name: 'G' }, values: [{ from: value('text', 'AB') }] },
  ]);
  const commas = layoutOf("05 A PIC 9(3). 88 B VALUES 1,2.5,-3 THRU 4. 05 C PIC X. 88 D VALUES 'A','B'.").conditions;
  t.strictSame(
    commas.map(({ values }) => values.map(({ from }) => from.text)),
    [
      ['1', '2.5', '-3'],
      ['A', 'B'],
    ],
  );
  t.throws(() => layoutOf("05 A PIC 9. 88 B VALUE 'X'."), { message: /^x\.cpy:1:30: 'X' is not a number; A is one/ });
});

t.test('what DCLGEN writes above the record of a table is read over, other embedded SQL refused', async t => {
  const declared = `           EXEC SQL DECLARE X.DEPT TABLE
           ( DEPTNO CHAR(3) NOT NULL, SUM DECIMAL(9, 2) ) END-EXEC.
       01  DCLDEPT.
           10 DEPTNAME.
             49 DEPTNAME-LEN PIC S9(4) USAGE COMP-5.
             49 DEPTNAME-TEXT PIC X(36).
`;
  t.match(compileCopybook(declared, { file: 'x' }), [{ name: 'DCLDEPT', sizeBytes: 38 }]);
  t.throws(() => compileCopybook('       EXEC SQL INCLUDE SQLCA END-EXEC.', { file: 'x' }), {
    message: 'x:1:17: EXEC SQL INCLUDE is not supported in a copybook',
  });
  t.throws(() => compileCopybook('       EXEC SQL DECLARE X TABLE (A CHAR(1)).', { file: 'x' }), {
    message: /expected END-EXEC, found the end of the copybook/,
  });
});

t.test('a whole program is read up to its PROCEDURE DIVISION, headers and FD entries left out', async t => {
  const program = `
       IDENTIFICATION DIVISION.
       PROGRAM-ID. P.
       ENVIRONMENT DIVISION.
       CONFIGURATION SECTION.
       SPECIAL-NAMES. DECIMAL-POINT IS COMMA
           CURRENCY SIGN IS 'F'.
       DATA DIVISION.
       FILE SECTION.
       FD  IN-FILE RECORDING MODE IS F, BLOCK CONTAINS 0 RECORDS.
       01  A. 05 A1 PIC FF9,99. 05 A2 PIC 9V9 VALUE 1,5.
       WORKING-STORAGE SECTION.
       77  B PIC X.
`;
  const layouts = compileCopybook(program, { file: 'x.cbl' });
  t.strictSame(
    layouts.map(layout => layout.name),
    ['A', 'B'],
  );
  t.match(layouts[0]!.items[1]?.leaf, { edited: { mask: '$$9.99', currency: 'F', decimalComma: true } });
  t.match(layouts[0]!.items[2]?.value, { kind: 'number', text: '1.5' });
  for (const [text, message] of [
    ['       PROCEDURE DIVISION.\n', /^x:14:8: PROCEDURE DIVISION is not supported: only data descriptions are/],
    ['       REPORT SECTION.\n', /REPORT SECTION is not supported/],
    ['       FD X', /^x:14:\d+: expected '\.' after FD, found the end/],
  ] as const)
    t.throws(() => compileCopybook(program + text, { file: 'x' }), { message });
});

t.test('literals of VALUE are text, bytes or numbers', async t => {
  const rows: readonly [string, string, string][] = [
    ["PIC X(3) VALUE 'A''B'", 'text', "A'B"],
    ['PIC X(3) VALUE "A""B"', 'text', 'A"B'],
    ["PIC X(3) VALUE X'C1C2C3'", 'hex', 'C1C2C3'],
    ["PIC N(2) VALUE N'AB'", 'text', 'AB'],
    ["PIC N(2) VALUE NX'00410042'", 'hex', '00410042'],
    ["PIC G(2) DISPLAY-1 VALUE G'AB'", 'text', 'AB'],
    ["PIC X(3) VALUE Z'AB'", 'text', 'AB\0'],
    ["PIC X(3) VALUE ALL '*-'", 'text', '*-'],
    ['PIC X(3) VALUE HIGH-VALUES', 'figurative', 'HIGH-VALUE'],
    ['PIC X(3) VALUE QUOTES', 'figurative', 'QUOTE'],
    ['PIC S9(3)V99 VALUE -12.5', 'number', '-12.5'],
    ['COMP-1 VALUE 1.5E+2', 'number', '150.0'],
    ['COMP-2 VALUE IS -12.345E-03', 'number', '-0.01234500'],
    ['COMP-2 VALUE .5e1', 'number', '5.0'],
    ['PIC SV99 VALUE +.25', 'number', '+.25'],
    ["PIC 9(3) VALUE '007'", 'number', '007'],
    ['PIC X(3) VALUE 12', 'text', '12'],
  ];
  for (const [clause, kind, text] of rows)
    t.match(layoutOf(`05 A ${clause}.`).items[1]?.value, { kind, text, all: clause.includes('ALL') }, clause);
  const refused: readonly [string, RegExp][] = [
    ["PIC X VALUE X'4'", /:1:\d+: expected pairs of hexadecimal digits/],
    ["PIC N VALUE NX'004'", /expected hexadecimal digits, four for each character/],
    ["PIC X VALUE B'1'", /literals B'...' are not supported/],
    ["PIC X OCCURS 2 VALUE 'A' 'B'", /a VALUE for each occurrence \(FROM\) is not supported/],
    ["PIC X OCCURS 2 VALUES ARE 'A' FROM (1)", /a VALUE for each occurrence \(FROM\) is not supported/],
    ["PIC 9 VALUE 'A'", /'A' is not a number; A is one/],
    ['PIC 9(3) VALUE 1.5E+2', /the floating-point literal 1\.5E\+2 is of COMP-1 and COMP-2; A is neither/],
    ['COMP-2 VALUE 15E+2', /expected a literal, found 15E\+2/],
    ['COMP-2 VALUE 1.5E+200', /expected a literal, found 1\.5E\+200/],
  ];
  for (const [clause, message] of refused) t.throws(() => layoutOf(`05 A ${clause}.`), { message }, clause);
});

t.test(
  'variable format has text beyond column 72; directives change the format, those of the listing say nothing',
  async t => {
    const long = `       01 R. 05 A PIC X(5).${' '.repeat(60)}05 B PIC X(3).`;
    const size = (text: string, options: Partial<CopybookOptions> = {}): number | undefined =>
      compileCopybook(text, { file: 'x', ...options })[0]?.sizeBytes;
    t.equal(size(long), 5);
    t.equal(size(long, { sourceFormat: 'variable' }), 8);
    t.equal(size(`       >>SOURCE FORMAT IS VARIABLE\n${long}`), 8);
    t.equal(size(`      $SET SOURCEFORMAT"VARIABLE"\n${long}`), 8);
    const listing = [
      '       TITLE "A PAGE".',
      '       EJECT',
      '      *CBL NOLIST',
      '           *CONTROL LIST',
      '       SKIP2.',
    ];
    t.equal(
      size(['       CBL DATA(31)', ' PROCESS NOSEQ', ...listing, long, '       >>PAGE', '       EJECT.'].join('\n')),
      5,
    );
    t.equal(size("01 R.\n>>D 05 X PIC X.\n*> a comment\n05 A PIC X(2) VALUE '*>'. *> another"), 2);
    t.throws(() => size('       01 R.\n      >>IF A\n'), {
      message: /^x:2:7: the compiler directive >>IF is not supported/,
    });
    t.throws(() => size('       01 R.\n        >>DEFINE A\n'), {
      message: /^x:2:9: the compiler directive >>DEFINE is/,
    });
    t.throws(() => size('01 R.\n$IF A\n'), { message: /^x:2:1: the compiler directive \$IF is not supported/ });
  },
);
