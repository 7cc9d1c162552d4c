import {
  chooseRecord,
  compileCopybook,
  createJsonWriter,
  createRecordEncoder,
  Framing,
  recordTemplate,
  type CopybookOptions,
  type JsonPlanOptions,
  type JsonWriter,
  type Layout,
  type RecordEncoder,
} from '../../src/codec/index.js';
import { ConfigError } from '../../src/model/index.js';
import { CopybookMaker } from '../support/copybooks.js';
import { makeBlanks, makeTrim } from '../support/leaf-layouts.js';
import { makePlanOptions, planText } from '../support/plan-options.js';
import { putTexts } from '../support/text-bytes.js';
import { SeededRandom, type Fuzz, type FuzzReport } from '../support/fuzz.js';

const RECORDS_A_LAYOUT = 24;
const BYTES = [
  0x00, 0x01, 0x02, 0x03, 0x0c, 0x0d, 0x0f, 0x1c, 0x1d, 0x40, 0x4e, 0x60, 0x99, 0x9c, 0xc1, 0xd1, 0xf0, 0xf1, 0xf2,
  0xf5, 0xf9, 0xff, 0x20, 0x2b, 0x2d, 0x30, 0x31, 0x32, 0x39, 0x70, 0x79,
];

interface Codec {
  readonly text: string;
  readonly layout: Layout;
  readonly plan: JsonPlanOptions;
  /** What else the bytes may be read as, the values given do not say: a rule looks at other bytes, or a blank is null in a view. */
  readonly isOpen: boolean;
  readonly isOpt: boolean; // TRUNC(OPT): more is read than may be written
  readonly writer: JsonWriter;
  readonly encoder: RecordEncoder;
}

export function copybookOptions(random: SeededRandom): CopybookOptions {
  const blanks = makeBlanks(random);
  const trim = makeTrim(random);
  return {
    file: 'fuzz.cpy',
    codePage: random.pick(['cp037', 'cp1047', 'ascii', 'cp930', 'cp1388', 'utf-8']),
    odo: random.pick(['slide', 'slide', 'max']),
    float: random.pick(['ibm', 'ieee']),
    nativeEndian: random.pick(['big', 'little']),
    binarySize: random.pick(['2-4-8', '1-2-4-8', '1-8']),
    trunc: random.pick(['std', 'std', 'bin', 'opt']),
    signNibbles: random.pick(['all', 'strict']),
    ...(blanks === undefined ? {} : { blanks }),
    ...(trim === undefined ? {} : { trim }),
  };
}

function openCodec(random: SeededRandom, maker: CopybookMaker): Codec | undefined {
  try {
    const text = maker.make();
    const options = copybookOptions(random);
    const layout = chooseRecord(compileCopybook(text, options), undefined);
    const plan = makePlanOptions(random, layout);
    const writer = createJsonWriter({ layout, native: undefined, exactLength: true, ...plan });
    const rules = random.below(4) === 0 ? { nulls: 'default' as const } : {};
    const hasViews = layout.items.some(({ redefines }) => redefines !== undefined);
    const isOpen = (plan.choices?.length ?? 0) > 0 || (hasViews && options.blanks !== undefined);
    const encoder = createRecordEncoder({ layout, ...rules });
    return { text, layout, plan, isOpen, isOpt: options.trunc === 'opt', writer, encoder };
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    return undefined;
  }
}

/** The line of a record, or undefined when it does not decode. */
function decode({ writer }: Codec, bytes: Uint8Array): string | undefined {
  const out = Buffer.alloc(writer.plan.textSizeMax);
  const framing = new Framing(1);
  framing.clear(bytes, 0);
  framing.add(0, bytes.length);
  const batch = writer.write({ bytes, framing, first: { record: 1, fileOffset: 0 } }, 0, out);
  return batch.refusals.length > 0 ? undefined : out.toString('utf8', 0, batch.length - 1);
}

/** The record of a line, or the code of its refusal. */
function encode({ encoder }: Codec, line: string): Uint8Array | string {
  const bytes = Buffer.from(line);
  const out = new Uint8Array(Math.max(1, encoder.recordSize));
  const batch = encoder.encodeLines({ bytes, starts: [0], ends: [bytes.length], count: 1, first: 1 }, 0, out);
  return batch.refusals[0]?.message ?? out.subarray(0, batch.length);
}

const REFUSED = ['the views of a REDEFINES', 'no value was given'];

const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');
const withRaw = (line: string, raw: Uint8Array): string =>
  `${line.slice(0, -1)}${line === '{}' ? '' : ','}"$raw":"${hex(raw)}"}`;

/** Numbers as their text, so that no digit is lost; zero has no minus. */
const parse = (line: string): unknown =>
  JSON.parse(line.replace(/(?<=[:,[])-?\d[\d.]*(?=[,\]}])/g, '"#$&"').replaceAll(/"#-(?=[0.]+")/g, '"#'));

/**
 * Whether all that `a` says, `b` says too: a view that is null in `a` may decode in `b`, and text may come
 * back with other spaces around it: JUSTIFIED RIGHT puts them before it, a policy of trimming may leave them.
 */
