//! The one door to the Python grammar.

use rustpython_parser::{Parse, ast::Suite};
pub use rustpython_parser::{ast, text_size::TextSize};

use crate::lines::Lines;

#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{message} at line {line}")]
pub struct SyntaxError {
    pub message: String,
    pub line: u32,
}

/// The module's statements. Nesting must have been checked before: parsing, walking and dropping recurse.
pub fn parse(text: &str) -> Result<Suite, SyntaxError> {
    Suite::parse(text, "<module>")
        .map_err(|error| SyntaxError { line: Lines::new(text).line(error.offset), message: error.error.to_string() })
}
