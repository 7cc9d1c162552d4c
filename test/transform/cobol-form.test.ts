import t from 'tap';

import { Decimal } from '../../src/model/index.js';
import { COBOLDataConverter } from '../../src/converter/index.js';
import { DataTransformationEngine, forms } from '../../src/transform/index.js';
import { readAll, readPieces, schemaOf, writeAll } from '../support/form-runs.js';

const COPYBOOK = `
       01 ACCOUNT.
          05 ACCT-ID  PIC X(3).
          05 BALANCE  PIC S9(3)V99 COMP-3.
          05 TAGS     PIC 9 OCCURS 2.
`;
const schema = schemaOf({}, { copybook: COPYBOOK });
const RECORDS = [
  { 'ACCT-ID': 'A1', BALANCE: new Decimal(-150n, 2), TAGS: [1, 2] },
  { 'ACCT-ID': 'B2', BALANCE: new Decimal(0n, 2), TAGS: [3, 0] },
];
const HEX = 'c1f14000150df1f2c2f24000000cf3f0';
const SHOWN = [
  { 'ACCT-ID': 'A1', BALANCE: '-1.50d', TAGS: [1, 2] },
  { 'ACCT-ID': 'B2', BALANCE: '0.00d', TAGS: [3, 0] },
];

t.test('records by a copybook, whole and in pieces', async t => {
  t.equal(Buffer.from(writeAll('cobol_copybook', RECORDS, schema), 'latin1').toString('hex'), HEX);
  t.strictSame(readAll('cobol_copybook', Buffer.from(HEX, 'hex'), schema), SHOWN);
  for (const format of ['fixed', 'rdw', 'vb', 'vbs'])
    for (const size of [1, 5, 4096]) {
      const framed = schemaOf({ format }, { copybook: COPYBOOK });
      const bytes = forms.get('cobol_copybook')!.write(RECORDS, framed) as Uint8Array;
      t.strictSame(await readPieces('cobol_copybook', bytes, framed, size), SHOWN, `${format} in pieces of ${size}`);
    }
});

t.test('a bad record is told with its bytes, and the others go on', async t => {
  const bytes = Buffer.from(HEX.replace('00150d', '00c50d'), 'hex');
  const message = 'record 1, BALANCE at offset 3: a digit is not valid';
  t.strictSame(readAll('cobol_copybook', bytes, schema), [message, SHOWN[1]]);
  t.strictSame(await readPieces('cobol_copybook', bytes, schema, 3), [message, SHOWN[1]]);
  t.match(readAll('cobol_copybook', bytes.subarray(0, 12), schema), [
    message,
    /record 2 at offset 8: the file ends inside/,
  ]);
  t.match(
    readAll('cobol_copybook', Buffer.from('00000000', 'hex'), schemaOf({ format: 'rdw' }, { copybook: COPYBOOK })),
    [/RDW/],
  );
});

t.test('what cannot be written names record and field', async t => {
  t.throws(() => writeAll('cobol_copybook', [RECORDS[0]!, { ...RECORDS[1], BALANCE: new Decimal(1n, 3) }], schema), {
    name: 'EncodeError',
    details: { record: 2, field: 'BALANCE', code: 'scaleLoss' },
  });
});

t.test('text is of an ASCII page; fields may be data; without either there is no reading', async t => {
  const fields = schemaOf(
    {},
    {
      name: 'ACCOUNT',
      fields: [
        { name: 'id', type: 'X', length: 3 },
        { name: 'n', type: '9', length: 2 },
      ],
    },
  );
  t.strictSame(readAll('cobol_copybook', 'ab 07', fields), [{ id: 'ab', n: 7 }]);
  t.match(readAll('cobol_copybook', 'x'), [/needs a schema with copybook/]);
  t.match(readAll('cobol_copybook', {}, schema), [/was given an object/]);
  t.match(readAll('cobol_copybook', 'x', schemaOf({ codePage: 'cp9' }, { copybook: COPYBOOK })), [/cp9/]);
});

