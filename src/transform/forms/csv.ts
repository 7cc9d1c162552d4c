import { CsvError, parse, type Options, type Parser } from 'csv-parse';
import { parse as parseSync } from 'csv-parse/sync';
import { stringify } from 'csv-stringify/sync';

import { ConfigError, type DataRecord } from '../../model/index.js';
import { BadRecord, type DataForm, type FormSchema } from '../form.js';
import { columnsOf, type Column } from './column.js';
import { CSV_WORDS, csvDialect, givenHeaders, type CsvDialect } from './csv-dialect.js';
import { readError, writeError } from './form-error.js';
import { gather, RECORD_SIZE_MAX, textOf, TextPieces } from './form-text.js';
import { cellText, columnsOfRecord, lineRecord } from './line-record.js';

/** What csv-parse gives of a line with `info` and `raw`. */
interface CsvLine {
  readonly record: readonly string[];
  readonly info: { readonly lines: number };
  readonly raw: string;
}

function parseOptions({ delimiter, quote, escape, comment }: CsvDialect): Options {
  return {
    delimiter,
    quote,
    escape,
    comment: comment === '' ? null : comment,
    comment_no_infix: true,
    info: true,
    raw: true,
    relax_column_count: true, // a line of another length is a bad record, not the end of the file
    max_record_size: RECORD_SIZE_MAX,
  };
}

/** Whether a line is empty, without so much as quotes; `raw` has the lines of comments before it too. */
function isEmpty({ record, raw }: CsvLine): boolean {
  return record.length === 1 && record[0] === '' && /(?:^|[\r\n])[\r\n]$/.test(raw);
}

/** Takes lines to records: the first may have the names, the others have as many values. */
class CsvReader {
  readonly dialect: CsvDialect;
  private columns: readonly Column[] | undefined;
  private readonly known: ReadonlyMap<string, Column>;
  private skipsFirst: boolean;
  private count = 0;

  constructor(schema: FormSchema | undefined) {
    this.dialect = csvDialect(schema);
    const columns = columnsOf(schema);
    this.known = new Map(columns.map(column => [column.name, column]));
    const headers = givenHeaders(schema);
    if (headers !== undefined) this.columns = this.named(headers);
    else if (!this.dialect.header) this.columns = columns;
    if (this.columns?.length === 0)
      throw new ConfigError(
        'HR_SCHEMA',
        'csv: without a header line the schema names the columns, by fields, JSON Schema or headers',
      );
    this.skipsFirst = headers !== undefined && schema?.options['header'] === true;
  }

  *records(lines: readonly CsvLine[]): Generator<DataRecord | BadRecord> {
    for (const line of lines) {
      const record = this.record(line);
      if (record !== undefined) yield record;
    }
  }

  private record(line: CsvLine): DataRecord | BadRecord | undefined {
    const { record, info, raw } = line;
    // Where there is one column an empty line is a record, whose value is empty; elsewhere, and before the names, it is none.
    if ((this.columns?.length !== 1 || this.skipsFirst) && isEmpty(line)) return undefined;
    if (this.columns === undefined) {
      this.columns = this.named(record);
      return undefined;
    }
    if (this.skipsFirst) {
      this.skipsFirst = false;
      return undefined;
    }
    const place = { form: 'csv', record: ++this.count, line: info.lines };
    if (record.length === this.columns.length) return lineRecord(this.columns, record, place, raw);
    return new BadRecord(readError(place, `it has ${record.length} values, not ${this.columns.length}`), raw);
  }

  /** The columns of a header: those of the schema by their names, the others text. */
  private named(names: readonly string[]): readonly Column[] {
    const place = { form: 'csv', record: 0, line: 1 };
    const seen = new Set<string>();
    for (const name of names) {
      if (seen.has(name)) throw readError({ ...place, field: name }, 'the header has the name twice');
      if (name === '__proto__') throw readError({ ...place, field: name }, 'no member can have the name __proto__');
      seen.add(name);
    }
    for (const { name, field } of this.known.values())
      if (field !== undefined && field['required'] !== false && !seen.has(name))
        throw readError(
          { ...place, field: name },
          `the header has no such name; it has ${[...seen].join(', ').slice(0, 200)}`,
        );
    return names.map(name => this.known.get(name) ?? { name, path: [name], type: 'string' });
  }

