import t from 'tap';

import { Expression, expressionScope } from '../../src/expression/index.js';
import { Decimal, type DataRecord, type DataValue, type HeadraceError } from '../../src/model/index.js';

const RECORD: DataRecord = {
  'CUST-ID': '00042',
  NAME: ' Ann ',
  AMOUNT: Decimal.from('12345678901234567.89'),
  QTY: 3,
  big: 12345678901234567890n,
  nothing: null,
  type: 'X',
  items: [
    { price: Decimal.from('0.10'), count: 3 },
    { price: Decimal.from('0.20'), count: 1 },
  ],
};

const evaluate = (source: string, record = RECORD): DataValue =>
  new Expression(source).evaluate(expressionScope(record));

function refusalOf(work: () => unknown): HeadraceError {
  try {
    work();
  } catch (error) {
    return error as HeadraceError;
  }
  throw new Error('nothing was refused');
}

t.test('an expression reads fields, hyphenated ones as COBOL writes them', async t => {
  const rows: readonly [string, DataValue][] = [
    ['CUST-ID', '00042'],
    ['record.CUST-ID + "-1"', '00042-1'],
    ['record["CUST-ID"]', '00042'],
    ['has(record.CUST-ID)', true],
    ['QTY - 1', 2],
    ['type', 'X'],
    ['record.type', 'X'],
    ['items.map(list, list.count)', [3, 1]],
    ['NAME.trim()', 'Ann'],
    ['record.?missing.orValue("none")', 'none'],
    ['coalesce(nothing, "none")', 'none'],
    ['coalesce(missing, "none")', 'none'],
    ['coalesce(record.missing.deeper, "none")', 'none'],
    ['coalesce(missing, coalesce(nothing, QTY))', 3],
    ['"it-is" + \'a-b\' // x-y', 'it-isa-b'],
    ['{"A": 1, "B": "x"}', { A: 1, B: 'x' }],
    ['items.filter(i, i.count > 2).map(i, i.count)', [3]],
  ];
  for (const [source, expected] of rows) t.strictSame(evaluate(source), expected, source);
  t.strictSame(Object.keys(evaluate('record') as object), Object.keys(RECORD), 'each field once');
  t.strictSame(evaluate('record', { 'A-B': 1, A_B: 2 }), { 'A-B': 1, A_B: 2 });
});

t.test('numbers are exact: no value passes through a float', async t => {
  const rows: readonly [string, string][] = [
    ['0.1 + 0.2', '0.3'],
    ['AMOUNT * 0.1', '1234567890123456.789'],
    ['AMOUNT - 0.01', '12345678901234567.88'],
    ['big + 1', '12345678901234567891'],
    ['12345678901234567890.123456789', '12345678901234567890.123456789'],
    ['sum(items.map(i, i.price * i.count))', '0.50'],
    ['divide(AMOUNT, 3, 2)', '4115226300411522.63'],
    ['divide(1, 3, 4, "up")', '0.3334'],
    ['round(AMOUNT, 1)', '12345678901234567.9'],
    ['round(2.5, 0, "halfUp")', '3'],
    ['abs(-1.50)', '1.50'],
    ['QTY % 2', '1'],
    ['-7.5 % 2', '-1.5'],
    ['5 % 0.3', '0.2'],
    ['decimal("1.10")', '1.10'],
    ['int(AMOUNT)', '12345678901234567'],
    ['QTY > 1 ? 0 : AMOUNT', '0'],
  ];
  for (const [source, expected] of rows) t.equal(String(evaluate(source)), expected, source);
  t.equal(typeof evaluate('QTY * 2'), 'number', 'a whole number of at most 15 digits is a number');
});

t.test('whole numbers and decimals compare alike, in lists too', async t => {
  const truths = [
    ...['QTY == 3', '3 == QTY', 'QTY == 3.0', 'QTY > 2.5', '2 < QTY', 'QTY != 4', 'AMOUNT > 12345678901234567'],
    ...['QTY in [1, 2, 3]', '1 in items.map(i, i.count)', 'size(NAME) in [5]', '[3, 1] == items.map(i, i.count)'],
    ...['items.exists_one(i, i.count == 1)', 'items.all(i, i.price < 0.25)', '"A" in {"A": 1}'],
  ];
  for (const source of truths) t.equal(evaluate(source), true, source);
});

