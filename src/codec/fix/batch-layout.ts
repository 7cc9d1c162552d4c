/**
 * The Int32Arrays a batch fills, by the native scan and by the twin alike.
 *
 * `control`, one a batch:      from, to, sessionIndex → consumed, fieldsUsed
 * `messages`, one entry each:  status, start, end, first field's word, field count, msgType, row status, row tag
 * `fields`, packed:            tag, value from, value to
 */
export const CONTROL = { from: 0, to: 1, sessionIndex: 2, consumed: 3, fieldsUsed: 4 } as const;
export const CONTROL_WORDS = 8;

export const ENTRY = {
  status: 0,
  start: 1,
  end: 2,
  fieldFirst: 3,
  fieldCount: 4,
  msgType: 5,
  rowStatus: 6,
  rowTag: 7,
} as const;
export const ENTRY_WORDS = 8;

export const FIELD_WORDS = 3;

/** Messages one call frames at most. */
export const BATCH_MESSAGES_MAX = 256;

/** `rowStatus` of a message whose MsgType has no row, or of a batch without projection. */
export const NO_ROW = -1;

/** MsgType as one integer: its bytes, the last in the low bits; 0 when there are none, more than four, or a NUL. */
export function msgTypeCode(msgType: string): number {
  if (msgType.length > 4) return 0;
  let code = 0;
  for (let at = 0; at < msgType.length; at++) {
    const byte = msgType.charCodeAt(at) & 0xff;
    if (byte === 0) return 0;
    code = (code << 8) | byte;
  }
  return code;
}
