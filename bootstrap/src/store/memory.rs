//! The field store's twin in memory, for tests.

use std::{
    collections::{HashMap, HashSet, hash_map::Entry},
    sync::{
        Arc, Mutex,
        atomic::{AtomicU32, AtomicUsize, Ordering},
    },
};

use super::{End, Fetched, FieldStore, Pending, Recorded, RunRecord, StoreError};
use crate::worker::protocol::Field;

#[derive(Debug, Default)]
pub struct Stream {
    fields: HashMap<String, String>,
    end: Option<End>,
}

#[derive(Debug, Default, Clone)]
pub struct MemoryStore {
    pub streams: Arc<Mutex<HashMap<String, Stream>>>,
    pub changed: Arc<Mutex<HashMap<String, Vec<String>>>>,
    pub results: Arc<Mutex<HashMap<String, String>>>,
    /// Fields whose writes are refused.
    pub refused: HashSet<String>,
    /// Every read fails, and asking again does not help.
    pub unreadable: bool,
    /// So many reads fail before one succeeds.
    pub failing_reads: Arc<AtomicU32>,
    /// Every write panics.
    pub panicking: bool,
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
        self.streams.lock().unwrap().get(stream)?.end.clone()
    }

    pub fn failure(&self, stream: &str) -> Option<String> {
        match self.end_of(stream)? {
            End::Failed { cause, .. } => Some(cause),
            End::Complete => None,
        }
    }
}

fn refusal(passing: bool) -> StoreError {
    StoreError::Request { table: "memory".to_owned(), cause: "refused".to_owned(), passing }
}

impl FieldStore for MemoryStore {
    fn put(&self, stream: &str, field: Field) -> Pending<u64> {
        let (store, stream) = (self.clone(), stream.to_owned());
        Box::pin(async move {
            assert!(!store.panicking, "as told");
            store.open_writes.count().await;
            if store.refused.contains(&field.name) {
                return Err(refusal(false));
            }
            let mut streams = store.streams.lock().unwrap();
            let fields = &mut streams.entry(stream.clone()).or_default().fields;
            match fields.insert(field.name.clone(), field.json.clone()) {
                Some(old) if old != field.json => Err(StoreError::Conflict { stream, field: field.name }),
                _ => Ok(1),
            }
        })
    }

    fn end(&self, stream: &str, end: End) -> Pending<u64> {
        let (store, stream) = (self.clone(), stream.to_owned());
        Box::pin(async move {
            store.streams.lock().unwrap().entry(stream).or_default().end = Some(end);
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
            Ok(RunRecord { changed, result, requests: 1 })
        })
    }

    fn record_changed(&self, run: &str, fields: &[String]) -> Pending<u64> {
        let (store, run, fields) = (self.clone(), run.to_owned(), fields.to_vec());
        Box::pin(async move {
            store.changed.lock().unwrap().entry(run).or_insert(fields);
            Ok(1)
        })
    }

    fn record_result(&self, run: &str, result: &str) -> Pending<Recorded> {
        let (store, run, result) = (self.clone(), run.to_owned(), result.to_owned());
        Box::pin(async move {
            let mut results = store.results.lock().unwrap();
            Ok(match results.entry(run) {
                Entry::Vacant(none) => {
                    none.insert(result);
                    Recorded::Here { requests: 1 }
                }
                Entry::Occupied(first) => Recorded::Before(first.get().clone()),
            })
        })
    }

    fn fetch(&self, stream: &str, missing: Vec<String>, _bytes_known: u64) -> Pending<Fetched> {
        let (store, stream) = (self.clone(), stream.to_owned());
        Box::pin(async move {
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
            Ok(Fetched { fields, end: found.end.clone(), requests: 1, ..Fetched::default() })
        })
    }
}
