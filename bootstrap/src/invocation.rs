//! One invocation: where worker, publisher and resolver meet.

use std::{
    process::ExitStatus,
    sync::Arc,
    time::{Duration, SystemTime},
};

use bytes::Bytes;
use serde::{Deserialize, Serialize};
use tokio::time::Instant;

use crate::{
    config::Config,
    diagnostic::{Diagnostic, Named},
    event::{self, ENVELOPE_VERSION, Envelope, EventError},
    next::Next,
    publisher::{Outlet, Publisher},
    record::{self, Costs, Record},
    resolver::{Answer, Patience, Resolver, Rhythms},
    runtime_api::Invocation,
    source::Source,
    store::FieldStore,
    worker::{
        Received, Worker, WorkerError,
        protocol::{Command, Field, Signal},
    },
};

/// Kept free of an invocation's time, so that what did not come or was not acknowledged can still be reported.
const REPORT_MARGIN: Duration = Duration::from_millis(300);

/// What outlives an invocation.
pub struct Rooms<'a> {
    pub config: &'a Config,
    pub source: Source,
    pub worker: &'a mut Worker,
    pub store: Option<Arc<dyn FieldStore>>,
    pub next: Arc<dyn Next>,
    pub rhythms: Rhythms,
    /// The worker has been given an event and is not done with it.
    pub is_busy: bool,
}

/// How an invocation ended.
#[derive(Debug)]
pub enum Outcome {
    Response {
        content_type: String,
        body: Bytes,
    },
    Error(Diagnostic),
    /// The worker process ended; its environment ends with it, as under AWS's runtime.
    Exited(ExitStatus),
}

/// What the worker is told about an invocation.
#[derive(Serialize)]
struct WorkerInvocation<'a> {
    request_id: &'a str,
    deadline_ms: u64,
    function_arn: &'a str,
    trace_id: Option<&'a str>,
    client_context: Option<&'a str>,
    cognito_identity: Option<&'a str>,
    tenant_id: Option<&'a str>,
    content_type: Option<&'a str>,
    publish: bool,
    futures: &'a [String],
    source: Option<&'a str>,
}

/// How the handler ended, before anything is flushed.
enum Ended {
    Returned { content_type: String, body: Bytes, late: Vec<Field> },
    Raised { document: Bytes, xray_cause: String },
    Exited(ExitStatus),
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
        let session = envelope.as_ref().map_or_else(|| request_id.clone(), |envelope| envelope.session.clone());
        let source = envelope.as_ref().map(|envelope| envelope.source.clone());
        let mut publisher = Publisher::new(self.outlet(invocation, session.clone()));
        let mut resolver = self.resolver(invocation, envelope.as_ref());

        let started_ms = record::now();
        self.start(invocation, envelope.as_ref(), &event);
        let ended = self.serve(&mut publisher, resolver.as_mut()).await?;
        for answer in resolver.iter_mut().flat_map(Resolver::give_up) {
            self.answer(&answer);
        }
        let ended_ms = record::now();
        let outcome = conclude(ended, &mut publisher, request_id, time_left(invocation)).await;

