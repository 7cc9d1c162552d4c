import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';

import {
  compileCopybook,
  readEdited,
  type CopybookOptions,
  type EditedPicture,
  type LayoutItem,
} from '../../src/codec/index.js';
import { COBOL_FOLDER, cobcMissing, writtenBy } from '../support/cobc.js';
import { needs } from '../support/servers.js';
import { bothEncoders } from '../support/both-encoders.js';

const read = (file: string): Buffer => readFileSync(join(COBOL_FOLDER, file));

type Options = Pick<CopybookOptions, 'decimalComma' | 'currency'>;

/** Writes values as an item of this clause: its text, or the code of the refusal. */
function editorOf(clause: string, options: Options = {}): (value: string) => string {
  const text = `       01 R.\n          05 A PIC ${clause}.\n`;
  const [layout] = compileCopybook(text, { file: 'x.cpy', codePage: 'ascii', ...options });
  const encoder = bothEncoders({ layout: layout! });
  return value => {
    const bytes = Buffer.from(`{"A":${value}}`);
    const out = Buffer.alloc(encoder.recordSize);
    const { refusals } = encoder.encodeLines({ bytes, starts: [0], ends: [bytes.length], count: 1, first: 1 }, 0, out);
    return refusals[0]?.code ?? out.toString('latin1');
  };
}

const edit = (clause: string, value: string, options?: Options): string => editorOf(clause, options)(value);

function pictureOf(clause: string, options: Options = {}): EditedPicture {
  const text = `       01 R.\n          05 A PIC ${clause}.\n`;
  const { leaf } = compileCopybook(text, { file: 'x.cpy', ...options })[0]!.items[1]!;
  return (leaf as { edited: EditedPicture }).edited;
}

t.test('a number is edited as MOVE does', async t => {
  // Enterprise COBOL for z/OS Language Reference, PICTURE clause editing: its tables, then what they leave open.
  const rows: readonly [string, string, string][] = [
    ['999.99', '1.23', '001.23'],
    ['999.99', '12.34', '012.34'],
    ['999.99', '1234.5', 'digitsOverflow'],
    ['999.99', '1.234', 'scaleLoss'],
    ['ZZZZ.ZZ', '0', '       '],
    ['****.**', '0', '****.**'],
    ['ZZZZ.99', '0', '    .00'],
    ['****.99', '0', '****.00'],
    ['ZZ99.99', '0', '  00.00'],
    ['Z,ZZZ.ZZ+', '123.45', '  123.45+'],
    ['*,***.**+', '-123.45', '**123.45-'],
    ['**,***,***.**', '12345678.90', '12,345,678.90'],
    ['$Z,ZZZ,ZZZ.ZZCR', '12345.67', '$   12,345.67  '],
    ['$B*,***,***.**BBDB', '-12345.67', '$ ***12,345.67  DB'],
    ['$$$.99', '0.12', '  $.12'],
    ['$$$9.99', '0.12', '  $0.12'],
    ['$,$$$,999.99', '1234.56', '   $1,234.56'],
    ['$$,$$9.99', '1234.56', '$1,234.56'],
    ['+,+++,999.99', '-123456.78', ' -123,456.78'],
    ['$,$$$,$$$.99CR', '-1234567', 'digitsOverflow'],
    ['$$,$$$,$$$.99CR', '-1234567', '$1,234,567.00CR'],
    ['++,+++,+++.++', '0', '             '],
    ['999.99+', '-6.5', '006.50-'],
    ['+999.99', '6.5', '+006.50'],
    ['-999.99', '6.5', ' 006.50'],
    ['-999.99', '-6.5', '-006.50'],
    ['9(4)CR', '-1', '0001CR'],
    ['9(4)DB', '1', '0001  '],
    ['9(4)', '-1', 'badSign'],
    ['Z(3)9', '-1', 'badSign'],
    ['Z(3)9', '-0', '   0'],
    ['Z(3)9', '"  12"', '  12'],
    ['Z(3)9', '"12"', '12  '],
    ['Z(3)9', '"12345"', 'tooLong'],
    ['Z(3)9', '"any "', 'any '],
    ['Z(3)9', 'true', 'badType'],
    ['+$ZZ9', '-12', '-$ 12'],
    ['-$**.**', '1', ' $*1.00'],
    ['ZZ/ZZ/ZZ', '523', '    5/23'],
    ['Z(4)/99', '12', '     12'],
    ['99/99/99', '11523', '01/15/23'],
    ['ZZ9PP', '12300', '123'],
    ['ZZ9PP', '12345', 'scaleLoss'],
    ['Z(36)99', '9'.repeat(38), '9'.repeat(38)],
    ['ZZ9.99 BLANK WHEN ZERO', '0.00', '      '],
    ['X(2)BX', '"AB C"', 'AB C'],
    ['X(2)BX', '12', 'badType'],
    ['XX/XX', '"ABCD"', 'ABCD '],
  ];
  for (const [clause, value, expected] of rows)
    t.equal(edit(clause, value), expected, `${value} in ${clause} is ${expected}`);
  t.equal(edit('Z.ZZ9,99', '1234.5', { decimalComma: true }), '1.234,50');
  t.equal(edit('**.**9,99-', '-12', { decimalComma: true }), '****12,00-');
  t.equal(edit('£££9,99', '12', { decimalComma: true, currency: '£' }), ' £12,00');
});

