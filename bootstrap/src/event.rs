//! Event bytes → the event as the handler shall see it, and the futures that our envelope lists.

use std::{collections::HashSet, time::SystemTime};

use bytes::Bytes;
use memchr::memmem;
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

use crate::{
    payload,
    signature::{Keys, SignatureError},
};

/// The reserved key that carries the envelope.
pub const ENVELOPE_KEY: &str = "__unum__";
/// The envelope's format that this layer writes. With the second one, fields may share an item of the field store.
pub const ENVELOPE_VERSION: u64 = 2;
/// The first one that it reads.
const OLDEST_VERSION: u64 = 1;
/// Session, source and what tells attempts apart; a partition key of DynamoDB's holds 2,048.
const MAX_STREAM_BYTES: usize = 512;

/// Of fields, how many milliseconds of the source's time were left when the store had acknowledged them, in earlier
/// invocations; the newest last.
pub type TimesLeft = Vec<(String, Vec<u64>)>;
/// Fields of which an envelope tells when they came.
pub const MOST_FIELDS_TOLD: usize = 64;

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
    /// When the futures came in the source's earlier invocations, as far as it has seen.
    #[serde(default, skip_serializing_if = "TimesLeft::is_empty")]
    pub rhythm: TimesLeft,
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
        "the event's envelope has version {0}, and this layer reads versions {OLDEST_VERSION} to {ENVELOPE_VERSION}: \
         use the same layer version on every function of the chain"
    )]
    Version(u64),
    #[error("the event's envelope lists `{0}` as a future, but the event has no future reference of that name")]
    MissingReference(String),
    #[error("the event's envelope is damaged, or from another layer version: {0}")]
    Damaged(String),
    #[error("the event has more than one envelope, the key `__unum__` more than once")]
    SeveralEnvelopes,
    #[error("the event's envelope names a stream which is not one of its own session and source")]
    ForeignStream,
    #[error("the event's envelope names a stream of {0} bytes, and no stream's name has more than {MAX_STREAM_BYTES}")]
    LongStream(usize),
    #[error(transparent)]
    Signature(#[from] SignatureError),
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

/// What this function takes envelopes by.
#[derive(Debug, Clone, Copy)]
pub struct Receiver<'a> {
    pub name: &'a str,
    /// Set where only signed envelopes are taken.
    pub keys: Option<&'a Keys>,
    pub now: SystemTime,
}

/// Separates the envelope from the event. An event without one passes untouched, byte for byte.
pub fn open(bytes: Bytes, receiver: Receiver<'_>) -> Result<Event, EventError> {
    let as_it_is = |bytes| Ok(Event { bytes, envelope: None });
    // Our own bootstrap writes the key in this spelling only.
    if memmem::find(&bytes, b"\"__unum__\"").is_none() {
        return as_it_is(bytes);
    }
    let Some(members) = payload::members(&bytes) else { return as_it_is(bytes) };
    let mut reserved = members.iter().filter(|(key, _)| key == ENVELOPE_KEY).map(|(_, value)| value.get());
    let Some((raw, versioned)) = reserved.find_map(|raw| Some((raw, serde_json::from_str::<Versioned>(raw).ok()?)))
    else {
        return as_it_is(bytes);
    };
    if members.iter().filter(|(key, _)| key == ENVELOPE_KEY).count() > 1 {
        return Err(EventError::SeveralEnvelopes);
    }
    if !(OLDEST_VERSION..=ENVELOPE_VERSION).contains(&versioned.version) {
        return Err(EventError::Version(versioned.version));
    }
    let rest = members.iter().filter(|(key, _)| key != ENVELOPE_KEY).map(|(key, value)| (key.as_str(), value.get()));
    if let Some(keys) = receiver.keys {
        keys.verify(raw, &rest, receiver.name, receiver.now)?;
    }
    let envelope: Envelope =
        serde_json::from_str(raw).map_err(|error| EventError::Damaged(shown(&error.to_string())))?;
    check_references(&envelope, &members)?;
    check_stream(&envelope)?;
    let bytes = Bytes::from(payload::object(rest));
    Ok(Event { bytes, envelope: Some(envelope) })
}

