//! Connections that may have died while the environment was frozen.
//!
//! The pool hands out one old connection after the other, and each that is dead costs an attempt, or the whole time until
//! an answer is given up. So the first that fails takes the others of earlier invocations with it: what follows connects
//! anew. A connection of this invocation has been through no freeze, and stands for itself.

use std::{
    fmt,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicBool, AtomicU64, Ordering::Relaxed},
    },
    time::Duration,
};

use tokio::time::Instant;

use aws_smithy_runtime_api::{
    box_error::BoxError,
    client::{
        connector_metadata::ConnectorMetadata,
        http::{
            HttpClient, HttpConnector, HttpConnectorFuture, HttpConnectorSettings, SharedHttpClient,
            SharedHttpConnector,
        },
        orchestrator::HttpRequest,
        result::ConnectorError,
        runtime_components::{RuntimeComponents, RuntimeComponentsBuilder},
    },
};
use aws_smithy_types::config_bag::ConfigBag;

/// For the beginning of an answer, on a connection that may be an old one.
pub const PATIENCE: Duration = Duration::from_secs(3);
/// Who is broken off after so long, as at the end of a function's time, may have waited for a dead one.
const SUSPICIOUS: Duration = Duration::from_millis(500);

/// What several clients' connections are taken from.
#[derive(Clone)]
pub struct Connections(Arc<Shared>);

struct Shared {
    pool: Mutex<Pool>,
    make: fn() -> SharedHttpClient,
    /// How many have begun; of several workers, all together.
    invocations: AtomicU64,
    is_validated: AtomicBool,
}

struct Pool {
    client: SharedHttpClient,
    /// The invocation in which the first connection was taken from it.
    invocation: Option<u64>,
}

impl Connections {
    pub fn new(make: fn() -> SharedHttpClient) -> Self {
        let pool = Mutex::new(Pool { client: make(), invocation: None });
        Self(Arc::new(Shared { pool, make, invocations: AtomicU64::new(0), is_validated: AtomicBool::new(false) }))
    }

    /// Between two invocations the environment may have been frozen.
    pub fn begin_invocation(&self) {
        self.0.invocations.fetch_add(1, Relaxed);
    }

    /// For requests that may be repeated; each answer is to begin within [`PATIENCE`].
    pub fn for_repeatable(&self) -> SharedHttpClient {
        self.for_others(PATIENCE)
    }

    /// For requests whose repetition does something twice: on a connection of this invocation they may take `longest`.
    pub fn for_others(&self, longest: Duration) -> SharedHttpClient {
        SharedHttpClient::new(Client { connections: self.clone(), longest })
    }

    fn pool(&self) -> MutexGuard<'_, Pool> {
        self.0.pool.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn client(&self) -> SharedHttpClient {
        self.pool().client.clone()
    }

    /// A request on the pool of this `invocation` has failed.
    fn leave(&self, invocation: u64) {
        let mut pool = self.pool();
        if pool.invocation == Some(invocation) && invocation < self.0.invocations.load(Relaxed) {
            *pool = Pool { client: (self.0.make)(), invocation: None };
        }
    }
}

impl fmt::Debug for Connections {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("Connections")
    }
}

#[derive(Debug)]
struct Client {
    connections: Connections,
    longest: Duration,
}

impl HttpClient for Client {
    fn http_connector(&self, settings: &HttpConnectorSettings, components: &RuntimeComponents) -> SharedHttpConnector {
        let now = self.connections.0.invocations.load(Relaxed);
        let (client, invocation) = {
            let mut pool = self.connections.pool();
            (pool.client.clone(), *pool.invocation.get_or_insert(now))
        };
        SharedHttpConnector::new(Watched {
            connector: client.http_connector(settings, components),
            connections: self.connections.clone(),
            invocation,
            patience: if invocation == now { self.longest } else { PATIENCE },
        })
    }

    /// That makes TLS ready, which is not needed for each client once more.
    fn validate_base_client_config(
        &self,
        components: &RuntimeComponentsBuilder,
        config: &ConfigBag,
    ) -> Result<(), BoxError> {
        if self.connections.0.is_validated.swap(true, Relaxed) {
            return Ok(());
        }
        self.connections.client().validate_base_client_config(components, config)
    }

    fn validate_final_config(&self, components: &RuntimeComponents, config: &ConfigBag) -> Result<(), BoxError> {
        self.connections.client().validate_final_config(components, config)
    }

    fn connector_metadata(&self) -> Option<ConnectorMetadata> {
        self.connections.client().connector_metadata()
    }
}

/// A pool's connector for one attempt.
#[derive(Debug)]
struct Watched {
    connector: SharedHttpConnector,
    connections: Connections,
    invocation: u64,
    patience: Duration,
}

impl HttpConnector for Watched {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        let (connections, invocation, patience) = (self.connections.clone(), self.invocation, self.patience);
        let answer = self.connector.call(request);
        HttpConnectorFuture::new(async move {
            let mut attempt = Attempt { connections, invocation, begun: Instant::now(), is_over: false };
            let answer = tokio::time::timeout(patience, answer).await.unwrap_or_else(|_| {
                let seconds = patience.as_secs();
                Err(ConnectorError::timeout(format!("no answer began within {seconds} s").into()))
            });
            attempt.is_over = true;
            if answer.is_err() {
                attempt.connections.leave(invocation);
            }
            answer
        })
    }
}

/// One that is under way, or was broken off.
struct Attempt {
    connections: Connections,
    invocation: u64,
    begun: Instant,
    is_over: bool,
}

impl Drop for Attempt {
    fn drop(&mut self) {
        if !self.is_over && self.begun.elapsed() >= SUSPICIOUS {
            self.connections.leave(self.invocation);
        }
    }
}
