import type { CodePage } from './code-page.js';
import type { SignDialect } from './sign.js';

export type SignPosition = 'none' | 'trailing' | 'leading' | 'trailing-separate' | 'leading-separate';

/** How the bytes of an elementary item hold its value. `scale` counts decimals; it is negative where P stands on the right. */
export type Leaf =
  | { readonly kind: 'text'; readonly justified: boolean; readonly edited: boolean }
  | {
      readonly kind: 'display';
      readonly digits: number;
      readonly scale: number;
      readonly sign: SignPosition;
      readonly blankWhenZero: boolean;
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
      readonly fullRange: boolean; // COMP-5 holds what its bytes can hold, COMP what its picture says
    };

export interface Occurs {
  readonly count: number; // the largest, of a table with DEPENDING ON
  readonly stride: number; // bytes from one occurrence to the next, slack included
  readonly min: number; // the same as count without DEPENDING ON
  readonly dependingOn?: LayoutItem; // the number that holds the count; what follows the table slides
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

/** Where the values of one kind of record lie. Made by a copybook or a fixed-width table; compiled into plans. */
export interface Layout {
  readonly name: string;
  readonly sizeBytes: number;
  readonly root: LayoutItem;
  readonly items: readonly LayoutItem[];
  readonly codePage: CodePage;
  readonly sign: SignDialect;
}
