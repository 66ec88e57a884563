//! The functions that a result goes to.

mod lambda;
#[cfg(test)]
pub mod recording;

use std::{future::Future, pin::Pin};

pub use lambda::LambdaNext;

pub type Pending = Pin<Box<dyn Future<Output = Result<(), NextError>> + Send>>;

#[derive(Debug, Clone, thiserror::Error, PartialEq, Eq)]
#[error("cannot invoke `{function}` (UNUM_NEXT): {cause}")]
pub struct NextError {
    pub function: String,
    pub cause: String,
}

/// Invokes a function asynchronously; resolves once Lambda has accepted the event.
pub trait Next: Send + Sync {
    fn invoke(&self, function: &str, payload: Vec<u8>, trace_id: Option<&str>) -> Pending;
}
