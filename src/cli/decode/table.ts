import type { ListedField, RecordBatch } from '../../codec/index.js';

const HEX_BYTES_MAX = 16;
const COLUMNS = ['field', 'offset', 'hex', 'value'] as const;

/** One record as a table of field, offset in the file, hex and value. */
export function recordTable({ framing, first }: RecordBatch, index: number, fields: readonly ListedField[]): string {
  const start = framing.starts[index]!;
  const origin = first.fileOffset + framing.origins[index]!;
  const rows = fields.map(({ label, offset, size, text }) => {
    const shown = framing.bytes.subarray(start + offset, start + offset + Math.min(size, HEX_BYTES_MAX));
    const hex = Buffer.from(shown).toString('hex') + (size > HEX_BYTES_MAX ? '…' : '');
    return [label, String(origin + offset), hex, text] as const;
  });
  const widths = COLUMNS.map((name, column) => Math.max(name.length, ...rows.map(row => row[column]!.length)));
  const line = (cells: readonly string[]): string =>
    cells
      .map((cell, column) => (column === 1 ? cell.padStart(widths[column]!) : cell.padEnd(widths[column]!)))
      .join('  ')
      .trimEnd();
  return `record ${first.record + index}\n${[line(COLUMNS), ...rows.map(line)].join('\n')}\n\n`;
}
