import { STATUS } from '../../model/index.js';
import { RECORD_KIND, type Framing } from '../record/index.js';
import { Assembly } from './assembly.js';
import { BLOCK_WORD_SIZE, DescriptorReader } from './descriptor-word.js';
import type { Framer, FramingFault, Stretch } from './framer.js';
import type { FramingRules, RecordWord } from './framing-rules.js';

const OK = STATUS.ok.code;
const INCOMPLETE = STATUS.incomplete.code;
const ASSEMBLY_SIZE = 1 << 20;
const SEGMENT_WORD_SIZE = 4;
const SEGMENT_SIZE_MAX = 0xffff;
/** The third byte of a segment's word: the record whole, its first, last or a middle segment. */
const SEGMENT = { whole: 0, first: 1, last: 2, middle: 3 } as const;
/**
 * Spanned records (VBS): blocks of segments, a record in one or more of them. Each is put together in memory of its own. A
 * record of which a segment is missing is broken; those behind it are found.
 *
 *   BDW | length 2 | control | 0 | bytes | length 2 | control | 0 | bytes | BDW ...
 */
export class SpannedFramer implements Framer {
  readonly reach = SEGMENT_SIZE_MAX;
  private readonly word = new DescriptorReader();
  private readonly segmentWord: RecordWord;
  private readonly assembly: Assembly;
  private blockLeft = 0;
  /** Whether a record is in hand, whether a segment of it is missing, and how many bytes of the file it takes so far. */
  private isOpen = false;
  private isBroken = false;
  private openSize = 0;

  constructor(
    private readonly rules: FramingRules,
    recordMax: number,
  ) {
    this.segmentWord = { ...rules.rdw, anyRest: true };
    this.assembly = new Assembly(recordMax, ASSEMBLY_SIZE);
  }

  get fault(): FramingFault {
    return this.word.fault;
  }

  find(framing: Framing, stretch: Stretch): void {
    framing.clear(this.assembly.bytes, stretch.from);
    this.assembly.reuse();
    // A segment may end two records: the one before it, which lacks its last, and its own.
    while (framing.consumed < stretch.to && framing.countMax - framing.count >= 2 && this.assembly.hasRoom) {
      framing.status = this.blockLeft === 0 ? this.block(framing, stretch) : this.segment(framing, stretch);
      if (framing.status !== OK) break;
    }
    const atEnd = stretch.ended && framing.consumed === stretch.to;
    if (atEnd && this.isOpen && !framing.isFull) this.close(framing, true);
  }

  private block(framing: Framing, { bytes, to }: Stretch): number {
    const status = this.word.block(this.rules.bdw, this.rules.blockSize, bytes, { at: framing.consumed, to });
    if (status !== OK) return status;
    this.blockLeft = this.word.length - BLOCK_WORD_SIZE;
    this.consume(framing, BLOCK_WORD_SIZE);
    return OK;
  }

  private segment(framing: Framing, { bytes, to }: Stretch): number {
    const at = framing.consumed;
    const status = this.word.record(this.segmentWord, bytes, at, to);
    if (status !== OK) return status;
    const { length } = this.word;
    const control = bytes[at + 2]!;
    if (control > SEGMENT.middle || bytes[at + 3] !== 0)
      return this.word.refuse(
        'RDW',
        SEGMENT_WORD_SIZE,
        'has a control byte that is none of 00 01 02 03, or no zero behind it',
      );
    if (length > this.blockLeft)
      return this.word.refuse(
        'RDW',
        SEGMENT_WORD_SIZE,
        `says ${length} bytes, but its block has ${this.blockLeft} left`,
      );
    if (to - at < length) return INCOMPLETE;
    this.blockLeft -= length;
    this.join(framing, control);
    this.assembly.add(bytes, at + SEGMENT_WORD_SIZE, at + length);
    this.consume(framing, length);
    if (control === SEGMENT.whole || control === SEGMENT.last) this.close(framing, this.isBroken);
    return OK;
  }

  /** Begins a record, or goes on with the one in hand. */
  private join(framing: Framing, control: number): void {
    const begins = control === SEGMENT.whole || control === SEGMENT.first;
    if (this.isOpen && !begins) return;
    if (this.isOpen) this.close(framing, true);
    this.isOpen = true;
    this.isBroken = !begins;
    this.openSize = 0;
  }

  private consume(framing: Framing, size: number): void {
    framing.consumed += size;
    this.openSize += size;
  }

  private close(framing: Framing, broken: boolean): void {
    const { length } = this.assembly;
    framing.add(this.assembly.take(), length, framing.consumed - this.openSize + SEGMENT_WORD_SIZE);
    if (broken) framing.kinds[framing.count - 1] = RECORD_KIND.broken;
    this.isOpen = false;
  }
}
