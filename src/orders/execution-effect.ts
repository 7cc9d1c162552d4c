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

/** OrdStatus (39) → our state; absent = the status changes nothing of it. */
const STATE_OF_ORD_STATUS: Readonly<Record<string, number>> = {
  '0': ORDER_STATE.open,
  '1': ORDER_STATE.partiallyFilled,
  '2': ORDER_STATE.filled,
  '3': ORDER_STATE.canceled, // done for day: nothing of it can trade any more
  '4': ORDER_STATE.canceled,
  '8': ORDER_STATE.rejected,
  C: ORDER_STATE.expired,
};
const REPLACED = '5';

/** What ExecTransType (20) and ExecType (150) do to the position; the first decides where the version has it. */
export function effectOf(execTransType: string, execType: string): PositionEffect {
  return EFFECT_OF_TRANS_TYPE[execTransType] ?? EFFECT_OF_EXEC_TYPE[execType] ?? 'none';
}

/** What an EXECUTION row does to the position. */
export function positionEffect(execution: DataView): PositionEffect {
  return effectOf(character(execution, 'execTransType'), character(execution, 'execType'));
}

/** The order's state by the report, or undefined when it says nothing of it. A replaced order (39=5 of 4.2) is open again. */
export function stateAfter(execution: DataView): number | undefined {
  const ordStatus = character(execution, 'ordStatus');
  if (ordStatus !== REPLACED) return STATE_OF_ORD_STATUS[ordStatus];
  const filled = execution.getBigInt64(EXECUTION.offset.cumQty, true) > 0n;
  return filled ? ORDER_STATE.partiallyFilled : ORDER_STATE.open;
}

/** Whether the report says that a replace took effect. */
export function isReplaced(execution: DataView): boolean {
  return character(execution, 'execType') === REPLACED;
}

function character(execution: DataView, field: 'execTransType' | 'execType' | 'ordStatus'): string {
  return String.fromCharCode(execution.getUint8(EXECUTION.offset[field]));
}
