//! Values of Arrow arrays as JSON, exact: decimals by their digits, floats as the shortest literal that reads back.

use std::fmt::Display;
use std::io::Write;

use arrow_array::cast::AsArray;
use arrow_array::types::*;
use arrow_array::{Array, ArrayRef, ArrowPrimitiveType, OffsetSizeTrait, StructArray};
use arrow_buffer::NullBuffer;
use arrow_schema::{DataType, TimeUnit};

use crate::fault::{Code, Fault};

type Write1<'a> = Box<dyn Fn(usize, &mut Vec<u8>) + 'a>;

/// One array, ready to write its values.
pub struct Cells<'a> {
    nulls: Option<NullBuffer>,
    write: Write1<'a>,
}

impl Cells<'_> {
    pub fn write(&self, index: usize, out: &mut Vec<u8>) {
        if self.nulls.as_ref().is_some_and(|nulls| nulls.is_null(index)) {
            out.extend_from_slice(b"null");
        } else {
            (self.write)(index, out);
        }
    }
}

/// The cells of `array`, whose column is `name`. Fails for a type that JSON has no values for.
pub fn cells_of<'a>(name: &str, array: &'a ArrayRef) -> Result<Cells<'a>, Fault> {
    let write = write_of(name, array)?;
    Ok(Cells { nulls: array.logical_nulls(), write })
}

fn write_of<'a>(name: &str, array: &'a ArrayRef) -> Result<Write1<'a>, Fault> {
    Ok(match array.data_type() {
        DataType::Null => Box::new(|_, out| out.extend_from_slice(b"null")),
        DataType::Boolean => {
            let values = array.as_boolean();
            Box::new(|index, out| put(out, values.value(index)))
        }
        DataType::Int8 => plain::<Int8Type>(array),
        DataType::Int16 => plain::<Int16Type>(array),
        DataType::Int32 => plain::<Int32Type>(array),
        DataType::Int64 => plain::<Int64Type>(array),
        DataType::UInt8 => plain::<UInt8Type>(array),
        DataType::UInt16 => plain::<UInt16Type>(array),
        DataType::UInt32 => plain::<UInt32Type>(array),
        DataType::UInt64 => plain::<UInt64Type>(array),
        DataType::Float32 => {
            let values = array.as_primitive::<Float32Type>();
            Box::new(|index, out| put_float(out, &format!("{:e}", values.value(index))))
        }
        DataType::Float64 => {
            let values = array.as_primitive::<Float64Type>();
            Box::new(|index, out| put_float(out, &format!("{:e}", values.value(index))))
        }
        DataType::Decimal32(_, scale) => decimal::<Decimal32Type>(array, *scale),
        DataType::Decimal64(_, scale) => decimal::<Decimal64Type>(array, *scale),
        DataType::Decimal128(_, scale) => decimal::<Decimal128Type>(array, *scale),
        DataType::Decimal256(_, scale) => decimal::<Decimal256Type>(array, *scale),
        _ => return other(name, array),
    })
}

/// What is text, bytes or time, and what holds other values.
fn other<'a>(name: &str, array: &'a ArrayRef) -> Result<Write1<'a>, Fault> {
    Ok(match array.data_type() {
        DataType::Utf8 => {
            let values = array.as_string::<i32>();
            Box::new(|index, out| put_text(out, values.value(index)))
        }
        DataType::LargeUtf8 => {
            let values = array.as_string::<i64>();
            Box::new(|index, out| put_text(out, values.value(index)))
        }
        DataType::Utf8View => {
            let values = array.as_string_view();
            Box::new(|index, out| put_text(out, values.value(index)))
        }
        DataType::Binary => {
            let values = array.as_binary::<i32>();
            Box::new(|index, out| put_hex(out, values.value(index)))
        }
        DataType::LargeBinary => {
            let values = array.as_binary::<i64>();
            Box::new(|index, out| put_hex(out, values.value(index)))
        }
        DataType::BinaryView => {
            let values = array.as_binary_view();
            Box::new(|index, out| put_hex(out, values.value(index)))
        }
        DataType::FixedSizeBinary(_) => {
            let values = array.as_fixed_size_binary();
            Box::new(|index, out| put_hex(out, values.value(index)))
        }
        DataType::Date32 => {
            let values = array.as_primitive::<Date32Type>();
            Box::new(|index, out| put_time(out, values.value_as_date(index)))
        }
        DataType::Timestamp(unit, zone) => timestamp(array, *unit, zone.is_some()),
        DataType::Struct(_) => group(name, array.as_struct())?,
        DataType::List(_) => list::<i32>(name, array)?,
        DataType::LargeList(_) => list::<i64>(name, array)?,
        DataType::FixedSizeList(_, size) => {
            let items = cells_of(name, array.as_fixed_size_list().values())?;
            let size = *size as usize;
            let first = array.as_fixed_size_list().value_offset_at(0);
            Box::new(move |index, out| put_list(out, first + index * size, first + (index + 1) * size, &items))
        }
        DataType::Map(_, _) => {
            let map = array.as_map();
            let entries = Cells { nulls: None, write: group(name, map.entries())? };
            Box::new(move |index, out| {
                let offsets = map.value_offsets();
                put_list(out, offsets[index] as usize, offsets[index + 1] as usize, &entries);
            })
        }
        DataType::Dictionary(_, _) => {
            let dictionary = array.as_any_dictionary();
            let values = cells_of(name, dictionary.values())?;
            let keys = dictionary.normalized_keys();
            Box::new(move |index, out| values.write(keys[index], out))
        }
        kind => return Err(Fault::new(Code::Columns, format!("column {name} is {kind}, which has no value in JSON"))),
    })
}

