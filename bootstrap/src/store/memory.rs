//! The field store's twin in memory, for tests.

use std::{
    collections::{HashMap, HashSet},
    sync::{
        Arc, Mutex,
        atomic::{AtomicU32, Ordering},
    },
};

use super::{Fetched, FieldStore, Pending, StoreError};
use crate::worker::protocol::Field;

#[derive(Debug, Default)]
pub struct Stream {
    fields: HashMap<String, String>,
    failed: Option<String>,
}

#[derive(Debug, Default, Clone)]
pub struct MemoryStore {
    pub streams: Arc<Mutex<HashMap<String, Stream>>>,
    /// Fields whose writes are refused.
    pub refused: HashSet<String>,
    /// Every read fails, and asking again does not help.
    pub unreadable: bool,
    /// So many reads fail before one succeeds.
    pub failing_reads: Arc<AtomicU32>,
    /// Every write panics.
    pub panicking: bool,
}

impl MemoryStore {
    pub fn value(&self, stream: &str, field: &str) -> Option<String> {
        self.streams.lock().unwrap().get(stream)?.fields.get(field).cloned()
    }

    pub fn failure(&self, stream: &str) -> Option<String> {
        self.streams.lock().unwrap().get(stream)?.failed.clone()
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

    fn mark_failed(&self, stream: &str, cause: &str) -> Pending<u64> {
        let (store, stream, cause) = (self.clone(), stream.to_owned(), cause.to_owned());
        Box::pin(async move {
            store.streams.lock().unwrap().entry(stream).or_default().failed = Some(cause);
            Ok(1)
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
            Ok(Fetched { fields, failed: found.failed.clone(), requests: 1, bytes: 0 })
        })
    }
}
