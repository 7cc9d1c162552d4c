import t from 'tap';

import {
  chooseRecord,
  compileCopybook,
  typescriptOf,
  type CopybookOptions,
  type Layout,
} from '../../src/codec/index.js';
import { ConfigError, DecodeError } from '../../src/model/index.js';
import { CopybookMaker } from '../support/copybooks.js';
import { damagedRecords, decodeRecords } from '../support/decoded-lines.js';
import { SeededRandom } from '../support/fuzz.js';
import { compileGenerated, importGenerated, type GeneratedClass } from '../support/generated.js';

t.setTimeout(300_000);

const compile = (text: string, options: Partial<CopybookOptions> = {}): Layout =>
  chooseRecord(compileCopybook(text, { file: 'x.cpy', codePage: 'ascii', ...options }), undefined);

const generate = async (layout: Layout, name: string): Promise<GeneratedClass> =>
  (await importGenerated(typescriptOf([layout], ['a test'])))[name]!;

const TRADE = `
       01 TRADE.
         05 TRADE-ID PIC X(4).
         05 NOTIONAL PIC S9(3)V99 COMP-3.
         05 BIG PIC S9(17)V99 COMP-3.
         05 QTY PIC 9(3)PPP.
         05 LEG-COUNT PIC 9.
         05 LEGS OCCURS 0 TO 3 DEPENDING ON LEG-COUNT.
           10 RATE PIC V99 OCCURS 2.
         05 KEY-TEXT PIC X(4).
         05 KEY-NUMBER REDEFINES KEY-TEXT PIC 9(4).
         05 STATUS-CODE PIC X VALUE 'N'.
`;
const RECORD = Buffer.concat([
  Buffer.from('AB  '),
  Buffer.from('12345d', 'hex'),
  Buffer.from('1234567890123456789c', 'hex'),
  Buffer.from('012' + '2' + '01020304' + '0042' + 'Y'),
]);

t.test('fields are read when they are asked for: text, integers, digits as a bigint, and exact text', async t => {
  const Trade = await generate(compile(TRADE), 'Trade');
  const trade = new Trade(RECORD) as never as Record<string, never> & {
    rate(i: number, j: number): bigint;
    rateText(i: number, j: number): string;
  };
  t.equal(trade['tradeId'], 'AB');
  t.equal(trade['notional'], -12345n);
  t.equal(trade['notionalText'], '-123.45');
  t.equal(trade['big'], 1234567890123456789n);
  t.equal(trade['bigText'], '12345678901234567.89');
  t.equal(trade['qty'], 12000);
  t.equal(trade.rate(1, 0), 3n);
  t.equal(trade.rateText(1, 1), '0.04');
  t.throws(() => trade.rate(2, 0), { name: 'RangeError', message: 'LEGS has 2 occurrences, from 0; there is no 2' });
  t.equal(trade['keyText'], '0042', 'what follows the table slides');
  t.equal(trade['keyNumber'], 42);
  t.equal(trade['statusCode'], 'Y');
  t.equal(trade['$length'], RECORD.length);
});

t.test('$object has the values of decode, and $refusals what decode refuses', async t => {
  const Trade = await generate(compile(TRADE), 'Trade');
  t.strictSame(new Trade(RECORD).$object(), {
    'TRADE-ID': 'AB',
    NOTIONAL: '-123.45',
    BIG: '12345678901234567.89',
    QTY: 12000,
    'LEG-COUNT': 2,
    LEGS: [{ RATE: ['0.01', '0.02'] }, { RATE: ['0.03', '0.04'] }],
    'KEY-TEXT': '0042',
    'KEY-NUMBER': 42,
    'STATUS-CODE': 'Y',
  });
  const bad = Buffer.from(RECORD);
  bad[6] = 0x57; // no sign
  bad[17] = 0x41; // no digit
  bad.write('abcd', bad.length - 5);
  const trade = new Trade(bad);
  t.match(trade.$refusals(), [
    { field: 'NOTIONAL', offset: 4, code: 'badSign', picture: 'S9(3)V99' },
    { field: 'QTY', offset: 17, code: 'badDigit', message: 'QTY at offset 17: a digit is not valid' },
  ]);
  t.throws(() => trade.$object(), { code: 'HR_FIELD', message: /^TRADE, NOTIONAL at offset 4: sign nibble/ });
  t.throws(() => trade['qty'], DecodeError);
  t.throws(() => new Trade(RECORD, 0, 10), { code: 'HR_RECORD' });
});

