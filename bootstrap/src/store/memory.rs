//! The field store's twin in memory, for tests.

use std::{
    collections::{HashMap, HashSet, hash_map::Entry},
    sync::{
        Arc, Mutex,
        atomic::{AtomicU32, AtomicUsize, Ordering},
    },
    time::Duration,
};

use super::{End, Fetched, FieldStore, Pending, Recorded, RunRecord, StoreError};
use crate::{record::Costs, worker::protocol::Field};

#[derive(Debug, Default)]
pub struct Stream {
    fields: HashMap<String, String>,
    is_complete: bool,
    failed: Option<End>,
}

impl Stream {
    /// An attempt may have failed while it wrote the end, and a later one have written it.
    fn end(&self) -> Option<End> {
        if self.is_complete { Some(End::Complete) } else { self.failed.clone() }
    }
}

#[derive(Debug, Default, Clone)]
pub struct MemoryStore {
    pub streams: Arc<Mutex<HashMap<String, Stream>>>,
    pub changed: Arc<Mutex<HashMap<String, Vec<String>>>>,
    pub results: Arc<Mutex<HashMap<String, String>>>,
    /// Fields whose writes are refused.
    pub refused: HashSet<String>,
    /// Fields, and runs of which the result is to be recorded, whose writes are never answered.
    pub unanswered: HashSet<String>,
    /// Every read fails, and asking again does not help.
    pub unreadable: bool,
    /// So many reads fail before one succeeds.
    pub failing_reads: Arc<AtomicU32>,
    /// Every write of a field panics.
    pub panicking: bool,
    /// How long every write takes.
    pub write_latency: Duration,
    /// How long every read of fields takes.
    pub read_latency: Duration,
    pub open_writes: OpenWrites,
}

/// Counts the writes of fields that have been begun and not been acknowledged.
#[derive(Debug, Default, Clone)]
pub struct OpenWrites(Arc<Counts>);

#[derive(Debug, Default)]
struct Counts {
    begun: AtomicUsize,
    ended: AtomicUsize,
    most: AtomicUsize,
}

impl OpenWrites {
    pub fn begun(&self) -> usize {
        self.0.begun.load(Ordering::Relaxed)
    }

    pub fn most(&self) -> usize {
        self.0.most.load(Ordering::Relaxed)
    }

    /// Counts one that lets others begin before it ends.
    async fn count(&self) {
        let begun = self.0.begun.fetch_add(1, Ordering::Relaxed) + 1;
        self.0.most.fetch_max(begun - self.0.ended.load(Ordering::Relaxed), Ordering::Relaxed);
        tokio::task::yield_now().await;
        self.0.ended.fetch_add(1, Ordering::Relaxed);
    }
}

impl MemoryStore {
    pub fn value(&self, stream: &str, field: &str) -> Option<String> {
        self.streams.lock().unwrap().get(stream)?.fields.get(field).cloned()
    }

    pub fn end_of(&self, stream: &str) -> Option<End> {
        self.streams.lock().unwrap().get(stream)?.end()
    }

    pub fn failure(&self, stream: &str) -> Option<String> {
        match self.end_of(stream)? {
            End::Failed { cause, .. } => Some(cause),
            End::Complete => None,
        }
    }

    async fn wait(latency: Duration) {
        if !latency.is_zero() {
            tokio::time::sleep(latency).await;
        }
    }

    /// Never, where one of these is `unanswered`.
    async fn answer(&self, mut names: impl Iterator<Item = &String>) {
        if names.any(|name| self.unanswered.contains(name)) {
            std::future::pending::<()>().await;
        }
    }
}

fn refusal(passing: bool) -> StoreError {
    StoreError::Request { table: "memory".to_owned(), cause: "refused".to_owned(), passing }
}

impl FieldStore for MemoryStore {
    fn put(&self, stream: &str, put: Vec<Field>) -> Pending<u64> {
        let (store, stream) = (self.clone(), stream.to_owned());
        Box::pin(async move {
            assert!(!store.panicking, "as told");
            store.open_writes.count().await;
            Self::wait(store.write_latency).await;
            store.answer(put.iter().map(|field| &field.name)).await;
            if put.iter().any(|field| store.refused.contains(&field.name)) {
                return Err(refusal(false));
            }
            let mut streams = store.streams.lock().unwrap();
            let fields = &mut streams.entry(stream).or_default().fields;
            let differs = |field: &&Field| fields.get(&field.name).is_some_and(|first| *first != field.json);
            if let Some(field) = put.iter().find(differs) {
                return Err(StoreError::Conflict { field: field.name.clone() });
            }
            fields.extend(put.into_iter().map(|field| (field.name, field.json)));
            Ok(1)
        })
    }

