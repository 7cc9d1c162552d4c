import t from 'tap';

import {
  chooseRecord,
  columnsOf,
  compileCopybook,
  type Column,
  type ColumnOptions,
  type CopybookOptions,
} from '../../src/codec/index.js';

type Told = string | { readonly [name: string]: Told | readonly Told[] };

/** A column in short: `decimal(5,2)`, `int32?` where it may be null, lists and structs as such. */
function tell({ kind, precision, scale, bits, nullable, children }: Column): Told {
  const null_ = nullable ? '?' : '';
  if (kind === 'list') return { [`list${null_}`]: tell(children[0]!) };
  if (kind === 'struct') return { [`struct${null_}`]: tellAll(children) };
  if (kind === 'decimal') return `decimal(${precision},${scale})${null_}`;
  return `${kind}${bits === 0 ? '' : bits}${null_}`;
}

function tellAll(columns: readonly Column[]): Told {
  return Object.fromEntries(columns.map(column => [column.name, tell(column)]));
}

function columns(text: string, options: Partial<CopybookOptions> = {}, more: ColumnOptions = {}): Told {
  return tellAll(columnsOf(chooseRecord(compileCopybook(text, { file: 'x.cpy', ...options }), undefined), more));
}

function elementary(clauses: string, options: Partial<CopybookOptions> = {}): Told {
  return (columns(`01 R.\n 05 A ${clauses}.`, options) as { A: Told }).A;
}

t.test('numbers have the width of their digits', async t => {
  t.equal(elementary('PIC S9(9) COMP'), 'int32');
  t.equal(elementary('PIC 9(10)'), 'int64');
  t.equal(elementary('PIC S9(18) COMP-3'), 'int64');
  t.equal(elementary('PIC S9(19) COMP-3'), 'decimal(19,0)');
  t.equal(elementary('PIC S9(3)V99 COMP-3'), 'decimal(5,2)');
  t.equal(elementary('PIC 9(38)'), 'decimal(38,0)');
  t.equal(elementary('PIC SPPP99'), 'decimal(5,5)', 'the scale is not above the precision');
  t.equal(elementary('PIC 9(2)PPP'), 'int32', 'zeros of P are digits');
  t.equal(elementary('PIC 9(8)PPP'), 'int64');
});

t.test('COMP-5 and TRUNC(BIN) have the digits of their bytes', async t => {
  t.equal(elementary('PIC S9(4) COMP-5'), 'int32');
  t.equal(elementary('PIC S9(9) COMP-5'), 'int32');
  t.equal(elementary('PIC 9(9) COMP-5'), 'int64', '4 bytes without a sign');
  t.equal(elementary('PIC S9(18) COMP-5'), 'int64');
  t.equal(elementary('PIC 9(18) COMP-5'), 'decimal(20,0)', '8 bytes without a sign');
  t.equal(elementary('PIC S9(3)V99 COMP', { trunc: 'bin' }), 'decimal(10,2)');
  t.equal(elementary('PIC S9(3)V9 COMP', { trunc: 'opt' }), 'decimal(5,1)');
  t.equal(elementary('PIC S9(20) COMP-5'), 'decimal(38,0)');
  t.equal(elementary('BINARY-DOUBLE'), 'int64');
  t.equal(elementary('POINTER'), 'int64');
});

t.test('floats, text and edited numbers', async t => {
  t.equal(elementary('COMP-1'), 'float64', 'hexadecimal reaches beyond a float32');
  t.equal(elementary('COMP-1', { float: 'ieee' }), 'float32');
  t.equal(elementary('COMP-2'), 'float64');
  t.equal(elementary('PIC X(3)'), 'utf8');
  t.equal(elementary('PIC ZZ9.99'), 'utf8');
  t.equal(elementary('PIC N(3)'), 'utf8');
});

t.test('groups are structs, tables lists, views nullable, and FILLER is left out', async t => {
  const text = `
       01 R.
         05 A PIC X.
         05 FILLER PIC X(3).
         05 G.
           10 B PIC 9(2) OCCURS 3.
         05 T OCCURS 0 TO 5 DEPENDING ON N.
           10 C PIC X OCCURS 2.
         05 V PIC X(4).
         05 W REDEFINES V.
           10 D PIC 9(4).
         05 FILLER REDEFINES V.
           10 E PIC 9(2).
           10 FILLER PIC X(2).
         05 FILLER OCCURS 2.
           10 F PIC 9.
           10 H PIC 9 OCCURS 4.
         66 S RENAMES A THRU G.
`.replace('05 T', '05 N PIC 9.\n         05 T');
  const expected = {
    A: 'utf8',
    G: { struct: { B: { list: 'int32' } } },
    N: 'int32',
    T: { list: { struct: { C: { list: 'utf8' } } } },
    V: 'utf8?',
    W: { 'struct?': { D: 'int32' } },
    E: 'int32?',
    F: { list: 'int32' },
    H: { list: { list: 'int32' } },
  };
  t.same(columns(text), expected);
  t.same(columns(text, {}, { renames: true }), { ...expected, S: 'utf8?' });
});

t.test('policies make values null', async t => {
  const text = '01 R.\n 05 A PIC 9.\n 05 B PIC 9 OCCURS 2.\n 05 C PIC X.';
  t.same(columns(text, { fieldBlanks: { B: { spaces: 'null' } } }), { A: 'int32', B: { list: 'int32?' }, C: 'utf8' });
  t.same(columns(text, { blanks: { lowValues: 'zero' } }), { A: 'int32', B: { list: 'int32' }, C: 'utf8' });
  t.same(columns(text, {}, { isNullable: item => item.name === 'C' }), {
    A: 'int32',
    B: { list: 'int32' },
    C: 'utf8?',
  });
});

t.test('a name given twice in one group has its turn behind it', async t => {
  const text = '01 R.\n 05 A PIC X.\n 05 A PIC 9.\n 05 A-2 PIC X.\n 05 A COMP-2.';
  t.same(columns(text), { A: 'utf8', 'A-3': 'int32', 'A-2': 'utf8', 'A-4': 'float64' });
});
