//! Lambda's refusal of an outcome, most often because it has more than 6 MB.

use std::{
    fmt::{self, Display, Formatter},
    time::{SystemTime, UNIX_EPOCH},
};

use crate::output;

/// AWS's own runtime ends then. Alarms wait for its words, so they are ours, too.
#[derive(Debug)]
pub struct Refusal {
    /// `response` or `error`.
    pub outcome: &'static str,
    /// Of HTTP.
    pub status: u16,
    /// What the Runtime API said about it.
    pub answer: String,
}

impl Refusal {
    pub fn print(&self) {
        let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default().as_millis();
        output::say(&mut output::stdout(), &format_args!("[ERROR] [{now}] LAMBDA_RUNTIME {self}"));
        let error = format_args!(
            "Traceback (most recent call last):\nRuntimeError: Failed to post invocation {}",
            self.outcome
        );
        output::say(&mut output::stderr(), &error);
    }
}

impl Display for Refusal {
    /// AWS's words, which speak of success in either case.
    fn fmt(&self, formatter: &mut Formatter<'_>) -> fmt::Result {
        let Self { status, answer, .. } = self;
        write!(formatter, "Failed to post handler success response. Http response code: {status}. {answer}")
    }
}
