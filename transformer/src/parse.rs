//! The one door to the Python grammar.

use rustpython_parser::{Parse, ast::Suite};
pub use rustpython_parser::{
    ast,
    text_size::{TextRange, TextSize},
};

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SyntaxError {
    pub message: String,
    pub at: TextSize,
}

/// The statements of a text that begins, in the first column, at byte `offset` of its module. Nesting must have been
/// checked before: parsing, walking and dropping recurse.
pub fn parse_at(text: &str, offset: usize) -> Result<Suite, SyntaxError> {
    let offset = TextSize::try_from(offset).unwrap_or_default();
    Suite::parse_starts_at(text, "<module>", offset)
        .map_err(|error| SyntaxError { at: error.offset, message: error.error.to_string() })
}
