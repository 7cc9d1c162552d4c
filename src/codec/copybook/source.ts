import { CopybookError } from './copybook-error.js';

/** `auto` takes a file as free when a level number begins before column 8, where fixed format has no text. */
export type SourceFormat = 'auto' | 'fixed' | 'free';

/** The program text of a copybook: comments gone, continued lines joined, lines apart by a newline; each character knows its place. */
export interface SourceText {
  readonly file: string;
  readonly text: string;
  readonly lines: readonly number[];
  readonly columns: readonly number[];
}

const SEQUENCE_END = 6; // columns 1-6 are the sequence area
const TEXT_START = 7; // column 7 is the indicator
const TEXT_END = 72; // columns 73-80 are the identification area
const TAB = 8;

const FREE_LINE = /^ {0,6}\d{1,2} +[A-Za-z:]/;
const FORMAT_DIRECTIVE = /^\s*(?:>>|\$)\s*(?:SET\s+)?SOURCE\s*-?FORMAT\s*(?:IS\s+)?["'(]?(FIXED|FREE)["')]?\s*\.?\s*$/i;

/** Reads the source text of a copybook. Throws CopybookError for a line that is neither text, comment nor continuation. */
export function readSource(text: string, file: string, format: SourceFormat = 'auto'): SourceText {
  const lines = text
    .replace(/^\uFEFF/, '')
    .split(/\r\n|\n|\r/)
    .map(expandTabs);
  const reader = new SourceReader(file, format === 'auto' ? detectFormat(lines) : format);
  lines.forEach((line, index) => reader.line(line, index + 1));
  return reader.source();
}

function expandTabs(line: string): string {
  if (!line.includes('\t')) return line;
  let out = '';
  for (const character of line) out += character === '\t' ? ' '.repeat(TAB - (out.length % TAB)) : character;
  return out;
}

function detectFormat(lines: readonly string[]): 'fixed' | 'free' {
  return lines.some(line => FREE_LINE.test(line)) ? 'free' : 'fixed';
}

class SourceReader {
  private readonly characters: string[] = [];
  private readonly lines: number[] = [];
  private readonly columns: number[] = [];
  /** The quotation mark of a literal the last line left open, or ''. */
  private openQuote = '';
  private hasText = false;

  constructor(
    private readonly file: string,
    private format: 'fixed' | 'free',
  ) {}

  line(line: string, number: number): void {
    const directive = FORMAT_DIRECTIVE.exec(line);
    if (directive !== null) this.format = directive[1]!.toLowerCase() as 'fixed' | 'free';
    else if (this.format === 'free') this.freeLine(line, number);
    else this.fixedLine(line, number);
  }

  source(): SourceText {
    return { file: this.file, text: this.characters.join(''), lines: this.lines, columns: this.columns };
  }

  private freeLine(line: string, number: number): void {
    const first = line.trimStart();
    if (first.startsWith('*')) return;
    if (first.startsWith('>>') || first.startsWith('$')) this.refuse(number, line.length - first.length, 'directive');
    this.append(line, 0, number);
    this.endLine(number, line.length);
  }

  private fixedLine(line: string, number: number): void {
    const indicator = line[SEQUENCE_END] ?? ' ';
    const text = line.slice(0, TEXT_END);
    if (text.slice(SEQUENCE_END).trim() === '') return;
    switch (indicator) {
      case ' ':
        this.openQuote = '';
        this.append(text, TEXT_START, number);
        return this.endLine(number, text.length);
      case '-':
        return this.continuation(text, number);
      case '*':
      case '/':
      case 'D':
      case 'd':
        return;
      default:
        this.refuse(number, SEQUENCE_END, indicator === '$' || indicator === '>' ? 'directive' : 'indicator');
    }
  }

  private refuse(line: number, index: number, what: 'directive' | 'indicator'): never {
    const message =
      what === 'directive'
        ? 'compiler directives other than SOURCE FORMAT are not supported'
        : "column 7 holds no indicator; expected a space, '*', '/', '-' or 'D', or free format";
    throw new CopybookError(this.file, { line, column: index + 1 }, message);
  }

  /** Joins the text of a line with '-' in column 7 to what was before: a word at once, a literal up to column 72 and its quote. */
  private continuation(text: string, number: number): void {
    const start = text.length - text.slice(TEXT_START).trimStart().length;
    if (!this.hasText)
      throw new CopybookError(this.file, { line: number, column: SEQUENCE_END + 1 }, 'there is no line to continue');
    this.drop('\n');
    if (this.openQuote === '') {
      while (this.characters.at(-1) === ' ') this.drop(' ');
      this.append(text, start, number);
    } else {
      if (text[start] !== this.openQuote) {
        const message = `a continued literal begins with its quotation mark; expected ${this.openQuote}`;
        throw new CopybookError(this.file, { line: number, column: start + 1 }, message);
      }
      for (let column = this.columns.at(-1)!; column < TEXT_END; column++) this.push(' ', number, column + 1);
      this.append(text, start + 1, number);
    }
    this.endLine(number, text.length);
  }

  private append(line: string, from: number, number: number): void {
    for (let index = from; index < line.length; index++) {
      const character = line[index]!;
      if (this.openQuote === '' && character === '*' && line[index + 1] === '>') break;
      if (character === this.openQuote) this.openQuote = '';
      else if (this.openQuote === '' && (character === '"' || character === "'")) this.openQuote = character;
      this.push(character, number, index + 1);
    }
    this.hasText = true;
  }

  private endLine(number: number, length: number): void {
    this.push('\n', number, length + 1);
    if (this.format === 'free') this.openQuote = '';
  }

  private push(character: string, line: number, column: number): void {
    this.characters.push(character);
    this.lines.push(line);
    this.columns.push(column);
  }

  private drop(character: string): void {
    if (this.characters.at(-1) !== character) return;
    this.characters.pop();
    this.lines.pop();
    this.columns.pop();
  }
}
