/** The records of the copybook questions: 226 bytes of cp037, 33 leaves, described by bench/peers/cobrix/trade.cpy. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { chooseRecord, compileCopybook, type Layout, type LayoutItem } from '../src/codec/index.js';
import { peersFolder } from './install.js';
import { generator } from './fix-messages.js';

export const UNIT = 'records/s';
/** A block that fits no first-level cache and is run again and again. */
export const RECORD_COUNT = 4096;

export const copybookFile = join(peersFolder, 'cobrix', 'trade.cpy');

export function tradeLayout(): Layout {
  const text = readFileSync(copybookFile, 'latin1');
  return chooseRecord(compileCopybook(text, { file: copybookFile, codePage: 'cp037' }), undefined);
}

const LETTERS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ';
/** EBCDIC letters come in three runs. */
const LETTER_BYTES = [...'ABCDEFGHI']
  .map((_, index) => 0xc1 + index)
  .concat(
    [...'JKLMNOPQR'].map((_, index) => 0xd1 + index),
    [...'STUVWXYZ'].map((_, index) => 0xe2 + index),
  );
const SPACE = 0x40;
const ZERO = 0xf0;

type Next = (bound: number) => number;

function writeText(bytes: Uint8Array, at: number, size: number, next: Next): void {
  const length = 1 + next(size);
  for (let index = 0; index < size; index++)
    bytes[at + index] = index < length ? LETTER_BYTES[next(LETTERS.length)]! : SPACE;
}

/** Digits with a sign in the zone of the last: C plus, D minus, F where the picture has no sign. */
function writeDisplay(bytes: Uint8Array, at: number, size: number, next: Next, signed: boolean): void {
  for (let index = 0; index < size; index++) bytes[at + index] = ZERO + next(10);
  if (signed) bytes[at + size - 1] = (next(2) === 0 ? 0xc0 : 0xd0) + next(10);
}

function writePacked(bytes: Uint8Array, at: number, size: number, next: Next): void {
  for (let index = 0; index < size; index++) bytes[at + index] = next(10) * 16 + next(10);
  bytes[at + size - 1] = next(10) * 16 + (next(2) === 0 ? 0xc : 0xd);
}

/** A binary below its picture's limit: the high byte stays small. */
function writeBinary(bytes: Uint8Array, at: number, size: number, next: Next): void {
  bytes[at] = next(2);
  for (let index = 1; index < size; index++) bytes[at + index] = next(256);
}

function writeLeaf(bytes: Uint8Array, at: number, item: LayoutItem, next: Next): void {
  const leaf = item.leaf!;
  if (leaf.kind === 'text') writeText(bytes, at, item.size, next);
  else if (leaf.kind === 'display') writeDisplay(bytes, at, item.size, next, leaf.sign !== 'none');
  else if (leaf.kind === 'packed') writePacked(bytes, at, item.size, next);
  else writeBinary(bytes, at, item.size, next);
}

/** Records of a seed, one after the other. */
export function tradeRecords(layout: Layout, count = RECORD_COUNT, seed = 226): Uint8Array {
  const next = generator(seed);
  const bytes = new Uint8Array(count * layout.sizeBytes);
  for (let record = 0; record < bytes.length; record += layout.sizeBytes) {
    for (const item of layout.items) {
      if (item.leaf === undefined) continue;
      for (let index = 0; index < (item.occurs?.count ?? 1); index++)
        writeLeaf(bytes, record + item.offset + index * item.size, item, next);
    }
  }
  return bytes;
}

export function recordFile(folder: string, records: Uint8Array): string {
  const file = join(folder, 'trades.ebc');
  writeFileSync(file, records);
  return file;
}
