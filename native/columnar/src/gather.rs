//! Rows that gather in columns until there are enough of them for a batch or a page.

use std::sync::Arc;

use arrow_schema::{Schema, SchemaRef};

use crate::column::Member;
use crate::fault::{Code, Fault};
use crate::json_lines::LineReader;
use crate::rows::{BadRow, RowShape};
use crate::schema::{members_of, Node};

/// A line that is no row, counted from 0 within its call.
pub struct BadLine {
    pub line: usize,
    pub field: String,
    pub what: String,
}

/// What one call took.
pub struct Taken {
    pub consumed: usize,
    pub rows: usize,
    pub bad: Vec<BadLine>,
}

/// A call ends with so many bad lines; the caller goes on behind them.
const BAD_LINES_MAX: usize = 256;
/// A batch has rows of so many bytes of their source at most.
const BATCH_BYTES_MAX: usize = 4 << 20;
/// Rows become columns by blocks of so many bytes: each column reads all of them, and finds them in a near cache.
const ROWS_BLOCK: usize = 64 << 10;

/// Where batches go.
pub trait Target {
    /// Rows that the next batch may have.
    fn room(&self) -> usize;
    /// Takes the columns' rows; the columns are empty then.
    fn take(&mut self, members: &mut [Member], rows: usize) -> Result<(), Fault>;
}

pub struct Gather {
    members: Vec<Member>,
    lines: LineReader,
    shape: Option<RowShape>,
    /// Rows in the columns, and bytes they were made from.
    rows: usize,
    bytes: usize,
}

impl Gather {
    /// Refuses a tree that has no columns.
    pub fn new(nodes: &[Node]) -> Result<Self, Fault> {
        let members = members_of(nodes)?;
        let lines = LineReader::new(&members);
        Ok(Self { members, lines, shape: None, rows: 0, bytes: 0 })
    }

    pub fn schema(&self) -> SchemaRef {
        let named = self.members.iter().filter(|member| !member.column.is_nothing());
        Arc::new(Schema::new(named.map(|member| member.column.field.clone()).collect::<Vec<_>>()))
    }

    /// Takes lines of JSON, the last one with or without its line end. A bad line adds no row.
    pub fn write_lines(&mut self, text: &[u8], target: &mut impl Target) -> Result<Taken, Fault> {
        let mut taken = Taken { consumed: 0, rows: 0, bad: Vec::new() };
        for (line, content) in text.split_inclusive(|&byte| byte == b'\n').enumerate() {
            if taken.bad.len() == BAD_LINES_MAX {
                break;
            }
            taken.consumed += content.len();
            if content.trim_ascii().is_empty() {
                continue;
            }
            match self.read_line(content) {
                None => taken.rows += 1,
                Some((field, what)) => taken.bad.push(BadLine { line, field, what }),
            }
            self.bytes += content.len();
            self.end_full_batch(target)?;
        }
        Ok(taken)
    }

    /// Says how the rows lie that `write_rows` takes.
    pub fn bind(&mut self, shape: RowShape) -> Result<(), Fault> {
        shape.check(&self.members)?;
        self.shape = Some(shape);
        Ok(())
    }

    /// Takes rows of the native decoder; those it refused are left out. Each is told that has a number beyond its column.
    pub fn write_rows(&mut self, bytes: &[u8], target: &mut impl Target) -> Result<Vec<BadRow>, Fault> {
        let Some(shape) = self.shape.take() else {
            return Err(Fault::new(Code::Columns, "the file was opened without rows"));
        };
        let mut bad = Vec::new();
        let mut first = 0;
        let block = (ROWS_BLOCK / shape.size).max(1);
        while first * shape.size < bytes.len() {
            let until = (first + block.min(target.room() - self.rows)).min(bytes.len() / shape.size);
            self.append_rows(&shape, &bytes[first * shape.size..until * shape.size], first, &mut bad);
            self.bytes += (until - first) * shape.size;
            self.end_full_batch(target)?;
            first = until;
        }
        self.shape = Some(shape);
        Ok(bad)
    }

    /// Hands over what has gathered.
    pub fn end_batch(&mut self, target: &mut impl Target) -> Result<(), Fault> {
        if self.rows > 0 {
            target.take(&mut self.members, self.rows)?;
        }
        (self.rows, self.bytes) = (0, 0);
        Ok(())
    }

    fn end_full_batch(&mut self, target: &mut impl Target) -> Result<(), Fault> {
        if self.rows >= target.room() || self.bytes >= BATCH_BYTES_MAX {
            return self.end_batch(target);
        }
        Ok(())
    }

    /// Adds the rows of one batch, again and again without one that no column holds.
    fn append_rows(&mut self, shape: &RowShape, bytes: &[u8], first: usize, bad: &mut Vec<BadRow>) {
        let mut skip = Vec::new();
        loop {
            match shape.append(bytes, &skip, &mut self.members) {
                Ok(added) => {
                    self.rows += added;
                    return;
                }
                Err(found) => {
                    self.members.iter_mut().for_each(|member| member.column.truncate(self.rows));
                    skip.push(found.row);
                    bad.push(BadRow { row: first + found.row, offset: found.offset });
                }
            }
        }
    }

    /// Adds a row, or tells the field and what is wrong with it.
    fn read_line(&mut self, line: &[u8]) -> Option<(String, String)> {
        if std::str::from_utf8(line).is_err() {
            return Some((String::new(), "not UTF-8".into()));
        }
        match self.lines.read(line, &mut self.members, self.rows) {
            Ok(()) => {
                self.rows += 1;
                None
            }
            Err(bad) => {
                self.members.iter_mut().for_each(|member| member.column.truncate(self.rows));
                Some((bad.field(), bad.what))
            }
        }
    }
}
