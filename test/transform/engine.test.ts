import t from 'tap';

import { COBOLDataConverter, DataTransformationEngine, Decimal } from '../../src/index.js';
import type { TransformationRule } from '../../src/transform/index.js';

const CUSTOMER = `       01 CUSTOMER.
          05 CUST-ID PIC 9(5).
          05 CUST-NAME PIC X(10).
          05 BALANCE PIC S9(15)V99 COMP-3.
`;
const ANN = { 'CUST-ID': 42, 'CUST-NAME': 'Ann', BALANCE: '123456789012345.67' };
const engineWith = (rules: Readonly<Record<string, TransformationRule>>): DataTransformationEngine => {
  const engine = new DataTransformationEngine({ now: () => Date.UTC(2026, 0, 3) });
  for (const [id, rule] of Object.entries(rules)) engine.registerTransformationRule(id, rule);
  return engine;
};

t.test('COBOL bytes go to JSON, to XML and back to the same bytes', async t => {
  const bytes = new COBOLDataConverter().jsonToCobol(ANN, CUSTOMER);
  const engine = new DataTransformationEngine().registerSchema('customer', 1, CUSTOMER);
  const json = await engine.transformData(bytes, 'cobol_copybook', 'json');
  t.strictSame(json.transformedData, ANN);
  const xml = await engine.transformData(json.transformedData, 'json', 'xml');
  t.match(xml.transformedData, /<BALANCE>123456789012345\.67<\/BALANCE>/);
  const back = await engine.transformData(xml.transformedData, 'xml', 'cobol_copybook');
  t.equal(Buffer.compare(back.transformedData as Buffer, Buffer.from(bytes)), 0);
  t.match(back.transformationMetrics, { recordsIn: 1, recordsOut: 1, bytesOut: 24 });
  const carried = await new DataTransformationEngine().transformData(
    { copybook: CUSTOMER, data: bytes },
    'cobol',
    'json',
  );
  t.strictSame(carried.transformedData, ANN);
});

t.test('a rule maps fields by expressions, and numbers keep every digit', async t => {
  const engine = engineWith({
    cents: {
      sourceSchema: { type: 'object', properties: { id: { type: 'integer' }, amount: { type: 'number' } } },
      targetSchema: { type: 'object', properties: { cents: { type: 'integer' }, id: { type: 'string' } } },
      transformationLogic: { id: 'id', cents: 'amount * 100', 'price.net': 'amount * 0.1', kind: { value: 'deposit' } },
    },
  });
  const csv = await engine.transformData('id,amount\n1,12.50\n2,90071992547409.93\n', 'csv', 'json');
  t.equal(csv.status, 'SUCCESS');
  t.strictSame(csv.transformedData, [
    { id: '1', cents: 1250, price: { net: '1.250' }, kind: 'deposit' },
    { id: '2', cents: '9007199254740993', price: { net: '9007199254740.993' }, kind: 'deposit' },
  ]);
  const text = await engine.transformData({ id: 1, amount: Decimal.from('0.10') }, 'json', 'json', { output: 'text' });
  t.match(text.transformedData, '"net":0.010', 'text holds literals');
  const floats = await engine.transformData({ id: 1, amount: 0.5 }, 'json', 'json', { numbers: 'number' });
  t.strictSame((floats.transformedData as { price: unknown }).price, { net: 0.05 });
});

t.test('logic may be a function: one record, several, none, or text for a format of its own', async t => {
  const engine = engineWith({
    split: {
      sourceSchema: 'orders',
      targetSchema: 'legs',
      transformationLogic: ({ legs }) => (legs as string[]).map(leg => ({ leg })),
    },
    mt103: {
      sourceSchema: 'json',
      targetSchema: 'mt103',
      transformationLogic: async ({ ref }) => `:20:${String(ref)}`,
    },
    even: {
      sourceSchema: 'counts',
      targetSchema: 'evens',
      transformationLogic: r => ((r['n'] as number) % 2 === 0 ? r : null),
    },
  });
  const legs = await engine.transformData({ legs: ['a', 'b'] }, 'orders', 'legs');
  t.strictSame(legs.transformedData, [{ leg: 'a' }, { leg: 'b' }]);
  t.equal((await engine.transformData({ ref: 'A1' }, 'json', 'mt103')).transformedData, ':20:A1');
  t.strictSame((await engine.transformBatch([{ n: 1 }, { n: 2 }], 'counts', 'evens')).transformedData, [{ n: 2 }]);
});

