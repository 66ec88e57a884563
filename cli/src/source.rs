//! Where quoted text comes from.

use unum_transformer::Transformation;

pub const BYTE_ORDER_MARK: char = '\u{feff}';

/// The lines that a report is about.
pub struct Source(Vec<String>);

impl Source {
    /// `module` is the handler's own; the report may be about another one, or about one that is not at hand.
    pub fn of(transformation: &Transformation, module: &[u8]) -> Self {
        match (&transformation.report.module, &transformation.other) {
            (None, _) => Self::new(&decode(module)),
            (Some(_), Some(other)) => Self::new(&decode(&other.source)),
            (Some(_), None) => Self(Vec::new()),
        }
    }

    pub fn new(text: &str) -> Self {
        let mut lines = Vec::new();
        let mut rest = text.strip_prefix(BYTE_ORDER_MARK).unwrap_or(text);
        while let Some(end) = rest.find(['\n', '\r']) {
            lines.push(rest[..end].to_owned());
            let ending = if rest[end..].starts_with("\r\n") { 2 } else { 1 };
            rest = &rest[end + ending..];
        }
        lines.push(rest.to_owned());
        Self(lines)
    }

    /// Counted from one.
    pub fn line(&self, number: u32) -> Option<&str> {
        let index = usize::try_from(number).ok()?.checked_sub(1)?;
        self.0.get(index).map(|line| line.trim_end())
    }
}

/// What is not UTF-8 can only have been analysed as Latin-1.
pub fn decode(module: &[u8]) -> String {
    match str::from_utf8(module) {
        Ok(text) => text.to_owned(),
        Err(_) => module.iter().copied().map(char::from).collect(),
    }
}
