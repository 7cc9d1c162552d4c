/** Messages of about 100 bytes from one server to many subscribers, beside bare uWebSockets.js and ws. */
import type { Case, Question } from './harness.js';
import { webSocketTopics } from './websocket-ours.js';
import { bareServer } from './websocket-peers.js';

async function fanOutCase(subscribers: number, messagesPerTick: number): Promise<Case> {
  const bare = (kind: 'uws' | 'ws' | 'ws-gather') => bareServer(kind, subscribers, messagesPerTick);
  return {
    name: `${subscribers.toLocaleString('en-US')} subscribers, ${messagesPerTick} a tick`,
    ours: await webSocketTopics('uws', subscribers, messagesPerTick),
    peers: [await bare('uws'), await bare('ws'), await bare('ws-gather')],
  };
}

export const webSocket: Question = {
  name: 'websocket',
  async *cases() {
    yield fanOutCase(1000, 10);
    yield fanOutCase(100, 10);
    yield fanOutCase(100, 1);
  },
};
