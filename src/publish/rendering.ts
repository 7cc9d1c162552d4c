import type { SinkFrame } from './sink-log.js';

/** One thing a frame tells: an order's decision, an execution, one symbol's quote. */
export interface RenderedItem {
  /** What keeps its order at a broker: the account, or a quote's symbol. */
  readonly key: string;
  /** What a slow WebSocket client gets only the newest of: a quote's symbol, an order's ClOrdID. */
  readonly conflateBy: string;
  /** JSON text. */
  readonly data: string;
}

/** A frame as a topic's subscribers see it. */
export interface RenderedFrame {
  readonly topic: string;
  readonly position: number;
  readonly timeMs: number;
  readonly items: readonly RenderedItem[];
  /** Whether a subscriber is given the items as an array; a frame of one item gives the item itself. */
  readonly isBatch: boolean;
}

/** Turns a frame into what is published; undefined for frames that belong to no topic. */
export type Render = (frame: SinkFrame) => RenderedFrame | undefined;

/** The WebSocket text of a frame, with only the given items. */
export function topicMessage(frame: RenderedFrame, items: readonly RenderedItem[] = frame.items): string {
  const joined = items.map(item => item.data).join(',');
  return `{"topic":"${frame.topic}","position":${frame.position},"data":${frame.isBatch ? `[${joined}]` : joined}}`;
}
