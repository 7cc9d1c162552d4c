import { ConfigError } from '../../model/index.js';
import { codePage, type Layout, type LayoutItem, type Leaf } from '../record/index.js';

/**
 * One column of a fixed-width table. `text` is padded with spaces on the right; `number` is digits with leading zeros, with
 * `signed` the sign stands in a leading byte of its own (`+` or `-`). `scale` is the number of decimals implied.
 */
export interface FixedWidthField {
  readonly name: string;
  readonly type: 'text' | 'number';
  readonly width: number;
  readonly scale?: number;
  readonly signed?: boolean;
}

/** A fixed-width table: fields one after another. A field named FILLER is skipped. A line ending is a FILLER of its width. */
export interface FixedWidthTable {
  readonly name: string;
  readonly codePage?: string; // 'ascii' when left out
  readonly fields: readonly FixedWidthField[];
}

const NUMBER_WIDTH_MAX = 38;

/** The layout of a fixed-width table, for `createDecoder`. Throws ConfigError naming the field that cannot be. */
export function compileFixedWidth(table: FixedWidthTable): Layout {
  const page = codePage(table.codePage ?? 'ascii');
  if (table.fields.length === 0) throw new ConfigError('HR_FIXED_WIDTH', `${table.name} has no fields`);
  const items: LayoutItem[] = [];
  let offset = 0;
  const seen = new Set<string>();
  for (const field of table.fields) {
    const item = makeItem(table, field, offset, items.length + 1);
    if (!item.filler && seen.has(field.name)) refuse(table, field, 'stands twice');
    seen.add(field.name);
    items.push(item);
    offset += field.width;
  }
  const root: LayoutItem = {
    index: 0,
    name: table.name,
    filler: false,
    level: 1,
    picture: '',
    usage: 'DISPLAY',
    offset: 0,
    size: offset,
    children: items,
  };
  return {
    name: table.name,
    sizeBytes: offset,
    root,
    items: [root, ...items],
    conditions: [],
    renames: [],
    codePage: page,
    sign: 'gnucobol',
    signNibbles: 'all',
  };
}

function refuse(table: FixedWidthTable, field: FixedWidthField, reason: string): never {
  throw new ConfigError('HR_FIXED_WIDTH', `${table.name}.${field.name} ${reason}`);
}

function makeItem(table: FixedWidthTable, field: FixedWidthField, offset: number, index: number): LayoutItem {
  if (!Number.isInteger(field.width) || field.width < 1)
    refuse(table, field, `has width ${field.width}, not 1 or more`);
  const leaf: Leaf =
    field.type === 'text'
      ? { kind: 'text', charset: 'page', justified: false, blankWhenZero: false }
      : numberLeaf(table, field);
  return {
    index,
    name: field.name,
    filler: field.name.toUpperCase() === 'FILLER',
    level: 5,
    picture: pictureOf(field),
    usage: 'DISPLAY',
    offset,
    size: field.width,
    leaf,
    children: [],
  };
}

function numberLeaf(table: FixedWidthTable, field: FixedWidthField): Leaf {
  const signed = field.signed ?? false;
  const digits = field.width - (signed ? 1 : 0);
  const scale = field.scale ?? 0;
  if (digits < 1 || digits > NUMBER_WIDTH_MAX)
    refuse(table, field, `has ${digits} digits, not 1 to ${NUMBER_WIDTH_MAX}`);
  if (!Number.isInteger(scale) || scale < 0 || scale > digits)
    refuse(table, field, `has scale ${scale}, not 0 to ${digits}`);
  return {
    kind: 'display',
    digits,
    scale,
    sign: signed ? 'leading-separate' : 'none',
    blankWhenZero: false,
    national: false,
  };
}

function pictureOf(field: FixedWidthField): string {
  if (field.type === 'text') return `X(${field.width})`;
  const [signed, scale] = [field.signed ?? false, field.scale ?? 0];
  const whole = field.width - (signed ? 1 : 0) - scale;
  return `${signed ? 'S' : ''}${whole > 0 ? `9(${whole})` : ''}${scale > 0 ? `V9(${scale})` : ''}`;
}
