//! The functions of one session in the order of their start, and what led from one to the other.

use std::collections::BTreeMap;

use super::{
    chain::{Call, Chain},
    record::{Costs, Millis, Outcome, Record},
};

/// One session. All its times are milliseconds since its first function received its event.
#[derive(Debug)]
pub struct Session {
    pub id: String,
    pub chain: Chain,
    pub lanes: Vec<Lane>,
    /// When the last function ended.
    pub total: Millis,
    pub costs: Costs,
    /// Unix time of the latest start: tells the newest session.
    newest: Millis,
}

/// One invocation of one function.
#[derive(Debug)]
pub struct Lane {
    pub function: String,
    pub request_id: String,
    pub streaming: bool,
    pub start: Millis,
    pub end: Millis,
    pub raised: bool,
    pub published: Vec<Publish>,
    pub reads: Vec<Read>,
    pub invocations: Vec<Invocation>,
}

#[derive(Debug)]
pub struct Publish {
    pub field: String,
    pub at: Millis,
    /// Before the handler returned.
    pub early: bool,
    pub inline: bool,
    pub stored: Option<Millis>,
    pub bytes: u64,
}

/// An access of the handler to a field that its event did not hold.
#[derive(Debug)]
pub struct Read {
    pub field: String,
    pub asked: Millis,
    pub answered: Millis,
    pub error: Option<String>,
    /// Where the value came from: lane and index in its `published`.
    pub from: Option<(usize, usize)>,
}

#[derive(Debug)]
pub struct Invocation {
    pub function: String,
    pub at: Millis,
    pub early: bool,
    pub bytes: u64,
    /// The lane that it started, if that function's record is there.
    pub started: Option<usize>,
}

/// Every session among `records`, the newest last.
pub fn by_session(records: Vec<Record>) -> Vec<Session> {
    let mut sessions: BTreeMap<String, Vec<Record>> = BTreeMap::new();
    for record in records {
        sessions.entry(record.session.clone()).or_default().push(record);
    }
    let mut sessions = sessions.into_iter().map(|(id, records)| Session::new(id, records)).collect::<Vec<_>>();
    sessions.sort_by(|one, other| one.newest.total_cmp(&other.newest));
    sessions
}

impl Session {
    fn new(id: String, mut records: Vec<Record>) -> Self {
        records.sort_by(|one, other| one.started_ms.total_cmp(&other.started_ms));
        // A log that was given twice; a retry has the same request id but starts at another time.
        records.dedup_by(|one, other| {
            (&one.function, &one.request_id) == (&other.function, &other.request_id)
                && one.started_ms.total_cmp(&other.started_ms).is_eq()
        });
        let origin =
            records.iter().map(|record| record.received_ms.min(record.started_ms)).fold(Millis::MAX, Millis::min);
        let mut lanes = records.iter().map(|record| Lane::new(record, origin)).collect::<Vec<_>>();
        for (child, record) in records.iter().enumerate() {
            if let Some(source) = &record.source {
                link(&mut lanes, child, function_name(source));
            }
        }
        Self {
            id,
            chain: chain(&records),
            total: lanes.iter().map(|lane| lane.end).fold(0.0, Millis::max),
            costs: records.iter().fold(Costs::default(), |sum, record| sum.plus(record.store)),
            newest: records.last().map_or(0.0, |record| record.started_ms),
            lanes,
        }
    }

    /// Fields published before their handler returned.
    pub fn early_fields(&self) -> usize {
        self.lanes.iter().map(Lane::early_fields).sum()
    }

    pub fn waited(&self) -> Millis {
        self.lanes.iter().map(Lane::waited).sum()
    }

    /// Whether each function started the next one and nothing else.
    pub fn is_line(&self) -> bool {
        self.lanes.iter().enumerate().all(|(index, lane)| {
            let started = lane.invocations.iter().filter_map(|invocation| invocation.started);
            started.eq((index + 1 < self.lanes.len()).then_some(index + 1))
        })
    }

    /// The last moment that a drawing shows: next may be invoked a little after the handler returned.
    pub fn last_moment(&self) -> Millis {
        let invoked = self.lanes.iter().flat_map(|lane| &lane.invocations).map(|invocation| invocation.at);
        let published = self.lanes.iter().flat_map(|lane| &lane.published).map(|field| field.at);
        invoked.chain(published).fold(self.total, Millis::max)
    }
}

