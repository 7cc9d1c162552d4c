import type { Gap } from './websocket-protocol.js';
import { topicMessage, type RenderedFrame, type RenderedItem } from './rendering.js';

interface Kept {
  readonly frame: RenderedFrame;
  readonly item: RenderedItem;
}

/** A key more than this, and the oldest is given up: the bound of what one slow client may hold back. */
const KEYS_MAX = 10_000;

/**
 * What a slow client of one topic has not been sent: the newest item of each key, in the order of their positions.
 * Everything older is counted, and told as a gap before the rest goes out.
 */
export class Conflation {
  readonly #kept = new Map<string, Kept>();
  #skipped = 0;
  #from = 0;
  #to = 0;

  /** Keeps a frame's items; returns how many older ones they replaced. */
  add(frame: RenderedFrame): number {
    const before = this.#skipped;
    for (const item of frame.items) this.#keep(frame, item);
    return this.#skipped - before;
  }

  get isEmpty(): boolean {
    return this.#kept.size === 0;
  }

  #keep(frame: RenderedFrame, item: RenderedItem): void {
    const older = this.#kept.get(item.conflateBy);
    if (older !== undefined) this.#skip(item.conflateBy, older);
    else if (this.#kept.size >= KEYS_MAX) this.#skipOldest();
    this.#kept.set(item.conflateBy, { frame, item });
  }

  #skip(key: string, { frame }: Kept): void {
    this.#kept.delete(key);
    this.#from = this.#skipped === 0 ? frame.position : Math.min(this.#from, frame.position);
    this.#to = Math.max(this.#to, frame.position);
    this.#skipped++;
  }

  #skipOldest(): void {
    for (const [key, kept] of this.#kept) return this.#skip(key, kept);
  }

  /** The gap since the last one told, or undefined. */
  takeGap(topic: string): Gap | undefined {
    if (this.#skipped === 0) return undefined;
    const gap: Gap = { topic, from: this.#from, to: this.#to, skipped: this.#skipped, reason: 'slow' };
    [this.#skipped, this.#from, this.#to] = [0, 0, 0];
    return gap;
  }

  /** Takes up to about `sizeBytes` of messages, oldest first. Items of a batch frame go together again. */
  takeMessages(sizeBytes: number): string[] {
    const texts: string[] = [];
    let size = 0;
    while (this.#kept.size > 0 && size < sizeBytes) {
      const text = this.#takeFrame();
      size += text.length;
      texts.push(text);
    }
    return texts;
  }

  #takeFrame(): string {
    const [first] = this.#kept.values();
    const { frame } = first as Kept;
    const items: RenderedItem[] = [];
    // A key is set again when it is replaced, so the items of one frame stand beside each other.
    for (const [key, kept] of this.#kept) {
      if (kept.frame !== frame) break;
      items.push(kept.item);
      this.#kept.delete(key);
    }
    return topicMessage(frame, items);
  }
}
