import { CopybookError, type SourcePlace } from './copybook-error.js';
import type { SourceText } from './source.js';

/** A word, a literal (text without its quotes, prefix X for hexadecimal), a PICTURE string, the period or the end. */
export interface Token extends SourcePlace {
  readonly kind: 'word' | 'literal' | 'picture' | 'period' | 'end';
  readonly text: string;
  readonly prefix?: string;
}

const LITERAL_PREFIX = /^(?:X|N|Z|G|NX|U|B|H)$/i;

/** Splits the text into tokens. Throws CopybookError for a literal without an end. */
export function tokenize(source: SourceText): readonly Token[] {
  const lexer = new Lexer(source);
  const tokens: Token[] = [];
  for (;;) {
    const token = lexer.next();
    tokens.push(token);
    if (token.kind === 'end') return tokens;
  }
}

class Lexer {
  private at = 0;
  /** Set after PIC or PICTURE: the next run of characters, but IS, is the PICTURE string. */
  private expectPicture = false;

  constructor(private readonly source: SourceText) {}

  next(): Token {
    this.skipSeparators();
    const { text } = this.source;
    const start = this.at;
    if (start >= text.length) return { kind: 'end', text: '', ...this.place(text.length - 1) };
    const character = text[start]!;
    if (this.expectPicture) return this.picture(start);
    if (character === '"' || character === "'") return this.literal(start, '');
    if (character === '.' && this.isBreak(start + 1)) return this.token('period', start, start + 1);
    return this.word(start);
  }

  private place(at: number): SourcePlace {
    const { lines, columns } = this.source;
    const index = Math.max(0, Math.min(at, lines.length - 1));
    return { line: lines[index] ?? 1, column: columns[index] ?? 1 };
  }

  private token(kind: Token['kind'], start: number, end: number): Token {
    this.at = end;
    return { kind, text: this.source.text.slice(start, end), ...this.place(start) };
  }

  private isBreak(at: number): boolean {
    const character = this.source.text[at];
    return character === undefined || character === ' ' || character === '\n';
  }

  /** Spaces, and commas and semicolons that a space follows. */
  private skipSeparators(): void {
    const { text } = this.source;
    while (this.at < text.length) {
      const character = text[this.at]!;
      const separator = (character === ',' || character === ';') && this.isBreak(this.at + 1);
      if (character !== ' ' && character !== '\n' && !separator) return;
      this.at++;
    }
  }

  private runEnd(start: number, stops: string): number {
    const { text } = this.source;
    let end = start;
    while (end < text.length && !this.isBreak(end) && !stops.includes(text[end]!)) end++;
    return this.isBreak(end) ? this.withoutPunctuation(start, end) : end;
  }

  /** A period, comma or semicolon at the very end of a run closes it. */
  private withoutPunctuation(start: number, end: number): number {
    return end - start > 1 && '.,;'.includes(this.source.text[end - 1]!) ? end - 1 : end;
  }

  private picture(start: number): Token {
    const end = this.runEnd(start, '');
    if (/^IS$/i.test(this.source.text.slice(start, end))) return this.token('word', start, end);
    this.expectPicture = false;
    if (this.source.text[start] === '.' && end === start + 1) return this.token('period', start, end);
    return this.token('picture', start, end);
  }

  private word(start: number): Token {
    const end = this.runEnd(start, '"\'');
    const word = this.source.text.slice(start, end);
    const next = this.source.text[end];
    if (LITERAL_PREFIX.test(word) && (next === '"' || next === "'")) return this.literal(end, word.toUpperCase());
    this.expectPicture = /^PIC(?:TURE)?$/i.test(word);
    return this.token('word', start, end);
  }

  private literal(start: number, prefix: string): Token {
    const { text, file } = this.source;
    const quote = text[start]!;
    const place = this.place(start);
    let value = '';
    for (let at = start + 1; at < text.length && text[at] !== '\n'; at++) {
      if (text[at] !== quote) value += text[at];
      else if (text[at + 1] === quote) value += text[at++];
      else {
        this.at = at + 1;
        return { kind: 'literal', text: value, prefix, ...place };
      }
    }
    throw new CopybookError(file, place, `the literal has no end; expected ${quote}`);
  }
}
