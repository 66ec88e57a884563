//! One invocation: where worker, publisher and resolver meet.

use std::{
    process::ExitStatus,
    sync::Arc,
    time::{Duration, SystemTime},
};

use bytes::Bytes;
use serde::Serialize;
use tokio::time::Instant;

use crate::{
    checkpoint::Completed,
    conclusion::{Checkpoint, Conclusion, Ended, Outcome, RunError, failure},
    config::Config,
    deadline::Deadline,
    event::{self, ENVELOPE_VERSION, Envelope, EventError, Receiver, TimesLeft},
    metrics,
    next::Next,
    publisher::{Outlet, Publisher, rhythm::OwnRhythm},
    record::{self, Record},
    resolver::{Answer, Patience, Resolver, Rhythms},
    run::{self, Run},
    runtime_api::Invocation,
    source::Source,
    store::{FieldStore, RunRecord},
    worker::{
        Received, Worker, WorkerError,
        protocol::{Command, Signal},
    },
    xray::{Daemon, Trace},
};

/// A handler that takes longer has something to gain.
const LONGEST_HEAD_START: Duration = Duration::from_millis(20);

/// What outlives an invocation.
pub struct Rooms<'a> {
    pub config: &'a Config,
    pub source: Source,
    pub worker: &'a mut Worker,
    pub store: Option<Arc<dyn FieldStore>>,
    pub next: Arc<dyn Next>,
    pub xray: Option<Daemon>,
    pub rhythms: Rhythms,
    pub own_rhythm: OwnRhythm,
    /// The worker has been given an event and is not done with it.
    pub is_busy: bool,
    /// How long a handler of which earlier ones were quick may run before anything is done to run ahead of it.
    pub head_start: Duration,
}

/// What the worker is told about an invocation; what is absent is left out.
#[derive(Serialize)]
struct WorkerInvocation<'a> {
    request_id: &'a str,
    deadline_ms: u64,
    function_arn: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    trace_id: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    client_context: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    cognito_identity: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    tenant_id: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    content_type: Option<&'a str>,
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    publish: bool,
    #[serde(skip_serializing_if = "<[String]>::is_empty")]
    futures: &'a [String],
    #[serde(skip_serializing_if = "Option::is_none")]
    session: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    source: Option<&'a str>,
}

/// What earlier attempts of the same run have come to.
enum Earlier {
    Completed(Completed, RunRecord),
    Attempts(RunRecord),
}

