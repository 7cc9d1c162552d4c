import { readFileSync } from 'node:fs';
import { isAbsolute, join } from 'node:path';

import { ConfigError } from '../model/index.js';
import type { CopyText, ReadCopy } from '../codec/index.js';

const ENDINGS = ['', '.cpy', '.CPY', '.cbl', '.CBL', '.cob', '.COB'];
/** What a path that names no file says; anything else, such as a file that must not be read, is the caller's to see. */
const ABSENT = new Set(['ENOENT', 'ENOTDIR', 'EISDIR', 'ENAMETOOLONG', 'ERR_INVALID_ARG_VALUE']);

/**
 * Finds copybooks in folders, in their order: the name as written, in capitals and in small letters, with each of the endings
 * of copybooks. A library is a folder in them that is looked at first. Names that leave the folders are not found. Files are
 * read as Latin-1. Throws ConfigError for one that is there but cannot be read.
 */
export function readCopyFrom(folders: readonly string[]): ReadCopy {
  return (name, library) => {
    if ([name, library ?? ''].some(part => isAbsolute(part) || part.split(/[\\/]/).includes('..'))) return undefined;
    for (const folder of folders)
      for (const path of candidates(folder, name, library)) {
        const found = tryRead(path);
        if (found !== undefined) return found;
      }
    return undefined;
  };
}

function candidates(folder: string, name: string, library: string | undefined): readonly string[] {
  const spellings = (text: string): readonly string[] => [...new Set([text, text.toUpperCase(), text.toLowerCase()])];
  const libraries = library === undefined ? [] : spellings(library).map(inner => join(folder, inner));
  return [...libraries, folder].flatMap(place =>
    spellings(name).flatMap(spelling => ENDINGS.map(ending => join(place, spelling + ending))),
  );
}

function tryRead(file: string): CopyText | undefined {
  try {
    return { file, text: readFileSync(file, 'latin1') };
  } catch (error) {
    if (ABSENT.has((error as NodeJS.ErrnoException).code ?? '')) return undefined;
    throw new ConfigError('HR_COPY_PATH', `${file} cannot be read: ${(error as Error).message}`, { cause: error });
  }
}
