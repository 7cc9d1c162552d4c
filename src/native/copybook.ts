/** A row plan as the addon copies it: see codec/record/row-plan.ts. */
export interface NativeRowPlanSource {
  readonly shape: Int32Array; // recordSize, rowSize, viewCount
  readonly ops: Int32Array;
  readonly leaves: Int32Array;
  readonly viewParents: Int32Array;
  readonly tables: Uint8Array;
  readonly pairs: Uint8Array; // the double-byte part of the page, or empty
  readonly template: Uint8Array;
}

/** The calls of one row plan. Arguments that do not fit the buffers throw TypeError; bad records are in their rows. */
export interface NativeRowPlan {
  /** Records of one length from `from` on, to rows. */
  decodeFixed(bytes: Uint8Array, from: number, count: number, rows: Uint8Array): void;
  /** The same to columns: the slot at row offset `o` of width `w` is a column of `capacity * w` bytes at `capacity * o`. */
  decodeColumns(bytes: Uint8Array, from: number, count: number, columns: Uint8Array, capacity: number): void;
  decodeSpans(bytes: Uint8Array, starts: Int32Array, lengths: Int32Array, count: number, rows: Uint8Array): void;
  /** Rows to records; how many are good. */
  encodeRows(rows: Uint8Array, count: number, out: Uint8Array): number;
}

/** A JSON plan as the addon copies it: see codec/record/json-plan.ts. */
export interface NativeJsonPlanSource {
  readonly shape: Int32Array; // recordSize, textSizeMax, registerCount, flagCount, nullsMax
  readonly ops: Int32Array;
  readonly leaves: Int32Array;
  readonly literals: Uint8Array;
  readonly tables: Uint8Array;
  readonly pairs: Uint8Array;
  readonly tests: Int32Array;
  readonly alternatives: Int32Array;
  readonly testBytes: Uint8Array;
}

/** `result` gets records taken, text length, refusal count, then (index, item, source, status) of each; below 0 the value is null. */
export type NativeJsonWrite = (
  bytes: Uint8Array,
  starts: Int32Array,
  lengths: Int32Array,
  count: number,
  from: number,
  exact: boolean,
  out: Uint8Array,
  result: Int32Array,
) => void;

/** A plan of records as the addon copies it: see codec/record/record-encode-plan.ts. */
export interface NativeRecordPlanSource {
  readonly shape: Int32Array; // recordSize, root, recordLength or -1, rules
  readonly nodes: Int32Array;
  readonly registers: Int32Array;
  readonly members: Int32Array;
  readonly names: Uint8Array;
  readonly leaves: Int32Array;
  readonly masks: Uint8Array;
  readonly templates: Uint8Array;
  readonly tables: Uint8Array;
  readonly pairs: Uint8Array;
}

/**
 * Encodes lines [from, count) into `out`. `lengths` gets the length of each good record, `result` lines taken, bytes written,
 * refusal count, then 64 a refusal: line, status, node, other item, value on the tape, how many subscripts, subscripts.
 */
export type NativeRecordEncode = (
  bytes: Uint8Array,
  starts: Int32Array,
  ends: Int32Array,
  count: number,
  from: number,
  refusalsMax: number,
  out: Uint8Array,
  lengths: Int32Array,
  result: Int32Array,
) => void;

/** The addon's part for records of copybooks and fixed-width tables. */
export interface CopybookExports {
  openRowPlan(plan: NativeRowPlanSource): NativeRowPlan;
  openJsonPlan(plan: NativeJsonPlanSource): NativeJsonWrite;
  openRecordPlan(plan: NativeRecordPlanSource): NativeRecordEncode;
}
