import { ConfigError } from '../../model/index.js';
import { CODE_PAGE_TABLES } from './code-page-tables.js';

export type CodePageName = keyof typeof CODE_PAGE_TABLES | 'utf-8';

/** Names of the code pages, for messages. */
export const CODE_PAGES: readonly CodePageName[] = [...(Object.keys(CODE_PAGE_TABLES) as CodePageName[]), 'utf-8'];

/** Other names that are in use: those of IANA's registry, and numbers that IBM gave to what is no EBCDIC page. */
const ALIASES: Readonly<Record<string, CodePageName>> = {
  'ebcdic-cp-us': 'cp037',
  'ebcdic-cp-ca': 'cp037',
  'ebcdic-cp-nl': 'cp037',
  'ebcdic-cp-wt': 'cp037',
  'ebcdic-cp-dk': 'cp277',
  'ebcdic-cp-no': 'cp277',
  'ebcdic-cp-fi': 'cp278',
  'ebcdic-cp-se': 'cp278',
  'ebcdic-cp-it': 'cp280',
  'ebcdic-cp-es': 'cp284',
  'ebcdic-cp-gb': 'cp285',
  'ebcdic-cp-fr': 'cp297',
  'ebcdic-cp-ar1': 'cp420',
  'ebcdic-cp-he': 'cp424',
  'ebcdic-cp-be': 'cp500',
  'ebcdic-cp-ch': 'cp500',
  'ibm-thai': 'cp838',
  'ebcdic-cp-roece': 'cp870',
  'ebcdic-cp-yu': 'cp870',
  'ebcdic-cp-is': 'cp871',
  'ebcdic-cp-tr': 'cp905',
  'ebcdic-us-37+euro': 'cp1140',
  'ebcdic-de-273+euro': 'cp1141',
  'ebcdic-dk-277+euro': 'cp1142',
  'ebcdic-no-277+euro': 'cp1142',
  'ebcdic-fi-278+euro': 'cp1143',
  'ebcdic-se-278+euro': 'cp1143',
  'ebcdic-it-280+euro': 'cp1144',
  'ebcdic-es-284+euro': 'cp1145',
  'ebcdic-gb-285+euro': 'cp1146',
  'ebcdic-fr-297+euro': 'cp1147',
  'ebcdic-international-500+euro': 'cp1148',
  'ebcdic-is-871+euro': 'cp1149',
  'us-ascii': 'ascii',
  'ansi_x3.4-1968': 'ascii',
  cp367: 'ascii',
  latin1: 'iso-8859-1',
  'latin-1': 'iso-8859-1',
  l1: 'iso-8859-1',
  'iso8859-1': 'iso-8859-1',
  'iso_8859-1': 'iso-8859-1',
  '8859_1': 'iso-8859-1',
  cp819: 'iso-8859-1',
  'windows-1252': 'cp1252',
  utf8: 'utf-8',
  cp1208: 'utf-8',
};

const NUMBERED = /^(?:cp|x-ibm|ibm|ccsid|csibm)?[-_ ]?0*(\d+)$/;

/** The name of a page from one as people write it: cp037, 037, IBM037, ibm-1047, latin1. Throws ConfigError naming those there are. */
export function codePageName(written: string): CodePageName {
  const lower = written.trim().toLowerCase();
  const number = NUMBERED.exec(lower)?.[1];
  const plain = number === undefined ? lower : `cp${number.padStart(3, '0')}`;
  const known = CODE_PAGES.find(page => page === plain) ?? ALIASES[plain];
  if (known !== undefined) return known;
  throw new ConfigError('HR_CODE_PAGE', `code page ${written} is not known; there are ${CODE_PAGES.join(', ')}`);
}
