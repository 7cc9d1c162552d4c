import { spawnSync } from 'node:child_process';
import fc from 'fast-check';
import t from 'tap';

import { Decimal, type DataRecord } from '../../src/model/index.js';
import { forms, type FormSchema } from '../../src/transform/index.js';
import { readAll, readPieces, schemaOf, shown, writeAll, writePieces } from '../support/form-runs.js';
import { needs } from '../support/servers.js';

const FIELDS = [
  { name: 'id', type: 'integer', length: 9 },
  { name: 'name', type: 'string', length: 20 },
  { name: 'amount', type: 'decimal', scale: 2, length: 14, signed: true },
  { name: 'day', type: 'date', length: 10 },
  { name: 'open', type: 'boolean', length: 5 },
];
const RECORDS: readonly DataRecord[] = [
  { id: 1, name: 'Ann, "the" <first>', amount: new Decimal(-1250n, 2), day: '2026-03-01', open: true },
  { id: 2, name: 'Zoë & Söhne', amount: new Decimal(99999999999n, 2), day: null, open: false },
];
const COPYBOOK = [
  { name: 'id', type: 'number', length: 9 },
  { name: 'name', type: 'string', length: 20 },
  { name: 'amount', type: 'packed', digits: 11, scale: 2 },
  { name: 'day', type: 'string', length: 10 },
  { name: 'open', type: 'string', length: 5 },
];
const SCHEMAS: Readonly<Record<string, FormSchema>> = {
  json: schemaOf({ output: 'text' }),
  csv: schemaOf({}, { fields: FIELDS }),
  xml: schemaOf({ recordElement: 'record' }, { fields: FIELDS }),
  fixed_width: schemaOf({}, { fields: FIELDS }),
};

t.test(
  'the same records come back from json, csv, xml and fixed_width, whole and in pieces of 1 and 7 bytes',
  async t => {
    for (const [form, schema] of Object.entries(SCHEMAS)) {
      const present = form === 'xml' ? RECORDS.map(record => withoutNulls(record)) : RECORDS;
      const text = writeAll(form, RECORDS, schema);
      const expected = present.map(shown);
      t.strictSame(readAll(form, text, schema), expected, form);
      t.strictSame(readAll(form, Buffer.from(`\ufeff${text}`), schema), expected, `${form} behind a byte order mark`);
      t.equal(await writePieces(form, RECORDS, schema), text, `${form} streams the same text`);
      for (const size of [1, 7])
        t.strictSame(await readPieces(form, text, schema, size), expected, `${form} in pieces of ${size}`);
    }
  },
);

const withoutNulls = (record: DataRecord): DataRecord =>
  Object.fromEntries(Object.entries(record).filter(([, value]) => value !== null));

t.test('each form to each other: through all five the records stay the same', async t => {
  const copybook = schemaOf({ codePage: 'ascii' }, { fields: COPYBOOK });
  const texts = RECORDS.map(record => ({ ...record, day: record['day'] ?? '', open: String(record['open']) }));
  const bytes = forms.get('cobol_copybook')!.write(texts, copybook) as Uint8Array;
  t.equal(bytes.length, 2 * (9 + 20 + 6 + 10 + 5));
  let records = [...forms.get('cobol_copybook')!.read(bytes, copybook)] as DataRecord[];
  t.strictSame(records.map(shown), texts.map(shown));
  t.strictSame(await readPieces('cobol_copybook', bytes, copybook, 13), texts.map(shown));
  for (const [form, schema] of Object.entries(SCHEMAS))
    records = [...forms.get(form)!.read(forms.get(form)!.write(records, schema), schema)] as DataRecord[];
  t.strictSame(
    records.map(record => shown(record)),
    RECORDS.map(shown),
  );
});

const hasPython = spawnSync('python3', ['--version']).error === undefined;
const python = (program: string, input: string): unknown =>
  JSON.parse(spawnSync('python3', ['-c', program], { input, encoding: 'utf8' }).stdout || 'null');

const PYTHON_CSV = `
import csv, io, json, sys
print(json.dumps([dict(row) for row in csv.DictReader(io.StringIO(sys.stdin.buffer.read().decode('utf-8'), newline=''))]))`;
const PYTHON_XML = `
import json, sys
import xml.etree.ElementTree as tree
root = tree.fromstring(sys.stdin.buffer.read())
print(json.dumps([{ child.tag: child.text for child in record } for record in root]))`;
const PYTHON_WRITES = `
import csv, io, json, sys
import xml.etree.ElementTree as tree
rows = json.load(sys.stdin)
text = io.StringIO(newline='')
writer = csv.DictWriter(text, rows[0].keys(), quoting=csv.QUOTE_ALL)
writer.writeheader()
writer.writerows(rows)
root = tree.Element('records')
for row in rows:
    record = tree.SubElement(root, 'record')
    for name, value in row.items(): tree.SubElement(record, name).text = value
print(json.dumps({ 'csv': text.getvalue(), 'xml': tree.tostring(root, encoding='unicode') }))`;

t.test(
  "Python's csv and xml.etree read what we write, and we read what they write",
  needs(hasPython ? undefined : 'python3 is not here'),
  async t => {
    const text = fc
      .string({ unit: 'grapheme', maxLength: 12 })
      .filter(
        value =>
          !/[^\t\n\u0020-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/u.test(value) &&
          value.trim() === value &&
          value !== '',
      );
    const rows = fc.sample(fc.record({ a: text, b: text }, { noNullPrototype: true }), {
      numRuns: 200,
      seed: 11,
    }) as readonly DataRecord[];
    t.strictSame(python(PYTHON_CSV, writeAll('csv', rows)), rows);
    t.strictSame(python(PYTHON_XML, writeAll('xml', rows)), rows);
    const { csv, xml } = python(PYTHON_WRITES, JSON.stringify(rows)) as { csv: string; xml: string };
    t.strictSame(readAll('csv', csv), rows);
    t.strictSame(readAll('xml', xml), rows);
  },
);

t.test('any text that is no document of its form is refused or read, in any pieces alike', async t => {
  const seeds: Readonly<Record<string, string>> = {
    json: '[{"a":1.50,"b":[true,null,"x\\u00e9"]},{"a":-2}]',
    csv: 'a,b\r\n1,"x ""y"", z"\r\n2,\r\n',
    xml: '<?xml version="1.0"?><rs><r a="1"><b>x&amp;</b><b/></r><r a="2"><![CDATA[<]]></r></rs>',
    fixed_width: '000000001Ann                 +0000000001250\n',
  };
  for (const [form, seed] of Object.entries(seeds)) {
    const schema = form === 'fixed_width' ? schemaOf({}, { fields: FIELDS }) : schemaOf();
    const edits = fc.array(
      fc.tuple(
        fc.nat(seed.length),
        fc.nat(3),
        fc.constantFrom('<', '>', '"', '{', ']', ',', '&', '\n', '/', '9', '\ufeff', '\ud800'),
      ),
      { maxLength: 4 },
    );
    await fc.assert(
      fc.asyncProperty(edits, fc.integer({ min: 1, max: 9 }), async (changes, size) => {
        let text = seed;
        for (const [at, gone, put] of changes) text = text.slice(0, at) + put + text.slice(at + gone);
        const bytes = Buffer.from(text);
        t.strictSame(await readPieces(form, bytes, schema, size), readAll(form, bytes, schema), JSON.stringify(text));
      }),
      { numRuns: 150, seed: 7 },
    );
  }
});
