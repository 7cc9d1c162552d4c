import type { RenderedItem } from './rendering.js';
import type { SinkFrame } from './sink-log.js';

const utf8 = new TextDecoder('utf-8', { fatal: true });

/** An embedder's record: JSON text as it stands, any other bytes as `{ "hex": … }`. Each is its own: none replaces another. */
export function renderApplication({ sequence, payload }: SinkFrame): RenderedItem {
  const bytes = Buffer.from(payload.buffer, payload.byteOffset, payload.byteLength);
  return {
    key: '',
    conflateBy: `application ${sequence}`,
    data: jsonOf(bytes) ?? JSON.stringify({ hex: bytes.toString('hex') }),
  };
}

function jsonOf(bytes: Buffer): string | undefined {
  try {
    const text = utf8.decode(bytes);
    JSON.parse(text);
    return text;
  } catch {
    return undefined;
  }
}
