import { refuseRest, type RecordBatch, type RecordFile, type Rest } from '../../codec/index.js';
import type { BatchDecoder } from './batch-decoder.js';
import { eachBatch, settlesLater } from './batches.js';
import { NOTHING_DECODED } from './decoded.js';
import type { Input } from './input.js';
import { packBatch, rangedRecordSize, rangeSize } from './record-tasks.js';
import type { DecodedTaker, TaskPool } from './task-pool.js';

/** An input by its number among those of the run, from 0. */
export interface NumberedInput {
  readonly input: Input;
  readonly path: string;
  readonly number: number;
}

/** Decodes inputs one after the other; `take` has what came of them. */
export interface RecordReader {
  /** Reads an input to its end; false when the run ended. */
  read(input: NumberedInput): Promise<boolean>;
  /** Waits until all was taken. */
  finish(): Promise<void>;
  close(): Promise<void>;
}

/** Decodes in this thread. */
export class SoleReader implements RecordReader {
  constructor(
    private readonly file: RecordFile,
    private readonly decoder: BatchDecoder,
    private readonly take: DecodedTaker,
  ) {}

  async read({ input, number }: NumberedInput): Promise<boolean> {
    let [goesOn, done] = [true, 0];
    const rest = await eachBatch(input, this.file, async batch => {
      const end = endOf(batch);
      this.decoder.decode(batch);
      goesOn = await this.hand(number, end - done);
      done = end;
      return goesOn;
    });
    this.decoder.finish(rest);
    return (await this.hand(number, 0)) && goesOn;
  }

  async finish(): Promise<void> {}

  async close(): Promise<void> {}

  private async hand(input: number, bytes: number): Promise<boolean> {
    const decoded = { ...this.decoder.take(), input, bytes };
    const goesOn = await this.take(decoded);
    this.decoder.reuse(decoded.text.map(({ buffer }) => buffer));
    return goesOn;
  }
}

const endOf = ({ framing, first }: RecordBatch): number => first.fileOffset + framing.consumed;

/**
 * Decodes in workers. Of records of one length each worker reads ranges of its own; of all others this thread finds where
 * records are and hands them out.
 */
export class PooledReader implements RecordReader {
  private readonly recordSize: number | undefined;

  constructor(
    private readonly file: RecordFile,
    private readonly pool: TaskPool,
    /** Bytes of the records of a row group, where workers make them. */
    private readonly groupSize?: number,
  ) {
    this.recordSize = rangedRecordSize(file);
  }

  async read(input: NumberedInput): Promise<boolean> {
    const { recordSize } = this;
    const isRanged = recordSize !== undefined && input.input.sizeBytes > 0;
    const rest = isRanged ? await this.ranges(input, recordSize) : await this.batches(input);
    if (rest === undefined) return true;
    const isStopped = this.file.policies.onError === 'fail';
    const refusals = [refuseRest(this.file, rest)];
    return this.pool.pass({ ...NOTHING_DECODED, input: input.number, refusals, isStopped });
  }

  finish(): Promise<void> {
    return this.pool.drain();
  }

  close(): Promise<void> {
    return this.pool.close();
  }

  /** Hands out ranges of whole records; returns what is left behind them. */
  private async ranges({ input, path, number }: NumberedInput, recordSize: number): Promise<Rest | undefined> {
    const end = input.sizeBytes - (input.sizeBytes % recordSize);
    const group = this.groupSize === undefined ? Infinity : this.groupSize - (this.groupSize % recordSize);
    for (let at = 0; at < end;) {
      const first = { record: at / recordSize + 1, fileOffset: at };
      const isGroup = end - at >= group;
      const sizeBytes = isGroup ? group : Math.min(rangeSize(recordSize), end - at);
      if (!(await this.pool.submit({ kind: 'range', input: number, path, first, sizeBytes, isGroup })))
        return undefined;
      at += sizeBytes;
    }
    if (end === input.sizeBytes) return undefined;
    const bytes = new Uint8Array(input.sizeBytes - end);
    const read = await input.read(bytes, end);
    return { record: end / recordSize + 1, offset: end, bytes: bytes.subarray(0, read), fault: undefined };
  }

  private async batches({ input, number }: NumberedInput): Promise<Rest | undefined> {
    const isSettled = !settlesLater(this.file);
    let done = 0;
    const hand = async (batch: RecordBatch): Promise<boolean> => {
      const sizeBytes = endOf(batch) - done;
      done += sizeBytes;
      const { first } = batch;
      const packed = packBatch(batch, this.pool.bytes);
      return this.pool.submit({ kind: 'batch', input: number, ...packed, first, sizeBytes, isSettled });
    };
    return eachBatch(input, this.file, hand, isSettled ? 'settled' : 'framed');
  }
}
