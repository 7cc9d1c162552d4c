import { EXECUTION } from '../model/index.js';
import { ORDER_STATE } from './order-row.js';

/** What an ExecutionReport says happened to the position. `status` repeats where the order stands. */
export type PositionEffect = 'none' | 'fill' | 'bust' | 'correct' | 'status';

/** ExecTransType (20) of FIX 4.2: Cancel, Correct, Status. */
const EFFECT_OF_TRANS_TYPE: Readonly<Record<string, PositionEffect>> = { '1': 'bust', '2': 'correct', '3': 'status' };

/** ExecType (150): F trade, G trade correct, H trade cancel, I order status (4.3 on); 1 and 2 are fills in 4.2. */
const EFFECT_OF_EXEC_TYPE: Readonly<Record<string, PositionEffect>> = {
  '1': 'fill',
  '2': 'fill',
  F: 'fill',
  G: 'correct',
  H: 'bust',
  I: 'status',
};

/**
 * OrdStatus (39) → our state. Of the rest (pending 6, A and E, stopped 7, suspended 9, accepted for bidding D) the order lives, with as much
 * open as before.
 */
const STATE_OF_ORD_STATUS: Readonly<Record<string, number>> = {
  '0': ORDER_STATE.open,
  '1': ORDER_STATE.partiallyFilled,
  '2': ORDER_STATE.filled,
  '4': ORDER_STATE.canceled,
  '8': ORDER_STATE.rejected,
  C: ORDER_STATE.expired,
};
/** Done for day and Calculated: over, but for an order that outlives the day. */
const ENDS_THE_DAY: ReadonlySet<string> = new Set(['3', 'B']);
/** TimeInForce (59) of orders that outlive the day: good till cancel, good till date. */
const OUTLIVES_THE_DAY: ReadonlySet<string> = new Set(['1', '6']);
/** OrdStatuses whose LeavesQty (151) may be 0 before all is filled, as the standard has it for that field. */
const MAY_LEAVE_NOTHING: ReadonlySet<string> = new Set(['3', '4', '8', 'B', 'C']);
const REPLACED = '5';
const RESTATED = 'D';

/** OrdStatuses of which a report without a trade says no more than that the order is there. */
const NOT_OF_TRADES: ReadonlySet<string> = new Set(['0', '1', '2']);

/** ExecType (150) of a trade before 4.3: Fill of the one that fills the order, else Partial Fill. */
export function tradeType(ordStatus: string): string {
  return ordStatus === '2' ? '2' : '1';
}

/** What ExecTransType (20) and ExecType (150) do to the position; the first decides where the version has it. */
export function effectOf(execTransType: string, execType: string): PositionEffect {
  return EFFECT_OF_TRANS_TYPE[execTransType] ?? EFFECT_OF_EXEC_TYPE[execType] ?? 'none';
}

/** What an EXECUTION row does to the position. */
export function positionEffect(execution: DataView): PositionEffect {
  return effectOf(character(execution, 'execTransType'), character(execution, 'execType'));
}

/**
 * The state by the report of an order with this TimeInForce, or undefined when it says nothing of it. A replaced order (39=5 up to 4.2) is open
 * again, and so is one that is done for the day and good for another.
 */
export function stateAfter(execution: DataView, timeInForce: number): number | undefined {
  const ordStatus = character(execution, 'ordStatus');
  if (ENDS_THE_DAY.has(ordStatus) && !livesOn(execution, timeInForce)) return ORDER_STATE.canceled;
  if (ordStatus !== REPLACED && !ENDS_THE_DAY.has(ordStatus)) return STATE_OF_ORD_STATUS[ordStatus];
  return i64(execution, 'cumQty') > 0n ? ORDER_STATE.partiallyFilled : ORDER_STATE.open;
}

function livesOn(execution: DataView, timeInForce: number): boolean {
  return i64(execution, 'leavesQty') > 0n && OUTLIVES_THE_DAY.has(String.fromCharCode(timeInForce));
}

/**
 * OrdStatus (39) as it is from this report on: what it says, but for Replaced, which up to 4.2 may stand there and is no place for an order to
 * be in.
 */
export function ordStatusAfter(execution: DataView): number {
  const ordStatus = character(execution, 'ordStatus');
  if (ordStatus !== REPLACED) return ordStatus.charCodeAt(0);
  if (i64(execution, 'cumQty') <= 0n) return 0x30;
  return i64(execution, 'leavesQty') > 0n ? 0x31 : 0x32;
}

/** Whether the venue changed the order by itself: ExecType D, Restated. CumQty and LeavesQty add up to the OrderQty it has now. */
export function isRestated(execution: DataView): boolean {
  return execution.getUint8(EXECUTION.offset.execType) === RESTATED.charCodeAt(0);
}

/**
 * LeavesQty (151) as the standard has it of an order of `quantity`: OrderQty less CumQty, and 0 once nothing can trade any more; which of both,
 * a report that ends an order may say. Undefined when the report says so.
 */
export function leavesFault(execution: DataView, quantity: bigint): bigint | undefined {
  const rest = quantity - i64(execution, 'cumQty');
  const expected = rest > 0n ? rest : 0n;
  const leaves = i64(execution, 'leavesQty');
  if (leaves === expected) return undefined;
  return leaves === 0n && MAY_LEAVE_NOTHING.has(character(execution, 'ordStatus')) ? undefined : expected;
}

/**
 * ExecType (150) and LeavesQty (151) of a report of FIX.4.0, which has neither. A trade is what has LastShares (32) under ExecTransType New;
 * under the id of a replace in flight a report that the order is open or filled accepts it; anything else says what OrdStatus says.
 * `quantity` is the report's OrderQty (38).
 */
export function completeReport(execution: DataView, quantity: bigint, isOfReplace: boolean): void {
  const ordStatus = character(execution, 'ordStatus');
  const trades = effectOf(character(execution, 'execTransType'), '') === 'none' && i64(execution, 'lastQty') > 0n;
  const execType = trades
    ? tradeType(ordStatus)
    : NOT_OF_TRADES.has(ordStatus)
      ? isOfReplace
        ? REPLACED
        : '0'
      : ordStatus;
  execution.setUint8(EXECUTION.offset.execType, execType.charCodeAt(0));
  const leaves = MAY_LEAVE_NOTHING.has(ordStatus) ? 0n : quantity - i64(execution, 'cumQty');
  execution.setBigInt64(EXECUTION.offset.leavesQty, leaves > 0n ? leaves : 0n, true);
}

/** Whether the report says that a replace took effect. */
export function isReplaced(execution: DataView): boolean {
  return character(execution, 'execType') === REPLACED;
}

function i64(execution: DataView, field: 'cumQty' | 'leavesQty' | 'lastQty'): bigint {
  return execution.getBigInt64(EXECUTION.offset[field], true);
}

function character(execution: DataView, field: 'execTransType' | 'execType' | 'ordStatus'): string {
  return String.fromCharCode(execution.getUint8(EXECUTION.offset[field]));
}
