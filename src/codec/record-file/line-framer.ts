import { STATUS } from '../../model/index.js';
import { byteOf, type CodePage, type Framing } from '../record/index.js';
import { Assembly } from './assembly.js';
import { LineEndings } from './line-endings.js';
import { NO_FAULT, type Framer, type Stretch } from './framer.js';

const ASSEMBLY_SIZE = 1 << 20;
const LINE_SIZE_MAX = 1 << 20;
const CARRIAGE_RETURN = 0x0d;

/**
 * Lines of text, as LINE SEQUENTIAL reads them: a line ends with a newline, which a carriage return may stand before, the last
 * one also with the file; one that is shorter than the record is followed by spaces.
 */
export class LineFramer implements Framer {
  readonly reach = LINE_SIZE_MAX;
  readonly fault = NO_FAULT;
  private readonly ends: readonly number[];
  private readonly space: number;
  private readonly assembly: Assembly;
  /** In a line that is longer than any may be: what is left of it is passed over. */
  private isPassing = false;

  constructor(
    page: CodePage,
    private readonly recordMax: number,
  ) {
    this.ends = new LineEndings(page).bytes;
    this.space = byteOf(page, ' ');
    this.assembly = new Assembly(recordMax + 1, ASSEMBLY_SIZE);
  }

  find(framing: Framing, stretch: Stretch): void {
    framing.clear(this.assembly.bytes, stretch.from);
    this.assembly.reuse();
    while (framing.consumed < stretch.to && !framing.isFull && this.assembly.hasRoom) {
      const end = this.endOf(stretch, framing.consumed);
      if (end < 0) {
        framing.status = STATUS.incomplete.code;
        return;
      }
      if (!this.isPassing) this.line(framing, stretch, end);
      const ended = end < stretch.to && this.ends.includes(stretch.bytes[end]!);
      this.isPassing = !ended && !stretch.ended;
      framing.consumed = ended ? end + 1 : end;
    }
  }

  /** Where the line that begins at `from` ends, or -1 when more bytes are needed. A line ends too where it is longer than any. */
  private endOf({ bytes, to, ended }: Stretch, from: number): number {
    let at = from;
    while (at < to && !this.ends.includes(bytes[at]!)) at++;
    return at < to || ended || at - from >= LINE_SIZE_MAX ? at : -1;
  }

  /** Copies a line and adds the spaces it lacks; one that is too long keeps a byte too many, so that it is refused. */
  private line(framing: Framing, { bytes }: Stretch, end: number): void {
    const from = framing.consumed;
    let to = end > from && bytes[end - 1] === CARRIAGE_RETURN ? end - 1 : end;
    while (to - from > this.recordMax && bytes[to - 1] === this.space) to--;
    this.assembly.add(bytes, from, to);
    this.assembly.pad(this.recordMax, this.space);
    const { length } = this.assembly;
    framing.add(this.assembly.take(), length, from);
  }
}
