import { FixBatch, type FixMessage } from '../codec/index.js';
import type { SentMessages } from './actions.js';
import type { OpenAnswer, SessionLink } from './link.js';
import { MSG_TYPE, isAdmin } from './tags.js';

const INFINITY = 0;
const INFINITY_BEFORE_42 = 999_999;
/** A slice of an answer ends after so many messages looked at, or bytes written: some 10 ms of work. */
const SLICE_MESSAGES = 500;
const SLICE_BYTES = 256 * 1024;

/** The EndSeqNo (16) by which a version asks for everything from BeginSeqNo on. */
export function infinityOf(beginString: string): number {
  return beginString === 'FIX.4.0' || beginString === 'FIX.4.1' ? INFINITY_BEFORE_42 : INFINITY;
}

/**
 * Answers ResendRequests: application messages and Rejects again, everything else passed over by SequenceReset-GapFill. A long answer goes out in slices,
 * so that nobody else waits for it and what the peer has not read stays small.
 */
export class Resender {
  #batch: FixBatch | undefined;
  #messages = 0;
  #bytes = 0;

  constructor(
    private readonly link: SessionLink,
    private readonly sent: SentMessages,
  ) {}

  /** Sends the first slice of what was asked for. While an answer is open it is widened instead, never beyond where it began. */
  answer(beginSeqNo: number, endSeqNo: number): void {
    const open = this.link.answering;
    const sentLast = open?.sentLast ?? this.link.sentLast;
    // 0 is infinity, 999999 was before FIX.4.2 and is still sent; both, and any number not yet sent, mean the last one.
    const last = endSeqNo === INFINITY ? sentLast : Math.min(endSeqNo, sentLast);
    const first = Math.max(beginSeqNo, 1);
    this.link.event('resend', `resend of ${first} to ${last} asked for`);
    if (first > last) return;
    if (open !== undefined) return widen(open, first, last);
    this.link.answering = { next: first, last, gapFrom: 0, sentLast };
    this.resume();
  }

  /** Sends the next slice of the open answer, if there is one. */
  resume(): void {
    const open = this.link.answering;
    if (open === undefined) return;
    this.#messages = this.#bytes = 0;
    this.sent.read(open.next, open.last, (msgSeqNum, bytes, timeNs) => this.#visit(open, { msgSeqNum, bytes, timeNs }));
    if (this.#isFull && open.next <= open.last) return;
    if (open.gapFrom === 0 && open.next <= open.last) open.gapFrom = open.next;
    this.#closeGap(open, open.last + 1);
    this.link.answering = undefined;
  }

  get #isFull(): boolean {
    return this.#messages >= SLICE_MESSAGES || this.#bytes >= SLICE_BYTES;
  }

  #visit(open: OpenAnswer, sent: { msgSeqNum: number; bytes: Uint8Array; timeNs: bigint }): boolean {
    const { msgSeqNum, bytes, timeNs } = sent;
    if (msgSeqNum !== open.next && open.gapFrom === 0) open.gapFrom = open.next;
    open.next = msgSeqNum + 1;
    this.#messages++;
    const message = this.#read(bytes);
    if (message === undefined || !this.#mayResend(message, msgSeqNum, timeNs)) {
      if (open.gapFrom === 0) open.gapFrom = msgSeqNum;
      return !this.#isFull;
    }
    this.#closeGap(open, msgSeqNum);
    this.#repeat(this.link.writer.resend(message, msgSeqNum, this.link.utcNs), msgSeqNum, 'resent');
    return !this.#isFull;
  }

  #mayResend(message: FixMessage, msgSeqNum: number, timeNs: bigint): boolean {
    // FIX 4.4 vol. 2: the one administrative message to be resent. Passed over, nobody would learn that what it answers was refused.
    if (message.msgType === MSG_TYPE.Reject) return true;
    if (isAdmin(message.msgType)) return false;
    return this.link.actions.mayResend?.(message, msgSeqNum, timeNs) ?? true;
  }

  #closeGap(open: OpenAnswer, newSeqNo: number): void {
    if (open.gapFrom === 0) return;
    const from = open.gapFrom;
    open.gapFrom = 0;
    this.#repeat(this.link.writer.gapFill(from, newSeqNo, this.link.utcNs), from, 'gapFill');
  }

  #repeat(bytes: Uint8Array, msgSeqNum: number, kind: 'resent' | 'gapFill'): void {
    this.#bytes += bytes.length;
    this.link.repeat(bytes, msgSeqNum, kind);
  }

  #read(bytes: Uint8Array): FixMessage | undefined {
    this.#batch ??= new FixBatch(undefined, { messageSizeMax: this.link.settings.messageSizeMax + 8192 });
    const framed = this.#batch.scan(bytes, 0, bytes.length);
    return framed === 1 && this.#batch.statusOf(0) === 0 ? this.#batch.select(0) : undefined;
  }
}

/** Asked again before the answer was out: it goes back to what is asked for now, and ends where either of the two does. */
function widen(open: OpenAnswer, first: number, last: number): void {
  open.next = Math.min(open.gapFrom === 0 ? open.next : open.gapFrom, first);
  open.gapFrom = 0;
  open.last = Math.max(open.last, last);
}
