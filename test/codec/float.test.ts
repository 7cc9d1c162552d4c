import t from 'tap';

import {
  compileCopybook,
  createDecoder,
  createEncoder,
  createJsonWriter,
  frameFixed,
  Framing,
  readSlot,
  recordTemplate,
  writeSlot,
} from '../../src/codec/index.js';
import type { Leaf } from '../../src/codec/index.js';
import { readFloatText, writeFloatText } from '../../src/codec/record/float.js';
import { describeLeaf } from '../../src/codec/record/leaf.js';
import { loadAddon } from '../../src/native/index.js';
import { layoutOfLeaves } from '../support/leaf-layouts.js';

const addon = loadAddon('prefer');
const SIDES = addon === undefined ? [undefined] : [undefined, addon];

const ibm: Leaf = { kind: 'float', format: 'ibm', littleEndian: false };
const ieee: Leaf = { kind: 'float', format: 'ieee', littleEndian: false };
const little: Leaf = { kind: 'float', format: 'ieee', littleEndian: true };

/** What each side writes for the bytes of one float: a JSON literal, or the code of the refusal. */
function literals(leaf: Leaf, hex: string): string {
  const bytes = Buffer.from(hex.replaceAll(' ', ''), 'hex');
  const layout = layoutOfLeaves([{ leaf, size: bytes.length }]);
  const found = SIDES.map(native => {
    const writer = createJsonWriter({ layout, native, exactLength: true });
    const framing = new Framing(1);
    frameFixed(framing, bytes.length, 0, bytes.length);
    const out = Buffer.alloc(writer.plan.textSizeMax);
    const batch = writer.write({ bytes, framing, first: { record: 1, fileOffset: 0 } }, 0, out);
    return batch.refusals[0]?.code ?? out.toString('utf8', 6, batch.length - 2);
  });
  return [...new Set(found)].join(' | ');
}

/** The bytes a literal is written as by the twin, or its status. */
function encoded(leaf: Leaf, size: number, text: string): string {
  const layout = layoutOfLeaves([{ leaf, size }]);
  const at = { leaves: Int32Array.from(describeLeaf(layout, layout.items[1]!)), at: 0, tables: new Uint8Array(0) };
  const bytes = Buffer.alloc(size);
  const status = writeFloatText(at, text, { bytes, offset: 0 });
  if (status !== 0) return String(status);
  t.equal(readFloatText(at, bytes, 0) !== undefined, true);
  return bytes.toString('hex');
}

t.test('bytes of a float give the shortest literal that reads back to them', async t => {
  // z/Architecture Principles of Operation, Hexadecimal-Floating-Point Data Format: the table of examples; IEEE 754.
  const rows: readonly [Leaf, string, string][] = [
    [ibm, '41 10 00 00', '1'],
    [ibm, '40 80 00 00', '0.5'],
    [ibm, '3f 40 00 00', '0.015625'],
    [ibm, '00 00 00 00', '0'],
    [ibm, '80 00 00 00', '0'],
    [ibm, 'c1 f0 00 00', '-15'],
    [ibm, '00 10 00 00', '5.397605e-79'],
    [ibm, '7f ff ff ff', '7.237005e+75'],
    [ibm, 'c2 76 a0 00', '-118.625'],
    [ibm, '40 19 99 9a', '0.1'],
    [ibm, '42 64 00 00', '100'],
    [ibm, '43 00 a0 00', '10'],
    [ibm, '46 00 00 01', '1'],
    [ibm, '00 00 00 01', '5e-85'],
    [ibm, '80 00 00 01', '-5e-85'],
    [ibm, '45 12 d6 87', '77160.44'],
    [ibm, '41 10 00 00 00 00 00 00', '1'],
    [ibm, '40 19 99 99 99 99 99 9a', '0.1'],
    [ibm, '40 19 99 99 99 99 99 99', '0.09999999999999999'],
    [ibm, '4e 00 00 00 00 00 00 01', '1'],
    [ibm, '56 10 00 00 00 00 00 00', '1.9342813113834067e+25'],
    [ibm, '7f ff ff ff ff ff ff ff', '7.2370055773322621e+75'],
    [ibm, '00 00 00 00 00 00 00 01', '1e-94'],
    [ieee, '3f 80 00 00', '1'],
    [ieee, '3d cc cc cd', '0.1'],
    [ieee, '80 00 00 00', '0'],
    [ieee, '00 00 00 01', '1e-45'],
    [ieee, '7f 7f ff ff', '3.4028235e+38'],
    [ieee, '7f 80 00 00', 'badNumber'],
    [ieee, 'ff c0 00 00', 'badNumber'],
    [ieee, '4b 80 00 01', '16777218'],
    [ieee, '3f b9 99 99 99 99 99 9a', '0.1'],
    [ieee, '44 4b 1a e4 d6 e2 ef 50', '1e+21'],
    [ieee, '3e b0 c6 f7 a0 b5 ed 8d', '0.000001'],
    [ieee, '3e 7a d7 f2 9a bc af 48', '1e-7'],
    [ieee, '00 00 00 00 00 00 00 01', '5e-324'],
    [ieee, '00 00 00 00 00 00 00 02', '1e-323'],
    [ieee, '7f f0 00 00 00 00 00 00', 'badNumber'],
    [ieee, '80 00 00 00 00 00 00 00', '0'],
    [little, '9a 99 99 99 99 99 b9 3f', '0.1'],
    [little, 'cd cc cc 3d', '0.1'],
  ];
  for (const [leaf, hex, expected] of rows)
    t.equal(literals(leaf, hex), expected, `${hex} of ${JSON.stringify(leaf)} is ${expected}`);
});

