import {
  Framing,
  openTrailerHold,
  RecordFinder,
  type FilePlace,
  type RecordBatch,
  type RecordFile,
  type Rest,
  type TrailerHold,
} from '../../codec/index.js';
import { STATUS } from '../../model/index.js';
import type { Input } from './input.js';

/** Takes a batch; false ends the reading. */
export type BatchVisitor = (batch: RecordBatch) => Promise<boolean>;

const CHUNK_SIZE = 1 << 20;
/** Records of a batch; those that go to other threads are fewer, so that what is under way is little. */
const RECORDS_MAX = { settled: 8192, framed: 2048 } as const satisfies Record<BatchState, number>;

/** What a batch that was only framed needs before it can be decoded: see RecordFinder.settle. */
export type BatchState = 'settled' | 'framed';

/** Whether the kinds of a file's records can be told later, elsewhere: trailers are told by the end of the file. */
export function settlesLater(file: RecordFile): boolean {
  return file.trailer === undefined;
}

/**
 * Reads records batch by batch into one buffer: memory does not grow with the file. Returns what is left at the end. Batches are
 * `settled`, or `framed` only, where the visitor has others do the rest.
 */
export async function eachBatch(
  input: Input,
  file: RecordFile,
  visit: BatchVisitor,
  state: BatchState = 'settled',
): Promise<Rest | undefined> {
  const reader = new BatchReader(file, visit, state);
  for (let ended = false; ;) {
    if (!ended) ended = (await reader.fill(input)) === 0;
    const rest = await reader.takeAll(ended);
    if (rest !== undefined || reader.isStopped) return rest;
    if (ended) {
      await reader.finish();
      return undefined;
    }
  }
}

/** A buffer of the file's bytes and where it stands in the file. */
class BatchReader {
  isStopped = false;
  private readonly finder: RecordFinder;
  private readonly hold: TrailerHold | undefined;
  private readonly framing: Framing;
  private readonly buffer: Uint8Array;
  private held = 0;
  private place: FilePlace = { record: 1, fileOffset: 0 };

  constructor(
    file: RecordFile,
    private readonly visit: BatchVisitor,
    private readonly state: BatchState,
  ) {
    this.finder = new RecordFinder(file);
    this.framing = new Framing(RECORDS_MAX[state]);
    this.hold = openTrailerHold(file);
    this.buffer = new Uint8Array(Math.max(CHUNK_SIZE, this.finder.reach * 2));
  }

  async fill(input: Input): Promise<number> {
    const read = await input.read(this.buffer.subarray(this.held));
    this.held += read;
    return read;
  }

  /** Takes every record the buffer holds in whole, and moves the rest to its start. */
  async takeAll(ended: boolean): Promise<Rest | undefined> {
    const { framing, buffer } = this;
    let from = 0;
    do {
      const stretch = { bytes: buffer, from, to: this.held, ended };
      if (this.state === 'framed') this.finder.frame(framing, stretch);
      else this.finder.find(framing, stretch, this.place.record);
      const { count, consumed, status } = framing;
      if (count > 0) await this.pass({ framing, first: this.place });
      this.place = { record: this.place.record + count, fileOffset: this.place.fileOffset };
      from = consumed;
      if (this.isStopped) return undefined;
      if (status === STATUS.badRecordLength.code) return this.rest(from, this.finder.fault);
      if (status === STATUS.incomplete.code) break;
    } while (from < this.held);
    if (ended && from < this.held) return this.rest(from, undefined);
    buffer.copyWithin(0, from, this.held);
    this.held -= from;
    this.place = { record: this.place.record, fileOffset: this.place.fileOffset + from };
    return undefined;
  }

  /** Hands out what was held back as trailers. */
  async finish(): Promise<void> {
    const last = this.hold?.finish();
    if (last !== undefined) await this.visit(last);
  }

  private async pass(batch: RecordBatch): Promise<void> {
    const before = this.hold?.pass(batch);
    if (before !== undefined) this.isStopped = !(await this.visit(before));
    if (!this.isStopped && batch.framing.count > 0) this.isStopped = !(await this.visit(batch));
  }

  private rest(from: number, fault: Rest['fault']): Rest {
    const { record, fileOffset } = this.place;
    return { record, offset: fileOffset + from, bytes: this.buffer.subarray(from, this.held), fault };
  }
}
