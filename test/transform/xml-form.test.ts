import t from 'tap';

import { Decimal } from '../../src/model/index.js';
import { readAll, schemaOf, writeAll } from '../support/form-runs.js';

t.test('elements become members: text, attributes, lists where they are repeated', async t => {
  const order = '<order id="7"><line>a</line><line no="2">b</line><note/><who><name>Ann</name></who></order>';
  const record = { '@id': '7', line: ['a', { '@no': '2', '#text': 'b' }], note: '', who: { name: 'Ann' } };
  t.strictSame(readAll('xml', order, schemaOf({ recordElement: 'order' })), [record]);
  t.strictSame(readAll('xml', `<orders>${order}${order}</orders>`), [record, record]);
  t.strictSame(readAll('xml', `<orders><day>1</day>${order}</orders>`, schemaOf({ recordElement: 'order' })), [record]);
});

t.test('what the records of a document are, where nothing says it', async t => {
  t.strictSame(readAll('xml', '<r><a>1</a><b>2</b></r>'), [{ a: '1', b: '2' }]);
  t.strictSame(readAll('xml', '<r><a>1</a><a>2</a></r>'), [{ a: ['1', '2'] }]);
  t.strictSame(
    readAll('xml', '<rows><row><a>1</a></row></rows>'),
    [{ a: '1' }],
    'one element in one that is named as a list',
  );
  t.strictSame(readAll('xml', '<order><head><a>1</a></head></order>'), [{ head: { a: '1' } }]);
  t.strictSame(readAll('xml', '<order><head><a>1</a></head></order>', schemaOf({ root: 'order' })), [{ a: '1' }]);
  t.match(readAll('xml', '<r><a><b/></a><a><b/></a><c><b/></c></r>'), [
    {},
    {},
    /r holds a and c; name the element of a record/,
  ]);
  t.strictSame(readAll('xml', '<rows/>'), [{}]);
});

t.test('types and lists by the schema', async t => {
  const jsonSchema = {
    type: 'object',
    properties: {
      '@id': { type: 'integer' },
      amount: { type: 'number' },
      tag: { type: 'array', items: { type: 'string' } },
      lines: { type: 'array', items: { type: 'object', properties: { n: { type: 'integer' } } } },
    },
  };
  const schema = schemaOf({ recordElement: 'r' }, { jsonSchema });
  t.strictSame(readAll('xml', '<r id="7"><amount>1.50</amount><tag>x</tag><lines><n>1</n></lines></r>', schema), [
    { '@id': 7, amount: '1.50d', tag: ['x'], lines: [{ n: 1 }] },
  ]);
  t.match(readAll('xml', '<rs><r id="x"/><r id="1"/>\n<r><amount>1</amount><amount>2</amount></r></rs>', schema), [
    /xml record 1, line 1, @id: "x" is no integer/,
    { '@id': 1 },
    /xml record 3, line 2, amount: it stands 2 times, but the schema says it is no list/,
  ]);
  const fields = [
    { name: 'id', type: 'integer', attribute: true },
    { name: 'v', type: 'decimal', scale: 1, occurs: 2 },
  ];
  const byFields = schemaOf({ recordElement: 'r' }, { fields });
  t.strictSame(readAll('xml', '<r id="7"><v>1</v></r>', byFields), [{ id: 7, v: ['1.0d'] }]);
  t.equal(
    writeAll('xml', [{ id: 7, v: [new Decimal(1n), 2] }], schemaOf({ recordElement: 'r', indent: false }, { fields })),
    '<?xml version="1.0" encoding="UTF-8"?>\n<records>\n<r id="7"><v>1.0</v><v>2.0</v></r>\n</records>\n',
  );
  const nil = '<r xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"><amount xsi:nil="true"/><tag/></r>';
  t.strictSame(readAll('xml', nil, schema), [{ amount: null, tag: [''] }]);
});

