import { parse } from 'csv-parse/sync';
import t from 'tap';

import { lineColumns } from '../../src/cli/convert/csv-columns.js';
import { CsvLine, type CsvTypes } from '../../src/cli/convert/csv-line.js';
import { eachCsvRow } from '../../src/cli/convert/csv-reader.js';
import { CsvRows, type CsvCells } from '../../src/cli/convert/csv-rows.js';
import { CsvShaper } from '../../src/cli/convert/csv-shaper.js';
import { NO_TABLES } from '../../src/cli/convert/csv-tables.js';
import { cellText, textCell } from '../../src/cli/convert/csv-text.js';
import type { Input } from '../../src/cli/decode/input.js';
import { linesOf } from '../../src/cli/encode/lines.js';
import { SeededRandom } from '../support/fuzz.js';

const UNTYPED: CsvTypes = { numbers: new Set(), tables: NO_TABLES };

/** The rows of a text that comes in pieces of some size. */
function rowsOf(text: string, size = text.length): CsvCells[] {
  const found: CsvCells[] = [];
  const rows = new CsvRows();
  for (let at = 0; at < text.length; at += size) rows.add(text.slice(at, at + size), false, cells => found.push(cells));
  rows.add('', true, cells => found.push(cells));
  return found;
}

t.test('an empty cell is none, two quotes are an empty text, a quote is written twice', async t => {
  t.strictSame(rowsOf('A,B\n,""\n"x ""y"", z",w\n'), [
    ['A', 'B'],
    [undefined, ''],
    ['x "y", z', 'w'],
  ]);
  t.strictSame(
    rowsOf('A,B\r\n"1\r\n2",3\r\n\r\n4,5'),
    [
      ['A', 'B'],
      ['1\r\n2', '3'],
      ['4', '5'],
    ],
    'CR LF, in a cell too; empty lines are none',
  );
  t.strictSame(
    rowsOf('A,B\r1,2\r3,"4"\r'),
    [
      ['A', 'B'],
      ['1', '2'],
      ['3', '4'],
    ],
    'CR alone',
  );
  t.strictSame(
    rowsOf('A,B\n"1",'),
    [
      ['A', 'B'],
      ['1', undefined],
    ],
    'the last cell is empty, and no line end follows',
  );
});

t.test('below one column an empty line is a row without a value', async t => {
  t.strictSame(rowsOf('\nA\nx\n\n""\n\n'), [['A'], ['x'], [undefined], [''], [undefined]]);
  t.strictSame(rowsOf('"A"\r\n\r\n1', 1), [['A'], [undefined], ['1']]);
});

t.test(
  'a text of 30 MB in quotes is one cell; a quote left open is refused at 64 MiB, not held to the end',
  async t => {
    const piece = `${'plain text, '.repeat(20_000)}\n`;
    const whole = new CsvRows();
    const cells: CsvCells[] = [];
    const take = (row: CsvCells): unknown => cells.push(row);
    whole.add('A,B\n1,"', false, take);
    for (let round = 0; round < 128; round++) whole.add(piece, false, take);
    whole.add('"\n2,3\n', true, take);
    t.strictSame(
      cells.map(row => row.map(cell => cell?.length)),
      [
        [1, 1],
        [1, 128 * piece.length],
        [1, 1],
      ],
    );
    t.equal(whole.line, 2 + 128 + 2, 'its line ends are counted');
    const open = new CsvRows();
    let added = 0;
    t.throws(
      () => {
        for (open.add('A,B\n1,"oops\n', false, () => 0); added < 1000; added++) open.add(piece, false, () => 0);
      },
      {
        code: 'HR_CSV',
        message: 'line 2: the row is longer than 67108864 characters; see whether a quote is left open',
      },
    );
    t.equal(added, Math.floor(2 ** 26 / piece.length));
  },
);

