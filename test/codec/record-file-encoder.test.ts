import t from 'tap';

import {
  createJsonWriter,
  Framing,
  RecordFileEncoder,
  type FramingOptions,
  type LineBatch,
  type RecordFile,
  type RecordFileEncoderOptions,
} from '../../src/codec/index.js';
import { findRecords, recordFile } from '../support/record-files.js';

const COPYBOOK = [
  '       01 HEADER.',
  '          05 H-TYPE PIC X VALUE "H".',
  '          05 H-COUNT PIC 9(3).',
  '       01 DETAIL.',
  '          05 D-TYPE PIC X VALUE "D".',
  '          05 D-N PIC 9.',
  '          05 D-T PIC S9(3) COMP-3 OCCURS 0 TO 5 DEPENDING ON D-N.',
  '          05 D-END PIC X.',
  '',
].join('\n');
const SELECT = [
  { record: 'HEADER', when: [{ 'H-TYPE': ['H'] }] },
  { record: 'DETAIL', when: [{ 'D-TYPE': ['D'] }] },
];
const LINES = [
  '{"H-TYPE":"H","H-COUNT":2}',
  '{"D-TYPE":"D","D-N":2,"D-T":[1,-2],"D-END":"E"}',
  '{"D-TYPE":"D","D-N":0,"D-T":[],"D-END":"E"}',
  '{"H-TYPE":"H","H-COUNT":1}',
  '{"D-TYPE":"D","D-N":5,"D-T":[1,-2,3,-4,5],"D-END":"E"}',
];

function batchOf(lines: readonly string[]): LineBatch {
  const bytes = Buffer.from(lines.join(''));
  const ends = lines.map((_, index) => lines.slice(0, index + 1).join('').length);
  const starts = [0, ...ends.slice(0, -1)];
  return { bytes, starts, ends, numbers: lines.map((_, index) => index + 1) };
}

function encode(file: RecordFile, lines: readonly string[]): Buffer {
  const encoder = new RecordFileEncoder(file, {});
  const done = encoder.encode(batchOf(lines));
  t.strictSame(done.refused, []);
  return Buffer.concat([...done.pieces, ...encoder.finish().pieces]);
}

function decode(file: RecordFile, bytes: Uint8Array): string[] {
  return findRecords(file, bytes).records.map(record => {
    const data = Buffer.from(record.bytes, 'latin1');
    const layout = file.layouts[record.kind]!;
    const writer = createJsonWriter({ layout, native: undefined, exactLength: false });
    const framing = new Framing(1);
    framing.clear(data, 0);
    framing.add(0, data.length);
    const out = Buffer.alloc(writer.plan.textSizeMax);
    const batch = writer.write({ bytes: data, framing, first: { record: 1, fileOffset: 0 } }, 0, out);
    return out.toString('utf8', 0, batch.length - 1);
  });
}

t.test('every format decodes to the lines it was encoded from, records picked by their values', async t => {
  const formats: readonly FramingOptions[] = [
    { format: 'rdw' },
    { format: 'rdw', rdw: { adjustment: 4, littleEndian: true } },
    { format: 'rdw', rdw: { lengthSize: 4 } },
    { format: 'vb' },
    { format: 'vb', blockSize: 32 },
    { format: 'vb', bdw: { adjustment: 4 } },
    { format: 'vbs' },
    { format: 'vbs', blockSize: 13 },
    { format: 'vbs', blockSize: 9 },
    { format: 'fixed' },
    { format: 'fixed', recordLength: 20 },
    { format: 'fb', recordLength: 20 },
  ];
  for (const framing of formats) {
    const file = recordFile(COPYBOOK, { framing, selection: { select: SELECT } }, 'cp037');
    t.strictSame(decode(file, encode(file, LINES)), LINES, JSON.stringify(framing));
  }
});

