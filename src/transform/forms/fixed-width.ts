import { ConfigError, type DataRecord, type DataValue } from '../../model/index.js';
import { BadRecord, type DataForm, type FormSchema } from '../form.js';
import { CellProblem, readCell, writeCell } from './cell.js';
import { readError, writeError, type FormPlace } from './form-error.js';
import { gather, RECORD_SIZE_MAX, textOf, TextPieces } from './form-text.js';
import { fixedColumns, impliedDecimal, padded, unpadded, type FixedColumn } from './fixed-columns.js';
import { setAt, valueAt } from './line-record.js';

/** Whether records are lines, or follow each other without anything between. */
type Ends = 'lines' | 'none';

interface FixedTable {
  readonly columns: readonly FixedColumn[];
  readonly width: number;
  readonly ends: Ends | undefined;
  readonly newline: string;
}

function tableOf(schema: FormSchema | undefined): FixedTable {
  const columns = fixedColumns(schema);
  const { recordLength, lines, newline = '\n' } = schema?.options ?? {};
  const end = columns.at(-1)!.end;
  const width = recordLength ?? end;
  if (typeof width !== 'number' || !Number.isInteger(width) || width < end)
    throw new ConfigError('HR_SCHEMA', `fixed_width: recordLength is ${String(width)}, but the columns end at ${end}`);
  if (newline !== '\n' && newline !== '\r\n')
    throw new ConfigError('HR_SCHEMA', 'fixed_width: newline is "\\n" or "\\r\\n"');
  return {
    columns,
    width,
    newline,
    ...(lines === undefined ? { ends: undefined } : { ends: lines === false ? 'none' : 'lines' }),
  };
}

/** Reads lines, or records of one width, from text that comes in pieces. */
class FixedReader {
  private readonly table: FixedTable;
  private ends: Ends | undefined;
  private held = '';
  private records = 0;

  constructor(schema: FormSchema | undefined) {
    this.table = tableOf(schema);
    this.ends = this.table.ends;
  }

  *take(text: string, ended: boolean): Generator<DataRecord | BadRecord> {
    this.held += text;
    this.ends ??= this.guess(ended);
    if (this.ends === undefined) return;
    yield* this.ends === 'lines' ? this.lines(ended) : this.blocks(ended);
  }

  /** Where nothing says whether there are lines: there are when one ends in the first two records' width. */
  private guess(ended: boolean): Ends | undefined {
    const { held, table } = this;
    const reach = 2 * table.width + 2;
    if (held.slice(0, reach).includes('\n') || (ended && held.length <= table.width)) return 'lines';
    return held.length < reach && !ended ? undefined : 'none';
  }

  private *lines(ended: boolean): Generator<DataRecord | BadRecord> {
    let from = 0;
    for (let end = this.held.indexOf('\n'); end >= 0; end = this.held.indexOf('\n', from)) {
      yield* this.line(this.held.slice(from, end));
      from = end + 1;
    }
    this.held = this.held.slice(from);
    if (this.held.length > RECORD_SIZE_MAX)
      throw readError(
        { form: 'fixed_width', record: this.records + 1 },
        `the line is longer than ${RECORD_SIZE_MAX} characters`,
      );
    if (!ended) return;
    yield* this.line(this.held);
    this.held = '';
  }

  private *line(text: string): Generator<DataRecord | BadRecord> {
    const line = text.endsWith('\r') ? text.slice(0, -1) : text;
    if (line === '') return;
    yield this.record(line);
  }

  private *blocks(ended: boolean): Generator<DataRecord | BadRecord> {
    const { width } = this.table;
    let from = 0;
    for (; from + width <= this.held.length; from += width) yield this.record(this.held.slice(from, from + width));
    this.held = this.held.slice(from);
    if (ended && this.held.trim() !== '') yield this.record(this.held);
  }

  /** A line may end before its columns do only in spaces. */
  private record(line: string): DataRecord | BadRecord {
    const place = {
      form: 'fixed_width',
      record: ++this.records,
      line: this.ends === 'lines' ? this.records : undefined,
    };
    const { columns, width } = this.table;
    if (line.length > width && line.slice(width).trim() !== '')
      return new BadRecord(readError(place, `it has ${line.length} characters, not ${width}`), line);
    const record: Record<string, DataValue> = {};
    for (const column of columns) {
      const value = readColumn(line, column);
      if (value instanceof CellProblem) return this.bad(column, value, place, line);
      if (column.field?.name.toUpperCase() !== 'FILLER') setAt(record, column.path, value);
    }
    return record;
  }

  private bad(column: FixedColumn, { message }: CellProblem, place: FormPlace, line: string): BadRecord {
    const value = line.slice(column.start, column.end);
    const error = readError(
      { ...place, field: column.name, value },
      `${JSON.stringify(value.slice(0, 40))} ${message}`,
    );
    return new BadRecord(error, line);
  }
}

function readColumn(line: string, column: FixedColumn): DataValue | CellProblem {
  const text = unpadded(line, column);
  if (column.start >= line.length && column.type !== 'string')
    return new CellProblem('is missing: the line ends before it');
  const implied = column.isImplied ? impliedDecimal(text, column.scale!) : undefined;
  return implied ?? readCell(text, column);
}

class FixedWriter {
  private readonly table: FixedTable;
  private records = 0;

  constructor(schema: FormSchema | undefined) {
    this.table = tableOf(schema);
  }

  record(record: DataRecord): string {
    const { columns, width, ends, newline } = this.table;
    this.records++;
    let line = '';
    for (const column of columns) line = line.padEnd(column.start) + this.cell(record, column);
    return line.padEnd(width) + (ends === 'none' ? '' : newline);
  }

  private cell(record: DataRecord, column: FixedColumn): string {
    const value = valueAt(record, column.path);
    const text = writeCell(value, column);
    const fitted = text instanceof CellProblem ? text : padded(text, column);
    if (!(fitted instanceof CellProblem)) return fitted;
    const place = { form: 'fixed_width', record: this.records, field: column.name, value };
    throw writeError(place, `the value ${fitted.message}`);
  }
}

async function* texts(records: AsyncIterable<DataRecord>, schema: FormSchema | undefined): AsyncIterable<string> {
  const writer = new FixedWriter(schema);
  for await (const record of records) yield writer.record(record);
}

/** Lines whose values stand at fixed places. */
export const fixedWidth: DataForm = {
  name: 'fixed_width',
  words: ['recordLength', 'lines', 'newline'],
  *read(data, schema) {
    if (typeof data !== 'string' && !(data instanceof Uint8Array))
      throw new ConfigError('HR_SCHEMA', 'fixed_width reads text or bytes, not an object');
    yield* new FixedReader(schema).take(textOf('fixed_width', data), true);
  },
  async *readStream(chunks, schema) {
    const reader = new FixedReader(schema);
    const pieces = new TextPieces('fixed_width');
    for await (const chunk of chunks) yield* reader.take(pieces.take(chunk), false);
    yield* reader.take(pieces.end(), true);
  },
  write(records, schema) {
    const writer = new FixedWriter(schema);
    return Array.from(records, record => writer.record(record)).join('');
  },
  writeStream: (records, schema) => gather(texts(records, schema)),
};
