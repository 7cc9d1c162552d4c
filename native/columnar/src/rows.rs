//! Rows of the native decoder (docs/copybook.md, "Rows") to columns, one column after the other.

use crate::column::{Column, Member, Values};
use crate::fault::{Code, Fault};
use crate::number::{power_of_ten, DIGITS_MAX, INT64_DIGITS};

/// Where a column finds its values in a row: a tree in preorder like that of the columns. Each place stands once for every occurrence
/// of the tables around the column, the outermost slowest.
pub struct Binding {
    /// Of an elementary item.
    pub offsets: Vec<u32>,
    pub kind: String,
    /// Zeros that P adds on the right.
    pub zeros: u32,
    /// Of a column with nulls: the view that it belongs to.
    pub views: Vec<u32>,
    /// Of a table: its occurrences.
    pub count: u32,
    pub children: Vec<Binding>,
}

/// How a row lies in memory.
pub struct RowShape {
    pub size: usize,
    /// For each view the view it lies in, or -1.
    pub view_parents: Vec<i32>,
    pub bindings: Vec<Binding>,
}

const STATUS: usize = 0;
const VIEWS: usize = 8;

/// Good rows of one batch.
struct Rows<'a> {
    bytes: &'a [u8],
    size: usize,
    starts: &'a [usize],
    /// For each row and view whether it and what it lies in decode.
    views: &'a [bool],
    view_count: usize,
}

/// A row with a value that its column does not hold, a number beyond 38 digits: its index, and where in the row it lies.
pub struct BadRow {
    pub row: usize,
    pub offset: u32,
}

impl RowShape {
    /// Refuses a shape that would reach beyond a row, or that does not fit the columns.
    pub fn check(&self, members: &[Member]) -> Result<(), Fault> {
        let refuse = || Fault::new(Code::Columns, "the rows are not those of the columns");
        let views = VIEWS + self.view_parents.len();
        let parents_precede = self.view_parents.iter().enumerate().all(|(view, &parent)| parent < view as i32);
        let fits = views <= self.size
            && parents_precede
            && self.bindings.len() == members.len()
            && self.bindings.iter().zip(members).all(|(binding, member)| self.fits(binding, &member.column, 1));
        fits.then_some(()).ok_or_else(refuse)
    }

    fn fits(&self, binding: &Binding, column: &Column, occurrences: usize) -> bool {
        let views_fit = if column.nullable { binding.views.len() == occurrences } else { binding.views.is_empty() };
        if !views_fit || !binding.views.iter().all(|&view| (view as usize) < self.view_parents.len()) {
            return false;
        }
        let width = match (&column.values, binding.kind.as_str()) {
            (Values::Nothing { .. }, _) => return true,
            (Values::Struct { members, .. }, _) => {
                let pairs = binding.children.iter().zip(members);
                return binding.children.len() == members.len()
                    && pairs.into_iter().all(|(below, member)| self.fits(below, &member.column, occurrences));
            }
            (Values::List { item, .. }, _) => {
                let inner = occurrences.checked_mul(binding.count as usize);
                return binding.children.len() == 1
                    && inner.is_some_and(|inner| self.fits(&binding.children[0], item, inner));
            }
            (Values::Utf8 { .. }, "text") => 4,
            (Values::Float32(_) | Values::Float64(_), "f64") => 8,
            (Values::Decimal { .. } | Values::WideDecimal { .. } | Values::Int32(_) | Values::Int64(_), "i64") => 8,
            (Values::Decimal { .. } | Values::WideDecimal { .. }, "i128") => 16,
            _ => return false,
        };
        let zeros_max = if width == 16 { DIGITS_MAX } else { INT64_DIGITS };
        binding.zeros <= zeros_max
            && binding.offsets.len() == occurrences
            && binding.offsets.iter().all(|&offset| offset as usize + width <= self.size)
    }

    /// Adds the rows in `bytes` that have no bad status; which were added comes back, as indexes, or a number that is too large.
    pub fn append(&self, bytes: &[u8], skip: &[usize], members: &mut [Member]) -> Result<usize, BadRow> {
        let count = bytes.len() / self.size;
        let is_good = |row: usize| read::<4>(bytes, row * self.size + STATUS) == [0; 4] && !skip.contains(&row);
        let starts: Vec<usize> = (0..count).filter(|&row| is_good(row)).map(|row| row * self.size).collect();
        let views = self.effective_views(bytes, &starts);
        let view_count = self.view_parents.len();
        let rows = Rows { bytes, size: self.size, starts: &starts, views: &views, view_count };
        for (binding, member) in self.bindings.iter().zip(members) {
            append(binding, &mut member.column, &rows, 1)?;
        }
        Ok(starts.len())
    }

    fn effective_views(&self, bytes: &[u8], starts: &[usize]) -> Vec<bool> {
        let count = self.view_parents.len();
        let mut views = Vec::with_capacity(starts.len() * count);
        for start in starts {
            let own = &bytes[start + VIEWS..start + VIEWS + count];
            let first = views.len();
            for (byte, &parent) in own.iter().zip(&self.view_parents) {
                let holds = *byte != 0 && (parent < 0 || views[first + parent as usize]);
                views.push(holds);
            }
        }
        views
    }
}

