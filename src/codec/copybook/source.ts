import { CopybookError } from './copybook-error.js';
import type { CutLines } from './cut-lines.js';
import { SourceTextWriter, type SourceText } from './source-text.js';

/**
 * `fixed` has text in columns 8 to 72, `variable` from 8 to the end of the line, `free` anywhere. `auto` takes a file as free
 * when a level number begins before column 8, where fixed format has no text.
 */
export type SourceFormat = 'auto' | LineFormat;
export type LineFormat = 'fixed' | 'variable' | 'free';

export const SOURCE_FORMATS: readonly SourceFormat[] = ['auto', 'fixed', 'variable', 'free'];

/** What printers and file transfers leave in a file: new pages and the end-of-file mark of CP/M. */
const MARKS = '\f\v\x1a';
const BLANK_LINE = /^[\s\x1a]*$/;
const SEQUENCE_END = 6; // columns 1-6 are the sequence area
const TEXT_START = 7; // column 7 is the indicator
const TEXT_END = 72; // columns 73-80 are the identification area
const TAB = 8;

const HEADERS = 'COPY|REPLACE|FD|SD|ID|IDENTIFICATION|ENVIRONMENT|DATA|FILE|WORKING-STORAGE|LINKAGE|LOCAL-STORAGE';
const FREE_LINE = new RegExp(`^ {0,6}(?:\\d{1,2} +[A-Za-z:]|(?:${HEADERS}) )`, 'i');
const FIXED_LINE = /^.{6}[ D/*-] *\d{1,2} +[A-Za-z:]/i;

const FORMAT_DIRECTIVE =
  /^\s*(?:>>|\$)\s*(?:SET\s+)?SOURCE\s*-?FORMAT\s*(?:IS\s+)?["'(]?(FIXED|FREE|VARIABLE)["')]?\s*\.?$/i;
/** What steers the listing or switches debugging lines; on a line of its own. */
const LISTING_DIRECTIVE = /^(?:\*(?:CBL|CONTROL)\b|(?:>>|\$)\s*(?:PAGE|LISTING|LIST|NOLIST|D)\b)/i;
/** Options of the compiler before the program. */
const OPTIONS_LINE = /^(?:[0-9 ]{6})? *(?:CBL|PROCESS)\b/i;

/** What Librarian and Panvalet put a member's text in the place of; column 1 is theirs. */
const LIBRARY_LINE = /^ {0,5}(-INC|\+\+INCLUDE)(?= |$)/i;

/** How text is read; lines that fixed format cuts off go to `cuts`. */
export interface SourceRules {
  readonly format: SourceFormat;
  readonly cuts: CutLines;
}

export interface ReadSource extends SourceText {
  readonly format: LineFormat; // the one it begins in
}

/**
 * Reads the source text of a copybook. A file that `auto` cannot tell is in the format of the file that copies it. Throws
 * CopybookError for a line that is neither text, comment nor continuation.
 */
export function readSource(
  text: string,
  file: string,
  { format, cuts }: SourceRules,
  outer: LineFormat = 'fixed',
): ReadSource {
  const lines = text
    .replace(/^\uFEFF/, '')
    .split(/\r\n|\n|\r/)
    .map(line => expandTabs(withoutMarks(line)));
  const lineFormat = format === 'auto' ? detectFormat(lines, outer) : format;
  const reader = new SourceReader(file, lineFormat, cuts);
  lines.forEach((line, index) => reader.line(line, index + 1));
  return { ...reader.source(), format: lineFormat };
}

/** Marks take no column: those before a line and behind it are none of its text. */
function withoutMarks(line: string): string {
  if (BLANK_LINE.test(line)) return '';
  let [start, end] = [0, line.length];
  while (MARKS.includes(line[start]!)) start++;
  while (MARKS.includes(line[end - 1]!)) end--;
  return line.slice(start, end);
}

function expandTabs(line: string): string {
  if (!line.includes('\t')) return line;
  let out = '';
  for (const character of line) out += character === '\t' ? ' '.repeat(TAB - (out.length % TAB)) : character;
  return out;
}

function detectFormat(lines: readonly string[], outer: LineFormat): LineFormat {
  if (lines.some(line => FREE_LINE.test(line))) return 'free';
  return lines.some(line => FIXED_LINE.test(line)) ? 'fixed' : outer;
}

class SourceReader {
  private readonly out: SourceTextWriter;
  /** The quotation mark of a literal the last line left open, or ''. */
  private openQuote = '';
  private lastLength = 0;

  constructor(
    private readonly file: string,
    private format: LineFormat,
    private readonly cuts: CutLines,
  ) {
    this.out = new SourceTextWriter(file);
  }

  line(line: string, number: number): void {
    const directive = FORMAT_DIRECTIVE.exec(line.trimEnd());
    if (directive !== null) this.format = directive[1]!.toLowerCase() as LineFormat;
    else if (this.out.isEmpty && OPTIONS_LINE.test(line)) return;
    else if (this.format === 'free') this.freeLine(line, number);
    else this.columnLine(line, number);
  }

  source(): SourceText {
    return this.out.source();
  }

  private freeLine(line: string, number: number): void {
    const first = line.trimStart();
    if (first.startsWith('*') || LISTING_DIRECTIVE.test(first)) return;
    if (first.startsWith('>>') || first.startsWith('$')) this.refuse(number, line.length - first.length, first);
    this.openQuote = '';
    this.startLine(line, 0, number);
  }

  private columnLine(line: string, number: number): void {
    const isFixed = this.format === 'fixed';
    const text = isFixed ? line.slice(0, TEXT_END) : line;
    const inText = text.slice(SEQUENCE_END).trimStart();
    if (inText === '' || LISTING_DIRECTIVE.test(inText)) return;
    if (inText.startsWith('>>')) this.refuse(number, text.length - inText.length, inText);
    this.refuseLibrary(text, number);
    if (isFixed && (text[SEQUENCE_END] === ' ' || text[SEQUENCE_END] === '-')) this.cuts.look(line, this.file, number);
    switch (text[SEQUENCE_END]) {
      case ' ':
        this.openQuote = '';
        return this.startLine(text, TEXT_START, number);
      case '-':
        return this.continuation(text, number);
      case '*':
      case '/':
      case 'D':
      case 'd':
        return;
      default:
        this.refuse(number, SEQUENCE_END, text.slice(SEQUENCE_END));
    }
  }

  private refuse(line: number, index: number, text: string): never {
    const directive = /^(?:>>|\$)\s*[\w-]*/.exec(text)?.[0];
    const message =
      directive === undefined
        ? "column 7 holds no indicator; expected a space, '*', '/', '-' or 'D', or free format"
        : `the compiler directive ${directive} is not supported`;
    throw new CopybookError({ file: this.file, line, column: index + 1 }, message);
  }

  private refuseLibrary(text: string, line: number): void {
    const [, statement] = LIBRARY_LINE.exec(text) ?? [];
    if (statement === undefined) return;
    const place = { file: this.file, line, column: text.indexOf(statement) + 1 };
    throw new CopybookError(
      place,
      `${statement} is not supported in a copybook; expected COPY, or the text it includes`,
    );
  }

  private startLine(text: string, from: number, number: number): void {
    if (!this.out.isEmpty) this.out.endLine();
    this.append(text, from, number);
  }

  /** Joins the text of a line with '-' in column 7 to what was before: a word at once, a literal up to column 72 and its quote. */
  private continuation(text: string, number: number): void {
    const start = text.length - text.slice(TEXT_START).trimStart().length;
    const place = (column: number) => ({ file: this.file, line: number, column });
    if (this.out.isEmpty) throw new CopybookError(place(SEQUENCE_END + 1), 'there is no line to continue');
    if (this.openQuote === '') {
      this.out.trimEnd();
      return this.append(text, start, number);
    }
    if (text[start] !== this.openQuote) {
      const message = `a continued literal begins with its quotation mark; expected ${this.openQuote}`;
      throw new CopybookError(place(start + 1), message);
    }
    const rest = this.format === 'fixed' ? Math.max(0, TEXT_END - this.lastLength) : 0;
    this.out.append(' '.repeat(rest), number, start + 1);
    this.append(text, start + 1, number);
  }

  /** Takes the line from here to its end or to a comment. Marks in it part words, but for those in a literal. */
  private append(line: string, from: number, number: number): void {
    let piece = '';
    for (let at = from; at < line.length; at++) {
      const character = line[at]!;
      if (this.openQuote === '' && character === '*' && line[at + 1] === '>') break;
      if (character === this.openQuote) this.openQuote = '';
      else if (this.openQuote === '' && (character === '"' || character === "'")) this.openQuote = character;
      piece += this.openQuote === '' && MARKS.includes(character) ? ' ' : character;
    }
    this.out.append(piece, number, from + 1);
    this.lastLength = line.length;
  }
}
