//! The words of JSON (RFC 8259) as a reader of lines meets them.

/// Groups and arrays of a value that is passed over lie inside each other at most so deep.
const DEPTH_MAX: u32 = 128;

/// A place in one line.
pub struct Cursor<'a> {
    pub text: &'a [u8],
    pub at: usize,
}

/// What stands there is not JSON, or not what is wanted.
pub struct Unexpected;

impl<'a> Cursor<'a> {
    pub fn new(text: &'a [u8]) -> Self {
        Self { text, at: 0 }
    }

    /// The next byte that is no white space, or 0 at the end.
    pub fn peek(&mut self) -> u8 {
        while let Some(&byte) = self.text.get(self.at) {
            if !matches!(byte, b' ' | b'\t' | b'\r' | b'\n') {
                return byte;
            }
            self.at += 1;
        }
        0
    }

    /// Takes `byte` when it is next.
    pub fn take(&mut self, byte: u8) -> bool {
        let is_next = self.peek() == byte && self.at < self.text.len();
        self.at += usize::from(is_next);
        is_next
    }

    pub fn expect(&mut self, byte: u8) -> Result<(), Unexpected> {
        if self.take(byte) {
            Ok(())
        } else {
            Err(Unexpected)
        }
    }

    pub fn take_word(&mut self, word: &[u8]) -> bool {
        self.peek();
        let is_next = self.text[self.at..].starts_with(word);
        self.at += if is_next { word.len() } else { 0 };
        is_next
    }

    /// The bytes up to what can be no part of a number.
    pub fn number(&mut self) -> &'a [u8] {
        self.peek();
        let from = self.at;
        while matches!(self.text.get(self.at), Some(b'0'..=b'9' | b'.' | b'-' | b'+' | b'e' | b'E')) {
            self.at += 1;
        }
        &self.text[from..self.at]
    }

    /// Adds the text of a string to `out`. The line is UTF-8.
    pub fn string(&mut self, out: &mut Vec<u8>) -> Result<(), Unexpected> {
        self.expect(b'"')?;
        loop {
            let from = self.at;
            self.at += plain_length(&self.text[from..]);
            out.extend_from_slice(&self.text[from..self.at]);
            match self.text.get(self.at) {
                Some(b'"') => {
                    self.at += 1;
                    return Ok(());
                }
                Some(b'\\') => self.escape(out)?,
                _ => return Err(Unexpected),
            }
        }
    }

    fn escape(&mut self, out: &mut Vec<u8>) -> Result<(), Unexpected> {
        let byte = *self.text.get(self.at + 1).ok_or(Unexpected)?;
        self.at += 2;
        let plain = match byte {
            b'"' | b'\\' | b'/' => byte,
            b'b' => 8,
            b'f' => 12,
            b'n' => b'\n',
            b'r' => b'\r',
            b't' => b'\t',
            b'u' => return self.point(out),
            _ => return Err(Unexpected),
        };
        out.push(plain);
        Ok(())
    }

    /// A surrogate without its other half is no text.
    fn point(&mut self, out: &mut Vec<u8>) -> Result<(), Unexpected> {
        let mut point = self.hex()?;
        if (0xd800..0xdc00).contains(&point) && self.text[self.at..].starts_with(b"\\u") {
            self.at += 2;
            let low = self.hex()?;
            if (0xdc00..0xe000).contains(&low) {
                point = 0x10000 + ((point - 0xd800) << 10) + (low - 0xdc00);
            }
        }
        let character = char::from_u32(point).ok_or(Unexpected)?;
        out.extend_from_slice(character.encode_utf8(&mut [0; 4]).as_bytes());
        Ok(())
    }

    fn hex(&mut self) -> Result<u32, Unexpected> {
        let digits = self.text.get(self.at..self.at + 4).ok_or(Unexpected)?;
        self.at += 4;
        digits.iter().try_fold(0, |value, &byte| Ok(value << 4 | char::from(byte).to_digit(16).ok_or(Unexpected)?))
    }

    /// Passes over a value.
    pub fn skip(&mut self, depth: u32) -> Result<(), Unexpected> {
        if depth == DEPTH_MAX {
            return Err(Unexpected);
        }
        match self.peek() {
            b'"' => self.string(&mut Vec::new()),
            b'{' => self.skip_members(b'}', depth),
            b'[' => self.skip_members(b']', depth),
            b'-' | b'0'..=b'9' => {
                self.number();
                Ok(())
            }
            _ if self.take_word(b"null") || self.take_word(b"true") || self.take_word(b"false") => Ok(()),
            _ => Err(Unexpected),
        }
    }

    fn skip_members(&mut self, end: u8, depth: u32) -> Result<(), Unexpected> {
        self.at += 1;
        if self.take(end) {
            return Ok(());
        }
        loop {
            if end == b'}' {
                self.string(&mut Vec::new())?;
                self.expect(b':')?;
            }
            self.skip(depth + 1)?;
            if self.take(end) {
                return Ok(());
            }
            self.expect(b',')?;
        }
    }
}

