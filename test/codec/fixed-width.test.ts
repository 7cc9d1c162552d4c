import t from 'tap';

import {
  compileFixedWidth,
  createDecoder,
  fixedSpans,
  readSlot,
  ROW_STATUS,
  type FixedWidthTable,
} from '../../src/codec/index.js';
import { STATUS } from '../../src/model/index.js';

const QUOTES: FixedWidthTable = {
  name: 'quotes',
  fields: [
    { name: 'symbol', type: 'text', width: 8 },
    { name: 'bid', type: 'number', width: 12, scale: 4 },
    { name: 'change', type: 'number', width: 6, scale: 2, signed: true },
    { name: 'FILLER', type: 'text', width: 1 },
  ],
};

const decoder = createDecoder({ layout: compileFixedWidth(QUOTES), native: undefined });

function decode(text: string) {
  const bytes = Buffer.from(text);
  const rows = new Uint8Array(decoder.rowSize * 8);
  const count = decoder.decodeRows(bytes, 0, bytes.length, rows);
  return { bytes, rows, count };
}

t.test('reads "AAPL    000001902500-00125" as AAPL, 190.2500 and -1.25', async t => {
  const { rows, count } = decode('AAPL    000001902500-00125\nMSFT    000004000000+00000\nunfinished');
  t.equal(count, 2, 'an unfinished record is left for the next call');
  const values = (row: number) => decoder.slots.map(slot => readSlot(rows, row * decoder.rowSize, slot));
  t.strictSame(values(0), ['AAPL', 1902500n, -125n]);
  t.strictSame(values(1), ['MSFT', 4000000n, 0n]);
  t.strictSame(
    decoder.slots.map(slot => [slot.path, slot.kind, slot.scale, slot.offset % 8]),
    [
      ['symbol', 'text', 0, 0],
      ['bid', 'i64', 4, 0],
      ['change', 'i64', 2, 0],
    ],
  );
  t.equal(decoder.slot('bid').offset, decoder.slots[1]?.offset);
});

t.test('refuses a bad digit and a bad sign with offset, field and hex', async t => {
  const { bytes, rows } = decode(
    'AAPL    000001902500-00125\nMSFT    00000400000 +00000\nIBM     000004000000*00000\n',
  );
  const spans = fixedSpans(bytes, 0, 27, 3);
  const first = { record: 1, fileOffset: 100 };
  t.equal(decoder.refusal(spans, rows, 0, first), undefined);
  t.match(decoder.refusal(spans, rows, 1, first), {
    record: 2,
    offset: 100 + 27 + 8,
    field: 'bid',
    picture: '9(8)V9(4)',
    code: 'badDigit',
    hex: Buffer.from('00000400000 ').toString('hex'),
  });
  t.match(decoder.refusal(spans, rows, 2, first), {
    record: 3,
    offset: 100 + 54 + 20,
    field: 'change',
    code: 'badSign',
  });
  t.equal(new DataView(rows.buffer).getInt32(decoder.rowSize + ROW_STATUS, true), STATUS.badDigit.code);
});

t.test('decodes only the fields asked for', async t => {
  const hot = createDecoder({ layout: compileFixedWidth(QUOTES), fields: ['bid'], native: undefined });
  const rows = new Uint8Array(hot.rowSize);
  t.equal(hot.decodeRows(Buffer.from('AAPL    000001902500*00125\n'), 0, 27, rows), 1);
  t.strictSame(
    hot.slots.map(slot => readSlot(rows, 0, slot)),
    [1902500n],
  );
  t.throws(
    () => createDecoder({ layout: compileFixedWidth(QUOTES), fields: ['ask'], native: undefined }),
    /no field ask/,
  );
});

t.test('refuses a table that cannot be, naming the field', async t => {
  const table = (field: object) => ({ name: 't', fields: [{ name: 'f', type: 'number', width: 5, ...field }] });
  const rows: readonly [object, RegExp][] = [
    [{ width: 0 }, /t\.f has width 0/],
    [{ scale: 6 }, /t\.f has scale 6/],
    [{ width: 39 }, /t\.f has 39 digits/],
  ];
  for (const [field, message] of rows) t.throws(() => compileFixedWidth(table(field) as FixedWidthTable), message);
  t.throws(() => compileFixedWidth({ name: 't', fields: [] }), /t has no fields/);
  t.throws(() => compileFixedWidth({ ...QUOTES, codePage: 'cp999' }), /cp999 is not known/);
  t.throws(
    () => compileFixedWidth({ name: 't', fields: [QUOTES.fields[0]!, QUOTES.fields[0]!] }),
    /symbol stands twice/,
  );
});
