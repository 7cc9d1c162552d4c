import type { JournalCrate, JournalWriter } from '../native/index.js';
import type { LogPart, LogPartOptions } from './part.js';

/** The crate's writer behind the same interface as the twin's: one N-API call a batch. */
export class NativeWriter implements LogPart {
  onSynced: () => void = () => {};
  readonly #writer: JournalWriter;
  /** The commit's time as the crate takes it: two halves, without a BigInt made for each. */
  readonly #time = new BigInt64Array(1);
  readonly #timeHalves = new Uint32Array(this.#time.buffer);

  constructor(crate: JournalCrate, options: LogPartOptions) {
    const { folder, group, end, tail, staged } = options;
    this.#writer = new crate.JournalWriter(
      {
        directory: folder.directory,
        name: folder.name,
        durability: options.durability,
        chained: options.chained,
        segmentSizeBytes: options.segmentSizeBytes,
        groupRecords: group.records,
        groupSizeBytes: group.sizeBytes,
        groupTimeMs: group.timeMs,
        bootId: options.bootId,
        position: end.position,
        sequence: end.sequence,
        timeNs: end.timeNs,
        lastHash: Uint8Array.from(end.lastHash),
        currentIndex: end.currentIndex,
        nextIndex: end.nextIndex,
      },
      new Uint8Array(tail.memory),
      staged.bytes,
      () => this.onSynced(),
    );
  }

  prepare(): boolean {
    return this.#writer.prepare();
  }

  commit(sizeBytes: number, nowNs: bigint): number {
    this.#time[0] = nowNs;
    return this.#writer.commit(sizeBytes, this.#timeHalves[0] as number, this.#timeHalves[1] as number);
  }

  seal(): number {
    return this.#writer.seal();
  }

  sync(): number {
    return this.#writer.sync();
  }

  close(): number {
    return this.#writer.close();
  }
}
