/**
 * Payload of a session frame: the numbers a session expects and uses next, and whether unreported orders became unknown by it, u32 each; then
 * when the numbers last began again, UTC milliseconds, u64. The first version's frames, of 12 bytes, lack that.
 */
export const SESSION_FRAME = { nextIn: 0, nextOut: 4, ordersUnknown: 8, began: 16, size: 24 } as const;
