//! Runs and attempts: what tells a repeated event from a new one.
//!
//! Lambda gives an asynchronous event that it repeats the same request id. A function that has been started by another
//! one of the chain goes by its source's run instead: every attempt of that one starts the same run here.

use std::fmt::Write;

use sha2::{Digest, Sha256};

use crate::{event::Envelope, record};

/// Bytes of a hash that make the id of a run.
const ID_BYTES: usize = 16;

/// One logical execution of a function, whatever number of attempts it takes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Run {
    pub id: String,
    /// Where the field store keeps what attempts leave for later ones.
    pub partition: String,
}

impl Run {
    pub fn new(function: &str, envelope: Option<&Envelope>, request_id: &str) -> Self {
        let id = match envelope {
            Some(envelope) => started_by(&envelope.run, function),
            None => request_id.to_owned(),
        };
        Self { partition: format!("run/{function}/{id}"), id }
    }
}

fn started_by(source_run: &str, function: &str) -> String {
    hexadecimal(&Sha256::digest(format!("{source_run}/{function}"))[..ID_BYTES])
}

pub fn hexadecimal(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut digits, byte| {
        let _ = write!(digits, "{byte:02x}");
        digits
    })
}

/// A random name: a retry keeps its request id, and values of two attempts must not mix.
pub fn attempt() -> String {
    match getrandom::u64() {
        Ok(number) => format!("{number:016x}"),
        // Without a source of randomness, time and process tell attempts apart.
        Err(_) => format!("{:x}-{:x}", record::now().to_bits(), std::process::id()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn envelope(run: &str) -> Envelope {
        Envelope {
            version: 1,
            session: "s".to_owned(),
            source: "A".to_owned(),
            run: run.to_owned(),
            stream: "s/A/1".to_owned(),
            futures: Vec::new(),
            deadline_ms: 9,
            end: false,
        }
    }

    #[test]
    fn attempts_have_streams_of_their_own() {
        assert_ne!(attempt(), attempt());
    }

    #[test]
    fn attempts_of_one_run_start_one_run_and_nothing_else_does() {
        let run = |source_run: &str, function: &str, request: &str| {
            Run::new(function, Some(&envelope(source_run)), request).id
        };
        assert_eq!(run("1", "B", "x"), run("1", "B", "y"));
        assert_ne!(run("1", "B", "x"), run("2", "B", "x"));
        assert_ne!(run("1", "B", "x"), run("1", "C", "x"));
        assert_eq!(Run::new("A", None, "x").id, "x");
    }
}
