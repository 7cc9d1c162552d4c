//! Texts of one column as Parquet has them: bytes behind their length.

use parquet::data_type::ByteArray;
use parquet::file::statistics::{Statistics, ValueStatistics};

use crate::chunk::{Bounds, Kind};
use crate::column::Values;
use crate::places::{hash_of, Places};

/// Of a longer text, statistics tell bounds of so many bytes.
const BOUND_SIZE_MAX: usize = 64;
const LENGTH_SIZE: usize = size_of::<u32>();

/// Texts one after the other.
#[derive(Default)]
struct Texts {
    bytes: Vec<u8>,
    ends: Vec<u32>,
}

impl Texts {
    fn get(&self, index: usize) -> &[u8] {
        let start = index.checked_sub(1).map_or(0, |before| self.ends[before]);
        &self.bytes[start as usize..self.ends[index] as usize]
    }

    fn push(&mut self, text: &[u8]) {
        self.bytes.extend_from_slice(text);
        self.ends.push(self.bytes.len() as u32);
    }

    fn truncate(&mut self, count: usize) {
        self.ends.truncate(count);
        self.bytes.truncate(self.ends.last().map_or(0, |&end| end as usize));
    }

    fn iter(&self) -> impl Iterator<Item = &[u8]> {
        let mut start = 0;
        self.ends.iter().map(move |&end| &self.bytes[std::mem::replace(&mut start, end as usize)..end as usize])
    }

    fn plain_size(&self) -> usize {
        self.bytes.len() + self.ends.len() * LENGTH_SIZE
    }

    fn put(&self, out: &mut Vec<u8>) {
        out.reserve(self.plain_size());
        for text in self.iter() {
            out.extend_from_slice(&(text.len() as u32).to_le_bytes());
            out.extend_from_slice(text);
        }
    }

    fn memory_size(&self) -> usize {
        self.bytes.capacity() + self.ends.capacity() * LENGTH_SIZE
    }
}

/// The texts of a page, and those of the chunk's dictionary.
#[derive(Default)]
pub struct TextKind {
    page: Texts,
    dictionary: Texts,
    places: Places,
    bounds: Option<(Vec<u8>, Vec<u8>)>,
}

impl Kind for TextKind {
    fn load(&mut self, values: &Values, picks: Option<&[u32]>) {
        self.page.truncate(0);
        let Values::Utf8 { ends, bytes } = values else { return };
        if let Some(picks) = picks {
            for &pick in picks {
                let start = pick.checked_sub(1).map_or(0, |before| ends[before as usize]);
                self.page.push(&bytes[start as usize..ends[pick as usize] as usize]);
            }
        } else {
            self.page.bytes.extend_from_slice(bytes);
            self.page.ends.extend(ends.iter().map(|&end| end as u32));
        }
    }

    fn unload(&mut self) {
        self.page = Texts::default();
    }

    fn count(&self) -> usize {
        self.page.ends.len()
    }

    fn plain_size(&self) -> usize {
        self.page.plain_size()
    }

    fn put_plain(&self, out: &mut Vec<u8>) {
        self.page.put(out);
    }

    fn index(&mut self, indexes: &mut Vec<u32>) -> bool {
        let Self { page, dictionary, places, .. } = self;
        places.reserve(|index| hash_of(dictionary.get(index)));
        for text in page.iter() {
            let Some(index) = places.index(hash_of(text), |index| dictionary.get(index) == text) else {
                return false;
            };
            if index == dictionary.ends.len() {
                dictionary.push(text);
                places.reserve(|index| hash_of(dictionary.get(index)));
            }
            indexes.push(index as u32);
        }
        true
    }

    fn distinct(&self) -> usize {
        self.dictionary.ends.len()
    }

    fn dictionary_size(&self) -> usize {
        self.dictionary.plain_size()
    }

    fn put_dictionary(&self, out: &mut Vec<u8>) {
        self.dictionary.put(out);
    }

