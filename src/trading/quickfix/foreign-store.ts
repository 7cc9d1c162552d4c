import { closeSync, existsSync, openSync, readFileSync, readSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';

import { ConfigError, DecodeError } from '../../model/index.js';

/** A session's names, as `sessionName` puts them together. */
export interface StoreNames {
  readonly beginString: string;
  readonly senderCompID: string;
  readonly targetCompID: string;
}

/** A file store of QuickFIX C++ or QuickFIX/J: both next numbers, and where the messages sent lie. */
export interface ForeignStore {
  readonly engine: 'QuickFIX' | 'QuickFIX/J';
  /** Path of its files, without their endings. */
  readonly path: string;
  readonly nextOutSeqNum: number;
  readonly nextInSeqNum: number;
  /** The numbers of the messages sent that the store still has, ascending. */
  readonly messageNumbers: readonly number[];
  /** Shows them in turn; one whose bytes are not there, or are not that message, is not shown. Returns how many were. */
  readMessages(visit: (msgSeqNum: number, bytes: Uint8Array) => void): number;
}

interface Place {
  readonly offset: number;
  readonly size: number;
}

const NUMBER_MAX = 2 ** 31 - 1;
const INDEX_SIZE_MAX = 512 << 20;
const MESSAGE_SIZE_MAX = 1 << 24;
const PATH_ENDINGS = /\.(?:seqnums|senderseqnums)$/;
const JAVA_ENTRY_SIZE = 16;

/**
 * Reads the store that FileStorePath named. Throws ConfigError (HR_FIX_STORE) when there is none of that session, or one of each engine,
 * and DecodeError (HR_FIX_STORE) for files that do not hold two numbers from 1 on.
 */
export function readForeignStore(folder: string, names: StoreNames): ForeignStore {
  const native = join(folder, `${names.beginString}-${names.senderCompID}-${names.targetCompID}`);
  const java = join(folder, javaName(names));
  const isNative = isNativeStore(`${native}.seqnums`);
  const isJava =
    existsSync(`${java}.senderseqnums`) || (existsSync(`${java}.seqnums`) && !isNativeStore(`${java}.seqnums`));
  if (isNative && isJava)
    throw new ConfigError(
      'HR_FIX_STORE',
      `${folder} has a store of QuickFIX and one of QuickFIX/J; leave the newer one alone there`,
    );
  if (isNative) return new NativeStore(native);
  if (isJava) return new JavaStore(java);
  throw new ConfigError('HR_FIX_STORE', `${folder} has no ${native}.seqnums; it has ${storesOf(folder)}`);
}

/** Names of the stores in a folder, as their files have them. */
function storesOf(folder: string): string {
  const files = existsSync(folder) ? readdirSync(folder).filter(name => PATH_ENDINGS.test(name)) : [];
  return files.length === 0
    ? 'no store'
    : files
        .slice(0, 20)
        .map(name => name.replace(PATH_ENDINGS, ''))
        .join(', ');
}

/** QuickFIX/J writes _ for all that a file system may not take. */
function javaName({ beginString, senderCompID, targetCompID }: StoreNames): string {
  return `${beginString}-${senderCompID}-${targetCompID}`.replace(/[^a-zA-Z0-9.-]/g, '_');
}

/** C++ writes text; what Java wrote before it had two files begins with a length, whose first byte is 0. */
function isNativeStore(path: string): boolean {
  return existsSync(path) && readFileSync(path)[0] !== 0;
}

abstract class StoreFiles implements ForeignStore {
  abstract readonly engine: ForeignStore['engine'];
  readonly nextOutSeqNum: number;
  readonly nextInSeqNum: number;
  readonly messageNumbers: readonly number[];
  readonly #places: ReadonlyMap<number, Place>;

  constructor(
    readonly path: string,
    numbers: readonly [string, string],
    places: (index: Buffer) => Map<number, Place>,
  ) {
    [this.nextOutSeqNum, this.nextInSeqNum] = [nextNumber(path, numbers[0]), nextNumber(path, numbers[1])];
    this.#places = places(indexOf(`${path}.header`));
    this.messageNumbers = [...this.#places.keys()].filter(at => at < this.nextOutSeqNum).sort((a, b) => a - b);
  }

  readMessages(visit: (msgSeqNum: number, bytes: Uint8Array) => void): number {
    if (this.messageNumbers.length === 0) return 0;
    const file = openSync(`${this.path}.body`, 'r');
    let shown = 0;
    try {
      for (const msgSeqNum of this.messageNumbers) {
        const bytes = readAt(file, this.#places.get(msgSeqNum) as Place);
        if (bytes === undefined || !isMessage(bytes, msgSeqNum)) continue;
        visit(msgSeqNum, bytes);
        shown++;
      }
    } finally {
      closeSync(file);
    }
    return shown;
  }
}

/** `NAME.seqnums`: `0000000010 : 0000000007`, ours and theirs; `NAME.header`: `number,offset,size ` for each message of `NAME.body`. */
class NativeStore extends StoreFiles {
  readonly engine = 'QuickFIX';

  constructor(path: string) {
    super(path, pairOf(path, readFileSync(`${path}.seqnums`, 'latin1')), index => {
      const places = new Map<number, Place>();
      for (const [, number, offset, size] of index.toString('latin1').matchAll(/(\d+),(\d+),(\d+) /g))
        places.set(Number(number), { offset: Number(offset), size: Number(size) });
      return places;
    });
  }
}

/**
 * `NAME.senderseqnums` and `NAME.targetseqnums`, or one `NAME.seqnums` with a colon: text behind its length of two bytes. `NAME.header`: number
 * i32, offset i64, size i32 for each message, high byte first.
 */
class JavaStore extends StoreFiles {
  readonly engine = 'QuickFIX/J';

  constructor(path: string) {
    super(path, javaNumbers(path), index => {
      const places = new Map<number, Place>();
      for (let at = 0; at + JAVA_ENTRY_SIZE <= index.length; at += JAVA_ENTRY_SIZE)
        places.set(index.readInt32BE(at), {
          offset: Number(index.readBigInt64BE(at + 4)),
          size: index.readInt32BE(at + 12),
        });
      return places;
    });
  }
}

function javaNumbers(path: string): readonly [string, string] {
  if (!existsSync(`${path}.senderseqnums`)) return pairOf(path, javaText(`${path}.seqnums`));
  return [
    javaText(`${path}.senderseqnums`),
    existsSync(`${path}.targetseqnums`) ? javaText(`${path}.targetseqnums`) : '',
  ];
}

function javaText(path: string): string {
  const bytes = readFileSync(path);
  return bytes.length < 2 ? '' : bytes.toString('latin1', 2, 2 + bytes.readUInt16BE(0));
}

function pairOf(path: string, text: string): readonly [string, string] {
  const [, ours, theirs] = /^\s*(\d+)\s*:\s*(\d+)\s*$/.exec(text) ?? [];
  if (ours === undefined || theirs === undefined) throw torn(path, text);
  return [ours, theirs];
}

function nextNumber(path: string, text: string): number {
  const number = Number(text);
  if (!/^\d{1,10}$/.test(text) || number < 1 || number > NUMBER_MAX) throw torn(path, text);
  return number;
}

function torn(path: string, text: string): DecodeError {
  const what = `${path}: ${JSON.stringify(text.slice(0, 40))} is not the next MsgSeqNum of each side, 1 to ${NUMBER_MAX}`;
  return new DecodeError(
    'HR_FIX_STORE',
    `${what}; stop the engine that owns the store, or ask the counterparty for a reset`,
  );
}

function indexOf(path: string): Buffer {
  const size = statSync(path, { throwIfNoEntry: false })?.size ?? 0;
  if (size > INDEX_SIZE_MAX)
    throw new ConfigError(
      'HR_FIX_STORE',
      `${path} is larger than ${INDEX_SIZE_MAX} bytes; take over the numbers alone, without it`,
    );
  return size === 0 ? Buffer.alloc(0) : readFileSync(path);
}

function readAt(file: number, { offset, size }: Place): Buffer | undefined {
  if (size < 1 || size > MESSAGE_SIZE_MAX || !Number.isSafeInteger(offset) || offset < 0) return undefined;
  const bytes = Buffer.alloc(size);
  return readSync(file, bytes, 0, size, offset) === size ? bytes : undefined;
}

/** Whether bytes begin as a message and have this MsgSeqNum: an index may lie behind its body where the machine went down. */
function isMessage(bytes: Buffer, msgSeqNum: number): boolean {
  const text = bytes.toString('latin1');
  return text.startsWith('8=FIX') && /\x01(?:34)=0*(\d+)\x01/.exec(text)?.[1] === String(msgSeqNum);
}
