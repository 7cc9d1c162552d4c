import { compileCopybook, CopybookError, type CopybookOptions } from '../../src/codec/index.js';
import { CopybookText } from '../support/copybook-text.js';
import { SeededRandom, shrink, type Fuzz, type FuzzReport } from '../support/fuzz.js';

const CPU_MS_MAX = 50;
/** A pause of the collector or a first run is no answer of the parser's; what is slow is slow again. */
const TRIES = 4;

const PLACE = /^(?:f|[ABC]\.cpy):[1-9]\d*:[1-9]\d*: ./;

function makeOptions(random: SeededRandom, library: Readonly<Record<string, string>>): CopybookOptions {
  return {
    file: 'f',
    codePage: random.pick(['cp037', 'ascii']),
    sourceFormat: random.pick(['auto', 'auto', 'fixed', 'variable', 'free']),
    binarySize: random.pick(['2-4-8', '1-2-4-8', '1-8']),
    decimalComma: random.below(4) === 0,
    currency: random.pick(['$', '$', '£', 'F']),
    odo: random.pick(['slide', 'max']),
    nsymbol: random.pick(['national', 'dbcs']),
    readCopy: name => (library[name] === undefined ? undefined : { file: `${name}.cpy`, text: library[name] }),
  };
}

/** Anything but layouts or an error with its place, within the time, is a failure. */
function fails(text: string, options: CopybookOptions): string | undefined {
  for (let tries = 0; tries < TRIES; tries++) {
    const before = process.cpuUsage();
    try {
      compileCopybook(text, options);
    } catch (error) {
      if (!(error instanceof CopybookError && PLACE.test(error.message))) return String((error as Error).stack);
    }
    const { user, system } = process.cpuUsage(before);
    if ((user + system) / 1000 <= CPU_MS_MAX) return undefined;
  }
  return `takes more than ${CPU_MS_MAX} ms`;
}

/** The parser: every text gives layouts or file:line:column, and it never breaks nor lingers. */
export const fuzz: Fuzz = {
  name: 'copybook-grammar',
  run(seed: number, iterations: number): FuzzReport {
    const random = new SeededRandom(seed);
    const maker = new CopybookText(random);
    for (let done = 0; done < iterations; done++) {
      const text = maker.copybook();
      const library = maker.library();
      const options = makeOptions(random, library);
      const what = fails(text, options);
      if (what === undefined) continue;
      const shortest = shrink(Buffer.from(text), bytes => fails(Buffer.from(bytes).toString(), options) !== undefined);
      const input = `${JSON.stringify({ ...options, library })}\n${Buffer.from(shortest).toString()}`;
      return { name: 'copybook-grammar', seed, inputs: done, failure: { input, what } };
    }
    return { name: 'copybook-grammar', seed, inputs: iterations };
  },
};
