import t from 'tap';

import {
  clearRow,
  compileCopybook,
  createDecoder,
  createEncoder,
  createJsonWriter,
  frameFixed,
  Framing,
  readSlot,
  recordTemplate,
  ROW_STATUS,
  type Charset,
  type Layout,
  type Trim,
} from '../../src/codec/index.js';
import { statusName } from '../../src/model/index.js';
import { loadAddon } from '../../src/native/index.js';
import { layoutOfLeaves } from '../support/leaf-layouts.js';

const addon = loadAddon('prefer');
const SIDES = addon === undefined ? [undefined] : [undefined, addon];

interface Item {
  readonly page: string;
  readonly charset?: Charset;
  readonly justified?: boolean;
  readonly trim?: Trim;
}

function layoutOf({ page, charset = 'page', justified = false, trim }: Item, size: number): Layout {
  const layout = layoutOfLeaves([{ leaf: { kind: 'text', charset, justified, blankWhenZero: false }, size }], page);
  return trim === undefined ? layout : { ...layout, trim };
}

/** What JSON and rows say of the bytes: the text, or the status; both sides the same. */
function decode(item: Item, hex: string): string {
  const bytes = Buffer.from(hex.replaceAll(' ', ''), 'hex');
  const layout = layoutOf(item, bytes.length);
  const found = SIDES.flatMap(native => {
    const writer = createJsonWriter({ layout, native, exactLength: true });
    const framing = new Framing(1);
    frameFixed(framing, bytes.length, 0, bytes.length);
    const out = Buffer.alloc(writer.plan.textSizeMax);
    const batch = writer.write({ bytes, framing, first: { record: 1, fileOffset: 0 } }, 0, out);
    const line = out.toString('utf8', 0, batch.length);
    const decoder = createDecoder({ layout, native });
    const rows = new Uint8Array(decoder.rowSize).fill(0xee);
    decoder.decodeRows(bytes, 0, bytes.length, rows);
    const status = new DataView(rows.buffer).getInt32(ROW_STATUS, true);
    return [
      batch.refusals[0]?.code ?? (JSON.parse(line) as { A1: string }).A1,
      status === 0 ? String(readSlot(rows, 0, decoder.slots[0]!)) : statusName(status),
    ];
  });
  t.equal(new Set(found).size, 1, `${hex}: JSON and rows, native and twin say the same`);
  return found[0]!;
}

/** The bytes of a value, or the status. */
function encode(item: Item, size: number, value: string | Uint8Array): string {
  const layout = layoutOf(item, size);
  const found = SIDES.map(native => {
    const encoder = createEncoder({ layout, native });
    const rows = new Uint8Array(encoder.rowSize);
    clearRow(encoder.plan, rows, 0);
    const { offset, width } = encoder.slots[0]!;
    const text = Buffer.from(value).subarray(0, width - 4);
    new DataView(rows.buffer).setUint32(offset, text.length, true);
    rows.set(text, offset + 4);
    const out = new Uint8Array(size);
    if (encoder.encodeRows(rows, 1, out) === 1) return Buffer.from(out).toString('hex');
    return statusName(new DataView(rows.buffer).getInt32(ROW_STATUS, true));
  });
  t.equal(new Set(found).size, 1, 'native and twin write the same');
  return found[0]!;
}

const CP930: Item = { page: 'cp930' };
const G: Item = { page: 'cp939', charset: 'dbcs' };
const N: Item = { page: 'cp037', charset: 'utf16' };
const UTF8: Item = { page: 'utf-8' };

