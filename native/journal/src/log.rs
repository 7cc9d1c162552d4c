//! The writer's side of a log: blocks into the ring, the ring into the files, the rest to the flusher.

use std::io;
use std::sync::Arc;
use std::thread::JoinHandle;

use crate::block_writer::{BlockWriter, Output, Start};
use crate::files::{Names, Segment};
use crate::flusher::{Durability, Flusher, Settings, Shared};
use crate::format::{segment_header, SealedBlock, SegmentHeader, Synced, HASH, SEGMENT_HEADER};
use crate::status;
use crate::tail::{Tail, STATE_FAILED};

pub struct Opening {
    pub names: Names,
    pub settings: Settings,
    pub tail: Tail,
    pub start: Start,
    /// The segment the log ends in; 0 when the next frame begins segment `next_index`.
    pub current_index: u64,
    pub next_index: u64,
    pub chained: bool,
    pub boot_id: [u8; 16],
    pub last_hash: [u8; HASH],
}

struct Writing {
    shared: Arc<Shared>,
    current: Option<Arc<Segment>>,
    /// Bytes before this position are in the files.
    written: u64,
    sealed: Vec<SealedBlock>,
    chained: bool,
    boot_id: [u8; 16],
}

pub struct Log {
    blocks: BlockWriter,
    writing: Writing,
    thread: Option<JoinHandle<()>>,
}

impl Log {
    pub fn open(opening: Opening, on_synced: Box<dyn Fn() + Send + Sync>) -> io::Result<Self> {
        let Opening { names, settings, tail, start, current_index, next_index, chained, boot_id, last_hash } = opening;
        let current = match current_index {
            0 => None,
            index => Some(Arc::new(Segment::open(&names, index)?)),
        };
        let written = Synced { position: start.position, sequence: start.sequence - 1 };
        let segment_size = settings.segment_size;
        let shared = Arc::new(Shared::new(names, settings, tail, (written, current.clone(), next_index), on_synced)?);
        let for_thread = shared.clone();
        let thread = std::thread::Builder::new()
            .name("headrace-flush".into())
            .spawn(move || Flusher::new(last_hash).run(&for_thread))?;
        let writing = Writing { shared, current, written: start.position, sealed: Vec::new(), chained, boot_id };
        Ok(Self { blocks: BlockWriter::new(start, segment_size, chained, boot_id), writing, thread: Some(thread) })
    }

    /// Makes sure that there is a segment to begin with.
    pub fn prepare(&self) -> bool {
        self.writing.current.is_some() || self.writing.shared.ensure_next()
    }

    pub fn commit(&mut self, staged: &mut [u8], now_ns: u64) -> u32 {
        let tail = self.writing.shared.tail;
        if tail.state() == STATE_FAILED {
            return status::SYNC_FAILED;
        }
        let size = staged.len() as u64;
        if self.blocks.may_rotate(size) && !self.writing.shared.ensure_next() {
            return status::JOURNAL_FULL;
        }
        tail.claim(self.blocks.reach_of(size));
        let appended = self.blocks.append(staged, now_ns, &mut self.writing);
        let is_lazy = self.writing.shared.settings.durability == Durability::None
            && self.blocks.position - self.writing.written < tail.size() / 4;
        match appended {
            Ok(true) if is_lazy => {}
            Ok(true) => {
                if self.write_out().is_err() {
                    return self.fail();
                }
            }
            Ok(false) | Err(_) => return self.fail(),
        }
        tail.publish(self.blocks.position, self.blocks.sequence - 1);
        status::OK
    }

    /// Closes the open block, and writes what is only in the ring.
    pub fn seal(&mut self) -> u32 {
        self.after_claim(|blocks, writing| blocks.seal(blocks.sequence, writing))
    }

    pub fn sync(&mut self) -> u32 {
        if self.writing.shared.tail.state() == STATE_FAILED {
            return status::SYNC_FAILED;
        }
        if self.write_out().is_err() {
            return self.fail();
        }
        if self.writing.shared.sync() {
            status::OK
        } else {
            status::SYNC_FAILED
        }
    }

    /// Seals, syncs, says so in a closing block, syncs that, and ends the thread.
    pub fn close(&mut self) -> u32 {
        let mut result = self.seal();
        if result == status::OK {
            result = self.sync();
        }
        if result == status::OK {
            result = self.after_claim(BlockWriter::append_closing_block);
        }
        if result == status::OK {
            result = self.sync();
        }
        self.stop();
        result
    }

    /// Ends the thread without a sync. Called by the environment's clean-up hook when nobody closed the log.
    pub fn stop(&mut self) {
        self.writing.shared.stop();
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }

    fn after_claim(&mut self, work: impl FnOnce(&mut BlockWriter, &mut Writing)) -> u32 {
        let tail = self.writing.shared.tail;
        if tail.state() == STATE_FAILED {
            return status::SYNC_FAILED;
        }
        tail.claim(self.blocks.reach_of(0));
        work(&mut self.blocks, &mut self.writing);
        if self.write_out().is_err() {
            return self.fail();
        }
        tail.publish(self.blocks.position, self.blocks.sequence - 1);
        status::OK
    }

    fn write_out(&mut self) -> io::Result<()> {
        self.writing.write_out(self.blocks.position, self.blocks.sequence - 1)
    }

    fn fail(&self) -> u32 {
        self.writing.shared.tail.set_failed();
        status::WRITE_FAILED
    }
}

impl Writing {
    fn write_out(&mut self, end: u64, sequence: u64) -> io::Result<()> {
        if self.written == end {
            return Ok(());
        }
        let size = self.shared.settings.segment_size;
        let current = self.current.as_ref().ok_or(io::ErrorKind::NotFound)?;
        let mut position = self.written;
        while position < end {
            let piece = self.shared.tail.piece(position, end - position);
            // Offsets come from the segment's own start: a segment may end exactly where the next one begins.
            current.write(position - (current.index - 1) * size, piece)?;
            position += piece.len() as u64;
        }
        self.written = end;
        self.shared.note_written(Synced { position: end, sequence }, &mut self.sealed);
        Ok(())
    }
}

impl Output for Writing {
    type Error = io::Error;

    fn put(&mut self, position: u64, bytes: &[u8]) {
        self.shared.tail.put(position, bytes);
    }

    fn synced(&self) -> Synced {
        self.shared.tail.synced()
    }

    fn block_sealed(&mut self, block: SealedBlock) {
        self.sealed.push(block);
    }

    fn segment_full(&mut self, end: u64, first_sequence: u64, time_ns: u64) -> io::Result<()> {
        self.write_out(end, first_sequence - 1)?;
        let next = self.shared.take_next().ok_or(io::ErrorKind::StorageFull)?;
        let segment_size = self.shared.settings.segment_size;
        let header = SegmentHeader {
            index: next.index,
            chained: self.chained,
            first_sequence,
            created_ns: time_ns,
            boot_id: self.boot_id,
            segment_size,
        };
        next.write(0, &segment_header(&header))?;
        self.written = (next.index - 1) * segment_size + SEGMENT_HEADER as u64;
        self.current = Some(next);
        Ok(())
    }
}