t.test('setters write a field, and refuse with its name what does not fit', async t => {
  const Trade = await generate(compile(TRADE), 'Trade');
  const trade = Trade.$create({ legCount: 1 }) as never as Record<string, unknown> & {
    setRate(i: number, j: number, value: bigint | string): void;
    $record: Uint8Array;
  };
  t.equal(trade['statusCode'], 'N', 'VALUE');
  trade['tradeId'] = 'AB';
  trade['notional'] = -12345n;
  trade['big'] = '12345678901234567.89';
  trade['qty'] = 12000;
  trade.setRate(0, 1, '0.25');
  trade.setRate(0, 0, 7n);
  trade['keyNumber'] = 42;
  trade['statusCode'] = 'Y';
  t.equal(Buffer.from(trade.$record).subarray(17).toString(), '012' + '1' + '0725' + '0042' + 'Y');
  t.equal(trade['notionalText'], '-123.45');
  const refused = (set: () => void, message: RegExp): unknown => t.throws(set, { code: 'HR_FIELD', message });
  refused(() => (trade['notional'] = 100_000n), /^TRADE, NOTIONAL at offset 4: the value does not fit the picture$/);
  refused(() => (trade['notional'] = '1.234'), /NOTIONAL at offset 4: .*scale/);
  refused(() => (trade['qty'] = 12_001), /QTY/);
  refused(() => (trade['tradeId'] = 'ABCDE'), /TRADE-ID/);
  refused(() => (trade['tradeId'] = '\u4e2d'), /TRADE-ID/);
  t.equal(trade['notionalText'], '-123.45', 'what is refused changes nothing');
  t.throws(() => Trade.$create({ legCount: 4 }), { message: 'LEG-COUNT is 4; expected at most 3' });
  t.equal(Trade.$create().$length, compile(TRADE).sizeBytes, 'all occurrences where nothing is said');
});

t.test('$problems names the members of an object that could not be written', async t => {
  const Trade = await generate(compile(TRADE), 'Trade');
  const good = new Trade(RECORD).$object();
  t.strictSame(Trade.$problems(good), []);
  t.strictSame(Trade.$problems({ ...good, NOTIONAL: -123.45, 'KEY-TEXT': null }), [], 'decode’s JSON, too');
  const legs = [{ RATE: ['0.01', '0.02'] }, { RATE: ['0.03'] }, { RATE: ['1', null] }];
  const problems = Trade.$problems({ ...good, LEGS: legs, QTY: 'x', MORE: 1, 'TRADE-ID': undefined });
  t.strictSame(
    problems.map(({ path, code }) => `${path} ${code}`),
    [
      'MORE unknownMember',
      'TRADE-ID missingValue',
      'QTY badType',
      'LEGS[1].RATE badCount',
      'LEGS[2].RATE[0] digitsOverflow',
      'LEGS[2].RATE[1] missingValue',
    ],
  );
  t.match(Trade.$problems(7), [{ path: '$', code: 'badType' }]);
});

t.test('exact text of numbers at the borders of their bytes: no -0, no lost digit, zeros where P stands', async t => {
  const Trade = await generate(
    compile(
      `
       01 TRADE.
         05 LONG-COMP PIC S9(18) COMP.
         05 LONG-COMP5 PIC S9(16)V99 COMP-5.
         05 PLAIN-COMP5 PIC 9(18) COMP-5.
         05 SHORT-COMP PIC S9(4)V99 COMP.
         05 PACKED PIC S9(15)V99 COMP-3.
         05 TINY PIC SPP99 COMP-3.
         05 HUGE PIC 9(14)P(4).
         05 WIDE PIC S9(31)V9(7) SIGN LEADING SEPARATE.
         05 NAME-TEXT PIC X(70).
    `,
      { nativeEndian: 'big' },
    ),
    'Trade',
  );
  const texts = ['longComp', 'longComp5', 'plainComp5', 'shortComp', 'packed', 'tiny', 'huge', 'wide'];
  const read = (numbers: string, digits: string): unknown[] => {
    const trade = new Trade(Buffer.concat([Buffer.from(numbers, 'hex'), Buffer.from(digits.padEnd(123))]));
    const object = Object.values(trade.$object());
    t.strictSame(
      texts.map(name => trade[`${name}Text`]),
      object.slice(0, -1),
    );
    return object;
  };
  t.strictSame(
    read(
      `${'0de0b6b3a763ffff'}${'8000000000000000'}${'ffffffffffffffff'}${'fff0bdc1'}${'00000000000000100d'}${'001c'}`,
      `00000000000000-${'9'.repeat(38)}`,
    ),
    [
      '999999999999999999',
      '-92233720368547758.08',
      '18446744073709551615',
      '-9999.99',
      '-1.00',
      '0.0001',
      '0',
      `-${'9'.repeat(31)}.${'9'.repeat(7)}`,
      '',
    ],
  );
  t.strictSame(
    read(
      `${'f21f494c589c0001'}${'ffffffffffffffff'}${'0000000100000000'}${'00000000'}${'00000000000000000d'}${'099d'}`,
      `12345678901234+${'5'.padStart(38, '0')}${'n'.repeat(70)}`,
    ),
    [
      '-999999999999999999',
      '-0.01',
      '4294967296',
      '0.00',
      '0.00',
      '-0.0099',
      '123456789012340000',
      '0.0000005',
      'n'.repeat(70),
    ],
  );
  const beyond = Buffer.concat([Buffer.from('0de0b6b3a7640000', 'hex'), Buffer.alloc(161)]);
  t.throws(() => new Trade(beyond)['longCompText'], { code: 'HR_FIELD', message: /LONG-COMP at offset 0/ });
  t.throws(() => new Trade(beyond)['longComp'], { code: 'HR_FIELD' });
});

