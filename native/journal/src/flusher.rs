//! The flusher thread: block hashes and trailers, fdatasync, preallocation. It shares one locked state with the writer, which
//! holds the lock for a few stores a commit. Whoever sleeps says so under the lock, and only then is a wake-up paid for.

use std::fs;
use std::io;
use std::os::unix::fs::FileExt;
use std::sync::{Arc, Condvar, Mutex, MutexGuard};
use std::time::{Duration, Instant};

use sha2::{Digest, Sha256};

use crate::files::{abandon, Names, Preparation, Segment};
use crate::format::{block_trailer, SealedBlock, Synced, HASH};
use crate::tail::{Tail, STATE_FAILED, STATE_RESERVE};

const RETRY: Duration = Duration::from_secs(1);
const OS_SYNC: Duration = Duration::from_secs(1);
/// Sealed blocks that make a hash run worth a wake-up, and that make the writer wait: hashing is slower than the disk then.
const SEALED_WAKE: usize = 16;
const SEALED_MAX: usize = 4096;

#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Durability {
    None,
    Os,
    Group,
    Each,
}

pub struct Settings {
    pub durability: Durability,
    pub segment_size: u64,
    pub group_records: u64,
    pub group_bytes: u64,
    pub group_time: Duration,
}

pub struct State {
    /// Bytes before this lie in the files.
    pub written: Synced,
    records: u64,
    bytes: u64,
    since: Option<Instant>,
    sealed: Vec<SealedBlock>,
    /// Segments with bytes not known to be durable, oldest first.
    open: Vec<Arc<Segment>>,
    next: Option<Arc<Segment>>,
    next_index: u64,
    next_wanted: bool,
    has_reserve: bool,
    retry_at: Option<Instant>,
    sync_wanted: bool,
    stop: bool,
    failed: bool,
    is_asleep: bool,
    wakes_at: Option<Instant>,
}

enum Action {
    Stop,
    Sync,
    Hash,
    Prepare,
    Wait(Option<Instant>),
}

pub struct Shared {
    pub tail: Tail,
    pub names: Names,
    pub settings: Settings,
    state: Mutex<State>,
    work: Condvar,
    done: Condvar,
    on_synced: Box<dyn Fn() + Send + Sync>,
}

impl Shared {
    pub fn new(
        names: Names,
        settings: Settings,
        tail: Tail,
        (written, open, next_index): (Synced, Option<Arc<Segment>>, u64),
        on_synced: Box<dyn Fn() + Send + Sync>,
    ) -> io::Result<Self> {
        let next = match names.segment(next_index).exists() {
            true => Some(Arc::new(Segment::open(&names, next_index)?)),
            false => None,
        };
        let state = State {
            written,
            records: 0,
            bytes: 0,
            since: None,
            sealed: Vec::new(),
            open: open.into_iter().collect(),
            next,
            next_index,
            next_wanted: false,
            has_reserve: names.reserve().exists(),
            retry_at: None,
            sync_wanted: false,
            stop: false,
            failed: false,
            is_asleep: false,
            wakes_at: None,
        };
        let (state, work, done) = (Mutex::new(state), Condvar::new(), Condvar::new());
        Ok(Self { tail, names, settings, state, work, done, on_synced })
    }

