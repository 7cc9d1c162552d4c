const MAGIC = 0x4c494154; // "TAIL"
const DATA_OFFSET = 320;
const SIZE_MIN = 64 * 1024;

/** The state cell: what `LogWriter.state()` says, set by whoever owns the files. */
export const LOG_STATE = { ok: 0, reserve: 1, failed: 2 } as const;

// Int32 cells and BigInt64 cells by their index; each group of fields that one thread writes has a cache line of its own.
const CELL = { magic: 0, dataSize: 1, state: 2 } as const;
const POSITION = {
  committedPosition: 64 / 8,
  committedSequence: 72 / 8,
  claimed: 128 / 8,
  first: 136 / 8,
  syncedPosition: 192 / 8,
  syncedSequence: 200 / 8,
  segmentSize: 256 / 8,
  life: 264 / 8,
  firstSequence: 272 / 8,
} as const;

/**
 * Memory for a log's tail ring: the newest `sizeBytes` (rounded up to a power of two) of the log, shared by its one writer and
 * any number of readers. It holds the log's bytes at (position modulo size), position = (segment index - 1) * segment size + offset.
 *
 *    0 magic i32   4 data size i32   8 state i32
 *   64 committed position i64   72 committed sequence i64     stored (seq-cst) after the bytes before them: a reader loads them first
 *  128 claimed position i64                                   stored before bytes are overwritten: a reader loads it after its copy
 *  136 first position i64                                     where this writer began: older bytes are on disk only
 *  192 synced position i64    200 synced sequence i64         written by the flusher
 *  256 segment size i64                                       0 until a writer has opened the log
 *  264 life i64                                               odd while a writer begins, then even and another than before
 *  272 first sequence i64                                     the last one before this writer's frames
 *  320 data
 */
export function createTail(sizeBytes: number): SharedArrayBuffer {
  let size = SIZE_MIN;
  while (size < sizeBytes) size *= 2;
  const memory = new SharedArrayBuffer(DATA_OFFSET + size);
  const cells = new Int32Array(memory, 0, 4);
  cells[CELL.magic] = MAGIC;
  cells[CELL.dataSize] = size;
  return memory;
}

/** The fields of a tail ring. Positions are float64-safe; a load costs a BigInt, so callers load once a batch. */
export class Tail {
  readonly memory: SharedArrayBuffer;
  readonly sizeBytes: number;
  readonly data: Uint8Array;
  readonly #cells: Int32Array;
  readonly #positions: BigInt64Array;

  constructor(memory: SharedArrayBuffer) {
    this.memory = memory;
    this.#cells = new Int32Array(memory, 0, 4);
    if (this.#cells[CELL.magic] !== MAGIC) throw new TypeError('the memory was not made by createTail');
    this.sizeBytes = this.#cells[CELL.dataSize] as number;
    this.data = new Uint8Array(memory, DATA_OFFSET, this.sizeBytes);
    this.#positions = new BigInt64Array(memory, 0, DATA_OFFSET / 8);
  }

  get state(): number {
    return Atomics.load(this.#cells, CELL.state);
  }

  set state(value: number) {
    Atomics.store(this.#cells, CELL.state, value);
  }

  get committedPosition(): number {
    return this.#load(POSITION.committedPosition);
  }

  get committedSequence(): number {
    return this.#load(POSITION.committedSequence);
  }

  get syncedPosition(): number {
    return this.#load(POSITION.syncedPosition);
  }

  get syncedSequence(): number {
    return this.#load(POSITION.syncedSequence);
  }

  get segmentSizeBytes(): number {
    return this.#load(POSITION.segmentSize);
  }

  /** Even, and another for each writer of the log; odd while one begins, when no other cell may be trusted. */
  get life(): number {
    return this.#load(POSITION.life);
  }

  /** Where this life's frames begin, and the last sequence before them. */
  get begin(): { position: number; sequence: number } {
    return { position: this.#load(POSITION.first), sequence: this.#load(POSITION.firstSequence) };
  }

  /** The oldest position whose bytes are here; what lies before is being overwritten, or never was in this ring. */
  get oldestPosition(): number {
    return Math.max(this.#load(POSITION.first), this.#load(POSITION.claimed) - this.sizeBytes);
  }

  /** Says that bytes up to `position` will be written: readers of what lies a ring's size before them turn to the disk. */
  claim(position: number): void {
    if (position > this.#load(POSITION.claimed)) this.#store(POSITION.claimed, position);
  }

  publish(position: number, sequence: number): void {
    this.#store(POSITION.committedSequence, sequence);
    this.#store(POSITION.committedPosition, position);
  }

  publishSynced(position: number, sequence: number): void {
    this.#store(POSITION.syncedPosition, position);
    this.#store(POSITION.syncedSequence, sequence);
  }

  /** Begins a log's life in this ring, empty at `position`. */
  beginLife(position: number, sequence: number, segmentSizeBytes: number): void {
    // A writer that died while it began left an odd number.
    const beginning = this.life | 1;
    this.#store(POSITION.life, beginning);
    this.#store(POSITION.first, position);
    this.#store(POSITION.firstSequence, sequence);
    this.#store(POSITION.claimed, position);
    this.publishSynced(position, sequence);
    this.publish(position, sequence);
    this.state = LOG_STATE.ok;
    this.#store(POSITION.segmentSize, segmentSizeBytes);
    this.#store(POSITION.life, beginning + 1);
  }

  /** Writes bytes at a position, in two pieces where the ring ends. */
  put(position: number, bytes: Uint8Array): void {
    const offset = position % this.sizeBytes;
    const first = Math.min(bytes.length, this.sizeBytes - offset);
    this.data.set(first === bytes.length ? bytes : bytes.subarray(0, first), offset);
    if (first < bytes.length) this.data.set(bytes.subarray(first), 0);
  }

  /** The ring's memory from `position` as far as it lies in one piece, at most `length` bytes. */
  piece(position: number, length: number): Uint8Array {
    const offset = position % this.sizeBytes;
    return this.data.subarray(offset, Math.min(offset + length, this.sizeBytes));
  }

  /** Copies `length` bytes from `position`; false when they are not all here, or were overwritten meanwhile. */
  copy(position: number, length: number, into: Uint8Array): boolean {
    if (length > this.sizeBytes || position < this.oldestPosition) return false;
    const first = this.piece(position, length);
    into.set(first);
    if (first.length < length) into.set(this.data.subarray(0, length - first.length), first.length);
    return position >= this.oldestPosition;
  }

  #load(index: number): number {
    return Number(Atomics.load(this.#positions, index));
  }

  #store(index: number, value: number): void {
    Atomics.store(this.#positions, index, BigInt(value));
  }
}
