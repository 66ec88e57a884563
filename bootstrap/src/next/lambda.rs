//! Next through Lambda's Invoke with type Event.

use aws_sdk_lambda::{Client, primitives::Blob, types::InvocationType};

use super::{Next, NextError, Pending};
use crate::aws;

/// Lambda follows a chain by this header and stops a loop after 16 invocations.
const TRACE_HEADER: &str = "x-amzn-trace-id";

/// The status with which Lambda takes an event. No other one says that it has.
const ACCEPTED: i32 = 202;

#[derive(Debug, Clone)]
pub struct LambdaNext {
    client: Client,
}

impl LambdaNext {
    pub fn new(client: Client) -> Self {
        Self { client }
    }
}

impl Next for LambdaNext {
    fn invoke(&self, function: &str, payload: Vec<u8>, trace_id: Option<&str>) -> Pending {
        let request = self
            .client
            .invoke()
            .function_name(function)
            .invocation_type(InvocationType::Event)
            .payload(Blob::new(payload))
            .customize();
        let trace_id = trace_id.map(str::to_owned);
        let function = function.to_owned();
        Box::pin(async move {
            let request = request.mutate_request(move |request| {
                let headers = request.headers_mut();
                // The SDK takes it from the environment; there, it is what this process was started with.
                headers.remove(TRACE_HEADER);
                if let Some(trace_id) = &trace_id {
                    // A trace id that is no header value would not have reached us in one.
                    let _ = headers.try_insert(TRACE_HEADER, trace_id.clone());
                }
            });
            match request.send().await {
                Ok(answer) if answer.status_code() == ACCEPTED => Ok(()),
                // A proxy's page, for example: the event went nowhere.
                Ok(answer) => Err(NextError {
                    function,
                    cause: format!("the answer's status is {}, and Lambda's is {ACCEPTED}", answer.status_code()),
                }),
                Err(error) => Err(NextError { function, cause: aws::cause(&error) }),
            }
        })
    }
}
