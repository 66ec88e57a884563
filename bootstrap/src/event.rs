//! Event bytes → the event as the handler shall see it, and the futures that our envelope lists.

use std::collections::HashSet;

use bytes::Bytes;
use memchr::memmem;
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

use crate::payload;

/// The reserved key that carries the envelope.
pub const ENVELOPE_KEY: &str = "__unum__";
/// The envelope's format that this layer reads and writes.
pub const ENVELOPE_VERSION: u64 = 1;

/// What one function tells the next about a result; docs/protocol.md has the members.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Envelope {
    #[serde(rename = "v")]
    pub version: u64,
    pub session: String,
    pub source: String,
    /// The source's run: the same for every attempt of it.
    pub run: String,
    pub stream: String,
    pub futures: Vec<String>,
    pub deadline_ms: u64,
    /// The source records the end of a stream that is whole (strict mode).
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub end: bool,
}

/// An event without its envelope.
#[derive(Debug)]
pub struct Event {
    pub bytes: Bytes,
    pub envelope: Option<Envelope>,
}

#[derive(Debug, thiserror::Error, PartialEq, Eq)]
pub enum EventError {
    #[error(
        "the event's envelope has version {0}, and this layer reads version {ENVELOPE_VERSION}: \
         use the same layer version on every function of the chain"
    )]
    Version(u64),
    #[error("the event's envelope lists `{0}` as a future, but the event has no future reference of that name")]
    MissingReference(String),
    #[error(
        "`{0}` does not record the end of its stream, which UNUM_STRICT=true waits for: set it on every function of the \
         chain, or on none"
    )]
    NoEnd(String),
    #[error("the event has future references from `{0}`, but UNUM_TABLE is not set: set it to the chain's table")]
    NoTable(String),
}

/// The form by which an envelope is told from data that merely has the same key.
#[derive(Deserialize)]
struct Versioned {
    #[serde(rename = "v")]
    version: u64,
    #[serde(rename = "session")]
    _session: String,
    #[serde(rename = "futures")]
    _futures: Vec<String>,
}

#[derive(Deserialize)]
struct FutureReference {
    #[serde(rename = "__unum_future__")]
    marker: bool,
    session: String,
    key: String,
    source: String,
}

/// Separates the envelope from the event. An event without one passes untouched, byte for byte.
pub fn open(bytes: Bytes) -> Result<Event, EventError> {
    let as_it_is = |bytes| Ok(Event { bytes, envelope: None });
    // Our own bootstrap writes the key in this spelling only.
    if memmem::find(&bytes, b"\"__unum__\"").is_none() {
        return as_it_is(bytes);
    }
    let Some(members) = payload::members(&bytes) else { return as_it_is(bytes) };
    let Some(raw) = members.iter().find(|(key, _)| key == ENVELOPE_KEY).map(|(_, value)| value.get()) else {
        return as_it_is(bytes);
    };
    let Ok(versioned) = serde_json::from_str::<Versioned>(raw) else { return as_it_is(bytes) };
    if versioned.version != ENVELOPE_VERSION {
        return Err(EventError::Version(versioned.version));
    }
    let Ok(envelope) = serde_json::from_str::<Envelope>(raw) else { return as_it_is(bytes) };
    check_references(&envelope, &members)?;
    let rest = members.iter().filter(|(key, _)| key != ENVELOPE_KEY).map(|(key, value)| (key.as_str(), value.get()));
    let bytes = Bytes::from(payload::object(rest));
    Ok(Event { bytes, envelope: Some(envelope) })
}

/// Every listed future must stand in the event as a reference of this very stream.
fn check_references(envelope: &Envelope, members: &[(String, Box<RawValue>)]) -> Result<(), EventError> {
    let listed: HashSet<&str> = envelope.futures.iter().map(String::as_str).collect();
    let present: HashSet<&str> = members
        .iter()
        .filter(|(key, _)| listed.contains(key.as_str()))
        .filter(|(key, value)| {
            serde_json::from_str::<FutureReference>(value.get()).is_ok_and(|reference| {
                reference.marker
                    && reference.key == *key
                    && reference.session == envelope.session
                    && reference.source == envelope.source
            })
        })
        .map(|(key, _)| key.as_str())
        .collect();
    match envelope.futures.iter().find(|name| !present.contains(name.as_str())) {
        Some(missing) => Err(EventError::MissingReference(missing.clone())),
        None => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn opened(json: &str) -> Result<(String, Option<Envelope>), EventError> {
        open(Bytes::copy_from_slice(json.as_bytes()))
            .map(|event| (String::from_utf8(event.bytes.to_vec()).unwrap(), event.envelope))
    }

    const REFERENCE: &str = r#"{"__unum_future__":true,"session":"s","key":"b","source":"A"}"#;

    #[test]
    fn takes_the_envelope_out_and_keeps_everything_else() {
        let json = format!(
            r#"{{"a": 1.50, "b": {REFERENCE},"__unum__":{{"v":1,"session":"s","source":"A","run":"r","stream":"s/A/1","futures":["b"],"deadline_ms":9}}}}"#
        );
        let (event, envelope) = opened(&json).unwrap();
        assert_eq!(event, format!(r#"{{"a":1.50,"b":{REFERENCE}}}"#));
        assert_eq!(envelope.unwrap().futures, ["b"]);
    }

    #[test]
    fn leaves_data_that_merely_looks_like_ours() {
        for json in [
            r#"{"a": {"__unum_future__": true, "session": "s", "key": "a", "source": "A"}}"#,
            r#"{"nested": {"__unum__": {"v": 1}}}"#,
            r#"{"__unum__": 5}"#,
            r#"{"__unum__": {"v": "one"}}"#,
            r#"["__unum__"]"#,
            r#""__unum__""#,
            r#"{"__unum__": {"v":1,"#,
        ] {
            assert_eq!(opened(json), Ok((json.to_owned(), None)));
        }
    }

    #[test]
    fn refuses_another_version_by_its_number() {
        let error = opened(r#"{"__unum__":{"v":2,"session":"s","futures":[]}}"#).unwrap_err();
        assert_eq!(error, EventError::Version(2));
    }

    #[test]
    fn refuses_a_listed_future_that_is_not_a_reference() {
        let json = r#"{"b":1,"__unum__":{"v":1,"session":"s","source":"A","run":"r","stream":"x","futures":["b"],"deadline_ms":9}}"#;
        assert_eq!(opened(json).unwrap_err(), EventError::MissingReference("b".to_owned()));
    }
}
