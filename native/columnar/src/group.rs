//! A row group of Parquet that is written column by column in memory, on any thread, and then goes into a file as it is.

use std::io::Write;
use std::sync::Arc;

use arrow_schema::Schema;
use parquet::arrow::ArrowSchemaConverter;
use parquet::basic::Type;
use parquet::errors::Result;
use parquet::file::writer::SerializedFileWriter;
use parquet::schema::types::{ColumnDescPtr, SchemaDescPtr};

use crate::chunk::{Chunk, ClosedChunk, Kind, Press};
use crate::codec::Codec;
use crate::column::{Column, Member, Values};
use crate::fault::{Code, Fault};
use crate::levels::Slots;
use crate::numbers::Numbers;
use crate::texts::TextKind;

/// The row group that is written.
pub struct Group {
    pub schema: SchemaDescPtr,
    chunks: Vec<Chunk>,
    press: Press,
    pub rows: usize,
}

/// A row group that is whole.
pub struct ClosedGroup {
    pub rows: usize,
    chunks: Vec<ClosedChunk>,
}

impl Group {
    /// Refuses a compression that is none.
    pub fn new(schema: &Schema, compression: &str) -> std::result::Result<Self, Fault> {
        let refuse = |text: String| Fault::new(Code::Columns, text);
        let press = Codec::open(compression).map(Press::new);
        let press = press.ok_or_else(|| refuse(format!("there is no compression {compression} in this form")))?;
        let schema = ArrowSchemaConverter::new().convert(schema).map_err(|error| refuse(error.to_string()))?;
        let chunks = schema.columns().iter().map(|column| Chunk::new(column.clone(), kind_of(column))).collect();
        Ok(Self { schema: Arc::new(schema), chunks, press, rows: 0 })
    }

    /// Bytes of the row group as it lies in the file.
    pub fn size(&self) -> usize {
        self.chunks.iter().map(Chunk::size).sum()
    }

    pub fn memory_size(&self) -> usize {
        self.chunks.iter().map(Chunk::memory_size).sum()
    }

    /// Writes a page of each column; the columns are empty then.
    pub fn write(&mut self, members: &mut [Member], rows: usize) -> Result<()> {
        let mut pages = Pages { chunks: self.chunks.iter_mut(), press: &mut self.press, rows };
        let slots = Slots::of_rows(rows);
        for Member { column, .. } in members {
            pages.write(column, &slots)?;
            column.truncate(0);
        }
        self.rows += rows;
        Ok(())
    }

    /// What was written; the next row group begins.
    pub fn close(&mut self) -> Result<ClosedGroup> {
        let Self { chunks, press, .. } = self;
        let chunks = chunks.iter_mut().map(|chunk| chunk.close(press)).collect::<Result<_>>()?;
        Ok(ClosedGroup { rows: std::mem::take(&mut self.rows), chunks })
    }
}

impl ClosedGroup {
    pub fn append_to(self, file: &mut SerializedFileWriter<impl Write + Send>) -> Result<()> {
        let mut group = file.next_row_group()?;
        for ClosedChunk { bytes, close } in self.chunks {
            group.append_column(&bytes, close)?;
        }
        group.close().map(|_| ())
    }
}

fn kind_of(column: &ColumnDescPtr) -> Box<dyn Kind> {
    match column.physical_type() {
        Type::INT32 => Box::new(Numbers::<i32>::new(4)),
        Type::INT64 => Box::new(Numbers::<i64>::new(8)),
        Type::FLOAT => Box::new(Numbers::<f32>::new(4)),
        Type::DOUBLE => Box::new(Numbers::<f64>::new(8)),
        Type::FIXED_LEN_BYTE_ARRAY => Box::new(Numbers::<i128>::new(column.type_length() as usize)),
        _ => Box::new(TextKind::default()),
    }
}

/// The leaves of a tree of columns are the chunks, in order.
struct Pages<'a> {
    chunks: std::slice::IterMut<'a, Chunk>,
    press: &'a mut Press,
    rows: usize,
}

impl Pages<'_> {
    fn write(&mut self, column: &mut Column, slots: &Slots) -> Result<()> {
        if !column.nullable {
            return self.write_values(&mut column.values, slots);
        }
        let nulls = column.nulls.finish();
        self.write_values(&mut column.values, &slots.nullable(nulls.as_ref()))
    }

    fn write_values(&mut self, values: &mut Values, slots: &Slots) -> Result<()> {
        match values {
            Values::Nothing { .. } => Ok(()),
            Values::Struct { members, .. } => members.iter_mut().try_for_each(|it| self.write(&mut it.column, slots)),
            Values::List { ends, item } => self.write(item, &slots.elements(ends)),
            values => match self.chunks.next() {
                Some(chunk) => chunk.write(values, slots, self.rows, self.press),
                None => Ok(()),
            },
        }
    }
}
