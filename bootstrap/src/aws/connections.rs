//! Connections that may have died while the environment was frozen.
//!
//! The pool hands out one old connection after the other, and each that is dead costs an attempt, or the whole time until
//! an answer is given up. So the first that fails takes the others with it: what follows connects anew.

use std::{
    fmt,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicBool, Ordering::Relaxed},
    },
    time::Duration,
};

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

/// What several clients' connections are taken from.
#[derive(Clone)]
pub struct Connections(Arc<Shared>);

struct Shared {
    pool: Mutex<Pool>,
    make: fn() -> SharedHttpClient,
}

struct Pool {
    client: SharedHttpClient,
    /// How many there have been before.
    number: u64,
}

impl Connections {
    pub fn new(make: fn() -> SharedHttpClient) -> Self {
        let pool = Pool { client: make(), number: 0 };
        Self(Arc::new(Shared { pool: Mutex::new(pool), make }))
    }

    /// For requests that may be repeated; each answer is to begin within [`PATIENCE`].
    pub fn for_repeatable(&self) -> SharedHttpClient {
        self.for_others(PATIENCE)
    }

    /// For requests whose repetition does something twice: behind one that was given up, the next may take `longest`, for its
    /// connection is a new one.
    pub fn for_others(&self, longest: Duration) -> SharedHttpClient {
        let (connections, was_given_up) = (self.clone(), Arc::default());
        SharedHttpClient::new(Client { connections, longest, was_given_up })
    }

    fn with<T>(&self, look: impl FnOnce(&mut Pool) -> T) -> T {
        look(&mut self.0.pool.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// A request on the pool of this `number` has failed.
    fn leave(&self, number: u64) {
        self.with(|pool| {
            if pool.number == number {
                *pool = Pool { client: (self.0.make)(), number: number + 1 };
            }
        });
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
    was_given_up: Arc<AtomicBool>,
}

impl HttpClient for Client {
    fn http_connector(&self, settings: &HttpConnectorSettings, components: &RuntimeComponents) -> SharedHttpConnector {
        let (client, number) = self.connections.with(|pool| (pool.client.clone(), pool.number));
        SharedHttpConnector::new(Watched {
            connector: client.http_connector(settings, components),
            connections: self.connections.clone(),
            number,
            patience: if self.was_given_up.load(Relaxed) { self.longest } else { PATIENCE },
            was_given_up: Arc::clone(&self.was_given_up),
        })
    }

    fn validate_base_client_config(
        &self,
        components: &RuntimeComponentsBuilder,
        config: &ConfigBag,
    ) -> Result<(), BoxError> {
        self.connections.with(|pool| pool.client.clone()).validate_base_client_config(components, config)
    }

    fn validate_final_config(&self, components: &RuntimeComponents, config: &ConfigBag) -> Result<(), BoxError> {
        self.connections.with(|pool| pool.client.clone()).validate_final_config(components, config)
    }

    fn connector_metadata(&self) -> Option<ConnectorMetadata> {
        self.connections.with(|pool| pool.client.clone()).connector_metadata()
    }
}

/// A pool's connector for one attempt.
#[derive(Debug)]
struct Watched {
    connector: SharedHttpConnector,
    connections: Connections,
    number: u64,
    patience: Duration,
    was_given_up: Arc<AtomicBool>,
}

impl HttpConnector for Watched {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        let Self { number, patience, .. } = *self;
        let (connections, was_given_up) = (self.connections.clone(), Arc::clone(&self.was_given_up));
        let answer = self.connector.call(request);
        HttpConnectorFuture::new(async move {
            let answer = tokio::time::timeout(patience, answer).await;
            was_given_up.store(answer.is_err(), Relaxed);
            let answer = answer.unwrap_or_else(|_| {
                let seconds = patience.as_secs();
                Err(ConnectorError::timeout(format!("no answer began within {seconds} s").into()))
            });
            if answer.is_err() {
                connections.leave(number);
            }
            answer
        })
    }
}
