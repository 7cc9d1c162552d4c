import { CopybookError, type SourcePlace } from './copybook-error.js';
import type { Named, QualifiedName } from './entry.js';
import type { Token } from './lexer.js';
import type { SpecialNames } from './picture-parts.js';

const NAME = /^(?=.*[A-Za-z])[A-Za-z0-9][A-Za-z0-9_-]*$/;
const INTEGER = /^\d{1,9}$/;

/** What the name of a constant (level 78) stands for, or what it is where a compiler alone knows that. */
export type Constant = Pick<Token, 'kind' | 'text' | 'prefix'> | { readonly unknown: string };

/** Walks over the tokens of a copybook; each expectation that fails is a CopybookError at its place. */
export class TokenReader {
  /** By their names in capitals. From its definition on a name is read as what it stands for. */
  readonly constants = new Map<string, Constant>();
  private at = 0;

  constructor(
    private readonly tokens: readonly Token[],
    readonly specialNames: SpecialNames,
  ) {}

  get token(): Token {
    const token = this.tokens[this.at]!;
    if (this.constants.size === 0 || token.kind !== 'word') return token;
    const constant = this.constants.get(token.text.toUpperCase());
    if (constant === undefined) return token;
    if ('unknown' in constant)
      throw new CopybookError(token, `${token.text} is ${constant.unknown}, which is not supported; write the number`);
    const { file, line, column } = token;
    return { ...constant, file, line, column };
  }

  /** The token's text in capitals when it is a word, else ''. */
  get word(): string {
    return this.token.kind === 'word' ? this.token.text.toUpperCase() : '';
  }

  get next(): Token {
    return this.tokens[Math.min(this.at + 1, this.tokens.length - 1)]!;
  }

  advance(): Token {
    const { token } = this;
    if (token.kind !== 'end') this.at++;
    return token;
  }

  /** Takes the word when it is the next one. */
  accept(...words: readonly string[]): boolean {
    if (!words.includes(this.word)) return false;
    this.advance();
    return true;
  }

  fail(message: string, place: SourcePlace = this.token): never {
    throw new CopybookError(place, message);
  }

  expected(what: string): never {
    const { kind, text } = this.token;
    const found = kind === 'end' ? 'the end of the copybook' : kind === 'period' ? "'.'" : text;
    this.fail(`expected ${what}, found ${found}`);
  }

  name(what: string): Named {
    const { kind, text, file, line, column } = this.token;
    if (kind === 'word' && /[:()]/.test(text) && /^[:(]/.test(text))
      this.fail(`${text} stands for a name that COPY ... REPLACING gives; replace it first`);
    if (kind !== 'word' || !NAME.test(text)) this.expected(what);
    this.advance();
    return { name: text, file, line, column };
  }

  /** A name with the groups it is in. */
  qualifiedName(what: string): QualifiedName {
    const named = this.name(what);
    const of: string[] = [];
    while (this.accept('OF', 'IN')) of.push(this.name('the name of a group').name);
    return { ...named, of };
  }

  integer(what: string): number {
    if (this.token.kind !== 'word' || !INTEGER.test(this.token.text)) this.expected(what);
    return Number(this.advance().text);
  }

  period(after: string): void {
    if (this.token.kind !== 'period') this.expected(`'.' after ${after}`);
    this.advance();
  }
}

/** Whether the word can be a data name. */
export function isName(text: string): boolean {
  return NAME.test(text);
}
