//! Managed Instances: several invocations at a time in one environment, each in a worker of its own.
//!
//! AWS's runtime forks as many processes there, and each loads the handler and asks for invocations by itself. So it is
//! here: a worker and its loop know nothing of the others. What they share is made once: the source and the AWS clients.

use std::{num::NonZeroU16, process::ExitCode};

use tokio::task::{JoinSet, LocalSet};

use crate::{
    config::{Config, RuntimeStart},
    runtime::{self, Doors, Runtime},
    runtime_api::RuntimeApi,
    source::Source,
    worker::Worker,
};

/// Serves until the last worker has ended: one that ends, by the handler's own `sys.exit` even, takes no other along.
pub async fn run(
    start: &RuntimeStart,
    workers: NonZeroU16,
    config: Config,
    api: RuntimeApi,
    connect: impl AsyncFnOnce(&Config) -> Doors,
) -> ExitCode {
    let workers: Result<Vec<_>, _> = (0..workers.get()).map(|_| Worker::spawn(start)).collect();
    let workers = match workers {
        Ok(workers) => workers,
        Err(error) => return runtime::refuse(&api, &error).await,
    };
    let source = Source::load(&config);
    let doors = connect(&config).await;
    let (local, mut loops) = (LocalSet::new(), JoinSet::new());
    for (number, worker) in workers.into_iter().enumerate() {
        let runtime = Runtime::new(config.clone(), api.for_one_of_several(), worker);
        let runtime = if number == 0 { runtime } else { runtime.quiet() };
        let (source, doors) = (source.clone(), doors.clone());
        loops.spawn_local_on(async move { runtime.run(source, async |_: &Config| doors).await }, &local);
    }
    local.run_until(async { while loops.join_next().await.is_some() {} }).await;
    // How each of them ended is not to be seen from outside under AWS's runtime, either.
    ExitCode::SUCCESS
}
