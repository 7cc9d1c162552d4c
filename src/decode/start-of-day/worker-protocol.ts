import type { NativeMode } from '../../native/index.js';
import type { WorkerFailure } from '../worker-failure.js';
import type { StartOfDayMapping } from './mapping.js';

export interface StartOfDayOptions {
  readonly mapping: StartOfDayMapping;
  /** The SPSC ring into the lane; this worker is its only producer. */
  readonly ring: SharedArrayBuffer;
  /** The lane's doorbell, rung after each publish. */
  readonly doorbell?: SharedArrayBuffer;
  readonly native: NativeMode;
  /** Goes into LOAD_BEGIN and the frames' source. */
  readonly planId?: number;
  /** A file of more positions or limits is refused; 1,000,000 when left out. */
  readonly recordsMax?: number;
  /** The load fails when the lane takes nothing for so long; 30,000 when left out. */
  readonly stallMs?: number;
}

/** What was loaded; the same numbers are in the frames. */
export interface StartOfDaySummary {
  readonly fileHash: string; // hex
  readonly businessDate: number; // yyyymmdd
  readonly positionCount: number;
  readonly limitCount: number;
}

/** What the worker tells: it decoded and sent everything, or it sent nothing and why. */
export type StartOfDayReport = { readonly kind: 'loaded'; readonly summary: StartOfDaySummary } | WorkerFailure;
