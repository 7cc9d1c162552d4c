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
import type { ResumeState } from './resume-schema.js';

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
  async read({ key, part, deadLetter }: ResumedRun): Promise<ResumeState | undefined> {
    if (!existsSync(this.path)) return undefined;
    const { stateSchema } = await import('./resume-schema.js'); // for a run that goes on alone
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
