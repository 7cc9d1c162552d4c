import fc from 'fast-check';
import t from 'tap';

import {
  COBOLDataConverter,
  compileCopybook,
  compileFixedWidth,
  ConfigError,
  DecodeError,
  EncodeError,
} from '../../src/index.js';
import { Decimal } from '../../src/model/index.js';

const { jsonToCobol, cobolToJson } = COBOLDataConverter;

const ACCOUNT = `
       01 ACCOUNT.
          05 ACCT-ID      PIC X(6).
          05 BALANCE      PIC S9(7)V99 COMP-3.
          05 ENTRY-COUNT  PIC 9(3).
          05 BIG          PIC S9(16) COMP.
          05 TAGS         PIC X(2) OCCURS 2.
`;
const ALICE = { 'ACCT-ID': 'A-1', BALANCE: '-12.50', 'ENTRY-COUNT': 7, BIG: '1234567890123456', TAGS: ['x', 'yz'] };
const ALICE_HEX = 'c160f1404040' + '000001250d' + 'f0f0f7' + '000462d53c8abac0' + 'a740a8a9';

t.test('an object becomes the bytes of a record and comes back', async t => {
  const bytes = jsonToCobol(ALICE, ACCOUNT);
  t.equal(bytes.toString('hex'), ALICE_HEX);
  t.strictSame(cobolToJson(bytes, ACCOUNT), ALICE);
  const converter = new COBOLDataConverter({ codePage: 'ascii' });
  const text = converter.jsonToCobol(ALICE, ACCOUNT);
  t.equal(text.subarray(0, 6).toString(), 'A-1   ');
  t.strictSame(converter.cobolToJson(text, ACCOUNT), ALICE);
  t.strictSame(converter.cobolToJson(bytes, ACCOUNT, { codePage: 'cp037' }), ALICE, 'a call has options of its own');
});

t.test('several records are an array, of one an object, of none an empty array', async t => {
  const bob = { ...ALICE, 'ACCT-ID': 'BOB' };
  const bytes = jsonToCobol([ALICE, bob], ACCOUNT);
  t.equal(bytes.length, (2 * ALICE_HEX.length) / 2);
  t.strictSame(cobolToJson(bytes, ACCOUNT), [ALICE, bob]);
  t.equal(jsonToCobol([], ACCOUNT).length, 0);
  t.strictSame(cobolToJson(new Uint8Array(0), ACCOUNT), []);
  const framed = jsonToCobol([ALICE, bob], ACCOUNT, { format: 'rdw' });
  t.equal(framed.readUInt16BE(0), ALICE_HEX.length / 2 + 4);
  t.strictSame(cobolToJson(framed, ACCOUNT, { format: 'rdw' }), [ALICE, bob]);
});

t.test('the numbers of JSON text keep every digit: 38 of them', async t => {
  const wide = '       01 R.\n          05 A PIC S9(34)V9(4) COMP-3.\n';
  const literal = `-${'1234567890'.repeat(3)}1234.5678`;
  for (const json of [`{"A":${literal}}`, ` [ {"A" : ${literal}} ]\n`, Buffer.from(`{"A":"${literal}"}`)])
    t.equal(jsonToCobol(json, wide).toString('hex'), `0${'1234567890'.repeat(3)}12345678d`);
  t.strictSame(cobolToJson(jsonToCobol(`{"A":${literal}}`, wide), wide), { A: literal });
});

t.test('numbers of JavaScript: integers to 2^53, decimals the picture has, bigints, strings, Decimals', async t => {
  const wide = '       01 R.\n          05 A PIC S9(18)V99 COMP-3.\n';
  const rows: readonly [number | bigint | string | Decimal, string][] = [
    [0.5, '0.50'],
    [-0.07, '-0.07'],
    [123456789.25, '123456789.25'],
    [Number.MAX_SAFE_INTEGER, '9007199254740991.00'],
    [999_999_999_999_999_999n, '999999999999999999.00'],
    ['12.5', '12.50'],
    [new Decimal(-1250n, 2), '-12.50'],
  ];
  for (const [value, expected] of rows)
    t.strictSame(cobolToJson(jsonToCobol({ A: value }, wide), wide), { A: expected }, `${value} is ${expected}`);
  const refused: readonly [number, string][] = [
    [2 ** 53, 'badNumber'],
    [0.1 + 0.2, 'badNumber'],
    [123456789012345.67, 'badNumber'],
    [0.125, 'scaleLoss'],
    [NaN, 'badType'],
    [Infinity, 'badType'],
  ];
  for (const [value, code] of refused)
    t.throws(
      () => jsonToCobol({ A: value }, wide),
      { name: 'EncodeError', details: { field: 'A', code } },
      `${value} is ${code}`,
    );
});

