import { isUtf8 } from 'node:buffer';
import { readFileSync } from 'node:fs';
import { dirname, isAbsolute, join } from 'node:path';

import { ConfigError, InputError } from '../model/index.js';
import type { CopyText, ReadCopy } from '../codec/index.js';

/** What a copybook's file may be called beside its name, as GnuCOBOL looks for it. */
const ENDINGS = ['', '.cpy', '.CPY', '.cbl', '.CBL', '.cob', '.COB', '.copy', '.COPY'];
/** What a path that names no file says; anything else, such as a file that must not be read, is the caller's to see. */
const ABSENT = new Set(['ENOENT', 'ENOTDIR', 'EISDIR', 'ENAMETOOLONG', 'ERR_INVALID_ARG_VALUE']);

/**
 * Finds copybooks in folders, in their order: the name as written, in capitals and in small letters, with each of the endings
 * of copybooks. A library is a folder in any of them; such are looked at first. Names that leave the folders are not found. Throws
 * ConfigError for a file that is there but cannot be read.
 */
export function readCopyFrom(folders: readonly string[]): ReadCopy {
  return (name, library) => {
    if ([name, library ?? ''].some(part => isAbsolute(part) || part.split(/[\\/]/).includes('..'))) return undefined;
    const libraries =
      library === undefined ? [] : spellings(library).flatMap(inner => folders.map(at => join(at, inner)));
    for (const path of [...libraries, ...folders].flatMap(folder => candidates(folder, name))) {
      const found = tryRead(path);
      if (found !== undefined) return found;
    }
    return undefined;
  };
}

const spellings = (name: string): readonly string[] => [...new Set([name, name.toUpperCase(), name.toLowerCase()])];

const candidates = (folder: string, name: string): readonly string[] =>
  spellings(name).flatMap(spelling => ENDINGS.map(ending => join(folder, spelling + ending)));

function tryRead(file: string): CopyText | undefined {
  try {
    return { file, text: sourceText(readFileSync(file)) };
  } catch (error) {
    if (ABSENT.has((error as NodeJS.ErrnoException).code ?? '')) return undefined;
    throw new ConfigError('HR_COPY_PATH', `${file} cannot be read: ${(error as Error).message}`, { cause: error });
  }
}

/** A file that describes records, and where its COPY statements look: in the given folders, then beside it. Throws InputError when it cannot be read. */
export function openCopybook(file: string, folders: readonly string[] = []): { text: string; readCopy: ReadCopy } {
  try {
    return { text: sourceText(readFileSync(file)), readCopy: readCopyFrom([...folders, dirname(file)]) };
  } catch (cause) {
    throw new InputError('HR_INPUT', `${file} cannot be read: ${(cause as Error).message}`, { cause });
  }
}

/** UTF-8 where the bytes are that, else Latin-1, in which every file is some text. */
const sourceText = (bytes: Buffer): string => bytes.toString(isUtf8(bytes) ? 'utf8' : 'latin1');
