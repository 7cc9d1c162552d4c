export {
  chooseRecord,
  compileCopybook,
  layOut,
  specialNames,
  TRUNCS,
  type CopybookOptions,
  type Trunc,
} from './copybook.js';
export { CopybookError } from './copybook-error.js';
export { BINARY_SIZES, type BinarySize } from './binary-size.js';
export { parseCopybook, type Copybook, type CopybookSource } from './parser.js';
export { SOURCE_FORMATS, type SourceFormat } from './source.js';
export type { CopyText, ReadCopy } from './copy.js';
export type { Entry, Literal, OccursClause } from './entry.js';
export { digitsOfBytes, USAGES } from './usage.js';
