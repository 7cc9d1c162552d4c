import t from 'tap';

import {
  compileCopybook,
  createJsonWriter,
  createRecordEncoder,
  frameFixed,
  Framing,
  type CopybookOptions,
  type Layout,
} from '../../src/codec/index.js';
import { loadAddon } from '../../src/native/index.js';

const addon = loadAddon('prefer');
const SIDES = addon === undefined ? [undefined] : [undefined, addon];

const layoutOf = (lines: readonly string[], options: Partial<CopybookOptions> = {}): Layout =>
  compileCopybook(['       01 R.', ...lines.map(line => `          ${line}`)].join('\n'), {
    file: 'x.cpy',
    codePage: 'ascii',
    ...options,
  })[0]!;

/** The line that both sides make of a record, and its bytes again as both sides encode that line. */
function throughLine(layout: Layout, record: string): { readonly line: string; readonly record: string } {
  const bytes = Buffer.from(record);
  const found = SIDES.map(native => {
    const writer = createJsonWriter({ layout, native, exactLength: false });
    const framing = new Framing(1);
    frameFixed(framing, bytes.length, 0, bytes.length);
    const text = Buffer.alloc(writer.plan.textSizeMax);
    const decoded = writer.write({ bytes, framing, first: { record: 1, fileOffset: 0 } }, 0, text);
    const line = text.subarray(0, decoded.length);
    const encoder = createRecordEncoder({ layout, native });
    const out = new Uint8Array(encoder.recordSize);
    const lines = { bytes: line, starts: [0], ends: [line.length - 1], count: 1, first: 1 };
    const { length } = encoder.encodeLines(lines, 0, out);
    return { line: line.toString().trimEnd(), record: Buffer.from(out.subarray(0, length)).toString() };
  });
  if (found.length > 1) t.strictSame(found[1], found[0], 'native and twin say the same');
  return found[0]!;
}

t.test('a table with DEPENDING ON in a FILLER table is read and written where it is the only column', async t => {
  const rows: readonly [string, readonly string[], Partial<CopybookOptions>, string, string][] = [
    [
      'the only column slides',
      ['05 CNT PIC 9.', '05 FILLER OCCURS 2.', '   10 T OCCURS 1 TO 3 DEPENDING ON CNT PIC X(2).', '05 E PIC X(3).'],
      {},
      '2aabbccddEEE',
      '{"CNT":2,"T":[["aa","bb"],["cc","dd"]],"E":"EEE"}',
    ],
    [
      'the count and its table lie in one column',
      [
        '05 FILLER OCCURS 2.',
        '   10 G.',
        '      15 CNT PIC 9.',
        '      15 T OCCURS 1 TO 3 DEPENDING ON CNT PIC X.',
        '05 E PIC X.',
      ],
      {},
      '1a3bcdE',
      '{"G":[{"CNT":1,"T":["a"]},{"CNT":3,"T":["b","c","d"]}],"E":"E"}',
    ],
    [
      'nothing slides',
      ['05 CNT PIC 9.', '05 FILLER OCCURS 2.', '   10 T OCCURS 1 TO 3 DEPENDING ON CNT PIC X.', '05 E PIC X.'],
      { odo: 'max' },
      '2ab cd E',
      '{"CNT":2,"T":[["a","b"],["c","d"]],"E":"E"}',
    ],
  ];
  for (const [what, lines, options, record, line] of rows)
    t.strictSame(throughLine(layoutOf(lines, options), record), { line, record }, what);
});

t.test('a FILLER of a FILLER table is no column: it is read over, and written with its VALUE or spaces', async t => {
  const lines = [
    '05 FILLER OCCURS 2.',
    "   10 FILLER PIC X VALUE '-'.",
    '   10 A PIC 9.',
    '   10 FILLER PIC XX.',
    '   10 B PIC X.',
  ];
  t.strictSame(throughLine(layoutOf(lines, {}), '-1  x-2  y'), {
    line: '{"A":[1,2],"B":["x","y"]}',
    record: '-1  x-2  y',
  });
});

