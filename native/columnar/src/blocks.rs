//! Bytes of pages in blocks that are used again by every thread. Buffers that grow in one thread and are let go in another leave holes
//! in the memory of both, which then is half as much again.

use std::io::{Read, Result as IoResult, Write};
use std::sync::{Arc, Mutex, PoisonError};

use bytes::Bytes;
use parquet::errors::Result;
use parquet::file::reader::{ChunkReader, Length};

const BLOCK_SIZE: usize = 64 << 10;
/// Blocks that are kept for what comes next: 16 MiB.
const SPARE_MAX: usize = 256;

static SPARE: Mutex<Vec<Vec<u8>>> = Mutex::new(Vec::new());

/// What is written goes into blocks, which go back when this is dropped.
#[derive(Default)]
pub struct Blocks {
    blocks: Vec<Vec<u8>>,
}

impl Blocks {
    pub fn memory_size(&self) -> usize {
        self.blocks.len() * BLOCK_SIZE
    }

    /// Puts what others hold behind this.
    pub fn append(&mut self, mut others: Blocks) {
        self.blocks.append(&mut others.blocks);
    }
}

fn empty_block() -> Vec<u8> {
    let spare = SPARE.lock().unwrap_or_else(PoisonError::into_inner).pop();
    spare.unwrap_or_else(|| Vec::with_capacity(BLOCK_SIZE))
}

impl Write for Blocks {
    fn write(&mut self, bytes: &[u8]) -> IoResult<usize> {
        if self.blocks.last().is_none_or(|block| block.len() == BLOCK_SIZE) {
            self.blocks.push(empty_block());
        }
        let Some(block) = self.blocks.last_mut() else { return Ok(0) };
        let taken = bytes.len().min(BLOCK_SIZE - block.len());
        block.extend_from_slice(&bytes[..taken]);
        Ok(taken)
    }

    fn flush(&mut self) -> IoResult<()> {
        Ok(())
    }
}

impl Drop for Blocks {
    fn drop(&mut self) {
        let mut spare = SPARE.lock().unwrap_or_else(PoisonError::into_inner);
        let room = SPARE_MAX - spare.len();
        self.blocks.iter_mut().for_each(|block| block.clear());
        spare.extend(self.blocks.drain(..).take(room));
    }
}

/// Blocks that are read as often as one likes.
#[derive(Clone)]
pub struct WrittenBlocks(Arc<Blocks>);

impl From<Blocks> for WrittenBlocks {
    fn from(blocks: Blocks) -> Self {
        Self(Arc::new(blocks))
    }
}

/// Where in the blocks the next byte is read.
pub struct BlockReader {
    blocks: WrittenBlocks,
    block: usize,
    at: usize,
}

impl Read for BlockReader {
    fn read(&mut self, to: &mut [u8]) -> IoResult<usize> {
        while let Some(block) = self.blocks.0.blocks.get(self.block) {
            let rest = &block[self.at.min(block.len())..];
            if !rest.is_empty() {
                let size = rest.len().min(to.len());
                to[..size].copy_from_slice(&rest[..size]);
                self.at += size;
                return Ok(size);
            }
            (self.block, self.at) = (self.block + 1, self.at - block.len());
        }
        Ok(0)
    }
}

impl Length for WrittenBlocks {
    fn len(&self) -> u64 {
        self.0.blocks.iter().map(|block| block.len() as u64).sum()
    }
}

/// As a row group is put into a file.
impl ChunkReader for WrittenBlocks {
    type T = BlockReader;

    fn get_read(&self, start: u64) -> Result<BlockReader> {
        Ok(BlockReader { blocks: self.clone(), block: 0, at: start as usize })
    }

    fn get_bytes(&self, start: u64, length: usize) -> Result<Bytes> {
        let mut bytes = vec![0; length];
        self.get_read(start)?.read_exact(&mut bytes)?;
        Ok(bytes.into())
    }
}

#[cfg(test)]
mod tests {
    use super::{Blocks, WrittenBlocks, BLOCK_SIZE};
    use parquet::file::reader::{ChunkReader, Length};
    use std::io::{Read, Write};

    #[test]
    fn blocks_are_read_in_order_from_wherever_one_begins() {
        let bytes: Vec<u8> = (0..3 * BLOCK_SIZE + 5).map(|index| (index % 251) as u8).collect();
        let (mut front, mut back) = (Blocks::default(), Blocks::default());
        assert!(front.write_all(&bytes[..100]).is_ok() && back.write_all(&bytes[100..]).is_ok());
        front.append(back);
        let written = WrittenBlocks::from(front);
        assert_eq!(written.len(), bytes.len() as u64);
        for start in [0, 99, 100, 100 + BLOCK_SIZE, bytes.len()] {
            let mut read = Vec::new();
            let reader = written.get_read(start as u64).map(|mut reader| reader.read_to_end(&mut read));
            assert!(reader.is_ok_and(|done| done.is_ok()) && read == bytes[start..]);
        }
        assert!(written.get_bytes(98, 4).is_ok_and(|found| *found == bytes[98..102]));
        assert!(written.get_bytes(bytes.len() as u64, 1).is_err());
    }
}