impl Lane {
    fn new(record: &Record, origin: Millis) -> Self {
        let start = record.started_ms - origin;
        // A clock that was set back must not turn a bar around.
        let end = (record.ended_ms - origin).max(start);
        let mut lane = Self {
            function: function_name(&record.function).to_owned(),
            request_id: record.request_id.clone(),
            streaming: record.streaming,
            start,
            end,
            raised: record.outcome == Outcome::Raised,
            published: Vec::new(),
            reads: Vec::new(),
            invocations: Vec::new(),
        };
        lane.published.extend(record.published.iter().map(|field| {
            let at = (field.at_ms - origin).max(start);
            Publish {
                field: field.field.clone(),
                at,
                early: at < end,
                inline: field.inline,
                stored: field.stored_ms.map(|stored| stored - origin),
                bytes: field.bytes,
            }
        }));
        lane.reads.extend(record.resolved.iter().map(|field| {
            let asked = (field.asked_ms - origin).clamp(start, end);
            Read {
                field: field.field.clone(),
                asked,
                answered: (field.answered_ms - origin).clamp(asked, end),
                error: field.error.clone(),
                from: None,
            }
        }));
        lane.invocations.extend(record.next.iter().map(|next| Invocation {
            function: function_name(&next.function).to_owned(),
            at: (next.at_ms - origin).max(start),
            early: next.early,
            bytes: next.bytes,
            started: None,
        }));
        lane.published.sort_by(|one, other| one.at.total_cmp(&other.at));
        lane.reads.sort_by(|one, other| one.answered.total_cmp(&other.answered));
        lane.invocations.sort_by(|one, other| one.at.total_cmp(&other.at));
        lane
    }

    pub fn took(&self) -> Millis {
        self.end - self.start
    }

    pub fn early_fields(&self) -> usize {
        self.published.iter().filter(|field| field.early).count()
    }

    /// Time in which the handler stood still for a field; waits for several fields at once count once.
    pub fn waited(&self) -> Millis {
        // The sum of nothing would be -0.
        self.waits().iter().map(|(from, to)| to - from).fold(0.0, |sum, wait| sum + wait)
    }

    /// The times in which the handler stood still, joined where they overlap.
    pub fn waits(&self) -> Vec<(Millis, Millis)> {
        let mut waits = self.reads.iter().map(|read| (read.asked, read.answered)).collect::<Vec<_>>();
        waits.sort_by(|one, other| one.0.total_cmp(&other.0));
        let mut joined: Vec<(Millis, Millis)> = Vec::new();
        for (from, to) in waits {
            match joined.last_mut() {
                Some(last) if from <= last.1 => last.1 = last.1.max(to),
                _ => joined.push((from, to)),
            }
        }
        joined
    }
}

impl Costs {
    fn plus(self, other: Self) -> Self {
        Self {
            writes: self.writes.saturating_add(other.writes),
            reads: self.reads.saturating_add(other.reads),
            bytes_written: self.bytes_written.saturating_add(other.bytes_written),
            bytes_read: self.bytes_read.saturating_add(other.bytes_read),
        }
    }
}

/// Finds what invoked lane `child`, a function whose event came from `source`, and where its fields came from.
fn link(lanes: &mut [Lane], child: usize, source: &str) {
    let start = lanes[child].start;
    // The latest invocation before the start; failing that (two machines, two clocks) the first one after it.
    let invocation = lanes
        .iter()
        .enumerate()
        .filter(|(parent, lane)| *parent != child && lane.function == source)
        .flat_map(|(parent, lane)| lane.invocations.iter().enumerate().map(move |(index, call)| (parent, index, call)))
        .filter(|(_, _, call)| call.started.is_none() && call.function == lanes[child].function)
        .min_by(|one, other| {
            let distance = |at: Millis| (at > start, (start - at).abs());
            let (one, other) = (distance(one.2.at), distance(other.2.at));
            one.0.cmp(&other.0).then(one.1.total_cmp(&other.1))
        })
        .map(|(parent, index, _)| (parent, index));
    if let Some((parent, index)) = invocation {
        lanes[parent].invocations[index].started = Some(child);
    }
    let parent = invocation
        .map(|(parent, _)| parent)
        .or_else(|| (0..child).rev().chain(child + 1..lanes.len()).find(|parent| lanes[*parent].function == source));
    let Some(parent) = parent else { return };
    let from = lanes[child]
        .reads
        .iter()
        .map(|read| lanes[parent].published.iter().position(|publish| publish.field == read.field))
        .collect::<Vec<_>>();
    for (read, from) in lanes[child].reads.iter_mut().zip(from) {
        read.from = from.filter(|_| read.error.is_none()).map(|index| (parent, index));
    }
}

fn chain(records: &[Record]) -> Chain {
    let call = |from: &str, to: &str| Call { from: function_name(from).to_owned(), to: function_name(to).to_owned() };
    let functions = records.iter().map(|record| function_name(&record.function).to_owned());
    let calls = records.iter().flat_map(|record| {
        let called = record.source.iter().map(|source| call(source, &record.function));
        called.chain(record.next.iter().map(|next| call(&record.function, &next.function)))
    });
    Chain::new(functions, calls)
}