impl Rooms<'_> {
    /// Runs the handler on one event. On return everything that this invocation had to write has been acknowledged,
    /// or the outcome says what has not.
    pub async fn run(&mut self, invocation: &Invocation) -> Result<Outcome, WorkerError> {
        let received_ms = record::now();
        let request_id = &invocation.context.request_id;
        let (event, envelope) = match self.open(invocation.event.clone()) {
            Ok(opened) => opened,
            Err(error) => return Ok(Outcome::Error(failure(&error, request_id))),
        };
        let deadline = Deadline::after(time_left(invocation));
        let run = Run::new(
            &self.config.function_name,
            &invocation.context.invoked_function_arn,
            envelope.as_ref(),
            request_id,
        );
        let checkpoint = self.checkpoint(&run);
        let earlier = match &checkpoint {
            None => None,
            Some(checkpoint) => match self.recorded(checkpoint, deadline.of_handler).await {
                Ok(Earlier::Attempts(earlier)) => Some(earlier),
                Ok(Earlier::Completed(completed, earlier)) => {
                    let record = self.record(invocation, envelope.as_ref(), received_ms);
                    let outlet = self.outlet(invocation, &record.session, run);
                    return Ok(self.run_again(outlet, completed, earlier, record, deadline).await);
                }
                Err(error) => return Ok(Outcome::Error(failure(&error, request_id))),
            },
        };
        let (started_ms, started) = (record::now(), Instant::now());
        self.start(invocation, envelope.as_ref(), &event);
        // What the handler does not need is made ready while it begins.
        let mut resolver = self.resolver(envelope.as_ref(), deadline.of_handler);
        let record = self.record(invocation, envelope.as_ref(), received_ms);
        let outlet = self.outlet(invocation, &record.session, run);
        let trace = outlet.trace.clone();
        let mut publisher = match earlier {
            None => Publisher::new(outlet, self.head_start),
            Some(earlier) => Publisher::with_record(outlet, &earlier),
        };
        let ended = self.serve(&mut publisher, resolver.as_mut()).await;
        for answer in resolver.iter_mut().flat_map(Resolver::give_up) {
            self.answer(&answer);
        }
        let ended_ms = record::now();
        self.head_start =
            if publisher.is_reading() { (started.elapsed() * 2).min(LONGEST_HEAD_START) } else { Duration::ZERO };
        let awaited = resolver.as_mut().filter(|_| self.config.strict);
        let conclusion =
            Conclusion { publisher: &mut publisher, awaited, checkpoint: checkpoint.as_ref(), request_id, deadline };
        let outcome = match ended {
            Ok(ended) => Ok(conclusion.of(ended).await),
            Err(error) => {
                conclusion.lost(&error).await;
                Err(error)
            }
        };

        let (waits, looks) = resolver.map(|resolver| (resolver.resolved, resolver.costs)).unwrap_or_default();
        publisher.deliveries.costs += looks;
        let sent = publisher.deliveries.published();
        if publisher.deliveries.next.iter().any(|next| next.early) {
            self.own_rhythm.note(&sent, invocation.context.deadline);
        }
        let record = Record {
            next: publisher.deliveries.next,
            held_back: publisher.held_back,
            published: sent,
            resolved: waits,
            store: publisher.deliveries.costs,
            outcome: match outcome {
                Ok(Outcome::Response(_)) => "returned",
                Ok(Outcome::Error(_) | Outcome::Exited(_)) | Err(_) => "raised",
            },
            started_ms,
            ended_ms,
            ..record
        };
        self.report(&record, trace.as_deref());
        outcome
    }

    /// Answers a run that has completed before as it was answered then; the handler does not run.
    async fn run_again(
        &self,
        outlet: Outlet,
        completed: Completed,
        earlier: RunRecord,
        record: Record,
        deadline: Deadline,
    ) -> Outcome {
        let trace = outlet.trace.clone();
        // What changed before the run completed holds nothing back any more.
        let mut publisher = Publisher::with_record(outlet, &RunRecord { changed: Vec::new(), ..earlier });
        let conclusion = Conclusion {
            publisher: &mut publisher,
            awaited: None,
            checkpoint: None,
            request_id: &record.request_id,
            deadline,
        };
        let outcome = conclusion.again(completed).await;
        let record = Record {
            store: publisher.deliveries.costs,
            outcome: if matches!(outcome, Outcome::Response(_)) { "recorded" } else { "raised" },
            started_ms: record.received_ms,
            ended_ms: record::now(),
            ..record
        };
        self.report(&record, trace.as_deref());
        outcome
    }

    /// What is known of an invocation before it runs.
    fn record(&self, invocation: &Invocation, envelope: Option<&Envelope>, received_ms: f64) -> Record {
        let request_id = &invocation.context.request_id;
        Record {
            version: 1,
            function: self.config.function_name.clone(),
            session: envelope.map_or_else(|| request_id.clone(), |envelope| envelope.session.clone()),
            request_id: request_id.clone(),
            source: envelope.map(|envelope| envelope.source.clone()),
            streaming: self.source.transformed().is_some(),
            received_ms,
            ..Record::default()
        }
    }

    /// Where this invocation's subsegments belong, if X-Ray is to have them.
    fn trace(&self, invocation: &Invocation) -> Option<Arc<Trace>> {
        Trace::of(self.xray.as_ref()?, invocation.context.xray_trace_id.as_ref()?).map(Arc::new)
    }

    fn report(&self, record: &Record, trace: Option<&Trace>) {
        if tracing::enabled!(tracing::Level::DEBUG) {
            record.write();
        }
        if self.config.metrics {
            metrics::write(record);
        }
        if let Some(trace) = trace {
            trace.report(record);
        }
    }

    fn checkpoint(&self, run: &Run) -> Option<Checkpoint> {
        let store = self.store.as_ref().filter(|_| self.config.checkpoint)?;
        Some(Checkpoint { store: Arc::clone(store), run: run.clone() })
    }

    async fn recorded(&self, checkpoint: &Checkpoint, deadline: Instant) -> Result<Earlier, RunError> {
        let record = checkpoint.read(deadline).await?;
        match &record.result {
            Some(recorded) => Ok(Earlier::Completed(checkpoint.decode(recorded)?, record)),
            None => Ok(Earlier::Attempts(record)),
        }
    }

    /// Waits until the worker is done with the invocation whose outcome has been posted; the exit status if it ends instead.
    /// Destructors run the user's code, and Lambda may freeze this environment as soon as it asks for the next event.
    pub async fn settle(&mut self) -> Result<Option<ExitStatus>, WorkerError> {
        if !std::mem::take(&mut self.is_busy) {
            return Ok(None);
        }
        match self.worker.receive().await? {
            Received::Signal(Signal::Done { held_back }) => {
                if let Some(why) = held_back {
                    tracing::info!("unum-streaming: fields of {} wait for its return: {why}", self.config.handler);
                }
                Ok(None)
            }
            Received::Signal(_) => Err(WorkerError::OutOfTurn),
            Received::Exited(status) => Ok(Some(status)),
        }
    }

    /// The event for the handler, and the envelope if this function honours one.
    fn open(&self, bytes: Bytes) -> Result<(Bytes, Option<Envelope>), EventError> {
        if self.config.entry {
            return Ok((bytes, None));
        }
        let receiver = Receiver {
            name: &self.config.function_name,
            keys: self.config.signing_keys.as_ref(),
            now: SystemTime::now(),
        };
        let event = event::open(bytes, receiver)?;
        match event.envelope {
            Some(envelope) if !envelope.futures.is_empty() && self.store.is_none() => {
                Err(EventError::NoTable(envelope.source))
            }
            Some(envelope) if self.config.strict && !envelope.futures.is_empty() && !envelope.end => {
                Err(EventError::NoEnd(envelope.source))
            }
            envelope => Ok((event.bytes, envelope)),
        }
    }

    fn outlet(&self, invocation: &Invocation, session: &str, run: Run) -> Outlet {
        let function = &self.config.function_name;
        Outlet {
            store: self.store.clone(),
            next: Arc::clone(&self.next),
            functions: self.config.next.clone(),
            trace_id: invocation.context.xray_trace_id.clone(),
            trace: self.trace(invocation),
            keys: self.source.transformed().map(|source| source.keys.clone()).unwrap_or_default(),
            envelope: Envelope {
                version: ENVELOPE_VERSION,
                run: run.id.clone(),
                stream: format!("{session}/{function}/{}", run::attempt()),
                session: session.to_owned(),
                source: function.clone(),
                futures: Vec::new(),
                deadline_ms: invocation.context.deadline,
                end: self.config.strict,
                rhythm: TimesLeft::new(),
            },
            rhythm: self.own_rhythm.clone(),
            signer: self.config.signing_keys.as_ref().map(|keys| keys.signer(&self.config.next)),
            run,
            start_after: self.config.start_after.clone(),
        }
    }

    fn resolver(&self, envelope: Option<&Envelope>, deadline: Instant) -> Option<Resolver> {
        let until_end = self.config.strict && envelope.is_some_and(|envelope| envelope.end);
        let envelope = envelope.filter(|envelope| until_end || !envelope.futures.is_empty())?;
        let patience = Patience { deadline, longest: self.config.resolve_timeout };
        let store = Arc::clone(self.store.as_ref()?);
        Some(Resolver::start(envelope.clone(), store, patience, self.rhythms.clone(), until_end))
    }

    fn start(&mut self, invocation: &Invocation, envelope: Option<&Envelope>, event: &Bytes) {
        let context = &invocation.context;
        let meta = WorkerInvocation {
            request_id: &context.request_id,
            deadline_ms: context.deadline,
            function_arn: &context.invoked_function_arn,
            trace_id: context.xray_trace_id.as_deref(),
            client_context: invocation.client_context.as_deref(),
            cognito_identity: invocation.cognito_identity.as_deref(),
            tenant_id: context.tenant_id.as_deref(),
            content_type: invocation.content_type.as_deref(),
            publish: self.source.transformed().is_some(),
            futures: envelope.map(|envelope| envelope.futures.as_slice()).unwrap_or_default(),
            session: envelope.map(|envelope| envelope.session.as_str()),
            source: envelope.map(|envelope| envelope.source.as_str()),
        };
        let meta = serde_json::to_vec(&meta).unwrap_or_default();
        self.worker.send(&Command::Event { invocation: &meta, event });
        self.is_busy = true;
    }

    /// Passes fields out and in until the handler ends.
    async fn serve(
        &mut self,
        publisher: &mut Publisher,
        mut resolver: Option<&mut Resolver>,
    ) -> Result<Ended, WorkerError> {
        loop {
            let received = tokio::select! {
                received = self.worker.receive() => received?,
                answer = async {
                    match resolver.as_mut() {
                        Some(resolver) => resolver.answer().await,
                        None => std::future::pending().await,
                    }
                } => {
                    self.answer(&answer);
                    continue;
                }
                never = publisher.progress() => match never {},
            };
            match received {
                Received::Exited(status) => return Ok(Ended::Exited(status)),
                Received::Signal(Signal::Published(fields)) => publisher.publish(fields),
                Received::Signal(Signal::Wait(fields)) => match resolver.as_mut() {
                    Some(resolver) => resolver.ask(fields),
                    None => self.refuse_wait(&fields),
                },
                Received::Signal(Signal::Changed { message, fields }) => publisher.note_changed(message, fields),
                Received::Signal(Signal::Returned { content_type, body, late }) => {
                    return Ok(Ended::Returned { content_type, body, late });
                }
                Received::Signal(Signal::Raised { document, xray_cause }) => {
                    return Ok(Ended::Raised { document, xray_cause });
                }
                Received::Signal(
                    Signal::Started { .. } | Signal::Ready { .. } | Signal::InitFailed { .. } | Signal::Done { .. },
                ) => {
                    return Err(WorkerError::OutOfTurn);
                }
            }
        }
    }

    fn answer(&mut self, answer: &Answer) {
        let field = &answer.field;
        self.worker.send(&match &answer.result {
            Ok(json) => Command::Value { field, json },
            Err(error) => Command::Unavailable { field, kind: error.kind, message: &error.message },
        });
    }

    /// The event had no futures, so there is nothing to wait for.
    fn refuse_wait(&mut self, fields: &[String]) {
        for field in fields {
            let message = format!("field `{field}` is not a future of this event");
            self.worker.send(&Command::Unavailable { field, kind: "store", message: &message });
        }
    }
}

/// Time left until the platform stops this invocation; zero once passed.
fn time_left(invocation: &Invocation) -> Duration {
    invocation.context.deadline().duration_since(SystemTime::now()).unwrap_or_default()
}
