//! Numbers, stamps and packs staged groups into blocks and segments. It makes no system call: its output does.
//! src/journal/block-writer.ts does the same to the byte.

use crate::format::{
    align, block_header, block_trailer, length_of, segment_end, stamp, type_of, SealedBlock, Synced, BLOCK_OVERHEAD,
    BLOCK_SIZE, BLOCK_TIME_NS, BLOCK_TRAILER, FRAME_HEADER, GROUP_END, SEGMENT_HEADER,
};

/// Where the blocks go. A failed call leaves the log unusable: what was half written is for the recovery to judge.
pub trait Output {
    type Error;
    /// Bytes of the log at a position.
    fn put(&mut self, position: u64, bytes: &[u8]);
    fn synced(&self) -> Synced;
    fn block_sealed(&mut self, block: SealedBlock);
    /// The segment's bytes end at `end`; the next frame, `first_sequence`, begins the next one.
    fn segment_full(&mut self, end: u64, first_sequence: u64, time_ns: u64) -> Result<(), Self::Error>;
}

pub struct Start {
    pub position: u64,
    /// Of the next frame.
    pub sequence: u64,
    pub time_ns: u64,
    pub has_segment: bool,
}

struct Block {
    start: u64,
    first_ns: u64,
    frames: u32,
}

pub struct BlockWriter {
    pub position: u64,
    pub sequence: u64,
    time_ns: u64,
    segment_size: u64,
    chained: bool,
    boot_id: [u8; 16],
    has_segment: bool,
    block: Option<Block>,
}

/// What a batch may need beside its frames: two neighbouring blocks hold more than one block's size together.
fn overhead_of(size: u64) -> u64 {
    (size.div_ceil(BLOCK_SIZE / 2 - BLOCK_OVERHEAD) + 2) * BLOCK_OVERHEAD
}

impl BlockWriter {
    pub fn new(start: Start, segment_size: u64, chained: bool, boot_id: [u8; 16]) -> Self {
        Self {
            position: start.position,
            sequence: start.sequence,
            time_ns: start.time_ns,
            segment_size,
            chained,
            boot_id,
            has_segment: start.has_segment,
            block: None,
        }
    }

    /// Whether a batch of this size may need a segment beyond the current one.
    pub fn may_rotate(&self, size: u64) -> bool {
        !self.has_segment || self.room() < size + overhead_of(size)
    }

    /// Where the ring may be written to by a batch of this size, at most.
    pub fn reach_of(&self, size: u64) -> u64 {
        let from =
            if self.may_rotate(size) { self.next_segment_start() + SEGMENT_HEADER as u64 } else { self.position };
        from + size + overhead_of(size)
    }

    /// Appends whole groups. Returns false, before anything is put, when `staged` is not a sequence of whole groups.
    pub fn append<O: Output>(&mut self, staged: &mut [u8], now_ns: u64, out: &mut O) -> Result<bool, O::Error> {
        if !are_groups(staged) {
            return Ok(false);
        }
        self.time_ns = self.time_ns.max(now_ns);
        let mut run_start = 0;
        let mut at = 0;
        while at < staged.len() {
            let first_sequence = self.sequence;
            let end = self.stamp_group(staged, at);
            if !self.fits((at - run_start) as u64, (end - at) as u64) {
                self.put(&staged[run_start..at], out);
                self.make_room((end - at) as u64, first_sequence, out)?;
                run_start = at;
            }
            if let Some(block) = &mut self.block {
                block.frames += (self.sequence - first_sequence) as u32;
            }
            at = end;
        }
        self.put(&staged[run_start..], out);
        Ok(true)
    }

    /// Closes the open block with a trailer that waits for its hash.
    pub fn seal<O: Output>(&mut self, sequence: u64, out: &mut O) {
        let Some(block) = self.block.take() else { return };
        if !self.chained {
            return;
        }
        let sealed = SealedBlock {
            start: block.start,
            trailer: self.position,
            frame_count: block.frames,
            sequence,
            time_ns: self.time_ns,
        };
        self.put(&block_trailer(&sealed, None), out);
        out.block_sealed(sealed);
    }