t.test('chains of rules are found: the shortest, the same each time, never round and round', async t => {
  const engine = engineWith({
    ab: { sourceSchema: 'a', targetSchema: 'b', transformationLogic: { way: '"ab"' } },
    ba: { sourceSchema: 'b', targetSchema: 'a', transformationLogic: { way: 'way + ".ba"' } },
    bc: { sourceSchema: 'b', targetSchema: 'c', transformationLogic: { way: 'way + ".bc"' } },
    cd: { sourceSchema: 'c', targetSchema: 'd', transformationLogic: { way: 'way + ".cd"' } },
    bd: { sourceSchema: 'b', targetSchema: 'd', transformationLogic: { way: 'way + ".bd"' } },
    dxml: { sourceSchema: 'd', targetSchema: 'json', transformationLogic: { way: 'way + ".json"' } },
  });
  const found = await engine.transformData({}, 'a', 'd');
  t.strictSame(found.transformedData, { way: 'ab.bd' });
  t.strictSame(found.transformationMetrics.chain, ['ab', 'bd']);
  const csv = await engine.transformData({}, 'a', 'csv');
  t.match(csv.transformedData, /way\r?\nab\.bd\.json/, 'the end of a chain changes its form');
  const none = await engine.transformData({}, 'd', 'swift');
  t.equal(none.status, 'FAILED');
  t.equal(none.errors[0]?.code, 'HR_NO_ROUTE');
  t.match(none.errors[0]?.message, /no rule leads from d to swift: what can be reached is json/);
});

t.test('JSON Schema judges exact numbers and names the path of each field', async t => {
  const engine = engineWith({
    check: {
      sourceSchema: {
        type: 'object',
        required: ['id', 'items'],
        properties: {
          id: { type: 'integer', maximum: 9007199254740992 },
          rate: { type: 'number', multipleOf: 0.01, exclusiveMinimum: 0 },
          code: { pattern: '^(a+)+$' },
          day: { format: 'date' },
          items: { type: 'array', items: { type: 'object', properties: { price: { type: 'number', minimum: 0.1 } } } },
        },
        additionalProperties: false,
      },
      sourceFormat: 'json',
      targetFormat: 'json',
    },
  });
  const run = async (text: string): Promise<string[]> => {
    const { errors } = await engine.transformData(text, 'json', 'json');
    return errors.map(({ path, message }) => `${path}: ${message}`);
  };
  t.strictSame(await run('{"id":9007199254740992,"rate":1.15,"items":[{"price":0.10}]}'), []);
  t.strictSame(await run('{"id":9007199254740993,"items":[]}'), ['id: must be at most 9007199254740992']);
  t.strictSame(await run('{"id":1,"rate":0.10000000000000000001,"items":[]}'), ['rate: must be a multiple of 0.01']);
  t.strictSame(await run('{"id":1,"items":[{"price":0.1},{"price":0.09999999999999999999}]}'), [
    'items[1].price: must be at least 0.1',
  ]);
  t.strictSame(await run('{"id":"1","more":1}'), [
    'items: is missing',
    'more: must NOT have additional properties',
    'id: must be integer',
  ]);
  t.strictSame(await run(`{"id":1,"items":[],"day":"2026-02-30","code":"${'a'.repeat(40)}!"}`), [
    'code: must match pattern "^(a+)+$"',
    'day: must match format "date"',
  ]);
  t.throws(() => engineWith({ bad: { sourceSchema: { type: 'strong', properties: {} } } }), { code: 'HR_SCHEMA' });
});

const LINES = 'id,amount,day,country\n1,10.00,2026-01-02,DE\n1,20.00,2026-01-02,FR\n3,,2025-01-02,XX\n';

