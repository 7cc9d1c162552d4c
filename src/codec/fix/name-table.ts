import { CapacityError, NO_INDEX, invariant } from '../../model/index.js';

/**
 * Names (accounts, symbols) and their u32 indices in one flat memory that C++ reads as it stands. Little-endian u32 words:
 *
 *   0  magic      'HRNT'
 *   4  slotCount  a power of two, at least four times the capacity
 *   8  capacity   names the table has room for
 *  12  count      names it holds; indices are 0 to count - 1 in the order of interning
 *  16  stride     bytes of a name's entry: one length byte, then the name
 *  20  slots      offset of the slots: (hash, index + 1) pairs, open addressing, linear probing; 0 = free
 *  24  names      offset of the entries
 *  28  sizeBytes  of the whole
 *
 * One thread interns; any thread may look up what it was told is interned.
 */
const WORD = { magic: 0, slotCount: 1, capacity: 2, count: 3, stride: 4, slots: 5, names: 6, sizeBytes: 7 } as const;

const MAGIC = 0x544e5248;
const HEADER_SIZE = 32;
const SLOT_SIZE = 8;
const CAPACITY_MAX = 1 << 24;
const NAME_SIZE_MAX = 47;

export interface NameTableSizes {
  /** Names the table has room for, 1 to 16,777,216. */
  readonly capacity: number;
  /** Bytes of the longest name, 1 to 47; 31 unless told. */
  readonly nameSizeMax?: number;
  /** Puts the memory into a SharedArrayBuffer. */
  readonly shared?: boolean;
}

