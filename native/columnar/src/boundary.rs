//! The only N-API code of the crate: arguments are checked here, and plain memory goes on.

use napi::bindgen_prelude::{Int32Array, Uint32Array, Uint8Array};
use napi::{Error, Result};
use napi_derive::napi;

use crate::fault::{Code, Fault};
use crate::group_writer::{fetch, GroupWriter};
use crate::reader::Reader;
use crate::rows::{BadRow, Binding, RowShape};
use crate::schema::Node;
use crate::sink::Settings;
use crate::writer::{Writer, CALL_SIZE_MAX};

/// As `NativeColumnNode` in src/native/columnar.ts.
#[napi(object)]
pub struct ColumnNode {
    pub name: String,
    pub member: String,
    pub kind: String,
    pub nullable: bool,
    pub precision: u32,
    pub scale: u32,
    pub children: u32,
}

/// As `NativeColumnSettings` in src/native/columnar.ts.
#[napi(object)]
pub struct ColumnSettings {
    pub form: String,
    pub compression: String,
    pub group_rows: u32,
    pub group_bytes: u32,
    pub created_by: String,
}

#[napi(object)]
pub struct BadLine {
    pub line: u32,
    pub field: String,
    pub what: String,
}

#[napi(object)]
pub struct LinesTaken {
    pub consumed: u32,
    pub rows: u32,
    pub bad: Vec<BadLine>,
}

#[napi(object)]
pub struct Finished {
    pub rows: f64,
    pub size_bytes: f64,
}

/// As `NativeRowBinding` in src/native/columnar.ts.
#[napi(object)]
pub struct RowBinding {
    pub offsets: Uint32Array,
    pub kind: String,
    pub zeros: u32,
    pub views: Uint32Array,
    pub count: u32,
    pub children: Vec<RowBinding>,
}

/// As `NativeRowShape` in src/native/columnar.ts: the rows' size, for each view the one it lies in, and where each column is.
#[napi(object)]
pub struct RowLayout {
    pub size: u32,
    pub view_parents: Int32Array,
    pub bindings: Vec<RowBinding>,
}

#[napi(object)]
pub struct RowRefused {
    pub row: u32,
    pub offset: u32,
}

fn shape_of(layout: RowLayout) -> RowShape {
    RowShape {
        size: layout.size as usize,
        view_parents: layout.view_parents.to_vec(),
        bindings: layout.bindings.into_iter().map(binding_of).collect(),
    }
}

fn nodes_of(nodes: Vec<ColumnNode>) -> Vec<Node> {
    nodes
        .into_iter()
        .map(|ColumnNode { name, member, kind, nullable, precision, scale, children }| Node {
            name,
            member,
            kind,
            nullable,
            precision,
            scale,
            children,
        })
        .collect()
}

fn refused(bad: Vec<BadRow>) -> Vec<RowRefused> {
    bad.into_iter().map(|bad| RowRefused { row: bad.row as u32, offset: bad.offset }).collect()
}

fn check_size(bytes: &[u8]) -> Result<&[u8], Code> {
    if bytes.len() > CALL_SIZE_MAX {
        return Err(Error::new(Code::Columns, format!("one call takes {CALL_SIZE_MAX} bytes at most")));
    }
    Ok(bytes)
}

fn binding_of(binding: RowBinding) -> Binding {
    Binding {
        offsets: binding.offsets.to_vec(),
        kind: binding.kind,
        zeros: binding.zeros,
        views: binding.views.to_vec(),
        count: binding.count,
        children: binding.children.into_iter().map(binding_of).collect(),
    }
}

fn thrown(fault: Fault) -> Error<Code> {
    Error::new(fault.code, fault.text)
}

fn closed() -> Error<Code> {
    Error::new(Code::Closed, "the file of columns is closed")
}

/// One file of columns. It belongs to the thread that made it; after an error it is given up.
#[napi]
pub struct ColumnWriter {
    writer: Option<Writer>,
}

#[napi]
impl ColumnWriter {
    #[napi(constructor, catch_unwind)]
    pub fn new(path: String, nodes: Vec<ColumnNode>, settings: ColumnSettings) -> Result<Self, Code> {
        if settings.group_rows == 0 || settings.group_bytes == 0 {
            return Err(Error::new(Code::Columns, "a row group has at least one row and one byte"));
        }
        let settings = Settings {
            form: settings.form,
            compression: settings.compression,
            group_rows: settings.group_rows as usize,
            group_bytes: settings.group_bytes as usize,
            created_by: settings.created_by,
        };
        Ok(Self { writer: Some(Writer::create(&path, &nodes_of(nodes), &settings).map_err(thrown)?) })
    }

    #[napi(catch_unwind)]
    pub fn write_lines(&mut self, text: Uint8Array) -> Result<LinesTaken, Code> {
        let text = check_size(text.as_ref())?;
        let taken = self.with_writer(|writer| writer.write_lines(text))?;
        let bad = taken.bad.into_iter().map(|bad| BadLine { line: bad.line as u32, field: bad.field, what: bad.what });
        Ok(LinesTaken { consumed: taken.consumed as u32, rows: taken.rows as u32, bad: bad.collect() })
    }

