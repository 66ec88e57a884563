//! Why a module runs as written.

use crate::{
    analysis::why::Why,
    parse::{TextRange, TextSize},
};

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refusal {
    pub reason: String,
    pub at: Option<TextRange>,
    pub help: Option<String>,
}

impl Refusal {
    pub fn at(at: TextSize, reason: impl Into<String>) -> Self {
        Self { reason: reason.into(), at: Some(TextRange::empty(at)), help: None }
    }

    pub fn of(at: TextRange, reason: impl Into<String>) -> Self {
        Self { reason: reason.into(), at: Some(at), help: None }
    }

    pub fn help(self, help: impl Into<String>) -> Self {
        Self { help: Some(help.into()), ..self }
    }
}

impl From<Why> for Refusal {
    fn from(why: Why) -> Self {
        Self { reason: why.reason, at: Some(why.at), help: why.help }
    }
}
