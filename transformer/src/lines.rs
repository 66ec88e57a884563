//! Byte offset → line number, with every line ending that Python knows.

use crate::parse::TextSize;

pub struct Lines {
    /// Offset of each line's first byte.
    starts: Vec<usize>,
}

impl Lines {
    pub fn new(text: &str) -> Self {
        let bytes = text.as_bytes();
        let ends_line = |&(at, byte): &(usize, u8)| {
            byte == b'\n' || byte == b'\r' && bytes.get(at + 1).is_none_or(|&next| next != b'\n')
        };
        let ends = bytes.iter().copied().enumerate().filter(ends_line).map(|(at, _)| at + 1);
        Self { starts: std::iter::once(0).chain(ends).collect() }
    }

    /// Counted from one.
    pub fn line(&self, offset: TextSize) -> u32 {
        let line = self.starts.partition_point(|&start| start <= offset.to_usize());
        u32::try_from(line).unwrap_or(u32::MAX)
    }
}
