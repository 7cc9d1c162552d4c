import { STATUS } from '../model/index.js';
import {
  type FilePlace,
  Framing,
  openTrailerHold,
  type RecordBatch,
  type RecordFile,
  RecordFinder,
  type Rest,
  type TrailerHold,
} from '../codec/index.js';

const RECORDS_MAX = 1024;
const NO_BYTES = new Uint8Array(0);

/** Finds the records of a file that comes in pieces of any size; at most one record, or block, is held between them. */
export class RecordStretches {
  private readonly finder: RecordFinder;
  private readonly hold: TrailerHold | undefined;
  private readonly framing = new Framing(RECORDS_MAX);
  private held: Uint8Array = NO_BYTES;
  private place: FilePlace = { record: 1, fileOffset: 0 };
  private isBroken = false;

  constructor(file: RecordFile) {
    this.finder = new RecordFinder(file);
    this.hold = openTrailerHold(file);
  }

  /**
   * The records that end in the next piece, each batch good until the next is asked for; and behind them what no record can be found in, after
   * which there are no more. `ended` says that no piece follows.
   */
  *take(piece: Uint8Array, ended: boolean): Generator<RecordBatch | Rest> {
    if (this.isBroken) return;
    const bytes = this.held.length === 0 ? piece : Buffer.concat([this.held, piece]);
    const from = yield* this.batches(bytes, ended);
    const isFull = bytes.length - from > this.finder.reach * 2;
    const isFault = this.framing.status === STATUS.badRecordLength.code;
    if (isFault || (from < bytes.length && (ended || isFull))) yield this.rest(bytes, from, isFault);
    else if (ended) yield* this.trailers();
    this.held = bytes.slice(from);
    this.place = { record: this.place.record, fileOffset: this.place.fileOffset + from };
  }

  /** Returns where the records end. */
  private *batches(bytes: Uint8Array, ended: boolean): Generator<RecordBatch, number> {
    const { framing } = this;
    for (let from = 0; from < bytes.length;) {
      this.finder.find(framing, { bytes, from, to: bytes.length, ended }, this.place.record);
      const { count, consumed, status } = framing;
      if (count > 0) yield* this.pass({ framing, first: this.place });
      this.place = { record: this.place.record + count, fileOffset: this.place.fileOffset };
      from = consumed;
      if (status === STATUS.badRecordLength.code || status === STATUS.incomplete.code) return from;
    }
    return bytes.length;
  }

  private *pass(batch: RecordBatch): Generator<RecordBatch> {
    const before = this.hold?.pass(batch);
    if (before !== undefined) yield before;
    if (batch.framing.count > 0) yield batch;
  }

  private *trailers(): Generator<RecordBatch> {
    const last = this.hold?.finish();
    if (last !== undefined) yield last;
  }

  private rest(bytes: Uint8Array, from: number, isFault: boolean): Rest {
    this.isBroken = true;
    const { record, fileOffset } = this.place;
    const fault = isFault ? this.finder.fault : undefined;
    return { record, offset: fileOffset + from, bytes: bytes.subarray(from), fault };
  }
}
