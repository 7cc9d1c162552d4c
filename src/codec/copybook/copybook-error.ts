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

  constructor({ file, line, column }: SourcePlace, message: string) {
    super('HR_COPYBOOK', `${file}:${line}:${column}: ${message}`, { details: { file, line, column } });
    this.line = line;
    this.column = column;
  }
}
