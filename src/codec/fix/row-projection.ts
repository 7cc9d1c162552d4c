import { EXECUTION, NO_INDEX, ORDER, ORDER_FLAG, STATUS, invariant } from '../../model/index.js';

import { NO_ROW } from './batch-layout.js';
import { parseFixDecimal } from './decimal.js';
import { hashIdentifier, writeHex } from './identifier.js';
import { Int64Cell } from './int64-cell.js';
import type { FixMessage } from './message.js';
import type { NameTable } from './name-table.js';
import { EXECUTION_PLAN, OPERATION, ORDER_BIT, ORDER_PLAN, PLAN_TAGS, REQUIRED, ROW_TYPE } from './row-plan.js';
import { parseUtcTimestamp } from './timestamp.js';

const TEXT_SIZE_MAX = 47;
const LIMIT = 0x32;
const STOP_LIMIT = 0x34;
const MINUS = 0x2d;
const TILDE = 0x7e;
/** What a shortened identifier keeps of its text; the rest of the 47 bytes are `~` and 16 hex digits. */
const SHORTENED_PREFIX_SIZE = 30;
const YES = 0x59;
const NO = 0x4e;

/** Where accounts (1) and symbols (55) get their indices; a name not in its table becomes NO_INDEX, for the gate to refuse. */
export interface OrderNames {
  readonly accounts: NameTable;
  readonly symbols: NameTable;
}

/** The status of a projection's result. */
export function rowStatus(result: number): number {
  return result & 0xff;
}

/** The tag that caused a projection's result, 0 when it is ok. */
export function rowTag(result: number): number {
  return result >> 8;
}

function resultOf(status: number, tag: number): number {
  return status | (tag << 8);
}

/**
 * Projects messages to ORDER and EXECUTION rows in one buffer, 4-byte aligned as the rows in it are; the twin of the native
 * projection.
 */
export class RowProjection {
  readonly #words: Uint32Array;
  readonly #cell = new Int64Cell();
  #seen = 0;
  #possResend = false;
  #inexact = false;
  #flags = 0;

  constructor(
    private readonly names: OrderNames,
    private readonly rows: Uint8Array,
  ) {
    invariant(rows.byteOffset % 4 === 0, 'rows are 4-byte aligned');
    this.#words = new Uint32Array(rows.buffer, rows.byteOffset, rows.byteLength >> 2);
  }

  /**
   * Writes the row of a message at `at`, a multiple of 8. Returns NO_ROW for a MsgType without one, else `rowStatus` and `rowTag`: the first
   * field, in the message's order, that is wrong, else the first required one that is missing. The row of a refused message
   * holds nothing to be used.
   */
  project(message: FixMessage, msgType: number, sessionIndex: number, at: number): number {
    switch (msgType) {
      case ROW_TYPE.newOrderSingle:
        return this.#order(message, REQUIRED.newOrderSingle, sessionIndex, at);
      case ROW_TYPE.orderCancelRequest:
        return this.#order(message, REQUIRED.orderCancelRequest, sessionIndex, at);
      case ROW_TYPE.orderCancelReplaceRequest:
        return this.#order(message, REQUIRED.orderCancelReplaceRequest, sessionIndex, at);
      case ROW_TYPE.executionReport:
        return this.#execution(message, sessionIndex, at);
      default:
        return NO_ROW;
    }
  }

