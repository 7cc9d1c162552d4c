import type { FixMessage } from '../codec/index.js';
import type { SessionLink } from './link.js';
import { infinityOf } from './resend.js';
import { MSG_TYPE, TAG } from './tags.js';

/** An open gap is asked for again after this where the session has no HeartBtInt. */
const GAP_MS_WITHOUT_HEARTBEATS = 30_000;

/** Asks for the messages of a gap: all that is missing at once, or so many at a time (`resendRequestChunkSize`). */
export class GapRequests {
  constructor(private readonly link: SessionLink) {}

  // Asked for once, as what comes behind a gap is no news; again when a resent message shows that the one before it was lost, once for each
  // number, as many more may be on their way.
  found(message: FixMessage, msgSeqNum: number): void {
    const { link } = this;
    const { nextIn } = link.numbers;
    const isLostAgain = message.textOf(TAG.PossDupFlag) === 'Y' && link.lostAgainAt !== nextIn;
    if (link.resendTo > 0 && msgSeqNum >= link.resendFrom && !isLostAgain) return;
    if (isLostAgain) link.lostAgainAt = nextIn;
    this.#ask(nextIn, Math.max(link.resendTo, msgSeqNum - 1));
  }

  /** A gap that NextExpectedMsgSeqNum (789) of our Logon has asked for: it is asked for again only when nothing comes. */
  promised(resendTo: number): void {
    this.#open(this.link.numbers.nextIn, resendTo);
    this.link.chunkTo = 0;
  }

  /** The last chunk has come: asks for the next one, where there is one. */
  goOn(): void {
    const { link } = this;
    if (link.chunkTo > 0 && !link.sentLogout && link.numbers.nextIn > link.chunkTo)
      this.#ask(link.numbers.nextIn, link.resendTo);
  }

  /** A SequenceReset has passed over all but the last number of the chunk, which is on its way: the next is asked for behind it. */
  passedOver(): void {
    const { link } = this;
    if (link.chunkTo > 0 && link.numbers.nextIn === link.chunkTo) this.#ask(link.chunkTo + 1, link.resendTo);
  }

  /** Asks again for an open gap of which no number was taken for a HeartBtInt: the request or its answer was lost. */
  askAgain(): void {
    const { link } = this;
    const waitMs = link.heartbeats.intervalMs || GAP_MS_WITHOUT_HEARTBEATS;
    if (link.resendTo > 0 && !link.sentLogout && link.nowMs - link.gapMs >= waitMs)
      this.#ask(link.numbers.nextIn, link.resendTo);
  }

  #open(from: number, resendTo: number): void {
    const { link } = this;
    link.resendFrom = from;
    link.resendTo = resendTo;
    link.gapMs = link.nowMs;
  }

  #ask(from: number, resendTo: number): void {
    const { link } = this;
    const { beginString, resendRequestChunkSize: chunk } = link.settings;
    this.#open(from, resendTo);
    link.chunkTo = chunk > 0 && from + chunk - 1 < resendTo ? from + chunk - 1 : 0;
    link.event('gap', `MsgSeqNum too high, expecting ${from} and ${resendTo + 1} has come: asking for the rest`);
    link.transmit(MSG_TYPE.ResendRequest, encoder => {
      encoder.field(TAG.BeginSeqNo, from).field(TAG.EndSeqNo, link.chunkTo || infinityOf(beginString));
    });
  }
}
