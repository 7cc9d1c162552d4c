import { FRAME_HEADER_SIZE } from '../model/index.js';
import { OWN_TYPE, frameAfter, isOwnType } from './format.js';
import type { FrameBuffer } from './frame-buffer.js';

/** Bytes of a segment that are no frame, or not the frame expected there. */
export interface BadRegion {
  readonly offset: number;
  /** The next good frame, or behind the last byte that is not zero. */
  readonly endOffset: number;
  readonly fromSequence: number;
  /** Of the next good frame; `undefined` when none follows in the segment. */
  readonly nextSequence: number | undefined;
}

export interface SegmentVisitor {
  frame(offset: number, sequence: number): void;
  own(offset: number, type: number): void;
  /** False ends the walk before the region. */
  bad(region: BadRegion): boolean;
}

export interface SegmentWalk {
  /** Behind the last good frame. */
  readonly end: number;
  readonly nextSequence: number;
  /** Whether the mark was met that the log goes on in the next segment. */
  readonly isEnded: boolean;
  readonly isBad: boolean;
}

/** Visits every frame of a segment from `offset`, and every bad region; after one it goes on at the next good frame. */
export function walkSegment(
  buffer: FrameBuffer,
  offset: number,
  nextSequence: number,
  visitor: SegmentVisitor,
): SegmentWalk {
  const size = buffer.bytes.length;
  let at = offset;
  let expected = nextSequence;
  for (;;) {
    if (isFrameOf(buffer, at, expected)) {
      const type = buffer.typeAt(at);
      if (type === OWN_TYPE.segmentEnd) return walkEnd(buffer, at, expected);
      if (isOwnType(type)) visitor.own(at, type);
      else visitor.frame(at, expected++);
      at = frameAfter(buffer, at);
      continue;
    }
    const endOfBytes = lastByte(buffer, at);
    if (endOfBytes === at) return { end: at, nextSequence: expected, isEnded: false, isBad: false };
    const next = findFrame(buffer, at + 8, endOfBytes, expected);
    const found = next < size ? buffer.sequenceAt(next) : undefined;
    const goOn = visitor.bad({
      offset: at,
      endOffset: found === undefined ? endOfBytes : next,
      fromSequence: expected,
      nextSequence: found,
    });
    if (found === undefined || !goOn) return { end: at, nextSequence: expected, isEnded: false, isBad: true };
    expected = found;
    at = next;
  }
}

function walkEnd(buffer: FrameBuffer, at: number, nextSequence: number): SegmentWalk {
  return { end: frameAfter(buffer, at), nextSequence, isEnded: true, isBad: false };
}

function isFrameOf(buffer: FrameBuffer, at: number, sequence: number): boolean {
  return buffer.isFrame(at, buffer.bytes.length) && buffer.sequenceAt(at) === sequence;
}

/** The next whole frame at or after `from` that can follow `sequence`; the buffer's size when there is none. */
export function findFrame(buffer: FrameBuffer, from: number, end: number, sequence: number): number {
  const furthest = sequence + Math.ceil(buffer.bytes.length / FRAME_HEADER_SIZE);
  for (let at = from; at + FRAME_HEADER_SIZE <= end; at += 8) {
    const length = buffer.lengthAt(at);
    if (length < FRAME_HEADER_SIZE || at + length > buffer.bytes.length) continue;
    const found = buffer.sequenceAt(at);
    if (found >= sequence && found <= furthest && buffer.isFrame(at, buffer.bytes.length)) return at;
  }
  return buffer.bytes.length;
}

/** Behind the last byte that is not zero, at or after `from`; `from` when all are zero. */
export function lastByte(buffer: FrameBuffer, from: number): number {
  const { words, bytes } = buffer;
  let word = (bytes.length >> 2) - 1;
  while (word >= from >> 2 && words[word] === 0) word--;
  let end = (word + 1) * 4;
  while (end > from && bytes[end - 1] === 0) end--;
  return Math.max(end, from);
}
