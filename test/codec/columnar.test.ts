import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import t from 'tap';

import {
  chooseRecord,
  compileCopybook,
  createColumnWriter,
  createJsonWriter,
  frameFixed,
  Framing,
  hasColumnarCrate,
  recordTemplate,
  type ColumnForm,
  type ColumnWriterOptions,
  type Layout,
} from '../../src/codec/index.js';
import { CapacityError, ClosedError, ConfigError } from '../../src/model/index.js';
import { columnReadersMissing, compareColumns, describeParquet } from '../support/column-readers.js';
import { CopybookMaker } from '../support/copybooks.js';
import { SeededRandom } from '../support/fuzz.js';
import { projectRoot } from '../support/project.js';
import { needs } from '../support/servers.js';

t.setTimeout(400_000);
const folder = mkdtempSync(join(tmpdir(), 'headrace-columnar-'));
t.teardown(() => rmSync(folder, { recursive: true, force: true }));

const crateMissing = hasColumnarCrate() ? undefined : 'the columnar crate needs cargo';
const readersMissing = crateMissing ?? columnReadersMissing();
const withCrate = needs(crateMissing);
const withReaders = needs(readersMissing);

function layoutOf(text: string, codePage = 'ascii', file = 'x.cpy'): Layout {
  return chooseRecord(compileCopybook(text, { file, codePage }), undefined);
}

/** The lines that decode writes for records of one length. */
function linesOf(layout: Layout, bytes: Uint8Array): Buffer {
  const writer = createJsonWriter({ layout, native: undefined, exactLength: false });
  const framing = new Framing(Math.floor(bytes.length / layout.sizeBytes));
  frameFixed(framing, layout.sizeBytes, 0, bytes.length);
  framing.bytes = bytes;
  const out = Buffer.alloc(writer.plan.textSizeMax * (framing.count + 1));
  const batch = writer.write({ bytes, framing, first: { record: 1, fileOffset: 0 } }, 0, out);
  return out.subarray(0, batch.length);
}

const SUFFIXES: Readonly<Record<ColumnForm, string>> = { parquet: 'parquet', arrow: 'arrow', 'arrow-stream': 'arrows' };

interface Written {
  readonly folder: string;
  readonly name: string;
  readonly form: ColumnForm;
}

/** Writes lines to NAME.jsonl and to NAME.parquet, NAME.arrow or NAME.arrows. */
function write(
  { folder, name, form }: Written,
  layout: Layout,
  lines: string | Buffer,
  options: Partial<ColumnWriterOptions> = {},
): string {
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, `${name}.jsonl`), lines);
  const path = join(folder, `${name}.${SUFFIXES[form]}`);
  const writer = createColumnWriter({ layout, path, form, ...options });
  const text = Buffer.from(lines);
  const { bad } = writer.writeLines(text);
  if (bad.length > 0) throw new Error(JSON.stringify(bad));
  writer.finish();
  return path;
}

const TRADE = `
       01 TRADE.
          05 ID            PIC X(8).
          05 QUANTITY      PIC S9(9) COMP.
          05 PRICE         PIC S9(7)V9(4) COMP-3.
          05 NOTIONAL      PIC S9(30)V99 COMP-3.
          05 THOUSANDS     PIC 9(3)PP.
          05 TINY          PIC VPP999.
          05 LEGS-COUNT    PIC 9.
          05 DETAIL.
             10 KIND       PIC X.
             10 RATE       COMP-2.
          05 OLD-KEY       PIC X(4).
          05 NEW-KEY REDEFINES OLD-KEY PIC 9(4).
          05 LEGS OCCURS 0 TO 3 DEPENDING ON LEGS-COUNT.
             10 VENUE      PIC X(3).
             10 SIZES      PIC 9(4) OCCURS 2.
`;
const TRADE_LINES = [
  '{"ID":"A1","QUANTITY":-100,"PRICE":12.3456,"NOTIONAL":-123456789012345678901234567890.12,"THOUSANDS":12300,"TINY":0.00123,"LEGS-COUNT":2,"DETAIL":{"KIND":"x","RATE":0.1},"OLD-KEY":"ABCD","NEW-KEY":null,"LEGS":[{"VENUE":"XPA","SIZES":[1,2]},{"VENUE":"é","SIZES":[3,4]}]}',
  '{"ID":"","QUANTITY":0,"PRICE":0.0000,"NOTIONAL":0.00,"THOUSANDS":0,"TINY":0.00000,"LEGS-COUNT":0,"DETAIL":{"KIND":"\\"\\\\","RATE":-1e+300},"OLD-KEY":"1234","NEW-KEY":1234,"LEGS":[]}',
].map(line => `${line}\n`);

