import { ConfigError } from '../../model/index.js';

/** Where a word of a copybook stands; both count from 1. */
export interface SourcePlace {
  readonly line: number;
  readonly column: number;
}

/** A copybook that cannot be used: `file:line:column: message`, the message saying what was expected. */
export class CopybookError extends ConfigError {
  readonly line: number;
  readonly column: number;

  constructor(file: string, place: SourcePlace, message: string) {
    super('HR_COPYBOOK', `${file}:${place.line}:${place.column}: ${message}`, {
      details: { file, line: place.line, column: place.column },
    });
    this.line = place.line;
    this.column = place.column;
  }
}
