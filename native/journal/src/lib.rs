//! The journal's files: append, flush. What it writes is described in docs/journal.md; src/journal holds the twin.
//! `crc32c`, `format` and `block_writer` are pure: no file, no thread, no N-API.

use napi_derive::napi;

pub mod block_writer;
mod boundary;
pub mod crc32c;
mod files;
mod flusher;
pub mod format;
mod log;
mod tail;

/// Raised with every change of an exported function's arguments; src/native refuses a crate of another number.
/// A constant is exported under its own name whatever `js_name` says, and the loader reads `abiVersion`.
#[napi]
#[allow(non_upper_case_globals)]
pub const abiVersion: u32 = 2;

/// Integer results, as in src/model/status.ts.
pub mod status {
    pub const OK: u32 = 0;
    pub const JOURNAL_FULL: u32 = 20;
    pub const SYNC_FAILED: u32 = 21;
    pub const WRITE_FAILED: u32 = 22;
}
