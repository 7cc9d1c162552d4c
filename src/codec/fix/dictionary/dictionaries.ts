import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { ConfigError } from '../../../model/index.js';
import type { FixDictionary } from './dictionary.js';
import { tableFromQuickFixXml } from './quickfix-xml.js';
import { parseDictionaryTable } from './table.js';

/** ApplVerID (1128, 1137) values and the versions they name. */
export const APPL_VER_ID: Readonly<Record<string, string>> = {
  '2': 'FIX.4.0',
  '3': 'FIX.4.1',
  '4': 'FIX.4.2',
  '5': 'FIX.4.3',
  '6': 'FIX.4.4',
  '7': 'FIX.5.0',
  '8': 'FIX.5.0SP1',
  '9': 'FIX.5.0SP2',
};

/** The ApplVerID of a version, or undefined. */
export function applVerIdOf(version: string): string | undefined {
  return Object.keys(APPL_VER_ID).find(id => APPL_VER_ID[id] === version);
}

/** The dictionaries of one process, by version ('FIX.4.4', 'FIXT.1.1', 'FIX.5.0SP2'); undefined = not known. */
export type Dictionaries = (version: string) => FixDictionary | undefined;

const tables = fileURLToPath(new URL('./tables/', import.meta.url));
const builtIn = new Map<string, FixDictionary>();

/** The versions built in. */
export const FIX_VERSIONS = [...Object.values(APPL_VER_ID), 'FIXT.1.1'] as const;

/** The built-in dictionary of a version, read on first use and then kept. */
export const builtInDictionaries: Dictionaries = version => {
  const known = builtIn.get(version);
  if (known !== undefined || !(FIX_VERSIONS as readonly string[]).includes(version)) return known;
  const dictionary = parseDictionaryTable(readFileSync(join(tables, `${version}.txt`), 'utf8'));
  builtIn.set(version, dictionary);
  return dictionary;
};

/**
 * Reads every QuickFIX data dictionary (*.xml) of a folder; a version the folder lacks is the built-in one.
 * Throws ConfigError naming the file that cannot be read.
 */
export function openDictionaryFolder(directory: string): Dictionaries {
  if (!existsSync(directory)) throw new ConfigError('HR_FIX_DICTIONARY', `${directory} does not exist`);
  const own = new Map<string, FixDictionary>();
  for (const file of readdirSync(directory).filter(name => name.endsWith('.xml'))) {
    const dictionary = readQuickFixDictionary(join(directory, file));
    own.set(dictionary.version, dictionary);
  }
  if (own.size === 0) throw new ConfigError('HR_FIX_DICTIONARY', `${directory} holds no *.xml dictionary`);
  return version => own.get(version) ?? builtInDictionaries(version);
}

/** Reads one QuickFIX data dictionary. Throws ConfigError naming the file and what is wrong with it. */
export function readQuickFixDictionary(path: string): FixDictionary {
  try {
    return parseDictionaryTable(tableFromQuickFixXml(readFileSync(path, 'utf8')));
  } catch (cause) {
    throw new ConfigError('HR_FIX_DICTIONARY', `${path}: ${(cause as Error).message}`, { cause });
  }
}
