//! Records to columns and back: Parquet and Arrow IPC files. What is written is described in docs/columnar.md; there is no twin.
//! `boundary` alone knows N-API; everything else is plain memory and files.

use napi_derive::{module_init, napi};

mod blocks;
mod boundary;
mod chunk;
mod codec;
mod column;
mod fault;
mod gather;
mod group;
mod group_writer;
mod hybrid;
mod json_cells;
mod json_lines;
mod json_text;
mod levels;
mod number;
mod numbers;
mod output;
mod places;
mod reader;
mod rows;
mod schema;
mod sink;
mod texts;
mod writer;

/// Raised with every change of an exported function's arguments; src/native refuses a crate of another number.
/// A constant is exported under its own name whatever `js_name` says, and the loader reads `abiVersion`.
#[napi]
#[allow(non_upper_case_globals)]
pub const abiVersion: u32 = 4;

/// A panic ends the call with an error that has its text: nothing of it goes to standard error beside that.
#[module_init]
fn silence_panics() {
    std::panic::set_hook(Box::new(|_| {}));
}
