import t from 'tap';

import { Decimal, ROUNDINGS, readExactNumber } from '../../src/model/index.js';

const text = (value: string): string => Decimal.from(value).toString();

t.test('a Decimal keeps every digit it was written with', async t => {
  for (const digits of ['0', '-0.10', '1.50', '12345678901234567890123456789012345678', '0.00000000000000000001'])
    t.equal(text(digits), digits);
  t.equal(text('+7'), '7');
  t.equal(text('.5'), '0.5');
  t.equal(text('5.'), '5');
  t.equal(text('1.25e3'), '1250');
  t.equal(text('125E-4'), '0.0125');
  t.equal(Decimal.from(0.1).toString(), '0.1');
  t.equal(JSON.stringify({ amount: Decimal.from('1.50') }), '{"amount":"1.50"}');
});

t.test('what is no number makes no Decimal', async t => {
  for (const bad of ['', '.', '-', '1,5', '1e', 'NaN', 'Infinity', '0x10', ' 1', '1 ', '1e99999', '1e-1001'])
    t.equal(Decimal.tryParse(bad), undefined, bad);
  t.equal(Decimal.tryParse('9'.repeat(100_000)), undefined, 'a hundred thousand digits');
  t.throws(() => Decimal.from('twelve'), {
    code: 'HR_DECIMAL',
    message: '"twelve" is not a number: write digits, as in -12.50',
  });
});

t.test('sums, products and comparisons are exact', async t => {
  t.equal(Decimal.from('0.1').plus('0.2').toString(), '0.3');
  t.equal(Decimal.from('1').minus('0.01').toString(), '0.99');
  t.equal(Decimal.from('9007199254740993').times('1.1').toString(), '9907919180215092.3');
  t.ok(Decimal.from('1.50').equals('1.5'));
  t.ok(Decimal.from('9007199254740993').compare('9007199254740992') > 0);
  t.ok(Decimal.from('-2').compare('-1.99') < 0);
  t.ok(Decimal.from('12.00').isInteger);
  t.notOk(Decimal.from('12.01').isInteger);
});

t.test('2.5, -2.5 and 2.51 lose their decimals as each rounding says', async t => {
  const expected = {
    halfEven: ['2', '-2', '3'],
    halfUp: ['3', '-3', '3'],
    halfDown: ['2', '-2', '3'],
    down: ['2', '-2', '2'],
    up: ['3', '-3', '3'],
    floor: ['2', '-3', '2'],
    ceiling: ['3', '-2', '3'],
  };
  for (const rounding of ROUNDINGS) {
    if (rounding === 'none') continue;
    const found = ['2.5', '-2.5', '2.51'].map(value => Decimal.from(value).rounded(0, rounding).toString());
    t.strictSame(found, expected[rounding], rounding);
  }
  t.throws(() => Decimal.from('2.5').rounded(0, 'none'), { code: 'HR_DECIMAL' });
  t.equal(Decimal.from('2.50').rounded(1, 'none').toString(), '2.5');
  t.equal(Decimal.from('2').rounded(2).toString(), '2.00');
});

t.test('a quotient has the scale that was asked for', async t => {
  t.equal(Decimal.from('10').dividedBy('3', 4).toString(), '3.3333');
  t.equal(Decimal.from('-10').dividedBy('3', 2, 'up').toString(), '-3.34');
  t.equal(Decimal.from('1').dividedBy('8', 2).toString(), '0.12');
  t.equal(Decimal.from('1000.00').dividedBy('0.3', 0, 'down').toString(), '3333');
  t.throws(() => Decimal.from('1').dividedBy('0.00', 2), { message: '1 is divided by zero' });
});

t.test('a whole number of 15 digits is a number of JavaScript, any other a Decimal', async t => {
  t.equal(readExactNumber('999999999999999'), 999999999999999);
  t.equal(readExactNumber('-999999999999999'), -999999999999999);
  t.equal(readExactNumber('-0'), 0);
  t.equal(String(readExactNumber('1000000000000000')), '1000000000000000');
  t.ok(readExactNumber('1000000000000000') instanceof Decimal);
  t.ok(readExactNumber('1.0') instanceof Decimal);
  t.equal(readExactNumber('1e3'), 1000);
  t.equal(readExactNumber('x'), undefined);
});
