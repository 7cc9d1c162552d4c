import { Framing, RECORD_KIND } from '../record/index.js';
import { LineFit } from './line-fit.js';
import type { RecordBatch } from './record-finder.js';
import type { PlacedKind, RecordFile } from './record-file.js';

interface Held {
  readonly bytes: Uint8Array;
  readonly fileOffset: number;
  readonly kind: number;
}

/** What holds the trailers of a file back, where it has any. */
export function openTrailerHold({ trailer, framing, layouts }: RecordFile): TrailerHold | undefined {
  if (trailer === undefined) return undefined;
  return new TrailerHold(trailer, framing.format === 'text' ? new LineFit(layouts) : undefined);
}

/** Keeps the last records of a file back until its end is known: only then they are its trailers. */
export class TrailerHold {
  private held: Held[] = [];
  private firstHeld = 1; // number of the first record held

  /** `fit` cuts lines of text, which were cut for another record when they came. */
  constructor(
    private readonly trailer: PlacedKind,
    private readonly fit: LineFit | undefined,
  ) {}

  /** Takes a batch, whose framing it may shorten; returns what was held before and is no trailer. */
  pass({ framing, first }: RecordBatch): RecordBatch | undefined {
    const kept = Math.min(this.trailer.count, framing.count);
    const freed = Math.min(this.held.length, Math.max(0, this.held.length + framing.count - this.trailer.count));
    const batch = this.release(freed);
    if (this.held.length === 0) this.firstHeld = first.record + framing.count - kept;
    for (let index = framing.count - kept; index < framing.count; index++)
      this.held.push(copy(framing, index, first.fileOffset));
    framing.count -= kept;
    return batch;
  }

  /** The records held at the end of the file, as trailers. */
  finish(): RecordBatch | undefined {
    this.held = this.held.map(record => (record.kind === RECORD_KIND.broken ? record : this.asTrailer(record)));
    return this.release(this.held.length);
  }

  private asTrailer({ bytes, fileOffset }: Held): Held {
    const { kind } = this.trailer;
    return { bytes: this.fit?.refit(kind, bytes) ?? bytes, fileOffset, kind };
  }

  private release(count: number): RecordBatch | undefined {
    if (count === 0) return undefined;
    const records = this.held.splice(0, count);
    const first = { record: this.firstHeld, fileOffset: records[0]!.fileOffset };
    this.firstHeld += count;
    return { framing: frame(records, first.fileOffset), first };
  }
}

function copy({ bytes, starts, lengths, origins, kinds }: Framing, index: number, fileOffset: number): Held {
  const start = starts[index]!;
  return {
    bytes: bytes.slice(start, start + lengths[index]!),
    fileOffset: fileOffset + origins[index]!,
    kind: kinds[index]!,
  };
}

function frame(records: readonly Held[], fileOffset: number): Framing {
  const framing = new Framing(records.length);
  framing.clear(Buffer.concat(records.map(({ bytes }) => bytes)), 0);
  let start = 0;
  for (const record of records) {
    framing.add(start, record.bytes.length, record.fileOffset - fileOffset);
    framing.kinds[framing.count - 1] = record.kind;
    start += record.bytes.length;
  }
  return framing;
}
