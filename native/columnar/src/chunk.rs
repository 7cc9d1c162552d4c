//! One column of a row group, as pages that are written already: plain values, or indexes into a dictionary while that is the shorter.

use parquet::basic::{Compression, Encoding, PageType};
use parquet::column::page::{CompressedPage, Page, PageWriter};
use parquet::column::writer::ColumnCloseResult;
use parquet::errors::Result;
use parquet::file::metadata::{ColumnChunkMetaData, ColumnIndexBuilder, OffsetIndexBuilder, PageEncodingStats};
use parquet::file::statistics::Statistics;
use parquet::file::writer::{SerializedPageWriter, TrackedWrite};
use parquet::schema::types::ColumnDescPtr;

use crate::blocks::{Blocks, WrittenBlocks};
use crate::codec::Codec;
use crate::column::Values;
use crate::hybrid::{bits_for, put_hybrid};
use crate::levels::Slots;

/// A dictionary that grows beyond this gives way to plain values.
const DICTIONARY_SIZE_MAX: usize = 256 << 10;

/// The least and the greatest value of a page, or what is below and above them.
pub struct Bounds {
    pub least: Vec<u8>,
    pub greatest: Vec<u8>,
}

/// Values of one of Parquet's types: those of the page that is written, and the dictionary of its chunk.
pub trait Kind: Send {
    fn load(&mut self, values: &Values, picks: Option<&[u32]>);
    /// Lets the page go: the columns are many, and one is written at a time.
    fn unload(&mut self);
    fn count(&self) -> usize;
    fn plain_size(&self) -> usize;
    fn put_plain(&self, out: &mut Vec<u8>);
    /// Adds the page's values to the dictionary, and where they are in it to `indexes`; false where its table is crowded.
    fn index(&mut self, indexes: &mut Vec<u32>) -> bool;
    fn distinct(&self) -> usize;
    fn dictionary_size(&self) -> usize;
    fn put_dictionary(&self, out: &mut Vec<u8>);
    /// Ends the dictionary, of which the first `count` values are kept.
    fn truncate(&mut self, count: usize);
    /// Begins a chunk.
    fn clear(&mut self);
    fn page_bounds(&mut self) -> Option<Bounds>;
    /// Of all pages of the chunk.
    fn statistics(&self, nulls: u64) -> Statistics;
    fn memory_size(&self) -> usize;
}

/// What is known of the pages that are written.
struct Written {
    pages: TrackedWrite<Blocks>,
    bounds: ColumnIndexBuilder,
    places: OffsetIndexBuilder,
    rows: u64,
    slots: i64,
    nulls: u64,
    uncompressed: usize,
    indexed_pages: i32,
    plain_pages: i32,
}

impl Written {
    fn new(descriptor: &ColumnDescPtr) -> Self {
        Self {
            pages: TrackedWrite::new(Blocks::default()),
            bounds: ColumnIndexBuilder::new(descriptor.physical_type()),
            places: OffsetIndexBuilder::new(),
            rows: 0,
            slots: 0,
            nulls: 0,
            uncompressed: 0,
            indexed_pages: 0,
            plain_pages: 0,
        }
    }
}

pub struct Chunk {
    descriptor: ColumnDescPtr,
    kind: Box<dyn Kind>,
    has_dictionary: bool,
    written: Written,
}

/// What all chunks of a row group write their pages with.
pub struct Press {
    pub codec: Codec,
    pub compression: Compression,
    indexes: Vec<u32>,
    /// A page before it is compressed.
    page: Vec<u8>,
}

impl Press {
    pub fn new((codec, compression): (Codec, Compression)) -> Self {
        Self { codec, compression, indexes: Vec::new(), page: Vec::new() }
    }
}

/// A chunk as it goes into a file.
pub struct ClosedChunk {
    pub bytes: WrittenBlocks,
    pub close: ColumnCloseResult,
}

impl Chunk {
    pub fn new(descriptor: ColumnDescPtr, kind: Box<dyn Kind>) -> Self {
        let written = Written::new(&descriptor);
        Self { descriptor, kind, has_dictionary: true, written }
    }

    /// Bytes of the pages and of the dictionary.
    pub fn size(&self) -> usize {
        let dictionary = if self.has_dictionary { self.kind.dictionary_size() } else { 0 };
        self.written.pages.bytes_written() + dictionary
    }

    pub fn memory_size(&self) -> usize {
        self.written.pages.inner().memory_size() + self.kind.memory_size()
    }

    /// Writes a page of whole rows.
    pub fn write(&mut self, values: &Values, slots: &Slots, rows: usize, press: &mut Press) -> Result<()> {
        self.kind.load(values, slots.picks().as_deref());
        press.page.clear();
        put_levels(&slots.repetitions, slots.repetition_max, &mut press.page);
        put_levels(&slots.definitions, slots.definition_max, &mut press.page);
        let is_indexed = self.has_dictionary && self.put_indexes(press);
        if !is_indexed {
            self.kind.put_plain(&mut press.page);
        }
        let page = Page::DataPage {
            buf: press.codec.compress(&press.page)?,
            num_values: slots.count as u32,
            encoding: if is_indexed { Encoding::RLE_DICTIONARY } else { Encoding::PLAIN },
            def_level_encoding: Encoding::RLE,
            rep_level_encoding: Encoding::RLE,
            statistics: None,
        };
        self.note(rows, slots, is_indexed);
        self.kind.unload();
        self.put(page, press.page.len())
    }

