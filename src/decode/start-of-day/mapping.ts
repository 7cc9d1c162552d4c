/** Which records and fields of a copybook make a start-of-day load: the section `startOfDay` of the config. */
export interface StartOfDayMapping {
  readonly file: string;
  readonly copybook: string;
  readonly codepage: string;
  readonly format: 'fixed' | 'rdw';
  /** The field that tells the records apart; it lies at the same place in each. */
  readonly recordType: string;
  readonly header: RecordMapping & { readonly businessDate: string; readonly fileSequence?: string | undefined };
  readonly position: RecordMapping & {
    readonly account: string;
    readonly symbol: string;
    readonly quantity: string;
    readonly averagePrice: string;
  };
  readonly limit?: (RecordMapping & { readonly account: string } & LimitFields) | undefined;
  readonly trailer: RecordMapping & TotalFields & { readonly positionCount: string };
}

/** A record: the value of `recordType` that marks it, and its level-01 name in the copybook. */
export interface RecordMapping {
  readonly when: string;
  readonly record: string;
}

export interface LimitFields {
  readonly maxQuantity?: string | undefined;
  readonly maxNotional?: string | undefined;
  readonly maxPosition?: string | undefined;
  readonly grossNotional?: string | undefined;
  readonly messageRate?: string | undefined;
}

export interface TotalFields {
  readonly limitCount?: string | undefined;
  readonly quantityTotal?: string | undefined;
  readonly grossNotionalTotal?: string | undefined;
}
