import { DecodeError, STATUS, statusName, type StatusName } from '../../model/index.js';
import { decimalText } from './decimal-text.js';
import type { FieldValue, RecordCodec } from './record-codec.js';

/** Why a field of a record is refused. `offset` is its place in the record. */
export interface FieldRefusal {
  readonly field: string;
  readonly picture: string;
  readonly offset: number;
  readonly code: StatusName;
  readonly message: string;
}

const REFUSED = new Error('a view of a REDEFINES does not decode');
const NO_BYTES = new Uint8Array(0);

/**
 * What generated records are made on: a place in bytes, moved from record to record, and the fields read from there when they are
 * asked for. Its own members begin with $, which no COBOL name has. A class, since one object with its fields' accessors is what
 * engines compile best.
 */
export abstract class RecordView {
  $bytes: Uint8Array = NO_BYTES;
  $start = 0;
  $end = 0;
  private $quiet = 0; // views that are being tried
  private $told: FieldRefusal[] | undefined;

  protected constructor(protected readonly $codec: RecordCodec) {}

  /** Moves to the record at `start`. It ends at `end`, or after its size; one of varying length then where the bytes do. */
  $at(bytes: Uint8Array, start = 0, end = this.$defaultEnd(bytes, start)): this {
    if (!(start >= 0 && end - start >= this.$codec.spec.sizeMin && end <= bytes.length)) this.$tooShort(start, end);
    this.$bytes = bytes;
    this.$start = start;
    this.$end = end;
    return this;
  }

  private $defaultEnd(bytes: Uint8Array, start: number): number {
    const { sizeBytes, sizeMin } = this.$codec.spec;
    return sizeBytes === sizeMin ? start + sizeBytes : Math.min(bytes.length, start + sizeBytes);
  }

  private $tooShort(start: number, end: number): never {
    const { name, sizeMin } = this.$codec.spec;
    throw new DecodeError('HR_RECORD', `${name} has at least ${sizeMin} bytes; ${end - start} are there at ${start}`);
  }

  /** The record's bytes in the buffer that it lies in. */
  get $record(): Uint8Array {
    return this.$bytes.subarray(this.$start, this.$start + this.$length);
  }

  /** Bytes of the record: fewer than its size where tables with DEPENDING ON are not full. */
  get $length(): number {
    return this.$codec.spec.sizeBytes - this.$shift();
  }

  /** Bytes that tables with DEPENDING ON leave out. */
  protected $shift(): number {
    return 0;
  }

  /** All values, as decode writes them; decimals and what exceeds 15 digits as text. Throws DecodeError for the first that is refused. */
  $object(): object {
    const value = this.$value();
    this.$checkEnd();
    return value;
  }

  /** The object of all values; generated. */
  protected abstract $value(): object;

  /** Why fields are refused, in the copybook's order; empty when decode takes the record. */
  $refusals(): readonly FieldRefusal[] {
    this.$told = [];
    try {
      this.$value();
      this.$checkEnd();
    } catch (error) {
      if (error !== REFUSED) throw error;
    }
    const told = this.$told;
    this.$told = undefined;
    return told;
  }

  private $checkEnd(): void {
    const used = this.$length;
    if (used < this.$end - this.$start) this.$refuseAs(this.$codec.spec.name, '', 0, STATUS.badRecordLength.code);
    if (used > this.$end - this.$start) this.$refuseAs(this.$codec.spec.name, '', 0, STATUS.shortRecord.code);
  }

  /** Refuses a field: throws, or remembers it while refusals are gathered. */
  protected $refuse(field: number, at: number, status: number): void {
    const [name, picture] = this.$codec.spec.fields[field]!;
    this.$refuseAs(name, picture, at - this.$start, status);
  }

  /** The same of a group or table, by its name. */
  protected $refuseAs(field: string, picture: string, offset: number, status: number): void {
    if (this.$quiet > 0) throw REFUSED;
    const code = statusName(status);
    const message = `${field} at offset ${offset}: ${STATUS[code].text}`;
    const refusal = { field, picture, offset, code, message };
    if (this.$told !== undefined) this.$told.push(refusal);
    else throw new DecodeError('HR_FIELD', `${this.$codec.spec.name}, ${message}`, { details: refusal });
  }

  /** A view of a REDEFINES: undefined when it does not decode. */
  protected $try<Value>(read: () => Value): Value | undefined {
    this.$quiet++;
    try {
      return read();
    } catch (error) {
      if (error !== REFUSED) throw error;
      return undefined;
    } finally {
      this.$quiet--;
    }
  }

  /** Refuses a REDEFINES of which no view decodes. */
  protected $noView(field: string, picture: string, offset: number): void {
    this.$refuseAs(field, picture, offset, STATUS.noView.code);
  }

  /** Refuses a field that ends behind the record. */
  protected $room(field: number, at: number, size: number): boolean {
    if (at + size <= this.$end) return true;
    this.$refuse(field, at, STATUS.shortRecord.code);
    return false;
  }

  /** Text of any charset, trimmed as the layout says. */
  protected $text(field: number, at: number): string {
    const text = this.$codec.text(field, this.$bytes, at);
    if (text === undefined) this.$refuse(field, at, this.$codec.status);
    return text ?? '';
  }

  /** Text of single bytes without its trailing spaces. */
  protected $plainText(field: number, at: number, size: number): string {
    return this.$codec.latin1Text(this.$bytes, at, size) ?? this.$text(field, at);
  }

  /** A number that the generated expression did not take: a filling, or refused. */
  protected $units(field: number, at: number): bigint | null {
    const units = this.$codec.units(field, this.$bytes, at);
    if (units === undefined) this.$refuse(field, at, this.$codec.status);
    return units === undefined ? 0n : units;
  }

  /** The exact text of such a number. */
  protected $decimal(field: number, at: number, scale: number): string | null {
    const units = this.$units(field, at);
    return units === null ? null : decimalText(units, scale);
  }

  /** A COMP-1 or COMP-2; null where its bytes are a filling that stands for it. */
  protected $float(field: number, at: number): number | null {
    const value = this.$codec.float(field, this.$bytes, at);
    if (value === undefined) this.$refuse(field, at, this.$codec.status);
    return value === undefined ? 0 : value;
  }

  /** Throws DecodeError with the field's name for a value that does not fit. */
  protected $put(field: number, at: number, value: FieldValue): void {
    const isInside = at + this.$codec.spec.fields[field]![4] <= this.$end;
    const status = isInside ? this.$codec.write(field, value, this.$bytes, at) : STATUS.shortRecord.code;
    if (status !== STATUS.ok.code) this.$refuse(field, at, status);
  }

  /** Throws RangeError for an occurrence that is not there; they count from 0. */
  protected $index(index: number, count: number, table: string): void {
    if (!(index >= 0 && index < count && Number.isInteger(index)))
      throw new RangeError(`${table} has ${count} occurrences, from 0; there is no ${index}`);
  }

  /** The count of a table with DEPENDING ON. */
  protected $count(count: number | bigint | null, bounds: readonly [min: number, max: number], table: string): number {
    const found = count === null ? -1 : Number(count);
    if (found >= bounds[0] && found <= bounds[1]) return found;
    this.$refuseAs(table, '', 0, STATUS.badCount.code);
    throw REFUSED; // what follows cannot be found
  }
}