t.test('namespaces are told apart by their address, whatever prefix a document has', async t => {
  const text = '<x:r xmlns:x="urn:a" xmlns="urn:b"><x:v>1</x:v><v x:k="2">3</v></x:r>';
  const schema = schemaOf({ recordElement: 'a:r', namespaces: { a: 'urn:a', '': 'urn:b' } });
  t.strictSame(readAll('xml', text, schema), [{ 'a:v': '1', v: { '@a:k': '2', '#text': '3' } }]);
  t.match(readAll('xml', text, schemaOf({ recordElement: 'a:r', namespaces: { a: 'urn:a' } })), [
    /urn:b, which namespaces does not name/,
  ]);
  t.strictSame(
    readAll('xml', '<x:r xmlns:x="urn:a"><x:v>1</x:v></x:r>'),
    [{ v: '1' }],
    'local names where no namespaces are named',
  );
  t.match(readAll('xml', '<x:r/>'), [/not well-formed: unbound namespace prefix/]);
  const written = writeAll('xml', [{ 'a:v': 1 }], schemaOf({ namespaces: { a: 'urn:a&b' }, indent: false }));
  t.match(written, '<records xmlns:a="urn:a&amp;b">');
  t.throws(() => writeAll('xml', [{ 'z:v': 1 }]), { message: /prefix z is not among namespaces/, name: 'EncodeError' });
});

t.test('text comes back as it was: markup, line ends, spaces, CDATA', async t => {
  const record = { '@k': 'a\n"<b>\t', v: 'x & y\r\n]]> <z> \u00e9\u{1f600}', w: ' ' };
  t.strictSame(readAll('xml', writeAll('xml', [record]), schemaOf({ recordElement: 'record' })), [record]);
  t.strictSame(readAll('xml', '<r><v><![CDATA[<&]]>&#233;&lt;</v></r>'), [{ v: '<&é<' }]);
  for (const [value, message] of [
    [{ v: '\u0001' }, /no XML document can hold/],
    [{ '1st': 'x' }, /"1st" is no name in XML/],
    [{ 'a b': 'x' }, /no name in XML/],
    [{ 'a><b': 'x' }, /no name in XML/],
    [{ v: [['x']] }, /list in a list/],
  ] as const)
    t.throws(() => writeAll('xml', [value as never]), { name: 'EncodeError', code: 'HR_FORM_WRITE', message });
});

t.test('hostile documents are refused by a bound that is named', async t => {
  const laughs = '<!DOCTYPE r [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;">]><r><v>&b;</v></r>';
  const rows: readonly [string, RegExp][] = [
    [laughs, /a DOCTYPE is not read: it may define entities/],
    ['<!DOCTYPE r SYSTEM "file:///etc/passwd"><r/>', /DOCTYPE/],
    ['<r>&x;</r>', /not well-formed/],
    [`<r a="${'x'.repeat(10 * 1024 * 1024)}"/>`, /attribute is longer than 1048576 characters/],
    [`<r>${'x'.repeat(2 * 1024 * 1024)}</r>`, /text of r is longer than 1048576/],
    [`<r>${'<a>'.repeat(1000)}`, /deeper than 128/],
    [`<r ${Array.from({ length: 300 }, (_, n) => `a${n}="1"`).join(' ')}/>`, /more than 256 attributes/],
    [`<r>${`<a>${'x'.repeat(1000)}</a>`.repeat(17_000)}</r>`, /longer than 16777216 characters/],
    ['<r><a></r>', /not well-formed/],
    ['<r a="1" a="2"/>', /not well-formed/],
    ['<r/><r/>', /not well-formed/],
    ['', /not well-formed/],
    ['{"a":1}', /not well-formed/],
    ['<r>\0</r>', /zero byte/],
    ['<?xml version="1.0" encoding="utf-16"?><r/>', /encoding utf-16 is not read/],
    ['<r><__proto__>1</__proto__></r>', /__proto__/],
  ];
  for (const [text, message] of rows) t.match(readAll('xml', text).at(-1), message, text.slice(0, 60));
});