t.test('the text of an edited item stands for a number, or for none', async t => {
  const rows: readonly [string, string, string | undefined][] = [
    ['Z,ZZ9.99', '1,234.50', '1234.50'],
    ['Z,ZZ9.99', '    0.50', '0.50'],
    ['Z,ZZ9.99-', '    0.50-', '-0.50'],
    ['Z,ZZ9.99-', '    0.50', '0.50'],
    ['Z,ZZ9.99-', '    0.00-', '0.00'],
    ['999CR', '012CR', '-12'],
    ['999DB', '012DB', '-12'],
    ['999DB', '012', '12'],
    ['$$$9.99', '  $0.12', '0.12'],
    ['+++9', '  -1', '-1'],
    ['+++9', ' +-1', undefined],
    ['+++9', '1234', undefined],
    ['****.**', '****.**', '0.00'],
    ['**.**CR', '**.****', '0.00'],
    ['ZZZ.ZZ', '', '0.00'],
    ['9(3)0', '0120', '12'],
    ['99/99/99', '01/15/23', '11523'],
    ['99/99/99', '01-15-23', undefined],
    ['ZZ9PP', ' 12', '1200'],
    ['ZZVZZ', '1234', '12.34'],
    ['Z,ZZ9.99', '1.234,50', undefined],
    ['Z,ZZ9.99', '1,2 4.50', undefined],
    ['Z,ZZ9.99', '1,234.50 1', undefined],
    ['+999', ' 012', undefined],
    ['9,99B', 'abc', undefined],
    ['XXBX', '12 3', undefined],
  ];
  for (const [clause, text, expected] of rows)
    t.equal(readEdited(pictureOf(clause), text), expected, `${text} of ${clause} is ${expected}`);
  t.equal(readEdited(pictureOf('Z.ZZ9,99', { decimalComma: true }), '1.234,50'), '1234.50');
  t.equal(readEdited(pictureOf('€€9', { currency: '€' }), ' €5'), '5');
});

/** A number of the record in ten-thousandths: 11 or 13 digits and a sign. */
const fixedPoint = (text: string): bigint => BigInt(text.slice(0, -1)) * (text.endsWith('-') ? -1n : 1n);

function literalOf(tenThousandths: bigint): string {
  const digits = (tenThousandths < 0n ? -tenThousandths : tenThousandths).toString().padStart(5, '0');
  return `${tenThousandths < 0n ? '-' : ''}${digits.slice(0, -4)}.${digits.slice(-4)}`;
}

// GnuCOBOL shows 0 and / among suppressed digits, where IBM's rule takes all insertions as part of the string.
const SHOWS_INSERTIONS = new Set(['Z(4)/99', 'Z0Z9', 'ZZ0ZZ', '++0+9']);
// GnuCOBOL takes an inserted 0 for a digit, and does not take DB for a minus.
const READS_OTHERWISE = (picture: string): boolean => picture.endsWith('DB') || /[Z+)]0/.test(picture);

t.test('GnuCOBOL edits the same numbers to the same texts, and takes the same numbers out of them', async t => {
  const layout = compileCopybook(read('edited.cpy').toString(), { file: 'edited.cpy', codePage: 'ascii' })[0]!;
  const data = read('edited.ascii.dat');
  const itemOf = new Map(layout.items.map(item => [item.name, item]));
  const items = layout.items.filter(({ leaf }) => leaf?.kind === 'text');
  const clauseOf = ({ picture, leaf }: LayoutItem): string =>
    picture + ((leaf as { blankWhenZero: boolean }).blankWhenZero ? ' BLANK WHEN ZERO' : '');
  const editors = new Map(items.map(item => [item, editorOf(clauseOf(item))]));
  const counts = { edited: 0, refused: 0, read: 0 };
  for (let start = 0; start < data.length; start += layout.sizeBytes) {
    const textOf = ({ offset, size }: LayoutItem): string =>
      data.toString('latin1', start + offset, start + offset + size);
    const value = fixedPoint(textOf(itemOf.get('V')!));
    for (const item of items) {
      const found = editors.get(item)!(literalOf(value));
      if (found === 'scaleLoss' || found === 'digitsOverflow' || found === 'badSign') counts.refused++;
      else if (!SHOWS_INSERTIONS.has(item.picture)) {
        counts.edited++;
        if (found !== textOf(item)) t.equal(found, textOf(item), `${literalOf(value)} in ${clauseOf(item)}`);
      }
      if (READS_OTHERWISE(item.picture)) continue;
      counts.read++;
      const number = readEdited((item.leaf as { edited: EditedPicture }).edited, textOf(item));
      const [whole = '', decimals = ''] = (number ?? 'none').split('.');
      const expected = fixedPoint(textOf(itemOf.get(`D${item.name.slice(1)}`)!));
      if (number === undefined || BigInt(whole + decimals.padEnd(4, '0')) !== expected)
        t.equal(number, literalOf(expected), `${textOf(item)} of ${clauseOf(item)}`);
    }
  }
  t.strictSame(counts, { edited: 571, refused: 1010, read: 1452 });
});