t.test('bytes of text items give the text, or refuse', async t => {
  // Mixed and DBCS vectors: Java 17's x-IBM930 to x-IBM1364 and glibc's iconv; UTF-16 by Java's UTF-16BE.
  const rows: readonly [string, Item, string, string][] = [
    ['mixed: pairs between SO and SI', CP930, '0e456245660fc1c2 4040', '日本AB'],
    ['mixed: half-width katakana are single bytes', CP930, '81820e45620f', 'ｱｲ日'],
    ['mixed: Korean', { page: 'cp933' }, '0ed0658a820fd2d9', '한국KR'],
    ['mixed: Korean with the Won', { page: 'cp1364' }, '0ed0658a820fd2d9', '한국KR'],
    ['mixed: simplified Chinese', { page: 'cp935' }, '0e5bcf4d9b0fc3d5', '中国CN'],
    ['mixed: traditional Chinese', { page: 'cp937' }, '0e5f7768a30fe3e6', '臺灣TW'],
    ['mixed: the euro', { page: 'cp1371' }, '0e5f7768a30f9f', '臺灣€'],
    ['mixed: nothing between the shifts', CP930, 'c1 0e0f c2', 'AB'],
    ['mixed: the space of pairs stays', CP930, '0e456240400f 40', '日\u3000'],
    ['mixed: a pair may hold 40', { page: 'cp930' }, '0e 4040 0f c1', '\u3000A'],
    ['mixed: only spaces', CP930, '404040', ''],
    ['mixed: SO without SI', CP930, '0e4562', 'badCharacter'],
    ['mixed: SO alone at the end', CP930, 'c1c20e', 'badCharacter'],
    ['mixed: SI without SO', CP930, 'c10fc2', 'badCharacter'],
    ['mixed: half a pair before SI', CP930, '0e45620f450fc1', 'badCharacter'],
    ['mixed: half a pair at the end', CP930, '0e456245', 'badCharacter'],
    ['mixed: a pair without a character', CP930, '0efefe0f', 'badCharacter'],
    ['mixed: SO between the shifts', CP930, '0e0e450f', 'badCharacter'],
    ['mixed: a byte without a character', CP930, 'c157c2', 'badCharacter'],
    ['G: pairs without shifts, trailing spaces', G, '456245664040', '日本'],
    ['G: only spaces', G, '40404040', ''],
    ['G: low-values', G, '0000', 'badCharacter'],
    ['G: shifts are not for G', G, '0e45620f', 'badCharacter'],
    ['G: a space of one byte', G, '456240c1', 'badCharacter'],
    ['N: UTF-16, big-endian', N, '65e5672cd83dde000041 0020', '日本😀A'],
    ['N: what JSON escapes', N, '0022005c000a001f007f0008', '"\\\n\u001f\u007f\b'],
    ['N: a high surrogate alone', N, 'd83d0041', 'badCharacter'],
    ['N: a low surrogate alone', N, '0041de00', 'badCharacter'],
    ['N: a high surrogate at the end', N, '0041d83d', 'badCharacter'],
    ['N: 2020 is no space', N, '00412020', 'A\u2020'],
    ['UTF-8', UTF8, 'c3a9e697a5f09f988041 2020', 'é日😀A'],
    ['UTF-8: a character cut at the end', UTF8, '41e697', 'badCharacter'],
    ['UTF-8: a continuation first', UTF8, '8041', 'badCharacter'],
    ['UTF-8: overlong', UTF8, 'c080', 'badCharacter'],
    ['UTF-8: overlong of three', UTF8, 'e08080', 'badCharacter'],
    ['UTF-8: a surrogate', UTF8, 'eda080', 'badCharacter'],
    ['UTF-8: beyond U+10FFFF', UTF8, 'f4908080', 'badCharacter'],
    ['UTF-8: U+FFFD is a character', UTF8, 'efbfbd', '\ufffd'],
    ['UTF-8: U+FEFF is a character', UTF8, 'efbbbf41', '\ufeffA'],
    ['trim both', { ...N, trim: 'both' }, '002000410020', 'A'],
    ['trim left', { ...N, trim: 'left' }, '002000410020', 'A '],
    ['trim none', { ...N, trim: 'none' }, '002000410020', ' A '],
    ['trim both of pairs', { ...G, trim: 'both' }, '404045624040', '日'],
    ['trim none of pairs', { ...G, trim: 'none' }, '404045624040', '\u3000日\u3000'],
    ['trim both of mixed text', { ...CP930, trim: 'both' }, '4040c10e45620f40', 'A日'],
    ['trim both of single bytes', { page: 'cp037', trim: 'both' }, '4040c140c24040404040404040', 'A B'],
    ['trim left of single bytes', { page: 'cp037', trim: 'left' }, '4040c140c240', 'A B '],
    ['trim none of single bytes', { page: 'cp037', trim: 'none' }, '40c140', ' A '],
    ['trim both of spaces alone', { page: 'cp037', trim: 'both' }, '404040', ''],
    ['trim both of UTF-8', { ...UTF8, trim: 'both' }, '20c3a920', 'é'],
  ];
  for (const [title, item, hex, expected] of rows) t.equal(decode(item, hex), expected, title);
});

