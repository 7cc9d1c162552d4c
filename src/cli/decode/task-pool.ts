import { WorkerPool } from '../../decode/index.js';
import type { LinesTask } from '../convert/line-tasks.js';
import type { Decoded } from './decoded.js';
import type { RecordTask, RecordWorkerOptions } from './record-tasks.js';

/** Takes what was decoded, in order, one at a time; false ends the run. */
export type DecodedTaker = (decoded: Decoded) => Promise<boolean>;

export interface TaskPoolOptions {
  readonly worker: RecordWorkerOptions;
  readonly workers: number;
  readonly isOrdered: boolean;
}

type Task = RecordTask | LinesTask;

const SPARE_MAX = 16;

/** The workers of decode and convert, and the buffers that go to them and come back. */
export class TaskPool {
  /** Buffers for the bytes of records that came back. */
  readonly spareBytes: ArrayBuffer[] = [];
  private readonly pool: WorkerPool<Task, Decoded>;
  private readonly spareText: ArrayBuffer[] = [];
  private skipped = 0;

  constructor({ worker, workers, isOrdered }: TaskPoolOptions, take: DecodedTaker) {
    this.pool = new WorkerPool({
      program: new URL('record-worker.js', import.meta.url),
      data: worker,
      name: 'decode',
      workers,
      isOrdered,
      take: async decoded => {
        const goesOn = await take(decoded);
        keep(
          this.spareText,
          decoded.text.map(({ buffer }) => buffer),
        );
        keep(this.spareBytes, decoded.spare);
        return goesOn;
      },
    });
  }

  /** Passes so many of the next tasks over: a run before this one had them done. */
  skip(count: number): void {
    this.skipped = count;
  }

  /** Hands a task on when there is room for it; false when the run has ended. */
  async submit(task: Task): Promise<boolean> {
    const own = task.kind === 'range' ? [] : [task.bytes.buffer, task.places.buffer];
    if (this.isSkipped()) {
      keep(this.spareBytes, own);
      return true;
    }
    const spare = this.spareText.splice(0);
    return this.pool.submit({ ...task, spare }, [...own, ...spare]);
  }

  /** Puts something that is done already between the tasks. */
  async pass(decoded: Decoded): Promise<boolean> {
    return this.isSkipped() || this.pool.pass(decoded);
  }

  drain(): Promise<void> {
    return this.pool.drain();
  }

  close(): Promise<void> {
    return this.pool.close();
  }

  private isSkipped(): boolean {
    if (this.skipped === 0) return false;
    this.skipped--;
    return true;
  }
}

/** More buffers than are ever under way are let go. */
function keep(kept: ArrayBuffer[], buffers: readonly ArrayBuffer[]): void {
  kept.push(...buffers.slice(0, Math.max(0, SPARE_MAX - kept.length)));
}
