//! Where record batches go: Parquet, or Arrow IPC as a file or a stream.

use std::fmt::Display;

use arrow_array::RecordBatch;
use arrow_ipc::writer::{FileWriter, IpcWriteOptions, StreamWriter};
use arrow_ipc::CompressionType;
use arrow_schema::{ArrowError, SchemaRef};
use parquet::arrow::ArrowWriter;
use parquet::basic::{Compression, ZstdLevel};
use parquet::file::properties::WriterProperties;

use crate::fault::{Code, Fault};
use crate::output::Output;

/// A dictionary that grows beyond this gives way to plain values. Its values lie in memory many times over, for each column that has one.
const DICTIONARY_SIZE_MAX: usize = 256 << 10;
/// Until a page is full each of its values waits as an index of 8 bytes, in every column.
const PAGE_ROWS: usize = 8192;

/// How a file is laid out.
pub struct Settings {
    pub form: String,
    pub compression: String,
    /// Rows of a Parquet row group or an Arrow batch at most, and bytes of a row group as it lies in the file.
    pub group_rows: usize,
    pub group_bytes: usize,
    pub created_by: String,
}

pub enum Sink {
    Parquet(Box<ArrowWriter<Output>>),
    Arrow(Box<FileWriter<Output>>),
    ArrowStream(Box<StreamWriter<Output>>),
}

/// The libraries have an error type each; one text serves.
fn told(error: impl Display) -> String {
    error.to_string()
}

impl Sink {
    /// A wrong form or compression is a fault of its own, else `Err(Ok(text))` tells of the file.
    pub fn open(output: Output, schema: SchemaRef, settings: &Settings) -> Result<Self, Result<String, Fault>> {
        let opened = match settings.form.as_str() {
            "parquet" => {
                let properties = parquet_properties(settings).map_err(Err)?;
                ArrowWriter::try_new(output, schema, Some(properties)).map(Box::new).map(Sink::Parquet).map_err(told)
            }
            "arrow" => FileWriter::try_new_with_options(output, &schema, ipc_options(settings).map_err(Err)?)
                .map(Box::new)
                .map(Sink::Arrow)
                .map_err(told),
            "arrow-stream" => StreamWriter::try_new_with_options(output, &schema, ipc_options(settings).map_err(Err)?)
                .map(Box::new)
                .map(Sink::ArrowStream)
                .map_err(told),
            form => return Err(Err(Fault::new(Code::Columns, format!("there is no form {form}")))),
        };
        opened.map_err(Ok)
    }

    pub fn write(&mut self, batch: &RecordBatch) -> Result<(), String> {
        match self {
            Sink::Parquet(writer) => writer.write(batch).map_err(told),
            Sink::Arrow(writer) => writer.write(batch).map_err(told),
            Sink::ArrowStream(writer) => writer.write(batch).map_err(told),
        }
    }

    /// Bytes that wait in memory to become a row group.
    pub fn memory_size(&self) -> usize {
        match self {
            Sink::Parquet(writer) => writer.memory_size(),
            Sink::Arrow(_) | Sink::ArrowStream(_) => 0,
        }
    }

    pub fn end_group(&mut self) -> Result<(), String> {
        match self {
            Sink::Parquet(writer) => writer.flush().map_err(told),
            Sink::Arrow(_) | Sink::ArrowStream(_) => Ok(()),
        }
    }

    /// Writes the end of the file; all of it has left the buffers then.
    pub fn finish(self) -> Result<(), String> {
        match self {
            Sink::Parquet(writer) => writer.into_inner().map_err(told).and_then(flush),
            Sink::Arrow(mut writer) => writer.finish().and_then(|()| writer.into_inner()).map_err(told).and_then(flush),
            Sink::ArrowStream(mut writer) => {
                writer.finish().and_then(|()| writer.into_inner()).map_err(told).and_then(flush)
            }
        }
    }
}

fn flush(mut output: Output) -> Result<(), String> {
    std::io::Write::flush(&mut output).map_err(told)
}

fn parquet_properties(settings: &Settings) -> Result<WriterProperties, Fault> {
    let compression = match settings.compression.as_str() {
        "none" => Compression::UNCOMPRESSED,
        "snappy" => Compression::SNAPPY,
        "zstd" => Compression::ZSTD(ZstdLevel::default()),
        name => return Err(no_compression(name)),
    };
    Ok(WriterProperties::builder()
        .set_compression(compression)
        .set_dictionary_page_size_limit(DICTIONARY_SIZE_MAX)
        .set_data_page_row_count_limit(PAGE_ROWS)
        .set_max_row_group_row_count(Some(settings.group_rows))
        .set_max_row_group_bytes(Some(settings.group_bytes))
        .set_created_by(settings.created_by.clone())
        .build())
}

fn ipc_options(settings: &Settings) -> Result<IpcWriteOptions, Fault> {
    let compression = match settings.compression.as_str() {
        "none" => None,
        "zstd" => Some(CompressionType::ZSTD),
        name => return Err(no_compression(name)),
    };
    let refuse = |error: ArrowError| Fault::new(Code::Columns, error.to_string());
    IpcWriteOptions::default().try_with_compression(compression).map_err(refuse)
}

fn no_compression(name: &str) -> Fault {
    Fault::new(Code::Columns, format!("there is no compression {name} in this form"))
}
