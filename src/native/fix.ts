/** What `createFixScan` is given: arrays it fills or reads, drawn in src/codec/fix, and sizes and plan bits in `settings`. */
export interface FixScanBuffers {
  readonly control: Int32Array;
  readonly messages: Int32Array;
  readonly fields: Int32Array;
  readonly rawData: Uint16Array;
  /** messageSizeMax, fieldsMax, fieldCapacity, required bits of D, F, G and 8, then the bits of 40, 44 and 1 in `orderPlan`. */
  readonly settings: Int32Array;
  /** With `accounts`, orders and executions are projected. */
  readonly rows?: Uint8Array;
  readonly accounts?: Uint8Array;
  readonly symbols?: Uint8Array;
  readonly orderPlan?: Int32Array;
  readonly executionPlan?: Int32Array;
}

export interface FixScan {
  /** Binds the bytes the next scans are about; they stay alive until others are bound. */
  bind(bytes: Uint8Array): void;
  /** Scans from `control[0]` to `control[1]` and returns the number of messages; throws when those lie outside the bytes. */
  scan(): number;
}

/** The addon's part of the FIX codec. */
export interface FixExports {
  createFixScan(buffers: FixScanBuffers): FixScan;
  createFixEncode(buffers: FixEncodeBuffers): FixEncode;
}

/** What `createFixEncode` is given: see src/codec/fix/order-encoder.ts. */
export interface FixEncodeBuffers {
  /** count, stride, first MsgSeqNum, SendingTime as two words → bytes written. */
  readonly control: Int32Array;
  readonly ends: Int32Array;
  readonly statuses: Int32Array;
  readonly out: Uint8Array;
  readonly begin: Uint8Array;
  readonly parties: Uint8Array;
  readonly constants: Uint8Array;
  readonly accounts: Uint8Array;
  readonly symbols: Uint8Array;
}

export interface FixEncode {
  /** Binds the ORDER rows the next batches are about. */
  bind(rows: Uint8Array): void;
  /** Writes the batch that `control` tells; throws when it does not lie inside the rows or the buffers bound. */
  encode(): void;
}
