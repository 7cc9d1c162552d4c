import { defineRow } from './row.js';

/** What happened to an order, in an execution frame. */
export const EXECUTION_KIND = {
  report: 1, // the venue's ExecutionReport
  requestRejected: 2, // the venue's OrderCancelReject
  unsent: 3, // the order is known not to have reached the venue: gap-filled or halted before it left
  disputed: 5, // a client's DontKnowTrade: nothing moved
  inDoubt: 4, // an ExecutionReport that was not applied: its CumQty tells of fills that the venue never reported
} as const;

/**
 * Head of an execution frame (topic executions): whose order, and where it stands afterwards; an EXECUTION row follows, its ClOrdIDs
 * already those of the client. Quantities and prices are int64 at 10^-8.
 */
export const EXECUTION_EFFECT = defineRow('ExecutionEffect', {
  venueId: 'u64', // the number in our ClOrdID that the venue named: the ledger sequence of the approving decision
  kind: 'u32',
  sessionIndex: 'u32', // the client's session
  accountIndex: 'u32',
  symbolIndex: 'u32',
  quantity: 'i64',
  price: 'i64',
  openQuantity: 'i64', // still reserved in the gate after this
});
