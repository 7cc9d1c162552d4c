import { ConfigError } from '../../model/index.js';
import { byteOf } from '../record/index.js';
import { BLOCK_WORD_SIZE } from './descriptor-word.js';
import type { RecordWord } from './framing-rules.js';
import type { RecordFile } from './record-file.js';

/** What is written before and behind each record so that the format finds it again. */
export type FrameWriter = (record: Uint8Array) => readonly Uint8Array[];

const NEWLINE = { ebcdic: 0x15, ascii: 0x0a } as const;
const SEGMENT_SIZE_MAX = 32_752;
const SEGMENT_WORD_SIZE = 4;

/** How the file's format frames a record: the pieces to write, in order. Each record is a block of its own in vb and vbs. */
export function createFrameWriter({ framing, layouts }: RecordFile): FrameWriter {
  const { rdw, bdw } = framing;
  const page = layouts[0]!.codePage;
  switch (framing.format) {
    case 'rdw':
      return record => [recordWord(rdw, record.length), record];
    case 'vb':
      return record => [
        blockWord(record.length + rdw.size - bdw.adjustment, bdw.littleEndian),
        recordWord(rdw, record.length),
        record,
      ];
    case 'vbs':
      return record => segments(record, rdw, bdw);
    case 'text': {
      const space = byteOf(page, ' ');
      const newline = Uint8Array.of(page.ebcdic ? NEWLINE.ebcdic : NEWLINE.ascii);
      return record => [record.subarray(0, trimmedLength(record, space)), newline];
    }
    default:
      return record => [record];
  }
}

function trimmedLength(record: Uint8Array, space: number): number {
  let length = record.length;
  while (length > 0 && record[length - 1] === space) length--;
  return length;
}

/** The word before a record of so many bytes. Throws ConfigError when it cannot hold the length. */
export function recordWord(rules: RecordWord, recordSize: number): Uint8Array {
  const word = new Uint8Array(rules.size);
  const length = recordSize + rules.size - rules.adjustment;
  if (length < 0 || length >= 256 ** rules.lengthSize)
    throw new ConfigError(
      'HR_FRAMING',
      `a record of ${recordSize} bytes does not fit an RDW of ${rules.lengthSize} bytes of length`,
    );
  writeInteger(word, rules.lengthOffset, rules.lengthSize, { value: length, littleEndian: rules.littleEndian });
  return word;
}

/** The word of a block whose records take `size` bytes; beyond 15 bits it is an extended one. */
export function blockWord(size: number, littleEndian: boolean): Uint8Array {
  const word = new Uint8Array(BLOCK_WORD_SIZE);
  const length = size + BLOCK_WORD_SIZE;
  if (length < 0x8000) writeInteger(word, 0, 2, { value: length, littleEndian });
  else writeInteger(word, 0, BLOCK_WORD_SIZE, { value: length + 0x8000_0000, littleEndian });
  return word;
}

function segments(
  record: Uint8Array,
  rdw: RecordWord,
  bdw: { adjustment: number; littleEndian: boolean },
): Uint8Array[] {
  const pieces: Uint8Array[] = [];
  const count = Math.max(1, Math.ceil(record.length / SEGMENT_SIZE_MAX));
  for (let index = 0; index < count; index++) {
    const piece = record.subarray(index * SEGMENT_SIZE_MAX, (index + 1) * SEGMENT_SIZE_MAX);
    const word = recordWord({ ...rdw, anyRest: true }, piece.length);
    word[2] = count === 1 ? 0 : index === 0 ? 1 : index === count - 1 ? 2 : 3;
    pieces.push(blockWord(piece.length + SEGMENT_WORD_SIZE - bdw.adjustment, bdw.littleEndian), word, piece);
  }
  return pieces;
}

function writeInteger(
  bytes: Uint8Array,
  at: number,
  size: number,
  { value, littleEndian }: { value: number; littleEndian: boolean },
): void {
  let rest = value;
  for (let index = 0; index < size; index++) {
    bytes[at + (littleEndian ? index : size - 1 - index)] = rest % 256;
    rest = Math.floor(rest / 256);
  }
}