t.test('text gives the bytes, or refuses', async t => {
  const rows: readonly [string, Item, number, string | Uint8Array, string][] = [
    ['mixed', CP930, 10, '日本AB', '0e456245660fc1c24040'],
    ['mixed: two runs of pairs', { page: 'cp933' }, 10, '한K국', '0ed0650fd20e8a820f'.padEnd(20, '40')],
    ['mixed: just fits', CP930, 4, '日', '0e45620f'],
    ['mixed: no room for SI', CP930, 3, '日', 'tooLong'],
    ['mixed: no room for a byte behind SI', CP930, 4, '日A', 'tooLong'],
    ['mixed: justified', { ...CP930, justified: true }, 6, '日', '40400e45620f'],
    ['mixed: a shift is no character', CP930, 4, 'A\u000e', 'badCharacter'],
    ['mixed: no place', CP930, 9, '한', 'badCharacter'],
    ['mixed: a single byte before a pair', { page: 'cp1371' }, 4, '€', '9f404040'],
    ['G', G, 6, '日本', '456245664040'],
    ['G: justified', { ...G, justified: true }, 6, '日', '404040404562'],
    ['G: too long', G, 4, '日本日', 'tooLong'],
    ['G: a letter of one byte', G, 4, 'A', 'badCharacter'],
    ['G: what Java writes for 43A1 and glibc does not', G, 4, '\uff5e', 'badCharacter'],
    ['N', N, 12, '日😀A', '65e5d83dde00004100200020'],
    ['N: justified', { ...N, justified: true }, 6, 'A', '002000200041'],
    ['N: too long', N, 4, 'A😀', 'tooLong'],
    ['N: no UTF-8', N, 4, Uint8Array.of(0xc3), 'badCharacter'],
    ['N: a surrogate in UTF-8', N, 4, Uint8Array.of(0xed, 0xa0, 0x80), 'badCharacter'],
    ['UTF-8', UTF8, 6, 'é日', 'c3a9e697a520'],
    ['UTF-8: justified', { ...UTF8, justified: true }, 4, 'é', '2020c3a9'],
    ['UTF-8: a character that would be cut', UTF8, 7, 'é日日', 'tooLong'],
    ['UTF-8: overlong', UTF8, 4, Uint8Array.of(0xe0, 0x80, 0x80), 'badCharacter'],
    ['single: overlong', { page: 'cp037' }, 4, Uint8Array.of(0xe0, 0x80, 0xaf), 'badCharacter'],
    ['single: an ASCII letter that the page lacks', { page: 'cp420' }, 2, '[', 'badCharacter'],
    ['single: a private character', { page: 'cp424' }, 2, '\uf770', '7040'],
  ];
  for (const [title, item, size, value, expected] of rows) t.equal(encode(item, size, value), expected, title);
});

t.test('the bytes before any value is written are spaces of the charset, and VALUE in it', async t => {
  const text = [
    '       01 R.',
    '          05 A PIC N(3) VALUE "AB".',
    '          05 B PIC N(2).',
    '          05 C PIC G(2) DISPLAY-1.',
    '          05 D PIC X(2) VALUE "AB".',
    '          05 E PIC N(2) VALUE ALL "A".',
    '          05 F PIC N(2) VALUE ZEROS.',
    '          05 G PIC G(2) DISPLAY-1 VALUE "AB".',
  ].join('\n');
  const [layout] = compileCopybook(text, { file: 'x.cpy', codePage: 'cp930' }) as [Layout];
  t.equal(
    Buffer.from(recordTemplate(layout)).toString('hex'),
    ['004100420020', '00200020', '40404040', 'c1c2', '00410041', '00300030', '40404040'].join(''),
  );
});

t.test('numbers on a mixed page are EBCDIC, on UTF-8 those of ASCII', async t => {
  const text = '       01 R.\n          05 A PIC S9(3).\n          05 B PIC X(4).\n';
  for (const [codePage, hex, expected] of [
    ['cp939', 'f1f2d3 0e45620f', '{"A":-123,"B":"日"}'],
    ['utf-8', '313273 e697a520', '{"A":-123,"B":"日"}'],
  ] as const) {
    const [layout] = compileCopybook(text, { file: 'x.cpy', codePage }) as [Layout];
    for (const native of SIDES) {
      const writer = createJsonWriter({ layout, native, exactLength: true });
      const bytes = Buffer.from(hex.replaceAll(' ', ''), 'hex');
      const framing = new Framing(1);
      frameFixed(framing, 7, 0, 7);
      const out = Buffer.alloc(writer.plan.textSizeMax);
      const { length } = writer.write({ bytes, framing, first: { record: 1, fileOffset: 0 } }, 0, out);
      t.equal(out.toString('utf8', 0, length).trimEnd(), expected, codePage);
    }
  }
});

t.test('double-byte text on a page without it is refused by name', async t => {
  const text = '       01 R.\n          05 A PIC G(2) DISPLAY-1.\n';
  const [layout] = compileCopybook(text, { file: 'x.cpy' }) as [Layout];
  const message = /^A is double-byte text, which code page cp037 does not have; there are cp930, cp939, /;
  t.throws(() => createDecoder({ layout, native: undefined }), { code: 'HR_CHARSET', message });
});

t.test('trimming is said of the file, and of one field by its name', async t => {
  const text = '       01 R.\n          05 A PIC X(3).\n          05 B PIC X(3).\n';
  const [layout] = compileCopybook(text, {
    file: 'x.cpy',
    codePage: 'ascii',
    trim: 'both',
    fieldTrim: { b: 'none' },
  }) as [Layout];
  for (const native of SIDES) {
    const decoder = createDecoder({ layout, native });
    const rows = new Uint8Array(decoder.rowSize);
    decoder.decodeRows(Buffer.from(' A  B '), 0, 6, rows);
    t.strictSame(
      decoder.slots.map(slot => readSlot(rows, 0, slot)),
      ['A', ' B '],
    );
  }
});
