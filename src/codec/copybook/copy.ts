import { CopybookError, type SourcePlace } from './copybook-error.js';
import { readReplacements } from './replacing-phrase.js';
import { replaceWords, type Budget, type Replacement } from './replacing.js';
import { readSource, type LineFormat, type SourceRules } from './source.js';
import { literalOf, textWords, type TextWord } from './text-words.js';
import { isKeyword, WordReader } from './word-reader.js';

/** A copybook that COPY found: the file it lies in, for messages, and its text. */
export interface CopyText {
  readonly file: string;
  readonly text: string;
}

/** Finds what `COPY name [OF library]` names; undefined when there is none. Names are as written, without quotes. */
export type ReadCopy = (name: string, library: string | undefined) => CopyText | undefined;

export interface CopyRules extends SourceRules {
  readonly readCopy: ReadCopy | undefined;
}

const DEPTH_MAX = 32;
/** What COPY and REPLACE may do: so much at all times, and so many times the words of the files that are there. */
const WORDS_FREE = 1 << 15;
const TIMES_MAX = 64;

/** The words of a copybook with COPY and then REPLACE carried out. Throws CopybookError, also for a file that copies itself. */
export function expandCopies(copybook: CopyText, rules: CopyRules): readonly TextWord[] {
  const expander = new Expander(rules);
  return expander.replace(expander.file(copybook, [], { file: copybook.file, line: 1, column: 1 }));
}

interface CopyStatement {
  readonly place: SourcePlace;
  readonly name: string;
  readonly library: string | undefined;
  readonly replacements: readonly Replacement[];
}

interface SplitFile {
  readonly words: readonly TextWord[];
  readonly format: LineFormat;
}

/** The files that copy each other down to the one being read. */
type Chain = readonly { readonly file: string; readonly format: LineFormat }[];

class Expander {
  private readonly budget: Budget = { words: WORDS_FREE, comparisons: WORDS_FREE };
  private readonly files = new Map<string, SplitFile>();

  constructor(private readonly rules: CopyRules) {}

  /** The words of a file, its COPY statements replaced by what they copy. `from` is the place that asked for it. */
  file(copied: CopyText, chain: Chain, from: SourcePlace): readonly TextWord[] {
    const { words, format } = this.split(copied, chain);
    this.budget.words -= words.length;
    if (this.budget.words < 0) throw new CopybookError(from, 'the copybook grows too large by what it copies');
    if (!words.some(word => isKeyword(word, 'COPY'))) return words;
    const inner = [...chain, { file: copied.file, format }];
    const out: TextWord[] = [];
    const reader = new WordReader(words);
    while (!reader.atEnd)
      if (reader.is('COPY')) for (const word of this.copy(readCopyStatement(reader), inner)) out.push(word);
      else out.push(reader.advance());
    return out;
  }

  /** Carries out REPLACE: from each statement to the next, or to the end. */
  replace(words: readonly TextWord[]): readonly TextWord[] {
    if (!words.some(word => isKeyword(word, 'REPLACE'))) return words;
    let active: readonly Replacement[] = [];
    const replaced: (readonly TextWord[])[] = [];
    const reader = new WordReader(words);
    while (!reader.atEnd) {
      const rest: TextWord[] = [];
      while (!reader.atEnd && !reader.is('REPLACE')) rest.push(reader.advance());
      replaced.push(replaceWords(rest, active, this.budget));
      if (!reader.atEnd) active = readReplaceStatement(reader);
    }
    return replaced.flat();
  }

  private split({ file, text }: CopyText, chain: Chain): SplitFile {
    const known = this.files.get(file);
    if (known !== undefined) return known;
    const source = readSource(text, file, this.rules, chain.at(-1)?.format);
    const made = { words: textWords(source), format: source.format };
    this.files.set(file, made);
    this.budget.words += made.words.length * TIMES_MAX;
    this.budget.comparisons += made.words.length * TIMES_MAX;
    return made;
  }

  private copy(statement: CopyStatement, chain: Chain): readonly TextWord[] {
    const { place, name, library, replacements } = statement;
    const named = library === undefined ? name : `${name} OF ${library}`;
    if (this.rules.readCopy === undefined) throw new CopybookError(place, `COPY ${named}: no search path is given`);
    const found = this.rules.readCopy(name, library);
    if (found === undefined)
      throw new CopybookError(place, `COPY ${named}: there is no such copybook in the search path`);
    if (chain.some(({ file }) => file === found.file)) {
      const files = [...chain.map(({ file }) => file), found.file].join(' > ');
      throw new CopybookError(place, `COPY ${named}: the copybook copies itself: ${files}`);
    }
    if (chain.length > DEPTH_MAX) throw new CopybookError(place, `COPY lies more than ${DEPTH_MAX} files deep`);
    return replaceWords(this.file(found, chain, place), replacements, this.budget);
  }
}

/** COPY { name | 'name' } [ { OF | IN } library ] [SUPPRESS] [REPLACING ...] . */
function readCopyStatement(reader: WordReader): CopyStatement {
  const place = reader.advance();
  const name = readTextName(reader, 'the name of a copybook');
  const library = reader.accept('OF', 'IN') ? readTextName(reader, 'the name of a library') : undefined;
  if (reader.accept('SUPPRESS')) reader.accept('PRINTING');
  const replacements = reader.accept('REPLACING') ? readReplacements(reader) : [];
  reader.period(`COPY ${name}`);
  return { place, name, library, replacements };
}

function readTextName(reader: WordReader, what: string): string {
  if (reader.word?.kind === 'literal') return literalOf(reader.advance()).value;
  return reader
    .sideBySide(what)
    .map(word => word.text)
    .join('');
}

/** REPLACE ==text== BY ==text== ... . and REPLACE OFF. */
function readReplaceStatement(reader: WordReader): readonly Replacement[] {
  reader.advance();
  const replacements = reader.accept('OFF') ? [] : readReplacements(reader);
  reader.period('REPLACE');
  return replacements;
}
