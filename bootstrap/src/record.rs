//! What one invocation did: one JSON line at `UNUM_LOG=debug`, read by `unum-streaming timeline`.

use std::{
    ops::AddAssign,
    time::{SystemTime, UNIX_EPOCH},
};

use serde::Serialize;

use crate::output;

/// Unix milliseconds.
pub type Millis = f64;

pub fn now() -> Millis {
    SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default().as_secs_f64() * 1000.0
}

#[derive(Debug, Default, Serialize)]
pub struct Record {
    #[serde(rename = "v")]
    pub version: u32,
    pub function: String,
    pub session: String,
    pub request_id: String,
    /// The function whose result is this one's event.
    pub source: Option<String>,
    /// Whether the handler's source was transformed.
    pub streaming: bool,
    pub received_ms: Millis,
    pub started_ms: Millis,
    pub ended_ms: Millis,
    pub next: Vec<NextInvoked>,
    /// Why fields that were ready did not go ahead of the return.
    pub held_back: Option<String>,
    pub published: Vec<Published>,
    pub resolved: Vec<Resolved>,
    pub store: Costs,
    pub outcome: &'static str,
}

#[derive(Debug, Serialize)]
pub struct NextInvoked {
    pub function: String,
    pub at_ms: Millis,
    pub acknowledged_ms: Option<Millis>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub failed: Option<Failed>,
    /// Before this function returned.
    pub early: bool,
    pub inline: Vec<String>,
    pub bytes: usize,
    /// Id of the X-Ray subsegment that next's segment hangs below.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub subsegment: Option<String>,
}

#[derive(Debug, Serialize)]
pub struct Published {
    pub field: String,
    pub at_ms: Millis,
    pub stored_ms: Option<Millis>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub failed: Option<Failed>,
    pub bytes: usize,
    /// Travelled inside the event for next, not through the store.
    pub inline: bool,
}

/// A request that came to nothing.
#[derive(Debug, Serialize)]
pub struct Failed {
    pub at_ms: Millis,
    pub error_type: &'static str,
}

#[derive(Debug, Serialize)]
pub struct Resolved {
    pub field: String,
    pub asked_ms: Millis,
    pub answered_ms: Millis,
    /// When the value had come from the store; before `asked_ms` if it was there already.
    pub available_ms: Option<Millis>,
    pub waited_ms: Millis,
    pub error: Option<String>,
    /// The class of what the handler's access raised.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub error_type: Option<&'static str>,
}

/// Requests to the field store and bytes of values.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Costs {
    pub writes: u64,
    pub reads: u64,
    pub bytes_written: u64,
    pub bytes_read: u64,
}

impl AddAssign for Costs {
    fn add_assign(&mut self, more: Self) {
        self.writes += more.writes;
        self.reads += more.reads;
        self.bytes_written += more.bytes_written;
        self.bytes_read += more.bytes_read;
    }
}

#[derive(Serialize)]
struct Line<'a> {
    unum_streaming: &'a Record,
}

impl Record {
    /// Writes the record to stderr as one line.
    pub fn write(&self) {
        let line = serde_json::to_string(&Line { unum_streaming: self }).unwrap_or_default();
        output::say(&mut output::stderr(), &line);
    }
}
