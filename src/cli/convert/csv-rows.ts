import { DecodeError } from '../../model/index.js';

/** The cells of a row: none where nothing stands between two commas, '' where two quotes do. */
export type CsvCells = readonly (string | undefined)[];

/** The longest row: a cell is no larger than a record. */
const ROW_SIZE_MAX = 1 << 26;
const QUOTE = '"';

/**
 * The rows of CSV (RFC 4180) that come as pieces of text. A row without a quote, as most are, is split; a package that is told to
 * say which cells were quoted calls back for each. Lines end as the first one does: LF with or without CR, or CR.
 */
export class CsvRows {
  /** Of the row that is read, from 1. */
  line = 1;
  private rest = '';
  private lineEnd: '\n' | '\r' | undefined;
  private text = '';
  private at = 0;
  private isLast = false;

  /** Hands on the rows that are whole with this piece; empty lines are none. Throws DecodeError (HR_CSV) with the line. */
  add(piece: string, isLast: boolean, take: (cells: CsvCells) => void): void {
    this.text = this.rest + piece;
    this.at = 0;
    this.isLast = isLast;
    this.lineEnd ??= firstLineEnd(this.text, isLast);
    if (this.lineEnd !== undefined) this.rows(this.lineEnd, take);
    this.rest = this.text.slice(this.at);
    if (this.rest.length > ROW_SIZE_MAX) throw this.error(`the row is longer than ${ROW_SIZE_MAX} characters`);
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
      if (row !== '') take(row.split(',').map(orNone));
      this.line++; // after the row is taken: its faults name it
    }
  }

  /** Takes a row with a quote, cell by cell; false when its end is not there yet. */
  private quotedRow(lineEnd: string, take: (cells: CsvCells) => void): boolean {
    const { text, isLast } = this;
    const cells: (string | undefined)[] = [];
    let lines = 1;
    for (let at = this.at; ; at++) {
      const isQuoted = text[at] === QUOTE;
      let end = isQuoted ? this.closingQuote(at) + 1 : Math.min(placeOf(text, ',', at), placeOf(text, lineEnd, at));
      if ((isQuoted && end === 0) || (end === text.length && !isLast)) return false;
      const cell = isQuoted ? text.slice(at + 1, end - 1) : text.slice(at, end - carriageReturn(text, at, end));
      if (!isQuoted && cell.includes(QUOTE))
        throw this.error('a quote stands within a cell that does not begin with one');
      cells.push(isQuoted ? cell.replaceAll('""', QUOTE) : orNone(cell));
      if (isQuoted) lines += cell.split(lineEnd).length - 1;
      if (isQuoted && text[end] === '\r' && lineEnd === '\n') end++;
      if (end === text.length && !isLast) return false;
      if (text[end] === ',') at = end;
      else if (end === text.length || text[end] === lineEnd) {
        take(cells);
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

/** 1 where the line before `end` ends in CR. */
const carriageReturn = (text: string, from: number, end: number): number =>
  end > from && text[end - 1] === '\r' && text[end] !== ',' ? 1 : 0;

/** How the first line ends, outside of quotes; undefined when that is not there yet. */
function firstLineEnd(text: string, isLast: boolean): '\n' | '\r' | undefined {
  let isQuoted = false;
  for (let at = 0; at < text.length; at++) {
    const character = text[at];
    if (character === QUOTE) isQuoted = !isQuoted;
    else if (character === '\n' && !isQuoted) return '\n';
    else if (character === '\r' && !isQuoted && (at + 1 < text.length || isLast))
      return text[at + 1] === '\n' ? '\n' : '\r';
  }
  return isLast ? '\n' : undefined;
}
