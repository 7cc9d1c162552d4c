import { CopybookError } from './copybook-error.js';
import { literalOf, type TextWord } from './text-words.js';

/** `text-1 BY text-2`. `part` is LEADING or TRAILING: text-1 is then the beginning or end of a word. */
export interface Replacement {
  readonly from: readonly TextWord[];
  readonly by: readonly TextWord[];
  readonly part?: 'LEADING' | 'TRAILING';
}

/** What expanding a copybook may still cost; a text that asks for more is refused. */
export interface Budget {
  words: number;
  comparisons: number;
}

/**
 * Replaces text words by the rule of the COPY statement: at each word the replacements are tried in order, letters without
 * regard to case, literals by their value; what was replaced is not looked at again.
 */
export function replaceWords(
  words: readonly TextWord[],
  replacements: readonly Replacement[],
  budget: Budget,
): readonly TextWord[] {
  if (replacements.length === 0) return words;
  return new Replacer(words, replacements, budget).run();
}

class Replacer {
  private readonly out: TextWord[] = [];
  private readonly whole = new Map<string, Replacement[]>();
  private readonly partial: readonly Replacement[];
  /** Set where the text replaced by nothing was apart from what stood before it. */
  private spaced = false;

  constructor(
    private readonly words: readonly TextWord[],
    replacements: readonly Replacement[],
    private readonly budget: Budget,
  ) {
    this.partial = replacements.filter(({ part }) => part !== undefined);
    for (const replacement of replacements) {
      if (replacement.part !== undefined) continue;
      const key = keyOf(replacement.from[0]!);
      this.whole.set(key, [...(this.whole.get(key) ?? []), replacement]);
    }
  }

  run(): readonly TextWord[] {
    for (let index = 0; index < this.words.length;) {
      const word = this.words[index]!;
      const match = this.whole.get(keyOf(word))?.find(({ from }) => this.matches(from, index));
      this.push(match?.by ?? this.partReplaced(word), word);
      index += match?.from.length ?? 1;
    }
    return this.out;
  }

  /** The words come to stand where `at` stood, which is also the place an error in them names. */
  private push(words: readonly TextWord[], at: TextWord): void {
    this.budget.words -= words.length;
    if (this.budget.words < 0)
      throw new CopybookError(at, 'the copybook grows too large by what it copies and replaces');
    const { file, line, column } = at;
    const spaced = at.spaced || this.spaced;
    this.spaced = words.length === 0 && spaced;
    for (const [index, word] of words.entries())
      this.out.push({ ...word, spaced: index === 0 ? spaced : word.spaced, file, line, column });
  }

  private matches(from: readonly TextWord[], start: number): boolean {
    for (const [index, word] of from.entries()) {
      const other = this.words[start + index];
      if (this.budget.comparisons-- < 0)
        throw new CopybookError(this.words[start]!, 'there is too much text to replace');
      if (other === undefined || keyOf(word) !== keyOf(other)) return false;
    }
    return true;
  }

  private partReplaced(word: TextWord): readonly TextWord[] {
    if (word.kind !== 'run') return [word];
    const text = word.text.toUpperCase();
    for (const { from, by, part } of this.partial) {
      const old = from[0]!.text.toUpperCase();
      const put = by.map(piece => piece.text).join('');
      const isLeading = part === 'LEADING';
      if (!(isLeading ? text.startsWith(old) : text.endsWith(old))) continue;
      const replaced = isLeading ? put + word.text.slice(old.length) : word.text.slice(0, -old.length) + put;
      return replaced === '' ? [] : [{ ...word, text: replaced }];
    }
    return [word];
  }
}

/** Words with the same key are the same to COPY REPLACING. */
function keyOf(word: TextWord): string {
  if (word.kind !== 'literal') return word.text.toUpperCase();
  const { prefix, value } = literalOf(word);
  return `${prefix}'${value}`;
}
