import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import t from 'tap';

import { compileCopybook, type CopybookOptions, type Layout, type ReadCopy } from '../../src/codec/index.js';
import { readCopyFrom } from '../../src/decode/index.js';

const library =
  (files: Readonly<Record<string, string>>): ReadCopy =>
  name =>
    files[name] === undefined ? undefined : { file: `${name}.cpy`, text: files[name] };
const layoutsOf = (
  text: string,
  files: Readonly<Record<string, string>> = {},
  options: Partial<CopybookOptions> = {},
): readonly Layout[] =>
  compileCopybook(text, { file: 'x.cpy', sourceFormat: 'variable', readCopy: library(files), ...options });
const itemsOf = (text: string, files: Readonly<Record<string, string>> = {}): readonly string[] =>
  layoutsOf(text, files)[0]!.items.map(item => `${item.name} ${item.picture}`.trim());

const CUSTOMER = `       05  :TAG:-ID    PIC 9(:LEN:).
       05  :TAG:-NAME  PIC X(20).
       05  FILLER      PIC X(4) VALUE ':TAG:'.
`;

t.test('COPY puts the text of a copybook in, its words replaced', async t => {
  const files = { CUSTOMER };
  t.strictSame(itemsOf('       01 R. COPY CUSTOMER REPLACING ==:TAG:== BY ==CUST== ==:LEN:== BY ==6==.', files), [
    'R',
    'CUST-ID 9(6)',
    'CUST-NAME X(20)',
    'FILLER X(4)',
  ]);
  t.strictSame(itemsOf('       01 R. COPY CUSTOMER REPLACING :TAG: BY C :LEN: BY 2.', files).slice(1, 3), [
    'C-ID 9(2)',
    'C-NAME X(20)',
  ]);
  t.strictSame(itemsOf("       COPY 'A' OF LIB SUPPRESS. 02 Z PIC X.", { A: '       01 R.\n       02 A PIC 9.\n' }), [
    'R',
    'A 9',
    'Z X',
  ]);
});

t.test(
  'REPLACING goes word by word: case and spaces do not matter, parts of words do not match, what was put in stays',
  async t => {
    const book =
      '       02 ALPHA PIC X(3).\n       02 alpha-two  PIC\n             x(3).\n       02 C PIC X VALUE "ALPHA".';
    const rows: readonly [string, readonly string[]][] = [
      ['ALPHA BY BETA', ['BETA X(3)', 'alpha-two x(3)', 'C X']],
      ['==PIC X(3)== BY ==PIC 9(5)==', ['ALPHA 9(5)', 'alpha-two 9(5)', 'C X']],
      ['==(3)== BY ==(8)==', ['ALPHA X(8)', 'alpha-two x(8)', 'C X']],
      ['ALPHA BY C C BY D', ['C X(3)', 'alpha-two x(3)', 'D X']],
      ['LEADING ==ALPHA== BY ==NEW==', ['NEW X(3)', 'NEW-two x(3)', 'C X']],
      ['TRAILING ==-TWO== BY ==-2==', ['ALPHA X(3)', 'alpha-2 x(3)', 'C X']],
      ["LEADING ==ALPHA-== BY ====, 'ALPHA' BY 'B'", ['ALPHA X(3)', 'two x(3)', 'C X']],
      ['==02 ALPHA PIC X(3).== BY ====', ['alpha-two x(3)', 'C X']],
    ];
    for (const [replacing, items] of rows)
      t.strictSame(itemsOf(`       01 R. COPY B REPLACING ${replacing}.`, { B: book }).slice(1), items, replacing);
    const [layout] = layoutsOf("       01 R. COPY B REPLACING 'ALPHA' BY 'BETA'.", { B: book });
    t.equal(layout!.items.at(-1)?.value?.text, 'BETA');
  },
);

t.test('copybooks copy copybooks, and the replacements of the outer one reach into the inner', async t => {
  const files = { OUTER: '       02 :T:-A PIC X.\n       COPY INNER.\n', INNER: '       02 :T:-B PIC 99.\n' };
  t.strictSame(itemsOf('       01 R. COPY OUTER REPLACING ==:T:== BY ==Q==.', files), ['R', 'Q-A X', 'Q-B 99']);
  const [layout] = layoutsOf('01 R.\n  02 COPY P.\n', { P: 'A\nPIC X.' }, { sourceFormat: 'auto' });
  t.equal(layout!.items.length, 2, 'a file that may be of any format is in that of what copies it');
});

