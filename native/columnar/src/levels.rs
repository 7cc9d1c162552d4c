//! Definition and repetition levels (Dremel's): where in a column's values rows, nulls and empty lists are.

use arrow_buffer::NullBuffer;

/// A slot without a value: a null, an empty list, or what lies in one.
const NONE: u32 = u32::MAX;

/// The places of a column in some rows, each with its levels. A column of the record itself that has no null has no levels.
pub struct Slots {
    pub count: usize,
    pub definition_max: u32,
    pub repetition_max: u32,
    /// For each slot; none where the level can only be 0.
    pub definitions: Vec<u32>,
    pub repetitions: Vec<u32>,
    /// For each slot its value's index, or NONE; slot i has value i where this is not there.
    values: Option<Vec<u32>>,
}

impl Slots {
    pub fn of_rows(count: usize) -> Self {
        let (definitions, repetitions) = (Vec::new(), Vec::new());
        Self { count, definition_max: 0, repetition_max: 0, definitions, repetitions, values: None }
    }

    /// The values that are there, by their index; `None` where all are.
    pub fn picks(&self) -> Option<Vec<u32>> {
        self.values.as_ref().map(|values| values.iter().copied().filter(|&value| value != NONE).collect())
    }

    fn value(&self, slot: usize) -> u32 {
        self.values.as_ref().map_or(slot as u32, |values| values[slot])
    }

    fn definition(&self, slot: usize) -> u32 {
        self.definitions.get(slot).copied().unwrap_or(0)
    }

    fn repetition(&self, slot: usize) -> u32 {
        self.repetitions.get(slot).copied().unwrap_or(0)
    }

    /// The same slots where values may be null.
    pub fn nullable(&self, nulls: Option<&NullBuffer>) -> Self {
        let definition_max = self.definition_max + 1;
        let is_null = |value: u32| value != NONE && nulls.is_some_and(|nulls| nulls.is_null(value as usize));
        let there = |slot: usize| self.value(slot) != NONE && !is_null(self.value(slot));
        let definition = |slot| if there(slot) { definition_max } else { self.definition(slot) };
        let value = |slot| if there(slot) { self.value(slot) } else { NONE };
        let is_whole = self.values.is_none() && nulls.is_none_or(|nulls| nulls.null_count() == 0);
        Self {
            count: self.count,
            definition_max,
            repetition_max: self.repetition_max,
            definitions: (0..self.count).map(definition).collect(),
            repetitions: self.repetitions.clone(),
            values: (!is_whole).then(|| (0..self.count).map(value).collect()),
        }
    }

    /// The elements of lists: `ends[i]` is where those of list i end.
    pub fn elements(&self, ends: &[i32]) -> Self {
        let mut inner = Self::of_rows(0);
        (inner.definition_max, inner.repetition_max) = (self.definition_max + 1, self.repetition_max + 1);
        let mut values = Vec::new();
        for slot in 0..self.count {
            let list = self.value(slot) as usize;
            let elements = if list == NONE as usize { 0..0 } else { start_of(ends, list)..ends[list] as u32 };
            if elements.is_empty() {
                inner.definitions.push(self.definition(slot));
                inner.repetitions.push(self.repetition(slot));
                values.push(NONE);
            }
            for element in elements.clone() {
                inner.definitions.push(inner.definition_max);
                let is_first = element == elements.start;
                inner.repetitions.push(if is_first { self.repetition(slot) } else { inner.repetition_max });
                values.push(element);
            }
        }
        inner.count = values.len();
        let is_whole = values.iter().enumerate().all(|(slot, &value)| value == slot as u32);
        inner.values = (!is_whole).then_some(values);
        inner
    }
}

fn start_of(ends: &[i32], list: usize) -> u32 {
    list.checked_sub(1).map_or(0, |before| ends[before] as u32)
}

#[cfg(test)]
mod tests {
    use super::Slots;
    use arrow_buffer::NullBuffer;

    #[test]
    fn nulls_and_empty_lists_have_levels_and_no_values() {
        let rows = Slots::of_rows(3);
        assert_eq!((rows.picks(), rows.definitions.len()), (None, 0));
        let views = rows.nullable(Some(&NullBuffer::from(vec![true, false, true])));
        assert_eq!((views.definitions.clone(), views.picks()), (vec![1, 0, 1], Some(vec![0, 2])));
        // Lists of 2, none (below the null) and 0 elements.
        let elements = views.elements(&[2, 2, 2]);
        assert_eq!(elements.definitions, [2, 2, 0, 1]);
        assert_eq!(elements.repetitions, [0, 1, 0, 0]);
        assert_eq!(elements.picks(), Some(vec![0, 1]));
        let inner = elements.elements(&[1, 3]);
        assert_eq!(inner.definitions, [3, 3, 3, 0, 1]);
        assert_eq!(inner.repetitions, [0, 1, 2, 0, 0]);
    }

    #[test]
    fn tables_of_one_length_have_all_their_values() {
        let table = Slots::of_rows(2).elements(&[2, 4]);
        assert_eq!((table.picks(), table.repetitions.clone()), (None, vec![0, 1, 0, 1]));
        assert_eq!(table.nullable(None).definitions, [2; 4]);
    }
}
