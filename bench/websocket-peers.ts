import { fileURLToPath } from 'node:url';

import type { Missing, Rated } from './harness.js';
import { orMissing } from './harness.js';
import { fanOut } from './websocket-clients.js';

const SERVER = fileURLToPath(new URL('websocket-server.js', import.meta.url));

const NAMES = { uws: 'bare uWebSockets.js, publish', ws: 'bare ws, send to each', 'ws-gather': 'ws, a tick gathered' };

/** A bare server with so many subscribers, sending so many messages a tick. */
export function bareServer(
  kind: keyof typeof NAMES,
  subscribers: number,
  messagesPerTick: number,
): Promise<Rated | Missing> {
  const name = NAMES[kind];
  const command = [process.execPath, SERVER, kind, String(messagesPerTick)];
  return orMissing(name, () => fanOut({ name, command, subscribers }));
}
