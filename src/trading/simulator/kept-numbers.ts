import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';

import type { Session, SessionState } from '../../session/index.js';

interface KeptFile {
  /** Written by an orderly end: the numbers are exact. */
  readonly clean: boolean;
  readonly sessions: Readonly<Record<string, SessionState>>;
}

const SAVE_EVERY_MS = 1_000;
// After a crash, more than was ever sent since the last save: the other side asks for the missing numbers and gets a gap fill.
const CRASH_MARGIN = 100_000;

/** Sequence numbers of a simulator's sessions in a small file, so that a second run goes on where the first stopped. */
export class KeptNumbers {
  readonly #kept: KeptFile;
  readonly #sessions = new Map<string, Session>();
  readonly #timer: NodeJS.Timeout;

  constructor(private readonly path: string) {
    this.#kept = readKept(path);
    this.#timer = setInterval(() => this.#save(false), SAVE_EVERY_MS);
  }

  restore(name: string, session: Session): void {
    this.#sessions.set(name, session);
    const state = this.#kept.sessions[name];
    if (state === undefined) return;
    const margin = this.#kept.clean ? 0 : CRASH_MARGIN;
    session.restore({ nextInSeqNum: state.nextInSeqNum, nextOutSeqNum: state.nextOutSeqNum + margin });
  }

  close(): void {
    clearInterval(this.#timer);
    this.#save(true);
  }

  #save(clean: boolean): void {
    const sessions = Object.fromEntries([...this.#sessions].map(([name, session]) => [name, session.save()]));
    mkdirSync(dirname(this.path), { recursive: true });
    writeFileSync(`${this.path}.new`, JSON.stringify({ clean, sessions }));
    renameSync(`${this.path}.new`, this.path);
  }
}

function readKept(path: string): KeptFile {
  try {
    return JSON.parse(readFileSync(path, 'utf8')) as KeptFile;
  } catch {
    // No file yet, or one cut short by a crash: the sessions begin at 1.
    return { clean: true, sessions: {} };
  }
}
