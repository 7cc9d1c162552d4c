//! Lines of JSON, as decode writes them, to columns. Members may come in any order, and white space may stand between them.

use std::collections::HashMap;

use crate::column::{Column, Member, Values};
use crate::json_text::{Cursor, Unexpected};
use crate::number::scaled;

/// Why a line is no row: the field, from the inside out, and what is wrong with it.
pub struct BadValue {
    path: Vec<String>,
    pub what: String,
}

impl BadValue {
    fn of(what: impl Into<String>) -> Box<Self> {
        Box::new(Self { path: Vec::new(), what: what.into() })
    }

    fn within(mut self: Box<Self>, name: impl Into<String>) -> Box<Self> {
        self.path.push(name.into());
        self
    }

    /// GROUP.TABLE(2).FIELD, or nothing where the line as a whole is bad.
    pub fn field(&self) -> String {
        let names = self.path.iter().rev().map(String::as_str);
        names.collect::<Vec<_>>().join(".").replace(".(", "(")
    }
}

impl From<Unexpected> for Box<BadValue> {
    fn from(_: Unexpected) -> Self {
        BadValue::of("not JSON")
    }
}

type Parsed = Result<(), Box<BadValue>>;

/// The names of a group's members, to find those that are not where decode puts them.
struct Names {
    index_of: HashMap<Box<[u8]>, usize>,
    /// For each member the next one of the same name, or itself.
    next: Vec<usize>,
    below: Vec<Names>,
}

impl Names {
    fn of(members: &[Member]) -> Self {
        let mut index_of = HashMap::new();
        let mut next: Vec<usize> = (0..members.len()).collect();
        for (index, member) in members.iter().enumerate().rev() {
            if let Some(later) = index_of.insert(member.name.as_bytes().into(), index) {
                next[index] = later;
            }
        }
        Self { index_of, next, below: members.iter().map(|member| Self::below(&member.column)).collect() }
    }

    fn below(column: &Column) -> Self {
        match &column.values {
            Values::Struct { members, .. } => Self::of(members),
            Values::List { item, .. } => Self::below(item),
            _ => Self { index_of: HashMap::new(), next: Vec::new(), below: Vec::new() },
        }
    }

    /// The member of that name that has no value in row `row` yet.
    fn find(&self, name: &[u8], members: &[Member], row: usize) -> Option<Result<usize, ()>> {
        let mut index = *self.index_of.get(name)?;
        while members[index].column.len() > row {
            if self.next[index] == index {
                return Some(Err(()));
            }
            index = self.next[index];
        }
        Some(Ok(index))
    }
}

/// Reads lines into the columns it was made for.
pub struct LineReader {
    names: Names,
    name: Vec<u8>,
}

impl LineReader {
    pub fn new(members: &[Member]) -> Self {
        Self { names: Names::of(members), name: Vec::new() }
    }

    /// Adds the line, which is UTF-8, as row `row`; a bad one leaves some columns longer than others.
    pub fn read(&mut self, line: &[u8], members: &mut [Member], row: usize) -> Parsed {
        let mut cursor = Cursor::new(line);
        object(&mut cursor, members, row, &self.names, &mut self.name)?;
        if cursor.peek() == 0 && cursor.at == line.len() {
            Ok(())
        } else {
            Err(BadValue::of("more than one JSON value in a line"))
        }
    }
}

fn object(cursor: &mut Cursor<'_>, members: &mut [Member], row: usize, names: &Names, name: &mut Vec<u8>) -> Parsed {
    if !cursor.take(b'{') {
        return Err(BadValue::of("not a JSON object"));
    }
    let mut expected = 0;
    let mut is_first = true;
    while !cursor.take(b'}') {
        if !is_first {
            cursor.expect(b',')?;
        }
        is_first = false;
        let at = cursor.at;
        name.clear();
        cursor.string(name)?;
        cursor.expect(b':')?;
        let is_expected = members
            .get(expected)
            .is_some_and(|member| member.name.as_bytes() == name.as_slice() && member.column.len() == row);
        let index = match names.find(name, members, row) {
            _ if is_expected => expected,
            Some(Ok(index)) => index,
            Some(Err(())) => return Err(BadValue::of("the member stands there twice").within(text(name))),
            // What decode tells beside the values: $raw, $conditions.
            None if name.first() == Some(&b'$') => {
                cursor.skip(0)?;
                continue;
            }
            None => return Err(BadValue::of("there is no such column").within(text(name))),
        };
        debug_assert!(cursor.at > at);
        let member = &mut members[index];
        value(cursor, &mut member.column, &names.below[index], name).map_err(|bad| bad.within(&member.name))?;
        expected = index + 1;
    }
    absent(members, row)
}

