import { FixBatch, NO_ROW, NameTable, ROW_STRIDE, type FixBatchOptions } from '../../src/codec/index.js';
import { EXECUTION, ORDER } from '../../src/model/index.js';
import { loadAddon, type Addon } from '../../src/native/index.js';
import { SeededRandom, shrink, type Fuzz, type FuzzReport } from '../support/fuzz.js';

const INPUT_SIZE_MAX = 8192;
const EXECUTION_TYPE = '8'.charCodeAt(0);

const BODIES: readonly string[] = [
  '35=0|49=A|56=B|34=1|52=20260102-03:04:05|',
  '35=D|49=A|56=B|34=2|52=20260102-03:04:05.678|11=C-1|1=ACC-1|21=1|55=IBM|54=1|38=100|40=2|44=12.5|59=0|60=20260102-03:04:05.678|',
  '35=D|49=A|56=B|34=2|52=20260102-03:04:05|97=Y|11=C-77|55=EURUSD/SPOT|54=5|38=1000000.25|40=1|60=20240229-23:59:60|',
  '35=F|49=A|56=B|34=3|52=20260102-03:04:05|11=C-2|41=C-1|55=AAPL|54=2|60=20260102-03:04:05.123456|',
  '35=G|49=A|56=B|34=4|52=20260102-03:04:05|11=C-3|41=C-1|55=AAPL|54=2|38=7|40=4|44=-0.00000001|60=20260102-03:04:05.123456789|',
  '35=8|49=B|56=A|34=5|52=20260102-03:04:05|37=O-1|17=E-1|20=0|150=F|39=1|54=2|14=30|151=70|32=30|31=9.75|6=9.7512345678|11=C-2|41=C-1|60=20260102-03:04:05|',
  '35=X|49=B|56=A|34=6|52=20260102-03:04:05|268=2|279=0|269=0|278=1|55=IBM|270=101.25|271=100|279=1|269=1|278=2|55=AAPL|270=99|271=5|',
  '35=B|49=B|56=A|34=7|52=20260102-03:04:05|148=h|33=1|58=t|95=9|96=a|10=1|b=|354=2|355=x|||93=3|89=s|g|',
];
const VALUES: readonly string[] = [
  ...['', '0', '-0', '1', '-1', '+1', '.', '-', '.5', '5.', '1.2.3', '1e5', ' 1', '00000001', '12345678', '123456789'],
  ...['0.00000001', '0.000000001', '1.10000000000', '92233720368.54775807', '92233720368.54775808', '99999999999999'],
  ...['-0.000000001', '10.1234567899', '-10.1234567891', '92233720368.547758071', '-92233720368.5477580600001'],
  ...['20260230-00:00:00', '20240229-00:00:00.123', '20261231-24:00:00', '19691231-00:00:00', '20260102-03:04:05.1'],
  ...['IBM', 'ACC-1', 'Y', 'N', 'x'.repeat(47), 'x'.repeat(48), '2', '4', '22', 'a=b', '\xff'],
];
const TAGS = ['38', '44', '60', '1', '55', '11', '54', '97', '6', '14', '95', '31', '37', '17', '41'];
const PIECES: readonly string[] = [
  '|',
  '=',
  '|=',
  '||',
  '8=FIX.4.4|9=',
  '|10=',
  '10=000|',
  '|95=5|96=',
  '-',
  '0',
  '9',
  '35=D|',
  '|99=',
  '\0',
];

function messageOf(body: string, random: SeededRandom): string {
  const length = random.chance(4) ? body.length + random.below(9) - 4 : body.length;
  const head = `8=${random.pick(['FIX.4.4', 'FIX.4.2', 'FIXT.1.1'])}|9=${random.chance(3) ? '0' : ''}${length}|${body}`;
  const bytes = Buffer.from(head.replaceAll('|', '\x01'), 'latin1');
  const sum = bytes.reduce((total, byte) => total + byte, random.chance(3) ? 1 : 0);
  return `${head}10=${String(sum & 0xff).padStart(3, '0')}|`;
}

/** Text longer than a row's identifier, of any bytes but NUL, SOH and `|`. */
function longText(random: SeededRandom): string {
  const codes = Array.from({ length: 46 + random.below(100) }, () => 2 + random.below(254));
  return String.fromCharCode(...codes.map(code => (code === 0x7c ? 0x7e : code)));
}

function mutateText(text: string, random: SeededRandom): string {
  const at = random.below(text.length + 1);
  const rest = text.slice(at);
  switch (random.below(5)) {
    case 0:
      return text.slice(0, at) + random.pick(PIECES) + rest;
    case 1:
      return text.slice(0, at) + rest.slice(1 + random.below(4));
    case 2:
      return text.slice(0, at) + String.fromCharCode(random.below(256)) + rest.slice(1);
    case 3:
      return text.slice(0, at) + rest.slice(0, random.below(20)) + rest;
    default:
      return text.replace(
        new RegExp(`(\\|${random.pick(TAGS)}=)[^|]*`),
        (_, tag: string) => tag + (random.chance(15) ? longText(random) : random.pick(VALUES)),
      );
  }
}

