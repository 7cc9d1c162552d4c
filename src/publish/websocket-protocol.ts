/** Version of the messages in docs/websocket.md; sent in the hello. */
export const PROTOCOL_VERSION = 1;

export interface SubscribeRequest {
  readonly op: 'subscribe';
  readonly topic: string;
  /** The first position wanted; 0 is the oldest that is kept. */
  readonly from: number | 'tail';
}

export interface UnsubscribeRequest {
  readonly op: 'unsubscribe';
  readonly topic: string;
}

export type ProtocolErrorCode =
  'bad-request' | 'unknown-topic' | 'bad-position' | 'already-subscribed' | 'not-subscribed';

/** A request that cannot be served: told to the client, who stays connected. */
export interface RequestError {
  readonly code: ProtocolErrorCode;
  readonly message: string;
}

function badRequest(message: string): RequestError {
  return { code: 'bad-request', message };
}

/** Reads a client's message. Nothing a client sends is trusted: its size is bounded by the driver, its shape here. */
export function parseRequest(text: string | undefined): SubscribeRequest | UnsubscribeRequest | RequestError {
  if (text === undefined) return badRequest('binary messages are not understood');
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return badRequest('the message is not JSON');
  }
  if (typeof value !== 'object' || value === null) return badRequest('the message is not an object');
  const { op, topic, from } = value as Record<string, unknown>;
  if (typeof topic !== 'string') return badRequest('"topic" must be text');
  if (op === 'unsubscribe') return { op, topic };
  if (op !== 'subscribe') return badRequest('"op" must be "subscribe" or "unsubscribe"');
  if (from === 'tail') return { op, topic, from };
  if (typeof from === 'number' && Number.isSafeInteger(from) && from >= 0) return { op, topic, from };
  return { code: 'bad-position', message: '"from" must be a position (a whole number) or "tail"' };
}

export function errorMessage({ code, message }: RequestError, topic?: string): string {
  return JSON.stringify({ op: 'error', code, message, topic });
}

/** What a client lost: `skipped` messages between two positions, because it read too slowly or retention took them. */
export interface Gap {
  readonly topic: string;
  readonly from: number;
  readonly to: number;
  readonly skipped: number;
  readonly reason: 'slow' | 'retention';
}

export function gapMessage(gap: Gap): string {
  return JSON.stringify({ op: 'gap', ...gap });
}
