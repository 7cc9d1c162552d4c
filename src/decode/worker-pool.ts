import { Worker, type Transferable } from 'node:worker_threads';

import { HeadraceError, workerExecArgv } from '../model/index.js';
import { errorOf, type WorkerFailure } from './worker-failure.js';

export interface WorkerPoolOptions<Result> {
  /** The program of each worker: it calls `serveTasks`. */
  readonly program: URL;
  /** What each worker is given at its start. */
  readonly data: unknown;
  readonly name: string;
  readonly workers: number;
  /** Results are taken in the order of their tasks, or as they come. */
  readonly isOrdered: boolean;
  /** Tasks under way at most: those whose result was not taken yet. Twice the workers when left out. */
  readonly tasksMax?: number;
  /** Takes a result, one at a time; false stops the pool: no further result is taken. */
  readonly take: (result: Result) => Promise<boolean>;
}

/** What a worker answers to a task. */
export type TaskAnswer<Result> = { readonly kind: 'done'; readonly result: Result } | WorkerFailure;

/** One task at work and one waiting: a worker has no pause between two. */
const TASKS_PER_WORKER = 2;
/** A worker makes few objects that live; without a bound V8 lets the young ones take 48 MB in each. */
const YOUNG_SIZE_MB = 4;

interface Thread {
  readonly worker: Worker;
  tasks: number;
}

/**
 * Workers for tasks of one kind. At most two tasks a worker are under way, or as many as said: a task counts until its result was taken, so a slow
 * taker holds the producer back, and memory does not grow with the input. A worker that ends early is an error of the run.
 *
 *   submit ──▶ worker ──▶ answers (by number) ──▶ take, one at a time, in order
 *      ▲                                             │
 *      └──────────── room for the next ◀─────────────┘
 */
export class WorkerPool<Task, Result> {
  private readonly threads: Thread[];
  private readonly answers = new Map<number, Result>();
  private waiting: (() => void)[] = [];
  private submitted = 0;
  private taken = 0;
  private isTaking = false;
  private isStopped = false;
  private isClosing = false;
  private failure: Error | undefined;

  constructor(private readonly options: WorkerPoolOptions<Result>) {
    this.threads = Array.from({ length: options.workers }, (_, index) => this.start(index));
  }

  /** Hands a task to a worker when there is room for it; false when the pool was stopped. Rejects when the pool broke. */
  async submit(task: Task, transfer: readonly Transferable[] = []): Promise<boolean> {
    if (!(await this.room())) return false;
    const number = this.submitted++;
    const thread = this.threads.reduce((least, other) => (other.tasks < least.tasks ? other : least));
    thread.tasks++;
    thread.worker.postMessage({ number, task }, transfer);
    return true;
  }

  /** Puts a result of the producer's own between those of the workers. */
  async pass(result: Result): Promise<boolean> {
    if (!(await this.room())) return false;
    this.answer(this.submitted++, result);
    return true;
  }

  /** Waits until every result was taken, or the pool was stopped. */
  async drain(): Promise<void> {
    while (!this.isStopped && this.failure === undefined && this.taken < this.submitted) await this.change();
    if (this.failure !== undefined) throw this.failure;
  }

  /** Ends the workers; what they have at work is lost. */
  async close(): Promise<void> {
    this.isClosing = true;
    await Promise.all(this.threads.map(({ worker }) => worker.terminate()));
  }

  private async room(): Promise<boolean> {
    const limit = this.options.tasksMax ?? this.threads.length * TASKS_PER_WORKER;
    while (!this.isStopped && this.failure === undefined && this.submitted - this.taken >= limit) await this.change();
    if (this.failure !== undefined) throw this.failure;
    return !this.isStopped;
  }

  private change(): Promise<void> {
    return new Promise(resolve => this.waiting.push(resolve));
  }

  private changed(): void {
    for (const resolve of this.waiting.splice(0)) resolve();
  }

  private start(index: number): Thread {
    const { program, data, name } = this.options;
    const worker = new Worker(program, {
      workerData: data,
      name: `${name}-${index + 1}`,
      execArgv: workerExecArgv(),
      resourceLimits: { maxYoungGenerationSizeMb: YOUNG_SIZE_MB },
    });
    const thread: Thread = { worker, tasks: 0 };
    worker.on('message', ({ number, answer }: { number: number; answer: TaskAnswer<Result> }) => {
      thread.tasks--;
      if (answer.kind === 'failed') this.fail(errorOf(answer));
      else this.answer(number, answer.result);
    });
    worker.on('error', cause =>
      this.fail(new HeadraceError('HR_WORKER', `worker ${name}-${index + 1} broke: ${cause.message}`, { cause })),
    );
    worker.on('exit', code => {
      if (!this.isClosing)
        this.fail(new HeadraceError('HR_WORKER', `worker ${name}-${index + 1} ended with ${code}, its tasks undone`));
    });
    return thread;
  }

  private fail(error: Error): void {
    this.failure ??= error;
    this.changed();
  }

  private answer(number: number, result: Result): void {
    this.answers.set(number, result);
    void this.takeAll();
  }

  private async takeAll(): Promise<void> {
    if (this.isTaking) return;
    this.isTaking = true;
    try {
      for (let result = this.next(); result !== undefined; result = this.next()) {
        if (!(await this.options.take(result))) this.isStopped = true;
        this.taken++;
        this.changed();
      }
    } catch (error) {
      this.fail(error as Error);
    }
    this.isTaking = false;
  }

  private next(): Result | undefined {
    if (this.isStopped || this.failure !== undefined) return undefined;
    const [number] = this.options.isOrdered ? [this.taken] : this.answers.keys();
    const result = number === undefined ? undefined : this.answers.get(number);
    if (result !== undefined) this.answers.delete(number!);
    return result;
  }
}
