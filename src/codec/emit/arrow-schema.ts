import { columnsOf, type Column, type ColumnOptions } from '../columns/index.js';
import type { Layout } from '../record/index.js';
import { jsonText } from './json-text.js';

/**
 * The Arrow schema of a record in Arrow's JSON form (format/Integration.rst, "JSON test data format"): decimals are decimal128 with
 * the picture's scale, tables lists, groups structs.
 */
export function arrowSchemaOf(layout: Layout, options: ColumnOptions): string {
  return `${jsonText({ schema: { fields: columnsOf(layout, options).map(fieldOf) }, batches: [] })}\n`;
}

function fieldOf(column: Column): unknown {
  const { name, nullable, children } = column;
  return { name, nullable, type: typeOf(column), children: children.map(fieldOf) };
}

function typeOf({ kind, precision, scale, bits }: Column): unknown {
  switch (kind) {
    case 'int':
      return { name: 'int', bitWidth: bits, isSigned: true };
    case 'decimal':
      return { name: 'decimal', precision, scale, bitWidth: 128 };
    case 'float32':
      return { name: 'floatingpoint', precision: 'SINGLE' };
    case 'float64':
      return { name: 'floatingpoint', precision: 'DOUBLE' };
    default:
      return { name: kind };
  }
}
