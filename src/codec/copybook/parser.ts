import { basename } from 'node:path';

import { expandCopies, type CopyRules } from './copy.js';
import { skipHeader, specialNamesOf } from './divisions.js';
import { readConstantEntry, readLevel78 } from './constants.js';
import { beginsClause, readClauses, readConditionValues } from './clauses.js';
import { CutLines } from './cut-lines.js';
import type { Entry } from './entry.js';
import { splitNumbers, tokenize, type Token } from './lexer.js';
import type { SpecialNames } from './picture-parts.js';
import { TokenReader, type Constant } from './token-reader.js';

/** A parsed copybook: its records (01 and 77 levels) in order. */
export interface Copybook {
  readonly file: string;
  readonly records: readonly Entry[];
  readonly specialNames: SpecialNames;
}

const LEVEL = /^\d{1,2}$/;
const DEPTH_MAX = 49;
const LISTING = new Set(['EJECT', 'SKIP1', 'SKIP2', 'SKIP3', 'TITLE']);
const STATEMENTS = new Set(['EXEC', '++INCLUDE', '-INC']);

/** How the text of a copybook is to be read. */
export interface CopybookSource extends SpecialNames, Omit<CopyRules, 'cuts'> {
  readonly file: string; // for messages
}

/** Parses the text of a copybook. Throws CopybookError: `file:line:column: message`. */
export function parseCopybook(text: string, source: CopybookSource): Copybook {
  const cuts = new CutLines();
  try {
    return readCopybook(text, { ...source, cuts });
  } catch (error) {
    throw cuts.explain(error);
  }
}

function readCopybook(text: string, source: CopybookSource & CopyRules): Copybook {
  const { file } = source;
  const tokens = tokenize(expandCopies({ file, text }, source), file);
  const specialNames = specialNamesOf(new TokenReader(tokens, source), source);
  const words = specialNames.decimalComma ? tokens : splitNumbers(tokens);
  return { file, records: new Parser(new TokenReader(words, specialNames), file).records(), specialNames };
}

class Parser {
  private readonly found: Entry[] = [];
  /** The entries a next one may be subordinate to: the last record, its last group, and so on. */
  private readonly open: Entry[] = [];

  constructor(
    private readonly reader: TokenReader,
    private readonly file: string,
  ) {}

  records(): readonly Entry[] {
    const { reader } = this;
    while (reader.token.kind !== 'end') {
      if (LISTING.has(reader.word)) this.listing();
      else if (!skipHeader(reader)) this.entry();
    }
    if (this.found.length === 0) reader.expected('a level number');
    return this.found;
  }

  /** EJECT, SKIP and TITLE are for the listing; they may be closed by a period. */
  private listing(): void {
    const { reader } = this;
    const { text } = reader.advance();
    if (text.toUpperCase() === 'TITLE' && reader.token.kind !== 'literal') reader.expected('a literal');
    if (reader.token.kind === 'literal') reader.advance();
    if (reader.token.kind === 'period') reader.advance();
  }

  private entry(): void {
    const { reader } = this;
    const { token } = reader;
    if (STATEMENTS.has(reader.word)) reader.fail(`${reader.word} is not supported in a copybook`);
    if (token.kind !== 'word' || !LEVEL.test(token.text))
      reader.expected('a level number (01 to 49, 66, 77, 78 or 88)');
    const level = Number(token.text);
    if (level < 1 || (level > DEPTH_MAX && ![66, 77, 78, 88].includes(level)))
      reader.fail(`level ${token.text} is not one of 01 to 49, 66, 77, 78 and 88`);
    reader.advance();
    if (level === 88) this.condition();
    else if (level === 66) this.renaming();
    else if (level === 78) this.constant(reader.name('the name of the constant').name, readLevel78);
    else this.item(level, token);
  }

  private condition(): void {
    const { reader } = this;
    const named = reader.name('the name of the condition');
    const above = this.open.at(-1) ?? reader.fail(`${named.name} has no item above it`, named);
    above.conditions.push({ ...named, values: readConditionValues(reader) });
    reader.period(named.name);
  }

  private constant(name: string, read: (reader: TokenReader) => Constant): void {
    this.reader.constants.set(name.toUpperCase(), read(this.reader));
    this.reader.period(name);
  }

  private renaming(): void {
    const { reader } = this;
    const named = reader.name('the new name');
    if (!reader.accept('RENAMES')) reader.expected('RENAMES');
    const from = reader.qualifiedName('the name of the first item');
    const thru = reader.accept('THRU', 'THROUGH') ? reader.qualifiedName('the name of the last item') : undefined;
    const record = this.found.at(-1) ?? reader.fail(`${named.name} has no record above it`, named);
    record.renames.push(thru === undefined ? { ...named, from } : { ...named, from, thru });
    reader.period(named.name);
  }

  private item(level: number, token: Token): void {
    const { reader } = this;
    const unnamed = reader.token.kind === 'period' || beginsClause(reader.word);
    const named = unnamed
      ? { name: 'FILLER', file: token.file, line: token.line, column: token.column }
      : reader.name('a data name');
    if (level === 1 && !unnamed && reader.word === 'CONSTANT') {
      this.constant(named.name, readConstantEntry);
      return;
    }
    const filler = named.name.toUpperCase() === 'FILLER';
    const entry: Entry = { ...named, level, filler, conditions: [], renames: [], children: [] };
    readClauses(reader, entry);
    this.place(entry);
  }

  /** Puts the entry below the nearest one of a lower level. */
  private place(entry: Entry): void {
    const { open } = this;
    if (entry.level === 77 || entry.level === 1) open.length = 0;
    while (open.length > 0 && open.at(-1)!.level >= entry.level) open.pop();
    const parent = open.at(-1);
    if (parent === undefined) this.placeRecord(entry);
    else if (parent.level === 77) this.reader.fail('a level 77 item has no subordinates', entry);
    else if (parent.picture !== undefined)
      this.reader.fail(`${parent.name} has a PICTURE, so ${entry.name} cannot be subordinate to it`, entry);
    else parent.children.push(entry);
    open.push(entry);
  }

  /** A copybook that begins below level 01 is the inside of one record, which gets the name of the file. */
  private placeRecord(entry: Entry): void {
    if (entry.level === 1 || entry.level === 77) {
      this.found.push(entry);
      return;
    }
    if (this.found.length > 0) this.reader.fail(`level ${entry.level} has no item above it; expected level 01`, entry);
    const { file, line, column } = entry;
    const name = basename(this.file)
      .replace(/\.[^.]*$/, '')
      .toUpperCase();
    const record: Entry = {
      name,
      file,
      line,
      column,
      level: 1,
      filler: false,
      conditions: [],
      renames: [],
      children: [entry],
    };
    this.found.push(record);
    this.open.push(record);
  }
}
