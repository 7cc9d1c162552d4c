import { z } from 'zod';

/** What a user may set of the WebSocket data server. */
export const websocketOptions = z
  .strictObject({
    port: z.int().min(0).max(65_535).default(8081).describe('TCP port; 0 takes a free one.'),
    host: z.string().min(1).default('127.0.0.1').describe('Address to listen on.'),
    driver: z
      .enum(['auto', 'uws', 'ws'])
      .default('auto')
      .describe('`uws` is uWebSockets.js, `ws` the portable one; `auto` takes uws where it loads.'),
    slowClient: z
      .enum(['conflate', 'disconnect'])
      .default('conflate')
      .describe(
        'When a client’s buffer is full: keep the newest message of each key and tell the gap, or disconnect it.',
      ),
    bufferBytes: z.int().min(4_096).max(1_073_741_824).default(1_048_576).describe('Buffer of one client, in bytes.'),
    clientsMax: z.int().min(1).max(100_000).default(1_000).describe('Further clients are refused.'),
  })
  .describe('WebSocket: clients subscribe to topics by name and position (docs/websocket.md).');

export type WebSocketOptions = z.infer<typeof websocketOptions>;
