//! The mark of a failed stream, by which its readers learn why the rest will never come.
//!
//! It is written beside the fields and not as one of them: what is not acknowledged in time is given up, and the mark then
//! says so.

use tokio::{
    task::JoinSet,
    time::{Instant, timeout_at},
};

use crate::store::{End, FieldStore};

/// Of a cause, in UTF-8. Every hop of a chain repeats its source's, and a write unit covers 1 KB.
const MAX_CAUSE_BYTES: usize = 4096;
const ELLIPSIS: char = '…';

#[derive(Default)]
pub struct Mark {
    is_made: bool,
    /// Holds the write; dropping it ends the write with the invocation.
    write: JoinSet<Result<u64, String>>,
}

impl Mark {
    /// Starts the write of the first cause; later ones change nothing.
    pub fn make(&mut self, store: &dyn FieldStore, stream: &str, cause: &str, changed: Vec<String>) {
        if std::mem::replace(&mut self.is_made, true) {
            return;
        }
        let write = store.end(stream, End::Failed { cause: shortened(cause), changed });
        self.write.spawn(async move { write.await.map_err(|error| error.to_string()) });
    }

    /// Waits for the write, if there is one, until `deadline`. Gives the number of requests, or why the readers know nothing.
    pub async fn acknowledged(&mut self, deadline: Instant) -> Result<u64, String> {
        match timeout_at(deadline, self.write.join_next()).await {
            Ok(None) => Ok(0),
            Ok(Some(Ok(written))) => written,
            Ok(Some(Err(lost))) => Err(lost.to_string()),
            Err(_) => {
                self.write.shutdown().await;
                Err("the field store did not answer before this function's time ran out".to_owned())
            }
        }
    }
}

/// At most `MAX_CAUSE_BYTES`; a longer cause ends in an ellipsis.
fn shortened(cause: &str) -> String {
    if cause.len() <= MAX_CAUSE_BYTES {
        return cause.to_owned();
    }
    let end = cause.floor_char_boundary(MAX_CAUSE_BYTES - ELLIPSIS.len_utf8());
    format!("{}{ELLIPSIS}", &cause[..end])
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::store::memory::MemoryStore;

    const STREAM: &str = "s/A/1";

    /// Where the write takes so long, and is waited for so long.
    async fn made(latency: Duration, patience: Duration) -> (MemoryStore, Result<u64, String>) {
        let store = MemoryStore { write_latency: latency, ..MemoryStore::default() };
        let mut mark = Mark::default();
        mark.make(&store, STREAM, "it broke", Vec::new());
        let acknowledged = mark.acknowledged(Instant::now() + patience).await;
        (store, acknowledged)
    }

    #[tokio::test(start_paused = true)]
    async fn a_mark_is_waited_for() {
        let (store, acknowledged) = made(Duration::from_millis(50), Duration::from_millis(100)).await;
        assert_eq!((store.failure(STREAM).as_deref(), acknowledged), (Some("it broke"), Ok(1)));
    }

    #[tokio::test(start_paused = true)]
    async fn nobody_waits_longer_for_a_mark() {
        let (store, acknowledged) = made(Duration::from_millis(100), Duration::from_millis(50)).await;
        assert!(store.failure(STREAM).is_none() && acknowledged.unwrap_err().contains("did not answer"));
    }

    #[test]
    fn a_long_cause_is_cut_between_characters() {
        for fitting in ["", "it broke", &"é".repeat(MAX_CAUSE_BYTES / 2)] {
            assert_eq!(shortened(fitting), fitting);
        }
        let cut = shortened(&"é".repeat(MAX_CAUSE_BYTES));
        assert_eq!((cut.len(), cut.trim_start_matches('é')), (MAX_CAUSE_BYTES - 1, "…"));
    }
}
