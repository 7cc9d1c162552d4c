/** USAGE as we know it; the words of the standard and of GnuCOBOL map to these. */
export type Usage =
  | 'DISPLAY'
  | 'NATIONAL'
  | 'DISPLAY-1'
  | 'BINARY'
  | 'COMP-1'
  | 'COMP-2'
  | 'COMP-3'
  | 'COMP-5'
  | 'COMP-6'
  | 'COMP-X'
  | 'COMP-N'
  | IntegerUsage;

/** An integer whose size the USAGE gives, without a PICTURE. */
export type IntegerUsage =
  | 'INDEX'
  | 'POINTER'
  | 'POINTER-32'
  | 'PROCEDURE-POINTER'
  | 'FUNCTION-POINTER'
  | 'PROGRAM-POINTER'
  | 'BINARY-CHAR'
  | 'BINARY-CHAR UNSIGNED'
  | 'BINARY-SHORT'
  | 'BINARY-SHORT UNSIGNED'
  | 'BINARY-LONG'
  | 'BINARY-LONG UNSIGNED'
  | 'BINARY-DOUBLE'
  | 'BINARY-DOUBLE UNSIGNED';

const WORDS: Readonly<Record<Exclude<Usage, `${string} UNSIGNED`>, string>> = {
  DISPLAY: 'DISPLAY',
  NATIONAL: 'NATIONAL',
  'DISPLAY-1': 'DISPLAY-1',
  BINARY: 'BINARY COMP COMPUTATIONAL COMP-4 COMPUTATIONAL-4',
  'COMP-1': 'COMP-1 COMPUTATIONAL-1 FLOAT-SHORT',
  'COMP-2': 'COMP-2 COMPUTATIONAL-2 FLOAT-LONG',
  'COMP-3': 'COMP-3 COMPUTATIONAL-3 PACKED-DECIMAL',
  'COMP-5': 'COMP-5 COMPUTATIONAL-5',
  'COMP-6': 'COMP-6 COMPUTATIONAL-6',
  'COMP-X': 'COMP-X COMPUTATIONAL-X',
  'COMP-N': 'COMP-N COMPUTATIONAL-N',
  INDEX: 'INDEX',
  POINTER: 'POINTER',
  'POINTER-32': 'POINTER-32',
  'PROCEDURE-POINTER': 'PROCEDURE-POINTER',
  'FUNCTION-POINTER': 'FUNCTION-POINTER',
  'PROGRAM-POINTER': 'PROGRAM-POINTER',
  'BINARY-CHAR': 'BINARY-CHAR',
  'BINARY-SHORT': 'BINARY-SHORT SIGNED-SHORT',
  'BINARY-LONG': 'BINARY-LONG SIGNED-INT',
  'BINARY-DOUBLE': 'BINARY-DOUBLE BINARY-LONG-LONG SIGNED-LONG',
};

/** The USAGE a word of a copybook means. */
export const USAGES: ReadonlyMap<string, Usage> = new Map([
  ...Object.entries(WORDS).flatMap(([usage, words]) => words.split(' ').map(word => [word, usage as Usage] as const)),
  ['UNSIGNED-SHORT', 'BINARY-SHORT UNSIGNED'],
  ['UNSIGNED-INT', 'BINARY-LONG UNSIGNED'],
  ['UNSIGNED-LONG', 'BINARY-DOUBLE UNSIGNED'],
]);

/** Words of a USAGE that we do not take; each is refused by its name. */
export const REFUSED_USAGES: ReadonlySet<string> = new Set(
  (
    'UTF-8 FLOAT-DECIMAL-7 FLOAT-DECIMAL-16 FLOAT-DECIMAL-34 FLOAT-EXTENDED FLOAT-BINARY-32 FLOAT-BINARY-64 ' +
    'FLOAT-BINARY-128 COMP-0 COMP-7 COMP-9 COMP-10 COMP-15 OBJECT HANDLE BIT'
  ).split(' '),
);

interface IntegerSize {
  readonly ibm: number; // bytes, by the 31-bit addresses of Enterprise COBOL
  readonly gnucobol: number; // by GnuCOBOL's 64-bit addresses
  readonly signed: boolean;
}

const size = (ibm: number, gnucobol: number, signed: boolean): IntegerSize => ({ ibm, gnucobol, signed });

/** Bytes and sign of what has no PICTURE: Enterprise COBOL's LENGTH OF special register, and GnuCOBOL's `cobc` on 64 bits. */
export const INTEGER_USAGES: ReadonlyMap<Usage, IntegerSize> = new Map<Usage, IntegerSize>([
  ['INDEX', size(4, 4, true)],
  ['POINTER', size(4, 8, false)],
  ['POINTER-32', size(4, 4, false)],
  ['PROCEDURE-POINTER', size(8, 8, false)],
  ['FUNCTION-POINTER', size(4, 8, false)],
  ['PROGRAM-POINTER', size(8, 8, false)],
  ['BINARY-CHAR', size(1, 1, true)],
  ['BINARY-CHAR UNSIGNED', size(1, 1, false)],
  ['BINARY-SHORT', size(2, 2, true)],
  ['BINARY-SHORT UNSIGNED', size(2, 2, false)],
  ['BINARY-LONG', size(4, 4, true)],
  ['BINARY-LONG UNSIGNED', size(4, 4, false)],
  ['BINARY-DOUBLE', size(8, 8, true)],
  ['BINARY-DOUBLE UNSIGNED', size(8, 8, false)],
]);

/** Decimal digits of the largest number of so many bytes. */
export function digitsOfBytes(bytes: number, signed: boolean): number {
  return String(2n ** BigInt(bytes * 8 - (signed ? 1 : 0)) - 1n).length;
}