    /// A poisoned lock means that the other thread panicked: the log has failed, and the state is still readable.
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(|poisoned| {
            self.tail.set_failed();
            poisoned.into_inner()
        })
    }

    fn wait_done<'a>(&self, state: MutexGuard<'a, State>) -> MutexGuard<'a, State> {
        self.done.wait(state).unwrap_or_else(|poisoned| poisoned.into_inner())
    }

    fn wake(&self, state: &State) {
        if state.is_asleep {
            self.work.notify_one();
        }
    }

    /// The writer wrote up to `written`; `sealed` blocks are among it. Waits where hashing has fallen far behind.
    pub fn note_written(&self, written: Synced, sealed: &mut Vec<SealedBlock>) {
        let mut state = self.lock();
        state.records += written.sequence - state.written.sequence;
        state.bytes += written.position - state.written.position;
        if state.since.is_none() && written.position > state.written.position {
            state.since = Some(Instant::now());
        }
        state.written = written;
        state.sealed.append(sealed);
        if state.is_asleep && self.must_wake(&state) {
            self.work.notify_one();
        }
        while state.sealed.len() >= SEALED_MAX && !state.failed && self.tail.state() != STATE_FAILED {
            self.wake(&state);
            state = self.wait_done(state);
        }
    }

    fn must_wake(&self, state: &State) -> bool {
        let has_timer = state.wakes_at.is_some() && state.since.is_some() && state.wakes_at != state.retry_at;
        state.sealed.len() >= SEALED_WAKE
            || match self.settings.durability {
                Durability::None => false,
                Durability::Os => !has_timer,
                Durability::Group => {
                    !has_timer
                        || state.records >= self.settings.group_records
                        || state.bytes >= self.settings.group_bytes
                }
                Durability::Each => true,
            }
    }

    /// Takes the next segment; `None` when it is not there (see `ensure_next`).
    pub fn take_next(&self) -> Option<Arc<Segment>> {
        let mut state = self.lock();
        let next = state.next.take()?;
        state.open.push(next.clone());
        state.next_index = next.index + 1;
        self.wake(&state);
        Some(next)
    }

    /// Waits until the next segment is there; the reserve serves when none can be prepared. False: no room at all.
    pub fn ensure_next(&self) -> bool {
        let mut state = self.lock();
        if state.next.is_some() {
            return true;
        }
        state.next_wanted = true;
        state.retry_at = None;
        self.wake(&state);
        while state.next.is_none() && state.retry_at.is_none() && !state.failed && !state.stop {
            state = self.wait_done(state);
        }
        state.next_wanted = false;
        if state.next.is_none() && state.has_reserve && !state.failed {
            self.take_reserve(&mut state);
        }
        state.next.is_some()
    }

    fn take_reserve(&self, state: &mut State) {
        state.has_reserve = false;
        let renamed = fs::rename(self.names.reserve(), self.names.segment(state.next_index));
        let opened = renamed.and_then(|()| self.names.sync_folder());
        let opened = opened.and_then(|()| Segment::open(&self.names, state.next_index));
        state.next = opened.ok().map(Arc::new);
    }

    /// Syncs all that is written and waits for it. False: the log has failed.
    pub fn sync(&self) -> bool {
        let mut state = self.lock();
        let target = state.written.position;
        while self.tail.synced().position < target && !state.failed {
            state.sync_wanted = true;
            self.wake(&state);
            state = self.wait_done(state);
        }
        !state.failed
    }

    /// The thread ends after what it is doing; nothing more is synced.
    pub fn stop(&self) {
        let mut state = self.lock();
        state.stop = true;
        self.work.notify_one();
    }

    fn next_action(&self, state: &State, now: Instant) -> Action {
        if state.stop {
            return Action::Stop;
        }
        if state.failed {
            return Action::Wait(None);
        }
        let sync_at = self.sync_at(state, now);
        if sync_at.is_some_and(|at| at <= now) {
            return Action::Sync;
        }
        let lacks = state.next.is_none() || !state.has_reserve;
        let may_prepare = lacks && state.retry_at.is_none_or(|at| at <= now);
        if may_prepare && state.next_wanted {
            return Action::Prepare;
        }
        if state.sealed.len() >= SEALED_WAKE {
            return Action::Hash;
        }
        if may_prepare {
            return Action::Prepare;
        }
        let retry_at = if lacks { state.retry_at } else { None };
        Action::Wait(match (sync_at, retry_at) {
            (Some(sync), Some(retry)) => Some(sync.min(retry)),
            (sync, retry) => sync.or(retry),
        })
    }

    /// When the next sync is due, if one is.
    fn sync_at(&self, state: &State, now: Instant) -> Option<Instant> {
        if self.tail.synced().position >= state.written.position {
            return None;
        }
        if state.sync_wanted {
            return Some(now);
        }
        let since = state.since?;
        let Settings { group_records, group_bytes, group_time, .. } = self.settings;
        match self.settings.durability {
            Durability::None => None,
            Durability::Os => Some(since + OS_SYNC),
            Durability::Each => Some(now),
            Durability::Group if state.records >= group_records || state.bytes >= group_bytes => Some(now),
            Durability::Group => Some(since + group_time),
        }
    }
}

/// What the thread alone owns.
pub struct Flusher {
    last_hash: [u8; HASH],
    preparation: Option<Preparation>,
    block: Vec<u8>,
}

impl Flusher {
    pub fn new(last_hash: [u8; HASH]) -> Self {
        Self { last_hash, preparation: None, block: Vec::new() }
    }

    pub fn run(mut self, shared: &Shared) {
        let mut state = shared.lock();
        loop {
            state = match shared.next_action(&state, Instant::now()) {
                Action::Stop => break,
                Action::Wait(until) => sleep(shared, state, until),
                Action::Hash => self.hash(shared, state),
                Action::Sync => self.sync(shared, state),
                Action::Prepare => self.prepare(shared, state),
            }
        }
        abandon(&shared.names);
        shared.done.notify_all();
    }

    fn hash<'a>(&mut self, shared: &'a Shared, mut state: MutexGuard<'a, State>) -> MutexGuard<'a, State> {
        let (sealed, open) = (std::mem::take(&mut state.sealed), state.open.clone());
        drop(state);
        let result = self.finish_blocks(shared, &sealed, &open);
        relock(shared, result)
    }

