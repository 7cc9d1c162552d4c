import type { FixMessage } from './message.js';
import { RowProjection, type OrderNames } from './row-projection.js';

/**
 * Projects one order request (D, F, G) to an ORDER row, or one ExecutionReport (8) to an EXECUTION row, at `rowOffset` of
 * `row`. Returns NO_ROW for another MsgType, else a result for `rowStatus` and `rowTag`. Makes a projection a call: batches
 * use FixBatch with `names`.
 */
export function projectRow(message: FixMessage, names: OrderNames, row: Uint8Array, rowOffset: number): number {
  return new RowProjection(names, row).project(message, message.msgTypeCode(), 0, rowOffset);
}
