import type { FrameView } from '../journal/index.js';
import { FRAME_TYPE, TOPICS } from '../model/index.js';

const TYPE_NAMES = new Map<number, string>(Object.entries(FRAME_TYPE).map(([name, type]) => [type, name]));

/** The name of a frame type; its number where this version knows none. */
export function typeName(type: number): string {
  return TYPE_NAMES.get(type) ?? String(type);
}

/** The number of a frame type from its name or number; `undefined` where there is none. */
export function typeNumber(text: string): number | undefined {
  if (/^\d+$/.test(text)) return Number(text);
  return [...TYPE_NAMES].find(([, name]) => name === text)?.[0];
}

/** The number of a topic from its name or number; `undefined` where there is none. */
export function topicNumber(text: string): number | undefined {
  if (/^\d+$/.test(text)) return Number(text);
  const index = (TOPICS as readonly string[]).indexOf(text);
  return index > 0 ? index : undefined;
}

/** One frame as an auditor sees it; the payload is shown as text with `.` for bytes that are not printable ASCII, and `|` for SOH. */
export interface FoundFrame {
  readonly sequence: number;
  readonly time: string;
  readonly type: string;
  readonly topic: string;
  readonly source: number;
  readonly sizeBytes: number;
  readonly text: string;
}

export function foundFrame(frame: FrameView): FoundFrame {
  return {
    sequence: frame.sequence,
    time: timeText(frame.timeNs),
    type: typeName(frame.type),
    topic: TOPICS[frame.topic] ?? String(frame.topic),
    source: frame.source,
    sizeBytes: frame.payload.length,
    text: printable(frame.payload),
  };
}

function printable(payload: Uint8Array): string {
  return Buffer.from(payload.buffer, payload.byteOffset, payload.length)
    .toString('latin1')
    .replace(/\u0001/g, '|')
    .replace(/[^\x20-\x7e]/g, '.');
}

/** UTC to the nanosecond, as in 2026-11-23T10:15:00.123456789Z. */
export function timeText(timeNs: bigint): string {
  const seconds = new Date(Number(timeNs / 1_000_000n)).toISOString().slice(0, 19);
  return `${seconds}.${String(timeNs % 1_000_000_000n).padStart(9, '0')}Z`;
}
