import { CopybookError } from './copybook-error.js';

const TEXT_END = 72; // columns 73-80 are the identification area of fixed format
const CARD_END = 80;

/** Lines of fixed format whose text seems to go on behind column 72, where nothing is read: what is wrong near them is told so. */
export class CutLines {
  private readonly places = new Set<string>();

  /** Keeps a line where column 72 cuts a word in two, or which is longer than a card. */
  look(line: string, file: string, number: number): void {
    const isCut = line.length > TEXT_END && line[TEXT_END - 1] !== ' ' && line[TEXT_END] !== ' ';
    if (isCut || line.trimEnd().length > CARD_END) this.places.add(`${file}:${number}`);
  }

  /** The error with the remedy behind it where a line was cut at it or just before. */
  explain(error: unknown): unknown {
    if (!(error instanceof CopybookError)) return error;
    const { file, line } = error.place;
    const cut = [line, line - 1].find(number => this.places.has(`${file}:${number}`));
    if (cut === undefined) return error;
    const remedy = `line ${cut} goes on behind column 72, which fixed format does not read: break it, or see --source-format`;
    return new CopybookError(error.place, `${error.problem}; ${remedy}`);
  }
}
