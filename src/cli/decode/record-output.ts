import type { EncodeRefusal, RecordBatch, Refusal, Run } from '../../codec/index.js';

/** Where decoded records go. */
export interface DecodeSink {
  /** Where text may be written that is then printed: at least so many bytes. */
  room(sizeMin: number): Uint8Array;
  print(text: Uint8Array | string): void;
  /** Told of a record that is bad as a whole, with its index in the batch. */
  refuse(refusal: Refusal | EncodeRefusal, batch: RecordBatch, index: number): void;
  /** Told why a value of a record that is written is null. */
  tell(refusal: Refusal): void;
}

/** Writes records in a form for people or programs. */
export interface RecordOutput {
  /** Writes a run of records of one kind, as far as none is refused when the policy is to fail; returns whether to go on. */
  write(batch: RecordBatch, run: Run): boolean;
  /** Writes what waits for the end of the file. */
  finish(): void;
}
