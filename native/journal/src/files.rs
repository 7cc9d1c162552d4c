//! The log's files by name, and segments being prepared with zeros.

use std::fs::{self, File, OpenOptions};
use std::io;
use std::os::unix::fs::{FileExt, OpenOptionsExt};
use std::path::PathBuf;

const SLICE: usize = 1024 * 1024;
static ZEROS: [u8; SLICE] = [0; SLICE];

/// All files of a log are `<directory>/<name>.*`.
pub struct Names {
    pub directory: PathBuf,
    pub name: String,
}

impl Names {
    fn file(&self, suffix: &str) -> PathBuf {
        self.directory.join(format!("{}.{suffix}", self.name))
    }

    pub fn segment(&self, index: u64) -> PathBuf {
        self.file(&format!("{index:08}.segment"))
    }

    pub fn reserve(&self) -> PathBuf {
        self.file("reserve")
    }

    pub fn preparing(&self) -> PathBuf {
        self.file("preparing")
    }

    /// Makes names created or renamed in the folder durable.
    pub fn sync_folder(&self) -> io::Result<()> {
        File::open(&self.directory)?.sync_all()
    }
}

pub struct Segment {
    pub index: u64,
    pub file: File,
}

impl Segment {
    pub fn open(names: &Names, index: u64) -> io::Result<Self> {
        let file = OpenOptions::new().read(true).write(true).open(names.segment(index))?;
        Ok(Self { index, file })
    }

    pub fn write(&self, offset: u64, bytes: &[u8]) -> io::Result<()> {
        self.file.write_all_at(bytes, offset)
    }
}

/// One file being filled with zeros, slice by slice, under a name of its own; it gets its real name when it is durable, so no
/// half-prepared segment is ever met. Zeros are written rather than allocated: an fdatasync over written extents costs half.
pub struct Preparation {
    file: File,
    written: u64,
    size: u64,
}

impl Preparation {
    pub fn begin(names: &Names, size: u64) -> io::Result<Self> {
        let path = names.preparing();
        let file = OpenOptions::new().read(true).write(true).create(true).truncate(true).mode(0o640).open(path)?;
        Ok(Self { file, written: 0, size })
    }

    /// Writes and syncs the next slice, so that the last sync is short; true when the file has its full size.
    pub fn advance(&mut self) -> io::Result<bool> {
        let count = (self.size - self.written).min(SLICE as u64);
        self.file.write_all_at(&ZEROS[..count as usize], self.written)?;
        self.file.sync_data()?;
        self.written += count;
        Ok(self.written == self.size)
    }

    /// Gives the file its name.
    pub fn finish(self, names: &Names, path: PathBuf) -> io::Result<File> {
        self.file.sync_all()?;
        fs::rename(names.preparing(), path)?;
        names.sync_folder()?;
        Ok(self.file)
    }
}

/// Removes an unfinished preparation, where one is.
pub fn abandon(names: &Names) {
    let _ = fs::remove_file(names.preparing());
}
