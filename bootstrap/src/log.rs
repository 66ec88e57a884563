//! Our own log lines, on stderr. Lambda adds the time; the user's stdout stays theirs.

use tracing::{Level, level_filters::LevelFilter};
use tracing_subscriber::{filter::Targets, fmt, layer::SubscriberExt, util::SubscriberInitExt};

use crate::output;

/// Prints everything that a request is made of, the credentials' key id included.
const TELLS_CREDENTIALS: &str = "aws_smithy_runtime::client::orchestrator::endpoints";

pub fn install(level: Level) {
    // The AWS SDK says dozens of lines about each request; only who traces wants to see those.
    let others = if level == Level::TRACE { LevelFilter::DEBUG } else { LevelFilter::OFF };
    let targets = Targets::new()
        .with_target(env!("CARGO_CRATE_NAME"), level)
        .with_target(TELLS_CREDENTIALS, LevelFilter::OFF)
        .with_default(others);
    let lines = fmt::layer().with_writer(output::stderr).without_time().with_target(false).with_ansi(false);
    tracing_subscriber::registry().with(lines).with(targets).init();
}
