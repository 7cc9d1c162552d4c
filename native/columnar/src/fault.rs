//! Why a call failed.

use std::fmt;
use std::io;

/// The stable codes that JavaScript sees.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Code {
    /// The description of the columns cannot be used.
    Columns,
    /// The file cannot be read, or is no file of columns.
    Input,
    /// The file cannot be made or written.
    Output,
    DiskFull,
    /// The file is finished or given up.
    Closed,
}

impl AsRef<str> for Code {
    fn as_ref(&self) -> &str {
        match self {
            Code::Columns => "HR_COLUMNS",
            Code::Input => "HR_INPUT",
            Code::Output => "HR_OUTPUT",
            Code::DiskFull => "HR_DISK_FULL",
            Code::Closed => "HR_CLOSED",
        }
    }
}

/// A code and a sentence that names the place and the cause.
#[derive(Debug)]
pub struct Fault {
    pub code: Code,
    pub text: String,
}

impl Fault {
    pub fn new(code: Code, text: impl Into<String>) -> Self {
        Self { code, text: text.into() }
    }

    /// Of reading `path`.
    pub fn input(path: &str, error: impl fmt::Display) -> Self {
        Self::new(Code::Input, format!("{path} cannot be read: {error}"))
    }

    /// Of writing to `path`.
    pub fn output(path: &str, error: &io::Error) -> Self {
        let code = if error.kind() == io::ErrorKind::StorageFull { Code::DiskFull } else { Code::Output };
        Self::new(code, format!("{path} cannot be written: {error}"))
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
        to.write_str(&self.text)
    }
}