const ONES: u64 = u64::MAX / 255;
const HIGHS: u64 = ONES * 128;

/// A high bit in each byte of `word` that is zero, exact up to the first.
const fn zeros(word: u64) -> u64 {
    word.wrapping_sub(ONES) & !word & HIGHS
}

/// Bytes up to the first quote, backslash or control character, eight at a time.
fn plain_length(text: &[u8]) -> usize {
    let mut words = text.chunks_exact(8);
    let mut at = 0;
    for word in words.by_ref() {
        let word = u64::from_le_bytes(word.try_into().unwrap_or_default());
        let controls = word.wrapping_sub(ONES * 0x20) & !word & HIGHS;
        let ends = zeros(word ^ (ONES * b'"' as u64)) | zeros(word ^ (ONES * b'\\' as u64)) | controls;
        if ends != 0 {
            return at + (ends.trailing_zeros() / 8) as usize;
        }
        at += 8;
    }
    let is_end = |byte: &u8| matches!(byte, b'"' | b'\\' | 0..=0x1f);
    at + words.remainder().iter().position(is_end).unwrap_or(words.remainder().len())
}

#[cfg(test)]
mod tests {
    use super::Cursor;

    fn read(text: &str) -> Option<String> {
        let mut out = Vec::new();
        Cursor::new(text.as_bytes()).string(&mut out).ok()?;
        String::from_utf8(out).ok()
    }

    #[test]
    fn strings_are_read_with_their_escapes() {
        assert_eq!(read(r#""""#).as_deref(), Some(""));
        assert_eq!(read(r#""a longer text, ä €, 0123456789""#).as_deref(), Some("a longer text, ä €, 0123456789"));
        assert_eq!(read(r#""\"\\\/\b\f\n\r\t\u0041\ud83d\ude00x""#).as_deref(), Some("\"\\/\u{8}\u{c}\n\r\tA😀x"));
        for bad in
            ["\"", "\"a", r#""\"#, r#""\x""#, r#""\u12""#, r#""\ud800""#, r#""\udc00""#, "\"\n\"", "\"1234567\u{1}\""]
        {
            assert_eq!(read(bad), None, "{bad}");
        }
    }

    #[test]
    fn values_are_passed_over() {
        for text in
            ["1", "-1.5e3", "\"a\\\"b\"", "{}", "[]", "[1,[2,{\"a\":null}],true]", "{\"a\":{\"b\":false},\"c\":[]}"]
        {
            let mut cursor = Cursor::new(text.as_bytes());
            assert!(cursor.skip(0).is_ok() && cursor.at == text.len(), "{text}");
        }
        for text in ["", "{", "[1", "{\"a\"}", "nul", "[1 2]"] {
            assert!(Cursor::new(text.as_bytes()).skip(0).is_err(), "{text}");
        }
        assert!(Cursor::new("[".repeat(10_000).as_bytes()).skip(0).is_err());
    }
}
