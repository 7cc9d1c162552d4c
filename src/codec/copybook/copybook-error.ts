import { ConfigError } from '../../model/index.js';

/** Where a word of a copybook stands; line and column count from 1. */
export interface SourcePlace {
  readonly file: string;
  readonly line: number;
  readonly column: number;
}

/** A copybook that cannot be used: `file:line:column: message`, the message saying what was expected. */
export class CopybookError extends ConfigError {
  readonly line: number;
  readonly column: number;

  constructor(
    readonly place: SourcePlace,
    readonly problem: string,
  ) {
    const { file, line, column } = place;
    super('HR_COPYBOOK', `${file}:${line}:${column}: ${problem}`, { details: { file, line, column } });
    this.line = line;
    this.column = column;
  }
}
