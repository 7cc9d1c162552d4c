import t from 'tap';

import { createFrameWriter } from '../../src/codec/index.js';
import { SeededRandom } from '../support/fuzz.js';
import { headrace, scratchFolder } from '../support/headrace.js';
import { recordFile } from '../support/record-files.js';

// Each case starts processes; a busy machine takes seconds for one.
t.setTimeout(300_000);

const { file } = scratchFolder('round-trip');

const run = (command: 'decode' | 'encode', args: readonly string[], input: string | Uint8Array) =>
  headrace([command, ...args, '-'], { input });

const TEXT = `       01 HEADER.
          05 H-KIND PIC X VALUE 'H'.
          05 H-DAY PIC 9(8).
          05 H-RATE COMP-2.
       01 DETAIL.
          05 D-KIND PIC X VALUE 'D'.
          05 D-NAME PIC X(6).
          05 D-SUM PIC S9(5)V99 COMP-3.
             88 D-LARGE VALUE 1000 THRU 99999.99.
          05 D-LEFT PIC S9(3) SIGN LEADING.
          05 D-WIDE PIC S9(4) COMP.
          05 D-VIEW REDEFINES D-WIDE PIC X(2).
          05 D-EDIT PIC ZZ9.9-.
          05 FILLER PIC X(2).
          05 D-LEGS OCCURS 2.
             10 D-LEG PIC 9(3).
             10 D-JUST PIC X(3) JUST RIGHT.
       66 D-BOTH RENAMES D-NAME THRU D-SUM.
       01 TRAILER.
          05 T-KIND PIC X VALUE 'T'.
          05 T-COUNT PIC 9(5) COMP.
`;
const COPYBOOK = file('all.cpy', TEXT);
const SELECT = ['--select', 'H-KIND=H:HEADER', '--select', 'D-KIND=D:DETAIL', '--select', 'T-KIND=T:TRAILER'];
const SIZES = { H: 17, D: 36, T: 5 } as const;

/** Any bytes behind the letter that tells the record; mostly what is near to numbers and text. */
function makeRecord(random: SeededRandom, kind: keyof typeof SIZES, sizeBytes: number): Uint8Array {
  const near = [0x40, 0xf0, 0xf1, 0xf9, 0xc1, 0xc0, 0xd5, 0x00, 0x0c, 0x1d, 0x0f, 0x60];
  const record = Uint8Array.from({ length: sizeBytes }, () =>
    random.below(6) === 0 ? random.below(256) : random.pick(near),
  );
  record[0] = { H: 0xc8, D: 0xc4, T: 0xe3 }[kind];
  return record;
}

const POLICY = ['--keep', 'raw', '--on-error', 'null', '--conditions', '--renames'];

for (const format of ['fixed', 'fb', 'rdw', 'vb', 'vbs', 'text'] as const)
  t.test(
    `400 records of any bytes, ${format}: with $raw encode writes the same file, and one changed field alone`,
    t => {
      const random = new SeededRandom(20260101);
      const isFixed = format === 'fixed' || format === 'fb';
      const frame = createFrameWriter(
        recordFile(TEXT, { framing: { format }, selection: { record: 'DETAIL' } }, 'cp037'),
      );
      const kinds = [
        'H',
        ...Array.from({ length: 398 }, () => random.pick(['D', 'D', 'D', 'H'] as const)),
        'T',
      ] as const;
      const records = kinds.map(kind => {
        const record = makeRecord(random, kind, isFixed ? SIZES.D : SIZES[kind]);
        // No line ends inside a line, nor with the spaces that are left out.
        if (format === 'text')
          record.forEach((byte, at) => (record[at] = [0x15, 0x25, 0x0d].includes(byte) ? 0xf0 : byte));
        if (format === 'text' && record.at(-1) === 0x40) record[record.length - 1] = 0xf0;
        return record;
      });
      const data = Buffer.concat(records.flatMap(record => frame(record)));
      const flags = ['--copybook', COPYBOOK, '--format', format, ...SELECT];
      const decoded = run('decode', [...flags, ...POLICY], data);
      const lines = decoded.out.toString().trimEnd().split('\n');
      t.equal(lines.length, 400);
      const encoded = run('encode', flags, decoded.out);
      t.strictSame(encoded.errors, []);
      // encode fills blocks, where the file has a block for each record.
      if (format !== 'vb' && format !== 'vbs') t.equal(Buffer.compare(encoded.out, data), 0, 'byte for byte');
      t.equal(run('decode', [...flags, ...POLICY], encoded.out).out.toString(), decoded.out.toString());
      const edit = (text: string): string => text.replace(/^(.*?"D-LEG":)(?:\d+|null)/gm, '$1777');
      const edited = run('encode', flags, edit(decoded.out.toString()));
      t.strictSame(edited.errors, []);
      const values = (bytes: Uint8Array): string => run('decode', [...flags, ...POLICY.slice(2)], bytes).out.toString();
      t.equal(values(edited.out), edit(values(data)));
      t.end();
    },
  );
