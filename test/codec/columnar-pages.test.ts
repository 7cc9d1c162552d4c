import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import t from 'tap';

import {
  chooseRecord,
  compileCopybook,
  createColumnWriter,
  createDecoder,
  createRowGroupWriter,
  hasColumnarCrate,
  openColumnReader,
} from '../../src/codec/index.js';
import { columnReadersMissing, compareColumns, describeParquet } from '../support/column-readers.js';
import { needs } from '../support/servers.js';

t.setTimeout(400_000);
const folder = mkdtempSync(join(tmpdir(), 'headrace-columnar-pages-'));
t.teardown(() => rmSync(folder, { recursive: true, force: true }));
const crateMissing = hasColumnarCrate() ? undefined : 'the columnar crate needs cargo';
const withCrate = needs(crateMissing);
const withReaders = needs(crateMissing ?? columnReadersMissing());

const PAGES = `
       01 R.
          05 SAME        PIC X(4).
          05 FEW         PIC S9(5)V99 COMP-3.
          05 MANY        PIC 9(15).
          05 UNIQUE      PIC S9(9) COMP-5.
          05 LATE        PIC X(300).
          05 WIDE        PIC S9(30) COMP-3.
          05 RATE        COMP-2.
          05 LONG        PIC X(90).
          05 VIEW        PIC X(4).
          05 DIGITS REDEFINES VIEW PIC 9(4).
          05 COUNT-OF    PIC 9.
          05 TABLE-OF OCCURS 0 TO 3 DEPENDING ON COUNT-OF.
             10 PART     PIC X(2).
             10 SIZES    PIC 9(4) OCCURS 2.
`;

/** Row `n` of two pages: columns whose dictionary pays, does not, or outgrows its bound in the second page. */
function row(n: number): object {
  const late = n < 8192 ? `late ${n % 10}` : `late ${String(n).repeat(60)}`;
  const table = Array.from({ length: n % 4 }, (_, part) => ({ PART: `p${part}`, SIZES: [n % 10, n % 7000] }));
  const digits = n % 5 === 0 ? null : n % 10000;
  return {
    ...{ SAME: 'same', FEW: (n % 7) - 3, MANY: (n % 3000) * 1_000_003, UNIQUE: n - 10_000, LATE: late },
    ...{ WIDE: n % 11, RATE: (n % 13) / 8 - 0.5, LONG: `${'é'.repeat(20)}${'long '.repeat(8)}${n % 100}` },
    ...{ VIEW: digits === null ? 'text' : String(digits).padStart(4, '0'), DIGITS: digits },
    ...{ 'COUNT-OF': table.length, 'TABLE-OF': table },
  };
}

t.test('pages of every kind are read by pyarrow and DuckDB with the same values', withReaders, t => {
  const layout = chooseRecord(compileCopybook(PAGES, { file: 'p.cpy', codePage: 'utf-8', float: 'ieee' }), undefined);
  const place = join(folder, 'pages');
  mkdirSync(place);
  const lines = Array.from({ length: 9500 }, (_, n) => `${JSON.stringify(row(n))}\n`).join('');
  writeFileSync(join(place, 'pages.jsonl'), lines);
  const path = join(place, 'pages.parquet');
  const writer = createColumnWriter({ layout, path, form: 'parquet' });
  t.strictSame(writer.writeLines(Buffer.from(lines)).bad, []);
  writer.finish();
  const { files, wrong } = compareColumns(place);
  t.strictSame([files, wrong], [2, []]);
  const { groups, columns } = describeParquet(path);
  t.strictSame(groups, [9500]);
  const told = columns.map(({ path, dictionary, min, max, nulls }) => [path, dictionary, min, max, nulls]);
  t.strictSame(told.slice(0, 4), [
    ['SAME', true, 'same', 'same', 0],
    ['FEW', true, '-3.00', '3.00', 0],
    ['MANY', true, '0', '2999008997', 0],
    ['UNIQUE', false, '-10000', '-501', 0],
  ]);
  t.strictSame(told.slice(4, 6).concat(told.slice(7, 10)), [
    ['LATE', true, 'late 0', `late ${'9499'.repeat(14)}94:`, 0],
    ['WIDE', true, '0', '10', 0],
    ['LONG', true, `${'é'.repeat(20)}${'long '.repeat(4)}long`, `${'é'.repeat(20)}${'long '.repeat(4)}lonh`, 0],
    ['VIEW', false, '0001', 'text', 0],
    ['DIGITS', false, '1', '9499', 1900],
  ]);
  t.end();
});

