//! The tail ring in JavaScript's SharedArrayBuffer; drawn in src/journal/tail.ts.

use std::sync::atomic::{fence, AtomicI32, AtomicI64, Ordering};

use crate::format::Synced;

const MAGIC: i32 = 0x4c49_4154;
const DATA: usize = 320;

pub const STATE_OK: i32 = 0;
pub const STATE_RESERVE: i32 = 1;
pub const STATE_FAILED: i32 = 2;

const CELL_STATE: usize = 8;
const COMMITTED_POSITION: usize = 64;
const COMMITTED_SEQUENCE: usize = 72;
const CLAIMED: usize = 128;
const SYNCED_POSITION: usize = 192;
const SYNCED_SEQUENCE: usize = 200;

/// A pointer into memory that JavaScript keeps alive for as long as the writer lives (the boundary holds a reference).
#[derive(Clone, Copy)]
pub struct Tail {
    base: *mut u8,
    size: u64,
}

// SAFETY: fields are reached by atomics alone; ring bytes are written by the writer's thread only, and readers, which are
// JavaScript, copy and then look at `claimed` again.
unsafe impl Send for Tail {}
unsafe impl Sync for Tail {}

impl Tail {
    /// `None` unless the memory was made by createTail: its magic and size hold, and it is 8-byte aligned.
    pub fn new(base: *mut u8, length: usize) -> Option<Self> {
        if length < DATA || base.align_offset(8) != 0 {
            return None;
        }
        // SAFETY: the first eight bytes are inside the memory.
        let (magic, size) = unsafe { (base.cast::<i32>().read(), base.cast::<i32>().add(1).read()) };
        let is_tail = magic == MAGIC && size > 0 && size.count_ones() == 1 && DATA + size as usize == length;
        is_tail.then_some(Self { base, size: size as u64 })
    }

    pub fn size(&self) -> u64 {
        self.size
    }

    fn cell(&self, offset: usize) -> &AtomicI64 {
        // SAFETY: offsets are constants below DATA and multiples of 8.
        unsafe { &*self.base.add(offset).cast::<AtomicI64>() }
    }

    fn state_cell(&self) -> &AtomicI32 {
        // SAFETY: as above.
        unsafe { &*self.base.add(CELL_STATE).cast::<AtomicI32>() }
    }

    pub fn state(&self) -> i32 {
        self.state_cell().load(Ordering::SeqCst)
    }

    pub fn set_failed(&self) {
        self.state_cell().store(STATE_FAILED, Ordering::SeqCst);
    }

    /// Sets ok or reserve, but never leaves failed.
    pub fn set_lacking(&self, lacking: bool) {
        let (from, to) = if lacking { (STATE_OK, STATE_RESERVE) } else { (STATE_RESERVE, STATE_OK) };
        let _ = self.state_cell().compare_exchange(from, to, Ordering::SeqCst, Ordering::SeqCst);
    }

    pub fn synced(&self) -> Synced {
        Synced {
            position: self.cell(SYNCED_POSITION).load(Ordering::SeqCst) as u64,
            sequence: self.cell(SYNCED_SEQUENCE).load(Ordering::SeqCst) as u64,
        }
    }

    pub fn publish_synced(&self, synced: Synced) {
        self.cell(SYNCED_POSITION).store(synced.position as i64, Ordering::SeqCst);
        self.cell(SYNCED_SEQUENCE).store(synced.sequence as i64, Ordering::SeqCst);
    }

    pub fn publish(&self, position: u64, sequence: u64) {
        self.cell(COMMITTED_SEQUENCE).store(sequence as i64, Ordering::SeqCst);
        self.cell(COMMITTED_POSITION).store(position as i64, Ordering::SeqCst);
    }

    /// Says that bytes up to `position` will be written; the fence keeps those writes behind it.
    pub fn claim(&self, position: u64) {
        if position as i64 > self.cell(CLAIMED).load(Ordering::Relaxed) {
            self.cell(CLAIMED).store(position as i64, Ordering::SeqCst);
            fence(Ordering::SeqCst);
        }
    }

    /// Writes bytes at a position, in two pieces where the ring ends.
    pub fn put(&self, position: u64, bytes: &[u8]) {
        let offset = (position & (self.size - 1)) as usize;
        let first = bytes.len().min(self.size as usize - offset);
        assert!(bytes.len() <= self.size as usize);
        // SAFETY: both pieces end inside the ring; the source is not part of it.
        unsafe {
            let data = self.base.add(DATA);
            data.add(offset).copy_from_nonoverlapping(bytes.as_ptr(), first);
            data.copy_from_nonoverlapping(bytes.as_ptr().add(first), bytes.len() - first);
        }
    }

    /// The ring's bytes from `position` as far as they lie in one piece, at most `length`. Only the writer's thread may ask,
    /// for bytes it has put and will not put again before the slice is gone.
    pub fn piece(&self, position: u64, length: u64) -> &[u8] {
        let offset = position & (self.size - 1);
        let length = length.min(self.size - offset);
        // SAFETY: inside the ring; nobody but the caller writes there.
        unsafe { std::slice::from_raw_parts(self.base.add(DATA + offset as usize), length as usize) }
    }
}
