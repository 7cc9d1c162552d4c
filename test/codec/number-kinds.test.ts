import t from 'tap';

import {
  compileCopybook,
  createDecoder,
  createEncoder,
  createJsonWriter,
  frameFixed,
  Framing,
  readSlot,
  type CopybookOptions,
  type Layout,
} from '../../src/codec/index.js';
import { loadAddon } from '../../src/native/index.js';

const addon = loadAddon('prefer');
const SIDES = addon === undefined ? [undefined] : [undefined, addon];

function layoutOf(clause: string, options: Partial<CopybookOptions> = {}): Layout {
  return compileCopybook(`       01 R.\n          05 A ${clause}.\n`, { file: 'x.cpy', ...options })[0]!;
}

/** The JSON value of the item's bytes, or the code of the refusal; both sides must say the same. */
function decoded(layout: Layout, hex: string): string {
  const bytes = Buffer.from(hex.replaceAll(' ', ''), 'hex');
  const found = SIDES.map(native => {
    const writer = createJsonWriter({ layout, native, exactLength: true });
    const framing = new Framing(1);
    frameFixed(framing, bytes.length, 0, bytes.length);
    const out = Buffer.alloc(writer.plan.textSizeMax);
    const batch = writer.write({ bytes, framing, first: { record: 1, fileOffset: 0 } }, 0, out);
    return batch.refusals[0]?.code ?? out.toString('utf8', 5, batch.length - 2);
  });
  return [...new Set(found)].join(' | ');
}

/** The row's value, and the bytes that it encodes to or the status. */
function roundTrip(layout: Layout, hex: string): readonly unknown[] {
  const bytes = Buffer.from(hex.replaceAll(' ', ''), 'hex');
  const found = SIDES.map(native => {
    const decoder = createDecoder({ layout, native });
    const row = new Uint8Array(decoder.rowSize);
    decoder.decodeRows(bytes, 0, bytes.length, row);
    const read = new DataView(row.buffer).getInt32(0, true);
    if (read !== 0) return [read];
    const out = Buffer.alloc(bytes.length);
    const good = createEncoder({ layout, native }).encodeRows(row, 1, out);
    const status = new DataView(row.buffer).getInt32(0, true);
    return [String(readSlot(row, 0, decoder.slots[0]!)), good === 1 ? out.toString('hex') : status];
  });
  if (found.length > 1) t.strictSame(found[1], found[0], `native and twin say the same of ${hex}`);
  return found[0]!;
}

t.test('strict sign nibbles are C, D and F', async t => {
  const rows: readonly [string, string, string, string][] = [
    ['PIC S9(3) COMP-3', '123a', '123', 'badSign'],
    ['PIC S9(3) COMP-3', '123b', '-123', 'badSign'],
    ['PIC S9(3) COMP-3', '123c', '123', '123'],
    ['PIC S9(3) COMP-3', '123d', '-123', '-123'],
    ['PIC S9(3) COMP-3', '123e', '123', 'badSign'],
    ['PIC S9(3) COMP-3', '123f', '123', '123'],
    ['PIC S9(3) COMP-3', '1239', 'badSign', 'badSign'],
    ['PIC 9(3) COMP-3', '123c', '123', '123'],
    ['PIC 9(3) COMP-3', '123d', 'badSign', 'badSign'],
    ['PIC 9(3) COMP-3', '123e', '123', 'badSign'],
    ['PIC S9(25) COMP-3', '000000000000000000000001 2b', '-12', 'badSign'],
  ];
  for (const [clause, hex, all, strict] of rows) {
    t.equal(decoded(layoutOf(clause), hex), all, `${clause} ${hex}`);
    t.equal(decoded(layoutOf(clause, { signNibbles: 'strict' }), hex), strict, `${clause} ${hex}, strict`);
  }
});

t.test('overpunched signs of each dialect on an ASCII page', async t => {
  // Enterprise COBOL Language Reference, SIGN clause; libcob, common.c; Micro Focus Enterprise Developer, SIGN directive.
  const rows: readonly [CopybookOptions['sign'], string, string, string][] = [
    ['ebcdic', 'TRAILING', '12{', '120'],
    ['ebcdic', 'TRAILING', '12}', '-120'],
    ['ebcdic', 'TRAILING', '12R', '-129'],
    ['ebcdic', 'LEADING', 'J23', '-123'],
    ['ebcdic', 'TRAILING', '12p', 'badSign'],
    ['gnucobol', 'TRAILING', '12p', '-120'],
    ['gnucobol', 'LEADING', 'q23', '-123'],
    ['gnucobol', 'TRAILING', '12}', 'badSign'],
    ['mf', 'TRAILING', '123', '123'],
    ['mf', 'TRAILING', '12s', '-123'],
    ['mf', 'LEADING', 'y23', '-923'],
    ['mf', 'LEADING SEPARATE', '-123', '-123'],
    ['mf', 'TRAILING SEPARATE', '123+', '123'],
  ];
  for (const [sign, position, text, expected] of rows) {
    const layout = layoutOf(`PIC S9(3) SIGN ${position}`, { codePage: 'ascii', sign: sign! });
    const hex = Buffer.from(text).toString('hex');
    t.equal(decoded(layout, hex), expected, `${text} by ${sign}`);
    if (!expected.startsWith('bad')) t.strictSame(roundTrip(layout, hex), [expected, hex]);
  }
});

