import { join } from 'node:path';

import {
  createTail,
  openLogReader,
  openLogWriter,
  openSequenceReader,
  type FrameView,
  type LogWriter,
  type SequenceReader,
} from '../journal/index.js';
import { FRAME_TYPE, OutputError, STATUS, statusName } from '../model/index.js';
import type { NativeMode } from '../native/index.js';
import { foldedState, type SessionState, type SessionStore } from '../session/index.js';

/** What a message survives once `send` has returned, or its bytes are on the wire: `os` our crash, `each` a power cut too. */
export type StoreDurability = 'os' | 'each';

export interface FileStoreOptions {
  /** Holds a folder for each session. */
  readonly folder: string;
  /** The session's name, as `sessionName` gives it. */
  readonly session: string;
  readonly durability: StoreDurability;
  /** False: messages sent are not kept, and are gap-filled when they are asked for. True unless told. */
  readonly keepsMessages?: boolean;
  /** Messages beyond this are dropped, oldest first, and gap-filled when asked for; bytes, 1 GiB unless told. */
  readonly retainBytes?: number;
  readonly native?: NativeMode;
}

const LOG = 'session';
/** Both next numbers and when they began. */
const STATE_SIZE = 16;
const SEGMENT_SIZE = 4 << 20;
const TAIL_SIZE = 1 << 20;
const RETAIN_BYTES = 1 << 30;
const FRAMES_A_POLL = 4_096;
/** The numbers are written again so often, so that what is older may go. */
const FRAMES_A_STATE = 1_024;
const SENT_MAX = 1 << 20;
const NONE = new Uint8Array(0);

/** A session's folder in a store's: characters that a file system may not take, or takes for others, are written %XX. */
export function storeFolder(folder: string, session: string): string {
  return join(
    folder,
    session.replace(/[^A-Za-z0-9._-]/gu, character => `%${Buffer.from(character).toString('hex').toUpperCase()}`),
  );
}

/**
 * Opens a session's store: a log of the journal's format, so a torn tail is repaired, damage refuses the start by name, and
 * `headrace audit … --log session` reads every message in and out. One process at a time has it. Throws what `openLogWriter` throws.
 *
 * A frame's source is the MsgSeqNum that its message took (0: none); a session frame holds both next numbers, u32 each,
 * and when they began, UTC milliseconds, u64.
 */
export function openFileStore(options: FileStoreOptions): SessionStore {
  const directory = storeFolder(options.folder, options.session);
  const tail = createTail(TAIL_SIZE);
  const writer = openLogWriter({
    directory,
    name: LOG,
    durability: 'os',
    chained: false,
    native: options.native ?? 'prefer',
    tail,
    segmentSizeBytes: SEGMENT_SIZE,
  });
  try {
    return new FileStore(writer, openSequenceReader(directory, LOG), { ...options, directory, tail });
  } catch (error) {
    writer.close();
    throw error;
  }
}

type Opened = FileStoreOptions & { readonly directory: string; readonly tail: SharedArrayBuffer };

class FileStore implements SessionStore {
  state: SessionState = { nextInSeqNum: 1, nextOutSeqNum: 1 };
  /** Ledger sequence of each message sent, the newest. */
  readonly #sent = new Map<number, number>();
  readonly #writer: LogWriter;
  readonly #reader: SequenceReader;
  readonly #o: Opened;
  #framesSinceState = 0;
  #isClosed = false;

