//! Decides which fields of a handler's result are final early, and edits the source to publish them.
//!
//! Pure: source text in, edited text and a report out.

mod analysis;
mod decide;
mod decode;
mod edit;
mod handler;
mod identifiers;
mod lines;
mod nesting;
mod parse;
mod plan;
mod refusal;
mod report;
mod verify;

use std::thread;

pub use decode::DecodeError;
pub use parse::SyntaxError;
pub use report::{FieldReport, Report, Verdict};

/// Largest module that is analysed.
const MAX_SOURCE_BYTES: usize = 2 * 1024 * 1024;
/// For the parser's thread: reserved, not used.
const STACK_BYTES: usize = 256 * 1024 * 1024;

/// One handler's source, decided.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Transformation {
    pub report: Report,
    /// The edited module; none: run the module as written.
    pub source: Option<String>,
}

/// Why a module could not be analysed at all.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum InputError {
    #[error(transparent)]
    Decode(#[from] DecodeError),
    #[error("the source is larger than {MAX_SOURCE_BYTES} bytes")]
    TooLarge,
    #[error("the source nests too deep")]
    TooDeep,
    #[error(transparent)]
    Syntax(#[from] SyntaxError),
    #[error("no function `{0}` in the module")]
    HandlerMissing(String),
    #[error("the analysis failed on this source")]
    Failed,
}

impl InputError {
    pub fn line(&self) -> Option<u32> {
        match self {
            Self::Syntax(error) => Some(error.line),
            Self::Decode(_) | Self::TooLarge | Self::TooDeep | Self::HandlerMissing(_) | Self::Failed => None,
        }
    }
}

/// Decides what streams from `handler`, a function's name inside this module, and edits the module accordingly.
///
/// `source` is a Python module's bytes: a byte order mark and a coding cookie are honoured. What cannot be analysed runs
/// as written.
pub fn transform(source: &[u8], handler: &str) -> Transformation {
    try_transform(source, handler).unwrap_or_else(|error| {
        let report = Report::as_written(handler, error.to_string(), error.line());
        Transformation { report, source: None }
    })
}

/// The same, for callers that tell a module that cannot be analysed from one that cannot stream.
pub fn try_transform(source: &[u8], handler: &str) -> Result<Transformation, InputError> {
    if source.len() > MAX_SOURCE_BYTES {
        return Err(InputError::TooLarge);
    }
    let text = decode::decode(source)?;
    if nesting::too_deep(&text) {
        return Err(InputError::TooDeep);
    }
    thread::scope(|scope| {
        let parser = thread::Builder::new().name("transformer".to_owned()).stack_size(STACK_BYTES);
        let decided = parser.spawn_scoped(scope, || decide::decide(&text, handler)).map_err(|_| InputError::Failed)?;
        decided.join().unwrap_or(Err(InputError::Failed))
    })
}