/** The lines that the bytes of a file are, read so many at a time. */
async function linesOfCsv(bytes: Uint8Array, types: CsvTypes = UNTYPED, size = bytes.length): Promise<string> {
  let at = 0;
  const input: Input = {
    sizeBytes: bytes.length,
    read: async target => {
      const part = bytes.subarray(at, at + Math.min(size, target.length));
      target.set(part);
      at += part.length;
      return part.length;
    },
    close: () => undefined,
  };
  let text = '';
  await eachCsvRow(types)({ input, path: 'in.csv', number: 0 }, async ({ bytes: lines, starts, ends }) => {
    starts.forEach((start, index) => (text += `${Buffer.from(lines.subarray(start, ends[index]))}\n`));
    return true;
  });
  return text;
}

t.test('bytes that are no UTF-8 are refused with their line, wherever the file is cut in pieces', async t => {
  const good = Buffer.from('\ufeffA,B\n€,\ufffd\n"1\n\u{1f600}",\ufeff\n');
  const lines = '{"A":"€","B":"\ufffd"}\n{"A":"1\\n\u{1f600}","B":"\ufeff"}\n';
  for (const size of [1, 2, 3, 5, 7, 100]) {
    t.equal(await linesOfCsv(good, UNTYPED, size), lines, `${size} bytes at a time`);
    for (const [bad, line] of [
      ['4a6f73e90a', 5],
      ['e282', 5],
      ['e2820a', 5],
      ['310a80', 6],
      ['eda0800a', 5],
      ['f8888080800a', 5],
    ] as const)
      await t.rejects(
        linesOfCsv(Buffer.concat([good, Buffer.from('"x",', 'latin1'), Buffer.from(bad, 'hex')]), UNTYPED, size),
        { code: 'HR_CSV', message: `in.csv: line ${line}: it is not UTF-8` },
        `${bad}, ${size} bytes at a time`,
      );
  }
});

t.test(
  'number columns are numbers with zeros before them or a plus; a table that is counted as empty is there',
  async t => {
    const element = { isGroup: false } as const;
    const types: CsvTypes = {
      numbers: new Set(['N', 'M']),
      tables: new Map([
        ['TAB', { count: 3, countPath: ['N'], ...element }],
        ['T', { count: 2, countPath: ['M'], isGroup: true }],
        ['T,0,SUB', { count: 1, countPath: ['N'], ...element }],
      ]),
    };
    const line = new CsvLine(['N', 'TAB[0]', 'TAB[1]', 'M'], types);
    t.equal(line.of(['0', undefined, undefined, '-00.50'], 2), '{"N":0,"TAB":[],"M":-0.50}\n');
    t.equal(line.of(['02', '1', undefined, '+000'], 2), '{"N":2,"TAB":["1",null],"M":0}\n');
    t.equal(line.of([undefined, undefined, undefined, '+-1'], 2), '{"M":"+-1"}\n', 'where none counts it, it is not');
    const nested = new CsvLine(['N', 'M', 'T[0].SUB[0]', 'T[1].SUB[0]'], types);
    t.equal(nested.of(['0', '1', undefined, undefined], 2), '{"N":0,"M":1,"T":[{"SUB":[]}]}\n');
    t.equal(nested.of(['0', '0', undefined, undefined], 2), '{"N":0,"M":0,"T":[]}\n');
    t.equal(nested.of(['1', '2', undefined, '5'], 2), '{"N":1,"M":2,"T":[{},{"SUB":["5"]}]}\n');
  },
);

t.test('a text that is a number as a whole is no formula, and every text comes back from its cell', async t => {
  const cells = [
    ['-12.50', '-12.50'],
    ['+1e5', '+1e5'],
    ["'-12.50", "''-12.50"],
    ['-1+2', "'-1+2"],
    ['-', "'-"],
    ['=1', "'=1"],
  ] as const;
  for (const [text, cell] of cells) {
    t.equal(textCell(text), cell);
    t.equal(cellText(cell), text);
  }
});