    fn truncate(&mut self, count: usize) {
        self.dictionary.truncate(count);
        self.places = Places::default();
    }

    fn clear(&mut self) {
        self.dictionary.truncate(0);
        self.places.clear();
        self.bounds = None;
    }

    fn page_bounds(&mut self) -> Option<Bounds> {
        let mut texts = self.page.iter();
        let first = texts.next()?;
        let (least, greatest) = texts.fold((first, first), |(least, greatest), text| match text {
            _ if text < least => (text, greatest),
            _ if text > greatest => (least, text),
            _ => (least, greatest),
        });
        match &mut self.bounds {
            None => self.bounds = Some((least.to_vec(), greatest.to_vec())),
            Some((known_least, known_greatest)) => {
                if least < known_least.as_slice() {
                    *known_least = least.to_vec();
                }
                if greatest > known_greatest.as_slice() {
                    *known_greatest = greatest.to_vec();
                }
            }
        }
        Some(Bounds { least: below(least), greatest: above(greatest) })
    }

    fn statistics(&self, nulls: u64) -> Statistics {
        let least = self.bounds.as_ref().map(|(least, _)| below(least));
        let greatest = self.bounds.as_ref().map(|(_, greatest)| above(greatest));
        let is_exact = |bound: Option<&Vec<u8>>, text: Option<&Vec<u8>>| bound == text;
        let told = self.bounds.as_ref();
        let exact = (is_exact(least.as_ref(), told.map(|it| &it.0)), is_exact(greatest.as_ref(), told.map(|it| &it.1)));
        let statistics =
            ValueStatistics::new(least.map(ByteArray::from), greatest.map(ByteArray::from), None, Some(nulls), false);
        Statistics::ByteArray(statistics.with_min_is_exact(exact.0).with_max_is_exact(exact.1))
    }

    fn memory_size(&self) -> usize {
        self.places.memory_size() + self.page.memory_size() + self.dictionary.memory_size()
    }
}

/// The first characters of a long text, which are not above it.
fn below(text: &[u8]) -> Vec<u8> {
    prefix(text).as_bytes().to_vec()
}

/// The first characters of a long text with the last of them raised, which is above it; the text where none can be raised.
fn above(text: &[u8]) -> Vec<u8> {
    if text.len() <= BOUND_SIZE_MAX {
        return text.to_vec();
    }
    let mut kept = String::from(prefix(text));
    while let Some(last) = kept.pop() {
        // Between the characters lie the surrogates, which are none.
        let next = (u32::from(last) + 1..).take(0x801).find_map(char::from_u32);
        if let Some(next) = next {
            kept.push(next);
            return kept.into_bytes();
        }
    }
    text.to_vec()
}

/// At most so many bytes of whole characters. All texts are UTF-8.
fn prefix(text: &[u8]) -> &str {
    let text = std::str::from_utf8(text).unwrap_or_default();
    let mut size = text.len().min(BOUND_SIZE_MAX);
    while !text.is_char_boundary(size) {
        size -= 1;
    }
    &text[..size]
}

#[cfg(test)]
mod tests {
    use super::{above, below};

    #[test]
    fn bounds_of_long_texts_are_short_and_on_their_side() {
        let long = "a".repeat(63) + "\u{e9}bc";
        assert_eq!(below(long.as_bytes()), "a".repeat(63).as_bytes());
        assert_eq!(above(long.as_bytes()), ("a".repeat(62) + "b").as_bytes());
        let edge = "a".repeat(61) + "\u{d7ff}z";
        assert_eq!(above(edge.as_bytes()), ("a".repeat(61) + "\u{e000}").as_bytes());
        let highest = "\u{10ffff}".repeat(17);
        assert_eq!(above(highest.as_bytes()), highest.as_bytes());
        assert_eq!((below(b"short"), above(b"short")), (b"short".to_vec(), b"short".to_vec()));
    }
}
