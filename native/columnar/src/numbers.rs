//! Numbers of one column as Parquet has them: 4, 8 or, of decimals beyond 18 digits, up to 16 bytes, the highest first.

use parquet::data_type::FixedLenByteArray;
use parquet::file::statistics::Statistics;

use crate::chunk::{Bounds, Kind};
use crate::column::Values;
use crate::places::{mix, Places};

/// A number of one of Parquet's types.
pub trait Number: Copy + PartialOrd + Send + 'static {
    /// Adds those of a column that are picked.
    fn load(values: &Values, picks: Option<&[u32]>, to: &mut Vec<Self>);
    fn hash(self) -> u64;
    /// Whether both have the same bits.
    fn is_same(self, other: Self) -> bool;
    fn put(self, width: usize, out: &mut Vec<u8>);
    /// The least and the greatest that statistics may tell; none of a NaN.
    fn bounds(values: &[Self]) -> Option<(Self, Self)> {
        let first = *values.first()?;
        Some(values.iter().fold((first, first), |(least, greatest), &value| {
            (if value < least { value } else { least }, if value > greatest { value } else { greatest })
        }))
    }
    fn statistics(bounds: Option<(Self, Self)>, nulls: u64, width: usize) -> Statistics;
}

fn copy<S: Copy, T>(from: &[S], picks: Option<&[u32]>, to: &mut Vec<T>, number: impl Fn(S) -> T) {
    match picks {
        None => to.extend(from.iter().map(|&value| number(value))),
        Some(picks) => to.extend(picks.iter().map(|&pick| number(from[pick as usize]))),
    }
}

impl Number for i32 {
    fn load(values: &Values, picks: Option<&[u32]>, to: &mut Vec<Self>) {
        match values {
            Values::Int32(values) => copy(values, picks, to, |value| value),
            Values::Decimal { values, .. } => copy(values, picks, to, |value| value as i32),
            _ => {}
        }
    }

    fn hash(self) -> u64 {
        mix(self as u64)
    }

    fn is_same(self, other: Self) -> bool {
        self == other
    }

    fn put(self, _: usize, out: &mut Vec<u8>) {
        out.extend_from_slice(&self.to_le_bytes());
    }

    fn statistics(bounds: Option<(Self, Self)>, nulls: u64, _: usize) -> Statistics {
        Statistics::int32(bounds.map(|it| it.0), bounds.map(|it| it.1), None, Some(nulls), false)
    }
}

impl Number for i64 {
    fn load(values: &Values, picks: Option<&[u32]>, to: &mut Vec<Self>) {
        if let Values::Int64(values) | Values::Decimal { values, .. } = values {
            copy(values, picks, to, |value| value);
        }
    }

    fn hash(self) -> u64 {
        mix(self as u64)
    }

    fn is_same(self, other: Self) -> bool {
        self == other
    }

    fn put(self, _: usize, out: &mut Vec<u8>) {
        out.extend_from_slice(&self.to_le_bytes());
    }

    fn statistics(bounds: Option<(Self, Self)>, nulls: u64, _: usize) -> Statistics {
        Statistics::int64(bounds.map(|it| it.0), bounds.map(|it| it.1), None, Some(nulls), false)
    }
}

impl Number for i128 {
    fn load(values: &Values, picks: Option<&[u32]>, to: &mut Vec<Self>) {
        if let Values::WideDecimal { values, .. } = values {
            copy(values, picks, to, |value| value);
        }
    }

    fn hash(self) -> u64 {
        mix(mix(self as u64) ^ (self >> u64::BITS) as u64)
    }

    fn is_same(self, other: Self) -> bool {
        self == other
    }

    fn put(self, width: usize, out: &mut Vec<u8>) {
        let bytes = self.to_be_bytes();
        out.extend_from_slice(&bytes[bytes.len() - width..]);
    }

    fn statistics(bounds: Option<(Self, Self)>, nulls: u64, width: usize) -> Statistics {
        let fixed = |value: Self| {
            let mut bytes = Vec::with_capacity(width);
            value.put(width, &mut bytes);
            FixedLenByteArray::from(bytes)
        };
        let (least, greatest) = (bounds.map(|it| fixed(it.0)), bounds.map(|it| fixed(it.1)));
        Statistics::fixed_len_byte_array(least, greatest, None, Some(nulls), false)
    }
}

