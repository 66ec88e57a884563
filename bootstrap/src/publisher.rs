//! Stores each published field once and invokes next: early with the first field, or at the return. Fields that are ready at the
//! same time are stored together.
//!
//! Nothing goes ahead of the return before the run's record has been read: an earlier attempt may have found that a field
//! changes after it was published, and a field store that cannot be read is no place to send readers to.

mod deliveries;
mod mark;
pub mod rhythm;
#[cfg(test)]
pub mod tests;

use std::{
    collections::{HashMap, hash_map::Entry},
    sync::Arc,
    time::Duration,
};

use tokio::time::Instant;
use unum_settings::StartAfter;

use crate::{
    deadline::Deadline,
    diagnostic::Named,
    event::{Envelope, TimesLeft},
    next::{Next, NextError},
    payload::{self, MAX_PAYLOAD_BYTES, PayloadError},
    record::Costs,
    run::Run,
    signature::Signer,
    store::{End, FieldStore, Pending, RunRecord, StoreError},
    worker::protocol::Field,
    xray::Trace,
};
use deliveries::Deliveries;
use mark::Mark;
use rhythm::OwnRhythm;

/// Why nothing went ahead of a handler that was quick.
const NO_TIME: &str = "the run's record was not read before the return";
/// Who has not answered for so long is not slow, but out of reach.
const UNREACHABLE: Duration = Duration::from_millis(500);

#[derive(Debug, thiserror::Error)]
pub enum PublishError {
    #[error("cannot store field {fields}: {source}")]
    Store {
        /// One name, or several that were to be stored together.
        fields: String,
        source: StoreError,
    },
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
    #[error("{what} before this function's time ran out")]
    OutOfTime { what: String },
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
    /// What readers are told of when fields come.
    pub rhythm: OwnRhythm,
    /// Set where envelopes are signed.
    pub signer: Option<Signer>,
    pub run: Run,
    /// Next is invoked early only with these fields: the later it starts, the less it waits, which is billed.
    pub start_after: StartAfter,
}

/// Whether fields may go ahead of the return.
enum Gate {
    Open,
    /// The run's record is being read; what is published meanwhile waits.
    Reading {
        record: Pending<RunRecord>,
        since: Instant,
        early: Vec<Field>,
    },
    /// The result goes to next whole, at the return.
    Shut,
}

