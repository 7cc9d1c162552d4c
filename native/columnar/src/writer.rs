//! One file of columns: rows gather, become batches, and go to the sink.

use std::sync::Arc;

use arrow_array::{RecordBatch, RecordBatchOptions};
use arrow_schema::{Schema, SchemaRef};

use crate::column::{finish_members, Member};
use crate::fault::{Code, Fault};
use crate::json_lines::LineReader;
use crate::output::Place;
use crate::schema::{members_of, Node};
use crate::sink::{Settings, Sink};

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
/// A batch for Parquet: rows that fit the caches, and bytes of their source.
const PARQUET_ROWS: usize = 8192;
const BATCH_BYTES_MAX: usize = 8 << 20;
/// What waits to become a row group may take this many times its size in the file, dictionaries and all.
const MEMORY_FACTOR: usize = 2;
/// Text of one batch has 32-bit ends.
pub const CALL_SIZE_MAX: usize = 1 << 30;

pub struct Finished {
    pub rows: u64,
    pub size: u64,
}

pub struct Writer {
    members: Vec<Member>,
    lines: LineReader,
    schema: SchemaRef,
    sink: Sink,
    place: Place,
    batch_rows: usize,
    memory_max: usize,
    /// Rows in the columns, and bytes they were made from.
    rows: usize,
    bytes: usize,
    total: u64,
}

impl Writer {
    pub fn create(path: &str, nodes: &[Node], settings: &Settings) -> Result<Self, Fault> {
        let members = members_of(nodes)?;
        let fields: Vec<_> =
            members.iter().filter(|member| !member.column.is_nothing()).map(|m| m.column.field.clone()).collect();
        let schema = Arc::new(Schema::new(fields));
        let (place, output) = Place::create(path)?;
        let sink = Sink::open(output, schema.clone(), settings)
            .map_err(|refused| refused.map_or_else(|fault| fault, |text| place.fault(text)))?;
        let is_parquet = matches!(sink, Sink::Parquet(_));
        let batch_rows = if is_parquet { PARQUET_ROWS.min(settings.group_rows) } else { settings.group_rows };
        let memory_max = settings.group_bytes.saturating_mul(MEMORY_FACTOR);
        let lines = LineReader::new(&members);
        Ok(Self { members, lines, schema, sink, place, batch_rows, memory_max, rows: 0, bytes: 0, total: 0 })
    }

    /// Takes lines of JSON, the last one with or without its line end. A bad line adds no row.
    pub fn write_lines(&mut self, text: &[u8]) -> Result<Taken, Fault> {
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
            if self.rows >= self.batch_rows || self.bytes >= BATCH_BYTES_MAX {
                self.end_batch()?;
            }
        }
        Ok(taken)
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

    fn end_batch(&mut self) -> Result<(), Fault> {
        if self.rows == 0 {
            return Ok(());
        }
        let options = RecordBatchOptions::new().with_row_count(Some(self.rows));
        let invalid = |error| Fault::new(Code::Columns, format!("the columns are no batch: {error}"));
        let (_, arrays) = finish_members(&mut self.members).map_err(invalid)?;
        let batch = RecordBatch::try_new_with_options(self.schema.clone(), arrays, &options).map_err(invalid)?;
        self.sink.write(&batch).map_err(|text| self.place.fault(text))?;
        if self.sink.memory_size() > self.memory_max {
            self.sink.end_group().map_err(|text| self.place.fault(text))?;
        }
        self.total += self.rows as u64;
        (self.rows, self.bytes) = (0, 0);
        Ok(())
    }

    /// Writes what is left and gives the file its name.
    pub fn finish(mut self) -> Result<Finished, Fault> {
        self.end_batch()?;
        let Self { sink, mut place, total, .. } = self;
        sink.finish().map_err(|text| place.fault(text))?;
        Ok(Finished { rows: total, size: place.publish()? })
    }
}