t.test('what numbers come back as: by the picture and by the option numbers', async t => {
  const lines = [
    'A PIC 9(15)',
    'B PIC 9(16)',
    'C PIC 9(3)V9',
    'D PIC 9(15)V9',
    'E PIC 9(9) COMP-5',
    'F PIC 9(18) COMP-5',
    'G COMP-1',
    'H COMP-2',
  ];
  const copybook = ['       01 R.', ...lines.map(line => `          05 ${line}.`)].join('\n');
  const value = { A: 123456789012345, B: '1234567890123456', C: '12.5', D: '1.5', E: 5, F: '6', G: 0.1, H: '2.5' };
  const bytes = jsonToCobol(value, copybook);
  t.strictSame(cobolToJson(bytes, copybook), value);
  t.strictSame(cobolToJson(bytes, copybook, { numbers: 'number' }), { ...value, C: 12.5, H: 2.5 });
  const found = cobolToJson(bytes, copybook, { numbers: 'decimal' }) as Record<string, unknown>;
  t.ok(found['C'] instanceof Decimal && found['C'].equals('12.5'));
  t.strictSame(jsonToCobol(found as never, copybook), bytes, 'Decimals go back to the same bytes');
  const ieee = jsonToCobol({ H: 1e80 }, '       01 R.\n          05 H COMP-2.\n', { float: 'ieee' });
  t.strictSame(cobolToJson(ieee, '       01 R.\n          05 H COMP-2.\n', { float: 'ieee' }), { H: 1e80 });
});

t.test('a field that is absent takes its VALUE, else zero or spaces; absent: refuse names it', async t => {
  const copybook =
    '       01 R.\n          05 A PIC X(3) VALUE "abc".\n          05 B PIC 99.\n          05 C PIC X.\n';
  const ascii = { codePage: 'ascii' } as const;
  t.equal(jsonToCobol({}, copybook, ascii).toString(), 'abc00 ');
  t.equal(jsonToCobol({ A: undefined, C: '!' }, copybook, ascii).toString(), 'abc00!');
  t.throws(() => jsonToCobol({ A: 'x', C: 'y' }, copybook, { absent: 'refuse' }), {
    name: 'EncodeError',
    code: 'HR_ENCODE',
    details: { record: 1, field: 'B', code: 'missingValue' },
  });
  t.throws(() => jsonToCobol({ A: null }, copybook), {
    name: 'EncodeError',
    details: { field: 'A', code: 'missingValue' },
  });
  t.equal(jsonToCobol({ A: null }, copybook, { ...ascii, nulls: 'value' }).toString(), 'abc00 ');
});

t.test('errors name record, field and value', async t => {
  const thrown = (call: () => unknown): unknown => {
    try {
      return call();
    } catch (error) {
      return error;
    }
  };
  const encode = thrown(() => jsonToCobol([ALICE, { ...ALICE, BALANCE: '12345678' }], ACCOUNT)) as EncodeError;
  t.ok(encode instanceof EncodeError);
  t.strictSame(encode.details, {
    record: 2,
    field: 'BALANCE',
    picture: 'S9(7)V99',
    code: 'digitsOverflow',
    message: 'record 2, BALANCE: the value does not fit the picture',
    value: '12345678',
  });
  const bytes = Buffer.from(ALICE_HEX.replace('0000012', '00000c2'), 'hex');
  const decode = thrown(() => cobolToJson(bytes, ACCOUNT)) as DecodeError;
  t.ok(decode instanceof DecodeError);
  t.match(decode.details, { record: 1, offset: 6, field: 'BALANCE', code: 'badDigit', hex: '00000c250d' });
  t.match(
    thrown(() => jsonToCobol({ BALANCES: 1 }, ACCOUNT)),
    { message: /did you mean BALANCE\?/ },
  );
  t.match(
    thrown(() => jsonToCobol('{"A":1', ACCOUNT)),
    { details: { code: 'badJson', offset: 6 } },
  );
  t.match(
    thrown(() => jsonToCobol('[1]', ACCOUNT)),
    { details: { code: 'badJson', record: 1 } },
  );
  t.match(
    thrown(() => cobolToJson(bytes.subarray(1), ACCOUNT)),
    { details: { code: 'shortRecord' } },
  );
  const cycle: Record<string, unknown> = {};
  cycle['TAGS'] = cycle;
  t.match(
    thrown(() => jsonToCobol(cycle as never, ACCOUNT)),
    { name: 'EncodeError' },
  );
});