pub struct Publisher {
    outlet: Outlet,
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
    pub deliveries: Deliveries,
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
                Gate::Reading { record, since: Instant::now() + head_start, early: Vec::new() }
            }
            _ => Gate::Open,
        };
        Self::with_gate(outlet, gate, Costs::default())
    }

    /// The same, where the record has been read already.
    pub fn with_record(outlet: Outlet, record: &RunRecord) -> Self {
        let costs = record.costs;
        if record.changed.is_empty() {
            return Self::with_gate(outlet, Gate::Open, costs);
        }
        let reason = changed_before(record);
        tracing::warn!("nothing is published early: {reason}");
        Self { held_back: Some(reason), ..Self::with_gate(outlet, Gate::Shut, costs) }
    }

    fn with_gate(outlet: Outlet, gate: Gate, costs: Costs) -> Self {
        let store = outlet.store.clone().map(|store| (store, outlet.envelope.stream.clone()));
        Self {
            outlet,
            gate,
            gathered: Vec::new(),
            held: None,
            changed: None,
            referenced: false,
            failure: None,
            cause: None,
            mark: Mark::default(),
            held_back: None,
            deliveries: Deliveries::new(store, costs),
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
            let is_ready = |name: &String| self.gathered.iter().any(|field| field.name == *name);
            let may_start = match &self.outlet.start_after {
                StartAfter::Count(count) => self.gathered.len() >= *count,
                StartAfter::Fields(names) => names.iter().all(is_ready),
            };
            if !may_start {
                return;
            }
            fields = std::mem::take(&mut self.gathered);
        }
        if self.outlet.envelope.end
            && self.held.is_none()
            && self.deliveries.fields() + fields.len() == self.outlet.keys.len()
        {
            self.held = fields.pop();
        }
        if self.referenced {
            if self.are_json(&fields) {
                self.deliveries.store(fields);
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
        if let Gate::Reading { early, since, .. } = std::mem::replace(&mut self.gate, Gate::Shut)
            && !early.is_empty()
        {
            let waited = since.elapsed();
            if waited >= UNREACHABLE {
                let reason = format!("DynamoDB had not answered for {} ms at the return", waited.as_millis());
                tracing::warn!("nothing is published early: {reason}");
                self.held_back = Some(reason);
            } else {
                self.held_back = Some(NO_TIME.to_owned());
            }
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
            let rest: Vec<Field> = self.held.take().into_iter().chain(late).collect();
            if self.are_json(&rest) {
                self.deliveries.store_last(rest);
            }
        } else if !self.outlet.functions.is_empty() {
            match payload::whole(body, &self.outlet.envelope, self.outlet.signer.as_ref()) {
                Ok(payload) if payload.len() <= MAX_PAYLOAD_BYTES => {
                    self.deliveries.invoke(&self.outlet, &payload, &[], false);
                }
                Ok(payload) => self.send_large(body, payload.len()),
                Err(error) => self.fail(error.into()),
            }
        }
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
        self.deliveries.end(&self.outlet.envelope.source, store.end(counted, End::Complete));
        if counted != self.outlet.envelope.stream {
            self.mark("another attempt of this run has recorded its result first", Vec::new());
        }
    }

    /// A later attempt of this run publishes nothing early: it would fail in the same way.
    fn record_changed(&mut self, fields: &[String]) {
        let Some(store) = &self.outlet.store else { return };
        self.deliveries.record_changed(store.record_changed(&self.outlet.run.partition, fields));
    }

    fn pass_gate(&mut self, record: Result<RunRecord, StoreError>) {
        let Gate::Reading { early, .. } = std::mem::replace(&mut self.gate, Gate::Shut) else { return };
        let reason = match record {
            Ok(record) => {
                self.deliveries.costs += record.costs;
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

    /// Waits until everything is acknowledged, for one step; the mark for the readers is one more.
    pub async fn flush(&mut self, deadline: Deadline) -> Result<(), PublishError> {
        if let Some(what) = self.all_acknowledged(deadline.of_step()).await {
            self.fail(PublishError::OutOfTime { what });
        }
        self.conclude(deadline).await
    }

    /// The same after a failure of the handler's, and tells the readers, if there are any, that the rest will never come.
    pub async fn flush_failed(&mut self, cause: &str, deadline: Deadline) -> Result<(), PublishError> {
        self.cause = Some(cause.to_owned());
        self.deliveries.store_last(Vec::new());
        let late = self.all_acknowledged(deadline.of_step()).await;
        // Behind the writes: who reads the mark looks no further.
        self.mark(cause, Vec::new());
        if let Some(what) = late {
            self.fail(PublishError::OutOfTime { what });
        }
        self.conclude(deadline).await
    }

    /// Waits until everything but the mark is acknowledged; what is not by `deadline` is given up, and named.
    async fn all_acknowledged(&mut self, deadline: Instant) -> Option<String> {
        while let Some(acknowledged) = self.deliveries.acknowledged_by(deadline).await {
            self.note(acknowledged);
        }
        self.deliveries.give_up().await
    }

    async fn conclude(&mut self, deadline: Deadline) -> Result<(), PublishError> {
        match self.mark.acknowledged(deadline.of_step()).await {
            Ok(requests) => self.deliveries.costs.writes += requests,
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
            let Self { deliveries, gate, .. } = self;
            let record = async {
                match gate {
                    Gate::Reading { record, .. } => record.await,
                    Gate::Open | Gate::Shut => std::future::pending().await,
                }
            };
            tokio::select! {
                Some(acknowledged) = deliveries.next_acknowledged() => self.note(acknowledged),
                record = record => self.pass_gate(record),
                else => std::future::pending().await,
            }
        }
    }

    /// The same after the handler's end, when nothing more goes ahead: what was published is stored. Cancel safe.
    pub async fn go_on_writing(&mut self) -> std::convert::Infallible {
        while let Some(acknowledged) = self.deliveries.next_acknowledged().await {
            self.note(acknowledged);
        }
        std::future::pending().await
    }

    /// Tells the readers, if there are any, that the rest will never come.
    fn mark(&mut self, cause: &str, changed: Vec<String>) {
        let awaited = self.referenced || self.outlet.envelope.end && !self.deliveries.next.is_empty();
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
        if !self.are_json(&fields) {
            return;
        }
        self.referenced = true;
        let ready = fields.iter().map(|field| (field.name.as_str(), field.json.as_str())).collect::<HashMap<_, _>>();
        let build = |envelope: &Envelope| payload::build(keys, &ready, envelope, self.outlet.signer.as_ref());
        let rhythm = if early { self.outlet.rhythm.told(|key| !ready.contains_key(key)) } else { TimesLeft::new() };
        let envelope = Envelope { rhythm, ..self.outlet.envelope.clone() };
        let mut payload = build(&envelope);
        // It is not to take the place of values.
        if !envelope.rhythm.is_empty() && !payload.as_ref().is_ok_and(|payload| payload.overflow.is_empty()) {
            let without = build(&self.outlet.envelope);
            payload = match (payload, without) {
                (Ok(with), Ok(without)) if with.overflow == without.overflow => Ok(with),
                (_, without) => without,
            };
        }
        let payload = match payload {
            Ok(payload) => payload,
            // Whole it has no references, which are longer than small values.
            Err(error @ PayloadError::TooLarge { .. }) if early => {
                self.referenced = false;
                self.gate = Gate::Shut;
                self.held_back = Some(error.to_string());
                return;
            }
            Err(error) => return self.fail(error.into()),
        };
        self.deliveries.invoke(&self.outlet, &payload.bytes, &payload.inline, early);
        let (stored, inline): (Vec<_>, Vec<_>) =
            fields.into_iter().partition(|field| payload.overflow.contains(&field.name));
        for field in &inline {
            self.deliveries.note_published(field, true);
        }
        self.deliveries.store(stored);
    }

    /// Whether next can be given these values; fails if it cannot.
    fn are_json(&mut self, fields: &[Field]) -> bool {
        let Some(field) = fields.iter().find(|field| !payload::is_json(field.json.as_bytes())) else { return true };
        self.fail(PublishError::NotJson { field: field.name.clone() });
        false
    }

    fn note(&mut self, acknowledged: Result<(), PublishError>) {
        if let Err(error) = acknowledged {
            self.fail(error);
        }
    }

    /// The first failure is the one that is reported; later ones are logged. Readers learn of it at once.
    fn fail(&mut self, error: PublishError) {
        let changed = match &error {
            PublishError::FieldChanged { fields, .. } => fields.clone(),
            _ => Vec::new(),
        };
        self.deliveries.withhold();
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
