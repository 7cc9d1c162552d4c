import { EXECUTION } from '../model/index.js';
import { positionEffect } from './execution-effect.js';
import type { OrderRow } from './order-row.js';

/** What a report books of its order; quantities at 10^-8. */
export interface ReportedFills {
  /** Of LastQty (32), what is not booked yet: at LastPx (31). */
  readonly fresh: bigint;
  /** Of LastQty, what an earlier CumQty (14) told of: it is booked already, at the AvgPx (6) of that report. */
  readonly told: bigint;
  /** What CumQty tells of and no report has brought: at AvgPx. */
  readonly missed: bigint;
}

/**
 * Holds a report's LastQty and CumQty against the order's row. The row counts what is booked; CumQty what the venue has filled. A venue that
 * lost its sequence may never report a fill but in a CumQty, and it may report it late, as a new message, behind that CumQty.
 *
 *   booked  |-------------------|   cumQuantity, the last `told` of it from a CumQty
 *   report           |---- LastQty ----|   CumQty                  → told, fresh
 *   report                          .......|---- LastQty ----|     → missed, fresh
 */
export function reconcileFills(row: OrderRow, execution: DataView): ReportedFills {
  const cumulative = execution.getBigInt64(EXECUTION.offset.cumQty, true);
  const booked = row.i64('cumQuantity');
  const isFill = positionEffect(execution) === 'fill';
  const last = isFill ? execution.getBigInt64(EXECUTION.offset.lastQty, true) : 0n;
  const told = least(booked + last - cumulative, last, row.i64('toldQuantity'));
  const missed = cumulative - booked - last;
  return { fresh: last - told, told, missed: missed > 0n ? missed : 0n };
}

/** The least of them, or 0 when that is below 0. */
function least(...quantities: readonly bigint[]): bigint {
  const quantity = quantities.reduce((a, b) => (a < b ? a : b));
  return quantity > 0n ? quantity : 0n;
}
