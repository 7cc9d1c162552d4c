import { createHash } from 'node:crypto';

import { compileRecords, type Layout, type RecordFileOptions } from '../../codec/index.js';

/** A copybook as it was read: its records, and the hash of all that they follow from. */
export interface CopybookSource {
  readonly layouts: readonly Layout[];
  /** SHA-256 of the copybook, of what it copies and of the options, in hexadecimal; folders are not in it. */
  readonly hash: string;
}

export function readSource({ copybook, selection, policies }: RecordFileOptions): CopybookSource {
  const copies: string[] = [];
  const { text, file, readCopy, ...rules } = copybook;
  const reading: RecordFileOptions['copybook']['readCopy'] = (name, library) => {
    const found = readCopy?.(name, library);
    if (found !== undefined) copies.push(found.text);
    return found;
  };
  const options = { ...(selection && { selection }), ...(policies && { policies }) };
  const layouts = compileRecords({ copybook: { ...rules, text, file, readCopy: reading }, ...options });
  const hash = createHash('sha256').update(JSON.stringify({ text, copies, rules, ...options }));
  return { layouts, hash: hash.digest('hex') };
}
