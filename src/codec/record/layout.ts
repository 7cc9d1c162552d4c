import type { CodePage } from './code-page.js';
import type { SignDialect } from './sign.js';

/** Which nibbles sign a packed number: `all` takes A C E F as plus and B D as minus, `strict` only C, D and F. */
export type SignNibbles = 'all' | 'strict';

export type SignPosition = 'none' | 'trailing' | 'leading' | 'trailing-separate' | 'leading-separate';

/**
 * How the characters of a text item lie in its bytes: one byte or shift states of the code page; pairs of bytes of the page's
 * double-byte part (PIC G, DISPLAY-1); UTF-16 big-endian (PIC N, NATIONAL).
 */
export type Charset = 'page' | 'dbcs' | 'utf16';

/** Which spaces around text are left out. */
export type Trim = 'right' | 'left' | 'both' | 'none';

/** An edited picture, each symbol written out: `Z(3)9.99` has the mask `ZZZ9.99`. */
export interface EditedPicture {
  readonly mask: string; // CR and DB are two characters of it; the decimal point is `.`, the comma `,`, whatever DECIMAL-POINT IS says
  readonly numeric: boolean;
  readonly digits: number; // positions that hold a digit, of a numeric one
  readonly scale: number;
  readonly decimalComma: boolean; // the data has `,` for the mask's `.` and the reverse
  readonly currency: string; // what stands for the mask's `$`: one character or several, `$` where it has none
}

/** How the bytes of an elementary item hold its value. `scale` counts decimals; it is negative where P stands on the right. */
export type Leaf =
  | {
      readonly kind: 'text';
      readonly charset: Charset;
      readonly justified: boolean;
      readonly edited?: EditedPicture;
      readonly blankWhenZero: boolean; // of an edited number
    }
  | {
      readonly kind: 'display';
      readonly digits: number;
      readonly scale: number;
      readonly sign: SignPosition;
      readonly blankWhenZero: boolean;
      readonly national: boolean; // each character is two bytes of UTF-16
    }
  | {
      readonly kind: 'packed';
      readonly digits: number;
      readonly scale: number;
      readonly signed: boolean;
      readonly signNibble: boolean; // false is COMP-6
    }
  | {
      readonly kind: 'binary';
      readonly digits: number;
      readonly scale: number;
      readonly signed: boolean;
      readonly littleEndian: boolean;
      readonly fullRange: boolean; // COMP-5, INDEX and POINTER hold what their bytes can hold, COMP what its picture says
      readonly fullRangeRead?: boolean; // TRUNC(OPT): read as what the bytes hold, written as the picture says
    }
  | {
      readonly kind: 'float'; // COMP-1 of 4 bytes, COMP-2 of 8
      readonly format: 'ibm' | 'ieee';
      readonly littleEndian: boolean; // of ieee; ibm is big-endian
    };

/** What stands in the place of a number whose bytes are all the same and hold none. */
export type BlankPolicy = 'refuse' | 'null' | 'zero';

/** The policy for each filling that programs leave behind. Bytes that do hold a number (binary zeros are 0) have its value. */
export interface BlankPolicies {
  readonly spaces: BlankPolicy;
  readonly lowValues: BlankPolicy;
  readonly highValues: BlankPolicy;
}

export interface Occurs {
  readonly count: number; // the largest, of a table with DEPENDING ON
  readonly stride: number; // bytes from one occurrence to the next, slack included
  readonly min: number; // the same as count without DEPENDING ON
  readonly dependingOn?: LayoutItem; // the number that holds the count
  readonly slides: boolean; // what follows the table begins after its last occurrence, not after the largest count
}

/** A VALUE as written: text, hexadecimal, a number, or the name of a figurative constant. */
export interface LayoutValue {
  readonly kind: 'text' | 'hex' | 'number' | 'figurative';
  readonly text: string;
  readonly all: boolean; // ALL: repeated over the item
}

/** One item of a record: a group, or an elementary item with a leaf. Offsets are of the first occurrence, from the record's start. */
export interface LayoutItem {
  readonly index: number; // preorder, into Layout.items
  readonly name: string;
  readonly filler: boolean;
  readonly level: number;
  readonly picture: string; // as written, '' where there is none
  readonly usage: string;
  readonly offset: number;
  readonly size: number; // of one occurrence
  readonly occurs?: Occurs;
  readonly redefines?: LayoutItem; // the item whose bytes these are
  readonly value?: LayoutValue;
  readonly leaf?: Leaf; // undefined for a group
  readonly children: readonly LayoutItem[];
}

/** An 88 level: true when the item has one of the values or lies in one of the ranges. */
export interface LayoutCondition {
  readonly name: string;
  readonly item: LayoutItem;
  readonly values: readonly { readonly from: LayoutValue; readonly to?: LayoutValue }[];
}

/** A 66 level: another name for the bytes from the first item to the end of the last. */
export interface LayoutRenames {
  readonly name: string;
  readonly from: LayoutItem;
  readonly thru: LayoutItem; // the same as `from` without THRU
}

/** Where the values of one kind of record lie. Made by a copybook or a fixed-width table; compiled into plans. */
export interface Layout {
  readonly name: string;
  readonly sizeBytes: number;
  readonly root: LayoutItem;
  readonly items: readonly LayoutItem[];
  readonly conditions: readonly LayoutCondition[];
  readonly renames: readonly LayoutRenames[];
  readonly codePage: CodePage;
  readonly sign: SignDialect;
  readonly signNibbles: SignNibbles;
  readonly trim?: Trim; // right when left out
  readonly fieldTrim?: ReadonlyMap<string, Trim>; // of single items instead, by their names in capitals
  readonly blanks?: BlankPolicies; // all refused when left out
  readonly fieldBlanks?: ReadonlyMap<string, BlankPolicies>; // of single numbers instead, by their names in capitals
}
