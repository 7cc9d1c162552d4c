import { invariant } from '../model/index.js';
import { Cells } from './cells.js';

/**
 * Named whole numbers in shared memory. One thread writes a block, any thread reads it; values stay within ±2^53.
 * The memory and the names go to the writing thread, which opens them again and continues from the values there.
 */
export class Counters<Name extends string = string> {
  readonly names: readonly Name[];
  /** Each name's index, for `add`, `set` and `get`: look it up once. */
  readonly index: Readonly<Record<Name, number>>;
  readonly #cells: Cells;

  constructor(memory: SharedArrayBuffer, names: readonly Name[]) {
    this.names = names;
    this.index = Object.fromEntries(names.map((name, at) => [name, at])) as Record<Name, number>;
    this.#cells = new Cells(memory);
    invariant(this.#cells.count === names.length, 'the counters’ memory was made for other names', { names });
  }

  get memory(): SharedArrayBuffer {
    return this.#cells.memory;
  }

  /** Adds to a counter; the writing thread only. */
  add(index: number, amount: number): void {
    this.#cells.add(index, amount);
  }

  /** Sets a gauge; the writing thread only. */
  set(index: number, value: number): void {
    this.#cells.store(index, value);
  }

  /** The value as last published; any thread. */
  get(index: number): number {
    return this.#cells.load(index);
  }

  /** All values by name; any thread. Each is exact, together they are not one moment's. */
  snapshot(): Record<Name, number> {
    return Object.fromEntries(this.names.map((name, at) => [name, this.get(at)])) as Record<Name, number>;
  }
}

/** Makes a block of counters, all 0. */
export function createCounters<const Name extends string>(names: readonly Name[]): Counters<Name> {
  return new Counters(new SharedArrayBuffer(Cells.sizeFor(names.length)), names);
}

/** Opens a block made by `createCounters` with the same names, in this or another thread. */
export function openCounters<const Name extends string>(
  memory: SharedArrayBuffer,
  names: readonly Name[],
): Counters<Name> {
  return new Counters(memory, names);
}
