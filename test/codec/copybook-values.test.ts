import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';

import {
  chooseRecord,
  compileCopybook,
  createJsonWriter,
  frameFixed,
  Framing,
  type CopybookOptions,
  type Layout,
} from '../../src/codec/index.js';
import { bothEncoders } from '../support/both-encoders.js';
import { COBOL_FOLDER, cobcMissing, writtenBy } from '../support/cobc.js';
import { needs } from '../support/servers.js';

const GNUCOBOL = { codePage: 'ascii', binarySize: '1-2-4-8' } as const;
const SIZE = 150;
const bytes = readFileSync(join(COBOL_FOLDER, 'values.ascii.dat'));
const text = readFileSync(join(COBOL_FOLDER, 'values.cpy'), 'utf8');

/** One of the four records of values.cob, as long as the layout is. */
const recordOf = (index: number, { sizeBytes }: Layout): Buffer => bytes.subarray(index * SIZE).subarray(0, sizeBytes);
const layoutOf = (name: string, options: Partial<CopybookOptions> = {}): Layout =>
  chooseRecord(compileCopybook(text, { file: 'values.cpy', ...GNUCOBOL, ...options }), name);
const whole = layoutOf('whole-record');
/** GnuCOBOL writes COMP-N big-endian where it is not told another order. */
const natives = layoutOf('natives', { nativeEndian: 'big' });

function encode(layout: Layout, line: string): Buffer {
  const source = Buffer.from(line);
  const encoder = bothEncoders({ layout });
  const out = Buffer.alloc(encoder.recordSize);
  const lines = { bytes: source, starts: [0], ends: [source.length], count: 1, first: 1 };
  const { length, refusals } = encoder.encodeLines(lines, 0, out);
  t.strictSame(refusals, []);
  return out.subarray(0, length);
}

function decode(layout: Layout, record: Buffer): Record<string, unknown> {
  const writer = createJsonWriter({ layout, native: undefined, exactLength: true });
  const framing = new Framing(1);
  frameFixed(framing, layout.sizeBytes, 0, record.length);
  const out = Buffer.alloc(writer.plan.textSizeMax);
  const batch = writer.write({ bytes: record, framing, first: { record: 1, fileOffset: 0 } }, 0, out);
  t.strictSame(batch.refusals, []);
  return JSON.parse(out.toString('utf8', 0, batch.length)) as Record<string, unknown>;
}

t.test('what has no value is written as VALUE leaves it in GnuCOBOL, of 40 items', async t => {
  const written = encode(whole, '{}');
  for (const { name, leaf, offset, size } of whole.items)
    if (leaf !== undefined)
      t.equal(written.toString('hex', offset, offset + size), bytes.toString('hex', offset, offset + size), name);
  t.equal(written.toString('hex'), recordOf(0, whole).toString('hex'));
  t.equal(encode(natives, '{}').toString('hex'), recordOf(1, natives).toString('hex'));
});

t.test('COMP-X and COMP-N hold what a program of GnuCOBOL moves, and are written as it writes them', async t => {
  const moved = decode(whole, recordOf(2, whole));
  t.match(moved, { name: 'a name', edited: '  12.00-', 'x-digits': 999999, 'x-bytes': 16777215, 'x-high': 255 });
  t.strictSame(decode(natives, recordOf(3, natives)), {
    'n-digits': -999999,
    'n-bytes': 1099511627775,
    'n-eight': Number(1234567890123456789n),
  });
  t.equal(encode(whole, JSON.stringify(moved)).toString('hex'), recordOf(2, whole).toString('hex'));
  const line = '{"n-digits":-999999,"n-bytes":1099511627775,"n-eight":1234567890123456789}';
  t.equal(encode(natives, line).toString('hex'), recordOf(3, natives).toString('hex'));
});

t.test('values.cob writes the committed bytes', needs(cobcMissing), async t => {
  t.equal(writtenBy('values.cob').toString('hex'), bytes.toString('hex'));
});

t.test('VALUE gives a number its bytes on an EBCDIC page too, and SPACES as what is written', async t => {
  const rows: readonly [string, string][] = [
    ['PIC 9(3) VALUE HIGH-VALUES', 'ffffff'],
    ['PIC S9(3) COMP-3 VALUE LOW-VALUES', '0000'],
    ['PIC 9(3) VALUE QUOTES', '7f7f7f'],
    ["PIC 9(3) VALUE ALL '12'", 'f1f2f1'],
    ['PIC 9(3) VALUE SPACES', '404040'],
    ['PIC S9(4) COMP VALUE SPACES', '4040'],
    ["COMP-1 VALUE X'41100000'", '41100000'],
    ['PIC 9(2) NATIONAL VALUE HIGH-VALUES', 'ffffffff'],
    ['PIC ZZ9.9 VALUE 7', '4040f74bf0'],
    ['PIC ZZ9 VALUE -7', '4040f7'],
  ];
  for (const [clause, hex] of rows) {
    const [layout] = compileCopybook(`       01 R.\n           05 A ${clause}.\n`, { file: 'x' });
    t.equal(encode(layout!, '{}').toString('hex'), hex, clause);
  }
});

t.test('a condition of a number with ALL compares bytes', async t => {
  const [layout] = compileCopybook(
    "01 R. 05 A PIC 9(4). 88 FULL VALUE ALL '12'. 88 HIGH VALUE HIGH-VALUES. 88 TWELVE VALUE 12.",
    { file: 'x', codePage: 'ascii', sourceFormat: 'free' },
  );
  t.match(layout!.conditions, [
    { values: [{ from: { kind: 'text', text: '12', all: true } }] },
    { values: [{ from: { kind: 'figurative', text: 'HIGH-VALUE' } }] },
    { values: [{ from: { kind: 'number', text: '12' } }] },
  ]);
});
