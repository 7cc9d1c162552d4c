//! A file that is there as a whole or not at all: it grows beside its place under `PATH.partial` and goes there by a rename.

use std::fs::{self, File};
use std::io::{self, BufWriter, Write};
use std::path::Path;
use std::sync::{Arc, Mutex};

use crate::fault::Fault;

const BUFFER_SIZE: usize = 1 << 20;

/// What the file is written through. The libraries turn errors of a file into texts of theirs; the first one is kept.
pub struct Output {
    file: BufWriter<File>,
    fault: Arc<Mutex<Option<io::Error>>>,
}

impl Output {
    fn keep<T>(&self, result: io::Result<T>) -> io::Result<T> {
        result.map_err(|error| {
            let told = io::Error::from(error.kind());
            if let Ok(mut kept) = self.fault.lock() {
                kept.get_or_insert(error);
            }
            told
        })
    }
}

impl Write for Output {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let written = self.file.write(bytes);
        self.keep(written)
    }

    fn flush(&mut self) -> io::Result<()> {
        let flushed = self.file.flush();
        self.keep(flushed)
    }
}

/// Where the file goes. Dropped without `publish` it leaves nothing behind.
pub struct Place {
    path: String,
    partial: String,
    file: File,
    fault: Arc<Mutex<Option<io::Error>>>,
    is_published: bool,
}

impl Place {
    /// Makes the file under its first name; one that is left of a killed run is emptied.
    pub fn create(path: &str) -> Result<(Self, Output), Fault> {
        let partial = format!("{path}.partial");
        let opened = File::create(&partial).and_then(|file| Ok((file.try_clone()?, file)));
        let (file, written) = opened.map_err(|error| Fault::output(path, &error))?;
        let fault = Arc::new(Mutex::new(None));
        let output = Output { file: BufWriter::with_capacity(BUFFER_SIZE, written), fault: fault.clone() };
        Ok((Self { path: path.into(), partial, file, fault, is_published: false }, output))
    }

    /// What went wrong: an error of the file, else what the library says of it.
    pub fn fault(&self, said: impl ToString) -> Fault {
        let kept = self.fault.lock().ok().and_then(|mut kept| kept.take());
        Fault::output(&self.path, &kept.unwrap_or_else(|| io::Error::other(said.to_string())))
    }

    /// Gives the file, all of it written, its name; returns its size.
    pub fn publish(&mut self) -> Result<u64, Fault> {
        let finish = || {
            self.file.sync_all()?;
            fs::rename(&self.partial, &self.path)?;
            sync_folder(Path::new(&self.path))?;
            Ok(self.file.metadata()?.len())
        };
        let size = finish().map_err(|error: io::Error| Fault::output(&self.path, &error))?;
        self.is_published = true;
        Ok(size)
    }
}

/// A name is on disk when its folder is.
fn sync_folder(path: &Path) -> io::Result<()> {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    File::open(folder)?.sync_all()
}

impl Drop for Place {
    fn drop(&mut self) {
        if !self.is_published {
            // Nothing can be told here; the next run empties the file.
            let _ = fs::remove_file(&self.partial);
        }
    }
}