t.test('records that do not decode may be left out, or null where they are bad; each is told', async t => {
  const bytes = Buffer.concat([
    Buffer.from(ALICE_HEX.replace('0000012', '00000c2'), 'hex'),
    Buffer.from(ALICE_HEX, 'hex'),
  ]);
  const told: string[] = [];
  const onRefusal = ({ record, field }: { record: number; field: string }): number => told.push(`${record} ${field}`);
  t.strictSame(cobolToJson(bytes, ACCOUNT, { onError: 'skip', onRefusal }), ALICE);
  t.strictSame(cobolToJson(bytes, ACCOUNT, { onError: 'null', onRefusal }), [{ ...ALICE, BALANCE: null }, ALICE]);
  t.strictSame(told, ['1 BALANCE', '1 BALANCE']);
});

t.test('a copybook as layouts, and as data', async t => {
  t.equal(jsonToCobol(ALICE, compileCopybook(ACCOUNT, { file: 'a.cpy' })).toString('hex'), ALICE_HEX);
  t.equal(jsonToCobol(ALICE, compileCopybook(ACCOUNT, { file: 'a.cpy' })[0]!).toString('hex'), ALICE_HEX);
  const table = compileFixedWidth({ name: 'T', fields: [{ name: 'n', type: 'number', width: 4, scale: 2 }] });
  t.equal(jsonToCobol({ n: '1.25' }, table).toString(), '0125');
  const fields = [
    { name: 'ACCT-ID', type: 'X', length: 6 },
    { name: 'BALANCE', type: 'packed', length: 5, scale: 2 },
    { name: 'ENTRY-COUNT', type: 'PIC 9(3)' },
    { name: 'BIG', type: 'S9(16) COMP', length: 8 },
    { name: 'TAGS', type: 'string', length: 2, occurs: 2 },
  ];
  t.equal(jsonToCobol(ALICE, fields).toString('hex'), ALICE_HEX);
  t.equal(jsonToCobol(ALICE, { name: 'ACCOUNT', fields }).toString('hex'), ALICE_HEX);
});

