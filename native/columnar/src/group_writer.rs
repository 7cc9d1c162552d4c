//! Row groups of Parquet that are made in any thread, and handed by their number to the one that writes the file.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

use crate::column::Member;
use crate::fault::{Code, Fault};
use crate::gather::{Gather, Target};
use crate::group::{ClosedGroup, Group};
use crate::rows::{BadRow, RowShape};
use crate::schema::Node;
use crate::sink::PAGE_ROWS;

/// Groups that wait for the thread that writes; whoever makes more is refused, since nobody fetches them.
const WAITING_MAX: usize = 1024;

static WAITING: Mutex<BTreeMap<u32, ClosedGroup>> = Mutex::new(BTreeMap::new());

/// The group of a number, which waits no longer. A number that waits no more, or never did, is a fault.
pub fn fetch(number: u32) -> Result<ClosedGroup, Fault> {
    let mut waiting = WAITING.lock().unwrap_or_else(PoisonError::into_inner);
    waiting.remove(&number).ok_or_else(|| Fault::new(Code::Columns, format!("no row group {number} waits")))
}

fn leave(group: ClosedGroup) -> Result<u32, Fault> {
    let mut waiting = WAITING.lock().unwrap_or_else(PoisonError::into_inner);
    if waiting.len() == WAITING_MAX {
        return Err(Fault::new(Code::Columns, format!("{WAITING_MAX} row groups wait and nobody writes them")));
    }
    let number = waiting.last_key_value().map_or(0, |(last, _)| last.wrapping_add(1));
    waiting.insert(number, group);
    Ok(number)
}

/// Rows of the decoder to one row group after the other.
pub struct GroupWriter {
    gather: Gather,
    group: Group,
}

impl Target for Group {
    fn room(&self) -> usize {
        PAGE_ROWS
    }

    fn take(&mut self, members: &mut [Member], rows: usize) -> Result<(), Fault> {
        self.write(members, rows).map_err(|error| Fault::new(Code::Columns, error.to_string()))
    }
}

impl GroupWriter {
    pub fn new(nodes: &[Node], compression: &str, shape: RowShape) -> Result<Self, Fault> {
        let mut gather = Gather::new(nodes)?;
        gather.bind(shape)?;
        let group = Group::new(&gather.schema(), compression)?;
        Ok(Self { gather, group })
    }

    /// As `Gather::write_rows`.
    pub fn write_rows(&mut self, bytes: &[u8]) -> Result<Vec<BadRow>, Fault> {
        self.gather.write_rows(bytes, &mut self.group)
    }

    /// Ends the group and leaves it for the thread that writes; its number, or `None` where it has no rows.
    pub fn end_group(&mut self) -> Result<Option<u32>, Fault> {
        self.gather.end_batch(&mut self.group)?;
        if self.group.rows == 0 {
            return Ok(None);
        }
        let closed = self.group.close().map_err(|error| Fault::new(Code::Columns, error.to_string()))?;
        leave(closed).map(Some)
    }
}
