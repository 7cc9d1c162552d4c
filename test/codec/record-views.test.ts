import t, { type Test } from 'tap';

import {
  chooseRecord,
  compileCopybook,
  createJsonWriter,
  Framing,
  viewChoices,
  type CopybookOptions,
  type JsonWriterOptions,
  type Layout,
  type SelectRule,
} from '../../src/codec/index.js';
import { loadAddon } from '../../src/native/index.js';

const SIDES = { twin: undefined, native: loadAddon('require') };

function layoutOf(text: string, options: Partial<CopybookOptions> = {}): Layout {
  return chooseRecord(compileCopybook(text, { file: 'x.cpy', codePage: 'ascii', ...options }), undefined);
}

type Options = Partial<JsonWriterOptions> & { readonly select?: readonly SelectRule[] };

/** What each record becomes: its line, and the field and code of what was refused or null. The same on both sides. */
function decode(t: Test, layout: Layout, options: Options, records: readonly string[]): readonly unknown[] {
  const bytes = Buffer.from(records.join(''), 'latin1');
  const framing = new Framing(records.length);
  framing.clear(bytes, 0);
  let at = 0;
  for (const record of records) {
    framing.add(at, record.length);
    at += record.length;
  }
  const { select = [], ...own } = options;
  const found = Object.values(SIDES).map(native => {
    const writer = createJsonWriter({
      layout,
      exactLength: true,
      choices: viewChoices(layout, select),
      ...own,
      native,
    });
    const out = Buffer.alloc(writer.plan.textSizeMax * records.length);
    const told = { lines: '', bad: [] as string[], nulls: [] as string[] };
    for (let from = 0; from < records.length;) {
      const batch = writer.write({ bytes, framing, first: { record: 1, fileOffset: 0 } }, from, out);
      told.lines += out.toString('utf8', 0, batch.length);
      told.bad.push(...batch.refusals.map(({ record, field, code }) => `${record} ${field} ${code}`));
      told.nulls.push(...batch.nulls.map(({ record, field, code, offset }) => `${record} ${field} ${code} ${offset}`));
      from += batch.records;
    }
    const lines = told.lines.split('\n').slice(0, -1);
    lines.forEach(line => JSON.parse(line));
    return [lines, told.bad, told.nulls] as const;
  });
  t.strictSame(found[1], found[0], 'native as its twin');
  const [lines, bad, nulls] = found[0]!;
  return nulls.length > 0 ? [lines, bad, nulls] : bad.length > 0 ? [lines, bad] : lines;
}

const CONDITIONS = `       01 R.
          05 STATE PIC X(2).
             88 IS-ON VALUE 'A ' 'ON'.
             88 IS-LETTER VALUE 'B' THRU 'D'.
             88 IS-NONE VALUE SPACES LOW-VALUES.
          05 AMOUNT PIC S9(3)V9.
             88 IS-SMALL VALUE -9.95 THRU 10.
             88 IS-HUNDRED VALUE 100.
             88 IS-ODD VALUE 1.25.
          05 G.
             88 IS-XY VALUE 'XY'.
             10 X PIC X.
             10 Y PIC X.
          05 T OCCURS 2.
             10 U PIC X.
                88 IS-U VALUE 'U'.
          05 V PIC 9 OCCURS 3.
             88 IS-ZERO VALUE ZERO.
`;

t.test('88 levels that hold are told at the end of the object that holds their item', async t => {
  const layout = layoutOf(CONDITIONS);
  t.strictSame(decode(t, layout, { conditions: true }, ['A 0100XYU-010', 'C 099pXZ-U222', '\0\x001000--UU000']), [
    '{"STATE":"A","AMOUNT":10.0,"G":{"X":"X","Y":"Y"},' +
      '"T":[{"U":"U","$conditions":{"IS-U":true}},{"U":"-","$conditions":{}}],"V":[0,1,0],' +
      '"$conditions":{"IS-ON":true,"IS-SMALL":true,"IS-XY":true,"IS-ZERO":[true,false,true]}}',
    '{"STATE":"C","AMOUNT":-99.0,"G":{"X":"X","Y":"Z"},' +
      '"T":[{"U":"-","$conditions":{}},{"U":"U","$conditions":{"IS-U":true}}],"V":[2,2,2],' +
      '"$conditions":{"IS-LETTER":true,"IS-ZERO":[false,false,false]}}',
    '{"STATE":"\\u0000\\u0000","AMOUNT":100.0,"G":{"X":"-","Y":"-"},' +
      '"T":[{"U":"U","$conditions":{"IS-U":true}},{"U":"U","$conditions":{"IS-U":true}}],"V":[0,0,0],' +
      '"$conditions":{"IS-NONE":true,"IS-HUNDRED":true,"IS-ZERO":[true,true,true]}}',
  ]);
});