t.test('a trade becomes columns that pyarrow and DuckDB read with the same values', withReaders, t => {
  const place = { folder: join(folder, 'trade'), name: 'trade' };
  const layout = layoutOf(TRADE, 'latin1');
  const lines = TRADE_LINES.join('');
  const forms: ColumnForm[] = ['parquet', 'arrow', 'arrow-stream'];
  const [path] = forms.map(form => write({ ...place, form }, layout, lines));
  const { files, values, wrong } = compareColumns(place.folder);
  t.strictSame(wrong, []);
  t.equal(files, 4, 'Parquet twice, Arrow in both its forms');
  t.ok(values > 80, `${values} values`);
  const { arrow, duckdb } = describeParquet(path!);
  t.strictSame(arrow, [
    'ID: string not null',
    'QUANTITY: int32 not null',
    'PRICE: decimal128(11, 4) not null',
    'NOTIONAL: decimal128(32, 2) not null',
    'THOUSANDS: int32 not null',
    'TINY: decimal128(5, 5) not null',
    'LEGS-COUNT: int32 not null',
    'DETAIL: struct<KIND: string not null, RATE: double not null> not null',
    'OLD-KEY: string',
    'NEW-KEY: int32',
    'LEGS: list<item: struct<VENUE: string not null, SIZES: list<item: int32 not null> not null> not null> not null',
  ]);
  t.strictSame(duckdb, [
    'ID: VARCHAR',
    'QUANTITY: INTEGER',
    'PRICE: DECIMAL(11,4)',
    'NOTIONAL: DECIMAL(32,2)',
    'THOUSANDS: INTEGER',
    'TINY: DECIMAL(5,5)',
    'LEGS-COUNT: INTEGER',
    'DETAIL: STRUCT(KIND VARCHAR, RATE DOUBLE)',
    'OLD-KEY: VARCHAR',
    'NEW-KEY: INTEGER',
    'LEGS: STRUCT(VENUE VARCHAR, SIZES INTEGER[])[]',
  ]);
  t.end();
});

t.test('row groups, dictionaries, statistics and compression are those that were asked for', withReaders, t => {
  const layout = layoutOf('       01 R.\n          05 K PIC X(3).\n          05 N PIC S9(5)V99 COMP-3.\n');
  const lines = Array.from({ length: 2500 }, (_, n) => `{"K":"K${n % 7}","N":${n - 500}.25}\n`).join('');
  for (const [compression, told] of [
    ['zstd', 'ZSTD'],
    ['snappy', 'SNAPPY'],
    ['none', 'UNCOMPRESSED'],
  ] as const) {
    const place = { folder: join(folder, compression), name: 'groups', form: 'parquet' as const };
    const path = write(place, layout, lines, { compression, rowGroupRows: 1000 });
    const { groups, columns, created_by } = describeParquet(path);
    t.strictSame(groups, [1000, 1000, 500]);
    t.match(created_by, /^headrace/);
    t.strictSame(
      columns.map(({ path, type, compression, dictionary, min, max, nulls }) => [
        ...[path, type, compression, dictionary],
        ...[min, max, nulls],
      ]),
      [
        ['K', 'BYTE_ARRAY', told, true, 'K0', 'K6', 0],
        // Each value of its own: a dictionary would be longer.
        ['N', 'INT32', told, false, '-500.25', '499.25', 0],
      ],
    );
    t.strictSame(compareColumns(place.folder).wrong, []);
  }
  t.end();
});

