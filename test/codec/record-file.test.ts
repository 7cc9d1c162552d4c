import t, { type Test } from 'tap';

import { createFrameWriter, type FramingOptions, type RecordFile } from '../../src/codec/index.js';
import { findRecords, recordFile } from '../support/record-files.js';

const ascii = (text: string): Buffer => Buffer.from(text, 'latin1');
const FOUR = '       01 R PIC X(4).\n';
const framed = (framing: FramingOptions, text = FOUR, page = 'ascii'): RecordFile =>
  recordFile(text, { framing }, page);

/** The records' bytes and the end, the same whether the file comes whole or in pieces of 1, 2, 3 or 7 bytes. */
function found(t: Test, file: () => RecordFile, data: Uint8Array): readonly [readonly string[], string] {
  const whole = findRecords(file(), data);
  for (const chunk of [1, 2, 3, 7]) t.strictSame(findRecords(file(), data, chunk), whole, `in pieces of ${chunk}`);
  return [whole.records.map(({ bytes }) => bytes), whole.end];
}

t.test('fixed and fb: records of 4 bytes; a rest of 2 is cut off', async t => {
  t.strictSame(
    found(t, () => framed({}), ascii('AAAABBBB')),
    [['AAAA', 'BBBB'], 'ok'],
  );
  t.strictSame(
    found(t, () => framed({ format: 'fb', blockSize: 8 }), ascii('AAAABBBBCC')),
    [['AAAA', 'BBBB'], 'incomplete'],
  );
  t.strictSame(
    found(t, () => framed({ recordLength: 6 }), ascii('AAAA..BBBB..')),
    [['AAAA..', 'BBBB..'], 'ok'],
  );
  t.throws(
    () => framed({ format: 'fb', blockSize: 10, recordLength: 4 }),
    /blocks of 10 bytes do not hold whole records of 4/,
  );
});

const rdw = (text: string, length = text.length + 4): Buffer =>
  Buffer.concat([Buffer.from([length >> 8, length & 255, 0, 0]), ascii(text)]);

t.test('rdw: the length counts the word; a word of 3 ends the search', async t => {
  const data = Buffer.concat([rdw('AAAA'), rdw('B'), rdw('')]);
  t.strictSame(
    found(t, () => framed({ format: 'rdw' }), data),
    [['AAAA', 'B', ''], 'ok'],
  );
  t.strictSame(
    found(t, () => framed({ format: 'rdw' }), Buffer.concat([rdw('AAAA'), rdw('B', 3), rdw('C')])),
    [['AAAA'], 'RDW says 3 bytes, fewer than its own 4'],
  );
  t.strictSame(
    found(t, () => framed({ format: 'rdw' }), Buffer.from([0, 5, 0, 1, 65])),
    [[], 'RDW has bytes after its length that are not zero'],
  );
  t.strictSame(
    found(t, () => framed({ format: 'rdw' }), rdw('AAAA').subarray(0, 6)),
    [[], 'incomplete'],
  );
  t.strictSame(
    findRecords(framed({ format: 'rdw' }), data).records.map(({ origin }) => origin),
    [4, 12, 17],
  );
});

t.test('rdw: adjustment, little-endian, words of 2 bytes and lengths of 4, as GnuCOBOL writes them', async t => {
  const variants: readonly [FramingOptions['rdw'] & object, string][] = [
    [{ adjustment: 4 }, '00010000 41 00020000 4242'], // COB_VARSEQ_FORMAT 0
    [{ adjustment: 4, lengthSize: 4 }, '00000001 41 00000002 4242'], // 1 and b32
    [{ adjustment: 4, lengthSize: 4, littleEndian: true }, '01000000 41 02000000 4242'], // 2 and l32
    [{ adjustment: 2, size: 2, littleEndian: true }, '0100 41 0200 4242'], // 3
    [{ lengthOffset: 2, littleEndian: true }, '00000500 41 00000600 4242'],
    [{ anyRest: true }, '0005ffff 41 00061234 4242'],
  ];
  for (const [word, hex] of variants) {
    const data = Buffer.from(hex.replaceAll(' ', ''), 'hex');
    t.strictSame(
      found(t, () => framed({ format: 'rdw', rdw: word }), data),
      [['A', 'BB'], 'ok'],
      hex,
    );
  }
  t.throws(
    () => framed({ format: 'rdw', rdw: { size: 2, lengthSize: 4 } }),
    /a length of 4 bytes at 0 lies outside an RDW of 2 bytes/,
  );
});

const bdw = (size: number): Buffer => Buffer.from([(size + 4) >> 8, (size + 4) & 255, 0, 0]);
const extended = (size: number): Buffer => {
  const word = Buffer.alloc(4);
  word.writeUInt32BE(0x8000_0000 + size + 4);
  return word;
};