t.test('a condition compares text in the order of the code page: in EBCDIC a lies before A', async t => {
  const layout = layoutOf(
    "       01 R.\n          05 A PIC X.\n             88 LOW VALUE 'a' THRU 'z'.\n             88 HIGH VALUE 'A' THRU '9'.\n",
    {
      codePage: 'cp037',
    },
  );
  t.strictSame(decode(t, layout, { conditions: true }, ['\x82', '\xc1', '\xf5', '\x40']), [
    '{"A":"b","$conditions":{"LOW":true}}',
    '{"A":"A","$conditions":{"HIGH":true}}',
    '{"A":"5","$conditions":{"HIGH":true}}',
    '{"A":"","$conditions":{}}',
  ]);
});

t.test(
  'a condition of a view that does not decode does not hold, nor that of a table longer than its count',
  async t => {
    const text = `       01 R.
          05 N PIC 9.
          05 T PIC X OCCURS 0 TO 3 DEPENDING ON N.
             88 IS-A VALUE 'A'.
          05 P PIC 9.
          05 FILLER REDEFINES P.
             10 Q PIC X.
                88 IS-Q VALUE 'Q'.
             10 S REDEFINES Q PIC 9 COMP-6.
          05 FILLER PIC X.
             88 IS-END VALUE '.'.
`;
    t.strictSame(decode(t, layoutOf(text), { conditions: true }, ['2AB1.', '0Q-']), [
      '{"N":2,"T":["A","B"],"P":1,"Q":"1","S":null,"$conditions":{"IS-A":[true,false],"IS-END":true}}',
      '{"N":0,"T":[],"P":null,"Q":"Q","S":null,"$conditions":{"IS-A":[],"IS-Q":true}}',
    ]);
  },
);

t.test('66 levels are members of the record: one item with its own value, several as text', async t => {
  const text = `       01 R.
          05 G.
             10 A PIC X(2).
             10 B PIC 9(2).
          05 N PIC 9.
          05 T PIC X OCCURS 0 TO 2 DEPENDING ON N.
          05 Z PIC X(2).
       66 AB RENAMES A THRU B.
       66 ONLY-B RENAMES B.
       66 ALL-G RENAMES G.
       66 LAST-Z RENAMES Z.
`;
  t.strictSame(decode(t, layoutOf(text), { renames: true }, ['X 121Tzz', 'X 120zz']), [
    '{"G":{"A":"X","B":12},"N":1,"T":["T"],"Z":"zz","AB":"X 12","ONLY-B":12,"ALL-G":"X 12","LAST-Z":"zz"}',
    '{"G":{"A":"X","B":12},"N":0,"T":[],"Z":"zz","AB":"X 12","ONLY-B":12,"ALL-G":"X 12","LAST-Z":"zz"}',
  ]);
});

t.test('what does not decode is null and told, and the record is written; what cannot be found refuses it', async t => {
  const text = `       01 R.
          05 N PIC 9.
          05 T OCCURS 0 TO 3 DEPENDING ON N.
             10 U PIC 9.
          05 A PIC 99.
          05 B REDEFINES A PIC S9(3) COMP-3.
`;
  const layout = layoutOf(text);
  const isNullable = (): boolean => true;
  t.strictSame(decode(t, layout, { isNullable }, ['3x1y12', 'x12', '0\x12\x3c', '0??']), [
    [
      '{"N":3,"T":[{"U":null},{"U":1},{"U":null}],"A":12,"B":null}',
      '{"N":0,"T":[],"A":null,"B":123}',
      '{"N":0,"T":[],"A":null,"B":null}',
    ],
    ['2 N badDigit'],
    ['1 U badDigit 1', '1 U badDigit 3', '4 A noView 13'],
  ]);
  t.strictSame(decode(t, layout, { isNullable: ({ name }) => name === 'U' }, ['1x12', '0??', '012']), [
    ['{"N":1,"T":[{"U":null}],"A":12,"B":null}', '{"N":0,"T":[],"A":12,"B":null}'],
    ['2 A noView'],
    ['1 U badDigit 1'],
  ]);
  t.strictSame(decode(t, layout, { isNullable }, ['112', '0121', '0']), [
    ['{"N":1,"T":[{"U":1}],"A":null,"B":null}', '{"N":0,"T":[],"A":null,"B":null}'],
    ['2 R badRecordLength'],
    ['1 A noView 2', '3 A noView 8'],
  ]);
});

