//! Records in a log, whatever form a tool has given it: on a line, over several lines, or in a string of JSON.

use serde_json::Value;

use super::record::{KEY, Record, RecordError};

/// Where a record begins in its log, in bytes, and the record or what is wrong with it.
pub type Found = (usize, Result<Record, RecordError>);

/// What another program has written under the same key is passed over where it cannot be meant to be a record.
pub fn records(log: &str) -> Vec<Found> {
    let mut found = Vec::new();
    let mut from = 0;
    while let Some(at) = log[from..].find(KEY).map(|at| from + at) {
        let end = at + KEY.len();
        let before = &log[from..at];
        from = match (brace_before(before), brace_before_escaped(before)) {
            (Some(brace), _) if is_key(&log[end..]) => {
                let brace = from + brace;
                let (record, length) = record(&log[brace..]);
                found.extend(record.map(|record| (brace, record)));
                end.max(brace + length)
            }
            (None, Some(brace)) if is_key(log[end..].trim_start_matches('\\')) => {
                let brace = from + brace;
                let rest = rest_of_string(&log[brace..]);
                // What is escaped is a log of its own: it may hold many records, and strings of JSON.
                match unescaped(rest) {
                    Ok(inner) => found.extend(records(&inner).into_iter().map(|(_, record)| (brace, record))),
                    Err(error) => found.push((brace, Err(error.into()))),
                }
                end.max(brace + rest.len())
            }
            _ => end,
        };
    }
    found
}

/// Of the object whose first key comes after `before`.
fn brace_before(before: &str) -> Option<usize> {
    Some(before.strip_suffix('"')?.trim_ascii_end().strip_suffix('{')?.len())
}

fn brace_before_escaped(before: &str) -> Option<usize> {
    before.strip_suffix("\\\"")?.rfind('{')
}

/// Whether a value follows what has been read up to its closing quote.
fn is_key(after: &str) -> bool {
    after.strip_prefix('"').is_some_and(|after| after.trim_ascii_start().starts_with(':'))
}

/// What the object at the start of `text` is, and how long; 0 if that is not known.
fn record(text: &str) -> (Option<Result<Record, RecordError>>, usize) {
    let mut values = serde_json::Deserializer::from_str(text).into_iter::<Value>();
    match values.next() {
        Some(Ok(Value::Object(mut members))) => {
            let value = members.remove(KEY).filter(|_| members.is_empty());
            (value.and_then(|value| Record::read(value).transpose()), values.byte_offset())
        }
        Some(Err(error)) => (Some(Err(error.into())), 0),
        _ => (None, 0),
    }
}

/// Up to the closing quote, or to what no string of JSON holds: the log was cut off there.
fn rest_of_string(text: &str) -> &str {
    let mut is_escaped = false;
    let end = text.bytes().position(|byte| {
        let is_end = byte < b' ' || byte == b'"' && !is_escaped;
        is_escaped = byte == b'\\' && !is_escaped;
        is_end
    });
    &text[..end.unwrap_or(text.len())]
}

fn unescaped(text: &str) -> serde_json::Result<String> {
    serde_json::from_str(&format!("\"{text}\""))
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

    /// In a string of JSON.
    fn quoted(text: &str) -> String {
        serde_json::to_string(text).unwrap_or_default()
    }

    fn functions(log: &str) -> Vec<String> {
        records(log).into_iter().filter_map(|(_, record)| Some(record.ok()?.function)).collect()
    }

    #[test]
    fn finds_records_in_every_form() {
        let pretty = serde_json::from_str::<Value>(RECORD).map(|value| format!("{value:#}")).unwrap_or_default();
        for (log, count) in [
            (line(), 1),
            (RECORD.to_owned(), 1),
            (format!("2026-11-20 [abc] {} \u{1b}[0m\nother", line()), 1),
            (format!("2026-11-20 [abc] {pretty}\n2026-11-20 [abc] {pretty}\n"), 2),
            (line().repeat(3), 3),
            (format!(r#"{{"level":"INFO","message":{}}}"#, line()), 1),
            (format!(r#"{{"level":"INFO","message":{}}}"#, quoted(&line())), 1),
            (format!(r#"[{{"message": {}}}, {{"message": {0}}}]"#, quoted(&format!("[abc] {pretty}\n"))), 2),
            (format!(r#"{{"message":{}}}"#, quoted(&format!("{pretty}\n{{\"a\": \"b\"}}\n{pretty}"))), 2),
            (quoted(&format!(r#"{{"message":{}}}"#, quoted(&pretty))), 1),
            (format!("{{\\\"unum_streaming\\\":\n{}", line()), 1),
            (format!("{{\\\"unum_streaming\\\": \\u00\n{}", line()), 1),
        ] {
            assert_eq!(functions(&log).len(), count, "{log}");
        }
    }

    #[test]
    fn passes_over_an_event_that_was_answered_from_the_record() {
        assert!(records(&line().replace("returned", "recorded")).is_empty());
    }

    #[test]
    fn leaves_the_rest_alone() {
        for other in [
            "",
            "START RequestId: 8cef",
            "the \"unum_streaming\" layer",
            r#"{"level":"info","unum_streaming":{"v":1}}"#,
            r#"{"unum_streaming":{"v":1},"level":"info"}"#,
            r#"{"unum_streaming", "set"}"#,
            r#"{"message":"{\"level\":\"info\",\"unum_streaming\":{\"v\":1}}"}"#,
            r#""unum_streaming\""#,
            r#"the pattern {\d+} of \"unum_streaming\""#,
        ] {
            assert!(records(other).is_empty(), "{other}");
        }
    }

    #[test]
    fn tells_what_is_damaged_and_goes_on() {
        let line = line();
        for (broken, expected) in [
            (line.replace("\"v\":1", "\"v\":7"), "timeline record of version 7"),
            (line.replace("\"v\":1", "\"v\":\"1\""), "timeline record of version \"1\""),
            (line.replace("\"v\":1,", ""), "missing field `v`"),
            (line.replace("\"function\":\"A\",", ""), "missing field `function`"),
            (line.replace("returned", "vanished"), "unknown variant `vanished`"),
            (line.replace("3.5", "-3.5"), "-3.5 is no time"),
            (r#"{"unum_streaming": true}"#.to_owned(), "invalid type: boolean"),
            (line[..60].to_owned(), "malformed"),
            (quoted(&line)[..60].to_owned(), "EOF while parsing"),
            (line[..line.len() - 1].to_owned(), "malformed"),
        ] {
            let log = format!("first\n{broken}\n{line}\n");
            let found = records(&log);
            let [(6 | 7, Err(error)), (at, Ok(_))] = &found[..] else { panic!("{broken}: {found:?}") };
            assert!(error.to_string().contains(expected), "{error}");
            assert_eq!(*at, log.len() - line.len() - 1);
        }
    }

    #[test]
    fn takes_time_that_grows_with_the_log() {
        for (open, times) in [
            // Each is read until a value is too deep.
            (r#"{"unum_streaming":["#, 1_000),
            (r#"{\"unum_streaming\":1}"#, 100_000),
            (r#"{ "unum_streaming\""#, 100_000),
            (r#"unum_streaming\""#, 100_000),
        ] {
            assert!(functions(&open.repeat(times)).is_empty());
        }
    }
}
