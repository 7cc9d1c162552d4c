//! Records to columns and back: Parquet and Arrow IPC files. What is written is described in docs/columnar.md; there is no twin.
//! `boundary` alone knows N-API; everything else is plain memory and files.

use napi_derive::napi;

mod boundary;
mod column;
mod fault;
mod json_cells;
mod json_lines;
mod json_text;
mod number;
mod output;
mod reader;
mod rows;
mod schema;
mod sink;
mod writer;

/// Raised with every change of an exported function's arguments; src/native refuses a crate of another number.
/// A constant is exported under its own name whatever `js_name` says, and the loader reads `abiVersion`.
#[napi]
#[allow(non_upper_case_globals)]
pub const abiVersion: u32 = 3;