t.test('a member that is a value in one line and a group in another has the columns of the first', async t => {
  const shaped = (text: string): unknown => {
    const { batch } = linesOf(Buffer.from(text), Buffer.byteLength(text), 1, true);
    const columns = lineColumns(batch);
    const { pieces, refused } = new CsvShaper(columns, false).shape(batch, { first: 1 });
    t.doesNotThrow(() => new CsvLine(columns, UNTYPED), 'its reader takes the header');
    const rows = Buffer.concat(pieces).toString();
    return [columns.join(), rows, ...refused.map(({ refusal: { record, field, code } }) => [record, field, code])];
  };
  t.strictSame(shaped('{"x":{"y":1}}\n{"x":null}\n{"x":5}\n'), ['x.y', '1\n\n', [3, 'x', 'badType']]);
  t.strictSame(shaped('{"x":null,"z":1}\n{"x":5}\n{"x":{"y":1}}\n{"x":[1]}'), [
    'x,z',
    ',1\n5,\n',
    [3, 'x.y', 'unknownMember'],
    [4, 'x[0]', 'unknownMember'],
  ]);
  t.strictSame(shaped('{"x":null,"t":[]}\n{"t":[null,{"a":1}],"x":[2]}\n{"t":{}}\n'), [
    't[0],t[1].a,x[0]',
    ',,\n,1,2\n,,\n',
  ]);
  t.strictSame(shaped('5\n{"a":1,"a.b":2}\n'), ['a', '', [1, '', 'badJson'], [2, 'a.b', 'unknownMember']]);
  t.strictSame(shaped('{"a":"\\ud83d\\ude00"}\n{"a":"\\ud83d"}\n'), ['a', '\u{1f600}\n', [2, 'a', 'badCharacter']]);
});

t.test('what is no CSV is refused with its line', async t => {
  const refused = (text: string, message: string): unknown => t.throws(() => rowsOf(text), { code: 'HR_CSV', message });
  refused('A\n1\n2"\n', 'line 3: a quote stands within a cell that does not begin with one');
  refused('A\n"1\n2"\n"3" \n', 'line 4: behind a quoted cell a comma or the end of the line is expected');
  refused('A\n"1\n2\n', 'line 2: a quoted cell does not end');
  const line = new CsvLine(['A', '', 'T[1]'], { numbers: new Set(['A']), tables: NO_TABLES });
  t.equal(line.of(['01', undefined, '2'], 2), '{"A":1,"T":[null,"2"]}\n');
  t.equal(line.of(['-1.50', undefined, undefined], 2), '{"A":-1.50}\n');
  t.throws(() => line.of(['1', '2', '3'], 4), { message: 'line 4: cell 2 has a value, and its column no name' });
  t.throws(() => line.of(['1'], 4), { message: 'line 4: it has 1 cells, the first line 3' });
  const names = (...columns: string[]): (() => CsvLine) => {
    return () => new CsvLine(columns, { numbers: new Set(), tables: NO_TABLES });
  };
  t.throws(names('A', 'B', 'A'), { code: 'HR_COLUMN', message: 'the column A is there twice' });
  t.throws(names('A', 'A.B'), { message: 'the columns of A are values, groups and tables at once' });
  t.throws(names('A.B', 'A[0]'), { code: 'HR_COLUMN' });
  t.throws(names('T[4000000000]'), { code: 'HR_COLUMN' });
});

t.test('2,000 seeded texts, in pieces of every size, have the rows that csv-parse finds', async t => {
  const random = new SeededRandom(7);
  const parts = ['a', 'é', ',', ',', '"', '""', '"x,y"', '\n', '\r\n', '""\n', '"1\n2"', ' '];
  let [same, refused] = [0, 0];
  for (let round = 0; round < 2000; round++) {
    const text = `A,B\n${Array.from({ length: 1 + random.below(14) }, () => random.pick(parts)).join('')}`;
    let expected: string[][] | undefined;
    try {
      expected = parse(text, { relax_column_count: true, skip_empty_lines: true, record_delimiter: ['\r\n', '\n'] });
    } catch {
      refused++;
    }
    let given: CsvCells[] | undefined;
    try {
      given = rowsOf(text, 1 + random.below(text.length));
    } catch {
      // As csv-parse does.
    }
    const read = given?.map(cells => cells.map(cell => cell ?? ''));
    if (JSON.stringify(read) !== JSON.stringify(expected)) t.strictSame(read, expected, JSON.stringify(text));
    else same++;
  }
  t.ok(same === 2000 && refused > 200 && refused < 1800, `${same} the same, ${refused} of them refused`);
});