const FLAT = `
       01 R.
          05 K PIC X(4).
          05 N PIC S9(7)V99 COMP-3.
`;
const layout = chooseRecord(compileCopybook(FLAT, { file: 'f.cpy', codePage: 'ascii' }), undefined);

function rowsOf(from: number, count: number): Uint8Array {
  const records = Array.from({ length: count }, (_, index) => {
    const packed = Buffer.from(`${String(from + index).padStart(9, '0')}c`, 'hex');
    return Buffer.concat([Buffer.from(`k${(from + index) % 10}  `), packed]);
  });
  const bytes = Buffer.concat(records);
  const decoder = createDecoder({ layout, native: undefined });
  const rows = new Uint8Array(decoder.rowSize * count);
  decoder.decodeRows(bytes, 0, bytes.length, rows);
  return rows;
}

t.test('row groups that are made elsewhere stand between rows in the order they are put there', withCrate, t => {
  const path = join(folder, 'groups.parquet');
  const decoder = createDecoder({ layout, native: undefined });
  const writer = createColumnWriter({ layout, path, form: 'parquet', decoder });
  const groups = [createRowGroupWriter({ layout, decoder }), createRowGroupWriter({ layout, decoder })];
  t.equal(groups[0]!.endGroup(), undefined, 'a group without rows');
  for (const [index, group] of groups.entries()) group.writeRows(rowsOf(100 + index * 100, 100), 100);
  const [second, first] = [groups[1]!.endGroup()!, groups[0]!.endGroup()!];
  writer.writeRows(rowsOf(0, 100), 100);
  writer.appendGroup(first);
  writer.appendGroup(second);
  writer.writeRows(rowsOf(300, 50), 50);
  t.equal(writer.finish().rows, 350);
  const reader = openColumnReader(path);
  const lines = Buffer.from(reader.read()!.text).toString().split('\n');
  t.strictSame(
    lines.slice(0, -1),
    Array.from({ length: 350 }, (_, n) => `{"K":"k${n % 10}","N":${(n / 100).toFixed(2)}}`),
  );
  t.end();
});

t.test('a row group is taken once, by a file of Parquet of the same columns', withCrate, t => {
  const decoder = createDecoder({ layout, native: undefined });
  const group = (): number => {
    const groups = createRowGroupWriter({ layout, decoder, compression: 'zstd' });
    groups.writeRows(rowsOf(0, 10), 10);
    return groups.endGroup()!;
  };
  const open = (name: string, form: 'parquet' | 'arrow', text = FLAT) => {
    const other = chooseRecord(compileCopybook(text, { file: 'f.cpy', codePage: 'ascii' }), undefined);
    return createColumnWriter({ layout: other, path: join(folder, name), form });
  };
  const number = group();
  const once = open('once.parquet', 'parquet');
  once.appendGroup(number);
  t.throws(() => once.appendGroup(number), { code: 'HR_COLUMNS', message: `no row group ${number} waits` });
  t.throws(() => open('a.arrow', 'arrow').appendGroup(group()), { message: /Arrow has no row groups/ });
  const fewer = FLAT.replace('PIC X(4)', 'PIC 9(4)');
  t.throws(() => open('other.parquet', 'parquet', fewer).appendGroup(group()), { code: 'HR_OUTPUT' });
  t.throws(() => createRowGroupWriter({ layout, decoder, compression: 'lzo' as 'zstd' }), {
    code: 'HR_COLUMNS',
    message: /no compression lzo/,
  });
  t.end();
});
