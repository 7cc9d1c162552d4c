//! Number literals as integers of a scale. No float takes part.

use std::fmt;

pub const DIGITS_MAX: u32 = 38;
/// Digits that 64 bits hold whatever they are.
pub const INT64_DIGITS: u32 = 18;

/// Why a literal is no value of a column.
#[derive(Debug, PartialEq, Eq)]
pub enum NumberFault {
    NoNumber,
    TooLarge,
    TooFine,
}

impl fmt::Display for NumberFault {
    fn fmt(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
        to.write_str(match self {
            NumberFault::NoNumber => "not a number",
            NumberFault::TooLarge => "more digits than the column has",
            NumberFault::TooFine => "more decimals than the column has",
        })
    }
}

pub const fn power_of_ten(exponent: u32) -> i128 {
    10i128.pow(exponent)
}

/// Digits that a u64 holds whatever they are.
const PLAIN_DIGITS: usize = 19;

/// The integer that `literal`, a JSON number, is at `scale`; of at most `precision` digits.
pub fn scaled(literal: &[u8], scale: u32, precision: u32) -> Result<i128, NumberFault> {
    let (negative, digits) = match literal.split_first() {
        Some((b'-', rest)) => (true, rest),
        _ => (false, literal),
    };
    let magnitude = match plain(digits, scale) {
        Some(value) => value,
        None => general(digits, scale)?,
    };
    if magnitude >= power_of_ten(precision) as u128 {
        return Err(NumberFault::TooLarge);
    }
    Ok(if negative { -(magnitude as i128) } else { magnitude as i128 })
}

/// Digits with at most `scale` decimals, as headrace writes them; None for any other literal.
fn plain(digits: &[u8], scale: u32) -> Option<u128> {
    if digits.len() > PLAIN_DIGITS || !digits.first()?.is_ascii_digit() {
        return None;
    }
    let mut value = 0u64;
    let mut point = digits.len();
    for (index, &byte) in digits.iter().enumerate() {
        if byte.is_ascii_digit() {
            value = value * 10 + u64::from(byte - b'0');
        } else if byte == b'.' && point == digits.len() && index + 1 < digits.len() {
            point = index;
        } else {
            return None;
        }
    }
    let decimals = digits.len().saturating_sub(point + 1) as u32;
    let missing = scale.checked_sub(decimals)?;
    if missing == 0 {
        return Some(u128::from(value));
    }
    u128::from(value).checked_mul(power_of_ten(missing.min(DIGITS_MAX)) as u128)
}

/// Any literal: long ones, exponents, zeros behind the column's decimals.
fn general(digits: &[u8], scale: u32) -> Result<u128, NumberFault> {
    let (mantissa, exponent) = match digits.iter().position(|byte| matches!(byte, b'e' | b'E')) {
        Some(at) => (&digits[..at], exponent_of(&digits[at + 1..])?),
        None => (digits, 0),
    };
    let (whole, fraction) = match mantissa.iter().position(|&byte| byte == b'.') {
        Some(at) => (&mantissa[..at], &mantissa[at + 1..]),
        None => (mantissa, &[][..]),
    };
    let is_fraction_there = mantissa.len() == whole.len() || !fraction.is_empty();
    let is_digits = |part: &[u8]| part.iter().all(u8::is_ascii_digit);
    if whole.is_empty() || !is_fraction_there || !is_digits(whole) || !is_digits(fraction) {
        return Err(NumberFault::NoNumber);
    }
    // How many of all the digits stand before the column's last decimal.
    let kept = whole.len() as i64 + exponent + i64::from(scale);
    let mut value = 0u128;
    for (index, &byte) in whole.iter().chain(fraction).enumerate() {
        let digit = u128::from(byte - b'0');
        if index as i64 >= kept {
            if digit != 0 {
                return Err(NumberFault::TooFine);
            }
        } else {
            value = value.checked_mul(10).and_then(|value| value.checked_add(digit)).ok_or(NumberFault::TooLarge)?;
        }
    }
    let zeros = kept - (whole.len() + fraction.len()) as i64;
    if value == 0 || zeros <= 0 {
        return Ok(value);
    }
    if zeros > i64::from(DIGITS_MAX) {
        return Err(NumberFault::TooLarge);
    }
    value.checked_mul(power_of_ten(zeros as u32) as u128).ok_or(NumberFault::TooLarge)
}

/// Beyond this a literal is zero or too large whatever its digits are.
const EXPONENT_MAX: i64 = 1 << 40;

fn exponent_of(text: &[u8]) -> Result<i64, NumberFault> {
    let (negative, digits) = match text.split_first() {
        Some((b'-', rest)) => (true, rest),
        Some((b'+', rest)) => (false, rest),
        _ => (false, text),
    };
    if digits.is_empty() || !digits.iter().all(u8::is_ascii_digit) {
        return Err(NumberFault::NoNumber);
    }
    let value = digits.iter().fold(0i64, |value, byte| (value * 10 + i64::from(byte - b'0')).min(EXPONENT_MAX));
    Ok(if negative { -value } else { value })
}

#[cfg(test)]
mod tests {
    use super::{scaled, NumberFault};

    fn at(literal: &str, scale: u32, precision: u32) -> Result<i128, NumberFault> {
        scaled(literal.as_bytes(), scale, precision)
    }

    #[test]
    fn literals_become_integers_of_the_scale() {
        assert_eq!(at("1.50", 2, 5), Ok(150));
        assert_eq!(at("-1.5", 2, 5), Ok(-150));
        assert_eq!(at("0.00", 2, 5), Ok(0));
        assert_eq!(at("12", 3, 5), Ok(12000));
        assert_eq!(at("1.5000", 2, 5), Ok(150));
        assert_eq!(at("1.5e2", 1, 5), Ok(1500));
        assert_eq!(at("15E-1", 1, 5), Ok(15));
        assert_eq!(at("0e99999999999999999999", 0, 1), Ok(0));
        assert_eq!(at("99999999999999999999999999999999999999", 0, 38), Ok(10i128.pow(38) - 1));
        assert_eq!(at("-9999999999999999999", 0, 19), Ok(-9_999_999_999_999_999_999));
    }

    #[test]
    fn what_a_column_cannot_hold_is_refused() {
        assert_eq!(at("1000", 2, 5), Err(NumberFault::TooLarge));
        assert_eq!(at("1.505", 2, 5), Err(NumberFault::TooFine));
        assert_eq!(at("1e-3", 2, 5), Err(NumberFault::TooFine));
        assert_eq!(at("1e40", 0, 38), Err(NumberFault::TooLarge));
        assert_eq!(at("1e999999999999999999999", 0, 38), Err(NumberFault::TooLarge));
        assert_eq!(at("100000000000000000000000000000000000000", 0, 38), Err(NumberFault::TooLarge));
        for literal in ["", "-", ".5", "5.", "1..2", "1e", "1e+", "+1", "--1", "1x", "NaN"] {
            assert_eq!(at(literal, 2, 9), Err(NumberFault::NoNumber), "{literal}");
        }
    }
}
