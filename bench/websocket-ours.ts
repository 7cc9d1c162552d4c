import { fileURLToPath } from 'node:url';

import type { Missing, Rated } from './harness.js';
import { orMissing } from './harness.js';
import { fanOut } from './websocket-clients.js';

const SERVER = fileURLToPath(new URL('websocket-ours-server.js', import.meta.url));

/** Our WebSocket topics from the journal's tail, every message written to the log first. */
export function webSocketTopics(
  driver: 'uws' | 'ws',
  subscribers: number,
  messagesPerTick: number,
): Promise<Rated | Missing> {
  const name = `headrace, journal tail to ${driver}`;
  const command = [process.execPath, SERVER, String(messagesPerTick), driver];
  const subscribe = JSON.stringify({ op: 'subscribe', topic: 'quotes', from: 'tail' });
  return orMissing(name, () => fanOut({ name, command, subscribers, subscribe }));
}
