//! A file of columns as lines of JSON. The form is told by the file's first bytes.

use std::fs::File;
use std::io::{BufReader, Read, Seek};
use std::panic::{catch_unwind, AssertUnwindSafe};

use arrow_array::RecordBatch;
use arrow_ipc::reader::{FileReader, StreamReader};
use parquet::arrow::arrow_reader::{ParquetRecordBatchReader, ParquetRecordBatchReaderBuilder};

use crate::fault::Fault;
use crate::json_cells::{cells_of, key_of, put_object};

enum Source {
    Parquet(Box<ParquetRecordBatchReader>),
    Arrow(Box<FileReader<BufReader<File>>>),
    ArrowStream(Box<StreamReader<BufReader<File>>>),
}

/// Rows that are decoded at once, and bytes of lines after which a call ends.
const BATCH_ROWS: usize = 1024;
const TEXT_SIZE: usize = 1 << 20;

/// Lines of some rows.
struct Lines {
    text: Vec<u8>,
    rows: usize,
}

pub struct Reader {
    path: String,
    source: Source,
    /// What is left of the batch that was decoded last.
    batch: Option<RecordBatch>,
    /// Lines that nobody has taken yet, in memory that is used again.
    lines: Lines,
    /// Rows of the whole file, where it tells.
    pub rows: Option<u64>,
}

impl Reader {
    pub fn open(path: &str) -> Result<Self, Fault> {
        guarded(path, || Self::open_unguarded(path))
    }

    fn open_unguarded(path: &str) -> Result<Self, Fault> {
        let told = |error: String| Fault::input(path, error);
        let mut file = File::open(path).map_err(|error| told(error.to_string()))?;
        let mut magic = [0; 6];
        let size = file.read(&mut magic).and_then(|size| file.rewind().map(|()| size));
        let magic = &magic[..size.map_err(|error| told(error.to_string()))?];
        let mut rows = None;
        let source = if magic.starts_with(b"PAR1") {
            let mut parquet = |file| {
                let builder = ParquetRecordBatchReaderBuilder::try_new(file)?.with_batch_size(BATCH_ROWS);
                rows = u64::try_from(builder.metadata().file_metadata().num_rows()).ok();
                builder.build()
            };
            Source::Parquet(Box::new(parquet(file).map_err(|error| told(error.to_string()))?))
        } else if magic == b"ARROW1" {
            let reader = FileReader::try_new_buffered(file, None).map_err(|error| told(error.to_string()))?;
            Source::Arrow(Box::new(reader))
        } else {
            let reader = StreamReader::try_new_buffered(file, None)
                .map_err(|error| told(format!("it is neither Parquet nor Arrow: {error}")))?;
            Source::ArrowStream(Box::new(reader))
        };
        let lines = Lines { text: Vec::with_capacity(TEXT_SIZE + TEXT_SIZE / 4), rows: 0 };
        Ok(Self { path: path.into(), source, batch: None, lines, rows })
    }

    fn next_batch(&mut self) -> Result<Option<RecordBatch>, Fault> {
        let Self { path, source, .. } = self;
        guarded(path, || {
            let next = match source {
                Source::Parquet(reader) => reader.next(),
                Source::Arrow(reader) => reader.next(),
                Source::ArrowStream(reader) => reader.next(),
            };
            next.transpose().map_err(|error| Fault::input(path, error))
        })
    }

    /// Writes the next lines to `into`; their size and rows, none at the end. Where they are larger they stay for the next call.
    pub fn read(&mut self, into: &mut [u8]) -> Result<Option<(usize, usize)>, Fault> {
        if self.lines.rows == 0 {
            self.fill()?;
        }
        let Lines { text, rows } = &mut self.lines;
        if *rows == 0 {
            return Ok(None);
        }
        let told = (text.len(), *rows);
        if let Some(place) = into.get_mut(..text.len()) {
            place.copy_from_slice(text);
            text.clear();
            *rows = 0;
        }
        Ok(Some(told))
    }

    fn fill(&mut self) -> Result<(), Fault> {
        while self.lines.text.len() < TEXT_SIZE {
            let batch = match self.batch.take() {
                Some(batch) => batch,
                None => match self.next_batch()? {
                    Some(batch) => batch,
                    None => break,
                },
            };
            let done = write_lines(&batch, &mut self.lines)?;
            if done < batch.num_rows() {
                self.batch = Some(batch.slice(done, batch.num_rows() - done));
            }
        }
        Ok(())
    }
}

/// The crates that read panic at some damaged files: a fault of the file, which is not read on.
fn guarded<T>(path: &str, read: impl FnOnce() -> Result<T, Fault>) -> Result<T, Fault> {
    catch_unwind(AssertUnwindSafe(read)).unwrap_or_else(|panic| {
        let text = panic.downcast_ref::<String>().map(String::as_str);
        let text = text.or(panic.downcast_ref::<&str>().copied()).unwrap_or("it is damaged");
        Err(Fault::input(path, text))
    })
}

/// Writes rows until a call has enough of them; how many it were.
fn write_lines(batch: &RecordBatch, lines: &mut Lines) -> Result<usize, Fault> {
    let schema = batch.schema();
    let mut members = Vec::with_capacity(batch.num_columns());
    for (field, column) in schema.fields().iter().zip(batch.columns()) {
        members.push((key_of(field.name()), cells_of(field.name(), column)?));
    }
    let mut row = 0;
    while row < batch.num_rows() && lines.text.len() < TEXT_SIZE {
        put_object(&mut lines.text, row, &members);
        lines.text.push(b'\n');
        row += 1;
    }
    lines.rows += row;
    Ok(row)
}