  constructor(writer: LogWriter, reader: SequenceReader, options: Opened) {
    this.#writer = writer;
    this.#reader = reader;
    this.#o = options;
    const log = openLogReader({ directory: options.directory, name: LOG, tail: options.tail, from: 1 });
    try {
      while (log.poll(frame => this.#fold(frame), FRAMES_A_POLL) > 0);
    } finally {
      log.close();
    }
  }

  inbound(message: Uint8Array, msgSeqNum: number, nowNs: bigint): void {
    this.#append({ type: FRAME_TYPE.inbound, source: msgSeqNum }, message, nowNs);
    this.state = foldedState(this.state, msgSeqNum, 0);
  }

  outbound(message: Uint8Array, msgSeqNum: number, nowNs: bigint): void {
    const isKept = this.#o.keepsMessages ?? true;
    const sequence = this.#append({ type: FRAME_TYPE.outbound, source: msgSeqNum }, isKept ? message : NONE, nowNs);
    // What came in before it lies before it in the log: whatever is acknowledged by this message is as durable as it is.
    if (this.#o.durability === 'each') this.#check(this.#writer.sync());
    this.#foldSent(msgSeqNum, sequence);
  }

  reset(state: SessionState, nowNs: bigint): void {
    this.#writeState(state, nowNs);
    this.#foldReset(state);
    if (this.#o.durability === 'each') this.#check(this.#writer.sync());
  }

  read(
    beginSeqNum: number,
    endSeqNum: number,
    visit: (msgSeqNum: number, bytes: Uint8Array, timeNs: bigint) => boolean,
  ): void {
    for (let msgSeqNum = beginSeqNum; msgSeqNum <= endSeqNum; msgSeqNum++) {
      const sequence = this.#sent.get(msgSeqNum);
      const frame = sequence === undefined ? undefined : this.#reader.read(sequence);
      const isKept = frame !== undefined && frame.payload.length > 0;
      if (isKept && !visit(msgSeqNum, frame.payload, frame.timeNs)) return;
    }
  }

  close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#reader.close();
    this.#writer.close();
  }

  #append(head: { type: number; source: number }, payload: Uint8Array, nowNs: bigint): number {
    if (this.#framesSinceState++ >= FRAMES_A_STATE) this.#retain(nowNs);
    const sequence = this.#writer.stage({ ...head, topic: 0 }, payload);
    if (sequence === 0) {
      this.#writer.dropGroup();
      throw this.#refused(`a message of ${payload.length} bytes has no room`);
    }
    this.#writer.endGroup();
    this.#check(this.#writer.commit(nowNs));
    return sequence;
  }

  #writeState(state: SessionState, nowNs: bigint): number {
    this.#framesSinceState = 0;
    const payload = Buffer.alloc(STATE_SIZE);
    payload.writeUInt32LE(state.nextInSeqNum, 0);
    payload.writeUInt32LE(state.nextOutSeqNum, 4);
    payload.writeBigUInt64LE(BigInt(state.beganMs ?? 0), 8);
    return this.#append({ type: FRAME_TYPE.session, source: 0 }, payload, nowNs);
  }

  /** Behind the numbers written again the oldest segments are not needed for them. */
  #retain(nowNs: bigint): void {
    const sequence = this.#writeState(this.state, nowNs);
    this.#writer.retain(this.#o.retainBytes ?? RETAIN_BYTES, sequence);
  }

  #fold(frame: FrameView): void {
    if (frame.type === FRAME_TYPE.inbound) this.state = foldedState(this.state, frame.source, 0);
    else if (frame.type === FRAME_TYPE.outbound) this.#foldSent(frame.source, frame.sequence);
    else if (frame.type === FRAME_TYPE.session) {
      const view = new DataView(frame.payload.buffer, frame.payload.byteOffset, frame.payload.byteLength);
      const numbers = { nextInSeqNum: view.getUint32(0, true), nextOutSeqNum: view.getUint32(4, true) };
      this.#foldReset({ ...numbers, beganMs: Number(view.getBigUint64(8, true)) });
    }
  }

  #foldSent(msgSeqNum: number, sequence: number): void {
    this.state = foldedState(this.state, 0, msgSeqNum);
    this.#sent.set(msgSeqNum, sequence);
    if (this.#sent.size > SENT_MAX) for (const oldest of this.#sent.keys()) return void this.#sent.delete(oldest);
  }

  #foldReset(state: SessionState): void {
    this.state = state;
    if (state.nextOutSeqNum === 1) this.#sent.clear();
  }

  #check(status: number): void {
    if (status !== STATUS.ok.code) throw this.#refused(statusName(status));
  }

  #refused(reason: string): OutputError {
    const what = `${this.#o.directory} does not take what session ${this.#o.session} must keep: ${reason}`;
    return new OutputError('HR_FIX_STORE', `${what}; make room on the disk and start the session again`);
  }
}