const ORDERS = `
       01 ORD.
          05 ID   PIC 9(3).
          05 HDR.
             10 CUST PIC X(4).
             10 DAY  PIC 9(8).
          05 ALT  PIC X(4).
          05 NUM  REDEFINES ALT PIC 9(4).
          05 N    PIC 9.
          05 ROWS OCCURS 0 TO 3 DEPENDING ON N.
             10 SKU  PIC X(3).
             10 QTY  PIC S9(3) COMP-3.
             10 GRID PIC 9 OCCURS 2.
          05 TAGS PIC X(2) OCCURS 2.
`;
const ORDER_LINES = [
  { ID: 1, HDR: { CUST: 'AA', DAY: 20240229 }, ALT: 'ABCD', N: 1, ROWS: [row('s1', -2, 1)], TAGS: ['a', 'b'] },
  {
    ID: 2,
    HDR: { CUST: 'B', DAY: 0 },
    ALT: '0012',
    N: 3,
    ROWS: [row('', 0, 0), row('s2', 6, 3), row('', 0, 0)],
    TAGS: ['', 'b'],
  },
  { ID: 3, HDR: { CUST: '', DAY: 1 }, ALT: 'x', N: 0, ROWS: [], TAGS: ['', ''] },
];
function row(sku: string, quantity: number, first: number): object {
  return { SKU: sku, QTY: quantity, GRID: [first, 2] };
}

t.test('groups, tables and views go to CSV and XML and come back to the same bytes', async t => {
  for (const records of [ORDER_LINES, ORDER_LINES.slice(0, 1), ORDER_LINES.slice(1, 2)]) {
    const bytes = COBOLDataConverter.jsonToCobol(records as never, ORDERS);
    for (const format of ['json', 'csv', 'xml']) {
      const engine = new DataTransformationEngine().registerSchema('orders', 1, ORDERS);
      const { transformedData: data } = await engine.transformData(bytes, 'cobol_copybook', format);
      const back = await engine.transformData(data, format, 'cobol_copybook');
      t.strictSame(back.errors, [], format);
      t.equal(Buffer.from(back.transformedData as Uint8Array).toString('hex'), bytes.toString('hex'), format);
    }
  }
});

t.test('what has no place in the copybook is refused by its name, and numbers may have spaces around them', async t => {
  const write = async (record: object) =>
    new DataTransformationEngine().transformData(record, 'json', 'cobol_copybook', { targetSchema: ORDERS });
  const rows: readonly [object, RegExp][] = [
    [{ 'HDR.CUS': 'A' }, /record 1, CUS: the record has no such member; did you mean CUST\?/],
    [{ 'ROWS.3.SKU': 'A' }, /record 1, 3: the record has no such member/],
    [{ 'HEAD.CUST': 'A' }, /record 1, HEAD\.CUST: the record has no such member/],
    [{ HDR: { CUST: 'A' }, 'HDR.DAY': 1 }, /record 1, HDR\.DAY: the record has no such member/],
    [{ 'HDR.__proto__': 'A' }, /record 1, HDR\.__proto__: the record has no such member/],
    [{ ID: '1 2' }, /record 1, ID: the value is of the wrong type/],
  ];
  for (const [record, message] of rows) t.match((await write(record)).errors[0]?.message, message);
  const { transformedData } = await write({
    ID: ' 7 ',
    'HDR.DAY': '  ',
    N: '1',
    'ROWS[0].GRID[0]': '5',
    'ROWS[0].GRID[1]': 6,
  });
  const hex = `f0f0f7${'40'.repeat(4)}${'f0'.repeat(8)}${'40'.repeat(4)}f1404040000cf5f6${'40'.repeat(4)}`;
  t.equal(Buffer.from(transformedData as Uint8Array).toString('hex'), hex);
});

t.test('records that another holds are a list, though an element of XML stands once', async t => {
  const copybook = `
       01 HEAD.
          05 K  PIC X VALUE 'H'.
          05 ID PIC 9(2).
       01 DET.
          05 K  PIC X VALUE 'D'.
          05 Q  PIC 9(2).
`;
  const targetSchema = {
    ...{ copybook, codePage: 'ascii', children: { DET: 'HEAD' } },
    select: [
      { record: 'HEAD', when: { K: 'H' } },
      { record: 'DET', when: { K: 'D' } },
    ],
  };
  const xml =
    '<l><HEAD><ID>1</ID><DET><Q>5</Q></DET></HEAD><HEAD><ID>2</ID><DET><Q>6</Q></DET><DET><Q>7</Q></DET></HEAD></l>';
  const { transformedData } = await new DataTransformationEngine().transformData(xml, 'xml', 'cobol_copybook', {
    targetSchema,
  });
  t.equal(Buffer.from(transformedData as Uint8Array).toString(), 'H01D05H02D06D07');
});