t.test('quality rules count, and a threshold fails the run where a record alone does not', async t => {
  const rules = [
    { field: 'id', rule: 'unique', threshold: 0.6 },
    { field: 'amount', rule: 'not_null', threshold: 0.5 },
    { field: 'amount', rule: 'range', min: 0, max: 15, threshold: 0.5 },
    { field: 'country', rule: 'pattern', pattern: '^[A-Z]{2}$' },
    { field: 'country', rule: 'referential', reference: 'countries', threshold: 0.5 },
    { field: 'day', rule: 'freshness', maxAge: '2d', threshold: 0.5 },
    { field: 'amount', rule: 'totals', expected: '30.00' },
  ];
  const engine = engineWith({ quality: { sourceFormat: 'csv', targetFormat: 'json', validationRules: rules } });
  engine.registerReference('countries', ['DE', 'FR']);
  const good = await engine.transformData(LINES, 'csv', 'json');
  t.equal(good.status, 'SUCCESS', JSON.stringify(good.errors));
  t.strictSame(
    good.qualityResults.rules.map(({ rule, checked, failed, passed }) => [rule, checked, failed, passed]),
    [
      ['id unique', 3, 1, true],
      ['amount notNull', 3, 1, true],
      ['amount range', 3, 1, true],
      ['country pattern', 3, 0, true],
      ['country referential', 3, 1, true],
      ['day freshness', 3, 1, true],
      ['amount totals', 3, 0, true],
    ],
  );
  const strict = engineWith({
    quality: {
      sourceFormat: 'csv',
      targetFormat: 'json',
      validationRules: [{ field: 'id', rule: 'unique', threshold: 0.9 }],
    },
  });
  const bad = await strict.transformData(LINES, 'csv', 'json');
  t.match(bad, { status: 'FAILED', transformedData: null, qualityResults: { passed: false } });
  t.match(bad.errors, [
    { code: 'HR_QUALITY', path: 'id', message: '1 of 3 records fail id unique: fewer than 0.9 pass' },
  ]);
});

t.test('totals are compared with a trailer, to the cent', async t => {
  const engine = engineWith({
    sums: {
      sourceFormat: 'csv',
      targetFormat: 'json',
      validationRules: [
        { field: 'amount', rule: 'totals', trailerField: 'TOTAL' },
        { rule: 'count', trailerField: 'RECORDS' },
      ],
    },
  });
  const csv = 'amount\n0.10\n0.20\n';
  const good = await engine.transformData(csv, 'csv', 'json', { trailer: { TOTAL: Decimal.from('0.30'), RECORDS: 2 } });
  t.equal(good.status, 'SUCCESS');
  const bad = await engine.transformData(csv, 'csv', 'json', { trailer: { TOTAL: Decimal.from('0.31'), RECORDS: 3 } });
  t.strictSame(
    bad.errors.map(({ message }) => message),
    ['the sum is 0.30, not 0.31', 'the count is 2, not 3'],
  );
});

const ORDER_FILE = `
       01 DTL.
          05 KIND PIC X VALUE 'D'.
          05 AMT  PIC 9(5)V99.
          05 REST PIC X(3).
       01 TRL.
          05 KIND PIC X VALUE 'T'.
          05 CNT  PIC 9(3).
          05 TOT  PIC 9(5)V99.
`;

t.test(
  'the trailer may be a record of the file: it is compared with, and is not among those that come out',
  async t => {
    const engine = engineWith({
      sums: {
        sourceSchema: {
          copybook: ORDER_FILE,
          codePage: 'ascii',
          select: [
            { record: 'DTL', when: { KIND: 'D' } },
            { record: 'TRL', when: { KIND: ['T'] } },
          ],
        },
        targetSchema: 'json',
        transformationLogic: { amount: 'AMT' },
        validationRules: [
          { field: 'amount', rule: 'totals', trailerField: 'TOT' },
          { rule: 'count', trailerField: 'CNT' },
        ],
      },
    });
    const run = (file: string) => engine.transformData(Buffer.from(file), 'cobol_copybook', 'json');
    const good = await run('D0000150---D0000225---T0020000375');
    t.strictSame(good.transformedData, [{ amount: '1.50' }, { amount: '2.25' }]);
    t.match(good, { status: 'SUCCESS', transformationMetrics: { recordsIn: 3, recordsOut: 2, recordsBad: 0 } });
    const messages = async (file: string) => (await run(file)).errors.map(({ message }) => message);
    t.strictSame(await messages('D0000150---T0020000375'), ['the sum is 1.50, not 3.75', 'the count is 1, not 2']);
    t.match(
      (await messages('D0000150---T0020000375T0020000375'))[0],
      /^2 records have TOT: give the trailer in the call/,
    );
    t.strictSame(await messages('D0000150---'), ['no trailer has a number TOT', 'no trailer has a number CNT']);
  },
);

