//! What is on its way to the field store and to next, and what of it has been acknowledged.

use std::{
    collections::{HashSet, VecDeque},
    sync::Arc,
};

use tokio::{
    task::{JoinError, JoinSet},
    time::{Instant, timeout_at},
};

use super::{Outlet, PublishError};
use crate::{
    diagnostic::Named,
    next::NextError,
    record::{self, Costs, Failed, NextInvoked, Published},
    store::{FieldStore, MOST_BYTES_TOGETHER, Pending, StoreError},
    worker::protocol::Field,
};

/// Writes of fields that are under way at a time: each has a connection of its own, and a small function's share of a processor
/// opens only so many in the time that an attempt has.
pub const MAX_WRITES: usize = 32;
/// Beyond so many of items that are not full, a field waits for the end of one of them, and those that are ready meanwhile go with
/// it: unless they fill an item, or no more will come.
pub const FEW_WRITES: usize = 8;
/// Of the fields of one item, in a message.
const MOST_NAMED: usize = 3;

pub struct Deliveries {
    tasks: JoinSet<Done>,
    /// Where fields go, and the stream that they are of.
    store: Option<(Arc<dyn FieldStore>, String)>,
    /// Numbers of `published`, and the fields, that are written as soon as a write is over.
    waiting: VecDeque<(usize, Field)>,
    /// Writes of fields that are under way.
    writing: usize,
    /// Those of them whose items are not full, and how many may be.
    small: usize,
    most_small: usize,
    /// No write is begun any more.
    withholds: bool,
    /// The end of a stream is to be written.
    ends: bool,
    published: Vec<Published>,
    names: HashSet<String>,
    /// Numbers of `published` that were not sent after all.
    withheld: HashSet<usize>,
    pub next: Vec<NextInvoked>,
    pub costs: Costs,
}

enum Done {
    /// `numbers` of `published`.
    Stored {
        numbers: Vec<usize>,
        is_full: bool,
        at: f64,
        result: Result<u64, StoreError>,
    },
    Invoked {
        number: usize,
        at: f64,
        result: Result<(), NextError>,
    },
    Ended {
        function: String,
        result: Result<u64, StoreError>,
    },
    ChangeRecorded(Result<u64, StoreError>),
}

impl Deliveries {
    pub fn new(store: Option<(Arc<dyn FieldStore>, String)>, costs: Costs) -> Self {
        Self {
            tasks: JoinSet::new(),
            store,
            waiting: VecDeque::new(),
            writing: 0,
            small: 0,
            most_small: FEW_WRITES,
            withholds: false,
            ends: false,
            published: Vec::new(),
            names: HashSet::new(),
            withheld: HashSet::new(),
            next: Vec::new(),
            costs,
        }
    }

    /// How many fields were given to the store or to next.
    pub fn fields(&self) -> usize {
        self.published.len()
    }

    /// What was sent, in order; takes it away.
    pub fn published(&mut self) -> Vec<Published> {
        let all = std::mem::take(&mut self.published).into_iter().enumerate();
        all.filter(|(number, _)| !self.withheld.contains(number)).map(|(_, published)| published).collect()
    }

    /// Writes fields that are ready at the same time, together with those that wait for their turn. What has been sent before is
    /// not sent again: where a signal handler of the user's has interrupted a publish, the worker repeats the field at the
    /// return, and who has it already would not look for an item that has its name.
    pub fn store(&mut self, fields: Vec<Field>) {
        if self.store.is_none() {
            return;
        }
        for field in fields {
            if self.names.contains(&field.name) {
                continue;
            }
            let number = self.published.len();
            self.note_published(&field, false);
            self.waiting.push_back((number, field));
        }
        self.begin_writes();
    }

    /// The same with the last ones: there is nothing to gather any more.
    pub fn store_last(&mut self, fields: Vec<Field>) {
        self.most_small = MAX_WRITES;
        self.store(fields);
    }

