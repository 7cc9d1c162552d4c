import { ConfigError } from '../../model/index.js';
import {
  codePage,
  suggestion,
  type BlankPolicies,
  type Layout,
  type SignDialect,
  type SignNibbles,
  type Trim,
} from '../record/index.js';
import type { ReadCopy } from './copy.js';
import { isCurrency } from './divisions.js';
import type { BinarySize } from './binary-size.js';
import { buildLayout } from './layout-builder.js';
import { parseCopybook, type Copybook } from './parser.js';
import type { SpecialNames } from './picture-parts.js';
import type { SourceFormat } from './source.js';

/** What COMP holds: what its picture says; what its bytes hold (bin); or read as bin and written as std (opt). */
export type Trunc = 'std' | 'bin' | 'opt';

export const TRUNCS: readonly Trunc[] = ['std', 'bin', 'opt'];

export interface CopybookOptions {
  readonly file: string; // for messages
  readonly codePage?: string; // cp037 when left out
  readonly sourceFormat?: SourceFormat; // auto when left out
  readonly readCopy?: ReadCopy; // finds what COPY names; COPY is refused when left out
  readonly signNibbles?: SignNibbles; // all when left out
  readonly sign?: SignDialect; // ebcdic, or gnucobol on an ASCII page
  readonly binarySize?: BinarySize; // 2-4-8 when left out
  readonly nativeEndian?: 'big' | 'little'; // of COMP-5, INDEX, POINTER and IEEE floats; little when left out
  readonly float?: 'ibm' | 'ieee'; // COMP-1 and COMP-2; ibm, or ieee on an ASCII page
  readonly nsymbol?: 'national' | 'dbcs'; // what PIC N is without USAGE; national when left out
  readonly decimalComma?: boolean; // DECIMAL-POINT IS COMMA
  readonly currency?: string; // CURRENCY SIGN, one character; $ when left out
  readonly odo?: 'slide' | 'max'; // what follows a table with DEPENDING ON slides, or lies behind its largest count; slide when left out
  readonly trunc?: Trunc; // std when left out
  readonly trim?: Trim; // right when left out
  readonly fieldTrim?: Readonly<Record<string, Trim>>; // of single items instead, by name
  readonly blanks?: Partial<BlankPolicies>; // numbers that are all spaces, low-values or high-values; refused when left out
  readonly fieldBlanks?: Readonly<Record<string, Partial<BlankPolicies>>>; // of single fields instead, by name
}

/**
 * The layouts of a copybook's records (01 and 77 levels), in order. Throws CopybookError with file, line and column for a
 * copybook that cannot be used, ConfigError for an unknown code page.
 */
export function compileCopybook(text: string, options: CopybookOptions): readonly Layout[] {
  const { file, sourceFormat: format = 'auto' } = options;
  const copybook = parseCopybook(text, { file, format, readCopy: options.readCopy, ...specialNames(options) });
  return layOut(copybook, options);
}

/** What is said of pictures outside of the copybook. Throws ConfigError for what cannot be a currency sign. */
export function specialNames({ decimalComma = false, currency = '$' }: Partial<CopybookOptions>): SpecialNames {
  checkCurrency(currency);
  return { decimalComma, currencies: new Map([[currency, currency]]) };
}

/** The layouts of a copybook's records that are parsed already. Throws as compileCopybook does. */
export function layOut(copybook: Copybook, options: Omit<CopybookOptions, 'file'>): readonly Layout[] {
  const page = codePage(options.codePage ?? 'cp037');
  const rules = {
    ...copybook.specialNames,
    float: options.float ?? (page.ebcdic ? 'ibm' : 'ieee'),
    nsymbol: options.nsymbol ?? 'national',
    slides: options.odo !== 'max',
    codePage: page,
    sign: options.sign ?? (page.ebcdic ? 'ebcdic' : 'gnucobol'),
    signNibbles: options.signNibbles ?? 'all',
    binarySize: options.binarySize ?? '2-4-8',
    littleEndian: (options.nativeEndian ?? 'little') === 'little',
    fullRange: options.trunc === 'bin',
    fullRangeRead: options.trunc === 'opt',
  } as const;
  const policies = { ...blankPolicies(options), ...trimPolicies(options) };
  return copybook.records.map(record => ({ ...buildLayout(record, rules), ...policies }));
}

const REFUSED: BlankPolicies = { spaces: 'refuse', lowValues: 'refuse', highValues: 'refuse' };

function blankPolicies({ blanks, fieldBlanks }: Partial<CopybookOptions>): Pick<Layout, 'blanks' | 'fieldBlanks'> {
  const all = { ...REFUSED, ...blanks };
  const fields = Object.entries(fieldBlanks ?? {});
  return {
    ...(blanks === undefined ? {} : { blanks: all }),
    ...(fieldBlanks === undefined
      ? {}
      : { fieldBlanks: new Map(fields.map(([name, own]) => [name.toUpperCase(), { ...all, ...own }])) }),
  };
}

function trimPolicies({ trim, fieldTrim }: Partial<CopybookOptions>): Pick<Layout, 'trim' | 'fieldTrim'> {
  const fields = Object.entries(fieldTrim ?? {}).map(([name, own]) => [name.toUpperCase(), own] as const);
  return {
    ...(trim === undefined ? {} : { trim }),
    ...(fieldTrim === undefined ? {} : { fieldTrim: new Map(fields) }),
  };
}

function checkCurrency(currency: string): void {
  if (!isCurrency(currency))
    throw new ConfigError(
      'HR_CURRENCY',
      `${JSON.stringify(currency)} cannot be a currency sign; expected one such as $`,
    );
}

/** The record of that name, or the only one. Throws ConfigError naming those there are. */
export function chooseRecord(layouts: readonly Layout[], name: string | undefined): Layout {
  const names = layouts.map(layout => layout.name).join(', ');
  if (name === undefined) {
    if (layouts.length === 1) return layouts[0]!;
    throw new ConfigError(
      'HR_RECORD',
      `the copybook has ${layouts.length} records (${names}); choose one with --record`,
    );
  }
  const found = layouts.find(layout => layout.name.toUpperCase() === name.toUpperCase());
  if (found === undefined)
    throw new ConfigError(
      'HR_RECORD',
      `the copybook has no record ${name}; it has ${names}${suggestion(
        layouts.map(layout => layout.name),
        name,
      )}`,
    );
  return found;
}