const ids = (...values: number[]) => values.map(id => ({ id }));
const MIXED = [{ id: 1 }, { id: -2 }, { id: 3 }];
const POSITIVE: TransformationRule = {
  sourceFormat: 'json',
  targetFormat: 'json',
  validationRules: [{ field: 'id', rule: 'range', min: 0 }],
};

t.test('unique takes several fields together: 1-A comes twice where 1 and A may each come often', async t => {
  const engine = engineWith({
    r: {
      sourceSchema: 'json',
      targetSchema: 'json',
      transformationLogic: { 'key.id': 'id', side: 'side' },
      validationRules: [{ rule: 'unique', fields: ['key.id', 'side'] }],
      errorHandling: 'skip',
    },
  });
  const rows = [
    { id: 1, side: 'A' },
    { id: 1, side: 'B' },
    { id: 2, side: 'A' },
    { id: 1, side: 'A' },
    { id: 1, side: null },
    { id: 1, side: null },
  ];
  const result = await engine.transformData(rows, 'json', 'json', { ruleId: 'r' });
  t.equal(result.transformationMetrics.recordsOut, 5, 'what is blank in part is no key');
  t.match(result.errors, [{ record: 4, path: 'key.id, side', message: '["1","A"] came before' }]);
  t.match(result.qualityResults.rules, [{ rule: 'key.id, side unique', checked: 6, failed: 1 }]);
});

t.test('a record with defaults in it is judged once more: what its checks refuse does not come out', async t => {
  const rows: readonly [Record<string, object>, object, object[], object[], number][] = [
    [{ id: { unique: true } }, { id: 9 }, ids(9, 1, 1, 1), ids(9, 1), 2],
    [{ id: { unique: true } }, { id: 9 }, ids(1, 1, 9), ids(1, 9), 1],
    [{ id: { min: 0 } }, { id: -1 }, ids(1, -5), ids(1), 1],
    [
      { id: { unique: true }, n: { min: 0 } },
      { n: 0 },
      [
        { id: 1, n: -1 },
        { id: 1, n: 1 },
      ],
      [{ id: 1, n: 0 }],
      1,
    ],
    [{ id: { min: 0, unique: true } }, { id: 7 }, ids(-5, 7, 8), ids(7, 8), 1],
  ];
  for (const [validationRules, defaults, given, expected, deadLetters] of rows) {
    const rule = { ...POSITIVE, validationRules, errorHandling: { action: 'default', defaults } };
    const result = await engineWith({ rule }).transformBatch(given, 'json', 'json');
    t.strictSame(result.transformedData, expected);
    t.match(result.transformationMetrics, { deadLetters });
    t.equal(result.validationResults.valid, false);
  }
  const schema = { properties: { id: { type: 'integer' } } };
  const ends = { sourceSchema: schema, errorHandling: { action: 'default', defaults: { id: 'none' } } };
  const result = await new DataTransformationEngine().transformBatch([{ id: 'x' }, { id: 2 }], 'json', 'json', ends);
  t.strictSame(result.transformedData, [{ id: 2 }]);
});

t.test('totals are those of the records as they came, each counted once', async t => {
  const validationRules = [{ rule: 'count', expected: 3 }, ...(POSITIVE.validationRules as object[])];
  const rule = { ...POSITIVE, validationRules, errorHandling: { action: 'default', defaults: { id: 0 } } };
  t.equal((await engineWith({ rule }).transformBatch(MIXED, 'json', 'json')).status, 'SUCCESS');
});

t.test('a JSON Schema that its owner changes between two calls is judged as it is at each', async t => {
  const id = { type: 'string' };
  const sourceSchema = { type: 'object', properties: { id } };
  const engine = new DataTransformationEngine();
  const status = async () => (await engine.transformData({ id: 'x' }, 'json', 'json', { sourceSchema })).status;
  t.equal(await status(), 'SUCCESS');
  id.type = 'integer';
  t.equal(await status(), 'FAILED');
  id.type = 'string';
  t.equal(await status(), 'SUCCESS');
});

