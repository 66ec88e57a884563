//! Decides which fields of a handler's result are final early, and edits the source to publish them.

mod report;

pub use report::{FieldReport, Report, Verdict};

/// One handler's source, decided.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Transformation {
    pub report: Report,
    /// The edited module; none: run the module as written.
    pub source: Option<String>,
}

/// Decides what streams from `handler`, a function's name inside this module, and edits the module accordingly.
///
/// `source` is a Python module's bytes: a byte order mark and a coding cookie are honoured.
pub fn transform(source: &[u8], handler: &str) -> Transformation {
    let _ = source;
    let report = Report {
        can_stream: false,
        reason: "nothing is analysed yet".to_owned(),
        line: None,
        handler: handler.to_owned(),
        injected_name: None,
        keys: Vec::new(),
        fields: Vec::new(),
    };
    Transformation { report, source: None }
}
