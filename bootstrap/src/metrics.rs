//! What one invocation did as CloudWatch metrics: one line in the Embedded Metric Format, with `UNUM_METRICS=emf`.
//!
//! CloudWatch Logs makes metrics of every log event that is one JSON object with an `_aws` member of this shape; nothing
//! is sent from here, and no permission is needed.

use serde_json::{Map, Value, json};

use crate::{
    output,
    record::{Millis, NextInvoked, Record},
};

const NAMESPACE: &str = "UnumStreaming";
const DIMENSION: &str = "FunctionName";

/// Name, unit in CloudWatch's words, and value.
type Metric = (&'static str, &'static str, f64);

/// Writes the line to stderr.
pub fn write(record: &Record) {
    output::say(&mut output::stderr(), &line(record));
}

fn line(record: &Record) -> Value {
    let metrics = metrics(record);
    let named: Vec<Value> = metrics.iter().map(|(name, unit, _)| json!({"Name": name, "Unit": unit})).collect();
    let directive = json!({"Namespace": NAMESPACE, "Dimensions": [[DIMENSION]], "Metrics": named});
    let mut line = Map::new();
    #[expect(clippy::cast_possible_truncation, reason = "whole milliseconds, far below 2^63")]
    let timestamp = record.ended_ms as i64;
    line.insert("_aws".to_owned(), json!({"Timestamp": timestamp, "CloudWatchMetrics": [directive]}));
    line.insert(DIMENSION.to_owned(), json!(record.function));
    // For searches in the log; no metric is made of these.
    line.insert("Session".to_owned(), json!(record.session));
    line.insert("RequestId".to_owned(), json!(record.request_id));
    line.extend(metrics.into_iter().map(|(name, _, value)| (name.to_owned(), json!(value))));
    Value::Object(line)
}

fn metrics(record: &Record) -> Vec<Metric> {
    let early = record.published.iter().filter(|field| field.at_ms < record.ended_ms);
    let missing = record.resolved.iter().filter(|field| field.error.is_some());
    let mut metrics = vec![
        ("WaitTime", "Milliseconds", waited(record)),
        ("FieldsPublished", "Count", count(record.published.len())),
        ("FieldsAhead", "Count", count(early.count())),
        ("FieldsAwaited", "Count", count(record.resolved.len())),
        ("FieldsMissing", "Count", count(missing.count())),
        ("StoreWrites", "Count", number(record.store.writes)),
        ("StoreReads", "Count", number(record.store.reads)),
        ("BytesWritten", "Bytes", number(record.store.bytes_written)),
        ("BytesRead", "Bytes", number(record.store.bytes_read)),
        ("Raised", "Count", if record.outcome == "raised" { 1.0 } else { 0.0 }),
    ];
    metrics.extend(lead(record).map(|lead| ("Lead", "Milliseconds", lead)));
    metrics
}

/// Time in which the handler stood still for a field; waits for several fields at once count once.
fn waited(record: &Record) -> Millis {
    let mut waits: Vec<_> = record.resolved.iter().map(|field| (field.asked_ms, field.answered_ms)).collect();
    waits.sort_by(|one, other| one.0.total_cmp(&other.0));
    let (mut total, mut until) = (0.0, Millis::MIN);
    for (asked, answered) in waits {
        total += (answered - asked.max(until)).max(0.0);
        until = until.max(answered);
    }
    total
}

/// How long before the handler's end the first function of next was invoked; none where nothing was invoked.
fn lead(record: &Record) -> Option<Millis> {
    let ahead = |next: &NextInvoked| if next.early { (record.ended_ms - next.at_ms).max(0.0) } else { 0.0 };
    record.next.iter().map(ahead).max_by(Millis::total_cmp)
}

fn count(items: usize) -> f64 {
    number(u64::try_from(items).unwrap_or(u64::MAX))
}

#[expect(clippy::cast_precision_loss, reason = "counts stay far below 2^53")]
fn number(count: u64) -> f64 {
    count as f64
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::record::{Costs, Published, Resolved};

    fn resolved(asked_ms: Millis, answered_ms: Millis, error: Option<&str>) -> Resolved {
        Resolved {
            field: "x".to_owned(),
            asked_ms,
            answered_ms,
            available_ms: None,
            waited_ms: answered_ms - asked_ms,
            error: error.map(str::to_owned),
            error_type: None,
        }
    }

    fn next(at_ms: Millis, early: bool) -> NextInvoked {
        NextInvoked {
            function: "B".to_owned(),
            at_ms,
            acknowledged_ms: None,
            failed: None,
            early,
            inline: Vec::new(),
            bytes: 1,
            subsegment: None,
        }
    }

    fn record() -> Record {
        let published =
            |at_ms| Published { field: "y".to_owned(), at_ms, stored_ms: None, failed: None, bytes: 1, inline: false };
        Record {
            function: "A".to_owned(),
            session: "s".to_owned(),
            request_id: "r".to_owned(),
            started_ms: 1000.0,
            ended_ms: 2000.5,
            next: vec![next(1200.0, true), next(2001.0, false)],
            published: vec![published(1150.0), published(2001.0)],
            resolved: vec![
                resolved(1010.0, 1110.0, None),
                resolved(1050.0, 1120.0, None),
                resolved(1060.0, 1070.0, Some("gone")),
            ],
            store: Costs { writes: 2, reads: 3, bytes_written: 10, bytes_read: 20 },
            outcome: "returned",
            ..Record::default()
        }
    }

    #[test]
    fn every_metric_that_is_named_has_its_value() {
        let line = line(&record());
        let directive = &line["_aws"]["CloudWatchMetrics"][0];
        assert_eq!(line["_aws"]["Timestamp"], 2000);
        assert_eq!((&directive["Namespace"], &directive["Dimensions"]), (&json!(NAMESPACE), &json!([[DIMENSION]])));
        let named = directive["Metrics"].as_array().unwrap();
        let values = named.iter().map(|metric| {
            let name = metric["Name"].as_str().unwrap();
            format!("{name} {} {}", line[name].as_f64().unwrap(), metric["Unit"].as_str().unwrap())
        });
        assert_eq!(
            values.collect::<Vec<_>>(),
            [
                "WaitTime 110 Milliseconds",
                "FieldsPublished 2 Count",
                "FieldsAhead 1 Count",
                "FieldsAwaited 3 Count",
                "FieldsMissing 1 Count",
                "StoreWrites 2 Count",
                "StoreReads 3 Count",
                "BytesWritten 10 Bytes",
                "BytesRead 20 Bytes",
                "Raised 0 Count",
                "Lead 800.5 Milliseconds",
            ]
        );
        assert_eq!(line.as_object().unwrap().len(), 4 + named.len());
    }

    #[test]
    fn the_lead_is_nothing_at_the_return_and_absent_without_next() {
        let at_the_return = Record { next: vec![next(2001.0, false)], ..record() };
        assert_eq!(lead(&at_the_return), Some(0.0));
        assert_eq!(lead(&Record { next: Vec::new(), ..record() }), None);
    }
}
