import { RecordLister, type FilePlace, type Layout, type Refusal } from '../../codec/index.js';
import type { Batch } from './batches.js';

const HEX_BYTES_MAX = 16;
const COLUMNS = ['field', 'offset', 'hex', 'value'] as const;

/** Prints each record of a batch as a table of field, offset, hex and value; returns the refusals of bad ones. */
export function printTables(layout: Layout, batch: Batch, exactLength: boolean): { text: string; refusals: Refusal[] } {
  const lister = new RecordLister(layout, exactLength);
  const refusals: Refusal[] = [];
  let text = '';
  for (let index = 0; index < batch.framing.count; index++) {
    const listed = lister.list(batch, index);
    if ('code' in listed) refusals.push(listed);
    else text += recordTable(batch, index, listed);
  }
  return { text, refusals };
}

function recordTable(
  { bytes, framing, first }: { bytes: Uint8Array; framing: Batch['framing']; first: FilePlace },
  index: number,
  fields: readonly { label: string; offset: number; size: number; text: string }[],
): string {
  const start = framing.starts[index]!;
  const rows = fields.map(({ label, offset, size, text }) => {
    const shown = Buffer.from(bytes.subarray(start + offset, start + offset + Math.min(size, HEX_BYTES_MAX)));
    const hex = shown.toString('hex') + (size > HEX_BYTES_MAX ? '…' : '');
    return [label, String(first.fileOffset + start + offset), hex, text] as const;
  });
  const widths = COLUMNS.map((name, column) => Math.max(name.length, ...rows.map(row => row[column]!.length)));
  const line = (cells: readonly string[]): string =>
    cells
      .map((cell, column) => (column === 1 ? cell.padStart(widths[column]!) : cell.padEnd(widths[column]!)))
      .join('  ')
      .trimEnd();
  return `record ${first.record + index}\n${[line(COLUMNS), ...rows.map(line)].join('\n')}\n\n`;
}