    fn begin_writes(&mut self) {
        if self.withholds {
            self.withheld.extend(self.waiting.drain(..).map(|(number, _)| number));
        }
        let Some((store, stream)) = &self.store else { return };
        while self.writing < MAX_WRITES && !self.waiting.is_empty() {
            let (count, is_full) = together(&self.waiting);
            if !is_full && self.small >= self.most_small {
                return;
            }
            let (numbers, fields) = self.waiting.drain(..count).unzip();
            let write = store.put(stream, fields);
            self.writing += 1;
            self.small += usize::from(!is_full);
            self.tasks.spawn(async move {
                let result = write.await;
                Done::Stored { numbers, is_full, at: record::now(), result }
            });
        }
    }

    /// Starts every next function with this payload, which holds the fields `inline`.
    pub fn invoke(&mut self, outlet: &Outlet, payload: &[u8], inline: &[String], early: bool) {
        for function in &outlet.functions {
            let number = self.next.len();
            let begun = outlet.trace.as_ref().and_then(|trace| trace.begin());
            self.next.push(NextInvoked {
                function: function.clone(),
                at_ms: record::now(),
                acknowledged_ms: None,
                failed: None,
                early,
                inline: inline.to_vec(),
                bytes: payload.len(),
                subsegment: begun.as_ref().map(|begun| begun.id.clone()),
            });
            let trace_id = begun.as_ref().map(|begun| &begun.header).or(outlet.trace_id.as_ref());
            let invoke = outlet.next.invoke(function, payload.to_vec(), trace_id.map(String::as_str));
            self.tasks.spawn(async move {
                let result = invoke.await;
                Done::Invoked { number, at: record::now(), result }
            });
        }
    }

    pub fn note_published(&mut self, field: &Field, inline: bool) {
        self.names.insert(field.name.clone());
        self.published.push(Published {
            field: field.name.clone(),
            at_ms: record::now(),
            stored_ms: None,
            failed: None,
            bytes: field.json.len(),
            inline,
        });
    }

    /// Waits, with all the others, for the write that ends a stream of `function`'s.
    pub fn end(&mut self, function: &str, end: Pending<u64>) {
        let function = function.to_owned();
        self.ends = true;
        self.tasks.spawn(async move { Done::Ended { function, result: end.await } });
    }

    /// Waits, with all the others, for the write that names changed fields.
    pub fn record_changed(&mut self, record: Pending<u64>) {
        self.tasks.spawn(async move { Done::ChangeRecorded(record.await) });
    }

    /// No field is written any more whose turn has not come.
    pub fn withhold(&mut self) {
        self.withholds = true;
        self.begin_writes();
    }

    /// The next acknowledgement, or what failed; None if nothing is on its way. Cancel safe.
    pub async fn next_acknowledged(&mut self) -> Option<Result<(), PublishError>> {
        let done = self.tasks.join_next().await?;
        Some(self.note(done))
    }

    /// The next acknowledgement until `deadline`; None if there is none any more. What is on its way then is given up.
    pub async fn acknowledged_by(&mut self, deadline: Instant) -> Option<Result<(), PublishError>> {
        loop {
            if let Some(done) = self.tasks.try_join_next() {
                return Some(self.note(done));
            }
            // The shortest timer would leave a quick request the time for an answer, and a slower one none.
            if self.tasks.is_empty() || Instant::now() >= deadline {
                return None;
            }
            if let Ok(Some(done)) = timeout_at(deadline, self.tasks.join_next()).await {
                return Some(self.note(done));
            }
        }
    }

    /// Gives up what is not acknowledged; says what that was, if there was anything.
    pub async fn give_up(&mut self) -> Option<String> {
        let is_late = !self.tasks.is_empty() || !self.waiting.is_empty();
        self.tasks.shutdown().await;
        is_late.then(|| self.unacknowledged())
    }

