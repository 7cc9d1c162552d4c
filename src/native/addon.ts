import { loadNative, type NativeMode, type NativePart } from './binaries.js';
import type { CopybookExports } from './copybook.js';
import type { FixExports } from './fix.js';
import type { RingExports } from './ring.js';
import type { RiskExports } from './risk.js';

/** What the C++ addon exports. Buffers are typed arrays, given once; sizes are bytes; results are statuses (model/status.ts). */
export interface Addon extends NativePart, RingExports, FixExports, RiskExports, CopybookExports {}

const ADDON_ABI_VERSION = 2;

/** The C++ addon (codec, ring, risk), or undefined where the twins must serve. */
export function loadAddon(mode: NativeMode, onMissing: (reason: string) => void = () => {}): Addon | undefined {
  return loadNative<Addon>('headrace', ADDON_ABI_VERSION, mode, onMissing);
}
