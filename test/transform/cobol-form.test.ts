import t from 'tap';

import { Decimal } from '../../src/model/index.js';
import { forms } from '../../src/transform/index.js';
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
