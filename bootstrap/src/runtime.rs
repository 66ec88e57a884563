//! Init, then next → invoke → respond.

use std::{
    process::{ExitCode, ExitStatus},
    sync::Arc,
};

use crate::{
    config::Config,
    diagnostic::{Diagnostic, Named},
    exit,
    invocation::{Outcome, Rooms},
    next::Next,
    refusal::Refusal,
    runtime_api::{RuntimeApi, RuntimeApiError},
    source::Source,
    store::FieldStore,
    worker::{
        Received, Worker, WorkerError,
        protocol::{Command, Signal},
    },
};

/// Everything that `main` wires together.
pub struct Runtime {
    api: RuntimeApi,
    config: Config,
    worker: Worker,
    store: Option<Arc<dyn FieldStore>>,
    next: Arc<dyn Next>,
}

/// Why the loop ended.
#[derive(Debug, thiserror::Error)]
enum Stop {
    #[error(transparent)]
    Api(#[from] RuntimeApiError),
    #[error(transparent)]
    Worker(#[from] WorkerError),
    #[error("the worker process ended: {0}")]
    Exited(ExitStatus),
    #[error("the handler could not be loaded")]
    InitFailed,
    #[error("Lambda refused an outcome: {0}")]
    Refused(Refusal),
}

impl Runtime {
    pub fn new(
        config: Config,
        api: RuntimeApi,
        worker: Worker,
        store: Option<Arc<dyn FieldStore>>,
        next: Arc<dyn Next>,
    ) -> Self {
        Self { api, config, worker, store, next }
    }

    /// Serves invocations until Lambda ends this environment; returns the exit code for the platform to see.
    pub async fn run(self, source: Source) -> ExitCode {
        let Err(stop) = self.serve(source).await;
        match stop {
            Stop::InitFailed => ExitCode::FAILURE,
            Stop::Exited(status) => exit::like(status),
            Stop::Refused(refusal) => {
                refusal.print();
                ExitCode::FAILURE
            }
            other => {
                tracing::error!("{other}");
                ExitCode::FAILURE
            }
        }
    }

    async fn serve(mut self, source: Source) -> Result<std::convert::Infallible, Stop> {
        self.worker.forward_sigterm().map_err(WorkerError::from)?;
        self.init(&source).await?;
        self.announce(&source);
        let Self { api, config, worker, store, next } = self;
        let mut rooms = Rooms { config, source, worker, store, next, is_busy: false };
        loop {
            let invocation = tokio::select! {
                invocation = api.next() => invocation?,
                status = rooms.worker.exited() => return Err(Stop::Exited(status?)),
            };
            match rooms.run(&invocation).await {
                Ok(Outcome::Response { content_type, body }) => {
                    // Lambda may freeze this environment as soon as the response is posted: everything that this
                    // invocation wrote has been acknowledged by now.
                    posted(api.respond(invocation, &content_type, body).await, "response")?;
                }
                Ok(Outcome::Error(diagnostic)) => posted(api.fail(invocation, diagnostic).await, "error")?,
                // Not reported: Lambda sees the exit and reports it as it does for its own runtime.
                Ok(Outcome::Exited(status)) => return Err(Stop::Exited(status)),
                Err(error) => {
                    let diagnostic = Diagnostic::new(&error, &invocation.context.request_id);
                    api.fail(invocation, diagnostic).await?;
                    return Err(error.into());
                }
            }
            if let Some(status) = rooms.settle().await? {
                return Err(Stop::Exited(status));
            }
        }
    }

    async fn init(&mut self, source: &Source) -> Result<(), Stop> {
        let (settings, text) = source.for_worker(&self.config.handler);
        self.worker.send(&Command::Init { settings: &settings, source: text });
        match self.worker.receive().await? {
            Received::Signal(Signal::Ready) => Ok(()),
            Received::Signal(Signal::InitFailed { document, error_type }) => {
                self.api.fail_init(&error_type, document).await?;
                Err(Stop::InitFailed)
            }
            Received::Signal(_) => Err(WorkerError::OutOfTurn.into()),
            Received::Exited(status) => Err(Stop::Exited(status)),
        }
    }

    /// One line at the cold start where streaming was asked for; nothing where it was not.
    fn announce(&self, source: &Source) {
        match source {
            Source::Transformed(transformed) => tracing::info!("unum-streaming: {}", transformed.summary),
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