    fn unacknowledged(&self) -> String {
        let is_open = |(number, field): &(usize, &Published)| {
            let is_over = field.inline || field.stored_ms.is_some() || field.failed.is_some();
            !is_over && !self.withheld.contains(number)
        };
        let fields: Vec<&str> =
            self.published.iter().enumerate().filter(is_open).map(|(_, field)| field.field.as_str()).collect();
        let next = self.next.iter().filter(|next| next.acknowledged_ms.is_none() && next.failed.is_none());
        let next: Vec<&str> = next.map(|next| next.function.as_str()).collect();
        match (fields.is_empty(), next.is_empty()) {
            (true, true) if self.ends => "DynamoDB has not acknowledged the end of this stream".to_owned(),
            (true, true) => "DynamoDB has not acknowledged which fields changed".to_owned(),
            (true, false) => format!("Lambda has not acknowledged the invocation of {}", named(next.into_iter())),
            (false, true) => format!("DynamoDB has not acknowledged field {}", named(fields.into_iter())),
            (false, false) => format!(
                "neither has DynamoDB acknowledged field {}, nor Lambda the invocation of {}",
                named(fields.into_iter()),
                named(next.into_iter())
            ),
        }
    }

    fn note(&mut self, done: Result<Done, JoinError>) -> Result<(), PublishError> {
        match done.map_err(PublishError::Lost)? {
            Done::Ended { result: Ok(requests), .. } | Done::ChangeRecorded(Ok(requests)) => {
                self.costs.writes += requests;
                Ok(())
            }
            Done::Ended { function, result: Err(source) } => Err(PublishError::End { function, source }),
            Done::ChangeRecorded(Err(error)) => {
                tracing::error!(
                    "a retry will publish the changed fields again, for their names cannot be recorded: {error}"
                );
                Ok(())
            }
            Done::Stored { numbers, is_full, at, result: Ok(requests) } => {
                for number in numbers {
                    let field = &mut self.published[number];
                    field.stored_ms = Some(at);
                    self.costs.bytes_written += field.bytes as u64;
                }
                self.costs.writes += requests;
                self.writing -= 1;
                self.small -= usize::from(!is_full);
                self.begin_writes();
                Ok(())
            }
            // What is under way counts no more: nothing is begun after a failure.
            Done::Stored { numbers, at, result: Err(source), .. } => {
                let names = numbers.iter().map(|number| self.published[*number].field.as_str());
                let error = PublishError::Store { fields: named(names), source };
                for number in numbers {
                    self.published[number].failed = Some(Failed { at_ms: at, error_type: error.error_type() });
                }
                Err(error)
            }
            Done::Invoked { number, at, result: Ok(()) } => {
                self.next[number].acknowledged_ms = Some(at);
                Ok(())
            }
            Done::Invoked { number, at, result: Err(error) } => {
                let error = PublishError::from(error);
                self.next[number].failed = Some(Failed { at_ms: at, error_type: error.error_type() });
                Err(error)
            }
        }
    }
}

/// The first ones, and how many others there are: the cause behind them is what readers need, and has little room.
fn named<'a>(fields: impl ExactSizeIterator<Item = &'a str>) -> String {
    let others = fields.len().saturating_sub(MOST_NAMED);
    let names: Vec<String> = fields.take(MOST_NAMED).map(|name| format!("`{name}`")).collect();
    let more = if others == 0 { String::new() } else { format!(" and {others} more") };
    names.join(", ") + &more
}

/// How many of these fields may be written together, and whether no more would fit.
fn together(waiting: &VecDeque<(usize, Field)>) -> (usize, bool) {
    let mut bytes = 0;
    let fitting = waiting.iter().take_while(|(_, field)| {
        bytes += field.name.len() + field.json.len();
        bytes <= MOST_BYTES_TOGETHER
    });
    let count = fitting.count().max(1).min(waiting.len());
    (count, bytes >= MOST_BYTES_TOGETHER)
}