t.test('the types that fields as data may have, and the bytes of a value', async t => {
  const rows: readonly [object, unknown, string][] = [
    [{ type: 'PIC X(3)' }, 'ab', '818240'],
    [{ type: 'PIC X', length: 3 }, 'ab', '818240'],
    [{ type: 'string', length: 3 }, 'ab', '818240'],
    [{ type: 'X(3) JUSTIFIED RIGHT' }, 'ab', '408182'],
    [{ type: '9', length: 3 }, 7, 'f0f0f7'],
    [{ type: 'PIC 9', length: 3 }, 7, 'f0f0f7'],
    [{ type: 'number', length: 3, scale: 1 }, '1.5', 'f0f1f5'],
    [{ type: 'S9', length: 3 }, -7, 'f0f0d7'],
    [{ type: 'number', digits: 3, signed: true, sign: 'leading-separate' }, -7, '60f0f0f7'],
    [{ type: 'number', length: 4, signed: true, sign: 'trailing-separate' }, -7, 'f0f0f760'],
    [{ type: 'COMP-3', length: 3, scale: 2 }, '-1.5', '00150d'],
    [{ type: 'comp3', digits: 5, scale: 2, signed: false }, '1.5', '00150f'],
    [{ type: 'packed-decimal', digits: 4 }, 1, '00001c'],
    [{ picture: 'S9(3)V99', usage: 'COMP-3' }, '1.5', '00150c'],
    [{ type: 'packed', picture: 'PIC S9(3)V99' }, '1.5', '00150c'],
    [{ type: 'S9(3)V99 COMP-3' }, '1.5', '00150c'],
    [{ type: 'PIC S9(3)V99 USAGE IS COMP-3', length: 3 }, '1.5', '00150c'],
    [{ type: 'binary', length: 2 }, -2, 'fffe'],
    [{ type: 'binary', length: 4 }, 999_999_999, '3b9ac9ff'],
    [{ type: 'comp', length: 8, scale: 2 }, '0.01', '0000000000000001'],
    [{ type: 'COMP-5', digits: 4 }, 258, '0201'],
    [{ type: 'float' }, -0.15625, 'c0280000'],
    [{ type: 'COMP-2' }, 1, '4110000000000000'],
    [{ type: 'Z(3)9.99' }, 1.5, '404040f14bf5f0'],
    [{ type: 'BINARY-LONG UNSIGNED' }, 1, '01000000'],
    [{ type: 'CHAR(3)' }, 'ab', '818240'],
    [{ type: 'decimal(4, 2)', signed: true }, '-1.5', 'f0f1f5d0'],
    [{ type: 'numeric', precision: 4, decimals: 2 }, '1.5', 'f0f1f5f0'],
    [{ type: 'decimal(4,2)', digits: 4, scale: 2, length: 4 }, '1.5', 'f0f1f5f0'],
    [{ type: 'decimal(4)', scale: 2 }, '1.5', 'f0f1f5f0'],
    [{ type: 'packedDecimal', length: 3 }, 1, '00001c'],
    [{ type: 'computational-3', length: 3 }, 1, '00001c'],
    [{ type: 'COMP4', length: 2 }, 1, '0001'],
    [{ pic: 'X(3)' }, 'ab', '818240'],
  ];
  for (const [field, value, hex] of rows) {
    const found = (() => {
      try {
        return jsonToCobol({ F: value } as never, [{ name: 'F', ...field }]).toString('hex');
      } catch (error) {
        return (error as Error).message;
      }
    })();
    t.equal(found, hex, `${value} in ${JSON.stringify(field)} is ${hex}`);
  }
});

t.test('groups, tables, redefinitions and values as data', async t => {
  const copybook = {
    name: 'ORDER',
    fields: [
      { name: 'count', type: 'number', length: 1, offset: 0 },
      {
        name: 'lines',
        occurs: { min: 0, max: 3, dependingOn: 'count' },
        length: 3,
        offset: 1,
        fields: [
          { name: 'item', type: 'X(2)' },
          { name: 'quantity', type: '9' },
        ],
      },
      { name: 'date', type: '9(8)', value: 20260101 },
      { name: 'parts', redefines: 'date', children: [{ name: 'year', type: '9(4)' }, { type: 'X(4)' }] },
      { name: 'note', type: 'string', length: 2, value: 'ok', description: 'free text' },
    ],
  };
  const ascii = { codePage: 'ascii' } as const;
  const order = { lines: [{ item: 'ab', quantity: 1 }, { item: 'c' }] };
  const bytes = jsonToCobol(order, copybook, ascii);
  t.equal(bytes.toString(), '2ab1c 020260101ok');
  t.strictSame(cobolToJson(bytes, copybook, ascii), {
    count: 2,
    lines: [
      { item: 'ab', quantity: 1 },
      { item: 'c', quantity: 0 },
    ],
    date: 20260101,
    parts: { year: 2026 },
    note: 'ok',
  });
});

