import { mkdtempSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import t from 'tap';

import {
  chooseRecord,
  compileCopybook,
  createColumnWriter,
  createDecoder,
  createJsonWriter,
  frameFixed,
  Framing,
  hasColumnarCrate,
  openColumnReader,
  recordTemplate,
  rowsTellAll,
  type ColumnForm,
  type Layout,
} from '../../src/codec/index.js';
import { ConfigError } from '../../src/model/index.js';
import { loadAddon } from '../../src/native/index.js';
import { columnReadersMissing, writeForeignColumns } from '../support/column-readers.js';
import { CopybookMaker } from '../support/copybooks.js';
import { SeededRandom } from '../support/fuzz.js';
import { projectRoot } from '../support/project.js';
import { needs } from '../support/servers.js';

t.setTimeout(400_000);
const folder = mkdtempSync(join(tmpdir(), 'headrace-columnar-rows-'));
t.teardown(() => rmSync(folder, { recursive: true, force: true }));
const crateMissing = hasColumnarCrate() ? undefined : 'the columnar crate needs cargo';
const withCrate = needs(crateMissing);
const withReaders = needs(crateMissing ?? columnReadersMissing());
const addon = loadAddon('prefer');

function layoutOf(text: string, codePage = 'ascii', float: 'ibm' | 'ieee' = 'ieee'): Layout {
  return chooseRecord(compileCopybook(text, { file: 'x.cpy', codePage, float }), undefined);
}

/** Records near to good ones. */
function seededRecords(layout: Layout, random: SeededRandom): Buffer {
  const template = recordTemplate(layout);
  const records = Array.from({ length: 30 }, (_, index) => {
    const record = Buffer.from(template);
    for (let change = index === 0 ? 0 : random.below(6); change > 0; change--)
      record[random.below(record.length)] = random.pick([0x00, 0x0c, 0x12, 0x30, 0x39, 0x41, 0x7b, 0xc1, 0xf1, 0xff]);
    return record;
  });
  return Buffer.concat(records);
}

function linesOf(layout: Layout, bytes: Uint8Array): Buffer {
  const writer = createJsonWriter({ layout, native: addon, exactLength: false });
  const framing = new Framing(Math.floor(bytes.length / layout.sizeBytes));
  frameFixed(framing, layout.sizeBytes, 0, bytes.length);
  const out = Buffer.alloc(writer.plan.textSizeMax * (framing.count + 1));
  const batch = writer.write({ bytes, framing, first: { record: 1, fileOffset: 0 } }, 0, out);
  return out.subarray(0, batch.length);
}

function readAll(path: string): string {
  const reader = openColumnReader(path);
  let text = '';
  for (let lines = reader.read(); lines !== undefined; lines = reader.read())
    text += Buffer.from(lines.text).toString();
  reader.close();
  return text;
}

function fromLines(layout: Layout, lines: Buffer, form: ColumnForm): string {
  const path = join(folder, `lines.${form}`);
  const writer = createColumnWriter({ layout, path, form });
  const { bad } = writer.writeLines(lines);
  if (bad.length > 0) throw new Error(JSON.stringify(bad));
  writer.finish();
  return readAll(path);
}

function fromRows(layout: Layout, records: Buffer, form: ColumnForm): string {
  const path = join(folder, `rows.${form}`);
  const decoder = createDecoder({ layout, native: addon });
  const writer = createColumnWriter({ layout, path, form, decoder, rowGroupRows: 7 });
  const rows = new Uint8Array((decoder.rowSize * records.length) / layout.sizeBytes);
  const count = decoder.decodeRows(records, 0, records.length, rows);
  if (writer.writeRows(rows, count).length > 0) throw new Error('a row was left out');
  writer.finish();
  return readAll(path);
}

t.test('300 seeded copybooks: rows of the decoder and lines of JSON become the same columns', withCrate, t => {
  const random = new SeededRandom(77);
  const maker = new CopybookMaker(random);
  let count = 0;
  let lineCount = 0;
  for (let seed = 0; seed < 300; seed++) {
    const text = maker.make();
    try {
      const layout = layoutOf(text, random.pick(['cp037', 'ascii', 'cp930', 'utf-8']), random.pick(['ibm', 'ieee']));
      if (!rowsTellAll(layout)) continue;
      const records = seededRecords(layout, random);
      const lines = linesOf(layout, records);
      const form = random.pick(['parquet', 'arrow', 'arrow-stream'] as const);
      const [expected, found] = [fromLines(layout, lines, form), fromRows(layout, records, form)];
      if (expected !== found) t.equal(found, expected, `${seed}: ${text}`);
      count++;
      lineCount += expected.split('\n').length - 1;
    } catch (error) {
      if (!(error instanceof ConfigError)) throw error;
    }
  }
  t.ok(count > 120 && lineCount > 2000, `${count} copybooks, ${lineCount} records`);
  t.end();
});

t.test('lines of decode come back to the byte from Parquet and Arrow', withCrate, t => {
  const golden = join(projectRoot, 'test', 'golden', 'cobol');
  for (const name of ['all-fields', 'floats']) {
    const layout = layoutOf(readFileSync(join(golden, `${name}.cpy`), 'utf8'));
    const lines = readFileSync(join(golden, `${name}.jsonl`));
    for (const form of ['parquet', 'arrow', 'arrow-stream'] as const)
      t.equal(fromLines(layout, lines, form), lines.toString(), `${name} ${form}`);
  }
  t.end();
});

t.test('a million digits of rows come in calls of about a MiB, and Parquet tells its rows first', withCrate, t => {
  const layout = layoutOf('       01 R.\n          05 K PIC X(100).\n          05 N PIC 9(9).\n');
  const path = join(folder, 'long.parquet');
  const writer = createColumnWriter({ layout, path, form: 'parquet' });
  const lines = Array.from({ length: 50_000 }, (_, n) => `{"K":"${'k'.repeat(n % 101)}","N":${n}}\n`);
  writer.writeLines(Buffer.from(lines.join('')));
  writer.finish();
  const reader = openColumnReader(path);
  t.equal(reader.rows, 50_000);
  const sizes: number[] = [];
  let rows = 0;
  for (let taken = reader.read(); taken !== undefined; taken = reader.read()) {
    sizes.push(taken.text.length);
    rows += taken.rows;
  }
  t.equal(rows, 50_000);
  t.equal(
    sizes.reduce((sum, size) => sum + size),
    lines.join('').length,
  );
  t.ok(sizes.length > 2 && sizes.every(size => size < (1 << 20) + 200), sizes.join());
  t.equal(readAll(path), lines.join(''));
  t.end();
});

t.test(
  'files of pyarrow are read: every type that JSON has a value for, dictionaries, compressions',
  withReaders,
  t => {
    const foreign = writeForeignColumns(folder);
    t.ok(foreign.length >= 8, foreign.join());
    const expected = [
      '{"b":true,"i8":-128,"u64":18446744073709551615,"f32":0.1,"f64":1e+300,"dec":-0.05,"dec256":12345678901234567890123456789012345678901.5,"s":"a\\"b\\n€","ls":"large","bin":"00ff","d":"2024-02-29","ts":"2024-02-29T12:30:00.250Z","local":"2024-02-29T12:30:00","dict":"x","list":[1,null,3],"fixed":["p","q"],"st":{"a":1,"b":null},"map":[{"key":"k","value":1}]}',
      '{"b":null,"i8":null,"u64":null,"f32":null,"f64":null,"dec":null,"dec256":null,"s":null,"ls":null,"bin":null,"d":null,"ts":null,"local":null,"dict":null,"list":null,"fixed":null,"st":null,"map":null}',
      '{"b":false,"i8":0,"u64":0,"f32":0,"f64":null,"dec":1234567.89,"dec256":0.0,"s":"","ls":"","bin":"","d":"1970-01-01","ts":"1969-12-31T23:59:59.999Z","local":"1970-01-01T00:00:00","dict":"y","list":[],"fixed":["",null],"st":{"a":null,"b":"z"},"map":[]}',
    ];
    for (const path of foreign) t.strictSame(readAll(path).split('\n'), [...expected, ''], path);
    t.end();
  },
);

t.test('what is no file of columns is refused by name, and a damaged one never ends the process', withCrate, t => {
  t.throws(() => openColumnReader(join(folder, 'absent')), {
    code: 'HR_INPUT',
    message: /absent cannot be read: No such file/,
  });
  const text = join(folder, 'text.parquet');
  writeFileSync(text, 'a,b,c\n1,2,3\n');
  t.throws(() => openColumnReader(text), { code: 'HR_INPUT', message: /neither Parquet nor Arrow/ });
  const layout = layoutOf('       01 R.\n          05 K PIC X(9).\n          05 N PIC S9(5)V99 COMP-3 OCCURS 3.\n');
  const lines = Buffer.from('{"K":"abc","N":[1.00,2.50,-3.25]}\n'.repeat(100));
  const random = new SeededRandom(5);
  for (const form of ['parquet', 'arrow', 'arrow-stream'] as const) {
    fromLines(layout, lines, form);
    const whole = readFileSync(join(folder, `lines.${form}`));
    const path = join(folder, `damaged.${form}`);
    let refused = 0;
    for (let turn = 0; turn < 60; turn++) {
      const bytes = Buffer.from(whole);
      for (let change = 1 + random.below(3); change > 0; change--)
        bytes[random.below(bytes.length)] = random.below(256);
      writeFileSync(path, bytes);
      if (turn % 4 === 0) truncateSync(path, random.below(bytes.length));
      try {
        readAll(path);
      } catch (error) {
        if (!(error instanceof ConfigError)) throw error;
        refused++;
      }
    }
    t.ok(refused > 10, `${form}: ${refused} of 60`);
  }
  t.end();
});

t.test('rows that are not the decoder’s are refused, whatever their bytes are', withCrate, t => {
  const layout = layoutOf(`
       01 R.
          05 A PIC X(4).
          05 B REDEFINES A PIC 9(4).
          05 W PIC 9(30) COMP.
          05 X PIC S9(30) COMP-5.`);
  const decoder = createDecoder({ layout, native: addon });
  const path = join(folder, 'foreign.parquet');
  const other = createDecoder({ layout, fields: ['A'], native: addon });
  t.throws(() => createColumnWriter({ layout, path, form: 'parquet', decoder: other }), { code: 'HR_COLUMNS' });
  const random = new SeededRandom(9);
  for (let turn = 0; turn < 50; turn++) {
    const writer = createColumnWriter({ layout, path, form: 'parquet', decoder });
    const rows = Uint8Array.from({ length: decoder.rowSize * 20 }, () => random.below(256));
    for (let row = 0; row < 20; row++) rows.fill(0, row * decoder.rowSize, row * decoder.rowSize + 8);
    writer.writeRows(rows, 20);
    writer.finish();
  }
  const writer = createColumnWriter({ layout, path, form: 'parquet', decoder });
  const record = Buffer.concat([Buffer.from('1234'), Buffer.alloc(16), Buffer.alloc(16, 0x7f)]);
  const records = Buffer.concat([record, Buffer.from([...record.subarray(0, 35), 0])]);
  const rows = new Uint8Array(decoder.rowSize * 2);
  decoder.decodeRows(records, 0, records.length, rows);
  const bad = writer.writeRows(rows, 2);
  t.strictSame(
    bad,
    [
      { row: 0, field: 'X' },
      { row: 1, field: 'X' },
    ].slice(0, bad.length),
  );
  writer.finish();
  t.end();
});