/// Every listed future must stand in the event as a reference of this very stream, and once: which of two members with
/// one name counts is a matter of the reader.
fn check_references(envelope: &Envelope, members: &[(String, Box<RawValue>)]) -> Result<(), EventError> {
    let listed: HashSet<&str> = envelope.futures.iter().map(String::as_str).collect();
    let mut present: HashSet<&str> = HashSet::new();
    for (key, value) in members.iter().filter(|(key, _)| key != ENVELOPE_KEY && listed.contains(key.as_str())) {
        let is_reference = serde_json::from_str::<FutureReference>(value.get()).is_ok_and(|reference| {
            reference.marker
                && reference.key == *key
                && reference.session == envelope.session
                && reference.source == envelope.source
        });
        if !is_reference || !present.insert(key) {
            return Err(EventError::MissingReference(shown(key)));
        }
    }
    match envelope.futures.iter().find(|name| !present.contains(name.as_str())) {
        Some(missing) => Err(EventError::MissingReference(shown(missing))),
        None => Ok(()),
    }
}

/// Fields are read from the partition that the envelope names: it must be one of this source in this session.
fn check_stream(envelope: &Envelope) -> Result<(), EventError> {
    let Envelope { session, source, run, stream, .. } = envelope;
    // They stand in log lines, errors and records.
    let named = [("session", session), ("source", source), ("run", run), ("stream", stream)];
    if let Some((member, _)) = named.into_iter().find(|(_, name)| name.contains(char::is_control)) {
        return Err(EventError::Damaged(format!("its {member} has a control character")));
    }
    if stream.len() > MAX_STREAM_BYTES {
        return Err(EventError::LongStream(stream.len()));
    }
    if !stream.starts_with(&format!("{session}/{source}/")) {
        return Err(EventError::ForeignStream);
    }
    Ok(())
}

/// A name from the event as an error may show it: on one line, and short.
fn shown(name: &str) -> String {
    const LONGEST: usize = 100;
    let rest = if name.chars().nth(LONGEST).is_some() { "…" } else { "" };
    name.chars().take(LONGEST).flat_map(char::escape_debug).collect::<String>() + rest
}

#[cfg(test)]
mod tests {
    use std::time::UNIX_EPOCH;

    use super::*;

    fn opened(json: &str) -> Result<(String, Option<Envelope>), EventError> {
        open(Bytes::copy_from_slice(json.as_bytes()), Receiver { name: "B", keys: None, now: UNIX_EPOCH })
            .map(|event| (String::from_utf8(event.bytes.to_vec()).unwrap(), event.envelope))
    }

    const REFERENCE: &str = r#"{"__unum_future__":true,"session":"s","key":"b","source":"A"}"#;

    #[test]
    fn takes_the_envelope_out_and_keeps_everything_else() {
        let json = format!(
            r#"{{"a": 1.50, "b": {REFERENCE},"__unum__":{{"v":2,"session":"s","source":"A","run":"r","stream":"s/A/1","futures":["b"],"deadline_ms":9}}}}"#
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
            r#"{"__unum__": {"v":2,"#,
        ] {
            assert_eq!(opened(json), Ok((json.to_owned(), None)));
        }
    }

    #[test]
    fn refuses_another_version_by_its_number() {
        for version in [OLDEST_VERSION - 1, ENVELOPE_VERSION + 1] {
            let event = format!(r#"{{"__unum__":{{"v":{version},"session":"s","futures":[]}}}}"#);
            assert_eq!(opened(&event), Err(EventError::Version(version)));
        }
    }

    #[test]
    fn refuses_names_of_several_lines() {
        let names = ["session", "source", "run", "stream"];
        for (number, member) in names.into_iter().enumerate() {
            let [session, source, run, rest] = std::array::from_fn(|at| if at == number { r"x\ny" } else { "x" });
            let json = format!(
                r#"{{"__unum__":{{"v":2,"session":"{session}","source":"{source}","run":"{run}","stream":"{session}/{source}/{rest}","futures":[],"deadline_ms":9}}}}"#
            );
            let message = format!("its {member} has a control character");
            assert_eq!(opened(&json).unwrap_err(), EventError::Damaged(message));
        }
    }

    #[test]
    fn refuses_a_listed_future_that_is_not_a_reference() {
        let json = r#"{"b":1,"__unum__":{"v":2,"session":"s","source":"A","run":"r","stream":"x","futures":["b"],"deadline_ms":9}}"#;
        assert_eq!(opened(json).unwrap_err(), EventError::MissingReference("b".to_owned()));
    }
}