t.test('kinds that change with every line share the memory their records are written to, 1 MiB at a time', async t => {
  const file = recordFile(COPYBOOK, { framing: { recordLength: 32_000 }, selection: { select: SELECT } }, 'cp037');
  const lines = Array.from({ length: 100 }, (_, index) => LINES[index % 2]!);
  const { pieces } = new RecordFileEncoder(file, {}).encode(batchOf(lines));
  const memories = new Set(pieces.map(piece => piece.buffer));
  t.strictSame([pieces.length, memories.size], [100, 4]);
  t.strictSame(decode(file, Buffer.concat(pieces)), lines);
  const [one] = new RecordFileEncoder(file, {}).encode(batchOf(lines.slice(0, 1))).pieces;
  t.equal(one!.buffer.byteLength, 32_000, 'one record takes what it needs');
});

const FAMILY = recordFile(
  COPYBOOK,
  { framing: { format: 'rdw' }, selection: { select: SELECT }, policies: { children: { DETAIL: 'HEADER' } } },
  'cp037',
);
const DETAIL = '{"D-TYPE":"D","D-N":0,"D-T":[],"D-END":"E"}';
const family = (count: string, details: string): string => `{"H-TYPE":"H","H-COUNT":${count},"DETAIL":${details}}`;

/** What is written of some lines by a file without families, and what is refused: record, field, code and the line itself. */
function partly(file: RecordFile, lines: readonly string[], options: RecordFileEncoderOptions = {}) {
  const encoder = new RecordFileEncoder(file, options);
  const { pieces, refused } = encoder.encode(batchOf(lines));
  const { policies: _, ...plain } = file;
  return {
    written: decode({ ...plain, policies: {} }, Buffer.concat([...pieces, ...encoder.finish().pieces])),
    refused: refused.map(({ refusal, line }) => [
      refusal.record,
      refusal.field,
      refusal.code,
      Buffer.from(line).toString(),
    ]),
  };
}

t.test('a record that is refused takes those it holds with it, one that is held only itself', async t => {
  const lost = family('1000', `[${DETAIL}]`);
  const long = DETAIL.replace('E"}', 'EE"}');
  const found = partly(FAMILY, [family('1', `[${DETAIL}]`), lost, family('3', `[${long},${DETAIL},7]`)]);
  const header = '{"H-TYPE":"H","H-COUNT":';
  t.strictSame(found.written, [`${header}1}`, DETAIL, `${header}3}`, DETAIL]);
  t.strictSame(found.refused, [
    [3, 'H-COUNT', 'digitsOverflow', lost],
    [6, 'D-END', 'tooLong', long],
    [8, 'DETAIL', 'badJson', '7'],
  ]);
});

t.test('what stands in place of the records of a family refuses the line by their name', async t => {
  const twice = family('1', `[${DETAIL}],"DETAIL":[]`);
  const [none, one] = [family('1', 'null'), family('1', '{}')];
  t.strictSame(partly(FAMILY, [twice, none, one]), {
    written: [],
    refused: [
      [1, 'DETAIL', 'duplicateMember', twice],
      [2, 'DETAIL', 'missingValue', none],
      [3, 'DETAIL', 'badType', one],
    ],
  });
  t.strictSame(partly(FAMILY, [none], { nulls: 'default' }), { written: ['{"H-TYPE":"H","H-COUNT":1}'], refused: [] });
});

t.test('the name in a family tells the record: H and D of their VALUE, 150,000 in one line', async t => {
  const bare = partly(FAMILY, ['{"H-COUNT":1,"DETAIL":[{"D-N":0,"D-T":[],"D-END":"E"}]}']);
  t.strictSame(bare, { written: ['{"H-TYPE":"H","H-COUNT":1}', DETAIL], refused: [] });
  const { pieces } = new RecordFileEncoder(FAMILY, {}).encode(
    batchOf([family('1', `[${Array(150_000).fill('{}').join(',')}]`)]),
  );
  t.equal(pieces.length, 2 * 150_001, 'a descriptor and a record each');
});

t.test('a header told by its place gives back the records it holds', async t => {
  const file = recordFile(
    COPYBOOK,
    {
      framing: { format: 'rdw' },
      selection: { record: 'DETAIL', header: { record: 'HEADER', count: 1 } },
      policies: { children: { DETAIL: 'HEADER' } },
    },
    'cp037',
  );
  const encoder = new RecordFileEncoder(file, {});
  const { pieces, refused } = encoder.encode(batchOf([family('1', `[${DETAIL},${DETAIL}]`)]));
  t.strictSame([pieces.length, refused], [6, []]);
});
