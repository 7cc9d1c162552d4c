import { readFileSync } from 'node:fs';

import { FRAME_HEADER_SIZE, alignFrame } from '../model/index.js';
import { crc32c } from './crc32c.js';
import { FrameBuffer } from './frame-buffer.js';

/** Raised when a file written before cannot be read by the same rules; docs/journal.md describes version 1. */
export const FORMAT_VERSION = 1;

export const SEGMENT_SIZE_BYTES = 64 * 1024 * 1024;
export const BLOCK_SIZE_BYTES = 64 * 1024;
export const BLOCK_TIME_NS = 10_000_000n;
export const HASH_SIZE = 32;

/** Frame types of the journal's own, above every type of the model; they carry the next frame's sequence and use up none. */
export const OWN_TYPE = { blockHeader: 0x7f01, blockTrailer: 0x7f02, segmentEnd: 0x7f03 } as const;
const OWN_TYPE_MIN = 0x7f00;

/** Whether a frame belongs to the journal itself (block header, trailer, segment end) and is not shown to readers. */
export function isOwnType(type: number): boolean {
  return type >= OWN_TYPE_MIN && type < 0x8000;
}

/**
 * Segment header, 128 bytes at the start of each file:
 *   0 "HEADRACE"   8 version u16  10 flags u16 (1 = chained)  12 header size u32   16 segment index u64   24 first sequence u64
 *  32 created ns u64   40 boot id [16]   56 segment size u64   64 zeros   124 CRC-32C u32 of bytes 0 to 123
 */
export const SEGMENT_HEADER_SIZE = 128;
const SEGMENT_MAGIC = Buffer.from('HEADRACE', 'latin1');
const FLAG_CHAINED = 1;

/**
 * Block header, a frame of type 0x7f01 whose sequence is that of the block's first frame; payload:
 *   0 synced position u64 (byte position in the log)   8 synced sequence u64   16 boot id [16]
 */
export const BLOCK_HEADER_SIZE = FRAME_HEADER_SIZE + 32;

/**
 * Block trailer, a frame of type 0x7f02, source 0 = hash still to come, 1 = hash present; payload:
 *   0 previous hash [32]   32 hash [32] = SHA-256(previous hash, block from its header to its last frame)   64 block size u32   68 frames u32
 */
export const BLOCK_TRAILER_SIZE = FRAME_HEADER_SIZE + 72;
export const TRAILER = { previousHash: 32, hash: 64, blockSize: 96, frameCount: 100 } as const;

/** Segment end, an empty frame of type 0x7f03: the log goes on in the next segment. */
export const SEGMENT_END_SIZE = FRAME_HEADER_SIZE;

/** The bytes a group needs beside its own frames when it opens a block and closes the segment. */
export const BLOCK_OVERHEAD = BLOCK_HEADER_SIZE + BLOCK_TRAILER_SIZE + SEGMENT_END_SIZE;

export interface SegmentHeader {
  readonly index: number;
  readonly chained: boolean;
  readonly firstSequence: number;
  readonly createdNs: bigint;
  readonly bootId: Uint8Array;
  readonly segmentSizeBytes: number;
}

export function encodeSegmentHeader(header: SegmentHeader): Uint8Array {
  const buffer = FrameBuffer.ofSize(SEGMENT_HEADER_SIZE);
  buffer.bytes.set(SEGMENT_MAGIC);
  buffer.view.setUint16(8, FORMAT_VERSION, true);
  buffer.view.setUint16(10, header.chained ? FLAG_CHAINED : 0, true);
  buffer.view.setUint32(12, SEGMENT_HEADER_SIZE, true);
  buffer.setNumber(16, header.index);
  buffer.setNumber(24, header.firstSequence);
  buffer.view.setBigUint64(32, header.createdNs, true);
  buffer.bytes.set(header.bootId, 40);
  buffer.setNumber(56, header.segmentSizeBytes);
  buffer.words[31] = crc32c(buffer.words, buffer.bytes, 0, 124);
  return buffer.bytes;
}

/** The header at the start of `buffer`; `undefined` where magic, version or CRC do not hold. */
export function decodeSegmentHeader(buffer: FrameBuffer): SegmentHeader | undefined {
  const { bytes, view, words } = buffer;
  if (bytes.length < SEGMENT_HEADER_SIZE || words[31] !== crc32c(words, bytes, 0, 124)) return undefined;
  if (SEGMENT_MAGIC.compare(bytes, 0, 8) !== 0 || view.getUint16(8, true) !== FORMAT_VERSION) return undefined;
  return {
    index: buffer.numberAt(16),
    chained: (view.getUint16(10, true) & FLAG_CHAINED) !== 0,
    firstSequence: buffer.numberAt(24),
    createdNs: view.getBigUint64(32, true),
    bootId: bytes.slice(40, 56),
    segmentSizeBytes: buffer.numberAt(56),
  };
}

/** This boot of the machine, 16 bytes: after a crash it tells whether the page cache was lost. Zeros where unknown. */
export function currentBootId(): Uint8Array {
  try {
    const text = readFileSync('/proc/sys/kernel/random/boot_id', 'latin1').trim().replaceAll('-', '');
    return new Uint8Array(Buffer.from(text, 'hex'));
  } catch {
    return new Uint8Array(16);
  }
}

/** The next offset after a frame at `offset`. */
export function frameAfter(buffer: FrameBuffer, offset: number): number {
  return offset + alignFrame(buffer.lengthAt(offset));
}
