//! The field store: one item for each field of a stream, first writer wins.

mod dynamodb;
#[cfg(test)]
pub mod memory;

use std::{future::Future, pin::Pin};

pub use dynamodb::DynamoStore;

use crate::worker::protocol::Field;

pub type Pending<T> = Pin<Box<dyn Future<Output = Result<T, StoreError>> + Send>>;

/// What one look at a stream brought, and what it cost.
#[derive(Debug, Default)]
pub struct Fetched {
    pub fields: Vec<Field>,
    /// The source's own words, if it recorded that the rest will never come.
    pub failed: Option<String>,
    pub requests: u64,
    pub bytes: u64,
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
    #[error("field `{field}` of stream `{stream}` is already there with another value")]
    Conflict { stream: String, field: String },
    #[error("table `{table}` (UNUM_TABLE): the item of `{field}` is damaged: {what}")]
    Damaged { table: String, field: String, what: &'static str },
}

/// Where published fields live. Futures own what they need, so that writes run side by side.
pub trait FieldStore: Send + Sync {
    /// Stores a field; resolves to the number of requests once it is acknowledged.
    fn put(&self, stream: &str, field: Field) -> Pending<u64>;

    /// Records that no further field of `stream` will come, and why.
    fn mark_failed(&self, stream: &str, cause: &str) -> Pending<u64>;

    /// Looks for `missing` fields, strongly consistent. `bytes_known` is what was read of this stream before.
    fn fetch(&self, stream: &str, missing: Vec<String>, bytes_known: u64) -> Pending<Fetched>;
}