/** Hash of `bytes[start, end)`, the same in native/codec/fix-names.h: four little-endian bytes a step. */
function hashName(bytes: Uint8Array, start: number, end: number): number {
  let hash = (end - start) * 0x9e3779b1;
  let at = start;
  for (; at + 4 <= end; at += 4) {
    const word = bytes[at]! | (bytes[at + 1]! << 8) | (bytes[at + 2]! << 16) | (bytes[at + 3]! << 24);
    hash = Math.imul(hash ^ word, 0x85ebca6b);
    hash ^= hash >>> 15;
  }
  let last = 0;
  for (let shift = 0; at < end; at++, shift += 8) last |= bytes[at]! << shift;
  hash = Math.imul(hash ^ last, 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
}

function allocate({ capacity, nameSizeMax = 31, shared = false }: NameTableSizes): Uint8Array {
  if (!(Number.isInteger(capacity) && capacity >= 1 && capacity <= CAPACITY_MAX))
    throw new CapacityError('HR_NAME_TABLE', `a name table's capacity is 1 to ${CAPACITY_MAX}, not ${capacity}`);
  if (!(Number.isInteger(nameSizeMax) && nameSizeMax >= 1 && nameSizeMax <= NAME_SIZE_MAX))
    throw new CapacityError('HR_NAME_TABLE', `a name's size is 1 to ${NAME_SIZE_MAX}, not ${nameSizeMax}`);
  const slotCount = 2 ** Math.ceil(Math.log2(capacity * 4));
  const stride = (1 + nameSizeMax + 7) & ~7;
  const names = HEADER_SIZE + slotCount * SLOT_SIZE;
  const sizeBytes = names + capacity * stride;
  const memory = new Uint8Array(shared ? new SharedArrayBuffer(sizeBytes) : new ArrayBuffer(sizeBytes));
  const words = new Uint32Array(memory.buffer, 0, HEADER_SIZE / 4);
  words.set([MAGIC, slotCount, capacity, 0, stride, HEADER_SIZE, names, sizeBytes]);
  return memory;
}

/** Interned names: text bytes to a stable u32 index and back. See the drawing above for the memory. */
export class NameTable {
  /** The whole table: a snapshot is a copy of it, another thread opens it with `new NameTable(memory)`. */
  readonly memory: Uint8Array;
  readonly capacity: number;
  readonly nameSizeMax: number;
  readonly #words: Uint32Array;
  readonly #mask: number;
  readonly #slots: number;
  readonly #names: number;
  readonly #stride: number;

  constructor(source: Uint8Array | NameTableSizes) {
    this.memory = source instanceof Uint8Array ? source : allocate(source);
    const { buffer, byteOffset, byteLength } = this.memory;
    invariant(byteOffset % 4 === 0 && byteLength >= HEADER_SIZE, 'a name table is 4-byte aligned and has its header');
    this.#words = new Uint32Array(buffer, byteOffset, byteLength >> 2);
    const word = (index: number): number => this.#words[index]!;
    const [slotCount, capacity, stride] = [word(WORD.slotCount), word(WORD.capacity), word(WORD.stride)];
    invariant(
      word(WORD.magic) === MAGIC &&
        word(WORD.sizeBytes) === byteLength &&
        (slotCount & (slotCount - 1)) === 0 &&
        word(WORD.slots) === HEADER_SIZE &&
        word(WORD.names) === HEADER_SIZE + slotCount * SLOT_SIZE &&
        byteLength === word(WORD.names) + capacity * stride,
      'the memory is not that of a name table',
    );
    this.capacity = capacity;
    this.nameSizeMax = Math.min(stride - 1, NAME_SIZE_MAX);
    this.#mask = slotCount - 1;
    this.#slots = HEADER_SIZE >> 2;
    this.#names = word(WORD.names);
    this.#stride = stride;
  }

  /** Names held. */
  get count(): number {
    return this.#words[WORD.count]!;
  }

  /** The index of the name `bytes[start, end)`, or NO_INDEX. */
  lookup(bytes: Uint8Array, start: number, end: number): number {
    if (end - start > this.nameSizeMax) return NO_INDEX;
    const slot = this.#slotOf(bytes, start, end, hashName(bytes, start, end));
    const index = this.#words[slot + 1]!;
    return index === 0 ? NO_INDEX : index - 1;
  }

  /** The index of the name, given now if it had none; NO_INDEX when the table is full or the name is empty or too long. */
  intern(bytes: Uint8Array, start: number, end: number): number {
    const size = end - start;
    if (size < 1 || size > this.nameSizeMax) return NO_INDEX;
    const hash = hashName(bytes, start, end);
    const slot = this.#slotOf(bytes, start, end, hash);
    const known = this.#words[slot + 1]!;
    if (known !== 0) return known - 1;
    const index = this.count;
    if (index >= this.capacity) return NO_INDEX;
    const entry = this.#names + index * this.#stride;
    this.memory[entry] = size;
    this.memory.set(bytes.subarray(start, end), entry + 1);
    this.#words[WORD.count] = index + 1;
    this.#words[slot] = hash;
    this.#words[slot + 1] = index + 1;
    return index;
  }

  /** The index of a name given as Latin-1 text, or NO_INDEX. */
  lookupText(name: string): number {
    const bytes = Buffer.from(name, 'latin1');
    return this.lookup(bytes, 0, bytes.length);
  }

  /** Interns a name given as Latin-1 text; NO_INDEX when it cannot be. */
  internText(name: string): number {
    const bytes = Buffer.from(name, 'latin1');
    return this.intern(bytes, 0, bytes.length);
  }

  /** The name of an index as Latin-1 text; empty for an index never given. */
  nameOf(index: number): string {
    if (index >= this.count) return '';
    const entry = this.entryOf(index);
    return String.fromCharCode(...this.memory.subarray(entry + 1, entry + 1 + this.memory[entry]!));
  }

  /** Offset in `memory` of an index's entry: one length byte, then the name. */
  entryOf(index: number): number {
    return this.#names + index * this.#stride;
  }

  /** Word index of the slot that holds the name, or of the free slot where its probing ends. */
  #slotOf(bytes: Uint8Array, start: number, end: number, hash: number): number {
    const words = this.#words;
    for (let probe = hash & this.#mask; ; probe = (probe + 1) & this.#mask) {
      const slot = this.#slots + probe * 2;
      const index = words[slot + 1]!;
      if (index === 0 || (words[slot] === hash && this.#isName(index - 1, bytes, start, end))) return slot;
    }
  }

  #isName(index: number, bytes: Uint8Array, start: number, end: number): boolean {
    const entry = this.entryOf(index);
    const memory = this.memory;
    if (memory[entry] !== end - start) return false;
    for (let at = start, to = entry + 1; at < end; at++, to++) if (bytes[at] !== memory[to]) return false;
    return true;
  }
}
