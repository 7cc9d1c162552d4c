import type { LogWriter } from '../../journal/index.js';
import { FRAME_TYPE, HeadraceError, STATUS, TOPICS, statusName } from '../../model/index.js';

const QUOTES_TOPIC = TOPICS.indexOf('quotes');
const DEAD_LETTER_TOPIC = TOPICS.indexOf('dead-letter');

/** What the feed needs of the journal's writer. */
export type FeedLog = Pick<
  LogWriter,
  'nextSequence' | 'staging' | 'reserve' | 'endGroup' | 'dropGroup' | 'commit' | 'state'
>;

/** The `feed` log: batches of quotes and malformed records, each a frame and a group of its own. */
export class QuoteLog {
  readonly #log: FeedLog;

  constructor(log: FeedLog) {
    this.#log = log;
  }

  /** Stages rows of quotes. Returns the sequence their frame will have, or 0 when the batch has no room. */
  quotes(source: number, rows: Uint8Array, sizeBytes: number): number {
    const sequence = this.#log.nextSequence;
    const offset = this.#reserve(FRAME_TYPE.quotes, QUOTES_TOPIC, source, sizeBytes);
    if (offset < 0) return 0;
    const { staging } = this.#log;
    for (let at = 0; at < sizeBytes; at++) staging[offset + at] = rows[at] as number;
    this.#log.endGroup();
    return sequence;
  }

  /**
   * Stages a malformed record. Payload: length of the reason u16, the reason as UTF-8, the record's bytes as they came.
   * Returns false when the batch has no room.
   */
  deadLetter(source: number, record: Uint8Array, reason: string): boolean {
    const text = Buffer.from(reason, 'utf8');
    const size = 2 + text.length + record.length;
    const offset = this.#reserve(FRAME_TYPE.deadLetter, DEAD_LETTER_TOPIC, source, size);
    if (offset < 0) return false;
    const { staging } = this.#log;
    staging[offset] = text.length & 0xff;
    staging[offset + 1] = text.length >>> 8;
    staging.set(text, offset + 2);
    staging.set(record, offset + 2 + text.length);
    this.#log.endGroup();
    return true;
  }

  /** Makes what is staged readable, once a batch. False: none of it is in the log. Throws when the log takes nothing any more. */
  commit(nowNs: bigint): boolean {
    const status = this.#log.commit(nowNs);
    if (this.#log.state() === 'failed')
      throw new HeadraceError('HR_FEED_LOG', `the feed log has failed: ${STATUS[statusName(status)].text}`);
    return status === STATUS.ok.code;
  }

  #reserve(type: number, topic: number, source: number, length: number): number {
    const offset = this.#log.reserve(type, topic, source, length);
    if (offset < 0) this.#log.dropGroup();
    return offset;
  }
}
