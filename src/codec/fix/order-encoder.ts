import { CapacityError, ORDER, ORDER_FLAG, STATUS, invariant } from '../../model/index.js';
import type { Addon, FixEncode } from '../../native/index.js';

import { FixEncoder } from './encoder.js';
import { msgTypeCode } from './batch-layout.js';
import type { NameTable } from './name-table.js';
import type { OrderNames } from './row-projection.js';
import { ROW_STRIDE, ROW_TYPE } from './row-plan.js';

const SOH = '\x01';
const ORDER_SIZE_MAX = 512;
const TEXT_SIZE_MAX = 47;
const CONTROL_WORDS = 8;
const CONTROL_SIZE = 5; // of the bytes written; the words before it are given

export interface OrderEncoderOptions {
  readonly beginString: string;
  readonly senderCompID: string;
  readonly targetCompID: string;
  readonly names: OrderNames;
  /** Fields every order carries besides those of its row, e.g. [[21, '1'], [207, 'XLON']]. */
  readonly constants?: readonly (readonly [tag: number, value: string])[];
  /** Orders of one batch, 256 unless told. */
  readonly ordersMax?: number;
}

export interface OrderBatchInput {
  readonly rows: Uint8Array;
  /** Bytes from one ORDER row to the next; ROW_STRIDE unless told. */
  readonly stride?: number;
  readonly count: number;
  readonly msgSeqNum: number;
  /** SendingTime, UTC nanoseconds. */
  readonly timeNs: bigint;
}

function textOf(fields: readonly (readonly [number, string])[]): Buffer {
  return Buffer.from(fields.map(([tag, value]) => `${tag}=${value}${SOH}`).join(''), 'latin1');
}

/** Throws ProtocolError when a text that every order carries would break a message. */
function checkTexts({ beginString, senderCompID, targetCompID, constants = [] }: OrderEncoderOptions): void {
  const encoder = new FixEncoder().begin(beginString, 'D').field(49, senderCompID).field(56, targetCompID);
  for (const [tag, value] of constants) encoder.field(tag, value);
}

/**
 * Writes batches of ORDER rows as NewOrderSingle, OrderCancelRequest and OrderCancelReplaceRequest, natively where an addon is
 * given; the bytes are those of the twin. Fields: 35 49 56 34 52 11 [41] [1] constants 55 [54] [60] [38] [40] [44] [59]; one that
 * the row does not have is left out.
 */
export class OrderEncoder {
  /** The messages of the last batch, one behind the other. */
  readonly bytes: Uint8Array;
  readonly #ordersMax: number;
  readonly #ends: Int32Array;
  readonly #statuses: Int32Array;
  readonly #control = new Int32Array(CONTROL_WORDS);
  readonly #native: FixEncode | undefined;
  readonly #twin: TwinOrderEncode;
  #rows: Uint8Array | undefined;

  constructor(native: Addon | undefined, options: OrderEncoderOptions) {
    const { beginString, senderCompID, targetCompID, names, constants = [], ordersMax = 256 } = options;
    invariant(ordersMax >= 1 && ordersMax <= 65536, 'ordersMax is 1 to 65,536');
    checkTexts(options);
    const begin = Buffer.from(`8=${beginString}${SOH}9=`, 'latin1');
    const parties = textOf([
      [49, senderCompID],
      [56, targetCompID],
    ]);
    const fixed = textOf(constants);
    const sizeMax = ORDER_SIZE_MAX + begin.length + parties.length + fixed.length;
    this.#ordersMax = ordersMax;
    this.bytes = new Uint8Array(ordersMax * sizeMax);
    this.#ends = new Int32Array(ordersMax);
    this.#statuses = new Int32Array(ordersMax);
    this.#twin = new TwinOrderEncode(options);
    this.#native = native?.createFixEncode({
      control: this.#control,
      ends: this.#ends,
      statuses: this.#statuses,
      out: this.bytes,
      begin: Uint8Array.from(begin),
      parties: Uint8Array.from(parties),
      constants: Uint8Array.from(fixed),
      accounts: names.accounts.memory,
      symbols: names.symbols.memory,
    });
  }

  /**
   * Writes `count` orders from `rows` into `bytes` and returns how many bytes they take. A row that cannot be sent has a status
   * and takes neither bytes nor a MsgSeqNum.
   */
  encode({ rows, stride = ROW_STRIDE, count, msgSeqNum, timeNs }: OrderBatchInput): number {
    if (count > this.#ordersMax)
      throw new CapacityError('HR_FIX_SIZE', `a batch of ${count} orders, where ${this.#ordersMax} have room`);
    invariant(count >= 0 && (count - 1) * stride + ORDER.sizeBytes <= rows.length, 'the rows lie in their bytes');
    invariant(msgSeqNum >= 0 && msgSeqNum + count <= 0x7fffffff, 'MsgSeqNum is below 2^31');
    if (this.#native === undefined) return this.#encodeTwin({ rows, stride, count, msgSeqNum, timeNs });
    if (rows !== this.#rows) {
      this.#native.bind(rows);
      this.#rows = rows;
    }
    this.#control.set([count, stride, msgSeqNum, Number(BigInt.asIntN(32, timeNs)), Number(timeNs >> 32n)]);
    this.#native.encode();
    return this.#control[CONTROL_SIZE]!;
  }

  /** `ok`, or why row `index` was not written. */
  statusOf(index: number): number {
    return this.#statuses[index]!;
  }

  /** Offset in `bytes` after the message of row `index`; it begins where the one before ends. */
  endOf(index: number): number {
    return this.#ends[index]!;
  }

  #encodeTwin({ rows, stride = ROW_STRIDE, count, msgSeqNum, timeNs }: OrderBatchInput): number {
    let end = 0;
    let next = msgSeqNum;
    for (let index = 0; index < count; index++) {
      const message = this.#twin.encode(rows, index * stride, next, timeNs);
      this.#statuses[index] = typeof message === 'number' ? message : STATUS.ok.code;
      if (typeof message !== 'number') {
        this.bytes.set(message, end);
        end += message.length;
        next++;
      }
      this.#ends[index] = end;
    }
    return end;
  }
}

