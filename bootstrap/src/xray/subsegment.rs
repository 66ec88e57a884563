//! The record of an invocation as subsegment documents: names and sizes, never a value.

use serde::Serialize;

use super::{header::Header, random_id};
use crate::{
    diagnostic::Named,
    publisher::PublishError,
    record::{self, Failed, Millis, NextInvoked, Published, Record, Resolved},
};

/// The longest name that X-Ray takes, in characters.
const MAX_NAME_CHARS: usize = 200;
/// Beside letters, numbers and spaces.
const NAME_SYMBOLS: &str = r"_.:/%&#=+\-@";

/// One of X-Ray's documents; its terms are X-Ray's.
#[derive(Debug, Serialize)]
pub struct Subsegment<'a> {
    #[serde(rename = "type")]
    kind: &'static str,
    trace_id: &'a str,
    parent_id: &'a str,
    id: String,
    name: String,
    /// Unix seconds.
    start_time: f64,
    end_time: f64,
    #[serde(flatten)]
    call: Option<Call<'a>>,
    #[serde(flatten)]
    fault: Option<Fault>,
    metadata: Metadata<'a>,
}

/// A call of an AWS service: what X-Ray draws as an edge of its map.
#[derive(Debug, Serialize)]
struct Call<'a> {
    namespace: &'static str,
    aws: Invoke<'a>,
}

#[derive(Debug, Serialize)]
struct Invoke<'a> {
    operation: &'static str,
    invocation_type: &'static str,
    function_name: &'a str,
}

#[derive(Debug, Serialize)]
struct Fault {
    fault: bool,
    cause: Cause,
}

#[derive(Debug, Serialize)]
struct Cause {
    exceptions: [Exception; 1],
}

/// Without a message, for that may hold values.
#[derive(Debug, Serialize)]
struct Exception {
    id: String,
    #[serde(rename = "type")]
    error_type: &'static str,
}

#[derive(Debug, Serialize)]
struct Metadata<'a> {
    unum_streaming: Details<'a>,
}

#[derive(Debug, Serialize)]
#[serde(untagged)]
enum Details<'a> {
    Next { early: bool, inline_fields: usize, bytes: usize },
    Published { field: &'a str, bytes: usize, inline: bool },
    Resolved { field: &'a str, source: Option<&'a str> },
}

/// What a subsegment tells, before it has a place in a trace.
struct Work<'a> {
    /// Where it is known already, because something hangs below it.
    id: Option<&'a str>,
    name: String,
    start: Millis,
    end: Millis,
    call: Option<Call<'a>>,
    error_type: Option<&'static str>,
    details: Details<'a>,
}

/// First what other segments hang below.
pub fn all<'a>(record: &'a Record, header: &'a Header) -> impl Iterator<Item = Subsegment<'a>> {
    let now = record::now();
    let next = record.next.iter().map(move |next| Work::of_next(next, now));
    let published = record.published.iter().map(move |published| Work::of_published(published, now));
    let resolved = record.resolved.iter().map(|resolved| Work::of_resolved(resolved, record.source.as_deref()));
    next.chain(published).chain(resolved).filter_map(|work| work.below(header))
}

impl<'a> Work<'a> {
    fn of_next(next: &'a NextInvoked, now: Millis) -> Self {
        let (end, error_type) = answer(next.acknowledged_ms, next.failed.as_ref(), now);
        let aws = Invoke { operation: "Invoke", invocation_type: "Event", function_name: &next.function };
        Self {
            id: next.subsegment.as_deref(),
            name: "Lambda".to_owned(),
            start: next.at_ms,
            end,
            call: Some(Call { namespace: "aws", aws }),
            error_type,
            details: Details::Next { early: next.early, inline_fields: next.inline.len(), bytes: next.bytes },
        }
    }

    fn of_published(published: &'a Published, now: Millis) -> Self {
        let acknowledged = if published.inline { Some(published.at_ms) } else { published.stored_ms };
        let (end, error_type) = answer(acknowledged, published.failed.as_ref(), now);
        Self {
            id: None,
            name: format!("publish {}", published.field),
            start: published.at_ms,
            end,
            call: None,
            error_type,
            details: Details::Published { field: &published.field, bytes: published.bytes, inline: published.inline },
        }
    }

    fn of_resolved(resolved: &'a Resolved, source: Option<&'a str>) -> Self {
        Self {
            id: None,
            name: format!("wait for {}", resolved.field),
            start: resolved.asked_ms,
            end: resolved.answered_ms,
            call: None,
            error_type: resolved.error_type,
            details: Details::Resolved { field: &resolved.field, source },
        }
    }

