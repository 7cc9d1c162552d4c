//! Offsets and sizes of version 1, as in src/journal/format.ts and src/model/frame.ts. Little-endian.

use crate::crc32c::crc32c;

pub const FRAME_HEADER: usize = 32;
pub const GROUP_END: u16 = 0x8000;

pub const SEGMENT_HEADER: usize = 128;
pub const BLOCK_HEADER: usize = FRAME_HEADER + 32;
pub const BLOCK_TRAILER: usize = FRAME_HEADER + 72;
pub const SEGMENT_END: usize = FRAME_HEADER;
/// What a group needs beside its own frames when it opens a block and closes the segment.
pub const BLOCK_OVERHEAD: u64 = (BLOCK_HEADER + BLOCK_TRAILER + SEGMENT_END) as u64;
pub const BLOCK_SIZE: u64 = 64 * 1024;
pub const BLOCK_TIME_NS: u64 = 10_000_000;
pub const HASH: usize = 32;

pub const TYPE_BLOCK_HEADER: u16 = 0x7f01;
pub const TYPE_BLOCK_TRAILER: u16 = 0x7f02;
pub const TYPE_SEGMENT_END: u16 = 0x7f03;

const VERSION: u16 = 1;
const FLAG_CHAINED: u16 = 1;

pub fn align(length: usize) -> usize {
    (length + 7) & !7
}

fn put_u16(bytes: &mut [u8], offset: usize, value: u16) {
    bytes[offset..offset + 2].copy_from_slice(&value.to_le_bytes());
}

fn put_u32(bytes: &mut [u8], offset: usize, value: u32) {
    bytes[offset..offset + 4].copy_from_slice(&value.to_le_bytes());
}

fn put_u64(bytes: &mut [u8], offset: usize, value: u64) {
    bytes[offset..offset + 8].copy_from_slice(&value.to_le_bytes());
}

/// The frame length at the start of `frame`: header and payload without padding.
pub fn length_of(frame: &[u8]) -> usize {
    u32::from_le_bytes([frame[0], frame[1], frame[2], frame[3]]) as usize
}

/// The frame's type, group bit included.
pub fn type_of(frame: &[u8]) -> u16 {
    u16::from_le_bytes([frame[24], frame[25]])
}

/// Stamps sequence, time and CRC into a frame whose head and payload are written; `frame` has its length.
pub fn stamp(frame: &mut [u8], sequence: u64, time_ns: u64) {
    put_u64(frame, 8, sequence);
    put_u64(frame, 16, time_ns);
    let crc = crc32c(&frame[8..]);
    put_u32(frame, 4, crc);
}

pub struct SegmentHeader {
    pub index: u64,
    pub chained: bool,
    pub first_sequence: u64,
    pub created_ns: u64,
    pub boot_id: [u8; 16],
    pub segment_size: u64,
}

pub fn segment_header(header: &SegmentHeader) -> [u8; SEGMENT_HEADER] {
    let mut bytes = [0u8; SEGMENT_HEADER];
    bytes[..8].copy_from_slice(b"HEADRACE");
    put_u16(&mut bytes, 8, VERSION);
    put_u16(&mut bytes, 10, if header.chained { FLAG_CHAINED } else { 0 });
    put_u32(&mut bytes, 12, SEGMENT_HEADER as u32);
    put_u64(&mut bytes, 16, header.index);
    put_u64(&mut bytes, 24, header.first_sequence);
    put_u64(&mut bytes, 32, header.created_ns);
    bytes[40..56].copy_from_slice(&header.boot_id);
    put_u64(&mut bytes, 56, header.segment_size);
    let crc = crc32c(&bytes[..124]);
    put_u32(&mut bytes, 124, crc);
    bytes
}

/// What the log knows of its durable part when a block begins.
#[derive(Clone, Copy, Default)]
pub struct Synced {
    pub position: u64,
    pub sequence: u64,
}

pub fn block_header(sequence: u64, time_ns: u64, synced: Synced, boot_id: &[u8; 16]) -> [u8; BLOCK_HEADER] {
    let mut bytes = [0u8; BLOCK_HEADER];
    put_u32(&mut bytes, 0, BLOCK_HEADER as u32);
    put_u16(&mut bytes, 24, TYPE_BLOCK_HEADER);
    put_u64(&mut bytes, FRAME_HEADER, synced.position);
    put_u64(&mut bytes, FRAME_HEADER + 8, synced.sequence);
    bytes[FRAME_HEADER + 16..].copy_from_slice(boot_id);
    stamp(&mut bytes, sequence, time_ns);
    bytes
}

/// A block whose frames are complete; its trailer still lacks the hash. Positions are byte positions in the log.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SealedBlock {
    pub start: u64,
    pub trailer: u64,
    pub frame_count: u32,
    /// Of the first frame after the block.
    pub sequence: u64,
    pub time_ns: u64,
}

pub fn block_trailer(block: &SealedBlock, hashes: Option<(&[u8; HASH], &[u8; HASH])>) -> [u8; BLOCK_TRAILER] {
    let mut bytes = [0u8; BLOCK_TRAILER];
    put_u32(&mut bytes, 0, BLOCK_TRAILER as u32);
    put_u16(&mut bytes, 24, TYPE_BLOCK_TRAILER);
    if let Some((previous, hash)) = hashes {
        put_u32(&mut bytes, 28, 1);
        bytes[32..64].copy_from_slice(previous);
        bytes[64..96].copy_from_slice(hash);
    }
    put_u32(&mut bytes, 96, (block.trailer - block.start) as u32);
    put_u32(&mut bytes, 100, block.frame_count);
    stamp(&mut bytes, block.sequence, block.time_ns);
    bytes
}

pub fn segment_end(sequence: u64, time_ns: u64) -> [u8; SEGMENT_END] {
    let mut bytes = [0u8; SEGMENT_END];
    put_u32(&mut bytes, 0, SEGMENT_END as u32);
    put_u16(&mut bytes, 24, TYPE_SEGMENT_END);
    stamp(&mut bytes, sequence, time_ns);
    bytes
}
