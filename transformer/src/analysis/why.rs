//! Why something is not so: a sentence, what in the source it is about, and what would help.

use crate::parse::TextRange;

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Why {
    pub reason: String,
    pub at: TextRange,
    pub help: Option<String>,
}

impl Why {
    pub fn new(at: TextRange, reason: impl Into<String>) -> Self {
        Self { reason: reason.into(), at, help: None }
    }

    pub fn help(self, help: impl Into<String>) -> Self {
        Self { help: Some(help.into()), ..self }
    }
}
