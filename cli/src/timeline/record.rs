//! One invocation's record, as its function has written it.

use serde::Deserialize;
use serde_json::Value;

/// Unix milliseconds.
pub type Millis = f64;

/// The one version of the record that this command reads.
const VERSION: u64 = 1;
pub const KEY: &str = "unum_streaming";
/// The outcome of a repeated event that `UNUM_CHECKPOINT` answered: no handler ran, so there is nothing to draw.
const RECORDED: &str = "recorded";
/// Far beyond any log; keeps the arithmetic of the drawing finite.
const LATEST: Millis = 1e15;

#[derive(Debug, thiserror::Error)]
pub enum RecordError {
    #[error(
        "timeline record of version {0}; this command reads version {VERSION}: take the one that came with the layer"
    )]
    Version(String),
    #[error("malformed timeline record: {0}")]
    Malformed(#[from] serde_json::Error),
    #[error("malformed timeline record: {0} is no time in Unix milliseconds")]
    NoTime(Millis),
}

#[derive(Debug, Clone, Deserialize)]
pub struct Record {
    pub function: String,
    pub session: String,
    pub request_id: String,
    /// The function whose result is this one's event.
    pub source: Option<String>,
    /// Whether the handler's source was transformed.
    pub streaming: bool,
    pub received_ms: Millis,
    pub started_ms: Millis,
    /// When the handler returned or raised.
    pub ended_ms: Millis,
    pub next: Vec<NextInvoked>,
    pub published: Vec<Published>,
    pub resolved: Vec<Resolved>,
    pub store: Costs,
    pub outcome: Outcome,
}

#[derive(Debug, Clone, Deserialize)]
pub struct NextInvoked {
    /// Name or ARN.
    pub function: String,
    pub at_ms: Millis,
    /// Before this function returned.
    pub early: bool,
    pub bytes: u64,
}

#[derive(Debug, Clone, Deserialize)]
pub struct Published {
    pub field: String,
    pub at_ms: Millis,
    pub stored_ms: Option<Millis>,
    pub bytes: u64,
    /// Travelled inside the event for next, not through the field store.
    pub inline: bool,
}

#[derive(Debug, Clone, Deserialize)]
pub struct Resolved {
    pub field: String,
    pub asked_ms: Millis,
    pub answered_ms: Millis,
    pub error: Option<String>,
}

/// Requests to the field store and bytes of values.
#[derive(Debug, Clone, Copy, Default, Deserialize)]
pub struct Costs {
    pub writes: u64,
    pub reads: u64,
    pub bytes_written: u64,
    pub bytes_read: u64,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Outcome {
    Returned,
    Raised,
}

#[derive(Deserialize)]
struct Versioned {
    #[serde(rename = "v")]
    _version: u64,
    #[serde(flatten)]
    record: Record,
}

impl Record {
    /// What stands under [`KEY`]; none for an event whose result was recorded already.
    pub fn read(value: Value) -> Result<Option<Self>, RecordError> {
        if let Some(version) = value.get("v").filter(|version| version.as_u64() != Some(VERSION)) {
            return Err(RecordError::Version(version.to_string()));
        }
        if value.get("outcome").is_some_and(|outcome| outcome == RECORDED) {
            return Ok(None);
        }
        let record = serde_json::from_value::<Versioned>(value)?.record;
        if let Some(time) = record.times().find(|time| !(0.0..=LATEST).contains(time)) {
            return Err(RecordError::NoTime(time));
        }
        Ok(Some(record))
    }

    fn times(&self) -> impl Iterator<Item = Millis> {
        [self.received_ms, self.started_ms, self.ended_ms]
            .into_iter()
            .chain(self.next.iter().map(|next| next.at_ms))
            .chain(self.published.iter().flat_map(|field| [Some(field.at_ms), field.stored_ms]).flatten())
            .chain(self.resolved.iter().flat_map(|field| [field.asked_ms, field.answered_ms]))
    }
}
