import { CopybookError, type SourcePlace } from './copybook-error.js';

/** The program text of one file: comments gone, continued lines joined, lines apart by a newline; runs say where it stood. */
export interface SourceText {
  readonly text: string;
  readonly runs: readonly SourceRun[];
}

/** From `at` in the text on, each character stands one column further on the same line, until the next run. */
export interface SourceRun extends SourcePlace {
  readonly at: number;
}

/** A literal or word continued so far is no literal of any compiler; the bound keeps joining lines cheap. */
const LINE_MAX = 1 << 16;

/** Gathers program text: pieces of a line as it goes on over continuations, and the lines. */
export class SourceTextWriter {
  private readonly lines: string[] = [];
  private readonly runs: SourceRun[] = [];
  private line = '';
  private before = 0; // characters in `lines`

  constructor(readonly file: string) {}

  get isEmpty(): boolean {
    return this.lines.length === 0 && this.line === '';
  }

  /** Adds a piece that begins at this place, both counted from 1. */
  append(piece: string, line: number, column: number): void {
    this.runs.push({ at: this.before + this.line.length, file: this.file, line, column });
    this.line += piece;
    if (this.line.length > LINE_MAX)
      throw new CopybookError(
        { file: this.file, line, column },
        `the line goes on for more than ${LINE_MAX} characters`,
      );
  }

  /** Takes back the spaces at the end, where a word goes on over lines. */
  trimEnd(): void {
    this.line = this.line.trimEnd();
  }

  endLine(): void {
    this.lines.push(this.line);
    this.before += this.line.length + 1;
    this.line = '';
  }

  source(): SourceText {
    if (this.line !== '') this.endLine();
    return { text: this.lines.join('\n'), runs: this.runs };
  }
}