t.test('errorHandling does the same for one record, a batch and a stream', async t => {
  const rows: readonly [TransformationRule['errorHandling'], unknown[] | null, object][] = [
    ['fail', null, { recordsIn: 2, recordsBad: 1 }],
    ['skip', [{ id: 1 }, { id: 3 }], { recordsIn: 3, recordsOut: 2, recordsBad: 1, deadLetters: 1 }],
    ['quarantine', [{ id: 1 }, { id: 3 }], { recordsOut: 2, recordsBad: 1, quarantined: 1, deadLetters: 0 }],
    [
      { action: 'default', defaults: { id: 0 } },
      [{ id: 1 }, { id: 0 }, { id: 3 }],
      { recordsDefaulted: 1, recordsBad: 0 },
    ],
  ];
  for (const [errorHandling, expected, metrics] of rows) {
    const title = JSON.stringify(errorHandling);
    const engine = engineWith({ positive: { ...POSITIVE, ...(errorHandling === undefined ? {} : { errorHandling }) } });
    const batch = await engine.transformBatch(MIXED, 'json', 'json');
    t.strictSame(batch.transformedData, expected, title);
    t.match(batch.transformationMetrics, metrics, title);
    t.equal(batch.status, expected === null ? 'FAILED' : 'SUCCESS', title);
    const streamed: unknown[] = [];
    const stream = engine.transformStream(MIXED, 'json', 'json');
    const reading = (async () => {
      for await (const record of stream) streamed.push(record);
    })();
    if (expected === null) await t.rejects(reading, { message: '-2 is less than 0' });
    else {
      await reading;
      t.strictSame(streamed, expected, title);
    }
    const { transformationMetrics, status } = await stream.result;
    t.match(transformationMetrics, metrics, title);
    t.equal(status, batch.status);
  }
  const one = await engineWith({ positive: { ...POSITIVE, errorHandling: 'skip' } }).transformData(
    { id: -1 },
    'json',
    'json',
  );
  t.match(one, {
    status: 'FAILED',
    transformedData: null,
    deadLetters: [{ record: 1, ruleId: 'positive', data: { id: -1 } }],
  });
  t.match(one.errors, [
    { code: 'HR_VALIDATION', path: 'id', message: '-1 is less than 0', record: 1, rule: 'id range' },
  ]);
});

t.test('a record that the target cannot hold, or the source cannot be read to, is a bad record', async t => {
  const engine = new DataTransformationEngine().registerSchema('customer', 1, CUSTOMER);
  const records = [{ ...ANN, 'CUST-ID': 1234567 }, ANN];
  const skipped = await engine.transformBatch(records, 'json', 'cobol', { errorHandling: 'skip' });
  t.match(skipped, { status: 'SUCCESS', transformationMetrics: { recordsIn: 2, recordsOut: 1, bytesOut: 24 } });
  t.match(skipped.errors, [{ code: 'HR_ENCODE', path: 'CUST-ID', record: 1 }]);
  const failed = await engine.transformBatch(records, 'json', 'cobol');
  t.match(failed, { status: 'FAILED', errors: [{ code: 'HR_ENCODE', path: 'CUST-ID' }] });
  const broken = await engine.transformData('id,n\n1,2\n3\n4,5\n', 'csv', 'json', { errorHandling: 'skip' });
  t.strictSame(broken.transformedData, [
    { id: '1', n: '2' },
    { id: '4', n: '5' },
  ]);
  t.match(broken.deadLetters, [{ record: 2, data: '3\n' }]);
});

t.test('a stream of bytes is read and written in pieces, and holds one record at a time', async t => {
  const engine = engineWith({
    double: { sourceSchema: 'csv', targetSchema: 'json', transformationLogic: { n: 'decimal(n) * 2' } },
  });
  let given = 0;
  async function* chunks(): AsyncGenerator<Uint8Array> {
    yield Buffer.from('n\n');
    for (; given < 8_000; given++) yield Buffer.from(`${given}\n`);
  }
  const stream = engine.transformStream(chunks(), 'csv', 'json', { output: 'objects' });
  const iterator = stream[Symbol.asyncIterator]();
  t.strictSame((await iterator.next()).value, { n: 0 });
  t.ok(given < 4_000, 'what is not asked for is not read');
  let count = 1;
  while ((await iterator.next()).done !== true) count++;
  t.equal(count, 8_000);
  t.match((await stream.result).transformationMetrics, { recordsIn: 8_000, recordsOut: 8_000, bytesIn: 38_892 });
});

