import { DecodeError } from '../../model/index.js';

/** The cells of a row: none where nothing stands between two commas, '' where two quotes do. */
export type CsvCells = readonly (string | undefined)[];

/** The longest row: as JSON, each character six, it is still a text that V8 can hold (2^29). */
const ROW_SIZE_MAX = 1 << 26;
const QUOTE = '"';

/**
 * The rows of CSV (RFC 4180) that come as pieces of text. A row without a quote, as most are, is split; a package that is told to
 * say which cells were quoted calls back for each. Lines end as the first one does: LF with or without CR, or CR. An empty line is
 * none, but below one column a row without a value.
 */
export class CsvRows {
  /** Of the row that is read, from 1. */
  line = 1;
  /** The row whose end is not there yet, in the pieces it came in: to look at them again with each would take their square. */
  private held: string[] = [];
  private heldSize = 0;
  /** Whether what is held ends within quotes: each one opens or closes a cell, the two that stand for one do both. */
  private isQuoted = false;
  private carriageReturn = '';
  private columns = 0;
  private lineEnd: '\n' | '\r' | undefined;
  private text = '';
  private at = 0;
  private isLast = false;

  /** Hands on the rows that are whole with this piece. Throws DecodeError (HR_CSV) with the line. */
  add(piece: string, isLast: boolean, take: (cells: CsvCells) => void): void {
    const text = this.withReturn(piece, isLast);
    this.isLast = isLast;
    this.lineEnd ??= firstLineEnd(text, this.isQuoted) ?? (isLast ? '\n' : undefined);
    const hasEnd = this.endsRow(text);
    this.held.push(text);
    this.heldSize += text.length;
    const isTooLong = !hasEnd && this.heldSize > ROW_SIZE_MAX;
    if (hasEnd || isLast || isTooLong) this.read(take);
    if (isTooLong)
      throw this.error(
        `the row is longer than ${ROW_SIZE_MAX} characters; see whether a quote is left open, or line ends are missing`,
      );
  }

  /** A fault at the end of what was added. */
  fault(what: string): DecodeError {
    if (this.lineEnd !== undefined) for (const piece of this.held) this.line += countOf(piece, this.lineEnd);
    return this.error(what);
  }

  /** A CR at the end of a piece waits for the next, which tells whether it is half a line end. */
  private withReturn(piece: string, isLast: boolean): string {
    const text = this.carriageReturn + piece;
    const isHalf = !isLast && text.endsWith('\r');
    this.carriageReturn = isHalf ? '\r' : '';
    return isHalf ? text.slice(0, -1) : text;
  }

  /** Whether the row that is held ends in a text. */
  private endsRow(text: string): boolean {
    const { lineEnd } = this;
    for (let [at, end] = [0, -1]; ;) {
      if (end < at) end = lineEnd === undefined ? text.length : placeOf(text, lineEnd, at);
      const quote = placeOf(text, QUOTE, at);
      if (!this.isQuoted && end < quote) return true;
      if (quote === text.length) return false;
      this.isQuoted = !this.isQuoted;
      at = quote + 1;
    }
  }

  private read(take: (cells: CsvCells) => void): void {
    this.text = this.held.join('');
    this.at = 0;
    if (this.lineEnd !== undefined) this.rows(this.lineEnd, take);
    const rest = this.text.slice(this.at);
    this.text = '';
    this.held = [rest];
    this.heldSize = rest.length;
    this.isQuoted = countOf(rest, QUOTE) % 2 === 1;
  }

  private rows(lineEnd: string, take: (cells: CsvCells) => void): void {
    const { text } = this;
    for (let quote = -1; this.at < text.length;) {
      if (quote < this.at) quote = placeOf(text, QUOTE, this.at);
      const end = placeOf(text, lineEnd, this.at);
      if (end === text.length && !this.isLast) return;
      if (quote < end) {
        if (!this.quotedRow(lineEnd, take)) return;
        continue;
      }
      const row = text.slice(this.at, end - carriageReturn(text, this.at, end));
      this.at = end + 1;
      if (row !== '' || this.columns === 1) this.hand(row.split(',').map(orNone), take);
      this.line++; // after the row is taken: its faults name it
    }
  }

  private hand(cells: CsvCells, take: (cells: CsvCells) => void): void {
    if (this.columns === 0) this.columns = cells.length;
    take(cells);
  }

  /** Takes a row with a quote, cell by cell; false when its end is not there yet. */
  private quotedRow(lineEnd: string, take: (cells: CsvCells) => void): boolean {
    const { text, isLast } = this;
    const cells: (string | undefined)[] = [];
    let [lines, lineAt] = [1, -1];
    for (let at = this.at; ; at++) {
      const isQuoted = text[at] === QUOTE;
      if (!isQuoted && lineAt < at) lineAt = placeOf(text, lineEnd, at);
      let end = isQuoted ? this.closingQuote(at) + 1 : Math.min(placeOf(text, ',', at), lineAt);
      if ((isQuoted && end === 0) || (end === text.length && !isLast)) return false;
      const cell = isQuoted ? text.slice(at + 1, end - 1) : text.slice(at, end - carriageReturn(text, at, end));
      if (!isQuoted && cell.includes(QUOTE))
        throw this.error('a quote stands within a cell that does not begin with one');
      cells.push(isQuoted ? cell.replaceAll('""', QUOTE) : orNone(cell));
      if (isQuoted) lines += countOf(cell, lineEnd);
      if (isQuoted && text[end] === '\r' && lineEnd === '\n') end++;
      if (end === text.length && !isLast) return false;
      if (text[end] === ',') at = end;
      else if (end === text.length || text[end] === lineEnd) {
        this.hand(cells, take);
        this.at = end + 1;
        this.line += lines;
        return true;
      } else throw this.error('behind a quoted cell a comma or the end of the line is expected');
    }
  }

  /** Where the quote is that ends a cell; -1 when it is not there yet. */
  private closingQuote(at: number): number {
    const { text } = this;
    for (let from = at + 1; ;) {
      const quote = text.indexOf(QUOTE, from);
      if (quote < 0 && this.isLast) throw this.error('a quoted cell does not end');
      if (quote < 0 || text[quote + 1] !== QUOTE) return quote;
      from = quote + 2;
    }
  }

  private error(what: string): DecodeError {
    return new DecodeError('HR_CSV', `line ${this.line}: ${what}`);
  }
}

const orNone = (cell: string): string | undefined => (cell === '' ? undefined : cell);

function placeOf(text: string, what: string, from: number): number {
  const at = text.indexOf(what, from);
  return at < 0 ? text.length : at;
}

function countOf(text: string, what: string): number {
  let count = 0;
  for (let at = text.indexOf(what); at >= 0; at = text.indexOf(what, at + 1)) count++;
  return count;
}

/** 1 where the line before `end` ends in CR. */
const carriageReturn = (text: string, from: number, end: number): number =>
  end > from && text[end - 1] === '\r' && text[end] !== ',' ? 1 : 0;

/** How the first line ends, outside of quotes; undefined when that is not there yet. */
function firstLineEnd(text: string, isWithin: boolean): '\n' | '\r' | undefined {
  let isQuoted = isWithin;
  for (let at = 0; at < text.length; at++) {
    const character = text[at];
    if (character === QUOTE) isQuoted = !isQuoted;
    else if (character === '\n' && !isQuoted) return '\n';
    else if (character === '\r' && !isQuoted) return text[at + 1] === '\n' ? '\n' : '\r';
  }
  return undefined;
}
