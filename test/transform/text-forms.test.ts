import t from 'tap';

import { Decimal, type DataRecord } from '../../src/model/index.js';
import { readAll, readPieces, schemaOf, writeAll } from '../support/form-runs.js';

const field = (type: string, more: object = {}): object => ({ fields: [{ name: 'a', type, ...more }] });

t.test('a value of CSV by its type, or why it is none', async t => {
  const rows: readonly [string, object, string, unknown][] = [
    ['string', {}, ' x ', ' x '],
    ['integer', {}, '-042', -42],
    ['integer', {}, '1234567890123456', '1234567890123456d'],
    ['integer', {}, '', null],
    ['integer', {}, '1.0', 'csv record 1, line 2, a: "1.0" is no integer'],
    ['decimal', { scale: 2 }, '1.5', '1.50d'],
    ['decimal', { scale: 2 }, '1.505', 'csv record 1, line 2, a: "1.505" has more than 2 digits behind the point'],
    ['decimal', {}, '12', 12],
    ['decimal', {}, '1e5', 'csv record 1, line 2, a: "1e5" is no number'],
    ['decimal', {}, 'NaN', 'csv record 1, line 2, a: "NaN" is no number'],
    ['date', {}, '2026-02-29', 'csv record 1, line 2, a: "2026-02-29" is no date YYYY-MM-DD'],
    ['date', { format: 'DD.MM.YYYY' }, '28.02.2026', '2026-02-28'],
    ['date', { format: 'YYYYMMDD' }, '20260228', '2026-02-28'],
    ['boolean', {}, 'Y', true],
    ['boolean', {}, 'no', false],
    ['boolean', {}, '2', 'csv record 1, line 2, a: "2" is neither true nor false'],
    ['S9(5)V99 COMP-3', {}, '1.5', '1.50d'],
  ];
  for (const [type, more, text, expected] of rows) {
    const [found] = readAll('csv', `a\n"${text}"\n`, schemaOf({}, field(type, more))) as [DataRecord];
    t.strictSame(typeof found === 'string' ? found : found['a'], expected, `${text} of ${type}`);
  }
  const json = {
    type: 'object',
    properties: { a: { type: 'integer' }, b: { type: 'object', properties: { c: { type: 'number' } } } },
  };
  t.strictSame(readAll('csv', 'b.c,a\n1.50,7\n', schemaOf({}, { jsonSchema: json })), [{ b: { c: '1.50d' }, a: 7 }]);
});

t.test('dialects of CSV: delimiters, quotes, comments, headers', async t => {
  t.strictSame(readAll('csv', 'a;b\r\n1;"2;3"\r\n', schemaOf({ dialect: 'semicolon' })), [{ a: '1', b: '2;3' }]);
  t.strictSame(readAll('csv', 'a\tb\n1\t2', schemaOf({ dialect: 'tsv' })), [{ a: '1', b: '2' }]);
  t.strictSame(readAll('csv', "a|b\n'1|'|2", schemaOf({ delimiter: '|', quote: "'" })), [{ a: '1|', b: '2' }]);
  t.strictSame(readAll('csv', '# no\na,b\n\n1,2\n# "\n\n', schemaOf({ comment: '#' })), [{ a: '1', b: '2' }]);
  t.strictSame(readAll('csv', '1,2\n', schemaOf({ headers: ['x', 'y'] })), [{ x: '1', y: '2' }]);
  t.strictSame(readAll('csv', '1\n', schemaOf({ header: false }, field('integer'))), [{ a: 1 }]);
  t.match(readAll('csv', '1\n', schemaOf({ header: false })), [/the schema names the columns/]);
  t.match(readAll('csv', '1\n', schemaOf({ dialect: 'odd' })), [/not one of rfc4180/]);
  t.equal(writeAll('csv', [{ a: '=1+1', b: '-12.50' }], schemaOf({ escapeFormulas: true })), "a,b\r\n'=1+1,-12.50\r\n");
  t.equal(writeAll('csv', [{ a: 1 }], schemaOf({ dialect: 'unix' })), '"a"\n"1"\n');
});

t.test('with one column an empty line of CSV is a record, and an empty value is written in quotes', async t => {
  const records = [{ a: 'x' }, { a: null }, { a: '' }, { a: 'y' }];
  const text = writeAll('csv', records);
  t.equal(text, 'a\r\nx\r\n""\r\n""\r\ny\r\n');
  t.strictSame(readAll('csv', text), [{ a: 'x' }, { a: '' }, { a: '' }, { a: 'y' }]);
  for (const newline of ['\n', '\r\n', '\r'])
    t.strictSame(
      readAll(
        'csv',
        ['# no', 'a', '1', '', '# "', '""', '2', ''].join(newline),
        schemaOf({ comment: '#' }, field('integer')),
      ),
      [{ a: 1 }, { a: null }, { a: null }, { a: 2 }],
    );
  t.strictSame(readAll('csv', '\n\na\n1\n', schemaOf({ headers: ['b'], header: true })), [{ b: '1' }]);
  t.match(readAll('csv', 'a,b\n\n""\n1,2\n'), [/record 1, line 3: it has 1 values, not 2/, { a: '1', b: '2' }]);
});