t.test('a copybook as data that cannot be is refused with the place of the field', async t => {
  const rows: readonly [unknown, RegExp][] = [
    [[], /at least one field/],
    [5, /neither text nor a list/],
    [{ rows: [] }, /neither text nor a list/],
    [[{ name: 'A' }], /fields\[0\] A: A has no PICTURE and no subordinate items/],
    [[{ name: 'A', type: 'blob' }], /fields\[0\] A: the type "blob" is not known/],
    [[{ name: 'A', type: 'X(3)', lenght: 3 }], /fields\[0\] A: .*lenght/],
    [[{ name: 'A', type: 'X', size: 3 }], /fields\[0\] A: a field has no size; its words are name, type, picture/],
    [[{ name: 'A', length: 3 }], /fields\[0\] A: it has no type; expected a PICTURE such as X\(10\)/],
    [[{ name: 'A', pic: 'X', picture: 'X' }], /fields\[0\] A: a field has no pic; /],
    [{ recordLength: 4, fields: [{ name: 'A', type: 'X(3)' }] }, /length is given as 4, but its fields take 3 bytes/],
    [{ codePage: 'cp037', fields: [{ name: 'A', type: 'X(3)' }] }, /codePage: .* are options beside it/],
    [[{ name: 'A', type: 'X(3)', length: 4 }], /length is given as 4, but it takes 3/],
    [[{ name: 'A', type: 'X(3)', offset: 1 }], /offset is given as 1, but it begins at 0/],
    [[{ name: 'A', type: 'binary', length: 3 }], /2, 4 or 8 bytes, not 3/],
    [[{ name: 'A', type: 'number', length: 3, scale: 4 }], /scale 4 is not 0 to 3/],
    [[{ name: 'A', type: 'decimal(9,2)', digits: 5 }], /fields\[0\] A: the key digits says 5, but its type says 9/],
    [[{ name: 'A', type: 'decimal(9,2)', scale: 3 }], /the key scale says 3, but its type says 2/],
    [[{ name: 'A', type: 'S9(5) COMP-3', scale: 2 }], /the key scale says 2, but its type says 0/],
    [[{ name: 'A', type: '9(5)', signed: true }], /the key signed says true, but its type says false/],
    [[{ name: 'A', type: 'S9(5) COMP-3', signed: false }], /the key signed says false, but its type says true/],
    [[{ name: 'A', type: 'S9', length: 5, signed: false }], /the key signed says false, but its type says S9/],
    [[{ name: 'A', type: 'X(5)', signed: true }], /the key signed says true, but its type says false/],
    [[{ name: 'A', type: 'float', signed: false }], /the key signed says false, but its type says true/],
    [[{ name: 'A', type: 'char(10)', digits: 5 }], /the key digits says 5, but its type says 10/],
    [[{ name: 'A', type: 'string' }], /fields\[0\] A: .*needs a length/],
    [[{ name: 'A', type: 'X(3). 02 B PIC X' }], /fields\[0\] A/],
    [[{ name: 'A', type: 'X(3' }], /fields\[0\] A/],
    [[{ name: '', type: 'X' }], /fields\[0\] ?: name/],
    [[{ name: '__proto__', type: 'X' }], /fields\[0\] __proto__: name/],
    [
      [
        {
          name: 'G',
          fields: [
            { name: 'A', type: 'X' },
            { name: 'B', redefines: 'Z', type: 'X' },
          ],
        },
      ],
      /fields\[0\]\.fields\[1\] B/,
    ],
    [[{ name: 'A', type: 'X', occurs: { max: 2, dependingOn: 'N' } }], /fields\[0\] A: N is not an item before/],
    [[{ name: 'A', type: 'X', occurs: { min: 1, max: 2 } }], /min and max but not dependingOn/],
    [[{ name: 'A', type: 'X', fields: [{ name: 'B', type: 'X' }] }], /a group and has no PICTURE/],
    [[{ name: 'A', type: 'PIC 9 VALUE 1', value: 2 }], /VALUE stands in the type/],
    [
      [
        { name: 'A', type: 'X' },
        { name: 'A', type: 'X' },
      ],
      /two items A in one object/,
    ],
    [[null], /fields\[0\]/],
  ];
  for (const [copybook, message] of rows)
    t.throws(() => jsonToCobol({}, copybook as never), { name: 'ConfigError', message }, JSON.stringify(copybook));
  const deep: { name: string; fields: unknown[] } = { name: 'D', fields: [] };
  deep.fields.push(deep);
  t.throws(() => jsonToCobol({}, deep as never), { message: /deeper than 48/ });
});

