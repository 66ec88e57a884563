//! Stores each published field once and invokes next: early with the first field, or at the return.
//!
//! Nothing goes ahead of the return before the run's record has been read: an earlier attempt may have found that a field
//! changes after it was published, and a field store that cannot be read is no place to send readers to.

mod mark;

use std::{
    collections::{HashMap, HashSet, hash_map::Entry},
    sync::Arc,
    time::Duration,
};

use tokio::{
    sync::Semaphore,
    task::JoinSet,
    time::{Instant, timeout_at},
};

use crate::{
    diagnostic::Named,
    event::Envelope,
    next::{Next, NextError},
    payload::{self, MAX_PAYLOAD_BYTES, PayloadError},
    record::{self, Costs, Failed, NextInvoked, Published},
    run::Run,
    signature::Signer,
    store::{End, FieldStore, Pending, RunRecord, StoreError},
    worker::protocol::Field,
    xray::Trace,
};
use mark::Mark;

/// Why nothing went ahead of a handler that was quick.
const NO_TIME: &str = "the run's record was not read before the return";
/// Fields that are written at a time: each write has a connection of its own, and a small function's share of a processor
/// opens only so many in the time that an attempt has.
const MAX_WRITES: usize = 32;

#[derive(Debug, thiserror::Error)]
pub enum PublishError {
    #[error("cannot store field `{field}`: {source}")]
    Store { field: String, source: StoreError },
    #[error(transparent)]
    Next(#[from] NextError),
    #[error(transparent)]
    Payload(#[from] PayloadError),
    #[error("field `{field}` cannot be passed on: it is not valid JSON (JSON knows no NaN and no Infinity)")]
    NotJson { field: String },
    #[error("a write to the field store was lost: {0}")]
    Lost(tokio::task::JoinError),
    #[error("{message}")]
    FieldChanged { message: String, fields: Vec<String> },
    #[error("the end of `{function}`'s stream cannot be recorded: {source}")]
    End { function: String, source: StoreError },
    #[error("not every field and invocation of next was acknowledged before this function's time ran out")]
    OutOfTime,
}

/// Where a result goes.
#[derive(Clone)]
pub struct Outlet {
    pub store: Option<Arc<dyn FieldStore>>,
    pub next: Arc<dyn Next>,
    /// Names or ARNs; empty at the end of a chain.
    pub functions: Vec<String>,
    /// The invocation's `X-Amzn-Trace-Id`.
    pub trace_id: Option<String>,
    /// Set where what happens here is told to X-Ray.
    pub trace: Option<Arc<Trace>>,
    /// Keys of the result in order; empty when the handler runs as written.
    pub keys: Vec<String>,
    /// The envelope of this result; its futures are filled in when it is sent.
    pub envelope: Envelope,
    /// Set where envelopes are signed.
    pub signer: Option<Signer>,
    pub run: Run,
    /// Next is invoked early only with so many fields: the later it starts, the less it waits, which is billed.
    pub start_after: usize,
}

/// Whether fields may go ahead of the return.
enum Gate {
    Open,
    /// The run's record is being read; what is published meanwhile waits.
    Reading {
        record: Pending<RunRecord>,
        early: Vec<Field>,
    },
    /// The result goes to next whole, at the return.
    Shut,
}

enum Done {
    /// `number` of `published`.
    Stored {
        number: usize,
        at: f64,
        result: Result<u64, StoreError>,
    },
    /// Something failed before its turn came.
    Withheld {
        number: usize,
    },
    Invoked {
        number: usize,
        at: f64,
        result: Result<(), NextError>,
    },
    Ended(Result<u64, StoreError>),
    ChangeRecorded(Result<u64, StoreError>),
}

pub struct Publisher {
    outlet: Outlet,
    tasks: JoinSet<Done>,
    /// A turn for each field that is being written; closed after a failure.
    turns: Arc<Semaphore>,
    gate: Gate,
    /// Fields that are ready before there are enough to start next with.
    gathered: Vec<Field>,
    /// In strict mode the field that makes the result whole waits for the source's own stream to be whole.
    held: Option<Field>,
    /// What the worker says of published fields that the result says otherwise.
    changed: Option<(String, Vec<String>)>,
    /// Next has been sent future references: from now on fields go to the store, and readers may wait for them.
    referenced: bool,
    failure: Option<PublishError>,
    /// The handler's own failure: readers are told this one, whatever else fails afterwards.
    cause: Option<String>,
    mark: Mark,
    /// Why fields that were ready did not go ahead of the return.
    pub held_back: Option<String>,
    published: Vec<Published>,
    /// Numbers of `published` that were not sent after all.
    withheld: HashSet<usize>,
    pub next: Vec<NextInvoked>,
    pub costs: Costs,
}

impl Publisher {
    /// A publisher that may run ahead of the return only after the run's record has been read.
    ///
    /// A handler that has returned after `head_start` costs no read: breaking one off costs a connection, too.
    pub fn new(outlet: Outlet, head_start: Duration) -> Self {
        let gate = match &outlet.store {
            Some(store) if !outlet.keys.is_empty() => {
                let record = store.run_record(&outlet.run.partition);
                let record = Box::pin(async move {
                    if !head_start.is_zero() {
                        tokio::time::sleep(head_start).await;
                    }
                    record.await
                });
                Gate::Reading { record, early: Vec::new() }
            }
            _ => Gate::Open,
        };
        Self::with_gate(outlet, gate)
    }

    /// The same, where the record has been read already.
    pub fn with_record(outlet: Outlet, record: &RunRecord) -> Self {
        let costs = record.costs;
        if record.changed.is_empty() {
            return Self { costs, ..Self::with_gate(outlet, Gate::Open) };
        }
        let reason = changed_before(record);
        tracing::warn!("nothing is published early: {reason}");
        Self { held_back: Some(reason), costs, ..Self::with_gate(outlet, Gate::Shut) }
    }

    fn with_gate(outlet: Outlet, gate: Gate) -> Self {
        Self {
            outlet,
            tasks: JoinSet::new(),
            turns: Arc::new(Semaphore::new(MAX_WRITES)),
            gate,
            gathered: Vec::new(),
            held: None,
            changed: None,
            referenced: false,
            failure: None,
            cause: None,
            mark: Mark::default(),
            held_back: None,
            published: Vec::new(),
            withheld: HashSet::new(),
            next: Vec::new(),
            costs: Costs::default(),
        }
    }

    /// Whether the run's record is still not there.
    pub fn is_reading(&self) -> bool {
        matches!(self.gate, Gate::Reading { .. })
    }

    /// Takes fields that are final. The first ones start next; the others go to the store. After a failure nothing more
    /// is sent: the invocation fails, whatever comes.
    pub fn publish(&mut self, fields: Vec<Field>) {
        match &mut self.gate {
            Gate::Open => self.send_early(fields),
            Gate::Reading { early, .. } => early.extend(fields),
            Gate::Shut => {}
        }
    }

    /// In strict mode, the field that would make the result whole waits for `finish_result`.
    fn send_early(&mut self, mut fields: Vec<Field>) {
        if self.failure.is_some() {
            return;
        }
        if !self.referenced {
            self.gathered.append(&mut fields);
            if self.gathered.len() < self.outlet.start_after {
                return;
            }
            fields = std::mem::take(&mut self.gathered);
        }
        if self.outlet.envelope.end
            && self.held.is_none()
            && self.published.len() + fields.len() == self.outlet.keys.len()
        {
            self.held = fields.pop();
        }
        if self.referenced {
            for field in fields {
                self.store(field);
            }
        } else if !fields.is_empty() {
            let keys = self.outlet.keys.clone();
            self.send_fields(&keys, fields, true);
        }
    }

    /// Takes note that published fields are not what the handler returned.
    pub fn note_changed(&mut self, message: String, fields: Vec<String>) {
        self.changed = Some((message, fields));
    }

    /// Sends a whole result: late fields to the store if next was invoked early, everything to next otherwise.
    pub fn finish_result(&mut self, body: &[u8], late: Vec<Field>) {
        if let Gate::Reading { early, .. } = std::mem::replace(&mut self.gate, Gate::Shut)
            && !early.is_empty()
        {
            self.held_back = Some(NO_TIME.to_owned());
        }
        match self.changed.take() {
            // Nobody has seen what was published: the result is what counts.
            Some((message, _)) if !self.referenced => tracing::debug!("not published early: {message}"),
            Some((message, fields)) => {
                self.record_changed(&fields);
                return self.fail(PublishError::FieldChanged { message, fields });
            }
            None => {}
        }
        if self.failure.is_some() {
            return;
        }
        if self.referenced {
            for field in self.held.take().into_iter().chain(late) {
                self.store(field);
            }
        } else if !self.outlet.functions.is_empty() {
            match payload::whole(body, &self.outlet.envelope, self.outlet.signer.as_ref()) {
                Ok(payload) if payload.len() <= MAX_PAYLOAD_BYTES => self.invoke(&payload, &[], false),
                Ok(payload) => self.send_large(body, payload.len()),
                Err(error) => self.fail(error.into()),
            }
        }
    }

    /// What was sent, in order; takes it away.
    pub fn published(&mut self) -> Vec<Published> {
        let all = std::mem::take(&mut self.published).into_iter().enumerate();
        all.filter(|(number, _)| !self.withheld.contains(number)).map(|(_, published)| published).collect()
    }

    /// Where this attempt's fields are.
    pub fn stream(&self) -> &str {
        &self.outlet.envelope.stream
    }

    /// In strict mode, tells the readers of the stream that counts that it is whole, and those of this attempt's, if it is
    /// another one, that it will never be; `flush` waits for it. Everything else is acknowledged by now.
    pub fn end_streams(&mut self, counted: &str) {
        let has_readers = !self.outlet.functions.is_empty();
        let (true, true, Some(store)) = (self.outlet.envelope.end, has_readers, &self.outlet.store) else { return };
        let end = store.end(counted, End::Complete);
        self.tasks.spawn(async move { Done::Ended(end.await) });
        if counted != self.outlet.envelope.stream {
            self.mark("another attempt of this run has recorded its result first", Vec::new());
        }
    }

    /// A later attempt of this run publishes nothing early: it would fail in the same way.
    fn record_changed(&mut self, fields: &[String]) {
        let Some(store) = &self.outlet.store else { return };
        let record = store.record_changed(&self.outlet.run.partition, fields);
        self.tasks.spawn(async move { Done::ChangeRecorded(record.await) });
    }

    fn pass_gate(&mut self, record: Result<RunRecord, StoreError>) {
        let Gate::Reading { early, .. } = std::mem::replace(&mut self.gate, Gate::Shut) else { return };
        let reason = match record {
            Ok(record) => {
                self.costs += record.costs;
                if record.changed.is_empty() {
                    self.gate = Gate::Open;
                    return self.publish(early);
                }
                changed_before(&record)
            }
            Err(error) => error.to_string(),
        };
        tracing::warn!("nothing is published early: {reason}");
        self.held_back = Some(reason);
    }

    /// Waits until everything is acknowledged, `time_left` at most; only the mark for the readers gets a moment more.
    pub async fn flush(&mut self, time_left: Duration) -> Result<(), PublishError> {
        let deadline = Instant::now() + time_left;
        if !self.all_acknowledged(deadline).await {
            self.fail(PublishError::OutOfTime);
        }
        self.conclude(deadline).await
    }

    /// The same after a failure of the handler's, and tells the readers, if there are any, that the rest will never come.
    pub async fn flush_failed(&mut self, cause: &str, time_left: Duration) -> Result<(), PublishError> {
        let deadline = Instant::now() + time_left;
        self.cause = Some(cause.to_owned());
        let in_time = self.all_acknowledged(deadline).await;
        // Behind the writes: who reads the mark looks no further.
        self.mark(cause, Vec::new());
        if !in_time {
            self.fail(PublishError::OutOfTime);
        }
        self.conclude(deadline).await
    }

    /// Whether everything but the mark is acknowledged by `deadline`; what is not is given up.
    async fn all_acknowledged(&mut self, deadline: Instant) -> bool {
        loop {
            while let Some(done) = self.tasks.try_join_next() {
                self.note(done);
            }
            if self.tasks.is_empty() {
                return true;
            }
            // The shortest timer would leave a quick request the time for an answer, and a slower one none.
            if Instant::now() >= deadline {
                self.tasks.shutdown().await;
                return false;
            }
            if let Ok(Some(done)) = timeout_at(deadline, self.tasks.join_next()).await {
                self.note(done);
            }
        }
    }

    async fn conclude(&mut self, deadline: Instant) -> Result<(), PublishError> {
        match self.mark.acknowledged(deadline).await {
            Ok(requests) => self.costs.writes += requests,
            Err(error) => {
                let function = &self.outlet.envelope.source;
                tracing::error!(
                    "the failure of `{function}` cannot be recorded, its readers wait for its deadline: {error}"
                );
            }
        }
        self.failure.take().map_or(Ok(()), Err)
    }

    /// Takes note of what has been acknowledged meanwhile; never ends. Cancel safe.
    pub async fn progress(&mut self) -> std::convert::Infallible {
        loop {
            let Self { tasks, gate, .. } = self;
            let record = async {
                match gate {
                    Gate::Reading { record, .. } => record.await,
                    Gate::Open | Gate::Shut => std::future::pending().await,
                }
            };
            tokio::select! {
                Some(done) = tasks.join_next() => self.note(done),
                record = record => self.pass_gate(record),
                else => std::future::pending().await,
            }
        }
    }

    /// Tells the readers, if there are any, that the rest will never come.
    fn mark(&mut self, cause: &str, changed: Vec<String>) {
        let awaited = self.referenced || self.outlet.envelope.end && !self.next.is_empty();
        if let (true, Some(store)) = (awaited, &self.outlet.store) {
            let cause = self.cause.as_deref().unwrap_or(cause);
            self.mark.make(store.as_ref(), &self.outlet.envelope.stream, cause, changed);
        }
    }

    /// A result over the limit: its largest fields go through the store.
    fn send_large(&mut self, body: &[u8], bytes: usize) {
        let advice = if self.outlet.store.is_none() {
            "set UNUM_TABLE, so that large fields go through the field store"
        } else {
            match payload::members(body) {
                Some(members) => {
                    let mut fields: Vec<Field> = Vec::with_capacity(members.len());
                    let mut numbers: HashMap<String, usize> = HashMap::new();
                    for (name, json) in members {
                        let json = json.get().to_owned();
                        // Of two members with one name, Python's reader takes the last.
                        match numbers.entry(name.clone()) {
                            Entry::Occupied(number) => fields[*number.get()].json = json,
                            Entry::Vacant(number) => {
                                number.insert(fields.len());
                                fields.push(Field { name, json });
                            }
                        }
                    }
                    let keys: Vec<String> = fields.iter().map(|field| field.name.clone()).collect();
                    return self.send_fields(&keys, fields, false);
                }
                None => "only the fields of a dict can go through the field store",
            }
        };
        self.fail(PayloadError::TooLarge { bytes, advice }.into());
    }

    /// From here on readers may wait for this stream.
    fn send_fields(&mut self, keys: &[String], fields: Vec<Field>, early: bool) {
        if let Some(field) = fields.iter().find(|field| !payload::is_json(field.json.as_bytes())) {
            return self.fail(PublishError::NotJson { field: field.name.clone() });
        }
        self.referenced = true;
        let ready = fields.iter().map(|field| (field.name.as_str(), field.json.as_str())).collect::<HashMap<_, _>>();
        let payload = match payload::build(keys, &ready, &self.outlet.envelope, self.outlet.signer.as_ref()) {
            Ok(payload) => payload,
            Err(error) => return self.fail(error.into()),
        };
        self.invoke(&payload.bytes, &payload.inline, early);
        for field in fields {
            if payload.overflow.contains(&field.name) {
                self.store(field);
            } else {
                self.note_published(&field, true);
            }
        }
    }

    fn store(&mut self, field: Field) {
        if !payload::is_json(field.json.as_bytes()) {
            return self.fail(PublishError::NotJson { field: field.name });
        }
        let number = self.published.len();
        self.note_published(&field, false);
        let Some(store) = &self.outlet.store else { return };
        let turn = Arc::clone(&self.turns).acquire_owned();
        let write = store.put(&self.outlet.envelope.stream, field);
        self.tasks.spawn(async move {
            let Ok(_turn) = turn.await else { return Done::Withheld { number } };
            let result = write.await;
            Done::Stored { number, at: record::now(), result }
        });
    }

    fn invoke(&mut self, payload: &[u8], inline: &[String], early: bool) {
        for function in &self.outlet.functions {
            let number = self.next.len();
            let begun = self.outlet.trace.as_ref().and_then(|trace| trace.begin());
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
            let trace_id = begun.as_ref().map(|begun| &begun.header).or(self.outlet.trace_id.as_ref());
            let invoke = self.outlet.next.invoke(function, payload.to_vec(), trace_id.map(String::as_str));
            self.tasks.spawn(async move {
                let result = invoke.await;
                Done::Invoked { number, at: record::now(), result }
            });
        }
    }

    fn note_published(&mut self, field: &Field, inline: bool) {
        self.published.push(Published {
            field: field.name.clone(),
            at_ms: record::now(),
            stored_ms: None,
            failed: None,
            bytes: field.json.len(),
            inline,
        });
    }

    fn note(&mut self, done: Result<Done, tokio::task::JoinError>) {
        let done = match done {
            Ok(done) => done,
            Err(lost) => return self.fail(PublishError::Lost(lost)),
        };
        match done {
            Done::Ended(Ok(requests)) | Done::ChangeRecorded(Ok(requests)) => {
                self.costs.writes += requests;
            }
            Done::Ended(Err(source)) => {
                self.fail(PublishError::End { function: self.outlet.envelope.source.clone(), source });
            }
            Done::ChangeRecorded(Err(error)) => {
                tracing::error!(
                    "a retry will publish the changed fields again, for their names cannot be recorded: {error}"
                );
            }
            Done::Stored { number, at, result } => match result {
                Ok(requests) => {
                    self.costs.writes += requests;
                    self.costs.bytes_written += self.published[number].bytes as u64;
                    self.published[number].stored_ms = Some(at);
                }
                Err(source) => {
                    let error = PublishError::Store { field: self.published[number].field.clone(), source };
                    self.published[number].failed = Some(Failed { at_ms: at, error_type: error.error_type() });
                    self.fail(error);
                }
            },
            Done::Withheld { number } => {
                self.withheld.insert(number);
            }
            Done::Invoked { number, at, result } => match result {
                Ok(()) => self.next[number].acknowledged_ms = Some(at),
                Err(error) => {
                    let error = PublishError::from(error);
                    self.next[number].failed = Some(Failed { at_ms: at, error_type: error.error_type() });
                    self.fail(error);
                }
            },
        }
    }

    /// The first failure is the one that is reported; later ones are logged. Readers learn of it at once.
    fn fail(&mut self, error: PublishError) {
        let changed = match &error {
            PublishError::FieldChanged { fields, .. } => fields.clone(),
            _ => Vec::new(),
        };
        self.turns.close();
        self.mark(&format!("{}: {error}", error.error_type()), changed);
        if self.failure.is_none() {
            self.failure = Some(error);
        } else {
            tracing::error!("{error}");
        }
    }
}

fn changed_before(record: &RunRecord) -> String {
    format!("in an earlier attempt, fields changed after they had been published: {}", record.changed.join(", "))
}

#[cfg(test)]
pub mod tests {
    use super::*;
    use crate::{event::ENVELOPE_VERSION, next::recording::RecordingNext, store::memory::MemoryStore};

    pub const STREAM: &str = "s/A/1";
    const RUN: &str = "run/A/r";
    const SOON: Duration = Duration::from_mins(1);

    pub fn field(name: &str, json: &str) -> Field {
        Field { name: name.to_owned(), json: json.to_owned() }
    }

    pub fn outlet(store: Option<&MemoryStore>, next: &RecordingNext, functions: &[&str]) -> Outlet {
        Outlet {
            store: store.map(|store| Arc::new(store.clone()) as _),
            next: Arc::new(next.clone()),
            functions: functions.iter().map(|name| (*name).to_owned()).collect(),
            trace_id: None,
            trace: None,
            keys: vec!["a".to_owned(), "b".to_owned()],
            envelope: Envelope {
                version: ENVELOPE_VERSION,
                session: "s".to_owned(),
                source: "A".to_owned(),
                run: "r".to_owned(),
                stream: STREAM.to_owned(),
                futures: Vec::new(),
                deadline_ms: 9,
                end: false,
            },
            signer: None,
            run: Run { id: "r".to_owned(), partition: RUN.to_owned() },
            start_after: 1,
        }
    }

    /// Behind an open gate.
    fn publisher(store: Option<&MemoryStore>, next: &RecordingNext, functions: &[&str]) -> Publisher {
        Publisher::with_record(outlet(store, next, functions), &RunRecord::default())
    }

    #[tokio::test]
    async fn the_first_field_travels_inline_and_the_rest_through_the_store() {
        let (store, next) = (MemoryStore::default(), RecordingNext::default());
        let mut publisher = publisher(Some(&store), &next, &["B", "C"]);
        publisher.publish(vec![field("a", "1")]);
        publisher.publish(vec![field("b", "2")]);
        publisher.finish_result(b"{\"a\": 1, \"b\": 2}", Vec::new());
        publisher.flush(SOON).await.unwrap();
        assert_eq!((store.value(STREAM, "a"), store.value(STREAM, "b")), (None, Some("2".to_owned())));
        let invoked = next.invoked.lock().unwrap().clone();
        assert_eq!(invoked.iter().map(|(function, _)| function.as_str()).collect::<Vec<_>>(), ["B", "C"]);
        assert!(invoked[0].1.starts_with(r#"{"a":1,"b":{"__unum_future__":true"#), "{}", invoked[0].1);
        assert_eq!(publisher.costs.writes, 1);
    }

    fn changed(publisher: &mut Publisher) {
        publisher.note_changed("field `a` changed".to_owned(), vec!["a".to_owned()]);
        publisher.finish_result(b"{\"a\": 3, \"b\": 2}", Vec::new());
    }

    /// Lets the gate open, or shut.
    async fn pass(publisher: &mut Publisher) {
        let _ = tokio::time::timeout(Duration::from_millis(1), publisher.progress()).await;
    }

    #[tokio::test(start_paused = true)]
    async fn what_is_published_waits_for_the_runs_record() {
        let (store, next) = (MemoryStore::default(), RecordingNext::default());
        let mut publisher = Publisher::new(outlet(Some(&store), &next, &["B"]), Duration::ZERO);
        publisher.publish(vec![field("a", "1")]);
        assert!(publisher.next.is_empty());
        pass(&mut publisher).await;
        assert!(publisher.next[0].early);
        publisher.finish_result(b"{\"a\": 1, \"b\": 2}", vec![field("b", "2")]);
        publisher.flush(SOON).await.unwrap();
        assert_eq!((store.value(STREAM, "b").as_deref(), publisher.costs.reads), (Some("2"), 1));
    }

    #[tokio::test]
    async fn a_result_that_is_there_before_the_record_goes_whole() {
        let (store, next) = (MemoryStore::default(), RecordingNext::default());
        let mut publisher = Publisher::new(outlet(Some(&store), &next, &["B"]), Duration::ZERO);
        publisher.publish(vec![field("a", "1")]);
        // What has not left this environment may change.
        changed(&mut publisher);
        publisher.flush(SOON).await.unwrap();
        assert!(next.invoked.lock().unwrap()[0].1.starts_with(r#"{"a": 3, "b": 2, "__unum__""#));
    }

    #[tokio::test(start_paused = true)]
    async fn a_handler_that_is_done_within_its_head_start_costs_no_read() {
        let (store, next) = (MemoryStore::default(), RecordingNext::default());
        let mut publisher = Publisher::new(outlet(Some(&store), &next, &["B"]), Duration::from_millis(10));
        publisher.publish(vec![field("a", "1")]);
        pass(&mut publisher).await;
        assert!(publisher.next.is_empty());
        tokio::time::advance(Duration::from_millis(10)).await;
        pass(&mut publisher).await;
        assert!(publisher.next[0].early);
    }

    #[tokio::test(start_paused = true)]
    async fn without_the_runs_record_nothing_goes_ahead() {
        let (store, next) = (MemoryStore { unreadable: true, ..MemoryStore::default() }, RecordingNext::default());
        let mut publisher = Publisher::new(outlet(Some(&store), &next, &["B"]), Duration::ZERO);
        publisher.publish(vec![field("a", "1")]);
        pass(&mut publisher).await;
        publisher.publish(vec![field("b", "2")]);
        publisher.finish_result(b"{\"a\": 1, \"b\": 2}", Vec::new());
        publisher.flush(SOON).await.unwrap();
        assert!(!publisher.next[0].early);
    }

    #[tokio::test(start_paused = true)]
    async fn a_changed_field_fails_this_attempt_and_holds_back_the_next_one() {
        let (store, next) = (MemoryStore::default(), RecordingNext::default());
        let mut first = Publisher::new(outlet(Some(&store), &next, &["B"]), Duration::ZERO);
        first.publish(vec![field("a", "1")]);
        pass(&mut first).await;
        changed(&mut first);
        assert!(matches!(first.flush(SOON).await, Err(PublishError::FieldChanged { .. })));
        let end =
            End::Failed { cause: "Unum.FieldChanged: field `a` changed".to_owned(), changed: vec!["a".to_owned()] };
        assert_eq!(store.end_of(STREAM), Some(end));

        let mut second = Publisher::new(outlet(Some(&store), &next, &["B"]), Duration::ZERO);
        second.publish(vec![field("a", "1")]);
        pass(&mut second).await;
        changed(&mut second);
        second.flush(SOON).await.unwrap();
        assert!(!second.next[0].early);
    }

    #[tokio::test]
    async fn a_strict_stream_is_whole_only_at_the_return_and_says_so() {
        let (store, next) = (MemoryStore::default(), RecordingNext::default());
        let mut outlet = outlet(Some(&store), &next, &["B"]);
        outlet.envelope.end = true;
        let mut publisher = Publisher::with_record(outlet, &RunRecord::default());
        publisher.publish(vec![field("a", "1")]);
        publisher.publish(vec![field("b", "2")]);
        publisher.flush(SOON).await.unwrap();
        assert_eq!(store.value(STREAM, "b"), None);
        publisher.finish_result(b"{\"a\": 1, \"b\": 2}", Vec::new());
        publisher.flush(SOON).await.unwrap();
        assert_eq!((store.value(STREAM, "b").as_deref(), store.end_of(STREAM)), (Some("2"), None));
        publisher.end_streams(STREAM);
        publisher.flush(SOON).await.unwrap();
        assert_eq!(store.end_of(STREAM), Some(End::Complete));
        assert!(next.invoked.lock().unwrap()[0].1.contains(r#""end":true"#));
    }

    #[tokio::test]
    async fn next_starts_with_as_many_fields_as_it_is_to_have() {
        let (store, next) = (MemoryStore::default(), RecordingNext::default());
        let mut outlet = outlet(Some(&store), &next, &["B"]);
        (outlet.start_after, outlet.keys) = (2, ["a", "b", "c"].map(str::to_owned).to_vec());
        let mut publisher = Publisher::with_record(outlet, &RunRecord::default());
        publisher.publish(vec![field("a", "1")]);
        assert!(publisher.next.is_empty());
        publisher.publish(vec![field("b", "2")]);
        assert_eq!(publisher.next[0].inline, ["a", "b"]);
        publisher.finish_result(br#"{"a": 1, "b": 2, "c": 3}"#, vec![field("c", "3")]);
        publisher.flush(SOON).await.unwrap();
        assert_eq!((store.value(STREAM, "a"), store.value(STREAM, "c").as_deref()), (None, Some("3")));
    }

    #[tokio::test]
    async fn a_result_of_fewer_fields_than_next_is_to_have_goes_whole() {
        let (store, next) = (MemoryStore::default(), RecordingNext::default());
        let mut outlet = outlet(Some(&store), &next, &["B"]);
        outlet.start_after = 3;
        let mut publisher = Publisher::with_record(outlet, &RunRecord::default());
        publisher.publish(vec![field("a", "1")]);
        publisher.publish(vec![field("b", "2")]);
        publisher.finish_result(br#"{"a": 1, "b": 2}"#, Vec::new());
        publisher.flush(SOON).await.unwrap();
        assert!(!publisher.next[0].early && !next.invoked.lock().unwrap()[0].1.contains("__unum_future__"));
    }

    #[tokio::test]
    async fn a_result_without_publishes_goes_to_next_whole() {
        let next = RecordingNext::default();
        let mut publisher = publisher(None, &next, &["B"]);
        publisher.finish_result(b"[1]", Vec::new());
        publisher.flush(SOON).await.unwrap();
        assert_eq!(next.invoked.lock().unwrap().clone(), [("B".to_owned(), "[1]".to_owned())]);
    }

    #[tokio::test]
    async fn a_large_result_goes_through_the_store_field_by_field() {
        let (store, next) = (MemoryStore::default(), RecordingNext::default());
        let large = format!("\"{}\"", "x".repeat(MAX_PAYLOAD_BYTES));
        let mut publisher = publisher(Some(&store), &next, &["B"]);
        publisher.finish_result(format!("{{\"big\": {large}, \"small\": 1}}").as_bytes(), Vec::new());
        publisher.flush(SOON).await.unwrap();
        assert_eq!(store.value(STREAM, "big"), Some(large));
        assert!(next.invoked.lock().unwrap()[0].1.contains(r#""small":1"#));
    }

    /// A result of so many fields with too many bytes for one payload.
    fn large(count: usize) -> String {
        let value = "x".repeat(2 * MAX_PAYLOAD_BYTES / count);
        let members: Vec<String> = (0..count).map(|number| format!(r#""f{number}": "{value}""#)).collect();
        format!("{{{}}}", members.join(", "))
    }

    #[tokio::test]
    async fn however_many_fields_there_are_few_are_written_at_a_time() {
        let (store, next) = (MemoryStore::default(), RecordingNext::default());
        let mut publisher = publisher(Some(&store), &next, &["B"]);
        publisher.finish_result(large(2000).as_bytes(), Vec::new());
        publisher.flush(SOON).await.unwrap();
        let stored: Vec<&Published> = publisher.published.iter().filter(|field| !field.inline).collect();
        assert!(stored.len() > 1000, "{}", stored.len());
        assert!(stored.iter().all(|field| field.stored_ms.is_some() && store.value(STREAM, &field.field).is_some()));
        assert_eq!(store.open_writes.most(), MAX_WRITES);
    }

    #[tokio::test]
    async fn after_a_failure_no_write_is_begun() {
        let store =
            MemoryStore { refused: (0..2000).map(|number| format!("f{number}")).collect(), ..MemoryStore::default() };
        let mut publisher = publisher(Some(&store), &RecordingNext::default(), &["B"]);
        publisher.finish_result(large(2000).as_bytes(), Vec::new());
        assert!(matches!(publisher.flush(SOON).await, Err(PublishError::Store { .. })));
        assert!(store.open_writes.begun() < 1000, "{}", store.open_writes.begun());
        assert!(store.failure(STREAM).is_some());
    }

    #[tokio::test]
    async fn what_is_not_acknowledged_is_an_error_that_names_it() {
        let next = RecordingNext { missing: ["B".to_owned()].into(), ..RecordingNext::default() };
        let mut lost_next = publisher(None, &next, &["B"]);
        lost_next.finish_result(b"{}", Vec::new());
        let error = lost_next.flush(SOON).await.unwrap_err();
        assert_eq!(error.to_string(), "cannot invoke `B` (UNUM_NEXT): there is no such function");

        let store = MemoryStore { refused: ["b".to_owned()].into(), ..MemoryStore::default() };
        let mut lost_field = publisher(Some(&store), &RecordingNext::default(), &["B"]);
        lost_field.publish(vec![field("a", "1")]);
        lost_field.publish(vec![field("b", "2")]);
        let error = lost_field.flush(SOON).await.unwrap_err();
        assert!(error.to_string().starts_with("cannot store field `b`: table `memory`"), "{error}");
        assert!(store.failure(STREAM).unwrap().starts_with("Unum.FieldStoreError: cannot store field `b`"));
    }

    /// Whoever has it can send an envelope that names it: docs/threat-model.md.
    #[test]
    fn no_message_has_a_streams_name() {
        let store = MemoryStore::default();
        let mut publisher = publisher(Some(&store), &RecordingNext::default(), &["B"]);
        let conflict = StoreError::Conflict { field: "a".to_owned() };
        publisher.note(Ok(Done::Ended(Err(conflict))));
        let error = publisher.failure.take().unwrap().to_string();
        assert_eq!(error, "the end of `A`'s stream cannot be recorded: field `a` is already there with another value");
    }

    #[tokio::test]
    async fn a_write_that_panics_is_not_an_acknowledgement() {
        let store = MemoryStore { panicking: true, ..MemoryStore::default() };
        let mut publisher = publisher(Some(&store), &RecordingNext::default(), &["B"]);
        publisher.publish(vec![field("a", "1")]);
        publisher.publish(vec![field("b", "2")]);
        assert!(matches!(publisher.flush(SOON).await, Err(PublishError::Lost(_))));
    }

    #[tokio::test]
    async fn a_value_that_json_does_not_know_is_named() {
        let (store, next) = (MemoryStore::default(), RecordingNext::default());
        let mut publisher = publisher(Some(&store), &next, &["B"]);
        publisher.publish(vec![field("a", "1")]);
        publisher.publish(vec![field("b", "NaN")]);
        let error = publisher.flush(SOON).await.unwrap_err();
        assert!(error.to_string().starts_with("field `b` cannot be passed on"), "{error}");
        assert!(store.failure(STREAM).is_some());
    }

    #[tokio::test]
    async fn next_is_not_started_after_a_failure() {
        let next = RecordingNext::default();
        let mut publisher = publisher(Some(&MemoryStore::default()), &next, &["B"]);
        publisher.publish(vec![field("a", "NaN")]);
        publisher.publish(vec![field("b", "2")]);
        publisher.finish_result(b"{\"a\": NaN, \"b\": 2}", vec![field("a", "NaN")]);
        assert!(matches!(publisher.flush(SOON).await, Err(PublishError::NotJson { .. })));
        assert!(next.invoked.lock().unwrap().is_empty());
    }

    #[tokio::test(start_paused = true)]
    async fn readers_learn_the_handlers_own_cause_even_if_a_write_is_given_up() {
        let latency = Duration::from_millis(100);
        let store = MemoryStore { write_latency: latency, ..MemoryStore::default() };
        let mut publisher = publisher(Some(&store), &RecordingNext::default(), &["B"]);
        publisher.publish(vec![field("a", "1")]);
        publisher.publish(vec![field("b", "2")]);
        let error = publisher.flush_failed("it broke", latency / 2).await.unwrap_err();
        assert!(matches!(error, PublishError::OutOfTime));
        assert_eq!((store.value(STREAM, "b"), store.failure(STREAM).as_deref()), (None, Some("it broke")));
        assert_eq!(publisher.costs.writes, 1);
    }

    #[tokio::test(start_paused = true)]
    async fn readers_learn_the_handlers_own_cause_even_if_a_write_fails_after_it() {
        let store = MemoryStore {
            write_latency: Duration::from_millis(100),
            refused: HashSet::from(["b".to_owned()]),
            ..MemoryStore::default()
        };
        let mut publisher = publisher(Some(&store), &RecordingNext::default(), &["B"]);
        publisher.publish(vec![field("a", "1")]);
        publisher.publish(vec![field("b", "2")]);
        assert!(matches!(publisher.flush_failed("it broke", SOON).await, Err(PublishError::Store { .. })));
        assert_eq!(store.failure(STREAM).as_deref(), Some("it broke"));
    }

    #[tokio::test]
    async fn what_was_not_sent_after_a_failure_is_neither_published_nor_counted() {
        let store = MemoryStore { refused: HashSet::from(["f0".to_owned()]), ..MemoryStore::default() };
        let mut publisher = publisher(Some(&store), &RecordingNext::default(), &["B"]);
        publisher.publish(vec![field("a", "1")]);
        publisher.publish((0..3 * MAX_WRITES).map(|number| field(&format!("f{number}"), "22")).collect());
        assert!(publisher.flush(SOON).await.is_err());
        let sent = publisher.published();
        assert!(sent.len() <= 1 + 2 * MAX_WRITES, "{}", sent.len());
        let stored = sent.iter().filter(|field| field.stored_ms.is_some()).count() as u64;
        assert_eq!((publisher.costs.writes - 1, publisher.costs.bytes_written), (stored, 2 * stored));
    }

    #[tokio::test]
    async fn a_failure_without_readers_leaves_no_marker() {
        let store = MemoryStore::default();
        let mut publisher = publisher(Some(&store), &RecordingNext::default(), &["B"]);
        publisher.flush_failed("it broke", SOON).await.unwrap();
        assert_eq!(store.failure(STREAM), None);
    }
}