t.test('a national number has its digits and its separate sign in UTF-16', async t => {
  const rows: readonly [string, string, string][] = [
    ['PIC 9(3) NATIONAL', '003100320033', '123'],
    ['PIC 9V99 NATIONAL', '003100320033', '1.23'],
    ['PIC S9(2) NATIONAL SIGN LEADING SEPARATE', '002d00310032', '-12'],
    ['PIC S9(2) NATIONAL SIGN TRAILING SEPARATE', '00310032002b', '12'],
    ['PIC S9(2) NATIONAL SIGN TRAILING SEPARATE', '003100320020', 'badSign'],
    ['PIC 9(2) NATIONAL', '00310020', 'badDigit'],
    ['PIC 9(2) NATIONAL', '01310032', 'badDigit'],
    ['PIC 9(2) NATIONAL', 'f1f2', 'shortRecord'],
    ['PIC 9(2) NATIONAL BLANK WHEN ZERO', '00200020', '0'],
  ];
  for (const [clause, hex, expected] of rows) {
    const layout = layoutOf(clause);
    t.equal(decoded(layout, hex), expected, `${clause}: ${hex}`);
    if (!/^[bs]/.test(expected)) t.strictSame(roundTrip(layout, hex).at(1), hex, `${clause}: ${hex} again`);
  }
});

t.test('TRUNC(OPT) reads what the bytes hold and writes what the picture says', async t => {
  const rows: readonly [string, string, string, unknown][] = [
    ['PIC S9(4) COMP', '7fff', '32767', 44],
    ['PIC S9(4) COMP', '270f', '9999', '270f'],
    ['PIC 9(4) COMP', 'ffff', '65535', 44],
    ['PIC 9(18) COMP', 'ffffffffffffffff', '18446744073709551615', 44],
    ['PIC S9(18) COMP', '8000000000000000', '-9223372036854775808', 44],
  ];
  for (const [clause, hex, value, again] of rows) {
    const opt = layoutOf(clause, { trunc: 'opt' });
    t.equal(decoded(opt, hex), value, `${clause}: ${hex}`);
    t.strictSame(roundTrip(opt, hex), [value, again], `${clause}: ${value} is written`);
    t.strictSame(roundTrip(layoutOf(clause, { trunc: 'bin' }), hex), [value, hex], `${clause}: ${value}, TRUNC(BIN)`);
  }
  t.equal(decoded(layoutOf('PIC S9(4) COMP'), '7fff'), 'digitsOverflow');
});

t.test('a number of spaces, low-values or high-values is refused, null or zero, by policy', async t => {
  const blanks = { spaces: 'null', lowValues: 'zero', highValues: 'refuse' } as const;
  const rows: readonly [string, string, string, string][] = [
    ['PIC 9(3)V99', '4040404040', 'badDigit', 'null'],
    ['PIC 9(3)V99', '0000000000', 'badDigit', '0.00'],
    ['PIC 9(3)V99', 'ffffffffff', 'badDigit', 'badDigit'],
    ['PIC 9(3)V99', '40404040f0', 'badDigit', 'badDigit'],
    ['PIC S9(3) COMP-3', '4040', 'badSign', 'null'],
    ['PIC S9(3) COMP-3', '0000', 'badSign', '0'],
    ['PIC S9(4) COMP', '0000', '0', '0'],
    ['PIC S9(4) COMP', '4040', 'digitsOverflow', 'null'],
    ['PIC 9(3) NATIONAL', '002000200020', 'badDigit', 'null'],
    ['PIC 9(3) NATIONAL', '000000000000', 'badDigit', '0'],
    ['PIC S9(30)', '40'.repeat(30), 'badDigit', 'null'],
  ];
  for (const [clause, hex, strict, lenient] of rows) {
    t.equal(decoded(layoutOf(clause), hex), strict, `${clause}: ${hex}`);
    t.equal(decoded(layoutOf(clause, { blanks }), hex), lenient, `${clause}: ${hex}, by policy`);
  }
  const zero = layoutOf('PIC 9(3)', { blanks });
  t.strictSame(roundTrip(zero, '000000'), ['0', 'f0f0f0']);
  t.strictSame(roundTrip(zero, '404040'), [41], 'a row has no null');
  const own = layoutOf('PIC 9(3)', { blanks, fieldBlanks: { a: { spaces: 'zero' } } });
  t.equal(decoded(own, '404040'), '0');
  const nan = layoutOf('COMP-1', { float: 'ieee', blanks: { highValues: 'null', lowValues: 'refuse' } });
  t.equal(decoded(nan, 'ffffffff'), 'null');
  t.equal(decoded(nan, '00000000'), '0');
});