    /// Hashes, writes the trailers, then syncs: whatever lies before a synced position has its trailer.
    fn sync<'a>(&mut self, shared: &'a Shared, mut state: MutexGuard<'a, State>) -> MutexGuard<'a, State> {
        let target = state.written;
        let (sealed, open) = (std::mem::take(&mut state.sealed), state.open.clone());
        state.records = 0;
        state.bytes = 0;
        state.since = None;
        state.sync_wanted = false;
        drop(state);
        let mut result = self.finish_blocks(shared, &sealed, &open);
        if result.is_ok() {
            result = open.iter().try_for_each(|segment| segment.file.sync_data());
        }
        if result.is_ok() {
            shared.tail.publish_synced(target);
        }
        let mut state = relock(shared, result);
        let current = target.position / shared.settings.segment_size + 1;
        state.open.retain(|segment| segment.index >= current);
        (shared.on_synced)();
        state
    }

    /// One slice; the reserve comes first, unless the writer waits for the next segment.
    fn prepare<'a>(&mut self, shared: &'a Shared, state: MutexGuard<'a, State>) -> MutexGuard<'a, State> {
        drop(state);
        let advanced = self.advance(shared);
        let mut state = shared.lock();
        let finished = advanced.and_then(|is_full| if is_full { self.finish(shared, &mut state) } else { Ok(()) });
        if finished.is_err() {
            self.preparation = None;
            abandon(&shared.names);
            state.retry_at = Some(Instant::now() + RETRY);
        }
        if finished.is_err() || state.next.is_none() || !state.has_reserve {
            shared.tail.set_lacking(finished.is_err() || shared.tail.state() == STATE_RESERVE);
        } else {
            state.retry_at = None;
            shared.tail.set_lacking(false);
        }
        shared.done.notify_all();
        state
    }

    fn advance(&mut self, shared: &Shared) -> io::Result<bool> {
        if self.preparation.is_none() {
            self.preparation = Some(Preparation::begin(&shared.names, shared.settings.segment_size)?);
        }
        self.preparation.as_mut().map_or(Ok(false), Preparation::advance)
    }

    fn finish(&mut self, shared: &Shared, state: &mut State) -> io::Result<()> {
        let Some(preparation) = self.preparation.take() else { return Ok(()) };
        if state.has_reserve || (state.next_wanted && state.next.is_none()) {
            let index = state.next_index;
            let file = preparation.finish(&shared.names, shared.names.segment(index))?;
            state.next = Some(Arc::new(Segment { index, file }));
        } else {
            preparation.finish(&shared.names, shared.names.reserve())?;
            state.has_reserve = true;
        }
        Ok(())
    }

    fn finish_blocks(&mut self, shared: &Shared, sealed: &[SealedBlock], open: &[Arc<Segment>]) -> io::Result<()> {
        sealed.iter().try_for_each(|block| self.finish_block(shared.settings.segment_size, block, open))
    }

    /// The bytes come from the page cache: the ring may be written over meanwhile.
    fn finish_block(&mut self, segment_size: u64, block: &SealedBlock, open: &[Arc<Segment>]) -> io::Result<()> {
        let index = block.start / segment_size + 1;
        let segment = open.iter().find(|segment| segment.index == index).ok_or(io::ErrorKind::NotFound)?;
        self.block.resize((block.trailer - block.start) as usize, 0);
        segment.file.read_exact_at(&mut self.block, block.start % segment_size)?;
        let previous = self.last_hash;
        self.last_hash = Sha256::new().chain_update(previous).chain_update(&self.block).finalize().into();
        segment.write(block.trailer % segment_size, &block_trailer(block, Some((&previous, &self.last_hash))))
    }
}

fn sleep<'a>(shared: &'a Shared, mut state: MutexGuard<'a, State>, until: Option<Instant>) -> MutexGuard<'a, State> {
    state.is_asleep = true;
    state.wakes_at = until;
    let mut state = match until {
        None => shared.work.wait(state).unwrap_or_else(|poisoned| poisoned.into_inner()),
        Some(at) => {
            let timeout = at.saturating_duration_since(Instant::now());
            shared.work.wait_timeout(state, timeout).unwrap_or_else(|poisoned| poisoned.into_inner()).0
        }
    };
    state.is_asleep = false;
    state.wakes_at = None;
    state
}

/// Takes the lock again after file work. An error there ends the log: it is never synced again, as the kernel may have dropped
/// what it could not write and call it clean.
fn relock(shared: &Shared, result: io::Result<()>) -> MutexGuard<'_, State> {
    let mut state = shared.lock();
    if result.is_err() {
        state.failed = true;
        shared.tail.set_failed();
    }
    shared.done.notify_all();
    state
}
