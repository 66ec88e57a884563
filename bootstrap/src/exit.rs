//! Ends this process as the worker ended: Lambda reports the exit of the process that it started.

use std::{
    os::unix::process::ExitStatusExt,
    process::{ExitCode, ExitStatus},
};

use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};

/// The worker's own exit code. Does not return where a signal ended the worker: the same one ends this process, so that
/// Lambda's log says `signal: killed` and not `exit status 137`.
pub fn like(status: ExitStatus) -> ExitCode {
    if let Some(signal) = status.signal() {
        // The worker has left a core, if anyone wants one.
        let limit = getrlimit(Resource::Core);
        let _ = setrlimit(Resource::Core, Rlimit { current: Some(0), ..limit });
        // Returns for a signal that it does not know, such as the real-time ones.
        let _ = signal_hook::low_level::emulate_default_handler(signal);
    }
    let code = status.code().or_else(|| status.signal().map(|signal| 128 + signal));
    code.and_then(|code| u8::try_from(code).ok()).map_or(ExitCode::FAILURE, ExitCode::from)
}