    fn end(&self, stream: &str, end: End) -> Pending<u64> {
        let (store, stream) = (self.clone(), stream.to_owned());
        Box::pin(async move {
            Self::wait(store.write_latency).await;
            let mut streams = store.streams.lock().unwrap();
            let stream = streams.entry(stream).or_default();
            match end {
                End::Complete => stream.is_complete = true,
                End::Failed { .. } => {
                    stream.failed.get_or_insert(end);
                }
            }
            Ok(1)
        })
    }

    fn run_record(&self, run: &str) -> Pending<RunRecord> {
        let (store, run) = (self.clone(), run.to_owned());
        Box::pin(async move {
            if store.unreadable {
                return Err(refusal(false));
            }
            let changed = store.changed.lock().unwrap().get(&run).cloned().unwrap_or_default();
            let result = store.results.lock().unwrap().get(&run).cloned();
            let bytes_read = result.as_ref().map_or(0, |result| result.len() as u64);
            Ok(RunRecord { changed, result, costs: Costs { reads: 1, bytes_read, ..Costs::default() } })
        })
    }

    fn record_changed(&self, run: &str, fields: &[String]) -> Pending<u64> {
        let (store, run, fields) = (self.clone(), run.to_owned(), fields.to_vec());
        Box::pin(async move {
            Self::wait(store.write_latency).await;
            store.changed.lock().unwrap().entry(run).or_insert(fields);
            Ok(1)
        })
    }

    fn record_result(&self, run: &str, result: &str) -> Pending<Recorded> {
        let (store, run, result) = (self.clone(), run.to_owned(), result.to_owned());
        Box::pin(async move {
            Self::wait(store.write_latency).await;
            store.answer(std::iter::once(&run)).await;
            let costs = Costs { writes: 1, bytes_written: result.len() as u64, ..Costs::default() };
            let mut results = store.results.lock().unwrap();
            let before = match results.entry(run) {
                Entry::Vacant(none) => {
                    none.insert(result);
                    None
                }
                Entry::Occupied(first) => (*first.get() != result).then(|| first.get().clone()),
            };
            Ok(Recorded { before, costs })
        })
    }

    fn fetch(&self, stream: &str, missing: Vec<String>, _bytes_known: u64) -> Pending<Fetched> {
        let (store, stream) = (self.clone(), stream.to_owned());
        Box::pin(async move {
            Self::wait(store.read_latency).await;
            if store.unreadable {
                return Err(refusal(false));
            }
            if store
                .failing_reads
                .fetch_update(Ordering::Relaxed, Ordering::Relaxed, |left| left.checked_sub(1))
                .is_ok()
            {
                return Err(refusal(true));
            }
            let streams = store.streams.lock().unwrap();
            let Some(found) = streams.get(&stream) else {
                return Ok(Fetched { requests: 1, ..Fetched::default() });
            };
            let fields = missing
                .into_iter()
                .filter_map(|name| found.fields.get(&name).cloned().map(|json| Field { name, json }))
                .collect();
            Ok(Fetched { fields, end: found.end(), requests: 1, ..Fetched::default() })
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const STREAM: &str = "s/A/1";

    #[tokio::test]
    async fn the_first_writer_wins() {
        let store = MemoryStore::default();
        let put = |json: &str| store.put(STREAM, vec![Field { name: "a".to_owned(), json: json.to_owned() }]);
        assert_eq!((put("1").await, put("1").await), (Ok(1), Ok(1)));
        assert_eq!(put("2").await, Err(StoreError::Conflict { field: "a".to_owned() }));
        assert_eq!(store.value(STREAM, "a").as_deref(), Some("1"));
    }

    #[tokio::test]
    async fn of_two_failures_the_first_is_told_and_of_two_ends_the_good_one() {
        let store = MemoryStore::default();
        for cause in ["first", "second"] {
            store.end(STREAM, End::Failed { cause: cause.to_owned(), changed: Vec::new() }).await.unwrap();
        }
        assert_eq!(store.failure(STREAM).as_deref(), Some("first"));
        store.end(STREAM, End::Complete).await.unwrap();
        store.end(STREAM, End::Failed { cause: "third".to_owned(), changed: Vec::new() }).await.unwrap();
        assert_eq!(store.end_of(STREAM), Some(End::Complete));
    }
}
