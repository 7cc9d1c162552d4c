//! The journal's files: append, flush, recover. What it writes is described in docs/journal.md.

use napi_derive::napi;

/// Raised with every change of an exported function's arguments; src/native refuses a crate of another number.
#[napi]
pub const ABI_VERSION: u32 = 1;
