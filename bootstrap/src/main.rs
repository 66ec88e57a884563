//! The layer's `/opt/bootstrap`: runs a Python handler on Lambda and starts the next function as soon as the first
//! field of the handler's result is final.

mod aws;
mod checkpoint;
mod conclusion;
mod concurrent;
mod config;
mod deadline;
mod diagnostic;
mod event;
mod exit;
mod invocation;
mod log;
mod metrics;
mod next;
mod output;
mod payload;
mod publisher;
mod record;
mod refusal;
mod resolver;
#[cfg(test)]
mod round_trip;
mod run;
mod runtime;
mod runtime_api;
mod signature;
mod source;
mod store;
mod version;
mod worker;
mod xray;

use std::{process::ExitCode, sync::Arc};

use config::{Config, Start};
use next::{LambdaNext, Nobody};
use runtime::{Doors, Runtime};
use runtime_api::RuntimeApi;
use source::Source;
use store::DynamoStore;
use worker::Worker;
use xray::Daemon;

fn main() -> ExitCode {
    let start = match config::start(std::env::args_os().skip(1)) {
        Ok(start) => start,
        Err(error) => {
            return match config::runtime_api() {
                Some(address) => refuse(&address, &error),
                None => fail(&error),
            };
        }
    };
    match start {
        Start::Version => output::say(&mut output::stdout(), &version::TEXT),
        Start::Other(command) => return fail(&config::replace_process(command)),
        Start::Runtime(start) => return run(&start),
    }
    ExitCode::SUCCESS
}

#[tokio::main(flavor = "current_thread")]
async fn run(start: &config::RuntimeStart) -> ExitCode {
    let api = match RuntimeApi::new(&start.runtime_api) {
        Ok(api) => api,
        Err(error) => return fail(&error),
    };
    let config = match Config::from_env() {
        Ok(config) => config,
        Err(error) => {
            log::install(tracing::Level::INFO, config::log_form());
            return runtime::refuse(&api, &error).await;
        }
    };
    log::install(config.log_level, config::log_form());
    if let Some(workers) = start.concurrency {
        return concurrent::run(start, workers, config, api, connect).await;
    }
    // Python starts while the source is transformed and the clients are built.
    let worker = match Worker::spawn(start) {
        Ok(worker) => worker,
        Err(error) => return runtime::refuse(&api, &error).await,
    };
    let source = Source::load(&config);
    Runtime::new(config, api, worker).run(source, connect).await.code()
}

async fn connect(config: &Config) -> Doors {
    if config.table.is_none() && config.next.is_empty() {
        return Doors { store: None, next: Arc::new(Nobody), xray: None, connections: None };
    }
    // Boxed: within the loop's own future, what is needed once would keep its kilobytes for good.
    let clients = Box::pin(aws::Clients::from_env()).await;
    Doors {
        store: config.table.as_ref().map(|table| Arc::new(DynamoStore::new(clients.dynamodb, table, config.ttl)) as _),
        next: Arc::new(LambdaNext::new(clients.lambda)),
        connections: Some(clients.connections),
        xray: if config.traces { find_xray(config).await } else { None },
    }
}

/// The daemon's address is Lambda's and no setting: a function runs, whatever is wrong with it.
async fn find_xray(config: &Config) -> Option<Daemon> {
    let found = Daemon::at(config.xray_daemon.as_deref()).await;
    found.inspect_err(|error| tracing::warn!("UNUM_TRACES is xray, and nothing is sent: {error}")).ok()
}

#[tokio::main(flavor = "current_thread")]
async fn refuse(runtime_api: &str, error: &config::ConfigError) -> ExitCode {
    log::install(tracing::Level::INFO, config::log_form());
    match RuntimeApi::new(runtime_api) {
        Ok(api) => runtime::refuse(&api, error).await,
        Err(error) => fail(&error),
    }
}

fn fail(error: &dyn std::error::Error) -> ExitCode {
    output::say(&mut output::stderr(), &format_args!("unum-streaming: {error}"));
    ExitCode::from(2)
}
