//! Why a module runs as written.

use crate::parse::TextSize;

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refusal {
    pub reason: String,
    pub at: Option<TextSize>,
}

impl Refusal {
    pub fn at(at: TextSize, reason: impl Into<String>) -> Self {
        Self { reason: reason.into(), at: Some(at) }
    }

    pub fn whole(reason: impl Into<String>) -> Self {
        Self { reason: reason.into(), at: None }
    }
}
