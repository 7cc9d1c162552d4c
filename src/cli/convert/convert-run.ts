import type { Decoded } from '../decode/decoded.js';
import type { DeadLetter } from '../decode/dead-letter.js';
import { openInput } from '../decode/input.js';
import type { Progress } from '../decode/progress.js';
import type { RecordReader } from '../decode/record-reader.js';
import type { TaskPool } from '../decode/task-pool.js';
import { EXIT_SOME_BAD } from '../program.js';
import type { ResumeState } from './resume-schema.js';
import type { ResumeFile } from './resume-state.js';
import type { ConvertSink } from './sink.js';

/** Inputs that go into one output. */
export interface ConvertJob {
  readonly inputs: readonly string[];
  readonly output: string;
}

/** Where a run stands is written down so often. */
const CHECKPOINT_MS = 500;

export interface ConvertParts {
  readonly jobs: readonly ConvertJob[];
  readonly reader: RecordReader;
  readonly pool: TaskPool;
  /** Whether tasks come in order and always the same, so that a run can go on inside an output. */
  readonly isRepeatable: boolean;
  /** Opens an output, to go on behind `sizeBytes`. */
  readonly openSink: (path: string, sizeBytes: number) => ConvertSink;
  readonly deadLetter: DeadLetter | undefined;
  readonly resume: ResumeFile;
  readonly progress: Progress;
}

/** One run over all the jobs, one after the other. */
export class ConvertRun {
  private sink: ConvertSink | undefined;
  private job: ConvertJob | undefined;
  private isStopped = false;
  private writtenMs = Date.now();
  private parts: ConvertParts | undefined;

  constructor(private readonly state: ResumeState) {}

  /** What was done, this run and the one it goes on with. */
  get result(): Pick<ResumeState, 'records' | 'bad' | 'bytes' | 'done'> {
    return this.state;
  }

  async convert(parts: ConvertParts): Promise<void> {
    this.parts = parts;
    const { jobs, pool, resume, deadLetter, progress } = parts;
    const done = new Set(this.state.done.map(({ path }) => path));
    try {
      for (const job of jobs) if (!this.isStopped && !done.has(job.output)) await this.convertJob(job);
    } finally {
      await pool.close(); // also where records of families are decoded in this thread, and no worker had a task
      progress.clear();
    }
    deadLetter?.close();
    resume.remove();
    if (this.state.bad > 0) process.exitCode = EXIT_SOME_BAD;
  }

  /** Takes what was decoded; false when a bad record ends the run. */
  async take(decoded: Decoded): Promise<boolean> {
    const { state, sink } = this;
    const { deadLetter, progress } = this.parts!;
    const refused = [...decoded.refusals, ...sink!.write(decoded.text, decoded.group)];
    for (const refusal of refused) this.report(refusal, decoded.input);
    deadLetter?.add(decoded.deadLetters);
    state.tasks++;
    state.bad += refused.length;
    state.records += decoded.records;
    state.bytes += decoded.bytes;
    this.isStopped ||= decoded.isStopped;
    progress.show(state.bytes, state.records);
    if (Date.now() - this.writtenMs >= CHECKPOINT_MS) this.checkpoint();
    return !this.isStopped;
  }

  private async convertJob(job: ConvertJob): Promise<void> {
    const { state } = this;
    const { reader, pool, openSink } = this.parts!;
    this.job = job;
    this.sink = openSink(job.output, state.sizeBytes);
    pool.skip(state.tasks);
    for (const [number, path] of job.inputs.entries()) {
      const input = openInput(path);
      await reader.read({ input, path, number });
      input.close();
      if (this.isStopped) break;
    }
    await reader.finish();
    this.sink.finish();
    state.done.push({ path: job.output, sizeBytes: this.sink.sizeBytes });
    state.tasks = 0;
    state.sizeBytes = 0;
    if (this.parts!.jobs.length > 1) this.save();
  }

  /** Writes down where the run stands, once all that it counts is on disk. */
  private checkpoint(): void {
    const { sink } = this;
    if (this.parts!.isRepeatable && sink!.resumes) {
      sink!.sync();
      this.state.sizeBytes = sink!.sizeBytes;
      this.save();
    }
    this.writtenMs = Date.now();
  }

  private save(): void {
    const { deadLetter, resume } = this.parts!;
    deadLetter?.sync();
    this.state.deadLetterBytes = deadLetter?.sizeBytes ?? 0;
    resume.write(this.state);
  }

  /** The file is named where there are several. */
  private report(refusal: object, input: number): void {
    const { jobs } = this.parts!;
    const isNamed = jobs.length > 1 || this.job!.inputs.length > 1;
    const line = isNamed ? { file: this.job!.inputs[input], ...refusal } : refusal;
    process.stderr.write(`${JSON.stringify(line)}\n`);
  }
}
