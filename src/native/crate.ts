import { loadNative, type NativeMode } from './binaries.js';

/** How the crate's writer begins; sequences and positions are float64-safe integers. */
export interface JournalWriterOptions {
  readonly directory: string;
  readonly name: string;
  readonly durability: string;
  readonly chained: boolean;
  readonly segmentSizeBytes: number;
  readonly groupRecords: number;
  readonly groupSizeBytes: number;
  readonly groupTimeMs: number;
  readonly bootId: Uint8Array;
  readonly position: number;
  readonly sequence: number;
  readonly timeNs: bigint;
  readonly lastHash: Uint8Array;
  readonly currentIndex: number;
  readonly nextIndex: number;
}

/** The crate's writer; it answers statuses (model/status.ts). */
export interface JournalWriter {
  prepare(): boolean;
  /** The time in two unsigned halves, so that no BigInt crosses on the hot path. */
  commit(sizeBytes: number, timeLow: number, timeHigh: number): number;
  seal(): number;
  sync(): number;
  close(): number;
}

/** What the Rust crate exports: the journal's files. */
export interface JournalCrate {
  readonly abiVersion: number;
  readonly JournalWriter: new (
    options: JournalWriterOptions,
    tail: Uint8Array,
    staged: Uint8Array,
    onSynced: () => void,
  ) => JournalWriter;
  crc32c(bytes: Uint8Array): number;
}

const CRATE_ABI_VERSION = 2;

/** The Rust crate (journal), or undefined where the twin must serve. */
export function loadCrate(mode: NativeMode, onMissing: (reason: string) => void = () => {}): JournalCrate | undefined {
  return loadNative<JournalCrate>('headrace-journal', CRATE_ABI_VERSION, mode, onMissing);
}