  #clear(at: number, sizeBytes: number): void {
    const words = this.#words;
    for (let word = at >> 2; word < (at + sizeBytes) >> 2; word++) words[word] = 0;
  }

  #execution(message: FixMessage, sessionIndex: number, at: number): number {
    this.#clear(at, EXECUTION.sizeBytes);
    this.#words[(at + EXECUTION.offset.sessionIndex) >> 2] = sessionIndex;
    const result = this.#fields(message, EXECUTION_PLAN, REQUIRED.executionReport, at);
    this.#words[(at + EXECUTION.offset.flags) >> 2] = this.#flags;
    return result;
  }

  #order(message: FixMessage, required: number, sessionIndex: number, at: number): number {
    const { rows } = this;
    const words = this.#words;
    this.#clear(at, ORDER.sizeBytes);
    words[(at + ORDER.offset.accountIndex) >> 2] = NO_INDEX;
    words[(at + ORDER.offset.symbolIndex) >> 2] = NO_INDEX;
    words[(at + ORDER.offset.sessionIndex) >> 2] = sessionIndex;
    rows[at + ORDER.offset.msgType] = message.bytes[message.valueStartAt(2)]!;
    words[(at + ORDER.offset.sourceLength) >> 2] = message.end - message.start;
    this.#possResend = false;
    const result = this.#fields(message, ORDER_PLAN, required, at);
    if (result !== STATUS.ok.code) return result;
    const seen = this.#seen;
    const ordType = rows[at + ORDER.offset.ordType];
    if ((ordType === LIMIT || ordType === STOP_LIMIT) && (seen & ORDER_BIT.price) === 0)
      return resultOf(STATUS.missingTag.code, 44);
    const flags =
      (this.#possResend ? ORDER_FLAG.possResend : 0) |
      ((seen & ORDER_BIT.price) !== 0 ? ORDER_FLAG.hasPrice : 0) |
      ((seen & ORDER_BIT.account) !== 0 ? ORDER_FLAG.hasAccount : 0);
    words[(at + ORDER.offset.flags) >> 2] = flags;
    return result;
  }

  #fields(message: FixMessage, plan: Int32Array, required: number, at: number): number {
    let seen = 0;
    this.#flags = 0;
    for (let index = 3; index < message.fieldCount; index++) {
      const tag = message.tagAt(index);
      const operation = tag > 0 && tag < PLAN_TAGS ? plan[tag]! : 0;
      if (operation === 0) continue;
      const bit = 1 << (operation >>> 24);
      if ((seen & bit) !== 0) continue;
      seen |= bit;
      this.#inexact = false;
      const status = this.#field(message, index, operation & 0xff, at + ((operation >> 8) & 0xffff));
      if (status !== STATUS.ok.code) return resultOf(status, tag);
      if (this.#inexact) this.#flags |= plan[PLAN_TAGS + (operation >>> 24)]! >>> 16;
    }
    this.#seen = seen;
    const missing = required & ~seen;
    return missing === 0
      ? STATUS.ok.code
      : resultOf(STATUS.missingTag.code, plan[PLAN_TAGS + 31 - Math.clz32(missing & -missing)]! & 0xffff);
  }

  #field(message: FixMessage, index: number, operation: number, to: number): number {
    const { bytes } = message;
    const start = message.valueStartAt(index);
    const end = message.valueEndAt(index);
    if (start === end) return STATUS.emptyValue.code;
    switch (operation) {
      case OPERATION.character:
        this.rows[to] = bytes[start]!;
        return end - start === 1 ? STATUS.ok.code : STATUS.tooLong.code;
      case OPERATION.decimal:
        return this.#integer(parseFixDecimal(bytes, start, end, this.#cell), to);
      case OPERATION.price:
        return this.#integer(this.#price(bytes, start, end), to);
      case OPERATION.timestamp:
        return this.#integer(parseUtcTimestamp(bytes, start, end, this.#cell), to);
      case OPERATION.text:
        return this.#text(bytes, start, end, to);
      case OPERATION.identifier:
        return end - start > TEXT_SIZE_MAX ? this.#shortened(bytes, start, end, to) : this.#text(bytes, start, end, to);
      case OPERATION.account:
        this.#words[to >> 2] = this.names.accounts.lookup(bytes, start, end);
        return STATUS.ok.code;
      case OPERATION.symbol:
        this.#words[to >> 2] = this.names.symbols.lookup(bytes, start, end);
        return STATUS.ok.code;
      default:
        this.#possResend = bytes[start] === YES;
        return end - start === 1 && (bytes[start] === YES || bytes[start] === NO)
          ? STATUS.ok.code
          : STATUS.badNumber.code;
    }
  }

  #price(bytes: Uint8Array, start: number, end: number): number {
    const status = parseFixDecimal(bytes, start, end, this.#cell);
    if (status !== STATUS.scaleLoss.code) return status;
    this.#inexact = true;
    return this.#cell.stepAwayFromZero(bytes[start] === MINUS) ? STATUS.ok.code : STATUS.overflow.code;
  }

  #integer(status: number, to: number): number {
    if (status === STATUS.ok.code) {
      this.#words[to >> 2] = this.#cell.low;
      this.#words[(to >> 2) + 1] = this.#cell.high;
    }
    return status;
  }

  #text(bytes: Uint8Array, start: number, end: number, to: number): number {
    const size = end - start;
    if (size > TEXT_SIZE_MAX) return STATUS.tooLong.code;
    const { rows } = this;
    rows[to] = size;
    for (let from = start, at = to + 1; from < end; from++, at++) rows[at] = bytes[from]!;
    return STATUS.ok.code;
  }

  #shortened(bytes: Uint8Array, start: number, end: number, to: number): number {
    const cell = this.#cell;
    this.#text(bytes, start, start + SHORTENED_PREFIX_SIZE, to);
    this.#inexact = true;
    this.rows[to] = TEXT_SIZE_MAX;
    cell.low = 0;
    cell.high = 0;
    hashIdentifier(bytes, start, end, cell);
    const hash = to + 1 + SHORTENED_PREFIX_SIZE;
    this.rows[hash] = TILDE;
    writeHex(cell.high, this.rows, hash + 1);
    writeHex(cell.low, this.rows, hash + 9);
    return STATUS.ok.code;
  }
}
