//! One file of columns.

use crate::column::Member;
use crate::fault::Fault;
use crate::gather::{Gather, Taken, Target};
use crate::group::ClosedGroup;
use crate::output::Place;
use crate::rows::{BadRow, RowShape};
use crate::schema::Node;
use crate::sink::{Settings, Sink};

/// Text of one batch has 32-bit ends.
pub const CALL_SIZE_MAX: usize = 1 << 30;

pub struct Finished {
    pub rows: u64,
    pub size: u64,
}

pub struct Writer {
    gather: Gather,
    file: File,
}

struct File {
    sink: Sink,
    place: Place,
    rows: u64,
}

impl Target for File {
    fn room(&self) -> usize {
        self.sink.room()
    }

    fn take(&mut self, members: &mut [Member], rows: usize) -> Result<(), Fault> {
        self.rows += rows as u64;
        self.sink.write(members, rows).map_err(|text| self.place.fault(text))
    }
}

impl Writer {
    pub fn create(path: &str, nodes: &[Node], settings: &Settings) -> Result<Self, Fault> {
        let gather = Gather::new(nodes)?;
        let (place, output) = Place::create(path)?;
        let sink = Sink::open(output, gather.schema(), settings)
            .map_err(|refused| refused.map_or_else(|fault| fault, |text| place.fault(text)))?;
        Ok(Self { gather, file: File { sink, place, rows: 0 } })
    }

    /// As `Gather::write_lines`.
    pub fn write_lines(&mut self, text: &[u8]) -> Result<Taken, Fault> {
        self.gather.write_lines(text, &mut self.file)
    }

    pub fn bind(&mut self, shape: RowShape) -> Result<(), Fault> {
        self.gather.bind(shape)
    }

    /// As `Gather::write_rows`.
    pub fn write_rows(&mut self, bytes: &[u8]) -> Result<Vec<BadRow>, Fault> {
        self.gather.write_rows(bytes, &mut self.file)
    }

    /// Puts a row group that was made elsewhere behind all rows so far.
    pub fn append_group(&mut self, group: ClosedGroup) -> Result<(), Fault> {
        self.gather.end_batch(&mut self.file)?;
        self.file.rows += group.rows as u64;
        self.file.sink.append(group).map_err(|text| self.file.place.fault(text))
    }

    /// Writes what is left and gives the file its name.
    pub fn finish(mut self) -> Result<Finished, Fault> {
        self.gather.end_batch(&mut self.file)?;
        let File { sink, mut place, rows } = self.file;
        sink.finish().map_err(|text| place.fault(text))?;
        Ok(Finished { rows, size: place.publish()? })
    }
}

#[cfg(test)]
mod tests {
    use super::Writer;
    use crate::reader::Reader;
    use crate::rows::{Binding, RowShape};
    use crate::schema::Node;
    use crate::sink::Settings;

    fn node(name: &str, kind: &str, nullable: bool, children: u32) -> Node {
        let (precision, scale) = if kind == "decimal" { (5, 2) } else { (0, 0) };
        Node { name: name.into(), member: name.into(), kind: kind.into(), nullable, precision, scale, children }
    }

    fn columns() -> Vec<Node> {
        vec![
            node("K", "utf8", true, 0),
            node("T", "list", false, 1),
            node("item", "struct", false, 1),
            node("N", "decimal", false, 0),
        ]
    }

    fn open(name: &str, form: &str) -> (String, Writer) {
        let folder = std::env::temp_dir();
        let path = folder.join(format!("headrace-columnar-{}-{name}.{form}", std::process::id()));
        let path = path.to_string_lossy().into_owned();
        let settings = Settings {
            form: form.into(),
            compression: "none".into(),
            group_rows: 3,
            group_bytes: 1 << 20,
            created_by: "test".into(),
        };
        let writer = Writer::create(&path, &columns(), &settings).unwrap_or_else(|fault| panic!("{fault}"));
        (path, writer)
    }

