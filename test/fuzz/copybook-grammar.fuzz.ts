import { compileCopybook, CopybookError } from '../../src/codec/index.js';
import { CopybookMaker } from '../support/copybooks.js';
import { SeededRandom, shrink, type Fuzz, type FuzzReport } from '../support/fuzz.js';

const PIECES = [
  ...[
    '.',
    ' ',
    ',',
    "'",
    '"',
    '(',
    ')',
    '-',
    '*',
    '/',
    '\n',
    '\n      -    ',
    '\n      *',
    '\t',
    '\0',
    'é',
    ':TAG:',
    '*>',
  ],
  ...[
    'PIC',
    'PICTURE IS',
    'USAGE',
    'COMP-3',
    'COMP-1',
    'OCCURS 3',
    'OCCURS 1 TO 5 DEPENDING ON F-1',
    'REDEFINES F-1',
    'SIGN LEADING',
  ],
  ...[
    'VALUE ZERO',
    "VALUE 'X",
    'SYNC',
    'JUST',
    'BLANK WHEN ZERO',
    '88 C VALUE 1 THRU 2',
    '66 R RENAMES F-1',
    '77 S PIC 9',
    'COPY X',
  ],
  ...[
    'S9(5)V99',
    'X(999999999)',
    '9(0)',
    '9(',
    'ZZ9.99-',
    '9P9',
    'VP9',
    '01',
    '05',
    '49',
    '50',
    '00',
    '1e9',
    'FILLER',
    'OCCURS 99999999',
  ],
];

function mutate(text: string, random: SeededRandom): string {
  const at = random.below(text.length + 1);
  const rest = text.slice(at);
  switch (random.below(4)) {
    case 0:
      return text.slice(0, at) + rest.slice(1 + random.below(8));
    case 1:
      return text.slice(0, at) + String.fromCharCode(random.below(256)) + rest.slice(1);
    case 2:
      return `${text.slice(0, at)} ${random.pick(PIECES)} ${rest}`;
    default:
      return text.slice(0, at) + random.pick(PIECES) + rest.slice(random.below(4));
  }
}

/** Anything but a layout or an error with its place is a failure. */
function fails(text: string): string | undefined {
  try {
    compileCopybook(text, { file: 'f' });
    return undefined;
  } catch (error) {
    if (error instanceof CopybookError && /^f:[1-9]\d*:[1-9]\d*: ./.test(error.message)) return undefined;
    return String((error as Error).stack);
  }
}

/** The parser: every text gives layouts or file:line:column, and it never breaks. */
export const fuzz: Fuzz = {
  name: 'copybook-grammar',
  run(seed: number, iterations: number): FuzzReport {
    const random = new SeededRandom(seed);
    const maker = new CopybookMaker(random);
    for (let done = 0; done < iterations; done++) {
      let text = maker.make();
      for (let change = random.below(5); change > 0; change--) text = mutate(text, random);
      const what = fails(text);
      if (what === undefined) continue;
      const shortest = shrink(Buffer.from(text), bytes => fails(Buffer.from(bytes).toString()) !== undefined);
      return {
        name: 'copybook-grammar',
        seed,
        inputs: done,
        failure: { input: Buffer.from(shortest).toString(), what },
      };
    }
    return { name: 'copybook-grammar', seed, inputs: iterations };
  },
};
