import { defineRow } from './row.js';

/**
 * One journalled change of the gate (frame type `command`). Every kind uses the same row and reads only its own fields; bytes
 * after the row are the reason an operator gave. A limits command replaces all limits of its scope: NO_LIMIT means none.
 * Units: quantities, prices and `collarAbsolute` at 10^-8; notionals at 10^-2; `collarBps` basis points of the reference.
 */
export const GATE_COMMAND = defineRow('GateCommand', {
  kind: 'u32', // GATE_COMMAND_KIND
  accountIndex: 'u32',
  symbolIndex: 'u32',
  sessionIndex: 'u32',
  value: 'u32', // restrict, halt*: 1 on, 0 off; reset: GATE_RESET bits; businessDate: YYYYMMDD
  collarBps: 'u32', // NO_LIMIT_U32 = none; so too the next two
  staleAfterMs: 'u32',
  rateWindowMs: 'u32',
  rateOrders: 'i64',
  maxQuantity: 'i64',
  maxNotional: 'i64',
  maxPosition: 'i64',
  grossNotional: 'i64',
  collarAbsolute: 'i64',
  quantity: 'i64', // position: signed, long above zero
  averagePrice: 'i64',
});

/** What a command changes, and which fields it reads. */
export const GATE_COMMAND_KIND = {
  firmLimits: 1, // maxQuantity, maxNotional, collarBps, collarAbsolute, staleAfterMs
  accountLimits: 2, // maxQuantity, maxNotional, maxPosition (in each symbol), grossNotional
  symbolLimits: 3, // as firm
  pairLimits: 4, // account x symbol: maxQuantity, maxNotional, maxPosition
  sessionLimits: 5, // rateOrders in rateWindowMs
  restrict: 6, // symbol on or off the restricted list
  haltFirm: 7,
  haltAccount: 8,
  haltSymbol: 9,
  position: 10, // sets one position; a load's begins with reset
  reset: 11,
  businessDate: 12,
} as const;

/** What a `reset` clears. Open orders, halts, the remembered orders and references always stay. */
export const GATE_RESET = {
  accountLimits: 1, // with those of account x symbol
  symbolLimits: 2,
  sessionLimits: 4,
  firmLimits: 8,
  restricted: 16,
  positions: 32,
} as const;

/** A limit that is not set. As an unsigned number it is the largest, so the tightest of several limits is a plain minimum. */
export const NO_LIMIT = -1n;
/** NO_LIMIT of the fields of 32 bits. */
export const NO_LIMIT_U32 = 0xffffffff;