t.test('a FILLER table that has to be read row by row is one, by the name FILLER', async t => {
  const cnt = '05 CNT PIC 9.';
  const depending = '   10 T OCCURS 1 TO 3 DEPENDING ON CNT PIC X.';
  const rows: readonly [string, readonly string[], Partial<CopybookOptions>, string, string][] = [
    [
      'beside a table with DEPENDING ON',
      [cnt, '05 FILLER OCCURS 2.', depending, '   10 Z PIC X.', '05 E PIC X.'],
      {},
      '2abycdzE',
      '{"CNT":2,"FILLER":[{"T":["a","b"],"Z":"y"},{"T":["c","d"],"Z":"z"}],"E":"E"}',
    ],
    [
      'a count in each row',
      ['05 FILLER OCCURS 2.', '   10 CNT PIC 9.', depending],
      {},
      '1a3bcd',
      '{"FILLER":[{"CNT":1,"T":["a"]},{"CNT":3,"T":["b","c","d"]}]}',
    ],
    [
      'beside a group that holds a count, where nothing slides',
      [cnt, '05 FILLER OCCURS 2.', '   10 Z PIC X.', '   10 G.', `   ${depending.replace('10', '15')}`],
      { odo: 'max' },
      '1ya  zb  ',
      '{"CNT":1,"FILLER":[{"Z":"y","G":{"T":["a"]}},{"Z":"z","G":{"T":["b"]}}]}',
    ],
    [
      'rows that are counted',
      [cnt, '05 FILLER OCCURS 0 TO 2 DEPENDING ON CNT.', '   10 A PIC X.', '   10 B PIC 9.', '05 E PIC X.'],
      {},
      '2a1b2E',
      '{"CNT":2,"FILLER":[{"A":"a","B":1},{"A":"b","B":2}],"E":"E"}',
    ],
    [
      'an elementary one that is counted, with what slides behind it',
      [cnt, '05 FILLER PIC X OCCURS 0 TO 2 DEPENDING ON CNT.', '05 A PIC X.'],
      {},
      '1-a',
      '{"CNT":1,"FILLER":["-"],"A":"a"}',
    ],
    [
      'a group FILLER in it',
      ['05 FILLER OCCURS 2.', '   10 A PIC X.', '   10 FILLER.', '      15 B PIC X.'],
      {},
      'abcd',
      '{"FILLER":[{"A":"a","B":"b"},{"A":"c","B":"d"}]}',
    ],
    [
      'views in it, of a group FILLER too',
      [
        '05 FILLER OCCURS 2.',
        '   10 A PIC X(2).',
        '   10 B REDEFINES A PIC 99.',
        '   10 FILLER REDEFINES A.',
        '      15 C PIC X.',
        '      15 D PIC X.',
      ],
      {},
      '1223',
      '{"FILLER":[{"A":"12","B":12,"C":"1","D":"2"},{"A":"23","B":23,"C":"2","D":"3"}]}',
    ],
    [
      'two of them, the second by FILLER-2',
      [
        '05 FILLER OCCURS 1.',
        '   10 A PIC X.',
        '   10 B REDEFINES A PIC 9.',
        '05 FILLER OCCURS 1.',
        '   10 C PIC X.',
        '   10 D REDEFINES C PIC 9.',
      ],
      {},
      '12',
      '{"FILLER":[{"A":"1","B":1}],"FILLER-2":[{"C":"2","D":2}]}',
    ],
  ];
  for (const [what, lines, options, record, line] of rows)
    t.strictSame(throughLine(layoutOf(lines, options), record), { line, record }, what);
});

t.test('a table whose count lies in a table that it is not in is refused at the count', async t => {
  const rows: readonly (readonly [readonly string[], RegExp])[] = [
    [
      ['05 G OCCURS 2.', '   10 CNT PIC 9.', '05 T OCCURS 0 TO 3 DEPENDING ON CNT PIC X.'],
      /^x\.cpy:4:43: CNT lies in the table G, T does not/,
    ],
    [
      ['05 CNT PIC 9 OCCURS 2.', '05 T OCCURS 0 TO 3 DEPENDING ON CNT PIC X.'],
      /^x\.cpy:3:43: CNT lies in the table CNT, T does not/,
    ],
  ];
  for (const [lines, message] of rows)
    t.throws(() => layoutOf(lines), { code: 'HR_COPYBOOK', message }, lines.join(' '));
});
