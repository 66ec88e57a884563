//! Our own log lines, on stderr. Lambda adds the time; the user's stdout stays theirs.

use tracing::Level;

pub fn install(level: Level) {
    tracing_subscriber::fmt()
        .with_writer(std::io::stderr)
        .with_max_level(level)
        .without_time()
        .with_target(false)
        .with_ansi(false)
        .init();
}
