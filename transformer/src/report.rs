//! What was decided and why, for people and for programs.

use serde::Serialize;

/// What can stream from one handler, and why the rest cannot.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Report {
    /// At least one field is published before the return.
    pub can_stream: bool,
    /// Why not, or a one-line summary of what streams.
    pub reason: String,
    /// Line that `reason` is about.
    pub line: Option<u32>,
    pub handler: String,
    /// Name under which the publisher is reached.
    pub injected_name: Option<String>,
    /// The result's keys, in order, where certain.
    pub keys: Vec<String>,
    pub fields: Vec<FieldReport>,
}

/// What happens to one field of the result.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct FieldReport {
    pub field_name: String,
    pub computed_at_line: Option<u32>,
    pub verdict: Verdict,
    /// Line after which it is published early.
    pub published_at_line: Option<u32>,
    /// One sentence.
    pub reason: String,
    pub reason_line: Option<u32>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// Published before the return, if nobody else can change the value by then.
    Published,
    /// Sent at the return.
    AtReturn,
}