t.test('vb: blocks of records, extended block words too; a record beyond its block ends the search', async t => {
  const vb = (): RecordFile => framed({ format: 'vb' });
  const data = Buffer.concat([bdw(13), rdw('AAAA'), rdw('B'), bdw(0), extended(6), rdw('CC')]);
  t.strictSame(found(t, vb, data), [['AAAA', 'B', 'CC'], 'ok']);
  t.strictSame(found(t, vb, Buffer.concat([bdw(6), rdw('AAAA')])), [[], 'RDW says 8 bytes, but its block has 6 left']);
  t.strictSame(found(t, vb, Buffer.from([0, 3, 0, 0])), [[], 'BDW says 3 bytes, fewer than its own 4']);
  const small = (): RecordFile => framed({ format: 'vb', blockSize: 10 });
  t.strictSame(found(t, small, data), [[], 'BDW says 17 bytes, more than the largest block of 10']);
});

const segment = (control: number, text: string): Buffer => {
  const bytes = rdw(text);
  bytes[2] = control;
  return bytes;
};

t.test('vbs: segments 1, 3, 3, 2 make one record across blocks', async t => {
  const vbs = (): RecordFile => framed({ format: 'vbs' });
  const data = Buffer.concat([
    bdw(8 + 5),
    segment(0, 'AAAA'),
    segment(1, 'B'),
    bdw(5),
    segment(3, 'C'),
    bdw(5 + 5 + 8),
    segment(3, 'D'),
    segment(2, 'E'),
    segment(0, 'FFFF'),
  ]);
  t.strictSame(found(t, vbs, data), [['AAAA', 'BCDE', 'FFFF'], 'ok']);
  t.strictSame(
    findRecords(vbs(), data).records.map(({ origin }) => origin),
    [8, 16, 44],
  );
});

t.test('vbs: a record of which a segment is missing is broken, and those behind it are found', async t => {
  const vbs = (): RecordFile => framed({ format: 'vbs' });
  const data = Buffer.concat([
    bdw(5 + 5 + 5 + 5 + 5 + 5),
    segment(3, 'A'),
    segment(2, 'B'), // no first
    segment(1, 'C'), // no last
    segment(0, 'D'),
    segment(2, 'E'), // alone
    segment(1, 'F'), // the file ends
  ]);
  const { records, end } = findRecords(vbs(), data);
  t.strictSame(
    records.map(({ kind, bytes }) => [kind, bytes]),
    [
      [-2, 'AB'],
      [-2, 'C'],
      [0, 'D'],
      [-2, 'E'],
      [-2, 'F'],
    ],
  );
  t.equal(end, 'ok');
  found(t, vbs, data);
  t.match(
    found(t, vbs, Buffer.concat([bdw(5), segment(4, 'A')]))[1],
    /^RDW has a control byte that is none of 00 01 02 03/,
  );
});

t.test(
  'text: LF, CRLF, a last line without newline; short lines get their spaces, long ones keep a byte too many',
  async t => {
    const text = (): RecordFile => framed({ format: 'text' });
    t.strictSame(found(t, text, ascii('AAAA\nB\r\n\nCCCC   \nDDDDDD\nE')), [
      ['AAAA', 'B   ', '    ', 'CCCC', 'DDDDD', 'E   '],
      'ok',
    ]);
    t.strictSame(found(t, text, ascii('')), [[], 'ok']);
    const ebcdic = (): RecordFile => framed({ format: 'text' }, FOUR, 'cp037');
    t.strictSame(found(t, ebcdic, Buffer.from('c1c215c325c4', 'hex')), [['ÁÂ@@', 'Ã@@@', 'Ä@@@'], 'ok']);
  },
);

const ODO =
  '       01 R.\n          05 N PIC 9.\n          05 T PIC X OCCURS 0 TO 5 DEPENDING ON N.\n          05 Z PIC X.\n';

t.test('fixed with a table that slides: records laid end to end by their counts', async t => {
  t.strictSame(
    found(t, () => framed({}, ODO), ascii('2ABz0z5ABCDEz')),
    [['2ABz', '0z', '5ABCDEz'], 'ok'],
  );
  t.strictSame(
    found(t, () => framed({}, ODO), ascii('0z9ABCDEFGHIz')),
    [['0z'], 'T does not tell the length of the record'],
  );
  t.strictSame(
    found(t, () => framed({}, ODO), ascii('2A')),
    [[], 'incomplete'],
  );
  t.strictSame(
    found(t, () => framed({ recordLength: 7 }, ODO), ascii('2ABz...0z.....')),
    [['2ABz...', '0z.....'], 'ok'],
  );
  t.strictSame(
    found(t, () => framed({ format: 'text' }, ODO), ascii('2AB\n1Az\n')),
    [['2AB ', '1Az'], 'ok'],
  );
});

t.test('nested counts, and counts behind a table that slides', async t => {
  const text = `       01 R.
          05 N PIC 9.
          05 T OCCURS 0 TO 3 DEPENDING ON N.
             10 M PIC 9.
             10 U PIC X OCCURS 0 TO 4 DEPENDING ON M.
          05 K PIC 9.
          05 V PIC X OCCURS 1 TO 3 DEPENDING ON K.
`;
  t.strictSame(
    found(t, () => framed({}, text), ascii('22AB0' + '1C' + '0' + '3ABC' + '11X2YZ')),
    [['22AB01C', '03ABC', '11X2YZ'], 'ok'],
  );
});