/// Members of an object, in the order of the columns.
fn group<'a>(name: &str, array: &'a StructArray) -> Result<Write1<'a>, Fault> {
    let mut members = Vec::with_capacity(array.num_columns());
    for (field, column) in array.fields().iter().zip(array.columns()) {
        members.push((key_of(field.name()), cells_of(&format!("{name}.{}", field.name()), column)?));
    }
    Ok(Box::new(move |index, out| put_object(out, index, &members)))
}

fn list<'a, Offset: OffsetSizeTrait>(name: &str, array: &'a ArrayRef) -> Result<Write1<'a>, Fault> {
    let lists = array.as_list::<Offset>();
    let items = cells_of(name, lists.values())?;
    Ok(Box::new(move |index, out| {
        let offsets = lists.value_offsets();
        put_list(out, offsets[index].as_usize(), offsets[index + 1].as_usize(), &items);
    }))
}

/// `"NAME":`
pub fn key_of(name: &str) -> Vec<u8> {
    let mut key = Vec::new();
    put_text(&mut key, name);
    key.push(b':');
    key
}

pub fn put_object(out: &mut Vec<u8>, index: usize, members: &[(Vec<u8>, Cells<'_>)]) {
    out.push(b'{');
    for (position, (key, cells)) in members.iter().enumerate() {
        if position > 0 {
            out.push(b',');
        }
        out.extend_from_slice(key);
        cells.write(index, out);
    }
    out.push(b'}');
}

fn put_list(out: &mut Vec<u8>, from: usize, until: usize, items: &Cells<'_>) {
    out.push(b'[');
    for index in from..until {
        if index > from {
            out.push(b',');
        }
        items.write(index, out);
    }
    out.push(b']');
}

/// Writing to memory does not fail.
fn put(out: &mut Vec<u8>, value: impl Display) {
    let _ = write!(out, "{value}");
}

fn plain<T: ArrowPrimitiveType>(array: &ArrayRef) -> Write1<'_>
where
    T::Native: Display,
{
    let values = array.as_primitive::<T>();
    Box::new(|index, out| put(out, values.value(index)))
}

fn decimal<T: DecimalType>(array: &ArrayRef, scale: i8) -> Write1<'_>
where
    T::Native: Display,
{
    let values = array.as_primitive::<T>();
    Box::new(move |index, out| put_decimal(out, &values.value(index).to_string(), scale))
}

/// The integer `digits` with `scale` decimals.
fn put_decimal(out: &mut Vec<u8>, digits: &str, scale: i8) {
    let (sign, digits) = digits.strip_prefix('-').map_or(("", digits), |rest| ("-", rest));
    out.extend_from_slice(sign.as_bytes());
    let decimals = usize::from(scale.max(0) as u8);
    let whole = digits.len().saturating_sub(decimals);
    out.extend_from_slice(if whole == 0 { b"0" } else { &digits.as_bytes()[..whole] });
    if scale < 0 && digits != "0" {
        out.extend(std::iter::repeat_n(b'0', usize::from(scale.unsigned_abs())));
    }
    if decimals > 0 {
        out.push(b'.');
        out.extend(std::iter::repeat_n(b'0', decimals.saturating_sub(digits.len())));
        out.extend_from_slice(&digits.as_bytes()[whole..]);
    }
}

/// Digits that ECMAScript writes before it goes over to an exponent, and zeros behind the point.
const PLAIN_WHOLE_MAX: i32 = 21;
const PLAIN_ZEROS_MAX: i32 = 6;

/// A float as ECMAScript writes it, from Rust's shortest `d.ddde±x`. An infinity and NaN are no JSON: null. Zero has no minus.
fn put_float(out: &mut Vec<u8>, shortest: &str) {
    let Some((mantissa, exponent)) = shortest.split_once('e') else {
        out.extend_from_slice(b"null");
        return;
    };
    let (sign, mantissa) = mantissa.strip_prefix('-').map_or(("", mantissa), |rest| ("-", rest));
    let digits: String = mantissa.chars().filter(char::is_ascii_digit).collect();
    if digits == "0" {
        out.push(b'0');
        return;
    }
    out.extend_from_slice(sign.as_bytes());
    // The value is 0.DIGITS times ten to this power.
    let point = exponent.parse::<i32>().unwrap_or(0) + 1;
    let count = digits.len() as i32;
    if point > PLAIN_WHOLE_MAX || point <= -PLAIN_ZEROS_MAX {
        put(out, mantissa);
        put(out, format_args!("e{:+}", point - 1));
    } else if point <= 0 {
        out.extend_from_slice(b"0.");
        out.extend(std::iter::repeat_n(b'0', -point as usize));
        put(out, digits);
    } else if point >= count {
        put(out, &digits);
        out.extend(std::iter::repeat_n(b'0', (point - count) as usize));
    } else {
        let (whole, decimals) = digits.split_at(point as usize);
        put(out, format_args!("{whole}.{decimals}"));
    }
}

fn put_text(out: &mut Vec<u8>, text: &str) {
    out.push(b'"');
    let mut from = 0;
    for (at, byte) in text.bytes().enumerate().filter(|(_, byte)| matches!(byte, b'"' | b'\\' | 0..=0x1f)) {
        out.extend_from_slice(&text.as_bytes()[from..at]);
        match byte {
            b'"' | b'\\' => out.extend_from_slice(&[b'\\', byte]),
            8 => out.extend_from_slice(b"\\b"),
            12 => out.extend_from_slice(b"\\f"),
            b'\n' => out.extend_from_slice(b"\\n"),
            b'\r' => out.extend_from_slice(b"\\r"),
            b'\t' => out.extend_from_slice(b"\\t"),
            _ => put(out, format_args!("\\u{byte:04x}")),
        }
        from = at + 1;
    }
    out.extend_from_slice(&text.as_bytes()[from..]);
    out.push(b'"');
}

fn put_hex(out: &mut Vec<u8>, bytes: &[u8]) {
    out.push(b'"');
    for byte in bytes {
        put(out, format_args!("{byte:02x}"));
    }
    out.push(b'"');
}

/// A time in ISO 8601, or null where it lies beyond what has a year of four digits and more.
fn put_time(out: &mut Vec<u8>, time: Option<impl Display>) {
    match time {
        Some(time) => put(out, format_args!("\"{time}\"")),
        None => out.extend_from_slice(b"null"),
    }
}

fn timestamp(array: &ArrayRef, unit: TimeUnit, is_utc: bool) -> Write1<'_> {
    match unit {
        TimeUnit::Second => timestamp_of::<TimestampSecondType>(array, is_utc),
        TimeUnit::Millisecond => timestamp_of::<TimestampMillisecondType>(array, is_utc),
        TimeUnit::Microsecond => timestamp_of::<TimestampMicrosecondType>(array, is_utc),
        TimeUnit::Nanosecond => timestamp_of::<TimestampNanosecondType>(array, is_utc),
    }
}

/// A timestamp with a zone is kept as UTC, whatever the zone, and so it is told.
fn timestamp_of<T: ArrowTimestampType>(array: &ArrayRef, is_utc: bool) -> Write1<'_> {
    let values = array.as_primitive::<T>();
    let zone = if is_utc { "Z" } else { "" };
    Box::new(move |index, out| {
        let time = values.value_as_datetime(index);
        put_time(out, time.map(|time| format!("{}{zone}", time.format("%Y-%m-%dT%H:%M:%S%.f"))));
    })
}

