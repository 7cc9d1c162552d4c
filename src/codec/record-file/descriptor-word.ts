import { STATUS } from '../../model/index.js';
import type { BlockWord, RecordWord } from './framing-rules.js';
import type { FramingFault } from './framer.js';

const BLOCK_WORD_SIZE = 4;
const EXTENDED = 0x80;
const [OK, INCOMPLETE, BAD] = [STATUS.ok.code, STATUS.incomplete.code, STATUS.badRecordLength.code];

/** Reads descriptor words: the length of what a word and its record or block take together, or why there is none. */
export class DescriptorReader {
  /** Bytes of the word and what it describes, of the last word read. */
  length = 0;
  fault: FramingFault = { word: '', size: 0, why: '' };

  /** Reads a record descriptor word; `rest` tells which of the bytes beside its length must be zero. A status. */
  record(word: RecordWord, bytes: Uint8Array, at: number, to: number): number {
    if (to - at < word.size) return INCOMPLETE;
    const { size, lengthOffset, lengthSize } = word;
    this.length = readInteger(bytes, at + lengthOffset, lengthSize, word.littleEndian) + word.adjustment;
    if (this.length < size) return this.refuse('RDW', size, `says ${this.length} bytes, fewer than its own ${size}`);
    if (!word.anyRest && !isZero(bytes, at, lengthOffset) && lengthOffset > 0)
      return this.refuse('RDW', size, 'has bytes before its length that are not zero');
    if (!word.anyRest && !isZero(bytes, at + lengthOffset + lengthSize, size - lengthOffset - lengthSize))
      return this.refuse('RDW', size, 'has bytes after its length that are not zero');
    return OK;
  }

  /** Reads a block descriptor word: 15 bits of length and two zero bytes, or with the high bit set 31 bits. A status. */
  block(
    word: BlockWord,
    sizeMax: number | undefined,
    bytes: Uint8Array,
    { at, to }: { at: number; to: number },
  ): number {
    if (to - at < BLOCK_WORD_SIZE) return INCOMPLETE;
    const whole = readInteger(bytes, at, BLOCK_WORD_SIZE, word.littleEndian);
    const extended = (bytes[at + (word.littleEndian ? 3 : 0)]! & EXTENDED) !== 0;
    this.length = (extended ? whole - 0x8000_0000 : readInteger(bytes, at, 2, word.littleEndian)) + word.adjustment;
    if (!extended && !isZero(bytes, at + 2, 2))
      return this.refuse('BDW', BLOCK_WORD_SIZE, 'has bytes after its length that are not zero');
    if (this.length < BLOCK_WORD_SIZE)
      return this.refuse('BDW', BLOCK_WORD_SIZE, `says ${this.length} bytes, fewer than its own ${BLOCK_WORD_SIZE}`);
    if (sizeMax !== undefined && this.length > sizeMax)
      return this.refuse(
        'BDW',
        BLOCK_WORD_SIZE,
        `says ${this.length} bytes, more than the largest block of ${sizeMax}`,
      );
    return OK;
  }

  refuse(word: string, size: number, why: string): number {
    this.fault = { word, size, why };
    return BAD;
  }
}

export { BLOCK_WORD_SIZE };

function isZero(bytes: Uint8Array, at: number, size: number): boolean {
  for (let index = 0; index < size; index++) if (bytes[at + index] !== 0) return false;
  return true;
}

/** An unsigned integer of 2 or 4 bytes. */
function readInteger(bytes: Uint8Array, at: number, size: number, littleEndian: boolean): number {
  let value = 0;
  for (let index = 0; index < size; index++)
    value = value * 256 + bytes[at + (littleEndian ? size - 1 - index : index)]!;
  return value;
}