t.test('what cannot be used is refused when it is registered, by rule, field, line and column', async t => {
  const rows: readonly [TransformationRule, string, RegExp][] = [
    [
      { transformationLogic: { total: 'a +' } },
      'HR_EXPRESSION',
      /rule r, total: `a \+` is no expression at line 1, column 4/,
    ],
    [
      { validationRules: [{ field: 'a', rule: 'rang' }] },
      'HR_RULE',
      /rule r, validationRules\[0\]: no rule is named rang: notNull, unique/,
    ],
    [{ validationRules: [{ field: 'a', rule: 'range' }] }, 'HR_RULE', /a range has a min, a max, or both/],
    [{ validationRules: [{ rule: 'unique' }] }, 'HR_RULE', /unique has a field/],
    [{ validationRules: [{ rule: 'unique', field: 'a', fields: ['b'] }] }, 'HR_RULE', /fields are a list of the names/],
    [{ validationRules: [{ rule: 'range', fields: ['a'], min: 0 }] }, 'HR_RULE', /that unique takes together/],
    [
      { validationRules: { a: { rule: 'range', minimun: 0, max: 5 } } },
      'HR_RULE',
      /no minimun; did you mean minimum\?/,
    ],
    [{ validationRules: [{ rule: 'notNull', field: 'a', zzz: 1 }] }, 'HR_RULE', /no zzz; its words are field, fields,/],
    [{ validationRules: { a: { pattern: '(' } } }, 'HR_PATTERN', /rule r, validationRules\.a: "\(" is no pattern/],
    [{ validationRules: ['a > 1', 5] }, 'HR_RULE', /rule r, validationRules\[1\]: a validation rule is an object/],
    [
      { transformationLogik: {} } as never,
      'HR_RULE',
      /rule r has no transformationLogik; did you mean transformationLogic/,
    ],
    [null as never, 'HR_RULE', /rule r is no object: \{ sourceSchema, targetSchema,/],
    [
      { sourceSchema: { format: 'csv', delimeter: ';' } },
      'HR_SCHEMA',
      /of csv has no delimeter; did you mean delimiter/,
    ],
    [
      { errorHandling: { action: 'skip', maxError: 1 } },
      'HR_RULE',
      /rule r: errorHandling has no maxError: action, defaults, maxErrors, onDeadLetter/,
    ],
    [{ errorHandling: { maxErrors: 'few' } }, 'HR_RULE', /rule r: errorHandling.maxErrors is a count, not few/],
    [{ errorHandling: 42 as never }, 'HR_RULE', /rule r: errorHandling is an action, or \{ action, … \}, not number/],
    [{ validationRules: [{ field: 'a', pattern: /a/y }] }, 'HR_RULE', /a pattern has the flags i, m and s, not y/],
    [{ validationRules: 'a >' }, 'HR_RULE', /rule r, validationRules: `a >` is no expression/],
    [{ errorHandling: 'hope' }, 'HR_RULE', /errorHandling hope is none of fail, skip, default, quarantine/],
    [{ sourceSchema: { name: 'nowhere' } }, 'HR_SCHEMA', /no schema nowhere is registered/],
  ];
  for (const [rule, code, message] of rows)
    t.throws(() => new DataTransformationEngine().registerTransformationRule('r', rule), { code, message });
  const engine = new DataTransformationEngine().registerSchema('s', 1, CUSTOMER);
  t.throws(() => engine.registerSchema('s', 1, CUSTOMER), { code: 'HR_SCHEMA' });
  t.throws(() => engine.registerSchema({ name: 's', version: 2 } as never, undefined as never, undefined as never), {
    code: 'HR_SCHEMA',
    message: 'a schema is registered as registerSchema(name, version, schema)',
  });
  t.throws(() => engine.registerSchema('x', 1, { format: 'xml', element: 'x' }), {
    message: /^schema x of xml has no element; its words are format, fields, jsonSchema, copybook, root, rootElement/,
  });
  t.throws(() => new DataTransformationEngine({ number: 'exact' } as never), {
    code: 'HR_OPTION',
    message: 'DataTransformationEngine has no number; did you mean numbers?',
  });
});

t.test('a word of a call or a schema that nothing reads fails the call by its name', async t => {
  const engine = new DataTransformationEngine();
  const messageOf = async (options: object) =>
    (await engine.transformData('a;b', 'csv', 'json', options)).errors[0]?.message;
  t.equal(await messageOf({ sourceschema: 'csv' }), 'a call has no sourceschema; did you mean sourceSchema?');
  t.match(
    await messageOf({ sourceSchema: { format: 'csv', separator: ';' } }),
    /^a schema of csv has no separator; its words/,
  );
  t.equal(await messageOf({ sourceSchema: { format: 'csv', delimiter: ';', root: 'r', description: 'd' } }), undefined);
  t.match(
    await messageOf({ sourceSchema: [{ name: 'a', size: 5 }] }),
    /^a schema: the field a has no size; its words are name, type/,
  );
  const carried = { copybook: CUSTOMER, data: 'x', codepage: 'ascii' };
  const { errors } = await engine.transformData(carried, 'cobol_copybook', 'json');
  t.match(errors, [{ message: 'a schema of cobol_copybook has no codepage; did you mean codePage?' }]);
});

t.test('a JSON Schema of a list is asked of each record, and its types are those of JSON Schema', async t => {
  const engine = new DataTransformationEngine();
  const items = { properties: { id: { $ref: '#/$defs/id' }, n: { type: 'integer' } }, required: ['id'] };
  const targetSchema = { type: 'array', items, $defs: { id: { type: 'string', maxLength: 2 } } };
  const { transformedData } = await engine.transformData('id,n\nx,1\n', 'csv', 'json', { targetSchema });
  t.strictSame(transformedData, [{ id: 'x', n: 1 }]);
  const { errors } = await engine.transformData('id,n\nxyz,1\n', 'csv', 'json', { targetSchema });
  t.match(errors, [{ path: 'id', message: 'must NOT have more than 2 characters', record: 1 }]);
  const wrong = { properties: { id: { type: 'strng' } } };
  const refused = await engine.transformData({ id: 'x' }, 'json', 'json', { targetSchema: wrong });
  t.match(refused.errors, [{ code: 'HR_SCHEMA', message: /^JSON Schema has no type strng: null, boolean, string/ }]);
});

t.test('objects of a program are records where they have members: a Map has, bytes and a Set have not', async t => {
  const engine = new DataTransformationEngine();
  const csvOf = async (value: unknown) => {
    const { transformedData, errors } = await engine.transformData({ a: value }, 'json', 'csv');
    return transformedData ?? errors[0]?.message;
  };
  t.equal(await csvOf(new Map([['b', 1]])), 'a.b\r\n1\r\n');
  t.equal(await csvOf(Buffer.from('x')), 'json record 1, a: a Buffer is no value of JSON; give text or a list');
  t.equal(await csvOf(new Set([1])), 'json record 1, a: a Set is no value of JSON; give text or a list');
});

t.test('a default that stands in for an expression that fails is counted as one for a check is', async t => {
  const engine = engineWith({
    defaults: {
      transformationLogic: { id: 'id', amount: 'decimal(amount) * 2' },
      validationRules: [{ field: 'amount', rule: 'range', max: 100 }],
      errorHandling: { action: 'default', defaults: { amount: 0 } },
    },
  });
  const records = [
    { id: 1, amount: '10.50' },
    { id: 2, amount: 'abc' },
    { id: 3, amount: '900' },
  ];
  const { transformedData, transformationMetrics } = await engine.transformData(records, 'json', 'json');
  t.strictSame(transformedData, [
    { id: 1, amount: '21.00' },
    { id: 2, amount: 0 },
    { id: 3, amount: 0 },
  ]);
  t.match(transformationMetrics, { recordsOut: 3, recordsBad: 0, recordsDefaulted: 2 });
});

t.test('two schemas of copybooks want a name; a version picks one', async t => {
  const engine = new DataTransformationEngine()
    .registerSchema('a', 1, '       01 R.\n          05 F PIC X(2).\n')
    .registerSchema('a', 2, '       01 R.\n          05 F PIC X(3).\n')
    .registerSchema('b', 1, '       01 R.\n          05 G PIC X(1).\n');
  const unnamed = await engine.transformData({ F: 'AB' }, 'json', 'cobol');
  t.match(
    unnamed.errors[0]?.message,
    /cobol_copybook has 2 schemas \(a, b\): name one in sourceSchema or targetSchema/,
  );
  const sizeOf = async (targetSchema: string): Promise<number> =>
    (await engine.transformData({ F: 'AB' }, 'json', 'cobol', { targetSchema })).transformationMetrics.bytesOut;
  t.equal(await sizeOf('a'), 3);
  t.equal(await sizeOf('a@1'), 2);
});