    /// Writes a block of no frames: its header says that everything before it is synced.
    pub fn append_closing_block<O: Output>(&mut self, out: &mut O) {
        if self.has_segment && self.room() >= BLOCK_OVERHEAD {
            self.open_block(self.sequence, out);
            self.seal(self.sequence, out);
        }
    }

    fn stamp_group(&mut self, staged: &mut [u8], from: usize) -> usize {
        let mut at = from;
        loop {
            let length = length_of(&staged[at..]);
            let is_last = type_of(&staged[at..]) >= GROUP_END;
            stamp(&mut staged[at..at + length], self.sequence, self.time_ns);
            self.sequence += 1;
            at += align(length);
            if is_last {
                return at;
            }
        }
    }

    fn fits(&self, pending: u64, group: u64) -> bool {
        let Some(block) = &self.block else { return false };
        let block_size = self.position + pending + group - block.start + BLOCK_TRAILER as u64;
        self.time_ns - block.first_ns < BLOCK_TIME_NS
            && block_size <= BLOCK_SIZE
            && self.room() >= pending + group + BLOCK_OVERHEAD
    }

    fn make_room<O: Output>(&mut self, group: u64, first_sequence: u64, out: &mut O) -> Result<(), O::Error> {
        self.seal(first_sequence, out);
        if !self.has_segment || self.room() < group + BLOCK_OVERHEAD {
            self.rotate(first_sequence, out)?;
        }
        self.open_block(first_sequence, out);
        Ok(())
    }

    fn rotate<O: Output>(&mut self, first_sequence: u64, out: &mut O) -> Result<(), O::Error> {
        let next = self.next_segment_start();
        if self.has_segment {
            self.put(&segment_end(first_sequence, self.time_ns), out);
        }
        out.segment_full(self.position, first_sequence, self.time_ns)?;
        self.position = next + SEGMENT_HEADER as u64;
        self.has_segment = true;
        Ok(())
    }

    fn open_block<O: Output>(&mut self, first_sequence: u64, out: &mut O) {
        self.block = Some(Block { start: self.position, first_ns: self.time_ns, frames: 0 });
        let header = block_header(first_sequence, self.time_ns, out.synced(), &self.boot_id);
        self.put(&header, out);
    }

    fn put<O: Output>(&mut self, bytes: &[u8], out: &mut O) {
        if !bytes.is_empty() {
            out.put(self.position, bytes);
            self.position += bytes.len() as u64;
        }
    }

    fn room(&self) -> u64 {
        self.segment_size - self.position % self.segment_size
    }

    /// Before the first segment the position is its start; else the start of the segment after the current one.
    fn next_segment_start(&self) -> u64 {
        if self.has_segment {
            self.position + self.room()
        } else {
            self.position
        }
    }
}

