import {
  createDecoder,
  readSlot,
  type Decoder,
  type FilePlace,
  type Layout,
  type RecordSpans,
  type Refusal,
  type RowSlot,
} from '../../codec/index.js';
import { STATUS, type StatusName } from '../../model/index.js';
import type { Addon } from '../../native/index.js';
import { refuseLoad } from './refused.js';

/** Reads the mapped fields of one record type, one record at a time. */
export class RecordReader<Field extends string> {
  private readonly decoder: Decoder;
  private readonly row: Uint8Array;
  private readonly slots = new Map<Field, RowSlot>();
  private readonly span = { starts: new Int32Array(1), lengths: new Int32Array(1), count: 1 };
  private place: FilePlace = { record: 0, fileOffset: 0 };
  private bytes: Uint8Array = new Uint8Array(0);

  constructor(layout: Layout, fields: Readonly<Partial<Record<Field, string | undefined>>>, native: Addon | undefined) {
    const named = (Object.entries(fields) as [Field, string | undefined][]).filter(
      (entry): entry is [Field, string] => entry[1] !== undefined,
    );
    this.decoder = createDecoder({ layout, fields: [...new Set(named.map(([, name]) => name))], native });
    this.row = new Uint8Array(this.decoder.rowSize);
    for (const [field, name] of named) this.slots.set(field, this.decoder.slot(name));
  }

  /** Decodes record `index` of the spans; throws DecodeError with the refusal when a mapped field does not decode. */
  read(spans: RecordSpans, index: number, first: FilePlace): void {
    this.bytes = spans.bytes;
    this.place = { record: first.record + index, fileOffset: first.fileOffset };
    this.span.starts[0] = spans.starts[index]!;
    this.span.lengths[0] = spans.lengths[index]!;
    this.decoder.decodeSpans({ ...this.span, bytes: spans.bytes }, this.row);
    const refusal = this.decoder.refusal({ ...this.span, bytes: spans.bytes }, this.row, 0, this.place);
    if (refusal !== undefined) throw refuseLoad(refusal);
  }

  has(field: Field): boolean {
    return this.slots.has(field);
  }

  text(field: Field): string {
    const value = readSlot(this.row, 0, this.slots.get(field)!);
    return typeof value === 'string' ? value : String(value);
  }

  /** The field's number at `scale`; refuses the load when digits would be lost or it does not fit an int64. */
  number(field: Field, scale: number): bigint {
    const value = this.scaled(field, scale);
    if (BigInt.asIntN(64, value) !== value) this.refuse(field, 'overflow');
    return value;
  }

  /** The field's number at `scale`, however large. */
  scaled(field: Field, scale: number): bigint {
    const slot = this.slots.get(field)!;
    const value = readSlot(this.row, 0, slot);
    if (typeof value !== 'bigint') return this.refuse(field, 'badType');
    if (slot.scale <= scale) return value * 10n ** BigInt(scale - slot.scale);
    const divisor = 10n ** BigInt(slot.scale - scale);
    if (value % divisor !== 0n) this.refuse(field, 'scaleLoss');
    return value / divisor;
  }

  /** Refuses the load because of this field of the record read last. */
  refuse(field: Field, code: StatusName, why: string = STATUS[code].text): never {
    const { item } = this.slots.get(field)!;
    const offset = this.place.fileOffset + this.span.starts[0]! + item.offset;
    const start = this.span.starts[0]! + item.offset;
    const refusal: Refusal = {
      record: this.place.record,
      offset,
      field: item.name,
      picture: item.picture,
      code,
      message: `record ${this.place.record}, ${item.name} at offset ${offset}: ${why}`,
      hex: Buffer.from(this.bytes.subarray(start, start + Math.min(item.size, 16))).toString('hex'),
    };
    throw refuseLoad(refusal);
  }
}