t.test('REPLACE holds from one statement to the next', async t => {
  const text = `       REPLACE ==XX== BY ==A== LEADING ==P-== BY ==Q-==.
       01 R.
         02 XX PIC 9.
         02 P-B PIC 9.
       REPLACE OFF.
         02 XX PIC 9.
         COPY C.
       REPLACE ==YY== BY ==Z==. 02 YY PIC X.`;
  t.strictSame(itemsOf(text, { C: '       02 YY PIC 9.' }), ['R', 'A 9', 'Q-B 9', 'XX 9', 'YY 9', 'Z X']);
});

t.test('what is wrong in a copied file is named with that file, line and column', async t => {
  const rows: readonly [string, string, RegExp][] = [
    ['COPY A.', '       02 B PIC 9(.', /^A\.cpy:1:18: PICTURE 9\(/],
    [
      'COPY A REPLACING ==:P:== BY ==Q==.',
      '\n       02 B PIC :P:9.',
      /^A\.cpy:2:17: PICTURE Q9: Q is no PICTURE symbol/,
    ],
    ['COPY A.', "       02 B PIC X VALUE 'X.", /^A\.cpy:1:25: the literal has no end/],
    ['COPY A.', '       COPY A.', /^A\.cpy:1:8: COPY A: the copybook copies itself: x\.cpy > A\.cpy > A\.cpy/],
    ['COPY A.', '       COPY B OF L.', /^A\.cpy:1:8: COPY B OF L: there is no such copybook in the search path/],
    ['COPY A', '', /^x\.cpy:1:20: expected '\.' after COPY A, found the end/],
    ['COPY .', '', /^x\.cpy:1:19: expected the name of a copybook, found \./],
    ['COPY A REPLACING .', '', /expected ==, a word or a literal, found \./],
    ['COPY A REPLACING B C.', '', /^x\.cpy:1:33: expected BY, found C/],
    ['COPY A REPLACING ==B== BY ==C.', '', /^x\.cpy:1:40: the pseudo-text has no end; expected ==/],
    ['COPY A REPLACING ==== BY ==C==.', '', /the pseudo-text to replace has no word/],
  ];
  for (const [copy, a, message] of rows)
    t.throws(() => layoutsOf(`       01 R. ${copy}`, { A: a }), { name: 'CopybookError', message }, copy);
});

t.test('a library that multiplies itself is refused before it fills the memory', async t => {
  const files = Object.fromEntries(
    Array.from({ length: 31 }, (_, index) => [`F${index}`, `       COPY F${index + 1}. COPY F${index + 1}.`]),
  );
  t.throws(() => layoutsOf('       COPY F0.', { ...files, F31: '       02 A PIC X.' }), {
    message: /: the copybook grows too large by what it copies$/,
  });
  const deep: ReadCopy = name => ({ file: name, text: `       COPY ${name}X.` });
  t.throws(() => compileCopybook('       COPY A.', { file: 'x', readCopy: deep }), {
    message: /more than 32 files deep/,
  });
  const words = Array.from({ length: 100 }, (_, index) => `==A== BY ==${'A '.repeat(10 + index)}==`).join(' ');
  const many = { ...files, F12: `       ${'A '.repeat(30)}.` };
  t.throws(() => layoutsOf(`       COPY F0 REPLACING ${words}.`, many), { message: /grows too large/ });
});

t.test('the search path is folders in their order, endings and cases tried, libraries before them all', async t => {
  const folder = mkdtempSync(join(tmpdir(), 'copy-'));
  const put = (name: string, item: string): void => writeFileSync(join(folder, name), `       02 ${item} PIC X.\n`);
  for (const inner of ['a', 'b', 'b/lib']) mkdirSync(join(folder, inner));
  put('a/cust.cpy', 'LOWER');
  put('b/CUST.CBL', 'UPPER');
  put('b/ITEM', 'PLAIN');
  put('b/lib/CUST', 'IN-LIB');
  put('secret.cpy', 'OUTSIDE');
  const read = readCopyFrom([join(folder, 'a'), join(folder, 'b')]);
  const found = (name: string, from?: string): string | undefined => read(name, from)?.text.trim().split(' ')[1];
  t.strictSame(
    [found('CUST'), found('Cust', 'LIB'), found('ITEM'), found('item.x'), found('../secret'), found('NONE\0')],
    ['LOWER', 'IN-LIB', 'PLAIN', undefined, undefined, undefined],
  );
  t.equal(readCopyFrom([join(folder, 'b')])('Cust', 'LIB')?.file, join(folder, 'b', 'lib', 'CUST'));
  rmSync(folder, { recursive: true });
});