t.test('lines of CSV end in LF and CR LF as they come, or in CR alone, whole or in pieces of one byte', async t => {
  const texts: readonly (readonly [string, readonly object[]])[] = [
    ['\nA,B\r\n1,2\r\n', [{ A: '1', B: '2' }]],
    ['\nA,B\r\n"1","2"\r\n', [{ A: '1', B: '2' }]],
    [
      'A,B\n1,2\r\n3,"4"\r\n',
      [
        { A: '1', B: '2' },
        { A: '3', B: '4' },
      ],
    ],
    [
      'A,B\r\n1,2\n3,4',
      [
        { A: '1', B: '2' },
        { A: '3', B: '4' },
      ],
    ],
    ['A,"B\r"\r1,2\r', [{ A: '1', 'B\r': '2' }]],
    ['A,B\n1,2\r3\n', [{ A: '1', B: '2\r3' }]],
    ['A', []],
  ];
  for (const [text, records] of texts) {
    t.strictSame(readAll('csv', text), records, JSON.stringify(text));
    t.strictSame(await readPieces('csv', text, undefined, 1), records, `${JSON.stringify(text)} in pieces`);
  }
});

t.test('a bad line of CSV does not end the others; what csv-parse cannot go on from does', async t => {
  t.strictSame(readAll('csv', 'a,b\n1\n2,3\n4,5,6\n'), [
    'csv record 1, line 2: it has 1 values, not 2',
    { a: '2', b: '3' },
    'csv record 3, line 4: it has 3 values, not 2',
  ]);
  t.match(readAll('csv', 'a,b\n1,2\n3,"4\n'), [{ a: '1', b: '2' }, /ends: csv record 2, line \d+: Quote Not Closed/]);
  t.match(readAll('csv', 'a,b\n1,x"y\n'), [/ends: csv record 1, line 2: .*[Qq]uote/]);
  t.match(readAll('csv', 'a,a\n1,2\n'), [/header has the name twice/]);
  t.match(readAll('csv', '__proto__\n1\n'), [/__proto__/]);
  t.match(readAll('csv', 'b\n1\n', schemaOf({}, field('integer'))), [
    /line 1, a: the header has no such name; it has b/,
  ]);
  t.match(readAll('csv', 'a\nx\0y\n'), [/zero byte/]);
  t.match(readAll('csv', Buffer.from([0x61, 0x0a, 0xff])), [/not UTF-8/]);
  t.match(readAll('csv', `a\n"${'x'.repeat(17 * 1024 * 1024)}`), [/Max Record Size/]);
});

t.test('groups and lists of a record are columns of their own', async t => {
  const records = [
    { a: { b: 1 }, c: ['x', 'y'] },
    { a: { b: null, d: new Decimal(150n, 2) }, c: [] },
  ];
  t.equal(writeAll('csv', records), 'a.b,c.0,c.1,a.d\r\n1,x,y,\r\n,,,1.50\r\n');
  t.throws(() => writeAll('csv', [{ a: { b: 1 } }], schemaOf({}, field('string'))), {
    name: 'EncodeError',
    code: 'HR_FORM_WRITE',
    details: { form: 'csv', record: 1, field: 'a' },
  });
});

