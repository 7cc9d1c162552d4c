/** Payload of a session frame: the numbers a session expects and uses next, and whether unreported orders became unknown by it; u32 each. */
export const SESSION_FRAME = { nextIn: 0, nextOut: 4, ordersUnknown: 8, size: 12 } as const;
