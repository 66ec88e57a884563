//! Byte offset → line number, with every line ending that Python knows.

use crate::{
    parse::{TextRange, TextSize},
    report::Place,
};

pub struct Lines<'t> {
    text: &'t str,
    /// Offset of each line's first byte.
    starts: Vec<usize>,
}

impl<'t> Lines<'t> {
    pub fn new(text: &'t str) -> Self {
        let bytes = text.as_bytes();
        let ends_line = |&at: &usize| bytes[at] == b'\n' || bytes.get(at + 1).is_none_or(|&next| next != b'\n');
        let ends = memchr::memchr2_iter(b'\n', b'\r', bytes).filter(ends_line).map(|at| at + 1);
        Self { text, starts: std::iter::once(0).chain(ends).collect() }
    }

    /// Counted from one.
    pub fn line(&self, offset: TextSize) -> u32 {
        count(self.starts.partition_point(|&start| start <= offset.to_usize()))
    }

    /// The line, counted from one, and the bytes in front on it.
    pub fn bytes(&self, offset: TextSize) -> (u32, u32) {
        let line = self.line(offset);
        (line, count(offset.to_usize() - self.starts[line as usize - 1]))
    }

    /// What is empty is taken to be a name, or else one character.
    pub fn place(&self, range: TextRange) -> Place {
        let range = if range.is_empty() { self.word_at(range.start()) } else { range };
        let ((line, column), (end_line, end_column)) = (self.position(range.start()), self.position(range.end()));
        Place { line, column, end_line, end_column }
    }

    fn word_at(&self, at: TextSize) -> TextRange {
        let rest = self.text.get(at.to_usize()..).unwrap_or_default();
        let length = rest.find(|char: char| !char.is_alphanumeric() && char != '_').unwrap_or(rest.len());
        let length = if length == 0 { rest.chars().next().map_or(0, char::len_utf8) } else { length };
        TextRange::at(at, TextSize::try_from(length).unwrap_or_default())
    }

    fn position(&self, offset: TextSize) -> (u32, u32) {
        let line = self.line(offset);
        let start = self.starts[line as usize - 1];
        let before = self.text.get(start..offset.to_usize()).unwrap_or_default();
        (line, count(before.chars().count() + 1))
    }
}

fn count(number: usize) -> u32 {
    u32::try_from(number).unwrap_or(u32::MAX)
}
