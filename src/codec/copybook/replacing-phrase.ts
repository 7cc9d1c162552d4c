import { CopybookError } from './copybook-error.js';
import type { Replacement } from './replacing.js';
import type { TextWord } from './text-words.js';
import type { WordReader } from './word-reader.js';

/** `{ ==text== | word | literal } BY { ... }` again and again up to the period, as COPY REPLACING and REPLACE have it. */
export function readReplacements(reader: WordReader): readonly Replacement[] {
  const replacements: Replacement[] = [];
  do replacements.push(readReplacement(reader));
  while (!reader.atEnd && reader.word!.kind !== 'period');
  return replacements;
}

function readReplacement(reader: WordReader): Replacement {
  const part = reader.accept('LEADING') ? 'LEADING' : reader.accept('TRAILING') ? 'TRAILING' : undefined;
  const place = reader.word;
  const from = readOperand(reader);
  if (from.length === 0) throw new CopybookError(place!, 'the pseudo-text to replace has no word');
  if (!reader.accept('BY')) reader.expected('BY');
  const by = readOperand(reader);
  const isPart = part !== undefined && from.length === 1 && from[0]!.kind === 'run';
  return isPart ? { from, by, part } : { from, by };
}

function readOperand(reader: WordReader): readonly TextWord[] {
  const { word } = reader;
  if (word?.kind === 'delimiter') return reader.pseudoText();
  if (word?.kind === 'literal') return [reader.advance()];
  const words = [...reader.sideBySide('==, a word or a literal')];
  while (reader.is('OF') || reader.is('IN')) words.push(reader.advance(), ...reader.sideBySide('the name of a group'));
  return words;
}