fn read<const N: usize>(bytes: &[u8], at: usize) -> [u8; N] {
    bytes[at..at + N].try_into().unwrap_or([0; N])
}

fn append(binding: &Binding, column: &mut Column, rows: &Rows<'_>, occurrences: usize) -> Result<(), BadRow> {
    append_values(binding, &mut column.values, rows, occurrences)?;
    if column.nullable {
        for row in rows.views.chunks_exact(rows.view_count) {
            binding.views.iter().for_each(|&view| column.nulls.append(row[view as usize]));
        }
    }
    Ok(())
}

fn append_values(binding: &Binding, values: &mut Values, rows: &Rows<'_>, occurrences: usize) -> Result<(), BadRow> {
    match values {
        Values::Utf8 { ends, bytes } => return append_text(binding, ends, bytes, rows),
        Values::Decimal { values, precision, .. } if binding.kind == "i128" => {
            return append_wide(binding, rows, u32::from(*precision), |value| values.push(value as i64));
        }
        Values::WideDecimal { values, precision, .. } if binding.kind == "i128" => {
            return append_wide(binding, rows, u32::from(*precision), |value| values.push(value));
        }
        Values::Decimal { values, .. } | Values::Int64(values) => {
            let factor = power_of_ten(binding.zeros) as i64;
            extend(values, binding, rows, |at| i64_at(rows, at).wrapping_mul(factor));
        }
        Values::WideDecimal { values, .. } => {
            let factor = power_of_ten(binding.zeros);
            extend(values, binding, rows, |at| i128::from(i64_at(rows, at)) * factor);
        }
        Values::Int32(values) => {
            let factor = power_of_ten(binding.zeros) as i64;
            extend(values, binding, rows, |at| i64_at(rows, at).wrapping_mul(factor) as i32);
        }
        Values::Float32(values) => extend(values, binding, rows, |at| f64_at(rows, at) as f32),
        Values::Float64(values) => extend(values, binding, rows, |at| f64_at(rows, at)),
        Values::Struct { members, len } => {
            for (below, member) in binding.children.iter().zip(members) {
                append(below, &mut member.column, rows, occurrences)?;
            }
            *len += rows.starts.len() * occurrences;
        }
        Values::List { ends, item } => {
            let mut end = item.len() as i32;
            for _ in 0..rows.starts.len() * occurrences {
                end += binding.count as i32;
                ends.push(end);
            }
            return append(&binding.children[0], item, rows, occurrences * binding.count as usize);
        }
        Values::Nothing { len } => *len += rows.starts.len() * occurrences,
    }
    Ok(())
}

/// Adds what lies in every place of the column in every row.
fn extend<T>(values: &mut Vec<T>, binding: &Binding, rows: &Rows<'_>, number: impl Fn(usize) -> T) {
    if let [offset] = binding.offsets[..] {
        values.extend(rows.starts.iter().map(|start| number(start + offset as usize)));
        return;
    }
    values.reserve(rows.starts.len() * binding.offsets.len());
    for start in rows.starts {
        values.extend(binding.offsets.iter().map(|&offset| number(start + offset as usize)));
    }
}

fn i64_at(rows: &Rows<'_>, at: usize) -> i64 {
    i64::from_le_bytes(read(rows.bytes, at))
}

fn f64_at(rows: &Rows<'_>, at: usize) -> f64 {
    f64::from_le_bytes(read(rows.bytes, at))
}

/// The rows come from outside the crate: what is no UTF-8 is found here, for all values at once.
fn append_text(binding: &Binding, ends: &mut Vec<i32>, out: &mut Vec<u8>, rows: &Rows<'_>) -> Result<(), BadRow> {
    let (first, first_end) = (out.len(), ends.len());
    for start in rows.starts {
        for &offset in &binding.offsets {
            let at = start + offset as usize;
            let length = u32::from_le_bytes(read(rows.bytes, at)) as usize;
            let until = (at + 4 + length).min(start + rows.size);
            out.extend_from_slice(&rows.bytes[at + 4..until]);
            ends.push(out.len() as i32);
        }
    }
    let text = std::str::from_utf8(&out[first..]);
    let begins_inside = |&end: &i32| text.is_ok_and(|text| !text.is_char_boundary(end as usize - first));
    let wrong = match text {
        Ok(_) => ends[first_end..].iter().position(begins_inside),
        Err(error) => ends[first_end..].iter().position(|&end| end as usize > first + error.valid_up_to()),
    };
    wrong.map_or(Ok(()), |value| {
        let offset = binding.offsets[value % binding.offsets.len()];
        Err(BadRow { row: rows.starts[value / binding.offsets.len()] / rows.size, offset })
    })
}

fn append_wide(binding: &Binding, rows: &Rows<'_>, precision: u32, mut push: impl FnMut(i128)) -> Result<(), BadRow> {
    let (factor, limit) = (power_of_ten(binding.zeros), power_of_ten(precision));
    for start in rows.starts {
        for &offset in &binding.offsets {
            let value = i128::from_le_bytes(read(rows.bytes, start + offset as usize)).checked_mul(factor);
            match value.filter(|value| value.unsigned_abs() < limit as u128) {
                Some(value) => push(value),
                None => return Err(BadRow { row: start / rows.size, offset }),
            }
        }
    }
    Ok(())
}
