//! One log line in, one invocation's record out.

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
    #[error("malformed timeline record: {0}; take the line out if the log was cut off there")]
    Malformed(#[from] serde_json::Error),
    #[error("malformed timeline record: {0} is no time in Unix milliseconds; take the line out")]
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

/// The record on this line, if there is one.
pub fn parse(line: &str) -> Result<Option<Record>, RecordError> {
    let Some(json) = candidate(line) else { return Ok(None) };
    // What follows the record on its line, a colour reset for example, does not matter.
    let Some(value) = serde_json::Deserializer::from_str(json).into_iter::<Value>().next() else { return Ok(None) };
    let Value::Object(mut members) = value? else { return Ok(None) };
    let Some(record) = members.remove(KEY).filter(|_| members.is_empty()) else { return Ok(None) };

    if let Some(version) = record.get("v").filter(|version| version.as_u64() != Some(VERSION)) {
        return Err(RecordError::Version(version.to_string()));
    }
    if record.get("outcome").is_some_and(|outcome| outcome == RECORDED) {
        return Ok(None);
    }
    let record = serde_json::from_value::<Versioned>(record)?.record;
    if let Some(time) = record.times().find(|time| !(0.0..=LATEST).contains(time)) {
        return Err(RecordError::NoTime(time));
    }
    Ok(Some(record))
}

#[derive(Deserialize)]
struct Versioned {
    #[serde(rename = "v")]
    _version: u64,
    #[serde(flatten)]
    record: Record,
}

/// The text from `{"unum_streaming":` on; a log may put its own prefix before it.
fn candidate(line: &str) -> Option<&str> {
    let quoted = format!("\"{KEY}\"");
    line.match_indices(&quoted).find_map(|(at, _)| {
        let brace = line[..at].trim_end().strip_suffix('{')?.len();
        line[at + quoted.len()..].trim_start().starts_with(':').then(|| &line[brace..])
    })
}

impl Record {
    fn times(&self) -> impl Iterator<Item = Millis> {
        [self.received_ms, self.started_ms, self.ended_ms]
            .into_iter()
            .chain(self.next.iter().map(|next| next.at_ms))
            .chain(self.published.iter().flat_map(|field| [Some(field.at_ms), field.stored_ms]).flatten())
            .chain(self.resolved.iter().flat_map(|field| [field.asked_ms, field.answered_ms]))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const RECORD: &str = r#"{"unum_streaming":{"v":1,"function":"A","session":"s","request_id":"r","source":null,
        "streaming":true,"received_ms":1.0,"started_ms":2,"ended_ms":3.5,"next":[],"published":[],"resolved":[],
        "store":{"writes":0,"reads":0,"bytes_written":0,"bytes_read":0},"outcome":"returned","later":{}}}"#;

    fn line() -> String {
        RECORD.replace('\n', " ")
    }

    #[test]
    fn reads_a_record_behind_a_prefix() {
        let record = parse(&format!("2026-11-20 [abc] {} \u{1b}[0m", line())).unwrap().unwrap();
        assert_eq!((record.function.as_str(), record.ended_ms), ("A", 3.5));
    }

    #[test]
    fn passes_over_an_event_that_was_answered_from_the_record() {
        assert!(parse(&line().replace("returned", "recorded")).unwrap().is_none());
    }

    #[test]
    fn leaves_other_lines_alone() {
        for other in [
            "",
            "START RequestId: 8cef",
            "the \"unum_streaming\" layer",
            r#"{"level":"info","unum_streaming":{"v":1}}"#,
            r#"{"unum_streaming":{"v":1},"level":"info"}"#,
            r#"{"unum_streaming", "set"}"#,
        ] {
            assert!(parse(other).unwrap().is_none(), "{other}");
        }
    }

    #[test]
    fn refuses_what_it_cannot_read() {
        let line = line();
        for (broken, expected) in [
            (line.replace("\"v\":1", "\"v\":7"), "timeline record of version 7"),
            (line.replace("\"v\":1", "\"v\":\"1\""), "timeline record of version \"1\""),
            (line.replace("\"v\":1,", ""), "missing field `v`"),
            (line.replace("\"function\":\"A\",", ""), "missing field `function`"),
            (line.replace("returned", "vanished"), "unknown variant `vanished`"),
            (line.replace("3.5", "-3.5"), "-3.5 is no time"),
            (line[..60].to_owned(), "EOF while parsing"),
        ] {
            let error = parse(&broken).unwrap_err().to_string();
            assert!(error.contains(expected), "{error}");
        }
    }
}
