import { parse } from 'csv-parse/sync';
import t from 'tap';

import { CsvLine } from '../../src/cli/convert/csv-line.js';
import { NO_TABLES } from '../../src/cli/convert/csv-tables.js';
import { CsvRows, type CsvCells } from '../../src/cli/convert/csv-rows.js';
import { SeededRandom } from '../support/fuzz.js';

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
    rowsOf('A\r\n"1\r\n2"\r\n\r\n3'),
    [['A'], ['1\r\n2'], ['3']],
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

t.test('what is no CSV is refused with its line', async t => {
  const refused = (text: string, message: string): unknown => t.throws(() => rowsOf(text), { code: 'HR_CSV', message });
  refused('A\n1\n2"\n', 'line 3: a quote stands within a cell that does not begin with one');
  refused('A\n"1\n2"\n"3" \n', 'line 4: behind a quoted cell a comma or the end of the line is expected');
  refused('A\n"1\n2\n', 'line 2: a quoted cell does not end');
  const line = new CsvLine(['A', '', 'T[1]'], { numbers: new Set(['A']), tables: NO_TABLES });
  t.equal(line.of(['01', undefined, '2'], 2), '{"A":"01","T":[null,"2"]}\n');
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
