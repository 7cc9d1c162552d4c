import { EXECUTION, ORDER, invariant } from '../../model/index.js';
import type { Addon } from '../../native/index.js';

import { BATCH_MESSAGES_MAX, CONTROL, CONTROL_WORDS, ENTRY, ENTRY_WORDS, FIELD_WORDS } from './batch-layout.js';
import { TwinScan, type BatchBuffers, type BatchScan } from './batch-scan.js';
import { FixMessage } from './message.js';
import { RAW_DATA_TABLE } from './raw-data.js';
import { EXECUTION_PLAN, ORDER_BIT, ORDER_PLAN, REQUIRED, ROW_STRIDE } from './row-plan.js';
import type { OrderNames } from './row-projection.js';

const FIELDS_A_MESSAGE = 48;
const EMPTY = new Uint8Array(0);

export interface FixBatchOptions {
  /** Bytes of the longest message accepted, all of it counted; 65,536 unless told. A longer one is `tooLong`. */
  readonly messageSizeMax?: number;
  /** Fields a message may have; 512 unless told. One with more is `tooManyFields`. */
  readonly fieldsMax?: number;
  /** Projects orders (D, F, G) and ExecutionReports (8) to rows in the same pass, with these tables of names. */
  readonly names?: OrderNames;
}

/**
 * Frames and indexes a stretch of received FIX bytes, up to 256 messages a call, natively where an addon is given. Statuses,
 * offsets and rows are those of the twin. One batch serves any number of sessions of its thread, one after the other.
 */
export class FixBatch {
  /** The rows of the messages of the last `scan`, `rowOffset(i)` bytes from the start; ORDER or EXECUTION by MsgType. */
  readonly rows: Uint8Array;
  /** Bytes of the longest message accepted: a receive buffer must hold as many. */
  readonly messageSizeMax: number;
  readonly #control = new Int32Array(CONTROL_WORDS);
  readonly #messages = new Int32Array(BATCH_MESSAGES_MAX * ENTRY_WORDS);
  readonly #fields: Int32Array;
  readonly #scan: BatchScan;
  readonly #message = new FixMessage();
  #bytes: Uint8Array = EMPTY;
  #selected = -1;

  constructor(native: Addon | undefined, options: FixBatchOptions = {}) {
    const { messageSizeMax = 65536, fieldsMax = 512, names } = options;
    invariant(messageSizeMax >= 32 && messageSizeMax <= 1 << 24, 'messageSizeMax is 32 to 16,777,216');
    invariant(fieldsMax >= 4 && fieldsMax <= 65536, 'fieldsMax is 4 to 65,536');
    const fieldCapacity = BATCH_MESSAGES_MAX * FIELDS_A_MESSAGE + fieldsMax;
    this.messageSizeMax = messageSizeMax;
    this.#fields = new Int32Array(fieldCapacity * FIELD_WORDS);
    this.rows = new Uint8Array(names === undefined ? 0 : BATCH_MESSAGES_MAX * ROW_STRIDE);
    invariant(ORDER.sizeBytes <= ROW_STRIDE && EXECUTION.sizeBytes <= ROW_STRIDE, 'both rows fit the stride');
    const buffers: BatchBuffers = {
      control: this.#control,
      messages: this.#messages,
      fields: this.#fields,
      rows: this.rows,
      messageSizeMax,
      fieldsMax,
      fieldCapacity,
      names,
    };
    this.#scan = openScan(native, buffers);
  }

  /** Written into the rows of the messages scanned from now on. */
  set sessionIndex(index: number) {
    this.#control[CONTROL.sessionIndex] = index;
  }

  /**
   * Frames what `bytes[from, to)` holds and returns how many messages that is, garbled ones included: each is an entry with a
   * status. At most 256, fewer when the index is full: call again from `consumed` until it returns 0. The bytes from
   * `consumed` on are an unfinished message; they come again, with more behind them.
   */
  scan(bytes: Uint8Array, from: number, to: number): number {
    invariant(from >= 0 && from <= to && to <= bytes.length, 'a scan lies inside its bytes');
    if (bytes !== this.#bytes) {
      this.#scan.bind(bytes);
      this.#bytes = bytes;
    }
    this.#selected = -1;
    this.#control[CONTROL.from] = from;
    this.#control[CONTROL.to] = to;
    return this.#scan.scan();
  }

  /** Offset of the first byte the last `scan` did not consume. */
  get consumed(): number {
    return this.#control[CONTROL.consumed]!;
  }

  /** `ok`, or why message `index` is to be ignored; an empty value is no reason, its field has no bytes. */
  statusOf(index: number): number {
    return this.#messages[index * ENTRY_WORDS + ENTRY.status]!;
  }

  /** Offset of message `index` in the scanned bytes. */
  startOf(index: number): number {
    return this.#messages[index * ENTRY_WORDS + ENTRY.start]!;
  }

  /** Offset after message `index`, or where the search went on after a garbled one. */
  endOf(index: number): number {
    return this.#messages[index * ENTRY_WORDS + ENTRY.end]!;
  }

  /** MsgType of message `index` as `msgTypeCode` writes it; 0 for a garbled message. */
  msgTypeOf(index: number): number {
    return this.#messages[index * ENTRY_WORDS + ENTRY.msgType]!;
  }

  /** NO_ROW (-1) when the message has no row; else `ok`, or why its row must not be used. */
  rowStatusOf(index: number): number {
    return this.#messages[index * ENTRY_WORDS + ENTRY.rowStatus]!;
  }

  /** The tag that a row status other than `ok` is about. */
  rowTagOf(index: number): number {
    return this.#messages[index * ENTRY_WORDS + ENTRY.rowTag]!;
  }

  /** Where the row of message `index` begins in `rows`. */
  rowOffset(index: number): number {
    return index * ROW_STRIDE;
  }

  /** Fills and returns the batch's one view with message `index`; it has no fields unless the status is `ok`. */
  select(index: number): FixMessage {
    this.#message.point(this.#bytes, this.#fields, this.#messages, index * ENTRY_WORDS);
    this.#selected = index;
    return this.#message;
  }

  /** Which message of the last scan `message` shows, so that its row can be found; -1 when it is not this batch's view. */
  indexOf(message: FixMessage): number {
    return message === this.#message ? this.#selected : -1;
  }
}

function openScan(native: Addon | undefined, buffers: BatchBuffers): BatchScan {
  if (native === undefined) return new TwinScan(buffers);
  const { control, messages, fields, rows, names } = buffers;
  return native.createFixScan({
    control,
    messages,
    fields,
    rawData: RAW_DATA_TABLE,
    settings: Int32Array.of(
      buffers.messageSizeMax,
      buffers.fieldsMax,
      buffers.fieldCapacity,
      REQUIRED.newOrderSingle,
      REQUIRED.orderCancelRequest,
      REQUIRED.orderCancelReplaceRequest,
      REQUIRED.executionReport,
      ORDER_BIT.ordType,
      ORDER_BIT.price,
      ORDER_BIT.account,
    ),
    ...(names !== undefined && {
      rows,
      accounts: names.accounts.memory,
      symbols: names.symbols.memory,
      orderPlan: ORDER_PLAN,
      executionPlan: EXECUTION_PLAN,
    }),
  });
}