function says(a: unknown, b: unknown): boolean {
  if (a === null) return true;
  if (typeof a === 'string' && typeof b === 'string') return b.trim() === a.trim();
  if (typeof a !== 'object') return a === b;
  if (b === null) return Object.values(a as object).every(value => says(value, null));
  if (typeof b !== 'object') return false;
  return Object.entries(a).every(
    ([name, value]) => name === '$conditions' || says(value, (b as Record<string, unknown>)[name]),
  );
}

export function damage(random: SeededRandom, layout: Layout, template: Uint8Array): Uint8Array {
  const bytes = Uint8Array.from(template);
  if (random.below(3) === 0) putTexts(random, layout, bytes);
  for (let change = random.below(6); change > 0 && bytes.length > 0; change--) {
    const from = random.below(bytes.length);
    for (let run = 1 + random.below(6); run > 0; run--)
      if (from + run <= bytes.length)
        bytes[from + run - 1] = random.below(4) === 0 ? random.below(256) : random.pick(BYTES);
  }
  return random.below(4) === 0 ? bytes.subarray(0, random.below(bytes.length + 1)) : bytes;
}

function checkRecord(codec: Codec, record: Uint8Array, random: SeededRandom): string | undefined {
  const line = decode(codec, record);
  if (line === undefined) return undefined;
  const encoded = encode(codec, line);
  if (typeof encoded !== 'string') {
    const again = decode(codec, encoded);
    if (!codec.isOpen && (again === undefined || !says(parse(line), parse(again))))
      return `${line} encodes to ${hex(encoded)}: ${again}`;
  } else if (!REFUSED.some(why => encoded.includes(why)) && !(codec.isOpt && encoded.includes('does not fit')))
    return `${line} is refused: ${encoded}`;
  const isSame = typeof encoded !== 'string' && Buffer.compare(encoded, record) === 0;
  if (codec.encoder.isCanonical(Buffer.from(line), record) !== isSame) return 'isCanonical says otherwise';
  const restored = encode(codec, withRaw(line, record));
  if (typeof restored === 'string') return `${line} with $raw is refused: ${restored}`;
  if (Buffer.compare(restored, record) !== 0) return `${line}: $raw restores ${hex(restored)}`;
  return checkChange(codec, record, change(codec, line, random));
}

/** Not of a 66 level, `L-1`: it must say what its items say. */
const VALUE = /(?<!"L-\d+":)(?<=[:,[])(?:"(?:[^"\\]|\\.)*"(?=[,\]}])|-?\d[\d.]*(?![\d.e]))/g;
/** Digits that every float tells apart. */
const FLOAT_DIGITS = 6;

/** The line with one value changed: a text, or the last digit of a number. */
function change({ layout }: Codec, line: string, random: SeededRandom): string {
  const hasFloats = layout.items.some(({ leaf }) => leaf?.kind === 'float');
  const values = [...line.matchAll(VALUE)].filter(
    ([value]) => value.endsWith('"') || !hasFloats || value.replace(/\D/g, '').length <= FLOAT_DIGITS,
  );
  if (values.length === 0) return line;
  const { 0: value, index } = random.pick(values);
  const last = value.at(-1)!;
  const changed = last === '"' ? '"~"' : value.slice(0, -1) + (last === '0' ? '1' : String(Number(last) - 1));
  return line.slice(0, index) + changed + line.slice(index + value.length);
}

/** One field that changed is written anew and every byte of the others stays. */
function checkChange(codec: Codec, record: Uint8Array, line: string): string | undefined {
  const encoded = encode(codec, withRaw(line, record));
  if (typeof encoded === 'string') return undefined; // a view, a count, or a digit the picture has not
  const again = decode(codec, encoded);
  const isSame = again !== undefined && says(parse(line), parse(again));
  if (!isSame && !codec.isOpen) return `changed to ${line}: ${again}`;
  const differs = [...record].flatMap((byte, at) => (byte === encoded[at] ? [] : [at]));
  const widest = Math.max(...codec.layout.items.map(({ leaf, size }) => (leaf === undefined ? 0 : size)));
  const isOneField =
    encoded.length === record.length && (differs.at(-1) ?? 0) - (differs[0] ?? 0) < Math.max(1, widest);
  return isOneField ? undefined : `changed to ${line}: ${hex(encoded)}`;
}

/** What is decoded encodes to values that decode the same, and with $raw to the same bytes, over seeded layouts and records. */
export const fuzz: Fuzz = {
  name: 'record-encode',
  run(seed: number, iterations: number): FuzzReport {
    const random = new SeededRandom(seed);
    const maker = new CopybookMaker(random, true);
    for (let done = 0; done < iterations;) {
      const codec = openCodec(random, maker);
      if (codec === undefined) continue;
      const template = recordTemplate(codec.layout);
      for (let index = 0; index < RECORDS_A_LAYOUT; index++, done++) {
        const record = damage(random, codec.layout, template);
        const what = checkRecord(codec, record, random);
        if (what === undefined) continue;
        const input = `${codec.layout.codePage.name} ${planText(codec.plan)}\n${codec.text}${hex(record)}`;
        return { name: 'record-encode', seed, inputs: done, failure: { input, what } };
      }
    }
    return { name: 'record-encode', seed, inputs: iterations };
  },
};
