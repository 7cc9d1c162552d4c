import { openLogReader, type FrameView } from '../journal/index.js';
import { checkHeld } from './held-log.js';
import { foundFrame, type FoundFrame } from './found-frame.js';

/** What a frame must have to be found: all that is given. */
export interface SearchQuery {
  /** Bytes anywhere in the payload. */
  readonly text?: string;
  /** The payload's ClOrdID: `11=` or `41=` of a FIX message, or the id as bytes followed by padding in a row. */
  readonly clOrdId?: string;
  readonly type?: number;
  readonly topic?: number;
  readonly fromSequence?: number;
  readonly toSequence?: number;
  readonly fromNs?: bigint;
  readonly toNs?: bigint;
  /** Frames answered at most. */
  readonly limit?: number;
}

const LIMIT = 1000;
const BATCH = 1000;

/** Frames of a log that meet the query, in order, from the files alone. Throws ConfigError when the folder holds no such log. */
export function search(directory: string, name: string, query: SearchQuery): readonly FoundFrame[] {
  checkHeld(directory, name);
  const limit = query.limit ?? LIMIT;
  const matches = matcherOf(query);
  const found: FoundFrame[] = [];
  const reader = openLogReader({ directory, name, from: query.fromSequence ?? 'oldest' });
  const last = query.toSequence ?? Infinity;
  const visit = (frame: FrameView): void => {
    if (found.length < limit && frame.sequence <= last && matches(frame)) found.push(foundFrame(frame));
  };
  while (found.length < limit && reader.position <= last && reader.poll(visit, BATCH) > 0);
  reader.close();
  return found;
}

function matcherOf({ text, clOrdId, type, topic, fromNs, toNs }: SearchQuery): (frame: FrameView) => boolean {
  const tests: ((frame: FrameView) => boolean)[] = [];
  if (type !== undefined) tests.push(frame => frame.type === type);
  if (topic !== undefined) tests.push(frame => frame.topic === topic);
  if (fromNs !== undefined) tests.push(frame => frame.timeNs >= fromNs);
  if (toNs !== undefined) tests.push(frame => frame.timeNs <= toNs);
  if (text !== undefined) tests.push(frame => bytesOf(frame).includes(text, 0, 'latin1'));
  if (clOrdId !== undefined) tests.push(frame => holdsId(bytesOf(frame), Buffer.from(clOrdId, 'latin1')));
  return frame => tests.every(test => test(frame));
}

function bytesOf({ payload }: FrameView): Buffer {
  return Buffer.from(payload.buffer, payload.byteOffset, payload.length);
}

/** The id as a whole value: nothing printable before it but a `=`, and nothing printable after it. */
function holdsId(bytes: Buffer, id: Buffer): boolean {
  for (let at = bytes.indexOf(id); at >= 0; at = bytes.indexOf(id, at + 1)) {
    const before = bytes[at - 1] ?? 0;
    const after = bytes[at + id.length] ?? 0;
    if ((before === 0x3d || before <= 0x20 || before > 0x7e) && (after <= 0x20 || after > 0x7e)) return true;
  }
  return false;
}
