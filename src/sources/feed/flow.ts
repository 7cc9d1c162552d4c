import { createDecoder, ROW_STATUS, type Decoder, type FilePlace, type RecordSpans } from '../../codec/index.js';
import { QUOTE, STATUS, statusName } from '../../model/index.js';
import type { Addon } from '../../native/index.js';
import { BatchClock, type Counters } from '../../observe/index.js';
import type { FeedCounter } from './counters.js';
import { compileFeedLayout, type FeedLayout } from './layout.js';
import type { PriceOutbox } from './price-outbox.js';
import { QuoteLog, type FeedLog } from './quote-log.js';
import { QuoteRows } from './quote-rows.js';
import { BATCH_RECORDS_MAX } from './record-framer.js';

export interface FeedFlowParts {
  readonly layout: FeedLayout;
  readonly native: Addon | undefined;
  readonly log: FeedLog;
  readonly outbox: PriceOutbox;
  readonly counters: Counters<FeedCounter>;
  /** Wakes the log's readers. */
  readonly onCommitted: () => void;
  /** After each try to send: wakes the lane when prices were sent, comes back when some wait for room. */
  readonly onSent: (sent: number, waiting: number) => void;
}

/**
 * A batch of records from bytes to the `feed` log and on to the lane: decode, one frame of quotes and one for each malformed
 * record, commit, then the newest prices. A price reaches the lane only when its frame is committed. No socket, no timer.
 */
export class FeedFlow {
  readonly #decoder: Decoder;
  readonly #rows: Uint8Array;
  readonly #rowsView: DataView;
  readonly #quotes = new Uint8Array(BATCH_RECORDS_MAX * QUOTE.sizeBytes);
  readonly #quotesView = new DataView(this.#quotes.buffer);
  readonly #quoteRows: QuoteRows;
  readonly #log: QuoteLog;
  readonly #clock = new BatchClock();
  readonly #parts: FeedFlowParts;

  constructor(parts: FeedFlowParts) {
    this.#parts = parts;
    this.#decoder = createDecoder({ layout: compileFeedLayout(parts.layout), native: parts.native });
    this.#rows = new Uint8Array(BATCH_RECORDS_MAX * this.#decoder.rowSize);
    this.#rowsView = new DataView(this.#rows.buffer);
    this.#quoteRows = new QuoteRows(this.#decoder.slots);
    this.#log = new QuoteLog(parts.log);
    this.#continueCounters();
  }

  /** Takes the framed records of one connection, at most BATCH_RECORDS_MAX. Throws HeadraceError when the log has failed. */
  take(spans: RecordSpans, source: number, place: FilePlace): void {
    if (spans.count === 0) return;
    this.#decoder.decodeSpans(spans, this.#rows);
    const nowNs = this.#clock.read();
    const { good, bad } = this.#project(spans, source, place, nowNs);
    const sizeBytes = good * QUOTE.sizeBytes;
    const sequence = good > 0 ? this.#log.quotes(source, this.#quotes, sizeBytes) : 0;
    const isCommitted = this.#log.commit(nowNs);
    if (isCommitted) this.#parts.onCommitted();
    const isLogged = isCommitted && sequence > 0;
    if (isLogged)
      for (let at = 0; at < sizeBytes; at += QUOTE.sizeBytes) this.#parts.outbox.put(this.#quotes, at, sequence);
    this.#count(spans.count, isLogged ? good : 0, isCommitted ? bad : 0);
    this.send();
  }

  /** Sends waiting prices as far as the lane's ring has room; call it again while some wait. */
  send(): void {
    const { outbox, counters, onSent } = this.#parts;
    const sent = outbox.send();
    const { index } = counters;
    counters.add(index.pricesSent, sent);
    counters.add(index.pricesConflated, outbox.counts.conflated);
    counters.add(index.pricesUnknown, outbox.counts.unknown);
    outbox.counts.conflated = outbox.counts.unknown = 0;
    counters.set(index.pricesWaiting, outbox.waiting);
    onSent(sent, outbox.waiting);
  }

  /** Counters go on over a restart: what an earlier worker had open or waiting is gone. */
  #continueCounters(): void {
    const { counters } = this.#parts;
    const { index } = counters;
    counters.set(index.connections, 0);
    counters.add(index.pricesLost, counters.get(index.pricesWaiting));
    counters.set(index.pricesWaiting, 0);
  }

  /** Rows to quotes, one after another without gaps; malformed ones are staged as dead letters. */
  #project(spans: RecordSpans, source: number, place: FilePlace, nowNs: bigint): { good: number; bad: number } {
    const { rowSize } = this.#decoder;
    let [good, bad] = [0, 0];
    for (let index = 0; index < spans.count; index++) {
      const row = index * rowSize;
      const to = good * QUOTE.sizeBytes;
      let status = this.#rowsView.getInt32(row + ROW_STATUS, true);
      if (status === STATUS.ok.code) status = this.#quoteRows.write(this.#rowsView, row, this.#quotesView, to);
      if (status === STATUS.ok.code) good++;
      else if (this.#deadLetter(spans, index, source, this.#reason(spans, index, place, status))) bad++;
    }
    this.#stampTimes(good, nowNs);
    return { good, bad };
  }

  /** The time of all quotes of a batch: one BigInt, then words. */
  #stampTimes(count: number, nowNs: bigint): void {
    const [low, high] = [Number(nowNs & 0xffffffffn), Number(nowNs >> 32n)];
    for (let at = QUOTE.offset.feedTimeNs; at < count * QUOTE.sizeBytes; at += QUOTE.sizeBytes) {
      this.#quotesView.setUint32(at, low, true);
      this.#quotesView.setUint32(at + 4, high, true);
    }
  }

  #reason(spans: RecordSpans, index: number, place: FilePlace, status: number): string {
    const refusal = this.#decoder.refusal(spans, this.#rows, index, place);
    return refusal?.message ?? `record ${place.record + index}: ${STATUS[statusName(status)].text}`;
  }

  #deadLetter(spans: RecordSpans, index: number, source: number, reason: string): boolean {
    const start = spans.starts[index] as number;
    const record = spans.bytes.subarray(start, start + (spans.lengths[index] as number));
    return this.#log.deadLetter(source, record, reason);
  }

  #count(received: number, quotes: number, deadLettered: number): void {
    const { counters } = this.#parts;
    const { index } = counters;
    counters.add(index.batches, 1);
    counters.add(index.received, received);
    counters.add(index.quotes, quotes);
    counters.add(index.deadLettered, deadLettered);
    counters.add(index.dropped, received - quotes - deadLettered);
    counters.set(index.clockBackSteps, this.#clock.backSteps);
  }
}