fn text(name: &[u8]) -> String {
    String::from_utf8_lossy(name).into_owned()
}

/// Members that the object does not have are null.
fn absent(members: &mut [Member], row: usize) -> Parsed {
    for Member { name, column } in members.iter_mut().filter(|member| member.column.len() == row) {
        if !column.nullable && !column.is_nothing() {
            return Err(BadValue::of("the member is missing").within(name.as_str()));
        }
        column.push_null();
    }
    Ok(())
}

fn value(cursor: &mut Cursor<'_>, column: &mut Column, names: &Names, name: &mut Vec<u8>) -> Parsed {
    if cursor.peek() == b'n' && cursor.take_word(b"null") {
        if !column.nullable && !column.is_nothing() {
            return Err(BadValue::of("null in a column that has no nulls"));
        }
        column.push_null();
        return Ok(());
    }
    match &mut column.values {
        Values::Utf8 { ends, bytes } => {
            if cursor.peek() != b'"' {
                return Err(BadValue::of("not a string"));
            }
            cursor.string(bytes)?;
            ends.push(bytes.len() as i32);
        }
        Values::Decimal { values, precision, scale } => {
            values.push(fitting(integer(cursor, *scale as u32, u32::from(*precision), name)?)?);
        }
        Values::WideDecimal { values, precision, scale } => {
            values.push(integer(cursor, *scale as u32, u32::from(*precision), name)?);
        }
        Values::Int32(values) => values.push(fitting(integer(cursor, 0, 10, name)?)?),
        Values::Int64(values) => values.push(fitting(integer(cursor, 0, 19, name)?)?),
        Values::Float32(values) => values.push(float(cursor, name)?),
        Values::Float64(values) => values.push(float(cursor, name)?),
        Values::Struct { members, len } => {
            object(cursor, members, *len, names, name)?;
            *len += 1;
        }
        Values::List { ends, item } => {
            list(cursor, item, names, name)?;
            ends.push(item.len() as i32);
        }
        Values::Nothing { len } => {
            cursor.skip(0)?;
            *len += 1;
        }
    }
    column.mark_valid();
    Ok(())
}

fn list(cursor: &mut Cursor<'_>, item: &mut Column, names: &Names, name: &mut Vec<u8>) -> Parsed {
    if !cursor.take(b'[') {
        return Err(BadValue::of("not an array"));
    }
    if cursor.take(b']') {
        return Ok(());
    }
    for index in 1.. {
        value(cursor, item, names, name).map_err(|bad| bad.within(format!("({index})")))?;
        if cursor.take(b']') {
            break;
        }
        cursor.expect(b',')?;
    }
    Ok(())
}

/// The bytes of a number, or of a string that holds one.
fn literal<'a>(cursor: &mut Cursor<'a>, held: &'a mut Vec<u8>) -> Result<&'a [u8], Box<BadValue>> {
    if cursor.peek() != b'"' {
        return Ok(cursor.number());
    }
    held.clear();
    cursor.string(held)?;
    Ok(held)
}

fn integer(cursor: &mut Cursor<'_>, scale: u32, precision: u32, held: &mut Vec<u8>) -> Result<i128, Box<BadValue>> {
    let mut within = Cursor { text: cursor.text, at: cursor.at };
    let read = scaled(literal(&mut within, held)?, scale, precision).map_err(|fault| BadValue::of(fault.to_string()));
    cursor.at = within.at;
    read
}

fn fitting<T: TryFrom<i128>>(value: i128) -> Result<T, Box<BadValue>> {
    T::try_from(value).map_err(|_| BadValue::of("more digits than the column has"))
}

/// The nearest number; one beyond the largest is refused.
fn float<T: std::str::FromStr + Into<f64> + Copy>(
    cursor: &mut Cursor<'_>,
    held: &mut Vec<u8>,
) -> Result<T, Box<BadValue>> {
    let mut within = Cursor { text: cursor.text, at: cursor.at };
    let literal = literal(&mut within, held)?;
    // Letters would be `inf` or `nan` to Rust, and no number of JSON.
    let is_number =
        literal.last().is_some_and(u8::is_ascii_digit) && !literal.iter().any(|byte| matches!(byte, b'n' | b'i'));
    let read = std::str::from_utf8(literal).ok().filter(|_| is_number).and_then(|text| text.parse::<T>().ok());
    cursor.at = within.at;
    match read {
        Some(value) if value.into().is_finite() => Ok(value),
        Some(_) => Err(BadValue::of("beyond the largest float of the column")),
        None => Err(BadValue::of("not a number")),
    }
}