/// Floats: bits say which are the same; a NaN has no bounds, and zeros take the sign that includes both.
macro_rules! float {
    ($float:ident, $bits:ident, $values:ident, $statistics:ident) => {
        impl Number for $float {
            fn load(values: &Values, picks: Option<&[u32]>, to: &mut Vec<Self>) {
                if let Values::$values(values) = values {
                    copy(values, picks, to, |value| value);
                }
            }

            fn hash(self) -> u64 {
                mix(u64::from(self.to_bits()))
            }

            fn is_same(self, other: Self) -> bool {
                self.to_bits() == other.to_bits()
            }

            fn put(self, _: usize, out: &mut Vec<u8>) {
                out.extend_from_slice(&self.to_le_bytes());
            }

            fn bounds(values: &[Self]) -> Option<(Self, Self)> {
                if values.is_empty() || values.iter().any(|value| value.is_nan()) {
                    return None;
                }
                let least = values.iter().copied().fold($float::INFINITY, $float::min);
                let greatest = values.iter().copied().fold($float::NEG_INFINITY, $float::max);
                let zero = |value: Self, zero: Self| if value == 0.0 { zero } else { value };
                Some((zero(least, -0.0), zero(greatest, 0.0)))
            }

            fn statistics(bounds: Option<(Self, Self)>, nulls: u64, _: usize) -> Statistics {
                Statistics::$statistics(bounds.map(|it| it.0), bounds.map(|it| it.1), None, Some(nulls), false)
            }
        }
    };
}

float!(f32, u32, Float32, float);
float!(f64, u64, Float64, double);

/// The numbers of a page, and those of the chunk's dictionary.
pub struct Numbers<T> {
    width: usize,
    page: Vec<T>,
    distinct: Vec<T>,
    places: Places,
    bounds: Option<(T, T)>,
    /// A page had values and no bounds: nothing is told of the chunk.
    is_boundless: bool,
}

impl<T: Number> Numbers<T> {
    /// Of `width` bytes each.
    pub fn new(width: usize) -> Self {
        let (page, distinct, places) = (Vec::new(), Vec::new(), Places::default());
        Self { width, page, distinct, places, bounds: None, is_boundless: false }
    }
}

impl<T: Number> Kind for Numbers<T> {
    fn load(&mut self, values: &Values, picks: Option<&[u32]>) {
        self.page.clear();
        T::load(values, picks, &mut self.page);
    }

    fn unload(&mut self) {
        self.page = Vec::new();
    }

    fn count(&self) -> usize {
        self.page.len()
    }

    fn plain_size(&self) -> usize {
        self.page.len() * self.width
    }

    fn put_plain(&self, out: &mut Vec<u8>) {
        out.reserve(self.plain_size());
        self.page.iter().for_each(|value| value.put(self.width, out));
    }

    fn index(&mut self, indexes: &mut Vec<u32>) -> bool {
        let Self { page, distinct, places, .. } = self;
        places.reserve(|index| distinct[index].hash());
        let mut before: Option<(T, u32)> = None;
        for &value in page.iter() {
            let index = match before {
                Some((known, index)) if known.is_same(value) => index,
                _ => match places.index(value.hash(), |index| distinct[index].is_same(value)) {
                    Some(index) => index as u32,
                    None => return false,
                },
            };
            if index as usize == distinct.len() {
                distinct.push(value);
                places.reserve(|index| distinct[index].hash());
            }
            indexes.push(index);
            before = Some((value, index));
        }
        true
    }

    fn distinct(&self) -> usize {
        self.distinct.len()
    }

    fn dictionary_size(&self) -> usize {
        self.distinct.len() * self.width
    }

    fn put_dictionary(&self, out: &mut Vec<u8>) {
        self.distinct.iter().for_each(|value| value.put(self.width, out));
    }

    fn truncate(&mut self, count: usize) {
        self.distinct.truncate(count);
        self.distinct.shrink_to_fit();
        self.places = Places::default();
    }

    fn clear(&mut self) {
        self.distinct.clear();
        self.places.clear();
        (self.bounds, self.is_boundless) = (None, false);
    }

    fn page_bounds(&mut self) -> Option<Bounds> {
        let Some((least, greatest)) = T::bounds(&self.page) else {
            self.is_boundless |= !self.page.is_empty();
            return None;
        };
        let known = self.bounds.unwrap_or((least, greatest));
        self.bounds = T::bounds(&[known.0, known.1, least, greatest]);
        let bytes = |value: T| {
            let mut bytes = Vec::with_capacity(self.width);
            value.put(self.width, &mut bytes);
            bytes
        };
        Some(Bounds { least: bytes(least), greatest: bytes(greatest) })
    }

    fn statistics(&self, nulls: u64) -> Statistics {
        T::statistics(self.bounds.filter(|_| !self.is_boundless), nulls, self.width)
    }

    fn memory_size(&self) -> usize {
        self.places.memory_size() + (self.page.capacity() + self.distinct.capacity()) * size_of::<T>()
    }
}
