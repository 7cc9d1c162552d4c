import { WorkerPool } from '../../decode/index.js';
import type { LinesTask } from '../convert/line-tasks.js';
import type { Decoded } from './decoded.js';
import type { RecordTask, RecordWorkerOptions } from './record-tasks.js';
import { SpareBuffers } from './spare-buffers.js';

/** Takes what was decoded, in order, one at a time; false ends the run. */
export type DecodedTaker = (decoded: Decoded) => Promise<boolean>;

export interface TaskPoolOptions {
  readonly worker: RecordWorkerOptions;
  readonly workers: number;
  readonly isOrdered: boolean;
  readonly tasksMax?: number;
}

type Task = RecordTask | LinesTask;

/** The workers of decode and convert, and the buffers that go to them and come back. */
export class TaskPool {
  /** Buffers for the bytes of records or lines. */
  readonly bytes = new SpareBuffers();
  /** Buffers for text in the output's form. */
  readonly text = new SpareBuffers();
  private readonly pool: WorkerPool<Task, Decoded>;
  /** Buffers of text that a task has filled at most: so many go with each, and none waits in a worker while another has to make one. */
  private textMax = 1;
  private skipped = 0;

  constructor({ worker, ...options }: TaskPoolOptions, take: DecodedTaker) {
    this.pool = new WorkerPool({
      program: new URL('record-worker.js', import.meta.url),
      data: worker,
      name: 'decode',
      ...options,
      take: async decoded => {
        const goesOn = await take(decoded);
        this.text.keep([...decoded.text.map(({ buffer }) => buffer), ...decoded.unused]);
        this.bytes.keep(decoded.spare);
        this.textMax = Math.max(this.textMax, decoded.text.length);
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
      this.bytes.keep(own);
      return true;
    }
    const spare = this.text.takeLast(this.textMax);
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
