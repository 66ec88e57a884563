//! Our own failures in the form of Lambda's error documents.

use serde::Serialize;

use crate::{
    conclusion::RunError, config::ConfigError, event::EventError, payload::PayloadError, publisher::PublishError,
    runtime_api::RestoreError, worker::WorkerError,
};

/// What is posted about a failure.
#[derive(Debug)]
pub struct Diagnostic {
    /// JSON with `errorMessage`, `errorType`, `requestId` and `stackTrace`, as AWS's Python runtime posts it.
    pub document: Vec<u8>,
    /// JSON for X-Ray, where the worker made one.
    pub xray_cause: Option<String>,
}

/// The named failures that streaming adds to a function.
pub trait Named: std::error::Error {
    fn error_type(&self) -> &'static str;
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Document<'a> {
    error_message: &'a str,
    error_type: &'a str,
    request_id: &'a str,
    stack_trace: [&'a str; 0],
}

impl Diagnostic {
    pub fn new(error: &dyn Named, request_id: &str) -> Self {
        let document =
            Document { error_message: &error.to_string(), error_type: error.error_type(), request_id, stack_trace: [] };
        Self { document: serde_json::to_vec(&document).unwrap_or_default(), xray_cause: None }
    }
}

impl Named for ConfigError {
    fn error_type(&self) -> &'static str {
        "Unum.InvalidSetting"
    }
}

impl Named for EventError {
    fn error_type(&self) -> &'static str {
        match self {
            Self::Signature(_) => "Unum.SignatureError",
            _ => "Unum.EnvelopeError",
        }
    }
}

impl Named for PayloadError {
    fn error_type(&self) -> &'static str {
        match self {
            Self::ReservedKey => "Unum.ReservedKey",
            Self::TooLarge { .. } => "Unum.PayloadTooLarge",
            Self::NotJson => "Unum.NotJson",
            Self::Unsigned(_) => "Unum.SignatureError",
        }
    }
}

impl Named for PublishError {
    fn error_type(&self) -> &'static str {
        match self {
            Self::FieldChanged { .. } => "Unum.FieldChanged",
            Self::Store { .. } | Self::End { .. } | Self::Lost(_) => "Unum.FieldStoreError",
            Self::Next { .. } => "Unum.NextError",
            Self::Payload(error) => error.error_type(),
            Self::NotJson { .. } => "Unum.NotJson",
            Self::OutOfTime { .. } => "Unum.OutOfTime",
        }
    }
}

impl Named for RunError {
    fn error_type(&self) -> &'static str {
        match self {
            Self::Unreadable(_) | Self::Unrecorded(_) | Self::Damaged { .. } | Self::RecordTime => {
                "Unum.FieldStoreError"
            }
            Self::Source(_) => "Unum.SourceNotConfirmed",
        }
    }
}

impl Named for RestoreError {
    /// As AWS's runtime names it: until the restore, everything is the snapshot's.
    fn error_type(&self) -> &'static str {
        "Runtime.BeforeSnapshotError"
    }
}

impl Named for WorkerError {
    fn error_type(&self) -> &'static str {
        match self {
            Self::Wrapper { .. } => "Unum.InvalidSetting",
            _ => "Unum.WorkerError",
        }
    }
}
