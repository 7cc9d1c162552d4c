//! The only N-API code of the crate: arguments are checked here, and plain memory goes on.

use std::cell::RefCell;
use std::path::PathBuf;
use std::rc::Rc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::Arc;
use std::time::Duration;

use napi::bindgen_prelude::{BigInt, Env, Function, Uint8Array};
use napi::threadsafe_function::ThreadsafeFunctionCallMode;
use napi::{Error, Result, Status};
use napi_derive::napi;

use crate::block_writer::Start;
use crate::files::Names;
use crate::flusher::{Durability, Settings};
use crate::log::{Log, Opening};
use crate::status;
use crate::tail::Tail;

/// As `LogPartOptions` in src/journal/part.ts.
#[napi(object)]
pub struct JournalWriterOptions {
    pub directory: String,
    pub name: String,
    pub durability: String,
    pub chained: bool,
    pub segment_size_bytes: f64,
    pub group_records: f64,
    pub group_size_bytes: f64,
    pub group_time_ms: f64,
    pub boot_id: Uint8Array,
    pub position: f64,
    /// Of the last frame in the log.
    pub sequence: f64,
    pub time_ns: BigInt,
    pub last_hash: Uint8Array,
    pub current_index: f64,
    pub next_index: f64,
}

fn refuse(argument: &str) -> Error {
    Error::new(Status::InvalidArg, format!("JournalWriter: {argument}"))
}

fn bytes_of<const N: usize>(bytes: &Uint8Array, argument: &str) -> Result<[u8; N]> {
    bytes.as_ref().try_into().map_err(|_| refuse(argument))
}

fn whole(value: f64, argument: &str) -> Result<u64> {
    let is_whole = (0.0..=9_007_199_254_740_991.0).contains(&value) && value.fract() == 0.0;
    is_whole.then_some(value as u64).ok_or_else(|| refuse(argument))
}

fn durability_of(name: &str) -> Result<Durability> {
    match name {
        "none" => Ok(Durability::None),
        "os" => Ok(Durability::Os),
        "group" => Ok(Durability::Group),
        "each" => Ok(Durability::Each),
        _ => Err(refuse("durability")),
    }
}

fn opening_of(options: &JournalWriterOptions, tail: Tail) -> Result<Opening> {
    let segment_size = whole(options.segment_size_bytes, "segmentSizeBytes")?;
    if segment_size < 4096 || segment_size % 4096 != 0 {
        return Err(refuse("segmentSizeBytes"));
    }
    let current_index = whole(options.current_index, "currentIndex")?;
    let settings = Settings {
        durability: durability_of(&options.durability)?,
        segment_size,
        group_records: whole(options.group_records, "groupRecords")?,
        group_bytes: whole(options.group_size_bytes, "groupSizeBytes")?,
        group_time: Duration::try_from_secs_f64(options.group_time_ms / 1000.0).map_err(|_| refuse("groupTimeMs"))?,
    };
    Ok(Opening {
        names: Names { directory: PathBuf::from(&options.directory), name: options.name.clone() },
        settings,
        tail,
        start: Start {
            position: whole(options.position, "position")?,
            sequence: whole(options.sequence, "sequence")? + 1,
            time_ns: options.time_ns.get_u64().1,
            has_segment: current_index > 0,
        },
        current_index,
        next_index: whole(options.next_index, "nextIndex")?,
        chained: options.chained,
        boot_id: bytes_of(&options.boot_id, "bootId")?,
        last_hash: bytes_of(&options.last_hash, "lastHash")?,
    })
}

/// The journal's writer. It belongs to the thread that made it; its flusher thread ends with `close` or the environment.
#[napi]
pub struct JournalWriter {
    /// Gone after `close`, with its files.
    log: Rc<RefCell<Option<Log>>>,
    staged: *mut u8,
    staged_size: usize,
    /// Keep JavaScript's memory alive while `log` and `staged` point into it.
    _tail: Uint8Array,
    _staged: Uint8Array,
}