        if tracing::enabled!(tracing::Level::DEBUG) {
            let (waits, reads) = resolver.map(|resolver| (resolver.resolved, resolver.costs)).unwrap_or_default();
            Record {
                version: 1,
                function: self.config.function_name.clone(),
                session,
                request_id: request_id.clone(),
                source,
                streaming: self.source.transformed().is_some(),
                received_ms,
                started_ms,
                ended_ms,
                next: publisher.next,
                published: publisher.published,
                resolved: waits,
                store: Costs { reads: reads.reads, bytes_read: reads.bytes_read, ..publisher.costs },
                outcome: match outcome {
                    Outcome::Response { .. } => "returned",
                    Outcome::Error(_) | Outcome::Exited(_) => "raised",
                },
            }
            .write();
        }
        Ok(outcome)
    }

    /// Waits until the worker is done with the invocation whose outcome has been posted; the exit status if it ends instead.
    /// Destructors run the user's code, and Lambda may freeze this environment as soon as it asks for the next event.
    pub async fn settle(&mut self) -> Result<Option<ExitStatus>, WorkerError> {
        if !std::mem::take(&mut self.is_busy) {
            return Ok(None);
        }
        match self.worker.receive().await? {
            Received::Signal(Signal::Done) => Ok(None),
            Received::Signal(_) => Err(WorkerError::OutOfTurn),
            Received::Exited(status) => Ok(Some(status)),
        }
    }

    /// The event for the handler, and the envelope if this function honours one.
    fn open(&self, bytes: Bytes) -> Result<(Bytes, Option<Envelope>), EventError> {
        if self.config.entry {
            return Ok((bytes, None));
        }
        let event = event::open(bytes)?;
        match event.envelope {
            Some(envelope) if !envelope.futures.is_empty() && self.store.is_none() => {
                Err(EventError::NoTable(envelope.source))
            }
            envelope => Ok((event.bytes, envelope)),
        }
    }

    fn outlet(&self, invocation: &Invocation, session: String) -> Outlet {
        let function = &self.config.function_name;
        Outlet {
            store: self.store.clone(),
            next: Arc::clone(&self.next),
            functions: self.config.next.clone(),
            trace_id: invocation.context.xray_trace_id.clone(),
            keys: self.source.transformed().map(|source| source.keys.clone()).unwrap_or_default(),
            envelope: Envelope {
                version: ENVELOPE_VERSION,
                stream: format!("{session}/{function}/{}", attempt()),
                session,
                source: function.clone(),
                futures: Vec::new(),
                deadline_ms: invocation.context.deadline,
            },
        }
    }

    fn resolver(&self, invocation: &Invocation, envelope: Option<&Envelope>) -> Option<Resolver> {
        let envelope = envelope.filter(|envelope| !envelope.futures.is_empty())?;
        let patience =
            Patience { deadline: Instant::now() + time_left(invocation), longest: self.config.resolve_timeout };
        let store = Arc::clone(self.store.as_ref()?);
        Some(Resolver::start(envelope.clone(), store, patience, self.rhythms.clone()))
    }

    fn start(&mut self, invocation: &Invocation, envelope: Option<&Envelope>, event: &[u8]) {
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
                Received::Signal(Signal::Returned { content_type, body, late }) => {
                    return Ok(Ended::Returned { content_type, body, late });
                }
                Received::Signal(Signal::Raised { document, xray_cause }) => {
                    return Ok(Ended::Raised { document, xray_cause });
                }
                Received::Signal(
                    Signal::Started { .. } | Signal::Ready { .. } | Signal::InitFailed { .. } | Signal::Done,
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

/// Flushes what the handler published; only then is its result a success.
async fn conclude(ended: Ended, publisher: &mut Publisher, request_id: &str, time_left: Duration) -> Outcome {
    match ended {
        Ended::Returned { content_type, body, late } => {
            publisher.finish_result(&body, late);
            match publisher.flush(time_left).await {
                Ok(()) => Outcome::Response { content_type, body },
                Err(error) => Outcome::Error(failure(&error, request_id)),
            }
        }
        Ended::Raised { document, xray_cause } => {
            settle(publisher, time_left, &cause(&document)).await;
            Outcome::Error(Diagnostic { document: document.into(), xray_cause: Some(xray_cause) })
        }
        Ended::Exited(status) => {
            settle(publisher, time_left, &format!("its process ended: {status}")).await;
            Outcome::Exited(status)
        }
    }
}

/// After a failed handler: readers of what it published learn why the rest will not come.
async fn settle(publisher: &mut Publisher, time_left: Duration, cause: &str) {
    let writes = publisher.flush(time_left).await;
    // Behind the writes: who reads the mark looks no further.
    publisher.mark_failed(cause);
    let mark = publisher.flush(time_left).await;
    for error in [writes.err(), mark.err()].into_iter().flatten() {
        tracing::error!("{error}");
    }
}

fn failure(error: &(impl Named + 'static), request_id: &str) -> Diagnostic {
    tracing::error!("{error}");
    Diagnostic::new(error, request_id)
}

/// `Type: message` from an error document.
fn cause(document: &[u8]) -> String {
    #[derive(Deserialize)]
    #[serde(rename_all = "camelCase")]
    struct Document {
        error_type: String,
        error_message: String,
    }
    match serde_json::from_slice::<Document>(document) {
        Ok(document) => format!("{}: {}", document.error_type, document.error_message),
        Err(_) => "it raised an exception".to_owned(),
    }
}

/// Time left until this invocation must turn to reporting: a little before the platform stops it; zero once passed.
fn time_left(invocation: &Invocation) -> Duration {
    let left = invocation.context.deadline().duration_since(SystemTime::now()).unwrap_or_default();
    left.saturating_sub(REPORT_MARGIN.min(left / 4))
}

/// A random name for this attempt: a retry keeps its request id, and values of two attempts must not mix.
fn attempt() -> String {
    match getrandom::u64() {
        Ok(number) => format!("{number:016x}"),
        // Without a source of randomness, time and process tell attempts apart.
        Err(_) => format!("{:x}-{:x}", record::now().to_bits(), std::process::id()),
    }
}
