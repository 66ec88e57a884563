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

/// Where no function is next.
pub struct Nobody;

impl Next for Nobody {
    fn invoke(&self, function: &str, _payload: Vec<u8>, _trace_id: Option<&str>) -> Pending {
        let error = NextError { function: function.to_owned(), cause: "UNUM_NEXT is not set".to_owned() };
        Box::pin(std::future::ready(Err(error)))
    }
}

/// Invokes a function asynchronously; resolves once Lambda has accepted the event.
pub trait Next: Send + Sync {
    fn invoke(&self, function: &str, payload: Vec<u8>, trace_id: Option<&str>) -> Pending;
}
