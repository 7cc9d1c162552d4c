import type { Log } from '../observe/index.js';
import type { OffsetFile } from './offset-file.js';

const RETRY_MS = 1_000;

/**
 * How far a sink has come: known here at once, in its file as soon as the disk takes it. A disk that is full concerns no broker:
 * nothing is sent again for it, only a crash before the next save would send again what the file does not know of.
 */
export class SavedPlace {
  #position: number;
  #isSaved = true;
  #hasFailed = false;
  #timer: NodeJS.Timeout | undefined;
  readonly #file: OffsetFile;
  readonly #log: Log;

  constructor(file: OffsetFile, position: number, log: Log) {
    this.#file = file;
    this.#position = position;
    this.#log = log;
  }

  get position(): number {
    return this.#position;
  }

  set(position: number): void {
    this.#position = position;
    this.#isSaved = false;
    // While the disk refuses, the timer alone tries.
    if (this.#timer === undefined) this.#save();
  }

  /** Tries once more to save what is not saved. */
  close(): void {
    clearTimeout(this.#timer);
    if (!this.#isSaved) this.#save();
    clearTimeout(this.#timer);
  }

  #save(): void {
    this.#timer = undefined;
    try {
      this.#file.save(this.#position);
      this.#isSaved = true;
      if (this.#hasFailed) this.#log.info({ position: this.#position }, 'the sink’s place can be saved again');
      this.#hasFailed = false;
    } catch (error) {
      if (!this.#hasFailed) this.#log.warn({ err: error, position: this.#position }, 'the sink’s place is not saved');
      this.#hasFailed = true;
      this.#timer = setTimeout(() => this.#save(), RETRY_MS);
      this.#timer.unref();
    }
  }
}
