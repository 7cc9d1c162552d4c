import type { RenderedItem } from './rendering.js';
import { isoTime } from './row-reader.js';
import type { SinkFrame } from './sink-log.js';

/** Payload: length of the reason u16, the reason as UTF-8, then the record's bytes as they came (hex here). */
export function renderDeadLetter(frame: SinkFrame): RenderedItem {
  const bytes = Buffer.from(frame.payload);
  const recordStart = 2 + bytes.readUInt16LE(0);
  const data = {
    time: isoTime(frame.timeNs),
    source: frame.source,
    reason: bytes.toString('utf8', 2, recordStart),
    hex: bytes.toString('hex', recordStart),
  };
  return { key: String(frame.source), conflateBy: String(frame.sequence), data: JSON.stringify(data) };
}