    /// None where the system has no randomness to give.
    fn below(self, header: &'a Header) -> Option<Subsegment<'a>> {
        let fault = match self.error_type {
            Some(error_type) => {
                let exceptions = [Exception { id: random_id()?, error_type }];
                Some(Fault { fault: true, cause: Cause { exceptions } })
            }
            None => None,
        };
        Some(Subsegment {
            kind: "subsegment",
            trace_id: &header.root,
            parent_id: &header.parent,
            id: self.id.map_or_else(random_id, |id| Some(id.to_owned()))?,
            name: valid_name(&self.name),
            start_time: self.start / 1000.0,
            // A clock may be set back in between.
            end_time: self.end.max(self.start) / 1000.0,
            call: self.call,
            fault,
            metadata: Metadata { unum_streaming: self.details },
        })
    }
}

/// When a request was answered, and with which error. What is not answered by now has run out of time.
fn answer(acknowledged: Option<Millis>, failed: Option<&Failed>, now: Millis) -> (Millis, Option<&'static str>) {
    match (acknowledged, failed) {
        (Some(at), _) => (at, None),
        (None, Some(failed)) => (failed.at_ms, Some(failed.error_type)),
        (None, None) => (now, Some(PublishError::OutOfTime { what: String::new() }.error_type())),
    }
}

/// `_` stands for what X-Ray allows in no name.
fn valid_name(text: &str) -> String {
    let is_valid = |letter: char| letter == ' ' || letter.is_alphanumeric() || NAME_SYMBOLS.contains(letter);
    text.chars().take(MAX_NAME_CHARS).map(|letter| if is_valid(letter) { letter } else { '_' }).collect()
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    const HEADER: &str = "Root=1-5759e988-bd862e3fe1be46a994272793;Parent=53995c3f42cd8ad8;Sampled=1";

    fn next() -> NextInvoked {
        NextInvoked {
            function: "B".to_owned(),
            at_ms: 1200.0,
            acknowledged_ms: Some(1250.0),
            failed: None,
            early: true,
            inline: vec!["x".to_owned()],
            bytes: 7,
            subsegment: Some("00000000000000ff".to_owned()),
        }
    }

    fn published() -> Published {
        Published {
            field: "y".to_owned(),
            at_ms: 1500.0,
            stored_ms: Some(1600.0),
            failed: None,
            bytes: 3,
            inline: false,
        }
    }

    fn resolved() -> Resolved {
        Resolved {
            field: "z".to_owned(),
            asked_ms: 1000.0,
            answered_ms: 1100.0,
            available_ms: None,
            waited_ms: 100.0,
            error: None,
            error_type: None,
        }
    }

    fn documents(record: &Record) -> Vec<Value> {
        let header = Header::sampled(HEADER).unwrap();
        all(record, &header).map(|subsegment| serde_json::to_value(subsegment).unwrap()).collect()
    }

    #[test]
    fn a_record_as_documents() {
        let record = Record {
            source: Some("A".to_owned()),
            next: vec![next()],
            published: vec![published(), Published { inline: true, stored_ms: None, ..published() }],
            resolved: vec![resolved()],
            ..Record::default()
        };
        let mut documents = documents(&record);
        for document in &mut documents {
            let id = document.as_object_mut().unwrap().remove("id").unwrap();
            assert_eq!(id.as_str().unwrap().len(), 16, "{id}");
        }
        let document = |name: &str, start: f64, end: f64, details: Value, more: Value| {
            let mut document = json!({
                "type": "subsegment",
                "trace_id": "1-5759e988-bd862e3fe1be46a994272793",
                "parent_id": "53995c3f42cd8ad8",
                "name": name,
                "start_time": start,
                "end_time": end,
                "metadata": {"unum_streaming": details},
            });
            document.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
            document
        };
        let invoke = json!({"operation": "Invoke", "invocation_type": "Event", "function_name": "B"});
        assert_eq!(
            documents,
            [
                document(
                    "Lambda",
                    1.2,
                    1.25,
                    json!({"early": true, "inline_fields": 1, "bytes": 7}),
                    json!({"namespace": "aws", "aws": invoke})
                ),
                document("publish y", 1.5, 1.6, json!({"field": "y", "bytes": 3, "inline": false}), json!({})),
                document("publish y", 1.5, 1.5, json!({"field": "y", "bytes": 3, "inline": true}), json!({})),
                document("wait for z", 1.0, 1.1, json!({"field": "z", "source": "A"}), json!({})),
            ]
        );
    }

    #[test]
    fn a_failure_is_a_fault_with_its_type_alone() {
        let failed = |error_type| Some(Failed { at_ms: 1700.0, error_type });
        let record = Record {
            next: vec![NextInvoked { acknowledged_ms: None, failed: failed("Unum.NextError"), ..next() }],
            published: vec![
                Published { stored_ms: None, failed: failed("Unum.FieldStoreError"), ..published() },
                Published { stored_ms: None, ..published() },
            ],
            resolved: vec![Resolved {
                error: Some("`A` failed: ValueError: a value".to_owned()),
                error_type: Some("StreamingSourceError"),
                ..resolved()
            }],
            ..Record::default()
        };
        let documents = documents(&record);
        let types = ["Unum.NextError", "Unum.FieldStoreError", "Unum.OutOfTime", "StreamingSourceError"];
        for (document, error_type) in documents.iter().zip(types) {
            let exception = document["cause"]["exceptions"][0].as_object().unwrap();
            assert_eq!((&document["fault"], &exception["type"]), (&json!(true), &json!(error_type)));
            assert_eq!(exception.keys().collect::<Vec<_>>(), ["id", "type"]);
        }
        assert_eq!((documents.len(), &documents[0]["id"]), (4, &json!("00000000000000ff")));
        assert_eq!((&documents[0]["end_time"], &documents[1]["end_time"]), (&json!(1.7), &json!(1.7)));
    }

    #[test]
    fn nothing_ends_before_it_begins() {
        let record =
            Record { published: vec![Published { stored_ms: Some(1400.0), ..published() }], ..Record::default() };
        assert_eq!(documents(&record)[0]["end_time"], 1.5);
    }

    #[test]
    fn names_are_what_xray_allows() {
        for (text, expected) in [
            ("publish a_b.c:d/e%f&g#h=i+j\\k-l@m", "publish a_b.c:d/e%f&g#h=i+j\\k-l@m"),
            ("ключ 值 1²", "ключ 值 1²"),
            ("a\nb\t\"c\"<d>{e}é🙂\u{0}", "a_b__c__d__e_é__"),
            (&"é".repeat(300), &"é".repeat(200)),
        ] {
            assert_eq!(valid_name(text), expected);
        }
    }
}