    /// Says how the rows lie that `writeRows` takes.
    #[napi(catch_unwind)]
    pub fn bind_rows(&mut self, layout: RowLayout) -> Result<(), Code> {
        self.with_writer(|writer| writer.bind(shape_of(layout)))
    }

    /// Whole rows.
    #[napi(catch_unwind)]
    pub fn write_rows(&mut self, rows: Uint8Array) -> Result<Vec<RowRefused>, Code> {
        let rows = check_size(rows.as_ref())?;
        self.with_writer(|writer| writer.write_rows(rows)).map(refused)
    }

    /// Puts the row group of a number, which a `RowGroupWriter` of any thread has left, behind all rows so far.
    #[napi(catch_unwind)]
    pub fn append_group(&mut self, number: u32) -> Result<(), Code> {
        self.with_writer(|writer| writer.append_group(fetch(number)?))
    }

    #[napi(catch_unwind)]
    pub fn finish(&mut self) -> Result<Finished, Code> {
        let finished = self.writer.take().ok_or_else(closed)?.finish().map_err(thrown)?;
        Ok(Finished { rows: finished.rows as f64, size_bytes: finished.size as f64 })
    }

    /// Gives the file up: nothing of it is left.
    #[napi]
    pub fn abort(&mut self) {
        self.writer = None;
    }

    /// A writer that failed holds columns of different lengths, or a file with a hole: it is gone.
    fn with_writer<T>(&mut self, work: impl FnOnce(&mut Writer) -> std::result::Result<T, Fault>) -> Result<T, Code> {
        let mut writer = self.writer.take().ok_or_else(closed)?;
        let done = work(&mut writer).map_err(thrown)?;
        self.writer = Some(writer);
        Ok(done)
    }
}

/// Rows to row groups of Parquet, for the `ColumnWriter` of another thread. It belongs to the thread that made it; after an error it is
/// given up.
#[napi]
pub struct RowGroupWriter {
    writer: Option<GroupWriter>,
}

#[napi]
impl RowGroupWriter {
    #[napi(constructor, catch_unwind)]
    pub fn new(nodes: Vec<ColumnNode>, compression: String, layout: RowLayout) -> Result<Self, Code> {
        let writer = GroupWriter::new(&nodes_of(nodes), &compression, shape_of(layout)).map_err(thrown)?;
        Ok(Self { writer: Some(writer) })
    }

    /// Whole rows.
    #[napi(catch_unwind)]
    pub fn write_rows(&mut self, rows: Uint8Array) -> Result<Vec<RowRefused>, Code> {
        let rows = check_size(rows.as_ref())?;
        self.with_writer(|writer| writer.write_rows(rows)).map(refused)
    }

    /// Ends the row group; its number, or null where it has no rows.
    #[napi(catch_unwind)]
    pub fn end_group(&mut self) -> Result<Option<u32>, Code> {
        self.with_writer(GroupWriter::end_group)
    }

    fn with_writer<T>(
        &mut self,
        work: impl FnOnce(&mut GroupWriter) -> std::result::Result<T, Fault>,
    ) -> Result<T, Code> {
        let mut writer = self.writer.take().ok_or_else(closed)?;
        let done = work(&mut writer).map_err(thrown)?;
        self.writer = Some(writer);
        Ok(done)
    }
}

#[napi(object)]
pub struct LinesRead {
    pub size: u32,
    pub rows: u32,
}

/// A file of columns as lines of JSON. It belongs to the thread that made it.
#[napi]
pub struct ColumnReader {
    reader: Option<Reader>,
}

#[napi]
impl ColumnReader {
    #[napi(constructor, catch_unwind)]
    pub fn new(path: String) -> Result<Self, Code> {
        Ok(Self { reader: Some(Reader::open(&path).map_err(thrown)?) })
    }

    /// Rows of the whole file, or -1 where it does not tell.
    #[napi(getter)]
    pub fn rows(&self) -> f64 {
        self.reader.as_ref().and_then(|reader| reader.rows).map_or(-1.0, |rows| rows as f64)
    }

    /// Writes the next lines to `into`; null at the end. What is larger than `into` stays for the next call. After an error the file is closed.
    #[napi(catch_unwind)]
    pub fn read(&mut self, mut into: Uint8Array) -> Result<Option<LinesRead>, Code> {
        let mut reader = self.reader.take().ok_or_else(closed)?;
        // SAFETY: no other thread has the array, and JavaScript does not run until this returns.
        let lines = reader.read(unsafe { into.as_mut() }).map_err(thrown)?;
        self.reader = Some(reader);
        Ok(lines.map(|(size, rows)| LinesRead { size: size as u32, rows: rows as u32 }))
    }

    #[napi]
    pub fn close(&mut self) {
        self.reader = None;
    }
}
