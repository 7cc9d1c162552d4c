//! One file of columns: rows gather, become batches, and go to the sink.

use std::sync::Arc;

use arrow_array::{RecordBatch, RecordBatchOptions};
use arrow_schema::{Schema, SchemaRef};

use crate::column::{finish_members, Member};
use crate::fault::{Code, Fault};
use crate::json_lines::LineReader;
use crate::output::Place;
use crate::rows::{BadRow, RowShape};
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
const BATCH_BYTES_MAX: usize = 4 << 20;
/// Rows become columns by blocks of so many bytes: each column reads all of them, and finds them in a near cache.
const ROWS_BLOCK: usize = 64 << 10;
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
    shape: Option<RowShape>,
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
        Ok(Self {
            members,
            lines,
            shape: None,
            schema,
            sink,
            place,
            batch_rows,
            memory_max,
            rows: 0,
            bytes: 0,
            total: 0,
        })
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

    /// Says how the rows lie that `write_rows` takes.
    pub fn bind(&mut self, shape: RowShape) -> Result<(), Fault> {
        shape.check(&self.members)?;
        self.shape = Some(shape);
        Ok(())
    }

    /// Takes rows of the native decoder; those it refused are left out. Each is told that has a number beyond its column.
    pub fn write_rows(&mut self, bytes: &[u8]) -> Result<Vec<BadRow>, Fault> {
        let Some(shape) = self.shape.take() else {
            return Err(Fault::new(Code::Columns, "the file was opened without rows"));
        };
        let mut bad = Vec::new();
        let mut first = 0;
        let block = (ROWS_BLOCK / shape.size).max(1);
        while first * shape.size < bytes.len() {
            let until = (first + block.min(self.batch_rows - self.rows)).min(bytes.len() / shape.size);
            self.append_rows(&shape, &bytes[first * shape.size..until * shape.size], first, &mut bad);
            self.bytes += (until - first) * shape.size;
            if self.rows >= self.batch_rows || self.bytes >= BATCH_BYTES_MAX {
                self.end_batch()?;
            }
            first = until;
        }
        self.shape = Some(shape);
        Ok(bad)
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

#[cfg(test)]
mod tests {
    use super::Writer;
    use crate::reader::Reader;
    use crate::rows::{Binding, RowShape};
    use crate::schema::Node;
    use crate::sink::Settings;

    fn node(name: &str, kind: &str, nullable: bool, children: u32) -> Node {
        let (precision, scale) = if kind == "decimal" { (5, 2) } else { (0, 0) };
        Node { name: name.into(), member: name.into(), kind: kind.into(), nullable, precision, scale, children }
    }

    fn columns() -> Vec<Node> {
        vec![
            node("K", "utf8", true, 0),
            node("T", "list", false, 1),
            node("item", "struct", false, 1),
            node("N", "decimal", false, 0),
        ]
    }

    fn open(name: &str, form: &str) -> (String, Writer) {
        let folder = std::env::temp_dir();
        let path = folder.join(format!("headrace-columnar-{}-{name}.{form}", std::process::id()));
        let path = path.to_string_lossy().into_owned();
        let settings = Settings {
            form: form.into(),
            compression: "none".into(),
            group_rows: 3,
            group_bytes: 1 << 20,
            created_by: "test".into(),
        };
        let writer = Writer::create(&path, &columns(), &settings).unwrap_or_else(|fault| panic!("{fault}"));
        (path, writer)
    }

    fn read_back(path: &str) -> String {
        let mut reader = Reader::open(path).unwrap_or_else(|fault| panic!("{fault}"));
        let mut text = Vec::new();
        while let Some(lines) = reader.read().unwrap_or_else(|fault| panic!("{fault}")) {
            text.extend_from_slice(&lines.text);
        }
        std::fs::remove_file(path).unwrap_or_else(|error| panic!("{error}"));
        String::from_utf8(text).unwrap_or_default()
    }

    #[test]
    fn lines_come_back_from_every_form() {
        let lines = "{\"K\":\"a\",\"T\":[{\"N\":1.50},{\"N\":-0.01}]}\n{\"K\":null,\"T\":[]}\n".repeat(5);
        for form in ["parquet", "arrow", "arrow-stream"] {
            let (path, mut writer) = open("lines", form);
            let bad = "{\"K\":\"b\",\"T\":[{\"N\":1},{\"N\":1.505}]}\n";
            let taken = writer.write_lines((lines.clone() + bad).as_bytes()).unwrap_or_else(|fault| panic!("{fault}"));
            assert_eq!((taken.rows, taken.bad.len()), (10, 1));
            assert_eq!((taken.bad[0].line, taken.bad[0].field.as_str()), (10, "T(2).N"));
            assert!(writer.finish().is_ok_and(|finished| finished.rows == 10));
            assert_eq!(read_back(&path), lines);
        }
    }

    /// Status, a view and seven bytes, a text slot of 16 bytes, two numbers.
    fn shape(last: u32) -> RowShape {
        let leaf = |offsets: &[u32], kind: &str, views: &[u32]| Binding {
            offsets: offsets.into(),
            kind: kind.into(),
            zeros: 0,
            views: views.into(),
            count: 0,
            children: vec![],
        };
        let group = Binding { children: vec![leaf(&[32, last], "i64", &[])], ..leaf(&[], "", &[]) };
        let table = Binding { count: 2, children: vec![group], ..leaf(&[], "", &[]) };
        RowShape { size: 48, view_parents: vec![-1], bindings: vec![leaf(&[16], "text", &[0]), table] }
    }

    fn row(status: u8, view: u8, text: &str, numbers: [i64; 2]) -> Vec<u8> {
        let mut row = vec![0; 48];
        (row[0], row[8], row[16]) = (status, view, text.len() as u8);
        row[20..20 + text.len()].copy_from_slice(text.as_bytes());
        row[32..40].copy_from_slice(&numbers[0].to_le_bytes());
        row[40..48].copy_from_slice(&numbers[1].to_le_bytes());
        row
    }

    #[test]
    fn rows_become_columns_and_refused_ones_do_not() {
        let (path, mut writer) = open("rows", "parquet");
        assert!(writer.bind(shape(41)).is_err());
        assert!(writer.bind(shape(40)).is_ok());
        let rows = [row(0, 1, "abc", [150, -1]), row(7, 1, "bad", [0, 0]), row(0, 0, "", [0, 99999])].concat();
        assert!(writer.write_rows(&rows).is_ok_and(|bad| bad.is_empty()));
        let mut torn = row(0, 1, "\u{e9}", [0, 0]);
        torn[16] = 1;
        let bad = writer.write_rows(&torn).unwrap_or_else(|fault| panic!("{fault}"));
        assert_eq!((bad[0].row, bad[0].offset), (0, 16));
        let mut long = row(0, 1, "", [0, 0]);
        long[16..20].copy_from_slice(&u32::MAX.to_le_bytes());
        assert!(writer.write_rows(&long).is_ok());
        assert!(writer.finish().is_ok());
        let text = read_back(&path);
        let expected =
            "{\"K\":\"abc\",\"T\":[{\"N\":1.50},{\"N\":-0.01}]}\n{\"K\":null,\"T\":[{\"N\":0.00},{\"N\":999.99}]}\n";
        assert!(text.starts_with(expected), "{text}");
    }
}
