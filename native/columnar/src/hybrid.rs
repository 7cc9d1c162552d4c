//! The hybrid of runs and packed bits that Parquet writes levels and indexes of dictionaries in (Encodings.md, "RLE/Bit-Packing Hybrid").

/// Values are packed in so many at a time, and fewer of one value are no run.
const GROUP: usize = 8;

/// Bits that numbers up to `max` take.
pub fn bits_for(max: u32) -> u32 {
    u32::BITS - max.leading_zeros()
}

/// Adds values of `width` bits each.
pub fn put_hybrid(values: &[u32], width: u32, out: &mut Vec<u8>) {
    let mut rest = values;
    while let [first, ..] = rest {
        let run = rest.iter().take_while(|value| *value == first).count();
        if run >= GROUP {
            put_varint((run as u64) << 1, out);
            out.extend_from_slice(&first.to_le_bytes()[..width.div_ceil(u8::BITS) as usize]);
            rest = &rest[run..];
        } else {
            let (packed, behind) = rest.split_at(until_run(rest));
            put_packed(packed, width, out);
            rest = behind;
        }
    }
}

/// Whole groups before the next one that begins a run; all values where none does.
fn until_run(values: &[u32]) -> usize {
    let groups = values.chunks_exact(GROUP);
    let is_run = |group: &[u32]| group.iter().all(|value| *value == group[0]);
    groups.into_iter().position(is_run).map_or(values.len(), |groups| groups * GROUP)
}

fn put_packed(values: &[u32], width: u32, out: &mut Vec<u8>) {
    let groups = values.len().div_ceil(GROUP);
    put_varint((groups as u64) << 1 | 1, out);
    let end = out.len() + groups * width as usize;
    out.reserve(groups * width as usize + size_of::<u64>());
    let (mut bits, mut filled) = (0_u64, 0);
    for &value in values {
        bits |= u64::from(value) << filled;
        filled += width;
        if filled >= u32::BITS {
            out.extend_from_slice(&(bits as u32).to_le_bytes());
            bits >>= u32::BITS;
            filled -= u32::BITS;
        }
    }
    out.extend_from_slice(&bits.to_le_bytes());
    out.resize(end, 0);
}

fn put_varint(mut value: u64, out: &mut Vec<u8>) {
    while value > 0x7f {
        out.push(value as u8 | 0x80);
        value >>= 7;
    }
    out.push(value as u8);
}

#[cfg(test)]
mod tests {
    use super::{bits_for, put_hybrid};

    fn hybrid(values: &[u32], width: u32) -> Vec<u8> {
        let mut out = Vec::new();
        put_hybrid(values, width, &mut out);
        out
    }

    #[test]
    fn runs_and_packed_groups_are_those_of_the_specification() {
        // Encodings.md: 0 to 7 in 3 bits are 0x88 0xc6 0xfa, behind one group.
        assert_eq!(hybrid(&[0, 1, 2, 3, 4, 5, 6, 7], 3), [0b11, 0x88, 0xc6, 0xfa]);
        assert_eq!(hybrid(&[5; 100], 3), [200, 1, 5]);
        assert_eq!(hybrid(&[0; 9], 0), [18]);
        assert_eq!(hybrid(&[1, 0, 1], 1), [0b11, 0b101]);
        let after_run = [[3; 8].as_slice(), &[1, 2]].concat();
        assert_eq!(hybrid(&after_run, 2), [16, 3, 0b11, 0b1001, 0]);
        let before_run = [[1, 2].as_slice(), &[3; 15]].concat();
        assert_eq!(hybrid(&before_run, 2), [0b11, 0b1111_1001, 0xff, 18, 3]);
        assert_eq!(hybrid(&[u32::MAX, 0], 32)[..9], [0b11, 255, 255, 255, 255, 0, 0, 0, 0]);
    }

    #[test]
    fn a_number_takes_as_many_bits_as_it_has() {
        assert_eq!([0, 1, 2, 255, 256].map(bits_for), [0, 1, 2, 8, 9]);
    }
}
