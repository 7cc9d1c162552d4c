/**
 * The frame: the same bytes in rings, on disk and in catch-up. Little-endian, 8-byte aligned, zero-padded.
 *
 *   0  length    u32  header and payload, without padding
 *   4  crc       u32  CRC-32C of bytes 8 to the end of the payload
 *   8  sequence  u64  = position; one counter per log, first frame is 1
 *  16  timeNs    u64  UTC, one clock reading a batch, never going back
 *  24  type      u16  FRAME_TYPE; the top bit marks the last frame of its atomic group
 *  26  topic     u16  index into the log's topics, 0 = none
 *  28  source    u32  plan or session
 *  32  payload
 */
export const FRAME = {
  length: 0,
  crc: 4,
  sequence: 8,
  timeNs: 16,
  type: 24,
  topic: 26,
  source: 28,
  payload: 32,
} as const;

/** Bytes before the payload. */
export const FRAME_HEADER_SIZE = FRAME.payload;

/** The bit of `type` that closes an atomic group. */
export const GROUP_END = 0x8000;

/** Frame types. A number is never used again for something else: old ledgers hold it. */
export const FRAME_TYPE = {
  padding: 0,
  config: 1, // the effective config as JSON; source = config id
  plan: 2, // a plan's schema as JSON; source = plan id
  intern: 3, // u32 kind, u32 index, name
  command: 4, // a gate command (risk/): limits, halts, restrictions
  inbound: 5, // one FIX message as received; source = session
  outbound: 6, // one FIX message as sent, its MsgSeqNum assigned; source = session
  session: 7, // session event: connect, logon, logout, reset, disconnect
  decision: 8, // Order row, Decision row; topic orders.accepted or orders.refused
  execution: 9, // one execution's effect on an order; topic executions
  loadBegin: 10,
  loadEnd: 11, // LOAD_END; empty where the load before it was aborted
  position: 12,
  deadLetter: 13, // a bad record with its bytes and reason; topic dead-letter
  quotes: 14, // a batch of quote rows; topic quotes
  offset: 15, // a reader's consumer offset
  operator: 16,
  rows: 17, // a batch of decoded rows: plan id, count, stride, rows
  application: 18, // a frame an embedder injected
  limit: 19, // one account's limits from a start-of-day load (load.ts)
  cancelOnDisconnect: 20, // u32: 1 = the open orders of a client session that left are to be cancelled, 0 = all are over; source = session
} as const;

/** What an `intern` frame names: the u32 kind at its start. */
export const NAME_KIND = { account: 1, symbol: 2, session: 3 } as const;

/** The name of a frame type. */
export type FrameTypeName = keyof typeof FRAME_TYPE;

/** Topics of the logs, by their index in a frame. Further topics of a config follow these. */
export const TOPICS = [
  '',
  'orders.accepted',
  'orders.refused',
  'executions',
  'quotes',
  'dead-letter',
  'application',
  'drop-copy',
] as const;

/** A topic's name; the empty one is of frames that belong to no topic. */
export type TopicName = (typeof TOPICS)[number];

/** Rounds a frame's length up to the next multiple of 8: where the following frame begins. */
export function alignFrame(length: number): number {
  return (length + 7) & ~7;
}
