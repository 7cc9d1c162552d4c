import {
  closeSync,
  existsSync,
  fsyncSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeSync,
} from 'node:fs';
import { z } from 'zod';

const count = z.int().min(0);
const stateSchema = z.strictObject({
  version: z.literal(1),
  /** What the run reads, how, and into which form: another run does not go on with it. */
  key: z.string(),
  /** Outputs that are whole. */
  done: z.array(z.strictObject({ path: z.string(), sizeBytes: count })),
  /** Of the output in hand: tasks that are done, and its size then. */
  tasks: count,
  sizeBytes: count,
  deadLetterBytes: count,
  records: count,
  bad: count,
  bytes: count,
});

/** How far a run has come: all that is in the outputs and the dead-letter file by then is counted in it. */
export type ResumeState = z.output<typeof stateSchema>;

export const emptyState = (key: string): ResumeState => ({
  version: 1,
  key,
  done: [],
  tasks: 0,
  sizeBytes: 0,
  deadLetterBytes: 0,
  records: 0,
  bad: 0,
  bytes: 0,
});

/** What a run goes on with. */
export interface ResumedRun {
  readonly key: string;
  /** The unfinished file of an output, by its number. */
  readonly part: (output: number) => string;
  readonly deadLetter: string | undefined;
}

const sizeOf = (path: string): number => statSync(path, { throwIfNoEntry: false })?.size ?? -1;

/** The small file beside an output that a run which was killed goes on by. It is replaced whole, never changed. */
export class ResumeFile {
  constructor(private readonly path: string) {}

  /** The state of the run before, when it was the same run and its files are still there; else undefined. */
  read({ key, part, deadLetter }: ResumedRun): ResumeState | undefined {
    if (!existsSync(this.path)) return undefined;
    const found = stateSchema.safeParse(parsed(readFileSync(this.path, 'utf8')));
    if (!found.success || found.data.key !== key) return undefined;
    const { done, sizeBytes, deadLetterBytes } = found.data;
    const isThere =
      done.every(output => sizeOf(output.path) === output.sizeBytes) &&
      (sizeBytes === 0 || sizeOf(part(done.length)) >= sizeBytes) &&
      (deadLetterBytes === 0 || sizeOf(deadLetter ?? '') >= deadLetterBytes);
    return isThere ? found.data : undefined;
  }

  write(state: ResumeState): void {
    const next = `${this.path}.next`;
    const descriptor = openSync(next, 'w');
    writeSync(descriptor, JSON.stringify(state));
    fsyncSync(descriptor);
    closeSync(descriptor);
    renameSync(next, this.path);
  }

  remove(): void {
    rmSync(this.path, { force: true });
  }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
