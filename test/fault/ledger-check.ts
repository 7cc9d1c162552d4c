import { openLogReader, type FrameView } from '../../src/journal/index.js';
import { DECISION, FRAME_TYPE, ORDER } from '../../src/model/index.js';
import { SESSION_FRAME } from '../../src/orders/session-frame.js';

const VENUE = 0;
const FRAMES_A_POLL = 4_096;

/** What a ledger says of itself: each broken promise as a sentence, and how much there was to check. */
export interface LedgerCheck {
  readonly failures: readonly string[];
  readonly frames: number;
  readonly ordersToVenue: number;
}

function fieldOf(text: string, tag: number): string {
  const at = text.indexOf(`\x01${tag}=`);
  if (at < 0) return '';
  const start = at + String(tag).length + 2;
  return text.slice(start, text.indexOf('\x01', start));
}

/** Reads the ledger frame by frame and holds it to what is promised of orders and numbers. */
class LedgerReading {
  readonly failures: string[] = [];
  frames = 0;
  ordersToVenue = 0;
  readonly #nextIn = new Map<number, number>();
  readonly #nextOut = new Map<number, number>();
  readonly #venueIds = new Set<string>();
  #approved = new Set<number>();

  read(frame: FrameView): void {
    this.frames++;
    if (frame.type === FRAME_TYPE.inbound) this.#inbound(frame);
    else if (frame.type === FRAME_TYPE.outbound) this.#outbound(frame);
    else if (frame.type === FRAME_TYPE.session) this.#session(frame);
    else if (frame.type === FRAME_TYPE.decision) this.#decision(frame);
    if (frame.groupEnd) this.#approved = new Set();
  }

  #fail(frame: FrameView, text: string): void {
    if (this.failures.length < 10) this.failures.push(`ledger frame ${frame.sequence}: ${text}`);
  }

  /** Application messages take effect in turn, each number once; session messages out of turn take none. */
  #inbound(frame: FrameView): void {
    const text = Buffer.from(frame.payload).toString('latin1');
    const [msgType, msgSeqNum] = [fieldOf(text, 35), Number(fieldOf(text, 34))];
    const expected = this.#nextIn.get(frame.source) ?? 1;
    if (msgSeqNum === expected) this.#nextIn.set(frame.source, expected + 1);
    else if (!'0A1245'.includes(msgType)) {
      this.#fail(frame, `session ${frame.source} took ${msgType} with MsgSeqNum ${msgSeqNum}, expected ${expected}`);
    }
  }

  #outbound(frame: FrameView): void {
    const text = Buffer.from(frame.payload).toString('latin1');
    const msgSeqNum = Number(fieldOf(text, 34));
    const expected = this.#nextOut.get(frame.source) ?? 1;
    if (msgSeqNum !== expected) this.#fail(frame, `session ${frame.source} sends ${msgSeqNum}, expected ${expected}`);
    if (fieldOf(text, 141) === 'Y') this.#fail(frame, 'asks for a reset of sequence numbers');
    this.#nextOut.set(frame.source, msgSeqNum + 1);
    if (frame.source === VENUE && 'DFG'.includes(fieldOf(text, 35))) this.#toVenue(frame, fieldOf(text, 11));
  }

  #toVenue(frame: FrameView, clOrdId: string): void {
    this.ordersToVenue++;
    const decision = Number(clOrdId.slice(clOrdId.lastIndexOf('-') + 1));
    if (!this.#approved.has(decision)) this.#fail(frame, `${clOrdId} goes to the venue without an approval before it`);
    if (this.#venueIds.has(clOrdId)) this.#fail(frame, `${clOrdId} goes to the venue under a second MsgSeqNum`);
    this.#venueIds.add(clOrdId);
  }

  #session(frame: FrameView): void {
    const view = new DataView(frame.payload.buffer, frame.payload.byteOffset, SESSION_FRAME.size);
    const [nextIn, nextOut] = [view.getUint32(SESSION_FRAME.nextIn, true), view.getUint32(SESSION_FRAME.nextOut, true)];
    if (nextIn < (this.#nextIn.get(frame.source) ?? 1)) this.#fail(frame, `NextIn goes back to ${nextIn}`);
    if (nextOut !== (this.#nextOut.get(frame.source) ?? 1)) this.#fail(frame, `NextOut is set to ${nextOut}`);
    if (view.getUint32(SESSION_FRAME.ordersUnknown, true) !== 0) this.#fail(frame, 'orders became unknown');
    this.#nextIn.set(frame.source, nextIn);
    this.#nextOut.set(frame.source, nextOut);
  }

  #decision(frame: FrameView): void {
    const at = frame.payload.byteOffset + ORDER.sizeBytes + DECISION.offset.failedMask;
    if (new DataView(frame.payload.buffer).getUint32(at, true) === 0) this.#approved.add(frame.sequence);
  }
}

/** Checks a ledger that nobody writes to any more. */
export function checkLedger(directory: string): LedgerCheck {
  const reader = openLogReader({ directory, name: 'ledger', from: 'oldest' });
  const reading = new LedgerReading();
  while (reader.poll(frame => reading.read(frame), FRAMES_A_POLL) > 0);
  reader.close();
  return reading;
}
