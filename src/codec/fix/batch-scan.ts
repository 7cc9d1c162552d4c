import { STATUS } from '../../model/index.js';

import { BATCH_MESSAGES_MAX, CONTROL, ENTRY, ENTRY_WORDS, NO_ROW } from './batch-layout.js';
import { FieldScan } from './field-scan.js';
import { Framing } from './framing.js';
import { FixMessage } from './message.js';
import { ROW_STRIDE } from './row-plan.js';
import { RowProjection, rowStatus, rowTag, type OrderNames } from './row-projection.js';

/** The arrays and bounds of one batch, given to the native scan or to the twin once. */
export interface BatchBuffers {
  readonly control: Int32Array;
  readonly messages: Int32Array;
  readonly fields: Int32Array;
  readonly rows: Uint8Array;
  readonly messageSizeMax: number;
  readonly fieldsMax: number;
  /** Fields `fields` has room for; the last `fieldsMax` of them serve the last message. */
  readonly fieldCapacity: number;
  readonly names: OrderNames | undefined;
}

/** One chunk into the batch's arrays: `from` and `to` are read from `control`, the number of messages is returned. */
export interface BatchScan {
  bind(bytes: Uint8Array): void;
  scan(): number;
}

/** The scan in TypeScript: complete by itself, and the oracle of the native one. */
export class TwinScan implements BatchScan {
  readonly #framing: Framing;
  readonly #fieldScan: FieldScan;
  readonly #projection: RowProjection | undefined;
  readonly #message = new FixMessage();
  #bytes: Uint8Array = new Uint8Array(0);

  constructor(private readonly buffers: BatchBuffers) {
    this.#framing = new Framing(buffers.messageSizeMax);
    this.#fieldScan = new FieldScan(buffers.fields, buffers.fieldsMax);
    this.#projection = buffers.names === undefined ? undefined : new RowProjection(buffers.names, buffers.rows);
  }

  bind(bytes: Uint8Array): void {
    this.#bytes = bytes;
  }

  scan(): number {
    const { control, fieldCapacity, fieldsMax } = this.buffers;
    const framing = this.#framing;
    const to = control[CONTROL.to]!;
    let at = control[CONTROL.from]!;
    let count = 0;
    let fieldFirst = 0;
    while (count < BATCH_MESSAGES_MAX && fieldFirst + fieldsMax <= fieldCapacity) {
      if (!framing.next(this.#bytes, at, to)) {
        at = framing.start;
        break;
      }
      fieldFirst += this.#entry(count++, fieldFirst);
      at = framing.end;
    }
    control[CONTROL.consumed] = at;
    control[CONTROL.fieldsUsed] = fieldFirst;
    return count;
  }

  /** Writes the entry of the message just framed; returns how many fields it has. */
  #entry(index: number, fieldFirst: number): number {
    const { status, start, end, trailer } = this.#framing;
    const { messages } = this.buffers;
    const entry = index * ENTRY_WORDS;
    const found = status === STATUS.ok.code ? this.#fieldScan.scan(this.#bytes, start, trailer, fieldFirst) : -status;
    const fieldCount = Math.max(found, 0);
    messages[entry + ENTRY.status] = found < 0 ? -found : STATUS.ok.code;
    messages[entry + ENTRY.start] = start;
    messages[entry + ENTRY.end] = end;
    messages[entry + ENTRY.fieldFirst] = fieldFirst;
    messages[entry + ENTRY.fieldCount] = fieldCount;
    messages[entry + ENTRY.msgType] = 0;
    messages[entry + ENTRY.rowStatus] = NO_ROW;
    messages[entry + ENTRY.rowTag] = 0;
    if (fieldCount > 0) this.#body(index, entry);
    return fieldCount;
  }

  #body(index: number, entry: number): void {
    const { messages, fields, control } = this.buffers;
    const message = this.#message;
    message.point(this.#bytes, fields, messages, entry);
    const msgType = message.msgTypeCode();
    messages[entry + ENTRY.msgType] = msgType;
    if (this.#projection === undefined) return;
    const result = this.#projection.project(message, msgType, control[CONTROL.sessionIndex]!, index * ROW_STRIDE);
    if (result === NO_ROW) return;
    messages[entry + ENTRY.rowStatus] = rowStatus(result);
    messages[entry + ENTRY.rowTag] = rowTag(result);
  }
}
