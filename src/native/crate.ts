import { loadNative, type NativeMode } from './binaries.js';

/** What the Rust crate exports: the journal's files. */
export interface JournalCrate {
  readonly abiVersion: number;
}

const CRATE_ABI_VERSION = 1;

/** The Rust crate (journal), or undefined where the twin must serve. */
export function loadCrate(mode: NativeMode, onMissing: (reason: string) => void = () => {}): JournalCrate | undefined {
  return loadNative<JournalCrate>('headrace-journal', CRATE_ABI_VERSION, mode, onMissing);
}