    /// Adds the page's values as indexes, where that pays: a dictionary that does not in its first page, or that has grown too large, is ended.
    fn put_indexes(&mut self, Press { indexes, page, .. }: &mut Press) -> bool {
        let Self { kind, written, .. } = self;
        let before = kind.distinct();
        indexes.clear();
        let is_indexed = kind.index(indexes);
        let width = bits_for(kind.distinct().saturating_sub(1) as u32);
        let size = kind.dictionary_size() + indexes.len() * width as usize / u8::BITS as usize;
        let pays = written.indexed_pages > 0 || size < kind.plain_size();
        if !is_indexed || !pays || kind.dictionary_size() > DICTIONARY_SIZE_MAX {
            kind.truncate(before);
            self.has_dictionary = false;
            return false;
        }
        page.push(width as u8);
        put_hybrid(indexes, width, page);
        true
    }

    fn note(&mut self, rows: usize, slots: &Slots, is_indexed: bool) {
        let Self { kind, written, .. } = self;
        let nulls = slots.count - kind.count();
        written.rows += rows as u64;
        written.slots += slots.count as i64;
        written.nulls += nulls as u64;
        *(if is_indexed { &mut written.indexed_pages } else { &mut written.plain_pages }) += 1;
        written.places.append_row_count(rows as i64);
        match kind.page_bounds() {
            Some(Bounds { least, greatest }) => written.bounds.append(false, least, greatest, nulls as i64, None),
            None if kind.count() == 0 => written.bounds.append(true, Vec::new(), Vec::new(), nulls as i64, None),
            None => written.bounds.to_invalid(),
        }
    }

    fn put(&mut self, page: Page, uncompressed: usize) -> Result<()> {
        let written = &mut self.written;
        let page = CompressedPage::new(page, uncompressed);
        let spec = SerializedPageWriter::new(&mut written.pages).write_page(page)?;
        written.uncompressed += spec.uncompressed_size;
        if spec.page_type != PageType::DICTIONARY_PAGE {
            written.places.append_offset_and_size(spec.offset as i64, spec.compressed_size as i32);
        }
        Ok(())
    }

    /// Ends the chunk and begins the next one.
    pub fn close(&mut self, press: &mut Press) -> Result<ClosedChunk> {
        let pages = std::mem::replace(&mut self.written.pages, TrackedWrite::new(Blocks::default()));
        // The dictionary is known last, and stands first.
        if self.written.indexed_pages > 0 {
            self.put_dictionary(press)?;
        }
        let written = std::mem::replace(&mut self.written, Written::new(&self.descriptor));
        let statistics = self.kind.statistics(written.nulls);
        self.kind.clear();
        self.has_dictionary = true;
        let dictionary_size = written.pages.bytes_written();
        let size = dictionary_size + pages.bytes_written();
        let metadata = ColumnChunkMetaData::builder(self.descriptor.clone())
            .set_compression(press.compression)
            .set_encodings(encodings(&written))
            .set_page_encoding_stats(page_encodings(&written))
            .set_total_compressed_size(size as i64)
            .set_total_uncompressed_size(written.uncompressed as i64)
            .set_num_values(written.slots)
            .set_data_page_offset(0)
            .set_statistics(statistics)
            .build()?;
        let index = written.bounds.valid().then(|| written.bounds.build()).transpose()?;
        let close = ColumnCloseResult {
            bytes_written: size as u64,
            rows_written: written.rows,
            metadata,
            bloom_filter: None,
            column_index: index,
            offset_index: Some(written.places.build()),
        };
        let mut bytes = written.pages.into_inner()?;
        bytes.append(pages.into_inner()?);
        Ok(ClosedChunk { bytes: bytes.into(), close: close.update_dictionary_location(dictionary_size)? })
    }

    fn put_dictionary(&mut self, Press { codec, page, .. }: &mut Press) -> Result<()> {
        page.clear();
        self.kind.put_dictionary(page);
        let dictionary = Page::DictionaryPage {
            buf: codec.compress(page)?,
            num_values: self.kind.distinct() as u32,
            encoding: Encoding::PLAIN,
            is_sorted: false,
        };
        self.put(dictionary, page.len())
    }
}

/// Levels stand behind their length; those that can only be 0 are left out.
fn put_levels(levels: &[u32], max: u32, out: &mut Vec<u8>) {
    if max == 0 {
        return;
    }
    let start = out.len() + size_of::<u32>();
    out.resize(start, 0);
    put_hybrid(levels, bits_for(max), out);
    let size = (out.len() - start) as u32;
    out[start - size_of::<u32>()..start].copy_from_slice(&size.to_le_bytes());
}

fn encodings(written: &Written) -> Vec<Encoding> {
    let indexed = (written.indexed_pages > 0).then_some(Encoding::RLE_DICTIONARY);
    // The dictionary's own page is plain.
    [Some(Encoding::PLAIN), Some(Encoding::RLE), indexed].into_iter().flatten().collect()
}

fn page_encodings(written: &Written) -> Vec<PageEncodingStats> {
    let of = |page_type, encoding, count| PageEncodingStats { page_type, encoding, count };
    [
        of(PageType::DICTIONARY_PAGE, Encoding::PLAIN, i32::from(written.indexed_pages > 0)),
        of(PageType::DATA_PAGE, Encoding::RLE_DICTIONARY, written.indexed_pages),
        of(PageType::DATA_PAGE, Encoding::PLAIN, written.plain_pages),
    ]
    .into_iter()
    .filter(|stats| stats.count > 0)
    .collect()
}
