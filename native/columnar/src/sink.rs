//! Where columns go: Parquet, or Arrow IPC as a file or a stream.

use std::fmt::Display;
use std::sync::Arc;

use arrow_array::{RecordBatch, RecordBatchOptions};
use arrow_ipc::writer::{FileWriter, IpcWriteOptions, StreamWriter};
use arrow_ipc::CompressionType;
use arrow_schema::{ArrowError, SchemaRef};
use parquet::arrow::add_encoded_arrow_schema_to_metadata;
use parquet::file::properties::WriterProperties;
use parquet::file::writer::SerializedFileWriter;

use crate::column::{finish_members, Member};
use crate::fault::{Code, Fault};
use crate::group::{ClosedGroup, Group};
use crate::output::Output;

/// How a file is laid out.
pub struct Settings {
    pub form: String,
    pub compression: String,
    /// Rows of a Parquet row group or an Arrow batch at most, and bytes of a row group as it lies in the file.
    pub group_rows: usize,
    pub group_bytes: usize,
    pub created_by: String,
}

/// Rows of a page of Parquet: they fit the caches.
pub const PAGE_ROWS: usize = 8192;
/// What waits to become a row group may take this many times its size in the file, dictionaries and all.
const MEMORY_FACTOR: usize = 2;

pub enum Sink {
    Parquet(Box<ParquetSink>),
    Arrow(ArrowSink<FileWriter<Output>>),
    ArrowStream(ArrowSink<StreamWriter<Output>>),
}

pub struct ParquetSink {
    file: SerializedFileWriter<Output>,
    group: Group,
    rows_max: usize,
    bytes_max: usize,
}

pub struct ArrowSink<W> {
    schema: SchemaRef,
    writer: Box<W>,
    rows_max: usize,
}

/// The libraries have an error type each; one text serves.
fn told(error: impl Display) -> String {
    error.to_string()
}

impl Sink {
    /// A wrong form or compression is a fault of its own, else `Err(Ok(text))` tells of the file.
    pub fn open(output: Output, schema: SchemaRef, settings: &Settings) -> Result<Self, Result<String, Fault>> {
        let arrow = |text: ArrowError| Ok(told(text));
        let rows_max = settings.group_rows;
        match settings.form.as_str() {
            "parquet" => ParquetSink::open(output, &schema, settings).map(Box::new).map(Sink::Parquet),
            "arrow" => {
                let options = ipc_options(settings).map_err(Err)?;
                let writer = FileWriter::try_new_with_options(output, &schema, options).map_err(arrow)?;
                Ok(Sink::Arrow(ArrowSink { schema, writer: Box::new(writer), rows_max }))
            }
            "arrow-stream" => {
                let options = ipc_options(settings).map_err(Err)?;
                let writer = StreamWriter::try_new_with_options(output, &schema, options).map_err(arrow)?;
                Ok(Sink::ArrowStream(ArrowSink { schema, writer: Box::new(writer), rows_max }))
            }
            form => Err(Err(Fault::new(Code::Columns, format!("there is no form {form}")))),
        }
    }

    /// Rows that the next batch may have.
    pub fn room(&self) -> usize {
        match self {
            Sink::Parquet(sink) => PAGE_ROWS.min(sink.rows_max - sink.group.rows),
            Sink::Arrow(sink) => sink.rows_max,
            Sink::ArrowStream(sink) => sink.rows_max,
        }
    }

    /// Takes rows of the columns, which are empty then.
    pub fn write(&mut self, members: &mut [Member], rows: usize) -> Result<(), String> {
        match self {
            Sink::Parquet(sink) => sink.write(members, rows),
            Sink::Arrow(sink) => sink.writer.write(&batch_of(&sink.schema, members, rows)?).map_err(told),
            Sink::ArrowStream(sink) => sink.writer.write(&batch_of(&sink.schema, members, rows)?).map_err(told),
        }
    }

    /// Puts a row group that was made elsewhere behind what was written; only Parquet has them.
    pub fn append(&mut self, group: ClosedGroup) -> Result<(), String> {
        match self {
            Sink::Parquet(sink) => sink.append(group),
            Sink::Arrow(_) | Sink::ArrowStream(_) => Err("Arrow has no row groups".into()),
        }
    }

    /// Writes the end of the file; all of it has left the buffers then.
    pub fn finish(self) -> Result<(), String> {
        let output = match self {
            Sink::Parquet(sink) => sink.finish()?,
            Sink::Arrow(mut sink) => sink.writer.finish().and_then(|()| sink.writer.into_inner()).map_err(told)?,
            Sink::ArrowStream(mut sink) => {
                sink.writer.finish().and_then(|()| sink.writer.into_inner()).map_err(told)?
            }
        };
        flush(output)
    }
}

impl ParquetSink {
    fn open(output: Output, schema: &SchemaRef, settings: &Settings) -> Result<Self, Result<String, Fault>> {
        let group = Group::new(schema, &settings.compression).map_err(Err)?;
        let mut properties = WriterProperties::builder().set_created_by(settings.created_by.clone()).build();
        add_encoded_arrow_schema_to_metadata(schema, &mut properties);
        let file = SerializedFileWriter::new(output, group.schema.root_schema_ptr(), Arc::new(properties));
        let file = file.map_err(|error| Ok(told(error)))?;
        Ok(Self { file, group, rows_max: settings.group_rows, bytes_max: settings.group_bytes })
    }

    fn write(&mut self, members: &mut [Member], rows: usize) -> Result<(), String> {
        self.group.write(members, rows).map_err(told)?;
        let is_full = self.group.rows >= self.rows_max
            || self.group.size() >= self.bytes_max
            || self.group.memory_size() >= self.bytes_max.saturating_mul(MEMORY_FACTOR);
        if is_full {
            return self.end_group();
        }
        Ok(())
    }

    fn append(&mut self, group: ClosedGroup) -> Result<(), String> {
        self.end_group()?;
        group.append_to(&mut self.file).map_err(told)
    }

    fn end_group(&mut self) -> Result<(), String> {
        if self.group.rows == 0 {
            return Ok(());
        }
        self.group.close().and_then(|group| group.append_to(&mut self.file)).map_err(told)
    }

    fn finish(mut self) -> Result<Output, String> {
        self.end_group()?;
        self.file.into_inner().map_err(told)
    }
}

fn batch_of(schema: &SchemaRef, members: &mut [Member], rows: usize) -> Result<RecordBatch, String> {
    let options = RecordBatchOptions::new().with_row_count(Some(rows));
    let (_, arrays) = finish_members(members).map_err(told)?;
    RecordBatch::try_new_with_options(schema.clone(), arrays, &options).map_err(told)
}

fn flush(mut output: Output) -> Result<(), String> {
    std::io::Write::flush(&mut output).map_err(told)
}

fn ipc_options(settings: &Settings) -> Result<IpcWriteOptions, Fault> {
    let compression = match settings.compression.as_str() {
        "none" => None,
        "zstd" => Some(CompressionType::ZSTD),
        name => return Err(Fault::new(Code::Columns, format!("there is no compression {name} in this form"))),
    };
    let refuse = |error: ArrowError| Fault::new(Code::Columns, error.to_string());
    IpcWriteOptions::default().try_with_compression(compression).map_err(refuse)
}
