//! What one invocation did as X-Ray subsegments, with `UNUM_TRACES=xray`: below the function's own segment, and next's
//! segment below the subsegment of its invocation.

mod daemon;
mod header;
mod subsegment;

pub use daemon::Daemon;
use header::Header;

use crate::record::Record;

/// The trace that an invocation is part of, if X-Ray is to know more of it.
#[derive(Debug)]
pub struct Trace {
    daemon: Daemon,
    header: Header,
}

/// A subsegment that is not over yet.
#[derive(Debug)]
pub struct Begun {
    pub id: String,
    /// `X-Amzn-Trace-Id` for what happens below it.
    pub header: String,
}

impl Trace {
    /// None if the trace is not sampled, or if `header` says too little.
    pub fn of(daemon: &Daemon, header: &str) -> Option<Self> {
        Some(Self { daemon: daemon.clone(), header: Header::sampled(header)? })
    }

    /// None where the system has no randomness to give.
    pub fn begin(&self) -> Option<Begun> {
        let id = random_id()?;
        Some(Begun { header: self.header.below(&id), id })
    }

    /// Sends a subsegment for each thing that streaming did; never waits.
    pub fn report(&self, record: &Record) {
        for subsegment in subsegment::all(record, &self.header) {
            self.daemon.send(&subsegment);
        }
    }
}

/// 16 hexadecimal digits, as X-Ray has them.
fn random_id() -> Option<String> {
    getrandom::u64().ok().map(|number| format!("{number:016x}"))
}