t.test('golden records of GnuCOBOL are read back value by value', withReaders, t => {
  const golden = join(projectRoot, 'test', 'golden', 'cobol');
  const place = join(folder, 'golden');
  for (const [name, codePage] of [
    ['all-fields', 'ascii'],
    ['overpunch', 'cp037'],
    ['floats', 'ascii'],
  ] as const) {
    const layout = layoutOf(readFileSync(join(golden, `${name}.cpy`), 'utf8'), codePage, `${name}.cpy`);
    const lines = readFileSync(join(golden, `${name}.jsonl`));
    write({ folder: place, name, form: 'parquet' }, layout, lines);
    write({ folder: place, name, form: 'arrow' }, layout, lines, { compression: 'zstd' });
  }
  const { files, wrong } = compareColumns(place);
  t.strictSame(wrong, []);
  t.equal(files, 9);
  t.end();
});

/** Records near to good ones, as many as decode. */
function seededLines(layout: Layout, random: SeededRandom): Buffer {
  const template = recordTemplate(layout);
  const records = Array.from({ length: 20 }, (_, index) => {
    const record = Buffer.from(template);
    for (let change = index === 0 ? 0 : random.below(6); change > 0; change--)
      record[random.below(record.length)] = random.pick([
        0x00, 0x0c, 0x12, 0x30, 0x31, 0x39, 0x41, 0x7b, 0xc1, 0xf1, 0xff,
      ]);
    return record;
  });
  return linesOf(layout, Buffer.concat(records));
}

t.test(
  '100 seeded copybooks, all their tables and views: pyarrow and DuckDB read what decode writes',
  withReaders,
  t => {
    const place = join(folder, 'seeded');
    const random = new SeededRandom(20);
    let count = 0;
    for (let seed = 0; seed < 100; seed++) {
      const text = new CopybookMaker(random).make();
      try {
        const layout = layoutOf(text, random.pick(['cp037', 'ascii', 'cp1140']));
        const lines = seededLines(layout, random);
        for (const form of ['parquet', 'arrow'] as const)
          write({ folder: place, name: `seed-${seed}`, form }, layout, lines);
        count++;
      } catch (error) {
        if (!(error instanceof ConfigError)) throw error;
      }
    }
    const { files, values, wrong } = compareColumns(place);
    t.strictSame(wrong, []);
    t.ok(count >= 80, `${count} copybooks`);
    t.ok(files === count * 3 && values > 15_000, `${files} files, ${values} values`);
    t.end();
  },
);

t.test('a line that is no row is told with its field, and the rows around it are written', withReaders, t => {
  const place = { folder: join(folder, 'bad'), name: 'bad', form: 'parquet' as const };
  mkdirSync(place.folder);
  const layout = layoutOf(`
       01 R.
          05 A PIC 9(3)V9.
          05 G OCCURS 2.
             10 B PIC X(3).
             10 C PIC 9(12).`);
  const path = join(place.folder, 'bad.parquet');
  const writer = createColumnWriter({ layout, path, form: 'parquet' });
  const good = '{"A":1.5,"G":[{"B":"x","C":1},{"B":"y","C":2}]}';
  const cases: readonly (readonly [string, string, RegExp])[] = [
    ['{"A":1.55,"G":[]}', 'A', /more decimals/],
    ['{"A":12345,"G":[]}', 'A', /more digits/],
    ['{"A":"1.5","G":[{"B":"x","C":1},{"B":2,"C":2}]}', 'G(2).B', /not a string/],
    ['{"A":1,"G":[{"B":"x","C":1e30}]}', 'G(1).C', /more digits/],
    ['{"A":null,"G":[]}', 'A', /null/],
    ['{"G":[]}', 'A', /missing/],
    ['{"A":1,"G":{}}', 'G', /not an array/],
    ['{"A":1,"A":2,"G":[]}', 'A', /twice/],
    ['{"A":1,"Z":2,"G":[]}', 'Z', /no such column/],
    ['{"A":1,"G":[]} {}', '', /more than one/],
    ['[1]', '', /not a JSON object/],
    ['{"A":1,"G":[', 'G(1)', /not JSON|not a JSON/],
  ];
  const lines = cases.flatMap(([line]) => [good, line]);
  const { rows, bad, consumed } = writer.writeLines(Buffer.from([...lines, '', good].join('\n')));
  t.equal(consumed, Buffer.byteLength([...lines, '', good].join('\n')));
  t.equal(rows, cases.length + 1);
  t.strictSame(
    bad.map(({ line, field }) => [line, field]),
    cases.map(([, field], index) => [index * 2 + 1, field]),
  );
  bad.forEach(({ what }, index) => t.match(what, cases[index]![2]));
  const other = '{ "G" : [ { "C" : 10, "B" : "\\u0041" } ] , "$raw" : "00", "A" : "-0.5e1" }';
  t.strictSame(writer.writeLines(Buffer.from(other)).bad, []);
  t.strictSame(writer.finish().rows, cases.length + 2);
  const same = '{"A":-5.0,"G":[{"B":"A","C":10}]}';
  writeFileSync(join(place.folder, 'bad.jsonl'), `${good}\n`.repeat(cases.length + 1) + same);
  t.strictSame(compareColumns(place.folder).wrong, []);
  t.end();
});

