import { RECORD_KIND, type FilePlace, type Framing, type Layout } from '../record/index.js';
import { byteOf } from '../record/index.js';
import { createFramer } from './create-framer.js';
import type { Framer, FramingFault, Stretch } from './framer.js';
import type { RecordFile } from './record-file.js';
import { hasOwnLengths } from './create-framer.js';
import { RecordMeasure } from './record-measure.js';

/** Finds the records of one file and tells each one's kind, stretch by stretch. */
export class RecordFinder {
  private readonly framer: Framer;
  private readonly measures: readonly RecordMeasure[];
  private readonly picksInFramer: boolean;

  constructor(private readonly file: RecordFile) {
    this.framer = createFramer(file);
    this.measures = file.layouts.map(layout => new RecordMeasure(layout));
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
    if (this.file.framing.format === 'text')
      for (let index = 0; index < framing.count; index++) this.fit(framing, index);
  }

  private placeHeader({ kinds, count }: Framing, record: number): void {
    const { header } = this.file;
    if (header === undefined) return;
    for (let index = 0; index < count && record + index <= header.count; index++)
      if (kinds[index] !== RECORD_KIND.broken) kinds[index] = header.kind;
  }

  /** Spaces behind the record that a line holds are none of it. */
  private fit({ bytes, starts, lengths, kinds }: Framing, index: number): void {
    const layout: Layout | undefined = this.file.layouts[kinds[index]!];
    if (layout === undefined) return;
    const start = starts[index]!;
    const length = lengths[index]!;
    const measure = this.measures[kinds[index]!]!;
    const size = measure.varies ? measure.length(bytes, start, start + length) : layout.sizeBytes;
    if (size < 0 || size > length) return;
    const space = byteOf(layout.codePage, ' ');
    let end = length;
    while (end > size && bytes[start + end - 1] === space) end--;
    lengths[index] = end;
  }
}

/** Records found, and where the bytes that were searched begin in the file. */
export interface RecordBatch {
  readonly framing: Framing;
  readonly first: FilePlace;
}