/// Whether the bytes are whole aligned frames and the last one ends its group: JavaScript's heads are not trusted.
fn are_groups(staged: &[u8]) -> bool {
    let mut at = 0;
    let mut is_ended = false;
    while at < staged.len() {
        if at + FRAME_HEADER > staged.len() {
            return false;
        }
        let length = length_of(&staged[at..]);
        if length < FRAME_HEADER || at + align(length) > staged.len() {
            return false;
        }
        is_ended = type_of(&staged[at..]) >= GROUP_END;
        at += align(length);
    }
    is_ended
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::crc32c::crc32c;

    const SIZE: u64 = 256 * 1024;

    #[derive(Default)]
    struct Memory {
        bytes: Vec<u8>,
        sealed: Vec<SealedBlock>,
        segments: Vec<(u64, u64)>,
    }

    impl Output for Memory {
        type Error = ();
        fn put(&mut self, position: u64, bytes: &[u8]) {
            let end = position as usize + bytes.len();
            if self.bytes.len() < end {
                self.bytes.resize(end, 0);
            }
            self.bytes[position as usize..end].copy_from_slice(bytes);
        }
        fn synced(&self) -> Synced {
            Synced::default()
        }
        fn block_sealed(&mut self, block: SealedBlock) {
            self.sealed.push(block);
        }
        fn segment_full(&mut self, end: u64, first_sequence: u64, _time_ns: u64) -> Result<(), ()> {
            self.segments.push((end, first_sequence));
            Ok(())
        }
    }

    fn frame(payload: usize, ends_group: bool) -> Vec<u8> {
        let length = FRAME_HEADER + payload;
        let mut bytes = vec![0u8; align(length)];
        bytes[..4].copy_from_slice(&(length as u32).to_le_bytes());
        bytes[24..26].copy_from_slice(&(18 | if ends_group { GROUP_END } else { 0 }).to_le_bytes());
        bytes[FRAME_HEADER..length].fill(7);
        bytes
    }

    fn writer() -> BlockWriter {
        let start = Start { position: 0, sequence: 1, time_ns: 0, has_segment: false };
        BlockWriter::new(start, SIZE, true, [9; 16])
    }

    /// Walks the frames from `position` to `end` and checks CRC and sequence. Returns how many are not the journal's own.
    fn walk(memory: &Memory, position: u64, end: u64, first: u64) -> u64 {
        let mut at = position as usize;
        let mut next = first;
        while at < end as usize {
            let length = length_of(&memory.bytes[at..]);
            let crc = u32::from_le_bytes(memory.bytes[at + 4..at + 8].try_into().unwrap());
            assert_eq!(crc, crc32c(&memory.bytes[at + 8..at + length]));
            let sequence = u64::from_le_bytes(memory.bytes[at + 8..at + 16].try_into().unwrap());
            if !(0x7f00..0x8000).contains(&type_of(&memory.bytes[at..])) {
                assert_eq!(sequence, next);
                next += 1;
            }
            at += align(length);
        }
        next - first
    }

    #[test]
    fn a_group_never_crosses_a_block_and_every_frame_has_its_crc() {
        let (mut writer, mut memory) = (writer(), Memory::default());
        for _ in 0..300 {
            let mut staged = [frame(100, false), frame(33, false), frame(0, true)].concat();
            assert_eq!(writer.append(&mut staged, 1, &mut memory), Ok(true));
        }
        writer.seal(writer.sequence, &mut memory);
        assert_eq!(walk(&memory, SEGMENT_HEADER as u64, writer.position, 1), 900);
        assert!(memory.sealed.iter().all(|block| block.frame_count % 3 == 0));
        assert!(memory.sealed.iter().all(|block| block.trailer - block.start <= BLOCK_SIZE));
    }

    #[test]
    fn a_block_closes_ten_milliseconds_after_its_first_frame() {
        let (mut writer, mut memory) = (writer(), Memory::default());
        for now in [5, 6, 5 + BLOCK_TIME_NS, 4] {
            assert_eq!(writer.append(&mut frame(8, true), now, &mut memory), Ok(true));
        }
        assert_eq!(memory.sealed.len(), 1);
        assert_eq!(memory.sealed[0].frame_count, 2);
    }

    #[test]
    fn a_full_segment_ends_with_its_mark_and_leaves_no_frame_behind() {
        let (mut writer, mut memory) = (writer(), Memory::default());
        for _ in 0..40 {
            assert_eq!(writer.append(&mut frame(30_000, true), 1, &mut memory), Ok(true));
        }
        assert_eq!(memory.segments.len(), 5);
        for pair in memory.segments.windows(2) {
            let start = (pair[1].0 - 1) / SIZE * SIZE + SEGMENT_HEADER as u64;
            assert_eq!(walk(&memory, start, pair[1].0, pair[0].1), pair[1].1 - pair[0].1);
        }
    }

    #[test]
    fn staged_bytes_that_are_no_whole_groups_are_refused_before_anything_is_put() {
        let (mut writer, mut memory) = (writer(), Memory::default());
        let mut long = frame(8, true);
        long[0] = 200;
        for mut staged in [frame(8, false), frame(8, true)[..32].to_vec(), vec![0; 8], long] {
            assert_eq!(writer.append(&mut staged, 1, &mut memory), Ok(false));
        }
        assert!(memory.bytes.is_empty());
    }
}