t.test('an option that is none is refused by its name', async t => {
  t.throws(() => jsonToCobol({}, ACCOUNT, { codepage: 'cp037' } as never), { code: 'HR_OPTION', message: /codepage/ });
  t.throws(() => jsonToCobol({}, ACCOUNT, { format: 'zip' } as never), { code: 'HR_OPTION', message: /format/ });
  t.throws(() => jsonToCobol({}, ACCOUNT, { codePage: 'cp9' }), ConfigError);
  t.throws(() => jsonToCobol({}, 'no copybook'), { code: 'HR_COPYBOOK' });
});

t.test('several 01 records are told apart by rules', async t => {
  const copybook = `
       01 HEAD.
          05 KIND PIC X.
          05 DAY  PIC 9(4).
       01 BODY.
          05 KIND PIC X.
          05 NOTE PIC X(4).
`;
  const options = {
    codePage: 'ascii',
    select: [
      { record: 'HEAD', when: [{ KIND: ['H'] }] },
      { record: 'BODY', when: [{ KIND: ['B'] }] },
    ],
  } as const;
  const records = [
    { KIND: 'H', DAY: 301 },
    { KIND: 'B', NOTE: 'hi' },
  ];
  const bytes = jsonToCobol(records, copybook, options);
  t.equal(bytes.toString(), 'H0301Bhi  ');
  t.strictSame(cobolToJson(bytes, copybook, options), records);
  t.strictSame(cobolToJson(bytes.subarray(5), copybook, { codePage: 'ascii', record: 'BODY' }), records[1]);
  t.throws(() => jsonToCobol(records, copybook), { message: /2 records/ });
});

const ORDERS = `
       01 HEAD.
          05 KIND PIC X VALUE 'H'.
          05 DAY  PIC 9(4).
       01 LINE-OF.
          05 KIND PIC X VALUE 'L'.
          05 QTY  PIC S9(3)V9.
`;
const FAMILIES = {
  codePage: 'ascii',
  sign: 'ebcdic',
  select: [
    { record: 'HEAD', when: [{ KIND: ['H'] }] },
    { record: 'LINE-OF', when: [{ KIND: ['L'] }] },
  ],
  children: { 'LINE-OF': 'HEAD' },
} as const;

t.test('records go into the record they follow, and out of it again', async t => {
  const records = [
    {
      KIND: 'H',
      DAY: 101,
      'LINE-OF': [
        { KIND: 'L', QTY: '1.5' },
        { KIND: 'L', QTY: '-2.0' },
      ],
    },
    { KIND: 'H', DAY: 102, 'LINE-OF': [] },
  ];
  const bytes = jsonToCobol(records, ORDERS, FAMILIES);
  t.equal(bytes.toString(), 'H0101L001EL002}H0102');
  t.strictSame(cobolToJson(bytes, ORDERS, FAMILIES), records);
  const bare = [{ DAY: 101, 'LINE-OF': [{ QTY: '1.5' }, { QTY: '-2.0' }] }, { DAY: 102 }];
  t.equal(jsonToCobol(bare, ORDERS, FAMILIES).toString(), bytes.toString(), 'without the fields that VALUE fills');
  const refusals: string[] = [];
  const found = cobolToJson(Buffer.from('L001EH0101L0x1EL002}H0x02L001EH0103'), ORDERS, {
    ...FAMILIES,
    onError: 'skip',
    onRefusal: ({ record, code }) => refusals.push(`${record} ${code}`),
  });
  t.strictSame(found, [
    { KIND: 'H', DAY: 101, 'LINE-OF': [{ KIND: 'L', QTY: '-2.0' }] },
    { KIND: 'H', DAY: 103, 'LINE-OF': [] },
  ]);
  t.strictSame(refusals, ['1 noRecord', '3 badDigit', '5 badDigit', '6 noRecord']);
  const doubled = ORDERS.replace('DAY ', 'LINE-OF ');
  t.throws(() => cobolToJson(bytes, doubled, FAMILIES), {
    code: 'HR_FIELD',
    message: 'HEAD has an item LINE-OF, the name of a record it is to hold',
  });
});

t.test('keepRaw gives $raw where jsonToCobol would write other bytes, which then come back', async t => {
  const bytes = Buffer.from('H0101L001EL0010');
  const options = { ...FAMILIES, keepRaw: true };
  const found = cobolToJson(bytes, ORDERS, options);
  t.strictSame(found, {
    KIND: 'H',
    DAY: 101,
    'LINE-OF': [
      { KIND: 'L', QTY: '1.5' },
      { KIND: 'L', QTY: '1.0', $raw: '4c30303130' },
    ],
  });
  t.equal(jsonToCobol(found as never, ORDERS, options).toString(), bytes.toString());
});