t.test('the file has its name when it is whole, and nothing is left of one given up', withCrate, t => {
  const layout = layoutOf('       01 R.\n          05 K PIC X(3).\n');
  const path = join(folder, 'whole.parquet');
  const line = Buffer.from('{"K":"a"}\n');
  const given = createColumnWriter({ layout, path, form: 'parquet' });
  given.writeLines(line);
  t.ok(existsSync(`${path}.partial`));
  given.abort();
  t.notOk(existsSync(`${path}.partial`));
  t.throws(() => given.writeLines(line), { code: 'HR_CLOSED' });
  t.throws(() => given.finish(), ClosedError);
  const writer = createColumnWriter({ layout, path, form: 'parquet' });
  writer.writeLines(line);
  t.notOk(existsSync(path));
  const { rows, sizeBytes } = writer.finish();
  t.equal(rows, 1);
  t.equal(readFileSync(path).length, sizeBytes);
  t.notOk(existsSync(`${path}.partial`));
  t.end();
});

t.test('what cannot be written is refused with its place and cause', withCrate, t => {
  const layout = layoutOf('       01 R.\n          05 K PIC X(3).\n');
  const open = (options: Partial<ColumnWriterOptions>) => (): unknown =>
    createColumnWriter({ layout, path: join(folder, 'refused'), form: 'parquet', ...options });
  t.throws(open({ path: join(folder, 'no', 'folder') }), {
    code: 'HR_OUTPUT',
    message: /no.folder cannot be written: No such file/,
  });
  t.throws(open({ form: 'arrow', compression: 'snappy' }), { code: 'HR_COLUMNS', message: /no compression snappy/ });
  t.throws(open({ rowGroupRows: 0 }), ConfigError);
  t.notOk(existsSync(join(folder, 'refused.partial')));
  const filler = layoutOf('       01 R.\n          05 FILLER PIC X(3).\n');
  t.throws(open({ layout: filler }), { code: 'HR_COLUMNS', message: /no columns/ });
  t.end();
});

t.test(
  'a full disk gives the file up with HR_DISK_FULL',
  { ...withCrate, ...(existsSync('/dev/full') ? {} : { skip: '/dev/full' }) },
  t => {
    const layout = layoutOf('       01 R.\n          05 K PIC X(9).\n');
    const place = join(folder, 'full');
    mkdirSync(place);
    const path = join(place, 'full.arrow');
    symlinkSync('/dev/full', `${path}.partial`);
    const writer = createColumnWriter({ layout, path, form: 'arrow' });
    writer.writeLines(Buffer.from('{"K":"a"}\n'));
    t.throws(() => writer.finish(), CapacityError);
    t.notOk(existsSync(path));
    t.notOk(existsSync(`${path}.partial`));
    t.end();
  },
);
