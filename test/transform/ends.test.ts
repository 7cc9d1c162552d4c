import t from 'tap';

import { COBOLDataConverter, DataTransformationEngine } from '../../src/index.js';
import type { TransformOptions } from '../../src/transform/index.js';

const CUSTOMER = `       01 CUSTOMER.
          05 ID   PIC 9(3).
          05 NAME PIC X(4).
`;
const ORDER = {
  type: 'object',
  required: ['id', 'lines'],
  properties: {
    id: { type: 'integer' },
    lines: { type: 'array', items: { properties: { price: { type: 'number', minimum: 0 } } } },
  },
};

t.test('an answer has six members, and its dead letters beside them', async t => {
  const engine = new DataTransformationEngine();
  const answer = await engine.transformBatch([{ id: 'x' }, { id: 1, lines: [] }], 'json', 'json', {
    sourceSchema: ORDER,
    errorHandling: 'skip',
  });
  t.strictSame(Object.keys(answer), [
    'status',
    'transformedData',
    'validationResults',
    'qualityResults',
    'transformationMetrics',
    'errors',
  ]);
  t.strictSame(answer.transformedData, [{ id: 1, lines: [] }]);
  t.strictSame(
    answer.deadLetters.map(({ record, data }) => [record, data]),
    [[1, { id: 'x' }]],
  );
  t.strictSame(answer.quarantined, []);
});

t.test('a JSON Schema that a call or a name brings is asked of each record, without any rule', async t => {
  const engine = new DataTransformationEngine().registerSchema('order', '1.0', ORDER);
  const bad = { id: 'x', lines: [{ price: 1 }, { price: -1 }] };
  const problems = ['id: must be integer', 'lines[1].price: must be at least 0'];
  const calls: readonly [string, string, TransformOptions][] = [
    ['json', 'json', { sourceSchema: ORDER }],
    ['json', 'json', { targetSchema: ORDER }],
    ['json', 'csv', { sourceSchema: 'order' }],
    ['json', 'xml', { sourceSchema: { name: 'order', version: '1.0' } }],
    ['order', 'json', {}],
    ['json', 'order@1.0', {}],
  ];
  for (const [from, to, options] of calls) {
    const title = `${from} to ${to} ${JSON.stringify(Object.keys(options))}`;
    const { status, transformedData, errors, validationResults } = await engine.transformData(bad, from, to, options);
    t.equal(status, 'FAILED', title);
    t.equal(transformedData, null);
    t.strictSame(errors.map(({ path, message }) => `${path}: ${message}`).sort(), problems, title);
    t.match(validationResults, { valid: false, checked: 1, failed: 1, errors: [{ code: 'HR_VALIDATION' }, {}] });
    const defaults = { action: 'default', defaults: { id: 0, lines: [] } };
    const mended = await engine.transformData({ id: 'x' }, from, to, { ...options, errorHandling: defaults });
    t.match(mended.transformationMetrics, { recordsOut: 1, recordsDefaulted: 1, recordsBad: 0 }, title);
  }
});

t.test(
  'a cell that is none of its type is invalid, and a target that cannot hold a value is one record’s trouble',
  async t => {
    const engine = new DataTransformationEngine();
    const fields = [{ name: 'id', type: 'integer' }];
    const read = await engine.transformData('id\nx\n1\n', 'csv', 'json', {
      sourceSchema: { format: 'csv', fields },
      errorHandling: 'skip',
    });
    t.match(read, {
      status: 'SUCCESS',
      transformedData: [{ id: 1 }],
      validationResults: { valid: false, failed: 1, errors: [{ code: 'HR_FORM_READ', path: 'id', record: 1 }] },
    });
    const written = await engine.transformBatch([{ id: 'x' }, { id: 2 }], 'json', 'csv', {
      targetSchema: { format: 'csv', fields },
      errorHandling: 'skip',
    });
    t.match(written, {
      status: 'SUCCESS',
      transformedData: 'id\r\n2\r\n',
      validationResults: { valid: false, errors: [{ code: 'HR_FORM_WRITE', path: 'id', record: 1 }] },
      deadLetters: [{ record: 1, data: { id: 'x' } }],
    });
  },
);

t.test('a registered schema is named in the place of a format', async t => {
  const engine = new DataTransformationEngine().registerSchema('customer', 1, CUSTOMER).registerSchema('list', '2.0', {
    format: 'csv',
    delimiter: ';',
    fields: [{ name: 'ID', type: 'integer' }, { name: 'NAME' }],
  });
  const bytes = COBOLDataConverter.jsonToCobol({ ID: 7, NAME: 'Ann' }, CUSTOMER);
  const read = await engine.transformData(bytes, 'customer', 'json');
  t.strictSame(read.transformedData, { ID: 7, NAME: 'Ann' });
  const csv = await engine.transformData(bytes, 'customer@1', 'list@2.0');
  t.equal(csv.transformedData, 'ID;NAME\r\n7;Ann\r\n', JSON.stringify(csv.errors));
  const back = await engine.transformData(csv.transformedData, 'list', 'customer');
  t.equal((back.transformedData as Buffer).toString('hex'), bytes.toString('hex'));
  const unknown = await engine.transformData(bytes, 'cobol', 'json', { sourceSchema: 'custmer' });
  t.match(unknown.errors, [{ code: 'HR_SCHEMA', message: 'no schema custmer is registered: customer, list' }]);
});

t.test('a rule is an expression or a function alone, and a RegExp keeps its flags', async t => {
  const outOf = async (validationRules: unknown): Promise<unknown> => {
    const engine = new DataTransformationEngine().registerTransformationRule('r', {
      sourceFormat: 'json',
      targetFormat: 'json',
      validationRules: validationRules as never,
      errorHandling: 'skip',
    });
    return (await engine.transformBatch([{ a: 'X' }, { a: 'y' }], 'json', 'json')).transformedData;
  };
  t.strictSame(await outOf('a == "X"'), [{ a: 'X' }]);
  t.strictSame(await outOf((record: { a: string }) => record.a === 'y'), [{ a: 'y' }]);
  t.strictSame(await outOf([{ field: 'a', pattern: /^x$/i }]), [{ a: 'X' }]);
});