t.test('a currency sign of several characters has the room of all at its first symbol, and floats whole', async t => {
  // The examples of the Language Reference, "Fixed insertion editing", and its rule for floating insertion.
  const program = (picture: string): string => `
       IDENTIFICATION DIVISION.
       ENVIRONMENT DIVISION.
       CONFIGURATION SECTION.
       SPECIAL-NAMES.
           CURRENCY SIGN IS 'EUR' WITH PICTURE SYMBOL 'U'
           CURRENCY 'USD' PICTURE SYMBOL IS 'u', CURRENCY SIGN '$'.
       DATA DIVISION.
       WORKING-STORAGE SECTION.
       01 R.
          05 A PIC ${picture}.
`;
  const rows: readonly [string, string, string][] = [
    ['U999.99', '123.45', 'EUR123.45'],
    ['-u999.99', '-123.45', '-USD123.45'],
    ['-u999.99', '123.45', ' USD123.45'],
    ['$999', '5', '$005'],
    ['UUU9.99', '1.5', '  EUR1.50'],
    ['UUU9.99', '123.45', 'EUR123.45'],
    ['UUU9.99', '1234.5', 'digitsOverflow'],
    ['U,UUU,UU9', '1234567', 'digitsOverflow'],
    ['U,UUU,UU9', '12345', '  EUR12,345'],
    ['uuu.uu', '0', '        '],
    ['U***.**', '0', '******.**'],
    ['U***.**', '1.5', 'EUR**1.50'],
    ['UZZ9CR', '-7', 'EUR  7CR'],
    ['+UUU9', '42', '+ EUR42'],
  ];
  for (const [picture, value, expected] of rows) {
    const [layout] = compileCopybook(program(picture), { file: 'x.cbl', codePage: 'ascii' });
    const encoder = bothEncoders({ layout: layout! });
    const bytes = Buffer.from(`{"A":${value}}`);
    const out = Buffer.alloc(encoder.recordSize);
    const { refusals } = encoder.encodeLines({ bytes, starts: [0], ends: [bytes.length], count: 1, first: 1 }, 0, out);
    t.equal(refusals[0]?.code ?? out.toString('latin1'), expected, `${picture} of ${value}`);
    const { edited } = layout!.items[1]!.leaf as { edited: EditedPicture };
    if (refusals.length === 0) t.equal(Number(readEdited(edited, expected)), Number(value), `${expected} read`);
  }
  const { edited } = compileCopybook(program('UUU9'), { file: 'x' })[0]!.items[1]!.leaf as { edited: EditedPicture };
  for (const text of [' EU12', 'EUR 12', 'USD12 ', '1EUR2 ', 'EUREU1'])
    t.equal(readEdited(edited, text), undefined, text);
});

t.test('a currency sign that cannot be one is refused with its place', async t => {
  const rows: readonly [string, RegExp][] = [
    ["CURRENCY SIGN 'EUR'", /'EUR' cannot be a currency sign/],
    ["CURRENCY SIGN 'EUR' WITH PICTURE SYMBOL 'Z'", /'Z' cannot be a currency sign/],
    ["CURRENCY SIGN 'A1' PICTURE SYMBOL 'F'", /'A1' cannot stand for F/],
    ["CURRENCY SIGN ' ' PICTURE SYMBOL 'F'", /' ' cannot stand for F/],
    ["CURRENCY SIGN 'E' PICTURE 'F'", /expected SYMBOL/],
    ["CURRENCY SIGN X'9F' PICTURE SYMBOL 'F'", /a currency sign X'...' is not supported/],
    ["CURRENCY 'F' CURRENCY 'EUR' PICTURE SYMBOL 'F'", /the currency symbol F stands twice/],
  ];
  for (const [clause, message] of rows)
    t.throws(() => compileCopybook(`       SPECIAL-NAMES. ${clause}.`, { file: 'x' }), { message }, clause);
  const both =
    "       ENVIRONMENT DIVISION. SPECIAL-NAMES. CURRENCY 'F' CURRENCY 'H'.\n       DATA DIVISION.\n       01 R PIC FFH9.\n";
  t.throws(() => compileCopybook(both, { file: 'x' }), { message: /a picture has one currency sign/ });
});

t.test('edited.cob writes the committed bytes', needs(cobcMissing), async t => {
  t.strictSame(writtenBy('edited.cob'), read('edited.ascii.dat'));
});
