import { ConfigError } from '../../model/index.js';
import { blockWord, createFrameWriter, recordWord } from './frame-writer.js';
import { BLOCK_WORD_SIZE } from './descriptor-word.js';
import type { FramingRules } from './framing-rules.js';
import type { RecordFile } from './record-file.js';

/** Records in a format of files, blocks filled up. What a block holds back comes with a later record, or at the end. */
export interface RecordBlocks {
  /** The pieces to write, in order; a piece is good until the next call. */
  add(record: Uint8Array): readonly Uint8Array[];
  finish(): readonly Uint8Array[];
}

/** The largest block of a disk track, as most files have it. */
const BLOCK_SIZE = 32_760;
const SEGMENT_WORD_SIZE = 4;
/** The third byte of a segment's word. */
const SEGMENT = { whole: 0, first: 1, last: 2, middle: 3 } as const;

/** Opens the blocks of a file's format: of `vb` and `vbs` as large as `blockSize` says; the other formats have none to fill. */
export function openRecordBlocks(file: RecordFile): RecordBlocks {
  const { format } = file.framing;
  if (format === 'vb') return new VariableBlocks(file.framing);
  if (format === 'vbs') return new SpannedBlocks(file.framing);
  const frame = createFrameWriter(file);
  return { add: frame, finish: () => [] };
}

/** A block as it fills: pieces behind a word that is known when it is full. */
class Block {
  private pieces: Uint8Array[] = [];
  private size = 0;
  private readonly sizeMax: number;

  constructor(private readonly rules: FramingRules) {
    this.sizeMax = (rules.blockSize ?? BLOCK_SIZE) - BLOCK_WORD_SIZE;
  }

  /** Bytes there is room for. */
  get room(): number {
    return this.sizeMax - this.size;
  }

  get isEmpty(): boolean {
    return this.size === 0;
  }

  put(word: Uint8Array, bytes: Uint8Array): void {
    this.pieces.push(word, bytes.slice());
    this.size += word.length + bytes.length;
  }

  /** The block, which then begins anew. */
  take(): readonly Uint8Array[] {
    if (this.isEmpty) return [];
    const { adjustment, littleEndian } = this.rules.bdw;
    const block = [blockWord(this.size - adjustment, littleEndian), ...this.pieces];
    this.pieces = [];
    this.size = 0;
    return block;
  }
}

/** Whole records behind their words, as many as a block holds. */
class VariableBlocks implements RecordBlocks {
  private readonly block: Block;

  constructor(private readonly rules: FramingRules) {
    this.block = new Block(rules);
  }

  add(record: Uint8Array): readonly Uint8Array[] {
    const word = recordWord(this.rules.rdw, record.length);
    const size = word.length + record.length;
    const done = size > this.block.room ? this.block.take() : [];
    if (size > this.block.room)
      throw new ConfigError(
        'HR_FRAMING',
        `a record of ${record.length} bytes does not fit a block of ${this.rules.blockSize ?? BLOCK_SIZE}`,
      );
    this.block.put(word, record);
    return done;
  }

  finish(): readonly Uint8Array[] {
    return this.block.take();
  }
}

/** Records in segments: one goes on in the next block where this one has no room left. */
class SpannedBlocks implements RecordBlocks {
  private readonly block: Block;

  constructor(private readonly rules: FramingRules) {
    this.block = new Block(rules);
    if (this.block.room <= SEGMENT_WORD_SIZE)
      throw new ConfigError('HR_FRAMING', `a block of ${rules.blockSize} bytes has no room for a segment`);
  }

  add(record: Uint8Array): readonly Uint8Array[] {
    const done: Uint8Array[] = [];
    let at = 0;
    do {
      if (this.block.room <= SEGMENT_WORD_SIZE) done.push(...this.block.take());
      const size = Math.min(record.length - at, this.block.room - SEGMENT_WORD_SIZE);
      const word = recordWord({ ...this.rules.rdw, anyRest: true }, size);
      word[2] = segmentCode(at === 0, at + size === record.length);
      this.block.put(word, record.subarray(at, at + size));
      at += size;
    } while (at < record.length);
    return done;
  }

  finish(): readonly Uint8Array[] {
    return this.block.take();
  }
}

function segmentCode(isFirst: boolean, isLast: boolean): number {
  if (isFirst) return isLast ? SEGMENT.whole : SEGMENT.first;
  return isLast ? SEGMENT.last : SEGMENT.middle;
}
