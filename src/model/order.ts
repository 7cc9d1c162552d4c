import { defineRow } from './row.js';

/** Quantities, prices and notionals of a row are integers at this power of ten: 1.5 is 150000000. */
export const DECIMAL_SCALE = 8;

/** A ClOrdID longer than this is refused: the row keeps it in one length byte and 47 bytes. */
export const CL_ORD_ID_SIZE_MAX = 47;

/**
 * One order request (NewOrderSingle, OrderCancelRequest, OrderCancelReplaceRequest) as every stage sees it.
 * Accounts, symbols and sessions are interned u32 indices; single-character FIX fields keep their ASCII byte.
 * `quantity` (38) and `price` (44) are int64 at 10^-8; an absent field is 0.
 */
export const ORDER = defineRow('Order', {
  accountIndex: 'u32',
  symbolIndex: 'u32',
  sessionIndex: 'u32',
  msgType: 'u8', // 35: D, F or G
  side: 'u8', // 54
  ordType: 'u8', // 40
  timeInForce: 'u8', // 59
  quantity: 'i64',
  price: 'i64',
  transactTimeNs: 'u64', // 60
  sourceSequence: 'u64', // The ledger frame that holds the raw bytes,
  sourceOffset: 'u32', // and where in its payload they begin
  sourceLength: 'u32', // and how many they are.
  planId: 'u32',
  flags: 'u32',
  clOrdId: 'text48', // 11
  origClOrdId: 'text48', // 41
});

/** MsgType (35) of an Order row: D, F, G. */
export const ORDER_MSG_TYPE = { newOrder: 0x44, cancel: 0x46, replace: 0x47 } as const;

/** `flags` bits of an Order row. `byGateway`: a cancel that no client asked for; it has no ClOrdID of a client and counts in no rate. */
export const ORDER_FLAG = { possResend: 1, hasPrice: 2, hasAccount: 4, byGateway: 8 } as const;

/** What an inbound order lacks or carries wrongly is a status (model/status.ts), never a row with a guess in it. */
export const NO_INDEX = 0xffffffff;
