import { FRAME_TYPE } from '../model/index.js';
import type { Render } from './rendering.js';
import type { SinkLog } from './sink-log.js';

/** So many frames are looked through for the newest orders; more would cost the page's thread too much. */
const FRAMES_MAX = 512;

/** The newest decisions of a log as their topic's JSON, newest first. Reads when it is asked, and costs nothing otherwise. */
export function recentOrders(log: SinkLog, render: Render, count: number): { position: number; data: string }[] {
  const end = log.openReader('tail');
  const { position } = end;
  end.close();
  if (position <= 1) return [];
  const reader = log.openReader(Math.max(1, position - FRAMES_MAX));
  const orders: { position: number; data: string }[] = [];
  reader.poll(frame => {
    const rendered = frame.type === FRAME_TYPE.decision ? render(frame) : undefined;
    const data = rendered?.items[0]?.data;
    if (data !== undefined) orders.push({ position: frame.sequence, data });
  }, FRAMES_MAX);
  reader.close();
  return orders.slice(-count).reverse();
}