t.test(
  'a literal is written as the nearest number; a half goes away from zero in hexadecimal, to even in IEEE',
  async t => {
    const rows: readonly [Leaf, number, string, string][] = [
      [ibm, 4, '0.1', '4019999a'],
      [ibm, 4, '-118.625', 'c276a000'],
      [ibm, 4, '16777216', '47100000'],
      [ibm, 4, '268435584', '48100001'],
      [ibm, 4, '268435583.99999999999999999999', '48100000'],
      [ibm, 4, '7.2370051e75', '7fffffff'],
      [ibm, 4, '7.2370053e75', '7fffffff'],
      [ibm, 4, '7.2370054e75', '44'],
      [ibm, 4, '1e-80', '00004be3'],
      [ibm, 4, '1e-90', '00000000'],
      [ibm, 4, '-1e-90', '00000000'],
      [ibm, 4, '0', '00000000'],
      [ibm, 4, '-0', '00000000'],
      [ibm, 8, '0.1', '401999999999999a'],
      [ibm, 8, '1e400', '44'],
      [ibm, 8, '1e999999999999', '44'],
      [ibm, 8, '1e-999999999999', '0000000000000000'],
      [ieee, 4, '0.1', '3dcccccd'],
      [ieee, 4, '3.4028236e38', '44'],
      [ieee, 4, '16777217', '4b800000'],
      [ieee, 4, '16777217.00000000000000000000000000001', '4b800001'],
      [ieee, 8, '0.1', '3fb999999999999a'],
      [ieee, 8, '-0', '0000000000000000'],
      [ieee, 8, `0.${'0'.repeat(400_000)}1`, '0000000000000000'],
      [ieee, 8, `1${'0'.repeat(400_000)}e-400000`, '3ff0000000000000'],
      [ieee, 8, `00.10${'0'.repeat(400_000)}`, '3fb999999999999a'],
      [ieee, 8, '1e309', '44'],
      [little, 8, '0.1', '9a9999999999b93f'],
      [ieee, 8, 'x', '64'],
      [ieee, 8, '.', '64'],
      [ieee, 8, '1e', '64'],
    ];
    for (const [leaf, size, text, expected] of rows) t.equal(encoded(leaf, size, text), expected, text);
  },
);

t.test('a row holds a float as the nearest double, and gives the bytes back', async t => {
  // 0x40199999 9999999A has 56 bits; the nearest double of 53 is 0.1, which is written as itself.
  const rows: readonly [Leaf, string, number][] = [
    [ibm, 'c276a000', -118.625],
    [ibm, '401999999999999a', 0.1],
    [ieee, '3dcccccd', 0.10000000149011612],
    [little, '9a9999999999b93f', 0.1],
  ];
  const layout = layoutOfLeaves(rows.map(([leaf, hex]) => ({ leaf, size: hex.length / 2 })));
  const bytes = Buffer.from(rows.map(([, hex]) => hex).join(''), 'hex');
  for (const native of SIDES) {
    const decoder = createDecoder({ layout, native });
    const row = new Uint8Array(decoder.rowSize);
    t.equal(decoder.decodeRows(bytes, 0, bytes.length, row), 1);
    t.strictSame(
      decoder.slots.map(slot => [slot.kind, readSlot(row, 0, slot)]),
      rows.map(([, , value]) => ['f64', value]),
    );
    const out = Buffer.alloc(bytes.length);
    const encoder = createEncoder({ layout, native });
    t.equal(encoder.encodeRows(row, 1, out), 1);
    t.equal(out.toString('hex'), bytes.toString('hex'));
    for (const [value, status] of [
      [NaN, 64],
      [7.3e75, 44],
    ] as const) {
      writeSlot(row, 0, decoder.slots[0]!, value);
      t.equal(encoder.encodeRows(row, 1, out), 0);
      t.equal(new DataView(row.buffer).getInt32(0, true), status);
    }
    t.throws(() => writeSlot(row, 0, decoder.slots[0]!, 1n), { code: 'HR_SLOT' });
  }
});

t.test('an absent float has its VALUE', async t => {
  const text = `       01 R.\n          05 A COMP-1 VALUE -118.625.\n          05 B COMP-2 VALUE 150.\n          05 C COMP-1.\n`;
  const [layout] = compileCopybook(text, { file: 'x.cpy' });
  t.equal(Buffer.from(recordTemplate(layout!)).toString('hex'), 'c276a000' + '4296000000000000' + '00000000');
});
