import { RECORD_KIND, type FilePlace, type Framing } from '../record/index.js';
import { createFramer } from './create-framer.js';
import type { Framer, FramingFault, Stretch } from './framer.js';
import { LineFit } from './line-fit.js';
import type { RecordFile } from './record-file.js';
import { hasOwnLengths } from './create-framer.js';

/** Finds the records of one file and tells each one's kind, stretch by stretch. */
export class RecordFinder {
  private readonly framer: Framer;
  private readonly fit: LineFit | undefined;
  private readonly picksInFramer: boolean;

  constructor(private readonly file: RecordFile) {
    this.framer = createFramer(file);
    this.fit = file.framing.format === 'text' ? new LineFit(file.layouts) : undefined;
    this.picksInFramer = hasOwnLengths(file);
  }

  /** As many bytes a stretch must have that is not the last. */
  get reach(): number {
    return this.framer.reach;
  }

  get fault(): FramingFault {
    return this.framer.fault;
  }

  /** Fills the framing; `record` is the number of the first record found, from 1. */
  find(framing: Framing, stretch: Stretch, record: number): void {
    this.frame(framing, stretch);
    this.settle(framing, record);
  }

  /** Finds where records are, and no more: in order, of one file. */
  frame(framing: Framing, stretch: Stretch): void {
    this.framer.find(framing, stretch);
  }

  /** Tells what records are that were found, in any order; `record` is the number of the first. */
  settle(framing: Framing, record: number): void {
    if (!this.picksInFramer) this.file.selector.select(framing);
    this.placeHeader(framing, record);
    for (let index = 0; this.fit !== undefined && index < framing.count; index++) this.fit.fit(framing, index);
  }

  private placeHeader({ kinds, count }: Framing, record: number): void {
    const { header } = this.file;
    if (header === undefined) return;
    for (let index = 0; index < count && record + index <= header.count; index++)
      if (kinds[index] !== RECORD_KIND.broken) kinds[index] = header.kind;
  }
}

/** Records found, and where the bytes that were searched begin in the file. */
export interface RecordBatch {
  readonly framing: Framing;
  readonly first: FilePlace;
}
