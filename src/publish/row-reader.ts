import { DECIMAL_SCALE, formatDecimal, type RowLayout } from '../model/index.js';

/** Reads the fields of one fixed row inside a frame's payload. */
export class RowReader<Name extends string> {
  readonly #layout: RowLayout<Name>;
  readonly #view: DataView;
  readonly #offset: number;

  constructor(layout: RowLayout<Name>, payload: Uint8Array, offset = 0) {
    this.#layout = layout;
    this.#view = new DataView(payload.buffer, payload.byteOffset, payload.byteLength);
    this.#offset = offset;
  }

  u8(name: Name): number {
    return this.#view.getUint8(this.#at(name));
  }

  u32(name: Name): number {
    return this.#view.getUint32(this.#at(name), true);
  }

  u64(name: Name): bigint {
    return this.#view.getBigUint64(this.#at(name), true);
  }

  /** An int64 at 10^-8 as plain decimal text. */
  decimal(name: Name): string {
    return formatDecimal(this.#view.getBigInt64(this.#at(name), true), DECIMAL_SCALE);
  }

  /** A single-character FIX field, or undefined when it is absent. */
  character(name: Name): string | undefined {
    const code = this.u8(name);
    return code === 0 ? undefined : String.fromCharCode(code);
  }

  /** A length-prefixed text, or undefined when it is empty. */
  text(name: Name): string | undefined {
    const at = this.#at(name);
    const size = this.#view.getUint8(at);
    const { buffer, byteOffset } = this.#view;
    return size === 0 ? undefined : Buffer.from(buffer, byteOffset + at + 1, size).toString('latin1');
  }

  #at(name: Name): number {
    return this.#offset + this.#layout.offset[name];
  }
}

/** UTC nanoseconds as ISO 8601 text with nine decimals. */
export function isoTime(timeNs: bigint): string {
  const fraction = (timeNs % 1_000_000_000n).toString().padStart(9, '0');
  return `${new Date(Number(timeNs / 1_000_000n)).toISOString().slice(0, 19)}.${fraction}Z`;
}
