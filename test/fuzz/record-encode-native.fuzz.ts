import {
  chooseRecord,
  compileCopybook,
  createJsonWriter,
  createRecordEncoder,
  Framing,
  recordTemplate,
  type JsonWriter,
  type Layout,
  type RecordEncoder,
} from '../../src/codec/index.js';
import { ConfigError } from '../../src/model/index.js';
import { loadAddon } from '../../src/native/index.js';
import { CopybookMaker } from '../support/copybooks.js';
import { SeededRandom, type Fuzz, type FuzzReport } from '../support/fuzz.js';
import { LineMaker } from '../support/json-lines.js';
import { copybookOptions, damage } from './record-encode.fuzz.js';

const LINES_A_LAYOUT = 48;

interface Pair {
  readonly text: string;
  readonly layout: Layout;
  readonly writer: JsonWriter;
  readonly native: RecordEncoder;
  readonly twin: RecordEncoder;
}

/** FILLER tables, and counts with a VALUE, which the maker does not make. */
const varied = (random: SeededRandom, text: string): string =>
  text
    .replaceAll(/\bG-\d+(?=\.| OCCURS)/g, name => (random.below(5) === 0 ? 'FILLER' : name))
    .replaceAll(/(?<=\bN-\d+ PIC 9)\.$/gm, () => (random.below(2) === 0 ? ' VALUE 2.' : '.'));

function openPair(random: SeededRandom, maker: CopybookMaker): Pair | undefined {
  try {
    const text = varied(random, maker.make());
    const layout = chooseRecord(compileCopybook(text, copybookOptions(random)), undefined);
    const rules = {
      layout,
      ...(random.below(4) === 0 ? { absent: 'refuse' as const } : {}),
      ...(random.below(3) === 0 ? { nulls: 'default' as const } : {}),
      ...(random.below(4) === 0 ? { recordLength: Math.max(1, layout.sizeBytes + random.below(9) - 3) } : {}),
      stopsAtRefusal: random.below(6) === 0,
    };
    return {
      text,
      layout,
      writer: createJsonWriter({ layout, native: undefined, exactLength: false }),
      native: createRecordEncoder({ ...rules, native: loadAddon('require') }),
      twin: createRecordEncoder(rules),
    };
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    return undefined;
  }
}

/** The line of a record, with the bytes it has or others as $raw; undefined where it does not decode. */
function decoded({ writer, layout }: Pair, random: SeededRandom): Buffer | undefined {
  const template = recordTemplate(layout);
  const bytes = damage(random, layout, template);
  const out = Buffer.alloc(writer.plan.textSizeMax);
  const framing = new Framing(1);
  framing.clear(bytes, 0);
  framing.add(0, bytes.length);
  const batch = writer.write({ bytes, framing, first: { record: 1, fileOffset: 0 } }, 0, out);
  if (batch.refusals.length > 0) return undefined;
  const line = out.subarray(0, batch.length - 1);
  if (random.below(3) === 0) return line;
  const raw = random.below(3) === 0 ? damage(random, layout, template) : bytes;
  return withRaw(line, Buffer.from(raw).toString('hex'));
}

const withRaw = (line: Buffer, hex: string): Buffer =>
  Buffer.concat([line.subarray(0, -1), Buffer.from(`${line.length > 2 ? ',' : ''}"$raw":"${hex}"}`)]);

function makeLine(pair: Pair, random: SeededRandom): Buffer {
  const isDecoded = random.below(3) === 0;
  const line = (isDecoded ? decoded(pair, random) : undefined) ?? new LineMaker(random, pair.layout).make();
  if (isDecoded || random.below(4) > 0 || line.at(-1) !== 0x7d) return line;
  return withRaw(line, Buffer.from(damage(random, pair.layout, recordTemplate(pair.layout))).toString('hex'));
}

/** What an encoder made of lines, in calls whose output has room for a few records. */
function encodeAll(encoder: RecordEncoder, lines: readonly Buffer[]): string[] {
  const bytes = Buffer.concat(lines);
  const ends: number[] = [];
  lines.forEach(line => ends.push((ends.at(-1) ?? 0) + line.length));
  const starts = ends.map((end, index) => end - lines[index]!.length);
  const out = new Uint8Array(encoder.recordSize * 5);
  const told: string[] = [];
  for (let from = 0; from < lines.length;) {
    const batch = encoder.encodeLines({ bytes, starts, ends, count: lines.length, first: 1 }, from, out);
    told.push(
      `${batch.lines} lines, ${batch.lengths.join()}: ${Buffer.from(out.subarray(0, batch.length)).toString('hex')}`,
    );
    told.push(...batch.refusals.map(refusal => JSON.stringify(refusal)));
    if (batch.lines === 0) break;
    from += batch.lines;
  }
  return told;
}

/** Where both tell different things of the same lines, by themselves or together. */
function difference({ native, twin }: Pair, lines: readonly Buffer[]): string | undefined {
  for (const some of [...lines.map(line => [line]), lines]) {
    const [ours, theirs] = [encodeAll(native, some), encodeAll(twin, some)];
    const at = ours.findIndex((told, index) => told !== theirs[index]);
    if (at < 0 && ours.length === theirs.length) continue;
    return `${some.map(line => line.toString('latin1')).join('\n')}\nnative: ${ours[at]}\ntwin:   ${theirs[at]}`;
  }
  return undefined;
}

/** Lines near and far from what seeded layouts ask for give the same records and the same refusals from the addon and the twin. */
export const fuzz: Fuzz = {
  name: 'record-encode-native',
  run(seed: number, iterations: number): FuzzReport {
    const random = new SeededRandom(seed);
    const maker = new CopybookMaker(random, true);
    for (let done = 0; done < iterations; done += LINES_A_LAYOUT) {
      let pair = openPair(random, maker);
      while (pair === undefined) pair = openPair(random, maker);
      const lines = Array.from({ length: LINES_A_LAYOUT }, () => makeLine(pair, random));
      const what = difference(pair, lines);
      if (what === undefined) continue;
      const input = `${pair.layout.codePage.name}\n${pair.text}`;
      return { name: 'record-encode-native', seed, inputs: done, failure: { input, what } };
    }
    return { name: 'record-encode-native', seed, inputs: iterations };
  },
};
