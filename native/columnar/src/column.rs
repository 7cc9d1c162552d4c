//! Columns that grow value by value and become Arrow arrays.

use std::mem::take;
use std::sync::Arc;

use arrow_array::types::{Decimal128Type, Float32Type, Float64Type, Int32Type, Int64Type};
use arrow_array::{ArrayRef, ArrowPrimitiveType, ListArray, NullArray, PrimitiveArray, StringArray, StructArray};
use arrow_buffer::{Buffer, NullBuffer, NullBufferBuilder, OffsetBuffer, ScalarBuffer};
use arrow_schema::{ArrowError, FieldRef, Fields};

/// One column, or a part of one: what lies in a group or a table is a column of its own.
pub struct Column {
    pub field: FieldRef,
    pub nullable: bool,
    /// Untouched where the column is not nullable.
    pub nulls: NullBufferBuilder,
    pub values: Values,
}

pub enum Values {
    /// `ends[i]` is where value i ends in `bytes`.
    Utf8 {
        ends: Vec<i32>,
        bytes: Vec<u8>,
    },
    /// Of at most 18 digits.
    Decimal {
        values: Vec<i64>,
        precision: u8,
        scale: i8,
    },
    WideDecimal {
        values: Vec<i128>,
        precision: u8,
        scale: i8,
    },
    Int32(Vec<i32>),
    Int64(Vec<i64>),
    Float32(Vec<f32>),
    Float64(Vec<f64>),
    Struct {
        members: Vec<Member>,
        len: usize,
    },
    /// `ends[i]` is where list i ends in `item`.
    List {
        ends: Vec<i32>,
        item: Box<Column>,
    },
    /// A group without a named item: it is in JSON, and no column.
    Nothing {
        len: usize,
    },
}

/// A member of a group, with the name it has in JSON.
pub struct Member {
    pub name: String,
    pub column: Column,
}

impl Column {
    pub fn len(&self) -> usize {
        match &self.values {
            Values::Utf8 { ends, .. } | Values::List { ends, .. } => ends.len(),
            Values::Decimal { values, .. } => values.len(),
            Values::WideDecimal { values, .. } => values.len(),
            Values::Int32(values) => values.len(),
            Values::Int64(values) => values.len(),
            Values::Float32(values) => values.len(),
            Values::Float64(values) => values.len(),
            Values::Struct { len, .. } | Values::Nothing { len } => *len,
        }
    }

    /// Marks the value that was added last as there.
    pub fn mark_valid(&mut self) {
        if self.nullable {
            self.nulls.append_non_null();
        }
    }

    /// Adds a null; in a column that is not nullable what stands below a null: a value nobody sees.
    pub fn push_null(&mut self) {
        if self.nullable {
            self.nulls.append_null();
        }
        match &mut self.values {
            Values::Utf8 { ends, bytes } => ends.push(bytes.len() as i32),
            Values::Decimal { values, .. } => values.push(0),
            Values::WideDecimal { values, .. } => values.push(0),
            Values::Int32(values) => values.push(0),
            Values::Int64(values) => values.push(0),
            Values::Float32(values) => values.push(0.0),
            Values::Float64(values) => values.push(0.0),
            Values::Struct { members, len } => {
                members.iter_mut().for_each(|member| member.column.push_null());
                *len += 1;
            }
            Values::List { ends, item } => ends.push(item.len() as i32),
            Values::Nothing { len } => *len += 1,
        }
    }

    /// Takes back all values behind the first `count`.
    pub fn truncate(&mut self, count: usize) {
        if self.nullable {
            self.nulls.truncate(count);
        }
        let end = |ends: &[i32]| count.checked_sub(1).map_or(0, |last| ends[last] as usize);
        match &mut self.values {
            Values::Utf8 { ends, bytes } => {
                ends.truncate(count);
                bytes.truncate(end(ends));
            }
            Values::Decimal { values, .. } => values.truncate(count),
            Values::WideDecimal { values, .. } => values.truncate(count),
            Values::Int32(values) => values.truncate(count),
            Values::Int64(values) => values.truncate(count),
            Values::Float32(values) => values.truncate(count),
            Values::Float64(values) => values.truncate(count),
            Values::Struct { members, len } => {
                members.iter_mut().for_each(|member| member.column.truncate(count));
                *len = count;
            }
            Values::List { ends, item } => {
                ends.truncate(count);
                item.truncate(end(ends));
            }
            Values::Nothing { len } => *len = count,
        }
    }

    pub fn is_nothing(&self) -> bool {
        matches!(self.values, Values::Nothing { .. })
    }

    /// The values as an array; the column is empty then.
    pub fn finish(&mut self) -> Result<ArrayRef, ArrowError> {
        let nulls = if self.nullable { self.nulls.finish() } else { None };
        Ok(match &mut self.values {
            Values::Utf8 { ends, bytes } => {
                let offsets = offsets_of(ends);
                // SAFETY: the text of each value was found to be UTF-8 before it was added, and the ends only grow.
                Arc::new(unsafe { StringArray::new_unchecked(offsets, Buffer::from_vec(take(bytes)), nulls) })
            }
            Values::Decimal { values, precision, scale } => {
                let wide = take(values).into_iter().map(i128::from).collect();
                Arc::new(decimals(wide, nulls).with_precision_and_scale(*precision, *scale)?)
            }
            Values::WideDecimal { values, precision, scale } => {
                Arc::new(decimals(take(values), nulls).with_precision_and_scale(*precision, *scale)?)
            }
            Values::Int32(values) => primitive::<Int32Type>(values, nulls),
            Values::Int64(values) => primitive::<Int64Type>(values, nulls),
            Values::Float32(values) => primitive::<Float32Type>(values, nulls),
            Values::Float64(values) => primitive::<Float64Type>(values, nulls),
            Values::Struct { members, len } => {
                let (fields, arrays) = finish_members(members)?;
                Arc::new(StructArray::try_new_with_length(fields, arrays, nulls, take(len))?)
            }
            Values::List { ends, item } => {
                Arc::new(ListArray::try_new(item.field.clone(), offsets_of(ends), item.finish()?, nulls)?)
            }
            Values::Nothing { len } => Arc::new(NullArray::new(take(len))),
        })
    }
}

fn offsets_of(ends: &mut Vec<i32>) -> OffsetBuffer<i32> {
    let mut offsets = Vec::with_capacity(ends.len() + 1);
    offsets.push(0);
    offsets.append(ends);
    OffsetBuffer::new(ScalarBuffer::from(offsets))
}

fn decimals(values: Vec<i128>, nulls: Option<NullBuffer>) -> PrimitiveArray<Decimal128Type> {
    PrimitiveArray::new(ScalarBuffer::from(values), nulls)
}

fn primitive<T: ArrowPrimitiveType>(values: &mut Vec<T::Native>, nulls: Option<NullBuffer>) -> ArrayRef {
    Arc::new(PrimitiveArray::<T>::new(ScalarBuffer::from(take(values)), nulls))
}

/// The members that have something to write, with their fields. Those that have not are emptied.
pub fn finish_members(members: &mut [Member]) -> Result<(Fields, Vec<ArrayRef>), ArrowError> {
    let mut fields = Vec::with_capacity(members.len());
    let mut arrays = Vec::with_capacity(members.len());
    for Member { column, .. } in members {
        if column.is_nothing() {
            column.truncate(0);
        } else {
            fields.push(column.field.clone());
            arrays.push(column.finish()?);
        }
    }
    Ok((fields.into(), arrays))
}
