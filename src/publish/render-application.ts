import type { RenderedItem } from './rendering.js';
import type { SinkFrame } from './sink-log.js';

/** An embedder's record: JSON text as it stands, any other bytes as `{ "hex": … }`. */
export function renderApplication({ payload }: SinkFrame): RenderedItem {
  const bytes = Buffer.from(payload.buffer, payload.byteOffset, payload.byteLength);
  return { key: '', conflateBy: '', data: jsonOf(bytes) ?? JSON.stringify({ hex: bytes.toString('hex') }) };
}

function jsonOf(bytes: Buffer): string | undefined {
  try {
    const text = bytes.toString('utf8');
    return JSON.stringify(JSON.parse(text) as unknown);
  } catch {
    return undefined;
  }
}