#[cfg(test)]
mod tests {
    use super::{put_decimal, put_float, put_text};

    fn written(write: impl Fn(&mut Vec<u8>)) -> String {
        let mut out = Vec::new();
        write(&mut out);
        String::from_utf8_lossy(&out).into_owned()
    }

    #[test]
    fn decimals_have_all_their_digits() {
        for (digits, scale, text) in [
            ("150", 2, "1.50"),
            ("-5", 2, "-0.05"),
            ("0", 3, "0.000"),
            ("12", 0, "12"),
            ("12", -3, "12000"),
            ("0", -3, "0"),
            ("-99999999999999999999999999999999999999", 38, "-0.99999999999999999999999999999999999999"),
        ] {
            assert_eq!(written(|out| put_decimal(out, digits, scale)), text);
        }
    }

    #[test]
    fn floats_are_written_as_ecmascript_writes_them() {
        for (value, text) in [
            (0.1, "0.1"),
            (-0.0, "0"),
            (123.0, "123"),
            (-1.5, "-1.5"),
            (1e21, "1e+21"),
            (1e20, "100000000000000000000"),
            (1.25e22, "1.25e+22"),
            (0.000001, "0.000001"),
            (1.5e-7, "1.5e-7"),
            (f64::NAN, "null"),
            (f64::INFINITY, "null"),
        ] {
            assert_eq!(written(|out| put_float(out, &format!("{value:e}"))), text);
        }
        assert_eq!(written(|out| put_float(out, &format!("{:e}", 0.1f32))), "0.1");
    }

    #[test]
    fn text_is_escaped() {
        assert_eq!(written(|out| put_text(out, "a\"\\\n\u{1}é\u{8}\u{c}\r\t")), r#""a\"\\\n\u0001é\b\f\r\t""#);
    }
}