  /** An error of csv-parse with its place: nothing behind it can be read. */
  failure(error: unknown): Error {
    if (!(error instanceof CsvError)) return error as Error;
    const { lines } = error as unknown as { lines?: number };
    return readError({ form: 'csv', record: this.count + 1, line: lines }, error.message);
  }
}

function* readText(text: string, schema: FormSchema | undefined): Generator<DataRecord | BadRecord> {
  const reader = new CsvReader(schema);
  const lines: CsvLine[] = [];
  let failure: unknown;
  try {
    const ends = lineEndsOf(text, reader.dialect.quote, true);
    parseSync(text, { ...gathering(reader.dialect, lines), record_delimiter: ends! });
  } catch (error) {
    failure = error;
  }
  yield* reader.records(lines);
  if (failure !== undefined) throw reader.failure(failure);
}

/** Lines go to a list and not to the parser's queue, which drops them at an error behind them. */
function gathering(dialect: CsvDialect, lines: CsvLine[]): Options {
  return {
    ...parseOptions(dialect),
    on_record: line => {
      lines.push(line as unknown as CsvLine);
      return null;
    },
  };
}

async function* readChunks(
  chunks: AsyncIterable<Uint8Array>,
  schema: FormSchema | undefined,
): AsyncIterable<DataRecord | BadRecord> {
  const reader = new CsvReader(schema);
  const pieces = new TextPieces('csv');
  const lines: CsvLine[] = [];
  const parser = new LineParser(gathering(reader.dialect, lines), reader.dialect.quote);
  for await (const chunk of chunks) {
    const failure = await parser.write(pieces.take(chunk));
    yield* reader.records(lines.splice(0));
    if (failure !== undefined) throw reader.failure(failure);
  }
  const failure = await parser.end(pieces.end());
  yield* reader.records(lines.splice(0));
  if (failure !== undefined) throw reader.failure(failure);
}

/**
 * What ends lines: CR where the first ends in it alone, else LF and CR LF, mixed as files put together have them; csv-parse would take the
 * end of the first line for all. Undefined while that is not there yet.
 */
function lineEndsOf(text: string, quote: string, isLast: boolean): string[] | undefined {
  let isQuoted = false;
  for (let at = 0; at < text.length; at++) {
    if (text[at] === quote) isQuoted = !isQuoted;
    if (isQuoted || (text[at] !== '\r' && text[at] !== '\n')) continue;
    if (text[at] === '\r' && at + 1 === text.length && !isLast) return undefined;
    return text[at] === '\r' && text[at + 1] !== '\n' ? ['\r'] : ['\r\n', '\n'];
  }
  return isLast ? ['\r\n', '\n'] : undefined;
}

/** So many characters are looked at for the first line end: each piece of a longer line would be looked at again with the next. */
const FIRST_LINE_MAX = 1 << 20;

/** csv-parse, piece by piece: each call is done when its text is parsed, but for what comes before the first line end. */
class LineParser {
  private parser: Parser | undefined;
  private held = '';
  private failure: Error | undefined;

  constructor(
    private readonly options: Options,
    private readonly quote: string,
  ) {}

  async write(text: string): Promise<Error | undefined> {
    const piece = this.pieceOf(text, this.held.length + text.length > FIRST_LINE_MAX);
    const { parser } = this;
    if (parser === undefined) return undefined;
    return new Promise(resolve => parser.write(piece, error => resolve(error ?? this.failure)));
  }

  async end(text: string): Promise<Error | undefined> {
    const piece = this.pieceOf(text, true);
    return new Promise(resolve => {
      this.parser!.once('error', resolve).once('end', () => resolve(this.failure));
      this.parser!.end(piece);
    });
  }

  /** The text to be parsed now; the parser is there once it is known what ends lines. */
  private pieceOf(text: string, isLast: boolean): string {
    if (this.parser !== undefined) return text;
    const first = this.held + text;
    const ends = lineEndsOf(first, this.quote, isLast);
    this.held = ends === undefined ? first : '';
    if (ends === undefined) return '';
    this.parser = parse({ ...this.options, record_delimiter: ends });
    this.parser.on('error', error => (this.failure = error));
    this.parser.resume();
    return first;
  }
}

