/** Types a fixed row may hold. `text` is one length byte and then bytes; `bytes` has no length; `i128` is low word first. */
export type RowType = 'u8' | 'u16' | 'u32' | 'u64' | 'i64' | 'i128' | `text${number}` | `bytes${number}`;

/** One field of a row; offset and size in bytes. */
export interface RowField {
  readonly name: string;
  readonly type: RowType;
  readonly offset: number;
  readonly size: number;
}

/** A fixed row: fields at fixed little-endian offsets, each aligned to its own width, the whole a multiple of 8 bytes. */
export interface RowLayout<Name extends string> {
  readonly name: string;
  readonly sizeBytes: number;
  readonly fields: readonly RowField[];
  readonly offset: Readonly<Record<Name, number>>;
}

const WIDTH: Readonly<Record<string, number>> = { u8: 1, u16: 2, u32: 4, u64: 8, i64: 8, i128: 16 };

function widthOf(type: RowType): { size: number; align: number } {
  const bytes = /^(?:text|bytes)(\d+)$/.exec(type);
  if (bytes !== null) return { size: Number(bytes[1]), align: 1 };
  const size = WIDTH[type];
  if (size === undefined) throw new TypeError(`unknown row type ${type}`);
  return { size, align: Math.min(size, 8) };
}

/**
 * Lays the fields out in the order given. The same table makes the C++ header (`npm run generate`), so both languages
 * read one drawing. Throws TypeError when a field would need padding: the order of fields is chosen, never repaired.
 */
export function defineRow<const Fields extends Readonly<Record<string, RowType>>>(
  name: string,
  types: Fields,
): RowLayout<Extract<keyof Fields, string>> {
  const fields: RowField[] = [];
  let offset = 0;
  for (const [field, type] of Object.entries(types)) {
    const { size, align } = widthOf(type);
    if (offset % align !== 0)
      throw new TypeError(`${name}.${field} would start at ${offset}, not a multiple of ${align}`);
    fields.push({ name: field, type, offset, size });
    offset += size;
  }
  if (offset % 8 !== 0) throw new TypeError(`${name} is ${offset} bytes, not a multiple of 8`);
  const offsets = Object.fromEntries(fields.map(field => [field.name, field.offset]));
  return { name, sizeBytes: offset, fields, offset: offsets as Record<Extract<keyof Fields, string>, number> };
}