    fn read_back(path: &str) -> String {
        let mut reader = Reader::open(path).unwrap_or_else(|fault| panic!("{fault}"));
        let mut text = Vec::new();
        let mut into = vec![0; 2 << 20];
        while let Some((size, _)) = reader.read(&mut into).unwrap_or_else(|fault| panic!("{fault}")) {
            text.extend_from_slice(&into[..size]);
        }
        std::fs::remove_file(path).unwrap_or_else(|error| panic!("{error}"));
        String::from_utf8(text).unwrap_or_default()
    }

    #[test]
    fn lines_come_back_from_every_form() {
        let lines = "{\"K\":\"a\",\"T\":[{\"N\":1.50},{\"N\":-0.01}]}\n{\"K\":null,\"T\":[]}\n".repeat(5);
        for form in ["parquet", "arrow", "arrow-stream"] {
            let (path, mut writer) = open("lines", form);
            let bad = "{\"K\":\"b\",\"T\":[{\"N\":1},{\"N\":1.505}]}\n";
            let taken = writer.write_lines((lines.clone() + bad).as_bytes()).unwrap_or_else(|fault| panic!("{fault}"));
            assert_eq!((taken.rows, taken.bad.len()), (10, 1));
            assert_eq!((taken.bad[0].line, taken.bad[0].field.as_str()), (10, "T(2).N"));
            assert!(writer.finish().is_ok_and(|finished| finished.rows == 10));
            assert_eq!(read_back(&path), lines);
        }
    }

    /// Status, a view and seven bytes, a text slot of 16 bytes, two numbers.
    fn shape(last: u32) -> RowShape {
        let leaf = |offsets: &[u32], kind: &str, views: &[u32]| Binding {
            offsets: offsets.into(),
            kind: kind.into(),
            zeros: 0,
            views: views.into(),
            count: 0,
            children: vec![],
        };
        let group = Binding { children: vec![leaf(&[32, last], "i64", &[])], ..leaf(&[], "", &[]) };
        let table = Binding { count: 2, children: vec![group], ..leaf(&[], "", &[]) };
        RowShape { size: 48, view_parents: vec![-1], bindings: vec![leaf(&[16], "text", &[0]), table] }
    }

    fn row(status: u8, view: u8, text: &str, numbers: [i64; 2]) -> Vec<u8> {
        let mut row = vec![0; 48];
        (row[0], row[8], row[16]) = (status, view, text.len() as u8);
        row[20..20 + text.len()].copy_from_slice(text.as_bytes());
        row[32..40].copy_from_slice(&numbers[0].to_le_bytes());
        row[40..48].copy_from_slice(&numbers[1].to_le_bytes());
        row
    }

    #[test]
    fn rows_become_columns_and_refused_ones_do_not() {
        let (path, mut writer) = open("rows", "parquet");
        assert!(writer.bind(shape(41)).is_err());
        assert!(writer.bind(shape(40)).is_ok());
        let rows = [row(0, 1, "abc", [150, -1]), row(7, 1, "bad", [0, 0]), row(0, 0, "", [0, 99999])].concat();
        assert!(writer.write_rows(&rows).is_ok_and(|bad| bad.is_empty()));
        let mut torn = row(0, 1, "\u{e9}", [0, 0]);
        torn[16] = 1;
        let bad = writer.write_rows(&torn).unwrap_or_else(|fault| panic!("{fault}"));
        assert_eq!((bad[0].row, bad[0].offset), (0, 16));
        let mut long = row(0, 1, "", [0, 0]);
        long[16..20].copy_from_slice(&u32::MAX.to_le_bytes());
        assert!(writer.write_rows(&long).is_ok());
        assert!(writer.finish().is_ok());
        let text = read_back(&path);
        let expected =
            "{\"K\":\"abc\",\"T\":[{\"N\":1.50},{\"N\":-0.01}]}\n{\"K\":null,\"T\":[{\"N\":0.00},{\"N\":999.99}]}\n";
        assert!(text.starts_with(expected), "{text}");
    }
}
