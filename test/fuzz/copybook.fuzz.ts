import {
  chooseRecord,
  CODE_PAGES,
  compileCopybook,
  createDecoder,
  createEncoder,
  createJsonWriter,
  Framing,
  recordTemplate,
  type Decoder,
  type JsonPlanOptions,
  type Layout,
  type RecordSpans,
} from '../../src/codec/index.js';
import { ConfigError } from '../../src/model/index.js';
import { loadAddon, type Addon } from '../../src/native/index.js';
import { CopybookMaker } from '../support/copybooks.js';
import { layoutOfLeaves, makeBlanks, makeLeaves, makeTrim } from '../support/leaf-layouts.js';
import { makePlanOptions, planText } from '../support/plan-options.js';
import { makeText, putTexts } from '../support/text-bytes.js';
import { SeededRandom, type Fuzz, type FuzzReport } from '../support/fuzz.js';

/** Few records of many copybooks, and many of some: what a record is rarely, and what a copybook is rarely. */
const RECORDS = [16, 16, 1024];
const BATCHES = 8;
const TEXT_SIZE_MAX = 16 << 20;
const BYTES = [
  0x00, 0x0c, 0x0d, 0x0f, 0x1c, 0x1d, 0x40, 0x4e, 0x60, 0x99, 0x9c, 0xc1, 0xd1, 0xf0, 0xf5, 0xf9, 0xff, 0x20, 0x2b,
  0x2d, 0x30, 0x39, 0x70, 0x79,
];

function makeLayout(random: SeededRandom, maker: CopybookMaker): { text: string; layout: Layout } {
  const text = maker.make();
  const codePage = random.pick(['cp037', 'cp500', 'cp1047', 'cp1140', 'ascii', 'cp930', 'cp1388', 'utf-8']);
  const binarySize = random.pick(['2-4-8', '1-2-4-8', '1-8'] as const);
  const options = {
    file: 'fuzz.cpy',
    codePage,
    binarySize,
    nativeEndian: random.pick(['big', 'little'] as const),
    trunc: random.pick(['std', 'bin', 'opt'] as const),
    odo: random.pick(['slide', 'max'] as const),
  };
  const trim = makeTrim(random);
  const blanks = makeBlanks(random);
  const policies = { ...(blanks === undefined ? {} : { blanks }), ...(trim === undefined ? {} : { trim }) };
  return { text, layout: chooseRecord(compileCopybook(text, { ...options, ...policies }), undefined) };
}

/** Leaves alone, those that a copybook names seldom among them. */
function makeLeafLayout(random: SeededRandom): { text: string; layout: Layout } {
  const page = random.below(2) === 0 ? random.pick(['cp037', 'ascii', 'cp939', 'utf-8']) : random.pick(CODE_PAGES);
  const leaves = makeLeaves(random, page);
  const trim = makeTrim(random);
  const signNibbles = random.pick(['all', 'strict'] as const);
  const blanks = makeBlanks(random);
  const policies = { ...(blanks === undefined ? {} : { blanks }), ...(trim === undefined ? {} : { trim }) };
  const layout = { ...layoutOfLeaves(leaves, page), signNibbles, ...policies };
  return { text: JSON.stringify({ leaves, signNibbles, blanks, trim }), layout };
}

interface Made extends ReturnType<typeof makeLayout> {
  readonly plan: JsonPlanOptions;
  readonly template: Uint8Array;
  /** Records of a batch. */
  readonly count: number;
}

/** Some copybooks ask for what is refused by name: a SYNCHRONIZED view at an odd offset, a FILLER table that cannot be written. */
function tryLayout(random: SeededRandom, maker: CopybookMaker): Made | undefined {
  try {
    const made = random.below(4) === 0 ? makeLeafLayout(random) : makeLayout(random, maker);
    const plan = makePlanOptions(random, made.layout);
    const writer = createJsonWriter({ layout: made.layout, native: undefined, exactLength: true, ...plan });
    const count = Math.min(random.pick(RECORDS), Math.max(1, Math.floor(TEXT_SIZE_MAX / writer.plan.textSizeMax)));
    return { ...made, plan, template: recordTemplate(made.layout), count };
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    return undefined;
  }
}

/** Records near to good ones: the template with some bytes changed, or bytes that mean something, or any. */
function makeSpans(random: SeededRandom, { layout, template, count }: Made): RecordSpans {
  const size = layout.sizeBytes;
  const bytes = new Uint8Array(count * (size + 4));
  const starts = new Int32Array(count);
  const lengths = new Int32Array(count);
  let at = 0;
  for (let index = 0; index < count; index++) {
    starts[index] = at;
    lengths[index] = random.below(6) === 0 ? random.below(size + 4) : size;
    for (let byte = 0; byte < lengths[index]!; byte++) bytes[at + byte] = template[byte] ?? 0;
    if (lengths[index] === size) putTexts(random, layout, bytes.subarray(at, at + size));
    for (let change = random.below(4); change > 0 && size > 0; change--) {
      const from = random.below(size);
      for (let run = 1 + random.below(6); run > 0; run--)
        bytes[at + from + run - 1] = random.below(4) === 0 ? random.below(256) : random.pick(BYTES);
    }
    if (random.below(8) === 0) bytes.fill(random.pick([0x00, 0x20, 0x40, 0xff]), at, at + size);
    at += lengths[index]!;
  }
  return { bytes, starts, lengths, count };
}

