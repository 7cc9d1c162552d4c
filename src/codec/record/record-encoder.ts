import type { DataValue } from '../../model/index.js';
import type { Addon } from '../../native/index.js';
import { encodeRefusal, REFUSALS_MAX, type EncodeRefusal } from './encode-refusal.js';
import { objectText } from './object-text.js';
import { NativeRecordEncoder } from './native-record-encoder.js';
import { RecordEncodeTwin, type RecordEncodeRules } from './record-encode-twin.js';

export interface RecordEncoderOptions extends RecordEncodeRules {
  readonly native?: Addon | undefined;
  /** A call ends with the line that is refused: nothing behind it is encoded. */
  readonly stopsAtRefusal?: boolean;
}

/** Lines of JSON among bytes: where each begins and ends. */
export interface JsonLines {
  readonly bytes: Uint8Array;
  readonly starts: ArrayLike<number>;
  readonly ends: ArrayLike<number>;
  readonly count: number;
}

/** What one call did: lines taken, bytes written, the length of each good record, and the refusals of the bad lines, in order. */
export interface EncodedBatch {
  lines: number;
  length: number;
  readonly lengths: number[];
  readonly refusals: EncodeRefusal[];
}

/** Objects to records: the bytes a decoder of the same layout reads back as the same values. */
export interface RecordEncoder {
  /** Bytes of the longest record. */
  readonly recordSize: number;
  /**
   * Encodes the lines from index `from` on into `out`, one record after the other, until it might not hold the next; `out` is
   * at least `recordSize` long. `first` is the number of line 0 as a record.
   */
  encodeLines(source: JsonLines & { readonly first: number }, from: number, out: Uint8Array): EncodedBatch;
  /** Encodes one object; `record` numbers it in a refusal. */
  encode(value: DataValue, record?: number): Uint8Array | EncodeRefusal;
  /** Whether a record is the one that encode writes of the line it was decoded to. */
  isCanonical(line: Uint8Array, record: Uint8Array): boolean;
}

/** The encoder of a layout: native where the addon is given, else the twin. Both write the same bytes. Throws ConfigError for a layout that has no JSON. */
export function createRecordEncoder(options: RecordEncoderOptions): RecordEncoder {
  return options.native === undefined
    ? new TwinRecordEncoder(options)
    : new NativeRecordEncoder(options, options.native);
}

class TwinRecordEncoder implements RecordEncoder {
  readonly recordSize: number;
  private readonly twin: RecordEncodeTwin;
  private readonly scratch: Uint8Array;

  constructor(private readonly options: RecordEncoderOptions) {
    this.twin = new RecordEncodeTwin(options);
    this.recordSize = Math.max(options.layout.sizeBytes, options.recordLength ?? 0);
    this.scratch = new Uint8Array(this.recordSize);
  }

  encodeLines(source: JsonLines & { readonly first: number }, from: number, out: Uint8Array): EncodedBatch {
    const batch: EncodedBatch = { lines: 0, length: 0, lengths: [], refusals: [] };
    const refusalsMax = this.options.stopsAtRefusal === true ? 1 : REFUSALS_MAX;
    for (let index = from; index < source.count && out.length - batch.length >= this.recordSize; index++) {
      if (batch.refusals.length >= refusalsMax) break;
      const text = { bytes: source.bytes, start: source.starts[index]!, end: source.ends[index]! };
      const length = this.twin.write(text, out, batch.length);
      batch.lines++;
      if (length < 0) batch.refusals.push(this.refusal(source.first + index));
      else {
        batch.lengths.push(length);
        batch.length += length;
      }
    }
    return batch;
  }

  encode(value: DataValue, record = 1): Uint8Array | EncodeRefusal {
    const bytes = Buffer.from(objectText(value));
    const length = this.twin.write({ bytes, start: 0, end: bytes.length }, this.scratch, 0);
    return length < 0 ? this.refusal(record) : this.scratch.slice(0, length);
  }

  isCanonical(line: Uint8Array, record: Uint8Array): boolean {
    const length = this.twin.write({ bytes: line, start: 0, end: line.length }, this.scratch, 0);
    return length === record.length && Buffer.compare(this.scratch.subarray(0, length), record) === 0;
  }

  private refusal(record: number): EncodeRefusal {
    return encodeRefusal(this.options.layout, this.twin.tape, this.twin.refused, record);
  }
}