/// The bare name of a function: next may be set as an ARN, whole or partial, or with a version or alias.
fn function_name(name: &str) -> &str {
    let mut parts = name.split(':');
    let named = if name.contains(":function:") {
        parts.find(|part| *part == "function").and(parts.next())
    } else {
        parts.next()
    };
    named.filter(|part| !part.is_empty()).unwrap_or(name)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::timeline::record::{NextInvoked, Published, Resolved};

    fn record(function: &str, source: Option<&str>, started_ms: Millis, ended_ms: Millis) -> Record {
        Record {
            function: function.to_owned(),
            session: "s".to_owned(),
            request_id: format!("{function}-{started_ms}"),
            source: source.map(str::to_owned),
            streaming: true,
            received_ms: started_ms,
            started_ms,
            ended_ms,
            next: Vec::new(),
            published: Vec::new(),
            resolved: Vec::new(),
            store: Costs::default(),
            outcome: Outcome::Returned,
        }
    }

    fn invokes(function: &str, at_ms: Millis) -> NextInvoked {
        NextInvoked { function: function.to_owned(), at_ms, early: true, bytes: 1 }
    }

    fn publishes(field: &str, at_ms: Millis) -> Published {
        Published { field: field.to_owned(), at_ms, stored_ms: None, bytes: 1, inline: false }
    }

    fn reads(field: &str, asked_ms: Millis, answered_ms: Millis) -> Resolved {
        Resolved { field: field.to_owned(), asked_ms, answered_ms, error: None }
    }

    fn one_session(records: Vec<Record>) -> Session {
        by_session(records).pop().unwrap()
    }

    #[test]
    fn orders_by_start_and_counts_from_the_first() {
        let mut first = record("A", None, 1000.0, 1500.0);
        first.next = vec![invokes("arn:aws:lambda:eu-west-1:123456789012:function:B:live", 1100.0)];
        let session = one_session(vec![record("B", Some("A"), 1120.0, 1600.0), first]);
        assert_eq!(session.lanes.iter().map(|lane| lane.function.as_str()).collect::<Vec<_>>(), ["A", "B"]);
        assert!((session.total - 600.0).abs() < 1e-9);
        assert_eq!(session.lanes[0].invocations[0].started, Some(1));
    }

    #[test]
    fn links_a_read_to_the_publish_of_its_source() {
        let mut first = record("A", None, 0.0, 500.0);
        first.published = vec![publishes("x", 400.0), publishes("y", 200.0)];
        let mut second = record("B", Some("A"), 100.0, 600.0);
        second.resolved = vec![reads("x", 150.0, 410.0), reads("z", 450.0, 451.0)];
        let session = one_session(vec![first, second]);
        assert_eq!(session.lanes[1].reads.iter().map(|read| read.from).collect::<Vec<_>>(), [Some((0, 1)), None]);
    }

    #[test]
    fn gives_each_invocation_its_own_child() {
        let mut first = record("A", None, 0.0, 500.0);
        first.next = vec![invokes("B", 100.0), invokes("B", 300.0)];
        let session =
            one_session(vec![first, record("B", Some("A"), 110.0, 200.0), record("B", Some("A"), 310.0, 400.0)]);
        let started = session.lanes[0].invocations.iter().map(|call| call.started).collect::<Vec<_>>();
        assert_eq!(started, [Some(1), Some(2)]);
    }

    #[test]
    fn counts_overlapping_waits_once() {
        let mut only = record("A", None, 0.0, 500.0);
        only.resolved = vec![reads("x", 100.0, 200.0), reads("y", 100.0, 250.0), reads("z", 300.0, 310.0)];
        let session = one_session(vec![only]);
        assert!((session.waited() - 160.0).abs() < 1e-9);
    }

    #[test]
    fn drops_a_record_that_was_given_twice() {
        let records = || vec![record("A", None, 0.0, 5.0), record("B", Some("A"), 6.0, 9.0)];
        assert_eq!(one_session([records(), records()].concat()).lanes.len(), 2);
    }

    #[test]
    fn puts_the_newest_session_last() {
        let mut newer = record("A", None, 90.0, 95.0);
        newer.session = "t".to_owned();
        let sessions = by_session(vec![newer, record("A", None, 10.0, 15.0)]);
        assert_eq!(sessions.iter().map(|session| session.id.as_str()).collect::<Vec<_>>(), ["s", "t"]);
    }

    #[test]
    fn knows_the_bare_name() {
        for name in ["f", "f:7", "123456789012:function:f", "arn:aws:lambda:eu-west-1:123456789012:function:f:live"] {
            assert_eq!(function_name(name), "f", "{name}");
        }
    }
}