t.test('fixed width: places, padding, signs, implied points', async t => {
  const fields = [
    { name: 'a', type: 'string', width: 3 },
    { name: 'n', type: 'decimal', width: 6, scale: 2, signed: true },
    { name: 'FILLER', type: 'string', width: 1 },
    { name: 'i', type: 'integer', width: 4, pad: ' ' },
    { name: 'r', type: 'string', width: 3, align: 'right', start: 16 },
  ];
  const schema = schemaOf({}, { fields });
  const record = { a: 'x', n: new Decimal(-150n, 2), i: 42, r: 'z' };
  const line = 'x  -00150   42   z\n';
  t.equal(writeAll('fixed_width', [record], schema), line);
  t.strictSame(readAll('fixed_width', line, schema), [{ a: 'x', n: '-1.50d', i: 42, r: 'z' }]);
  t.strictSame(readAll('fixed_width', 'x  1.5      42   z\r\nyyy 00025\n', schema), [
    { a: 'x', n: '1.50d', i: 42, r: 'z' },
    'fixed_width record 2, line 2, i: "" is missing: the line ends before it',
  ]);
  const apart = schemaOf(
    {},
    {
      fields: [
        { name: 'a', width: 2, offset: 1 },
        { name: 'b', width: 1, offset: 5 },
      ],
    },
  );
  t.strictSame(readAll('fixed_width', '.xy..z\n', apart), [{ a: 'xy', b: 'z' }], 'offset counts from 0');
  const blocks = 'x  -00150   42   z'.repeat(3);
  t.equal(readAll('fixed_width', blocks, schema).length, 3, 'without line ends, records of one width');
  t.equal((await readPieces('fixed_width', blocks, schema, 5)).length, 3);
  t.match(readAll('fixed_width', `${line.trimEnd()}more\n`, schema), [/it has 22 characters, not 18/]);
  t.match(readAll('fixed_width', 'x  abc       1   z\n', schema), [/record 1, line 1, n: "abc   " is no number/]);
  t.throws(() => writeAll('fixed_width', [{ ...record, a: 'long' }], schema), {
    details: { field: 'a', record: 1 },
    name: 'EncodeError',
  });
  t.throws(() => writeAll('fixed_width', [{ ...record, a: 'x\ny' }], schema), {
    message: /line end/,
    name: 'EncodeError',
  });
  t.throws(() => writeAll('fixed_width', [], schemaOf({}, { fields: [{ name: 'a' }] })), {
    code: 'HR_SCHEMA',
    message: /no width/,
  });
  t.throws(() => writeAll('fixed_width', [], schemaOf()), { code: 'HR_SCHEMA' });
});

t.test('JSON text: every digit, arrays, lines, one object, and what is none', async t => {
  t.strictSame(readAll('json', '{"a":1.50,"b":123456789012345678901234567890,"c":5}'), [
    { a: '1.50d', b: '123456789012345678901234567890d', c: 5 },
  ]);
  t.strictSame(readAll('json', '{"a":1}\n{"a":2}\n'), [{ a: 1 }, { a: 2 }]);
  t.strictSame(readAll('json', ' [ ] '), []);
  t.strictSame(readAll('json', '[{"a":1},{"a":01},{"a":3}]'), [
    { a: 1 },
    'json record 2, line 1: it is no JSON from byte 6 of the record on',
    { a: 3 },
  ]);
  t.match(readAll('json', '[{"a":1},]'), [{ a: 1 }, /ends: json record 2, line 1: expected an object, found "]"/]);
  t.match(readAll('json', '[{"a":1}'), [{ a: 1 }, /ends: .*the text ends inside/]);
  t.match(readAll('json', '[1]'), [/expected an object, found "1"/]);
  t.match(readAll('json', '{"a":{"__proto__":1}}'), [/json record 1, line 1, a\.__proto__: no member/]);
  t.match(readAll('json', '{"a":1,"\\u0061":2}'), [/given twice/]);
  t.match(readAll('json', `{"a":${'['.repeat(200)}${']'.repeat(200)}}`), [/no JSON/]);
  t.match(readAll('json', `{"a":1e99999}`), [/1,000 digits/]);
  t.match(readAll('json', Buffer.from([0x7b, 0x22, 0xff, 0x22, 0x3a, 0x31, 0x7d])), [/not UTF-8/]);
  t.match(readAll('json', `{"a":"${'x'.repeat(17 * 1024 * 1024)}`), [/longer than 16777216 bytes/]);
});

t.test('objects of a program, in and out', async t => {
  t.strictSame(readAll('json', [{ a: 0.1, b: 2n, c: new Date(0), d: undefined, e: [null] }]), [
    { a: '0.1d', b: 2n, c: '1970-01-01T00:00:00.000Z', d: undefined, e: [null] },
  ]);
  const cycle: Record<string, unknown> = {};
  cycle['a'] = cycle;
  t.match(readAll('json', [{ a: NaN }, { f: () => 1 }, 5, cycle, JSON.parse('{"__proto__":1}')]), [
    /NaN|value of JSON/,
    /function/,
    /no object/,
    /deeper than 128/,
    /__proto__/,
  ]);
  const record = { a: new Decimal(150n, 2), b: 7, c: undefined, d: [12345678901234567890n] };
  const { forms } = await import('../../src/transform/index.js');
  const write = (options: object): unknown => forms.get('json')!.write([record], schemaOf({ ...options }));
  t.strictSame(write({}), [{ a: '1.50', b: 7, d: ['12345678901234567890'] }]);
  t.strictSame(write({ numbers: 'number' }), [{ a: 1.5, b: 7, d: ['12345678901234567890'] }]);
  t.equal(write({ output: 'text' }), '[{"a":1.50,"b":7,"d":[12345678901234567890]}]\n');
  t.throws(() => write({ output: 'yaml' }), { code: 'HR_SCHEMA' });
});
