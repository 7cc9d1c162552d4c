import { STATUS } from '../../model/index.js';
import type { Framing } from '../record/index.js';
import { BLOCK_WORD_SIZE, DescriptorReader } from './descriptor-word.js';
import type { Framer, FramingFault, Stretch } from './framer.js';
import type { FramingRules } from './framing-rules.js';

const OK = STATUS.ok.code;
const INCOMPLETE = STATUS.incomplete.code;

/** Records behind their descriptor words (V), and with `blocks` in blocks that have one too (VB). */
export class VariableFramer implements Framer {
  private readonly word = new DescriptorReader();
  /** Bytes of the block in hand that are not consumed; it may end in a later stretch. */
  private blockLeft = 0;

  constructor(
    private readonly rules: FramingRules,
    readonly reach: number,
    private readonly blocks: boolean,
  ) {}

  get fault(): FramingFault {
    return this.word.fault;
  }

  find(framing: Framing, stretch: Stretch): void {
    framing.clear(stretch.bytes, stretch.from);
    while (framing.consumed < stretch.to && !framing.isFull && framing.status === OK)
      framing.status =
        this.blocks && this.blockLeft === 0 ? this.block(framing, stretch) : this.record(framing, stretch);
  }

  private block(framing: Framing, { bytes, to }: Stretch): number {
    const { bdw, blockSize } = this.rules;
    const status = this.word.block(bdw, blockSize, bytes, { at: framing.consumed, to });
    if (status !== OK) return status;
    this.blockLeft = this.word.length - BLOCK_WORD_SIZE;
    framing.consumed += BLOCK_WORD_SIZE;
    return OK;
  }

  private record(framing: Framing, { bytes, to }: Stretch): number {
    const { rdw } = this.rules;
    const at = framing.consumed;
    const status = this.word.record(rdw, bytes, at, to);
    if (status !== OK) return status;
    const { length } = this.word;
    if (this.blocks && length > this.blockLeft)
      return this.word.refuse('RDW', rdw.size, `says ${length} bytes, but its block has ${this.blockLeft} left`);
    if (length > this.reach)
      return this.word.refuse('RDW', rdw.size, `says ${length} bytes, more than any record here (${this.reach})`);
    if (to - at < length) return INCOMPLETE;
    framing.add(at + rdw.size, length - rdw.size);
    framing.consumed += length;
    if (this.blocks) this.blockLeft -= length;
    return OK;
  }
}
