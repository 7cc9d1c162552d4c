import { readFileSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';

import type { CopyText, ReadCopy } from '../../codec/index.js';
import { sourceText } from './source-text.js';

/** What a copybook's file may be called beside its name, as GnuCOBOL looks for it. */
const ENDINGS = ['', '.cpy', '.CPY', '.cbl', '.CBL', '.cob', '.COB', '.copy', '.COPY'];

/**
 * Finds copied files: in the folders of `--copy-path` in their order, then beside the copybook itself; `COPY NAME OF LIBRARY`
 * in the folder of that name there. A name is tried as written, in capitals and in small letters.
 */
export function searchPath(copybook: string, folders: readonly string[]): ReadCopy {
  const path = [...folders, dirname(copybook)];
  return (name, library) => {
    const names = spellings(name).flatMap(spelling => ENDINGS.map(ending => spelling + ending));
    const places =
      library === undefined ? path : path.flatMap(folder => spellings(library).map(own => join(folder, own)));
    for (const folder of places)
      for (const file of names) {
        const found = read(join(folder, file));
        if (found !== undefined) return found;
      }
    return undefined;
  };
}

const spellings = (name: string): readonly string[] => [...new Set([name, name.toUpperCase(), name.toLowerCase()])];

function read(file: string): CopyText | undefined {
  const found = statSync(file, { throwIfNoEntry: false });
  return found?.isFile() === true ? { file, text: sourceText(readFileSync(file)) } : undefined;
}