t.test(
  'rules that pick records are given as the options file has them; a wrong option is refused by the right one',
  t => {
    const copybook = `
       01 DTL.
          05 KIND PIC X VALUE 'D'.
          05 ID   PIC 9(2).
       01 TRL.
          05 KIND PIC X VALUE 'T'.
          05 CNT  PIC 9(2).
`;
    const read = (options: object) =>
      cobolToJson(Buffer.from('D01D07T02'), copybook, { codePage: 'ascii', ...options });
    const records = [
      { KIND: 'D', ID: 1 },
      { KIND: 'D', ID: 7 },
      { KIND: 'T', CNT: 2 },
    ];
    const trailer = { record: 'TRL', when: { KIND: ['T', 'U'] } };
    t.strictSame(read({ select: [{ record: 'DTL', when: { KIND: 'D' } }, trailer] }), records);
    t.strictSame(
      read({ select: [{ record: 'DTL', when: [{ ID: { from: 0, to: 1 } }, { ID: 7 }] }, trailer] }),
      records,
    );
    t.strictSame(read({ record: 'DTL', trailer: { record: 'TRL' } }), records);
    const form = /expected a list of rules such as \{ record: 'DETAIL', when: \{ KIND: 'D' \} \}$/;
    t.throws(() => read({ select: { KIND: 'D' } }), { code: 'HR_OPTION', message: form });
    t.throws(() => read({ select: ['KIND=D:DTL'] }), { code: 'HR_OPTION', message: form });
    t.throws(() => read({ codepage: 'ascii' }), {
      message: 'COBOLDataConverter has no option codepage; did you mean codePage?',
    });
    t.throws(() => read({ encoding: 'ascii' }), {
      message: /has no option encoding; its options are codePage, sourceFormat/,
    });
    t.end();
  },
);

t.test('any values come back as they were, from either form of numbers', async t => {
  const field = fc.record({
    text: fc.stringMatching(/^[A-Za-z0-9]{0,6}$/),
    cents: fc.bigInt(-999_999_999n, 999_999_999n),
    count: fc.nat(999),
  });
  fc.assert(
    fc.property(fc.array(field, { minLength: 2, maxLength: 5 }), fields => {
      const records = fields.map(({ text, cents, count }) => ({
        'ACCT-ID': text,
        BALANCE: new Decimal(cents, 2).toString(),
        'ENTRY-COUNT': count,
        BIG: '0',
        TAGS: ['', ''],
      }));
      const bytes = jsonToCobol(records, ACCOUNT);
      t.strictSame(jsonToCobol(JSON.stringify(records), ACCOUNT), bytes);
      t.strictSame(cobolToJson(bytes, ACCOUNT), records);
    }),
    { numRuns: 100, seed: 4 },
  );
});

t.test(
  'a VALUE that its picture has no place for is written as MOVE leaves it: 1234 of 9(3) is 234, as GnuCOBOL 4 writes it',
  async t => {
    const rows: readonly (readonly [string, string])[] = [
      ['PIC 9(3) VALUE 1234', '323334'],
      ['PIC S9(3) COMP-3 VALUE 1234', '234c'],
      ['PIC 9(3) COMP VALUE 1234', '00ea'],
      ['PIC 9(3) VALUE 1.5', '303031'],
      ['PIC 9(3) COMP-5 VALUE 1234', 'd204'],
      ['PIC 9(3) VALUE -7', '303037'],
      ['PACKED-DECIMAL WITH NO SIGN PIC 9(4) VALUE 1234', '1234'],
      ['PIC 9(3) PACKED-DECIMAL NO SIGN VALUE 7', '0007'],
    ];
    for (const [clauses, hex] of rows) {
      const bytes = COBOLDataConverter.jsonToCobol({}, `01 R IS GLOBAL. 05 A ${clauses}.`, { codePage: 'ascii' });
      t.equal(Buffer.from(bytes).toString('hex'), hex, clauses);
    }
  },
);
