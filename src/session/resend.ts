import { FixBatch, type FixMessage } from '../codec/index.js';
import type { ResendChoice, SentMessages } from './actions.js';
import type { SessionLink } from './link.js';
import { isAdmin } from './tags.js';

const INFINITY = 0;
const INFINITY_BEFORE_42 = 999_999;

/** The EndSeqNo (16) by which a version asks for everything from BeginSeqNo on. */
export function infinityOf(beginString: string): number {
  return beginString === 'FIX.4.0' || beginString === 'FIX.4.1' ? INFINITY_BEFORE_42 : INFINITY;
}

/** Answers ResendRequests: application messages again, everything else passed over by SequenceReset-GapFill. */
export class Resender {
  #batch: FixBatch | undefined;
  #gapFrom = 0;
  #next = 0;

  constructor(
    private readonly link: SessionLink,
    private readonly sent: SentMessages,
  ) {}

  /** Sends what was asked for, in one go, so that nothing live comes between. */
  answer(beginSeqNo: number, endSeqNo: number): void {
    const last = this.#lastOf(endSeqNo);
    const first = Math.max(beginSeqNo, 1);
    this.link.event('resend', `resend of ${first} to ${last} asked for`);
    if (first > last) return;
    this.#gapFrom = 0;
    this.#next = first;
    this.sent.read(first, last, (msgSeqNum, bytes, timeNs) => this.#visit(msgSeqNum, bytes, timeNs));
    if (this.#gapFrom === 0 && this.#next <= last) this.#gapFrom = this.#next;
    this.#closeGap(last + 1);
  }

  // 0 is infinity, 999999 was before FIX.4.2 and is still sent; both, and any number not yet sent, mean the last one.
  #lastOf(endSeqNo: number): number {
    const last = this.link.numbers.nextOut - 1;
    return endSeqNo === INFINITY ? last : Math.min(endSeqNo, last);
  }

  #visit(msgSeqNum: number, bytes: Uint8Array, timeNs: bigint): ResendChoice {
    if (msgSeqNum !== this.#next && this.#gapFrom === 0) this.#gapFrom = this.#next;
    this.#next = msgSeqNum + 1;
    const message = this.#read(bytes);
    if (message === undefined || !this.#mayResend(message, msgSeqNum, timeNs)) {
      if (this.#gapFrom === 0) this.#gapFrom = msgSeqNum;
      return 'gap-fill';
    }
    this.#closeGap(msgSeqNum);
    this.link.repeat(this.link.writer.resend(message, msgSeqNum, this.link.nowNs), msgSeqNum, 'resent');
    return 'resend';
  }

  #mayResend(message: FixMessage, msgSeqNum: number, timeNs: bigint): boolean {
    if (isAdmin(message.msgType)) return false;
    return this.link.actions.mayResend?.(message, msgSeqNum, timeNs) ?? true;
  }

  #closeGap(newSeqNo: number): void {
    if (this.#gapFrom === 0) return;
    const from = this.#gapFrom;
    this.#gapFrom = 0;
    this.link.repeat(this.link.writer.gapFill(from, newSeqNo, this.link.nowNs), from, 'gapFill');
  }

  #read(bytes: Uint8Array): FixMessage | undefined {
    this.#batch ??= new FixBatch(undefined, { messageSizeMax: this.link.settings.messageSizeMax + 8192 });
    const framed = this.#batch.scan(bytes, 0, bytes.length);
    return framed === 1 && this.#batch.statusOf(0) === 0 ? this.#batch.select(0) : undefined;
  }
}
