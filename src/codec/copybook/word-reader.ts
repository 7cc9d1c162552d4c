import { CopybookError } from './copybook-error.js';
import { endOf, type TextWord } from './text-words.js';

/** Walks over the text words of a copybook, for the statements that are about words: COPY and REPLACE. */
export class WordReader {
  private at = 0;

  constructor(private readonly words: readonly TextWord[]) {}

  get atEnd(): boolean {
    return this.at >= this.words.length;
  }

  get word(): TextWord | undefined {
    return this.words[this.at];
  }

  /** Whether the word stands here by itself, not as part of a name. */
  is(name: string): boolean {
    const { word } = this;
    if (word === undefined || !isKeyword(word, name)) return false;
    const next = this.words[this.at + 1];
    return word.spaced && (next === undefined || next.kind !== 'run' || next.spaced);
  }

  accept(...names: readonly string[]): boolean {
    if (!names.some(name => this.is(name))) return false;
    this.at++;
    return true;
  }

  advance(): TextWord {
    return this.words[this.at++]!;
  }

  /** Words side by side, such as a name, `:TAG:-NAME` or `X(5)`. */
  sideBySide(what: string): readonly TextWord[] {
    if (this.word?.kind !== 'run') this.expected(what);
    const start = this.at++;
    while (this.word?.kind === 'run' && !this.word.spaced) this.at++;
    return this.words.slice(start, this.at);
  }

  /** The words between two `==`. */
  pseudoText(): readonly TextWord[] {
    const opening = this.advance();
    const start = this.at;
    while (this.word !== undefined && this.word.kind !== 'delimiter') this.at++;
    if (this.atEnd) throw new CopybookError(opening, 'the pseudo-text has no end; expected ==');
    return this.words.slice(start, this.at++);
  }

  period(after: string): void {
    if (this.word?.kind !== 'period') this.expected(`'.' after ${after}`);
    this.at++;
  }

  expected(what: string): never {
    const found = this.word?.text ?? 'the end of the copybook';
    throw new CopybookError(this.word ?? endOf(this.words)!, `expected ${what}, found ${found}`);
  }
}

/** Whether the text word is this keyword, in any case of its letters. */
export function isKeyword(word: TextWord, name: string): boolean {
  return word.kind === 'run' && word.text.length === name.length && word.text.toUpperCase() === name;
}
