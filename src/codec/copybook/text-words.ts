import { CopybookError, type SourcePlace } from './copybook-error.js';
import type { SourceText } from './source-text.js';

/**
 * A text word as COPY and REPLACE see it (Language Reference, "Text words"): a literal with its quotes, a parenthesis, a colon,
 * the period, a pseudo-text delimiter, or a run of other characters. `spaced` is whether a separator stands before it: words
 * without one lie side by side, as `:TAG:-NAME` does, and become one again when the text is read.
 */
export interface TextWord extends SourcePlace {
  readonly kind: 'run' | 'literal' | 'period' | 'delimiter';
  readonly text: string;
  readonly spaced: boolean;
}

const LITERAL_PREFIX = /^(?:X|N|Z|G|NX|U|UX|B|BX|H)$/i;
const DELIMITER = '==';
const ALONE = '():';

/** Splits program text into its words. Throws CopybookError for a literal without an end. */
export function textWords(source: SourceText): readonly TextWord[] {
  const splitter = new Splitter(source);
  const words: TextWord[] = [];
  for (let word = splitter.next(); word !== undefined; word = splitter.next()) words.push(word);
  return words;
}

class Splitter {
  private at = 0;
  private run = 0;
  private readonly text: string;

  constructor(private readonly source: SourceText) {
    this.text = source.text;
  }

  next(): TextWord | undefined {
    const spaced = this.skipSeparators();
    const { text, at } = this;
    if (at >= text.length) return undefined;
    const character = text[at]!;
    if (character === '"' || character === "'") return this.literal(at, at, spaced);
    if (text.startsWith(DELIMITER, at)) return this.word('delimiter', at + DELIMITER.length, spaced);
    if (ALONE.includes(character)) return this.word('run', at + 1, spaced);
    if (character === '.' && this.isBreak(at + 1)) return this.word('period', at + 1, spaced);
    const end = this.runEnd(at);
    const quote = text[end];
    if ((quote === '"' || quote === "'") && LITERAL_PREFIX.test(text.slice(at, end)))
      return this.literal(at, end, spaced);
    return this.word('run', end, spaced);
  }

  private word(kind: TextWord['kind'], end: number, spaced: boolean): TextWord {
    const word = { kind, text: this.text.slice(this.at, end), spaced, ...this.place() };
    this.at = end;
    return word;
  }

  private place(): SourcePlace {
    const { runs } = this.source;
    while (this.run + 1 < runs.length && runs[this.run + 1]!.at <= this.at) this.run++;
    const { at, file, line, column } = runs[this.run]!;
    return { file, line, column: column + this.at - at };
  }

  private isBreak(at: number): boolean {
    const character = this.text[at];
    return character === undefined || character === ' ' || character === '\n';
  }

  /** Spaces, and commas and semicolons that a space or a literal follows; whether there were any. */
  private skipSeparators(): boolean {
    const { text } = this;
    const start = this.at;
    for (; this.at < text.length; this.at++) {
      const character = text[this.at]!;
      if (character === ' ' || character === '\n') continue;
      if ((character === ',' || character === ';') && this.isSeparator(this.at)) continue;
      break;
    }
    return this.at > start || start === 0;
  }

  private isSeparator(at: number): boolean {
    const next = this.text[at + 1];
    return this.isBreak(at + 1) || next === '"' || next === "'";
  }

  /** A period, comma or semicolon at the very end of a run closes it. */
  private runEnd(start: number): number {
    const { text } = this;
    let end = start + 1;
    while (end < text.length && !this.isBreak(end) && !this.stops(end)) end++;
    if (!this.isBreak(end) || end - start === 1) return end;
    return '.,;'.includes(text[end - 1]!) ? end - 1 : end;
  }

  private stops(at: number): boolean {
    const character = this.text[at]!;
    return character === '"' || character === "'" || ALONE.includes(character) || this.text.startsWith(DELIMITER, at);
  }

  private literal(start: number, opening: number, spaced: boolean): TextWord {
    const { text } = this;
    const quote = text[opening]!;
    for (let at = opening + 1; at < text.length && text[at] !== '\n'; at++) {
      if (text[at] !== quote) continue;
      if (text[at + 1] === quote) at++;
      else return this.word('literal', at + 1, spaced);
    }
    this.at = start;
    throw new CopybookError(this.place(), `the literal has no end; expected ${quote}`);
  }
}

/** The place behind the last word. */
export function endOf(words: readonly TextWord[]): SourcePlace | undefined {
  const last = words.at(-1);
  return last === undefined ? undefined : { file: last.file, line: last.line, column: last.column + last.text.length };
}

/** A literal's prefix in capitals and its characters, doubled quotes made one. */
export function literalOf(word: TextWord): { readonly prefix: string; readonly value: string } {
  const opening = word.text.search(/["']/);
  const quote = word.text[opening]!;
  const value = word.text.slice(opening + 1, -1).replaceAll(quote + quote, quote);
  return { prefix: word.text.slice(0, opening).toUpperCase(), value };
}