t.test('names that would collide are told apart by their groups or by a number', async t => {
  const layout = compile(`
       01 NUMBER.
         05 BUY. 10 PRICE PIC 9. 10 AMOUNT PIC 9V9.
         05 SELL. 10 PRICE PIC 9. 10 AMOUNT-TEXT PIC X(3).
         05 TO-STRING PIC X.
         05 1ST-KEY PIC X.
  `);
  const text = typescriptOf([layout], ['a test']);
  t.match(text, 'export class Number_2 extends RecordView');
  for (const name of ['buyPrice', 'sellPrice', 'amountText', 'amountText_2', 'toString_2', 'f1stKey'])
    t.match(text, `get ${name}()`);
  t.strictSame(compileGenerated([text]), []);
});

const NUMBER = /"(?:[^"\\]|\\.)*"|-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/g;
const MARK = '\u0001';

/** Decode's line with each number as marked text: no digit is lost. */
const exact = (line: string): unknown =>
  JSON.parse(line.replace(NUMBER, token => (token.startsWith('"') ? token : JSON.stringify(MARK + token))));

/** Where an object differs from decode's line, '' when nowhere. */
function difference(decoded: unknown, given: unknown, path = '$'): string {
  const differs = `${path}: ${JSON.stringify(decoded)} is read as ${JSON.stringify(given)}`;
  if (typeof decoded === 'string' && decoded.startsWith(MARK)) {
    const literal = decoded.slice(1);
    if (typeof given === 'number') return Number(literal) === given && !Object.is(given, -0) ? '' : differs;
    return literal === given || (literal === '0' && /^0\.0+$/.test(String(given))) ? '' : differs;
  }
  if (typeof decoded !== 'object' || decoded === null) return decoded === given ? '' : differs;
  if (typeof given !== 'object' || given === null) return differs;
  const names = new Set([...Object.keys(decoded), ...Object.keys(given)]);
  for (const name of names) {
    const [a, b] = [decoded, given].map(value => (value as Record<string, unknown>)[name]);
    const found = difference(a, b, `${path}.${name}`);
    if (found !== '') return found;
  }
  return '';
}

function tryObject(view: { $object(): object }): object | string {
  try {
    return view.$object();
  } catch (error) {
    if (!(error instanceof DecodeError)) throw error;
    return (error.details as { field?: string }).field ?? '';
  }
}

t.test('generated readers of 60 seeded copybooks read 1,200 records as decode does, and compile strictly', async t => {
  const random = new SeededRandom(11);
  const maker = new CopybookMaker(random);
  const texts: string[] = [];
  let [made, lines, refused] = [0, 0, 0];
  while (made < 60) {
    const source = maker.make();
    const codePage = random.pick(['cp037', 'ascii', 'cp930', 'utf-8', 'cp1140']);
    const blanks = random.pick([undefined, { spaces: 'null' }, { lowValues: 'zero', highValues: 'null' }] as const);
    const options = {
      codePage,
      trunc: random.pick(['std', 'bin', 'opt'] as const),
      odo: random.pick(['slide', 'max'] as const),
      nativeEndian: random.pick(['big', 'little'] as const),
      signNibbles: random.pick(['all', 'strict'] as const),
      binarySize: random.pick(['2-4-8', '1-2-4-8', '1-8'] as const),
      ...(blanks === undefined ? {} : { blanks }),
    };
    let layout: Layout;
    let text: string;
    try {
      layout = compile(source, options);
      decodeRecords(layout, []);
      text = typescriptOf([layout], ['a test']);
    } catch (error) {
      if (!(error instanceof ConfigError)) throw error;
      continue;
    }
    made++;
    if (made <= 8) texts.push(text);
    const { Rec } = await importGenerated(text);
    const records = damagedRecords(random, layout, 20);
    const told = (what: string, record: Uint8Array): void =>
      t.fail(`${what}\n${source}${JSON.stringify(options)} ${Buffer.from(record).toString('hex')}`) as never;
    decodeRecords(layout, records).forEach((decoded, index) => {
      const record = records[index]!;
      const read = tryObject(new Rec!(record, 0, record.length));
      const problem =
        'line' in decoded
          ? typeof read === 'string'
            ? `decoded, but ${read} is refused: ${decoded.line}`
            : difference(exact(decoded.line), read)
          : typeof read !== 'string'
            ? `${decoded.field} ${decoded.code} is not refused`
            : read === decoded.field
              ? ''
              : `${decoded.field} ${decoded.code} is refused as ${read}`;
      if (problem !== '') told(problem, record);
      if ('line' in decoded) lines++;
      else refused++;
    });
  }
  t.ok(lines > 300 && refused > 100, `${lines} decoded, ${refused} refused`);
  t.strictSame(compileGenerated(texts), []);
});