const VIEWS = `       01 R.
          05 KIND PIC X.
          05 A PIC X(4).
          05 B REDEFINES A.
             10 B1 PIC X(2).
             10 B2 PIC 9(2).
          05 C REDEFINES A PIC 9(4).
`;

t.test(
  'a rule picks the view of a REDEFINES: that is written, the others are null, and what is bad in it is named',
  async t => {
    const layout = layoutOf(VIEWS);
    const select: SelectRule[] = [
      { record: 'B', when: [{ KIND: ['B'] }] },
      { record: 'C', when: [{ KIND: ['C', { from: 'X', to: 'Z' }] }] },
    ];
    t.strictSame(decode(t, layout, { select }, ['Bxx12', 'C1234', 'Y1234', 'A1234', 'Bxx1?']), [
      [
        '{"KIND":"B","A":null,"B":{"B1":"xx","B2":12},"C":null}',
        '{"KIND":"C","A":null,"B":null,"C":1234}',
        '{"KIND":"Y","A":null,"B":null,"C":1234}',
        '{"KIND":"A","A":"1234","B":{"B1":"12","B2":34},"C":1234}',
      ],
      ['5 B2 badDigit'],
    ]);
    t.strictSame(decode(t, layout, { select, isNullable: () => true }, ['Bxx1?']), [
      ['{"KIND":"B","A":null,"B":{"B1":"xx","B2":null},"C":null}'],
      [],
      ['1 B2 badDigit 3'],
    ]);
  },
);

t.test('in a table each occurrence picks its own view, by a field in it, behind it, or around it', async t => {
  const text = `       01 R.
          05 MODE PIC X.
          05 T OCCURS 2.
             10 A PIC X(2).
             10 B REDEFINES A PIC 9(2).
             10 KIND PIC X.
             10 D PIC X.
             10 E REDEFINES D PIC 9.
`;
  const layout = layoutOf(text);
  const select: SelectRule[] = [
    { record: 'B', when: [{ KIND: ['N'] }] },
    { record: 'A', when: [{ KIND: ['T'] }] },
    { record: 'E', when: [{ KIND: ['N'], MODE: ['1'] }, { D: ['7'] }] },
  ];
  t.strictSame(decode(t, layout, { select }, ['112N312T3', '012N312T7']), [
    '{"MODE":"1","T":[{"A":null,"B":12,"KIND":"N","D":null,"E":3},{"A":"12","B":null,"KIND":"T","D":"3","E":3}]}',
    '{"MODE":"0","T":[{"A":null,"B":12,"KIND":"N","D":"3","E":3},{"A":"12","B":null,"KIND":"T","D":null,"E":7}]}',
  ]);
});

t.test('in a table a view may be picked by the whole occurrence it lies in', async t => {
  const text = `       01 R.
          05 T OCCURS 3.
             10 A PIC X(2).
             10 B REDEFINES A PIC 9(2).
`;
  const select = [{ record: 'B', when: [{ T: [{ from: '10', to: '19' }] }] }];
  t.strictSame(decode(t, layoutOf(text), { select }, ['12AB21']), [
    '{"T":[{"A":null,"B":12},{"A":"AB","B":null},{"A":"21","B":21}]}',
  ]);
});

t.test('a rule is refused whose field is not at a known place, or whose item has no views', async t => {
  const text = `       01 R.
          05 F COMP-2.
          05 A PIC X.
          05 B REDEFINES A PIC 9.
          05 N PIC 9.
          05 T PIC X OCCURS 0 TO 2 DEPENDING ON N.
          05 K PIC X.
`;
  const layout = layoutOf(text);
  const choose = (record: string, field: string) => () =>
    decode(t, layout, { select: [{ record, when: [{ [field]: ['1'] }] }] }, []);
  t.throws(choose('B', 'K'), /the rule for B: K is not at a known place when A is read/);
  t.throws(choose('K', 'A'), /K of R is neither redefined nor redefines an item/);
  t.throws(choose('B', 'NONE'), /R has no item NONE/);
  t.throws(choose('B', 'F'), /F is a floating-point item, whose values are not compared/);
});