t.test('dates of mainframes become those of ISO 8601', async t => {
  t.equal(evaluate('isoDate("20240229", "yyyyMMdd")'), '2024-02-29');
  t.equal(evaluate('isoDate("240229", "yyMMdd")'), '2024-02-29');
  t.equal(evaluate('isoDate("991231", "yyMMdd")'), '1999-12-31');
  t.equal(evaluate('isoDate("24060", "yyDDD")'), '2024-02-29');
  t.equal(evaluate('isoDate("31.12.2023", "dd.MM.yyyy")'), '2023-12-31');
  for (const [text, pattern] of [
    ['20230229', 'yyyyMMdd'],
    ['2023366', 'yyyyDDD'],
    ['20231301', 'yyyyMMdd'],
    ['2023010', 'yyyyMMdd'],
    ['00000000', 'yyyyMMdd'],
  ])
    t.match(
      refusalOf(() => evaluate(`isoDate("${text}", "${pattern}")`)).message,
      `"${text}" is no date of the form ${pattern}`,
    );
});

t.test('what is no expression is refused when it is compiled, with its line and column', async t => {
  const rows: readonly [string, number, number, string][] = [
    ['1 +', 1, 4, 'Unexpected token: EOF'],
    ['1 + "a"', 1, 1, 'no such overload: int + string'],
    ['QTY > 1 &&\n  size(1, 2) > 0', 2, 3, "found no matching overload for 'size(int, int)'"],
    ['QTY > 1 &&\n  size(1, 2) > 0', 2, 3, 'it is called as size(string): int or size(bytes): int'],
    ['lookup(1)', 1, 1, 'there is no function lookup; there are abs, all, at, base64,'],
    ['process.exit(1)', 1, 1, 'there is no function exit; there are abs, all, at, base64,'],
  ];
  for (const [source, line, column, reason] of rows) {
    const error = refusalOf(() => new Expression(source));
    t.match(error, { code: 'HR_EXPRESSION', name: 'ConfigError', details: { line, column } }, source);
    t.match(error.message, reason);
  }
  t.match(refusalOf(() => new Expression('1'.repeat(10_001))).message, 'it has 10001 characters, more than 10000');
  t.match(
    refusalOf(() => new Expression(`${'('.repeat(200)}1${')'.repeat(200)}`)),
    { code: 'HR_EXPRESSION' },
  );
});

t.test('what a record does not allow is refused with its place', async t => {
  const rows: readonly [string, string][] = [
    ['missing', 'the record has no field missing'],
    ['constructor', 'the record has no field constructor'],
    ['list', 'the record has no field list'],
    ['record.__proto__', 'No such key: __proto__ at line 1, column 8'],
    ['record["constructor"]', 'No such key: constructor'],
    ['AMOUNT / 3', 'write divide(a, b, decimals)'],
    ['divide(1, 0, 2)', '1 is divided by zero'],
    ['QTY % 0', 'there is no remainder of a division by 0'],
    ['divide(1, 3, 2, "near")', 'no rounding is named near'],
    ['nothing > 1', 'no such overload: null > int'],
    ['NAME + QTY', 'no such overload: string + Decimal'],
    ['b"ab"', 'a Uint8Array is nothing that a record holds'],
    ['NAME.matches("(")', '"(" is no pattern'],
    ['padStart(NAME, 10001, " ")', 'text is padded to 0 to 10000 characters'],
  ];
  for (const [source, reason] of rows) {
    const error = refusalOf(() => evaluate(source));
    t.equal(error.code, 'HR_EXPRESSION_VALUE', source);
    t.ok(error.message.includes(reason), error.message);
  }
});

t.test('work is bounded: rounds are counted, patterns are linear', async t => {
  const record = { list: Array.from({ length: 400 }, (_, index) => index), text: `${'a'.repeat(50_000)}!` };
  const nested = refusalOf(() => evaluate('list.map(a, list.map(b, list.map(c, 1)))', record));
  t.match(nested.message, 'an expression goes through at most 100000 elements for one record');
  t.equal((evaluate('list.map(a, list.map(b, 1))[0]', { list: record.list.slice(0, 300) }) as unknown[]).length, 300);
  t.equal(evaluate('text.matches("^(a+)+$")', record), false);
  const deep = refusalOf(() => expressionScope({ list: Array.from({ length: 100_001 }, () => 1) }));
  t.match(deep.message, 'a list of 100001 elements, more than 100000');
});
