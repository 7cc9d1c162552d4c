import type { SourcePlace } from './copybook-error.js';
import type { Picture } from './picture.js';
import type { Usage } from './usage.js';

export interface Named extends SourcePlace {
  readonly name: string;
}

/** A name and the groups it is in: `X OF Y IN Z`. */
export interface QualifiedName extends Named {
  readonly of: readonly string[];
}

export interface OccursClause extends SourcePlace {
  readonly min: number;
  readonly max: number;
  readonly dependingOn?: QualifiedName;
  readonly keys: readonly QualifiedName[];
}

export interface SignClause {
  readonly leading: boolean;
  readonly separate: boolean;
}

/** A value of VALUE: text, a number as written, or a figurative constant. `all` repeats it over the item. */
export interface Literal extends SourcePlace {
  readonly kind: 'text' | 'hex' | 'number' | 'figurative';
  readonly text: string;
  readonly all: boolean;
  readonly floating?: string; // a floating-point literal as written; `text` has its digits
}

export interface LiteralRange {
  readonly from: Literal;
  readonly to?: Literal;
}

/** An 88 level: the condition is true when the item above it has one of the values. */
export interface Condition extends Named {
  readonly values: readonly LiteralRange[];
}

/** A 66 level: another name for a run of items. */
export interface Renames extends Named {
  readonly from: QualifiedName;
  readonly thru?: QualifiedName;
}

/** One data description entry, its clauses as written. */
export interface Entry extends Named {
  readonly level: number;
  readonly filler: boolean;
  picture?: Picture & SourcePlace;
  usage?: { readonly usage: Usage } & SourcePlace;
  occurs?: OccursClause;
  redefines?: Named;
  sign?: SignClause & SourcePlace;
  sync?: SourcePlace;
  justified?: SourcePlace;
  blankWhenZero?: SourcePlace;
  value?: Literal;
  readonly conditions: Condition[];
  readonly renames: Renames[]; // of a record
  readonly children: Entry[];
}