#[napi]
impl JournalWriter {
    /// `tail` is the whole tail ring, `staged` where batches are staged, `on_synced` is called on this loop; calls are merged.
    #[napi(constructor)]
    pub fn new(
        env: Env,
        options: JournalWriterOptions,
        mut tail: Uint8Array,
        mut staged: Uint8Array,
        on_synced: Function<(), ()>,
    ) -> Result<Self> {
        // SAFETY: only addresses are taken; what lies there is reached as tail.rs says.
        let (tail_memory, staged_memory) = unsafe { (tail.as_mut(), staged.as_mut()) };
        let ring = Tail::new(tail_memory.as_mut_ptr(), tail_memory.len()).ok_or_else(|| refuse("tail"))?;
        let (staged_pointer, staged_size) = (staged_memory.as_mut_ptr(), staged_memory.len());
        let opening = opening_of(&options, ring)?;
        if staged_size as u64 > ring.size() / 4 || staged_size as u64 > opening.settings.segment_size / 4 {
            return Err(refuse("staged"));
        }
        let log = Log::open(opening, wake_up(on_synced)?).map_err(|error| refuse(&error.to_string()))?;
        let log = Rc::new(RefCell::new(Some(log)));
        // Registered after the threadsafe function was made, so it runs before that goes: the thread is joined first.
        env.add_env_cleanup_hook(log.clone(), |log| {
            if let Some(mut log) = log.borrow_mut().take() {
                log.stop();
            }
        })?;
        Ok(Self { log, staged: staged_pointer, staged_size, _tail: tail, _staged: staged })
    }

    /// See `LogPart` in src/journal/part.ts. The time comes in two halves: a BigInt costs more than the append.
    #[napi]
    pub fn commit(&self, size_bytes: u32, time_low: u32, time_high: u32) -> u32 {
        if size_bytes as usize > self.staged_size {
            return status::WRITE_FAILED;
        }
        // SAFETY: `_staged` keeps the memory alive, and JavaScript, on this thread, does not run meanwhile.
        let staged = unsafe { std::slice::from_raw_parts_mut(self.staged, size_bytes as usize) };
        self.with_log(|log| log.commit(staged, u64::from(time_high) << 32 | u64::from(time_low)))
    }

    #[napi]
    pub fn prepare(&self) -> bool {
        self.log.borrow().as_ref().is_some_and(Log::prepare)
    }

    #[napi]
    pub fn seal(&self) -> u32 {
        self.with_log(Log::seal)
    }

    #[napi]
    pub fn sync(&self) -> u32 {
        self.with_log(Log::sync)
    }

    #[napi]
    pub fn close(&self) -> u32 {
        let closed = self.with_log(Log::close);
        self.log.borrow_mut().take();
        closed
    }

    fn with_log(&self, work: impl FnOnce(&mut Log) -> u32) -> u32 {
        self.log.borrow_mut().as_mut().map_or(status::WRITE_FAILED, work)
    }
}

/// What the flusher calls: a threadsafe function never merges its calls, so a flag does.
fn wake_up(on_synced: Function<(), ()>) -> Result<Box<dyn Fn() + Send + Sync>> {
    let pending = Arc::new(AtomicBool::new(false));
    let seen = pending.clone();
    let call = on_synced.build_threadsafe_function::<()>().weak::<true>().build_callback(move |_| {
        // Cleared before the callback reads the synced position: a sync after this calls again.
        seen.store(false, Ordering::SeqCst);
        Ok(())
    })?;
    Ok(Box::new(move || {
        if !pending.swap(true, Ordering::SeqCst) {
            call.call((), ThreadsafeFunctionCallMode::NonBlocking);
        }
    }))
}

/// CRC-32C of bytes, for readers that check what they read.
#[napi(js_name = "crc32c")]
#[cfg_attr(test, allow(dead_code))]
pub fn crc32c(bytes: Uint8Array) -> u32 {
    crate::crc32c::crc32c(bytes.as_ref())
}
