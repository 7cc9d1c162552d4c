//! Compression of pages.

use bytes::Bytes;
use parquet::basic::{Compression, ZstdLevel};
use parquet::errors::{ParquetError, Result};

/// What compresses; it is made once and used for every page.
pub enum Codec {
    None,
    Snappy(Box<snap::raw::Encoder>),
    Zstd(zstd::bulk::Compressor<'static>),
}

impl Codec {
    /// `None` where there is no such compression of Parquet.
    pub fn open(name: &str) -> Option<(Self, Compression)> {
        Some(match name {
            "none" => (Codec::None, Compression::UNCOMPRESSED),
            "snappy" => (Codec::Snappy(Box::new(snap::raw::Encoder::new())), Compression::SNAPPY),
            "zstd" => {
                let level = ZstdLevel::default();
                let codec = zstd::bulk::Compressor::new(level.compression_level()).ok()?;
                (Codec::Zstd(codec), Compression::ZSTD(level))
            }
            _ => return None,
        })
    }

    pub fn compress(&mut self, plain: &[u8]) -> Result<Bytes> {
        let compressed = match self {
            Codec::None => plain.to_vec(),
            Codec::Snappy(encoder) => encoder.compress_vec(plain).map_err(external)?,
            Codec::Zstd(encoder) => encoder.compress(plain).map_err(external)?,
        };
        Ok(compressed.into())
    }
}

fn external(error: impl std::error::Error + Send + Sync + 'static) -> ParquetError {
    ParquetError::External(Box::new(error))
}
