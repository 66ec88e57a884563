//! Init, then next → invoke → respond.

use std::{
    process::{ExitCode, ExitStatus},
    sync::Arc,
    time::Duration,
};

use bytes::Bytes;
use unum_settings::StartAfter;
use unum_transformer::Wrapper;

use crate::{
    aws::Connections,
    checkpoint::Response,
    conclusion::Outcome,
    config::Config,
    diagnostic::{Diagnostic, Named},
    exit,
    invocation::Rooms,
    next::Next,
    publisher::rhythm::OwnRhythm,
    refusal::Refusal,
    resolver::Rhythms,
    runtime_api::{RestoreError, RuntimeApi, RuntimeApiError},
    source::{Source, Transformed},
    store::FieldStore,
    worker::{
        Received, Worker, WorkerError,
        protocol::{Command, Signal},
    },
    xray::Daemon,
};

const FAILURE: u8 = 1;
/// As AWS's runtime exits where a snapshot or the restore from it fails.
const NOT_RESTORED: u8 = 64;

/// One worker and the loop that serves it.
pub struct Runtime {
    api: RuntimeApi,
    config: Config,
    worker: Worker,
    is_quiet: bool,
}

/// What is beyond AWS's doors.
#[derive(Clone)]
pub struct Doors {
    pub store: Option<Arc<dyn FieldStore>>,
    pub next: Arc<dyn Next>,
    /// Where subsegments go, if they are to go anywhere.
    pub xray: Option<Daemon>,
    pub connections: Option<Connections>,
}

/// How the loop ended, for the platform to see.
#[derive(Debug)]
pub enum Exit {
    /// As the worker did.
    Worker(ExitStatus),
    Code(u8),
}

/// What the worker says of a handler that it has loaded.
struct Ready {
    /// Why the handler runs as written, if it does.
    as_written: Option<String>,
    /// For which packages it gets whole events.
    past_methods: String,
}

/// What the worker says of a handler, or a hook, that failed.
struct Failure {
    error_type: String,
    document: Bytes,
}