/** One to four messages, most of them changed before or after BodyLength and CheckSum were put on. */
function inputOf(random: SeededRandom): Uint8Array {
  let text = '';
  for (let count = 1 + random.below(4); count > 0; count--) {
    let body = random.pick(BODIES);
    while (random.chance(45)) body = mutateText(body, random);
    let message = messageOf(body, random);
    while (random.chance(15)) message = mutateText(message, random);
    text += message;
  }
  return Buffer.from(text.replaceAll('|', '\x01'), 'latin1').subarray(0, INPUT_SIZE_MAX);
}

function names(): NonNullable<FixBatchOptions['names']> {
  const accounts = new NameTable({ capacity: 100 });
  const symbols = new NameTable({ capacity: 10, nameSizeMax: 12, shared: true });
  for (let index = 0; index < 100; index++) accounts.internText(`ACC-${index}`);
  for (const symbol of ['AAPL', 'IBM', 'EURUSD/SPOT', 'x']) symbols.internText(symbol);
  return { accounts, symbols };
}

/** A native batch and a twin over the same memory. */
class Pair {
  readonly #native: FixBatch;
  readonly #twin: FixBatch;
  readonly #bytes: Uint8Array;

  constructor(addon: Addon, options: FixBatchOptions) {
    this.#native = new FixBatch(addon, options);
    this.#twin = new FixBatch(undefined, options);
    this.#bytes = new Uint8Array(new SharedArrayBuffer(INPUT_SIZE_MAX));
  }

  /** The first difference when `input` arrives in pieces that end at `cuts`, or undefined. */
  difference(input: Uint8Array, cuts: readonly number[]): string | undefined {
    // The input ends where its memory does, so a read past the end meets a sanitizer's or the page's edge.
    const first = INPUT_SIZE_MAX - input.length;
    this.#bytes.set(input, first);
    let from = first;
    for (const cut of [...cuts, input.length]) {
      const to = Math.max(first + Math.min(cut, input.length), from);
      for (let count = -1; count !== 0; from = this.#twin.consumed) {
        count = this.#twin.scan(this.#bytes, from, to);
        const found = this.#native.scan(this.#bytes, from, to);
        if (found !== count || this.#native.consumed !== this.#twin.consumed)
          return `${found} messages to ${this.#native.consumed}, twin ${count} to ${this.#twin.consumed}`;
        for (let index = 0; index < count; index++) {
          const what = this.#entryDifference(index);
          if (what !== undefined) return `message ${index} at ${this.#twin.startOf(index) - first}: ${what}`;
        }
      }
    }
    return undefined;
  }

  #entryDifference(index: number): string | undefined {
    const [native, twin] = [this.#native, this.#twin];
    const entry = (batch: FixBatch): string =>
      `status ${batch.statusOf(index)}, ${batch.startOf(index)} to ${batch.endOf(index)}, type ${batch.msgTypeOf(index)}, row ${batch.rowStatusOf(index)} ${batch.rowTagOf(index)}`;
    if (entry(native) !== entry(twin)) return `${entry(native)}, twin ${entry(twin)}`;
    const [left, right] = [native.select(index), twin.select(index)];
    if (left.fieldCount !== right.fieldCount) return `${left.fieldCount} fields, twin ${right.fieldCount}`;
    for (let field = 0; field < left.fieldCount; field++) {
      const same =
        left.tagAt(field) === right.tagAt(field) &&
        left.valueStartAt(field) === right.valueStartAt(field) &&
        left.valueEndAt(field) === right.valueEndAt(field);
      if (!same)
        return `field ${field} is ${left.tagAt(field)}, twin ${right.tagAt(field)}, or its value lies elsewhere`;
    }
    if (native.rowStatusOf(index) === NO_ROW || native.rowStatusOf(index) !== 0) return undefined;
    const size = native.msgTypeOf(index) === EXECUTION_TYPE ? EXECUTION.sizeBytes : ORDER.sizeBytes;
    const row = (batch: FixBatch): Buffer => Buffer.from(batch.rows.buffer, index * ROW_STRIDE, size);
    return row(native).equals(row(twin))
      ? undefined
      : `row ${row(native).toString('hex')}, twin ${row(twin).toString('hex')}`;
  }
}

function run(seed: number, iterations: number): FuzzReport {
  const addon = loadAddon('require')!;
  const pairs = [
    new Pair(addon, { names: names() }),
    new Pair(addon, { messageSizeMax: 200, fieldsMax: 24, names: names() }),
    new Pair(addon, { fieldsMax: 4 }),
  ] as const;
  const random = new SeededRandom(seed);
  for (let done = 0; done < iterations; done++) {
    const input = inputOf(random);
    const pair = random.chance(80) ? pairs[0] : random.pick(pairs);
    const cuts = random.chance(50)
      ? []
      : [random.below(input.length + 1), random.below(input.length + 1)].sort((a, b) => a - b);
    if (pair.difference(input, cuts) === undefined) continue;
    const shortest = shrink(input, shorter => pair.difference(shorter, cuts) !== undefined);
    const text = JSON.stringify(Buffer.from(shortest).toString('latin1'));
    return {
      name: fuzz.name,
      seed,
      inputs: done,
      failure: { input: `${text} cut at ${cuts.join(', ')}`, what: pair.difference(shortest, cuts) ?? '' },
    };
  }
  return { name: fuzz.name, seed, inputs: iterations };
}

/** The native FIX scan answers as the twin does: messages, offsets, statuses, fields and rows, however the bytes are cut. */
export const fuzz: Fuzz = { name: 'fix-codec', run };