/** What a spreadsheet takes for a formula, as OWASP's "CSV injection" lists it. */
const FORMULA = /^[=+\-@\t\r]/;
const SIGNED_NUMBER = /^[+-]?\d+(?:\.\d+)?$/;

/** Takes records to lines; the first record says the columns where no schema does. */
class CsvWriter {
  private readonly dialect: CsvDialect;
  private columns: readonly Column[];
  private names: ReadonlySet<string> | undefined;
  private records = 0;

  constructor(schema: FormSchema | undefined) {
    this.dialect = csvDialect(schema);
    const columns = columnsOf(schema);
    const headers = givenHeaders(schema);
    const known = new Map(columns.map(column => [column.name, column]));
    this.columns =
      headers?.map(name => known.get(name) ?? { name, path: name.split('.'), type: 'string', isGuessed: true }) ??
      columns;
  }

  /** Without a schema the columns are those of these records: a member that only a later one has is a column too. */
  prepare(records: readonly DataRecord[]): void {
    if (this.columns.length > 0) return;
    const found = new Map(records.flatMap(columnsOfRecord).map(column => [column.name, column]));
    this.columns = [...found.values()];
    this.names = new Set(found.keys());
  }

  header(): string {
    if (!this.dialect.header || this.columns.length === 0) return '';
    return this.line(this.columns.map(({ name }) => name));
  }

  record(record: DataRecord): string {
    const place = { form: 'csv', record: ++this.records };
    if (this.names !== undefined) this.checkNames(record, this.names);
    return this.line(this.columns.map(column => this.safe(cellText(record, column, place))));
  }

  private checkNames(record: DataRecord, names: ReadonlySet<string>): void {
    for (const { name } of columnsOfRecord(record))
      if (!names.has(name))
        throw writeError(
          { form: 'csv', record: this.records, field: name },
          'the records before have no such column; name the columns by a schema',
        );
  }

  /** A number is no formula, though it begins with a sign: csv-stringify's own escape_formulas would change it. */
  private safe(text: string): string {
    return this.dialect.escapeFormulas && FORMULA.test(text) && !SIGNED_NUMBER.test(text) ? `'${text}` : text;
  }

  private line(values: readonly string[]): string {
    const { delimiter, quote, escape, newline, quoted } = this.dialect;
    return stringify([values as string[]], {
      delimiter,
      quote,
      escape,
      record_delimiter: newline,
      quoted,
      quoted_empty: quoted || values.length === 1, // many readers pass over an empty line
    });
  }
}

/** So many records are looked at for the columns of a stream without a schema. */
const COLUMNS_RECORDS_MAX = 1000;

async function* texts(records: AsyncIterable<DataRecord>, schema: FormSchema | undefined): AsyncIterable<string> {
  const writer = new CsvWriter(schema);
  let first: DataRecord[] | undefined = [];
  const flush = function* (waiting: readonly DataRecord[]): Iterable<string> {
    writer.prepare(waiting);
    yield writer.header();
    for (const record of waiting) yield writer.record(record);
  };
  for await (const record of records) {
    if (first === undefined) yield writer.record(record);
    else if (first.push(record) === COLUMNS_RECORDS_MAX) {
      yield* flush(first);
      first = undefined;
    }
  }
  if (first !== undefined) yield* flush(first);
}

/** CSV: dialects, headers, types by the schema. */
export const csv: DataForm = {
  name: 'csv',
  words: CSV_WORDS,
  *read(data, schema) {
    if (typeof data !== 'string' && !(data instanceof Uint8Array))
      throw new ConfigError('HR_SCHEMA', 'csv reads text or bytes, not an object');
    yield* readText(textOf('csv', data), schema);
  },
  readStream: readChunks,
  write(records, schema) {
    const writer = new CsvWriter(schema);
    const all = [...records];
    writer.prepare(all);
    return writer.header() + all.map(record => writer.record(record)).join('');
  },
  writeStream: (records, schema) => gather(texts(records, schema)),
};
