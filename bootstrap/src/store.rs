//! The field store: the fields of a stream, alone or several in one item, and one record for each run. First writer wins.

mod dynamodb;
#[cfg(test)]
pub mod memory;

use std::{future::Future, pin::Pin};

pub use dynamodb::DynamoStore;

use crate::{record::Costs, worker::protocol::Field};

/// So many bytes of names and values may fields have that are written together.
pub const MOST_BYTES_TOGETHER: usize = 32 * 1024;

pub type Pending<T> = Pin<Box<dyn Future<Output = Result<T, StoreError>> + Send>>;

/// What one look at a stream brought, and what it cost.
#[derive(Debug, Default)]
pub struct Fetched {
    pub fields: Vec<Field>,
    /// How the source says that its stream has ended, if it does.
    pub end: Option<End>,
    pub requests: u64,
    pub bytes: u64,
    /// Of the items of `fields`: a query of the stream would read so many again.
    pub field_bytes: u64,
}

impl Fetched {
    pub fn costs(&self) -> Costs {
        Costs { reads: self.requests, bytes_read: self.bytes, ..Costs::default() }
    }
}

/// What a source records at the end of its stream.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum End {
    /// Everything of this attempt has been acknowledged; recorded in strict mode only.
    Complete,
    /// What is not there will never come.
    Failed {
        /// In the source's own words.
        cause: String,
        /// Fields whose stored value is not the one that the handler returned.
        changed: Vec<String>,
    },
}

/// What earlier attempts have left behind for a later one of the same run; docs/guarantees.md says what for.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct RunRecord {
    /// Fields that changed after they had been published.
    pub changed: Vec<String>,
    /// The checkpoint, in the form that it was recorded in.
    pub result: Option<String>,
    /// Of reading all this.
    pub costs: Costs,
}

/// Whether a run's result was recorded.
#[derive(Debug, PartialEq, Eq)]
pub struct Recorded {
    /// The one that counts instead: another attempt was first.
    pub before: Option<String>,
    pub costs: Costs,
}

#[derive(Debug, Clone, thiserror::Error, PartialEq, Eq)]
pub enum StoreError {
    #[error("table `{table}` (UNUM_TABLE): {cause}")]
    Request {
        table: String,
        cause: String,
        /// Asking again later may help: throttling, a lost connection, a fault of the service's.
        passing: bool,
    },
    #[error(
        "table `{table}` (UNUM_TABLE) has other keys than the field store's: its partition key must be `stream`, its sort key \
         `field`, both strings"
    )]
    OtherKeys { table: String },
    #[error("field `{field}` is already there with another value")]
    Conflict { field: String },
    #[error("table `{table}` (UNUM_TABLE): the item of `{field}` is damaged: {what}")]
    Damaged { table: String, field: String, what: &'static str },
}

/// Where published fields live. Futures own what they need, so that writes run side by side.
pub trait FieldStore: Send + Sync {
    /// Stores fields, all at once, one at least; resolves to the number of requests once they are acknowledged. More than one
    /// have `MOST_BYTES_TOGETHER` at most.
    fn put(&self, stream: &str, fields: Vec<Field>) -> Pending<u64>;

    /// Records that no further field of `stream` will come.
    fn end(&self, stream: &str, end: End) -> Pending<u64>;

    /// Looks for `missing` fields, strongly consistent; gives those that are there, and what was written together with them.
    /// `bytes_known` are the `field_bytes` of the looks before.
    fn fetch(&self, stream: &str, missing: Vec<String>, bytes_known: u64) -> Pending<Fetched>;

    /// What earlier attempts of `run` have left, strongly consistent.
    fn run_record(&self, run: &str) -> Pending<RunRecord>;

    /// Remembers fields that later attempts of `run` must not publish early.
    fn record_changed(&self, run: &str, fields: &[String]) -> Pending<u64>;

    /// Records the result of `run`, unless there is one already.
    fn record_result(&self, run: &str, result: &str) -> Pending<Recorded>;
}
