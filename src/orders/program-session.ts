/**
 * TargetCompIDs of the sessions by which parts of this very process send orders: nobody logs on as one. Orders of `toVenue` go to the venue; those of
 * `direct` are judged and held like any other and go to a trading system that the part itself serves, whose reports it brings back.
 */
export const PROGRAM_COMP_ID = { toVenue: 'HEADRACE-PROGRAM', direct: 'HEADRACE-DIRECT' } as const;

/** What a part of this process asks of the lane. Messages are whole FIX messages; a record goes to the topic `application` before them. */
export type ProgramRequest =
  | {
      readonly kind: 'order';
      readonly target: keyof typeof PROGRAM_COMP_ID;
      readonly record: Uint8Array;
      readonly message: Uint8Array;
    }
  /** Writes a record down. */
  | { readonly kind: 'note'; readonly record: Uint8Array }
  /** The last look before a direct order leaves: refused where a halt overtook it. `orderSequence` is that of its decision. */
  | { readonly kind: 'release'; readonly orderSequence: number; readonly record: Uint8Array }
  /** An ExecutionReport (8) of a direct order. */
  | { readonly kind: 'report'; readonly message: Uint8Array };
