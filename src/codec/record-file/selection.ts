/** A value or a range of values, both ends included, as COBOL would write them in an 88 level. */
export type ValueRange = string | { readonly from: string; readonly to: string };

/** Fields and the values they must have, each of them. */
export type FieldValues = Readonly<Record<string, readonly ValueRange[]>>;

/**
 * Picks a record (an 01 level) or a view (an item that is redefined or redefines): when for one of `when` each named field of
 * that record has one of its values.
 */
export interface SelectRule {
  readonly record: string;
  readonly when: readonly FieldValues[];
}

/** Records that a file begins or ends with, by place and not by content. */
export interface PlacedRecords {
  readonly record: string;
  readonly count: number;
}

export interface SelectionOptions {
  /** The one record of the file, where no rule picks. */
  readonly record?: string;
  readonly select?: readonly SelectRule[];
  readonly header?: PlacedRecords;
  readonly trailer?: PlacedRecords;
  /** A record that no rule picks is bad, or left out without a word. */
  readonly unmatched?: 'bad' | 'skip';
}
