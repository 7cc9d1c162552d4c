/** What the WebSocket data server tells of itself. */
export const WEBSOCKET_COUNTERS = [
  'clients', // connected now
  'subscriptions', // of all clients now
  'published', // frames of topics handed to the driver, once for all clients of a topic
  'sent', // messages of catch-up and after a conflation
  'slowdowns', // times a client's buffer was full
  'conflated', // messages that a newer one of the same key replaced
  'disconnected', // clients cut because they were slow
  'refused', // connections refused: origin, token or too many clients
  'errors', // requests answered by an error
] as const;

export type WebSocketCounter = (typeof WEBSOCKET_COUNTERS)[number];
