import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { InvariantError } from '../model/index.js';

/**
 * A reader's own place: the next position of one log that one sink will send. A small file, replaced by rename, so it is whole
 * after a crash of ours; it may then be behind by what was sent last, which is why records carry their position.
 */
export class OffsetFile {
  readonly #path: string;

  constructor(folder: string, sink: string, log: string) {
    mkdirSync(folder, { recursive: true });
    this.#path = join(folder, `${sink}.${log}.json`);
  }

  /** The position to go on from, or undefined when this sink never sent anything of the log. */
  load(): number | undefined {
    let text: string;
    try {
      text = readFileSync(this.#path, 'utf8');
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
      throw error;
    }
    const position = positionOf(text);
    if (position === undefined)
      throw new InvariantError(
        'HR_OFFSET_DAMAGED',
        `${this.#path} does not hold a position; delete it to send all again`,
      );
    return position;
  }

  /** Steps back to `next` when it stands beyond; returns by how many frames. */
  rewindTo(next: number): number {
    const frames = Math.max(0, (this.load() ?? next) - next);
    if (frames > 0) this.save(next);
    return frames;
  }

  save(position: number): void {
    const next = `${this.#path}.next`;
    writeFileSync(next, `${JSON.stringify({ version: 1, position })}\n`);
    renameSync(next, this.#path);
  }
}

function positionOf(text: string): number | undefined {
  try {
    const { version, position } = JSON.parse(text) as { version?: unknown; position?: unknown };
    return version === 1 && Number.isSafeInteger(position) && (position as number) > 0
      ? (position as number)
      : undefined;
  } catch {
    return undefined;
  }
}