function sameBytes(a: Uint8Array, b: Uint8Array): boolean {
  return Buffer.compare(a, b) === 0;
}

interface Codecs {
  readonly decoders: readonly ReturnType<typeof createDecoder>[];
  readonly encoders: readonly ReturnType<typeof createEncoder>[];
  readonly writers: readonly ReturnType<typeof createJsonWriter>[];
}

function openCodecs({ layout, plan }: Made, addon: Addon, random: SeededRandom): Codecs {
  const both = [undefined, addon];
  const rules = { ...plan, exactLength: random.below(2) === 0, stopsAtRefusal: random.below(8) === 0 };
  const writers = both.map(native => createJsonWriter({ layout, native, ...rules }));
  try {
    return {
      writers,
      decoders: both.map(native => createDecoder({ layout, native })),
      encoders: both.map(native => createEncoder({ layout, native })),
    };
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    return { writers, decoders: [], encoders: [] };
  }
}

/** Other text in some slots: what encoding refuses, or writes to the last byte. */
function putSlots(random: SeededRandom, { slots, rowSize, plan }: Decoder, sides: readonly Uint8Array[]): void {
  const count = sides[0]!.length / rowSize;
  for (const { kind, offset, width } of slots) {
    if (kind !== 'text' || random.below(4) > 0) continue;
    const text = Buffer.from(makeText(random, plan.layout.codePage)).subarray(0, width - 4);
    if (text.length > 0 && random.below(6) === 0) text[random.below(text.length)] = random.below(256);
    const row = random.below(count) * rowSize;
    for (const rows of sides) {
      new DataView(rows.buffer).setUint32(row + offset, text.length, true);
      rows.set(text, row + offset + 4);
    }
  }
}

function checkRows({ decoders, encoders }: Codecs, spans: RecordSpans, random: SeededRandom): string | undefined {
  if (decoders.length === 0) return undefined;
  const { rowSize, plan } = decoders[0]!;
  const rows = decoders.map(() => new Uint8Array(rowSize * spans.count).fill(0xee));
  decoders.forEach((decoder, side) => decoder.decodeSpans(spans, rows[side]!));
  if (!sameBytes(rows[0]!, rows[1]!)) return 'rows differ';
  if (random.below(3) === 0) {
    const at = random.below(rows[0]!.length);
    const byte = random.below(256);
    for (const side of rows) side[at] = byte;
  }
  putSlots(random, decoders[0]!, rows);
  const records = encoders.map(() => new Uint8Array(plan.recordSize * spans.count));
  const good = encoders.map((encoder, side) => encoder.encodeRows(rows[side]!, spans.count, records[side]!));
  if (good[0] !== good[1]) return 'different numbers of rows encode';
  return sameBytes(rows[0]!, rows[1]!) && sameBytes(records[0]!, records[1]!) ? undefined : 'encoded records differ';
}

/** The same bytes as records of one length, to columns. */
function checkColumns({ decoders }: Codecs, { bytes, count }: RecordSpans): string | undefined {
  const columns = decoders.map(decoder => {
    const out = new Uint8Array(decoder.rowSize * count).fill(0xee);
    decoder.decodeColumns(bytes, { from: 0, to: bytes.length }, out, count);
    return out;
  });
  return columns.length === 0 || sameBytes(columns[0]!, columns[1]!) ? undefined : 'columns differ';
}

function checkJson({ writers }: Codecs, spans: RecordSpans): string | undefined {
  const found = writers.map(writer => {
    const out = Buffer.alloc(writer.plan.textSizeMax * (spans.count + 1));
    const framing = new Framing(spans.count);
    framing.clear(spans.bytes, 0);
    for (let index = 0; index < spans.count; index++) framing.add(spans.starts[index]!, spans.lengths[index]!);
    const { length, ...batch } = writer.write(
      { bytes: spans.bytes, framing, first: { record: 1, fileOffset: 0 } },
      0,
      out,
    );
    return { text: out.toString('utf8', 0, length), ...batch };
  });
  for (const line of found[0]!.text.split('\n').slice(0, -1)) JSON.parse(line);
  return JSON.stringify(found[0]) === JSON.stringify(found[1]) ? undefined : 'JSON differs';
}

/** Native = twin: equal rows, statuses, operations, records, text and refusals, over seeded layouts and damaged records. */
export const fuzz: Fuzz = {
  name: 'copybook',
  run(seed: number, iterations: number): FuzzReport {
    const addon = loadAddon('require')!;
    const random = new SeededRandom(seed);
    const maker = new CopybookMaker(random, true);
    for (let done = 0; done < iterations;) {
      const made = tryLayout(random, maker);
      if (made === undefined) continue;
      const { text, layout, count } = made;
      const codecs = openCodecs(made, addon, random);
      for (let batch = 0; batch < BATCHES; batch++, done += count) {
        const spans = makeSpans(random, made);
        const failure = checkRows(codecs, spans, random) ?? checkColumns(codecs, spans) ?? checkJson(codecs, spans);
        if (failure !== undefined) {
          const input = `${layout.codePage.name} ${planText(made.plan)}\n${text}${Buffer.from(spans.bytes).toString('hex')}`;
          return { name: 'copybook', seed, inputs: done, failure: { input, what: failure } };
        }
      }
    }
    return { name: 'copybook', seed, inputs: iterations };
  },
};
