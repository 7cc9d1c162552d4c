import { byteOf, type Framing, type Layout } from '../record/index.js';
import { RecordMeasure } from './record-measure.js';

/** Cuts the spaces behind the record that a line of text holds: they are none of it. */
export class LineFit {
  private readonly measures: readonly RecordMeasure[];

  constructor(private readonly layouts: readonly Layout[]) {
    this.measures = layouts.map(layout => new RecordMeasure(layout));
  }

  /** Cuts one record of a framing by its kind. */
  fit({ bytes, starts, lengths, kinds }: Framing, index: number): void {
    const start = starts[index]!;
    lengths[index] = this.length(kinds[index]!, bytes.subarray(start, start + lengths[index]!));
  }

  /** The same line as a record of another kind than it was cut for: with the spaces that one may lack. */
  refit(kind: number, line: Uint8Array): Uint8Array {
    const { sizeBytes, codePage } = this.layouts[kind]!;
    const padded = new Uint8Array(Math.max(line.length, sizeBytes)).fill(byteOf(codePage, ' '));
    padded.set(line);
    return padded.subarray(0, this.length(kind, padded));
  }

  private length(kind: number, line: Uint8Array): number {
    const layout: Layout | undefined = this.layouts[kind];
    if (layout === undefined) return line.length;
    const measure = this.measures[kind]!;
    const size = measure.varies ? measure.length(line, 0, line.length) : layout.sizeBytes;
    if (size < 0 || size > line.length) return line.length;
    const space = byteOf(layout.codePage, ' ');
    let end = line.length;
    while (end > size && line[end - 1] === space) end--;
    return end;
  }
}
