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
    /// Of the function that was invoked as `arn`; `function` is its name.
    pub fn new(function: &str, arn: &str, envelope: Option<&Envelope>, request_id: &str) -> Self {
        let function = match qualifier(arn) {
            Some(qualifier) => format!("{function}:{qualifier}"),
            None => function.to_owned(),
        };
        let id = match envelope {
            Some(envelope) => started_by(&envelope.run, &function),
            None => request_id.to_owned(),
        };
        Self { partition: format!("run/{function}/{id}"), id }
    }
}

/// The version or alias that a function was invoked by: a source may start two of them, each with an event of its own.
fn qualifier(arn: &str) -> Option<&str> {
    arn.splitn(8, ':').nth(7)
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
    use crate::event::TimesLeft;

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
            rhythm: TimesLeft::new(),
        }
    }

    const ARN: &str = "arn:aws:lambda:eu-west-1:123456789012:function:B";

    #[test]
    fn two_versions_that_one_source_starts_have_runs_of_their_own() {
        let run = |arn: &str| Run::new("B", arn, Some(&envelope("1")), "x");
        let [plain, one, two] = ["", ":1", ":2"].map(|qualifier| run(&format!("{ARN}{qualifier}")));
        assert_eq!(plain.partition, format!("run/B/{}", plain.id));
        assert_eq!(one.partition, format!("run/B:1/{}", one.id));
        assert!(plain.id != one.id && one.id != two.id);
        assert_eq!(Run::new("B", &format!("{ARN}:1"), None, "x").partition, "run/B:1/x");
    }

    #[test]
    fn attempts_have_streams_of_their_own() {
        assert_ne!(attempt(), attempt());
    }

    #[test]
    fn attempts_of_one_run_start_one_run_and_nothing_else_does() {
        let run = |source_run: &str, function: &str, request: &str| {
            Run::new(function, ARN, Some(&envelope(source_run)), request).id
        };
        assert_eq!(run("1", "B", "x"), run("1", "B", "y"));
        assert_ne!(run("1", "B", "x"), run("2", "B", "x"));
        assert_ne!(run("1", "B", "x"), run("1", "C", "x"));
        assert_eq!(Run::new("A", ARN, None, "x").id, "x");
    }
}