t.test('lengthField: a field of the record holds its length', async t => {
  const text = '       01 R.\n          05 K PIC X.\n          05 L PIC 99.\n          05 T PIC X(3).\n';
  const options: FramingOptions = { lengthField: { field: 'L' } };
  t.strictSame(
    found(t, () => framed(options, text), ascii('A06xyzB03C07wwww')),
    [['A06xyz', 'B03', 'C07wwww'], 'ok'],
  );
  t.strictSame(
    found(t, () => framed({ lengthField: { field: 'L', adjustment: 3 } }, text), ascii('A03xyzB00')),
    [['A03xyz', 'B00'], 'ok'],
  );
  t.strictSame(
    found(t, () => framed(options, text), ascii('A06xyzB00')),
    [['A06xyz'], 'L says 0 bytes, and a record has 1 to 1048576'],
  );
  t.strictSame(
    found(t, () => framed(options, text), ascii('Axxxyz')),
    [[], 'L does not tell the length of the record'],
  );
  t.throws(() => framed({ ...options, format: 'rdw' }, text), /lengthField is for the format fixed/);
});

const THREE = `       01 HEAD.
          05 KIND PIC X.
          05 DAY PIC 9(4).
       01 DETAIL.
          05 KIND PIC X.
          05 AMOUNT PIC S9(3) COMP-3.
       01 TAIL.
          05 KIND PIC X.
          05 TOTAL PIC 9(2).
`;

t.test(
  'select: the first rule whose fields have their values picks the record; lists, ranges, several fields',
  async t => {
    const select = [
      { record: 'HEAD', when: [{ KIND: ['H'] }] },
      { record: 'TAIL', when: [{ KIND: ['T'], TOTAL: [{ from: '10', to: '20' }, '99'] }] },
      { record: 'DETAIL', when: [{ KIND: [{ from: 'A', to: 'D' }] }, { AMOUNT: ['-5'] }] },
    ];
    const file = (): RecordFile => recordFile(THREE, { framing: { format: 'rdw' }, selection: { select } });
    t.strictSame(
      file().layouts.map(({ name }) => name),
      ['HEAD', 'TAIL', 'DETAIL'],
    );
    const data = Buffer.concat(['H1234', 'T10', 'T21', 'T99', 'Axx', 'Exx', 'x\x00\x5d', ''].map(text => rdw(text)));
    t.strictSame(
      findRecords(file(), data).records.map(({ kind }) => kind),
      [0, 1, -1, 1, 2, -1, 2, -1],
    );
    t.throws(() => recordFile(THREE, { selection: { select: [{ record: 'HEAD', when: [{ KIND: ["X'0'"] }] }] } }), {
      message: "X'0' is no hexadecimal value; expected pairs of digits, as in X'0A1F'",
    });
    t.throws(() => recordFile(THREE, { selection: { select: [{ record: 'NONE', when: [{ KIND: ['H'] }] }] } }), {
      message: /HR_RECORD|choose one|neither a record nor an item/,
    });
    t.throws(
      () => recordFile(THREE, { selection: { select: [{ record: 'HEAD', when: [{ NONE: ['H'] }] }] } }),
      /HEAD has no item NONE/,
    );
  },
);

t.test('header and trailer records by their place, however the file comes', async t => {
  const selection = { header: { record: 'HEAD', count: 1 }, trailer: { record: 'TAIL', count: 2 } };
  const file = (): RecordFile => recordFile(THREE, { framing: { format: 'rdw' }, selection });
  t.strictSame(
    file().layouts.map(({ name }) => name),
    ['DETAIL', 'HEAD', 'TAIL'],
  );
  const data = Buffer.concat(['H1234', 'Axx', 'T10'].map(text => rdw(text)));
  t.strictSame(
    findRecords(file(), data).records.map(({ kind }) => kind),
    [1, 0, 0],
  );
});

t.test('what a frame writer writes is found again as it was', async t => {
  for (const framing of [
    {},
    { format: 'fb' },
    { format: 'rdw' },
    { format: 'rdw', rdw: { adjustment: 4, lengthSize: 4, littleEndian: true } },
    { format: 'vb' },
    { format: 'vb', bdw: { littleEndian: true, adjustment: 4 } },
    { format: 'vbs' },
    { format: 'text' },
  ] as const) {
    const file = framed(framing);
    const write = createFrameWriter(file);
    const data = Buffer.concat(['AAAA', 'B  B', 'CC  '].flatMap(text => write(ascii(text))));
    t.strictSame(
      found(t, () => framed(framing), data),
      [['AAAA', 'B  B', 'CC  '], 'ok'],
      JSON.stringify(framing),
    );
  }
  const long = framed({ format: 'vbs' }, '       01 R PIC X(100000).\n');
  const record = Buffer.alloc(100_000, 'abc');
  const data = Buffer.concat(createFrameWriter(long)(record));
  t.strictSame(
    findRecords(long, data).records.map(({ bytes }) => ascii(bytes)),
    [record],
  );
});