/** One order at a time in TypeScript: the oracle of the native batch. */
class TwinOrderEncode {
  readonly #encoder = new FixEncoder();
  readonly #offset = ORDER.offset;
  #row: DataView = new DataView(new ArrayBuffer(0));
  #rows: Uint8Array = new Uint8Array(0);
  #at = 0;
  #status: number = STATUS.ok.code;

  constructor(private readonly options: OrderEncoderOptions) {}

  /** The message of the row at `at`, valid until the next call, or the status that refuses it. */
  encode(rows: Uint8Array, at: number, msgSeqNum: number, timeNs: bigint): Uint8Array | number {
    if (rows !== this.#rows) {
      this.#rows = rows;
      this.#row = new DataView(rows.buffer, rows.byteOffset, rows.byteLength);
    }
    this.#at = at;
    this.#status = STATUS.ok.code;
    const msgType = String.fromCharCode(rows[at + this.#offset.msgType]!);
    const type = msgTypeCode(msgType);
    const isNew = type === ROW_TYPE.newOrderSingle;
    if (!isNew && type !== ROW_TYPE.orderCancelRequest && type !== ROW_TYPE.orderCancelReplaceRequest)
      return STATUS.badType.code;
    const { beginString, senderCompID, targetCompID } = this.options;
    this.#encoder
      .begin(beginString, msgType)
      .field(49, senderCompID)
      .field(56, targetCompID)
      .field(34, msgSeqNum)
      .timestampField(52, timeNs, 3);
    this.#body(isNew);
    return this.#status === STATUS.ok.code ? this.#encoder.finish() : this.#status;
  }

  #body(isNew: boolean): void {
    const { names, constants = [] } = this.options;
    const row = this.#row;
    const at = this.#at;
    const offset = this.#offset;
    const flags = row.getUint32(at + offset.flags, true);
    this.#text(11, offset.clOrdId);
    if (!isNew) this.#text(41, offset.origClOrdId);
    if ((flags & ORDER_FLAG.hasAccount) !== 0) this.#name(1, names.accounts, offset.accountIndex);
    for (const [tag, value] of constants) this.#encoder.field(tag, value);
    this.#name(55, names.symbols, offset.symbolIndex);
    this.#character(54, offset.side);
    const transactTimeNs = row.getBigUint64(at + offset.transactTimeNs, true);
    if (transactTimeNs !== 0n) this.#encoder.timestampField(60, transactTimeNs, 3);
    const quantity = row.getBigInt64(at + offset.quantity, true);
    if (quantity !== 0n) this.#encoder.decimalField(38, quantity);
    this.#character(40, offset.ordType);
    if ((flags & ORDER_FLAG.hasPrice) !== 0) this.#encoder.decimalField(44, row.getBigInt64(at + offset.price, true));
    this.#character(59, offset.timeInForce);
  }

  #refuse(status: number): void {
    if (this.#status === STATUS.ok.code) this.#status = status;
  }

  #value(tag: number, bytes: Uint8Array, start: number, end: number): void {
    for (let at = start; at < end; at++) if (bytes[at] === 1) return this.#refuse(STATUS.badCharacter.code);
    this.#encoder.bytesField(tag, bytes, start, end);
  }

  #text(tag: number, field: number): void {
    const start = this.#at + field + 1;
    const size = this.#rows[start - 1]!;
    if (size === 0) return this.#refuse(STATUS.missingValue.code);
    if (size > TEXT_SIZE_MAX) return this.#refuse(STATUS.tooLong.code);
    this.#value(tag, this.#rows, start, start + size);
  }

  #name(tag: number, names: NameTable, field: number): void {
    const index = this.#row.getUint32(this.#at + field, true);
    if (index >= names.count) return this.#refuse(STATUS.unknownName.code);
    const entry = names.entryOf(index);
    this.#value(tag, names.memory, entry + 1, entry + 1 + names.memory[entry]!);
  }

  #character(tag: number, field: number): void {
    const at = this.#at + field;
    if (this.#rows[at] !== 0) this.#value(tag, this.#rows, at, at + 1);
  }
}