/// Why the loop ended.
#[derive(Debug, thiserror::Error)]
enum Stop {
    #[error(transparent)]
    Api(#[from] RuntimeApiError),
    #[error(transparent)]
    Restore(#[from] RestoreError),
    #[error(transparent)]
    Worker(#[from] WorkerError),
    #[error("the worker process ended: {0}")]
    Exited(ExitStatus),
    #[error("Lambda refused an outcome: {0}")]
    Refused(Refusal),
}

impl Runtime {
    pub fn new(config: Config, api: RuntimeApi, worker: Worker) -> Self {
        Self { api, config, worker, is_quiet: false }
    }

    /// Another one says how the handler runs.
    pub fn quiet(self) -> Self {
        Self { is_quiet: true, ..self }
    }

    /// Serves invocations until Lambda ends this environment.
    ///
    /// `connect` opens the doors: while Python starts, or after the restore where a snapshot is taken, for connections
    /// and credentials are not for a snapshot.
    pub async fn run(mut self, source: Source, connect: impl AsyncFnOnce(&Config) -> Doors) -> Exit {
        let Err(stop) = self.serve(source, connect).await;
        if !matches!(stop, Stop::Exited(_) | Stop::Refused(_)) {
            tracing::error!("{stop}");
        }
        match stop {
            Stop::Exited(status) => Exit::Worker(status),
            Stop::Worker(_) => Exit::Code(FAILURE),
            // The worker is idle, and what the user wants done at the exit is done, as under AWS's runtime.
            Stop::Refused(refusal) => {
                refusal.print();
                self.end_worker(FAILURE).await
            }
            Stop::Api(_) => self.end_worker(FAILURE).await,
            Stop::Restore(_) => self.end_worker(NOT_RESTORED).await,
        }
    }

    async fn end_worker(self, code: u8) -> Exit {
        if let Err(error) = self.worker.end().await {
            tracing::error!("{error}");
        }
        Exit::Code(code)
    }

    async fn serve(
        &mut self,
        source: Source,
        connect: impl AsyncFnOnce(&Config) -> Doors,
    ) -> Result<std::convert::Infallible, Stop> {
        self.worker.forward_sigterm().map_err(WorkerError::from)?;
        let (source, Doors { store, next, xray, connections }) = if self.config.snap_start {
            let source = self.send_init(source).await?;
            let source = self.loaded(source).await?;
            self.restore().await?;
            (source, connect(&self.config).await)
        } else if self.worker.has_spoken() {
            // It waits for us: its handler loads while the doors open.
            let source = self.send_init(source).await?;
            let doors = connect(&self.config).await;
            (self.loaded(source).await?, doors)
        } else {
            let doors = connect(&self.config).await;
            let source = self.send_init(source).await?;
            (self.loaded(source).await?, doors)
        };
        if !self.is_quiet {
            self.announce(&source);
        }
        let Self { api, config, worker, .. } = self;
        let mut rooms = Rooms {
            config,
            source,
            worker,
            store,
            next,
            xray,
            rhythms: Rhythms::default(),
            own_rhythm: OwnRhythm::default(),
            is_busy: false,
            head_start: Duration::ZERO,
        };
        loop {
            let invocation = tokio::select! {
                invocation = api.next() => invocation?,
                status = rooms.worker.exited() => return Err(Stop::Exited(status?)),
            };
            if let Some(connections) = &connections {
                connections.begin_invocation();
            }
            // An answer that Lambda refuses, such as a response over 6 MB, ends the environment as under AWS's runtime.
            match rooms.run(&invocation).await {
                Ok(Outcome::Response(Response { content_type, body })) => {
                    // Lambda may freeze this environment as soon as the response is posted: everything that this
                    // invocation wrote has been acknowledged by now.
                    posted(api.respond(invocation, &content_type, body).await, "response")?;
                }
                Ok(Outcome::Error(diagnostic)) => posted(api.fail(invocation, diagnostic).await, "error")?,
                // Not reported: Lambda sees the exit and reports it as it does for its own runtime.
                Ok(Outcome::Exited(status)) => return Err(Stop::Exited(status)),
                Err(error) => {
                    let diagnostic = Diagnostic::new(&error, &invocation.context.request_id);
                    if let Err(error) = api.fail(invocation, diagnostic).await {
                        tracing::error!("{error}");
                    }
                    return Err(error.into());
                }
            }
            if let Some(status) = rooms.settle().await? {
                return Err(Stop::Exited(status));
            }
        }
    }

    /// Has the worker load the handler; returns the source that it got.
    async fn send_init(&mut self, source: Source) -> Result<Source, Stop> {
        let (handler, runtime_api) = match self.worker.started().await {
            Ok(Received::Signal(Signal::Started { handler, runtime_api })) => (handler, runtime_api),
            Ok(Received::Signal(_)) => return Err(WorkerError::OutOfTurn.into()),
            Ok(Received::Exited(status)) => return Err(Stop::Exited(status)),
            Err(error) => {
                self.api.fail_init(error.error_type(), Diagnostic::new(&error, "").document.into()).await?;
                return Err(error.into());
            }
        };
        // Whoever started Python around us may have put another handler, or a proxy of the Runtime API, in between.
        self.api.move_to(&runtime_api)?;
        let source = if handler == self.config.handler { source } else { self.called_by(&handler, source) };
        let (settings, text) = source.for_worker(&handler, &self.config);
        self.worker.send(&Command::Init { settings: &settings, source: text });
        Ok(source)
    }

    /// Waits until the handler is loaded; returns the source that runs.
    async fn loaded(&mut self, source: Source) -> Result<Source, Stop> {
        match self.ready().await? {
            Ok(ready) => {
                self.announce_whole_events(&ready.past_methods);
                Ok(match ready.as_written.filter(|_| source.transformed().is_some()) {
                    None => source,
                    Some(reason) if reason.is_empty() => {
                        let reason =
                            "Python had its module already, or has it from elsewhere or compiled from another text";
                        Source::AsWritten(reason.to_owned())
                    }
                    Some(reason) => Source::AsWritten(reason),
                })
            }
            Err(failure) => {
                self.api.fail_init(&failure.error_type, failure.document).await?;
                Err(Stop::Exited(self.worker.exited().await?))
            }
        }
    }

    /// Lets Lambda take its snapshot; returns in an environment that was restored from it.
    async fn restore(&mut self) -> Result<(), Stop> {
        let restored = tokio::select! {
            restored = self.api.restored() => restored,
            status = self.worker.exited() => return Err(Stop::Exited(status?)),
        };
        if let Err(error) = restored {
            self.api.fail_init(error.error_type(), Diagnostic::new(&error, "").document.into()).await?;
            return Err(error.into());
        }
        self.worker.send(&Command::Restored);
        if let Err(failure) = self.ready().await? {
            self.api.fail_restore(&failure.error_type, failure.document).await?;
            return Err(Stop::Exited(self.worker.exited().await?));
        }
        Ok(())
    }

    /// What the worker says once it is ready, or why it is not.
    async fn ready(&mut self) -> Result<Result<Ready, Failure>, Stop> {
        match self.worker.receive().await? {
            Received::Signal(Signal::Ready { as_written, past_methods }) => Ok(Ok(Ready { as_written, past_methods })),
            Received::Signal(Signal::InitFailed { document, error_type }) => Ok(Err(Failure { error_type, document })),
            Received::Signal(_) => Err(WorkerError::OutOfTurn.into()),
            Received::Exited(status) => Err(Stop::Exited(status)),
        }
    }

    /// `handler` calls the user's function, and unless it is trusted to give back the result, nothing goes ahead.
    fn called_by(&self, handler: &str, source: Source) -> Source {
        match source {
            Source::Transformed(transformed) if self.config.trusted_decorators.iter().any(|name| name == handler) => {
                let mut route = transformed.route;
                route.wrappers.push(Wrapper::of_handler(handler, &self.config.handler));
                Source::Transformed(Box::new(Transformed { route, ..*transformed }))
            }
            Source::Transformed(_) => {
                let who = match self.worker.wrapper() {
                    Some(wrapper) => format!("UNUM_EXEC_WRAPPER ({})", wrapper.display()),
                    None => "Python's environment".to_owned(),
                };
                Source::AsWritten(format!(
                    "{who} has it called by `{handler}`, which UNUM_TRUST_DECORATORS does not name"
                ))
            }
            Source::AsWritten(reason) => Source::AsWritten(reason),
        }
    }

    /// One line at the cold start where fields would be waited for as they are read, were it not for `packages`.
    fn announce_whole_events(&self, packages: &str) {
        if !packages.is_empty() && self.config.table.is_some() && !self.is_quiet {
            tracing::info!(
                "unum-streaming: {} waits for all fields of its event before it begins: {packages} would read it past the \
                 methods of a dict (UNUM_WHOLE_EVENTS)",
                self.config.handler
            );
        }
    }

    /// One line where next is to start after a field that there is not.
    fn announce_unknown_start(&self, keys: &[String]) {
        if let StartAfter::Fields(names) = &self.config.start_after
            && let Some(name) = names.iter().find(|name| !keys.contains(name))
        {
            tracing::warn!(
                "UNUM_START_AFTER names `{name}`, which is no field of the result: next starts when {} returns",
                self.config.handler
            );
        }
    }

    /// One line at the cold start where streaming was asked for; nothing where it was not.
    fn announce(&self, source: &Source) {
        match source {
            Source::Transformed(transformed) => {
                tracing::info!("unum-streaming: {}", transformed.summary);
                self.announce_unknown_start(&transformed.keys);
            }
            Source::AsWritten(reason) if self.config.next.is_empty() => {
                tracing::debug!("unum-streaming: {} runs as written: {reason}", self.config.handler);
            }
            Source::AsWritten(reason) => {
                tracing::info!("unum-streaming: {} runs as written: {reason}", self.config.handler);
            }
        }
    }
}

fn posted(result: Result<(), RuntimeApiError>, outcome: &'static str) -> Result<(), Stop> {
    result.map_err(|error| match error {
        RuntimeApiError::Status { status, body, .. } => {
            Stop::Refused(Refusal { outcome, status: status.as_u16(), answer: body })
        }
        other => other.into(),
    })
}

/// Reports that this function cannot start, in Lambda's way.
pub async fn refuse(api: &RuntimeApi, error: &(impl Named + 'static)) -> ExitCode {
    tracing::error!("{error}");
    let document = Diagnostic::new(error, "").document;
    if let Err(error) = api.fail_init(error.error_type(), document.into()).await {
        tracing::error!("{error}");
    }
    ExitCode::FAILURE
}

impl Exit {
    pub fn code(self) -> ExitCode {
        match self {
            Self::Worker(status) => exit::like(status),
            Self::Code(code) => ExitCode::from(code),
        }
    }
}
