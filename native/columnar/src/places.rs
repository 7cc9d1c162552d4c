//! Where a value lies in a dictionary: a table of hashes with open addressing. The same values give the same table in every run.

/// A slot holds the index of a value and 1, or 0.
const EMPTY: u32 = 0;
const SLOTS_MIN: usize = 1 << 10;
/// Further from its place no value is looked for: bytes chosen to collide cost a bound, and the column its dictionary.
const DISTANCE_MAX: usize = 64;

const MULTIPLIER: u64 = 0x9e37_79b9_7f4a_7c15;

/// Every bit of what comes out depends on all that went in.
pub fn mix(word: u64) -> u64 {
    let product = u128::from(word ^ MULTIPLIER) * u128::from(MULTIPLIER);
    (product >> u64::BITS) as u64 ^ product as u64
}

pub fn hash_of(bytes: &[u8]) -> u64 {
    const WORD: usize = size_of::<u64>();
    let words = bytes.chunks_exact(WORD);
    let mut last = [0; WORD];
    match bytes.last_chunk() {
        Some(chunk) => last = *chunk,
        None => bytes.iter().zip(&mut last).for_each(|(byte, to)| *to = *byte),
    }
    let whole = words.fold(bytes.len() as u64, |hash, word| mix(hash ^ word_of(word)));
    mix(whole ^ u64::from_le_bytes(last))
}

fn word_of(bytes: &[u8]) -> u64 {
    bytes.try_into().map_or(0, u64::from_le_bytes)
}

#[derive(Default)]
pub struct Places {
    slots: Vec<u32>,
    count: usize,
}

impl Places {
    /// The index of a value; one that is new gets the next. `None` where too many lie about its place.
    pub fn index(&mut self, hash: u64, is_same: impl Fn(usize) -> bool) -> Option<usize> {
        let mask = self.slots.len() - 1;
        for distance in 0..DISTANCE_MAX {
            let slot = &mut self.slots[(hash as usize).wrapping_add(distance) & mask];
            if *slot == EMPTY {
                self.count += 1;
                *slot = self.count as u32;
                return Some(self.count - 1);
            }
            let index = *slot as usize - 1;
            if is_same(index) {
                return Some(index);
            }
        }
        None
    }

    /// Makes room for another value. Half of the slots stay empty.
    pub fn reserve(&mut self, hash_of: impl Fn(usize) -> u64) {
        if self.count * 2 < self.slots.len() {
            return;
        }
        let size = (self.slots.len() * 4).max(SLOTS_MIN);
        self.slots.clear();
        self.slots.resize(size, EMPTY);
        for index in 0..self.count {
            let mut at = hash_of(index) as usize;
            while self.slots[at & (size - 1)] != EMPTY {
                at = at.wrapping_add(1);
            }
            self.slots[at & (size - 1)] = index as u32 + 1;
        }
    }

    /// As it was at first, whatever it held: what collides must not depend on it.
    pub fn clear(&mut self) {
        self.slots.truncate(SLOTS_MIN);
        self.slots.fill(EMPTY);
        self.count = 0;
    }

    pub fn memory_size(&self) -> usize {
        self.slots.capacity() * size_of::<u32>()
    }
}

#[cfg(test)]
mod tests {
    use super::{hash_of, mix, Places};

    #[test]
    fn values_are_found_again_and_new_ones_are_counted() {
        let mut places = Places::default();
        let words: Vec<u64> = (0..5000).map(|word| word << 40).collect();
        for round in 0..2 {
            for (index, &word) in words.iter().enumerate() {
                places.reserve(|index| mix(words[index]));
                let found = places.index(mix(word), |index| words[index] == word);
                assert_eq!(found, Some(index), "round {round}");
            }
        }
    }

    #[test]
    fn what_collides_too_often_is_told() {
        let mut places = Places::default();
        places.reserve(|_| 7);
        let found: Vec<_> = (0..65).map(|_| places.index(7, |_| false)).collect();
        assert_eq!((found[63], found[64]), (Some(63), None));
    }

    #[test]
    fn texts_that_differ_in_one_byte_or_in_length_hash_differently() {
        let texts: [&[u8]; 8] = [b"", b"\0", b"a", b"abcdefgh", b"abcdefgi", b"abcdefgh\0", b"abcdefghi", b"bbcdefghi"];
        let hashes: std::collections::HashSet<u64> = texts.iter().map(|text| hash_of(text)).collect();
        assert_eq!(hashes.len(), texts.len());
    }
}
