const SOH = 1;

/** MsgTypes (35) that say whether a session stands, as `msgTypeByte` gives them. */
export const SESSION_MSG_TYPE = { logout: 0x35, logon: 0x41 } as const;

/** MsgType (35) of a framed message, its third field, where that is one character; else 0. */
export function msgTypeByte(message: Uint8Array): number {
  const second = message.indexOf(SOH) + 1;
  const value = message.indexOf(SOH, second) + 4;
  return message[value + 1] === SOH ? (message[value] ?? 0) : 0;
}
