//! The one door to Lambda's Runtime API.
//!
//! `lambda_runtime::Runtime` is not used for the loop: it parses the client context before any service of ours is called,
//! and one whose `custom` holds a number ends its process, the invocation with it. It also cannot post a `stackTrace` or
//! an init error. So requests go through the client below it, and `lambda_runtime::Context` reads the headers that it
//! reads well; client context and Cognito identity go to Python as they came.

use std::{cell::Cell, sync::Arc, time::Duration};

use bytes::Bytes;
use http::{HeaderMap, HeaderValue, Method, Request, StatusCode, Uri, header::CONTENT_TYPE};
use http_body_util::BodyExt;
use lambda_runtime::Context;
use lambda_runtime_api_client::{BoxError, PooledClient, body::Body, build_request};

use crate::diagnostic::Diagnostic;

const REQUEST_ID: &str = "lambda-runtime-aws-request-id";
const CLIENT_CONTEXT: &str = "lambda-runtime-client-context";
const COGNITO_IDENTITY: &str = "lambda-runtime-cognito-identity";
const FUNCTION_ARN: &str = "lambda-runtime-invoked-function-arn";
const DEADLINE_MS: &str = "lambda-runtime-deadline-ms";
const INVOCATION_ID: &str = "lambda-runtime-invocation-id";
const ERROR_TYPE: &str = "lambda-runtime-function-error-type";
const XRAY_CAUSE: &str = "lambda-runtime-function-xray-error-cause";
/// AWS's own runtime leaves a larger X-Ray cause out.
const MAX_XRAY_CAUSE_BYTES: usize = 1024 * 1024;
/// How often AWS's runtime asks for an invocation where several workers do, and its first pause; each next one is twice as long.
const MOST_ATTEMPTS: u32 = 5;
const FIRST_PAUSE: Duration = Duration::from_millis(100);

#[derive(Debug, thiserror::Error)]
pub enum RuntimeApiError {
    #[error("AWS_LAMBDA_RUNTIME_API is `{address}`; it must be a host and a port: {source}")]
    Address { address: String, source: http::uri::InvalidUri },
    #[error("the Runtime API does not answer {path}: {source}")]
    Call { path: String, source: BoxError },
    #[error("the Runtime API answered {path} with {status}: {body}")]
    Status { path: String, status: StatusCode, body: String },
    #[error("the Runtime API sent an invocation without a proper `{0}` header")]
    Header(&'static str),
}

#[derive(Debug, thiserror::Error)]
#[error("this environment was not restored from its snapshot: {0}")]
pub struct RestoreError(#[from] RuntimeApiError);

/// One invocation as Lambda hands it out. Answering takes it away: it cannot be answered twice.
#[derive(Debug)]
pub struct Invocation {
    /// Request id, deadline, ARN, trace id and tenant; client context and identity are left out, see above.
    pub context: Context,
    /// JSON as it came.
    pub client_context: Option<String>,
    /// JSON as it came.
    pub cognito_identity: Option<String>,
    pub content_type: Option<String>,
    pub event: Bytes,
    /// `Lambda-Runtime-Invocation-Id`, sent back with the result where Lambda gives one.
    echo_id: Option<HeaderValue>,
}

pub struct RuntimeApi {
    /// Several workers call at the same time: none of them takes a refusal for the end of the environment.
    is_shared: bool,
    /// An answer has come, so a connection may be reused.
    has_answered: Cell<bool>,
    client: PooledClient,
}

impl RuntimeApi {
    /// `address` is a host, mostly with a port, as in `AWS_LAMBDA_RUNTIME_API`.
    pub fn new(address: &str) -> Result<Self, RuntimeApiError> {
        let address = address.trim();
        match format!("http://{address}").parse() {
            Ok(endpoint) => Ok(Self::at(endpoint)),
            Err(source) => Err(RuntimeApiError::Address { address: address.to_owned(), source }),
        }
    }

    fn at(endpoint: Uri) -> Self {
        let client = PooledClient::builder().with_endpoint(endpoint).build();
        Self { client, is_shared: false, has_answered: Cell::new(false) }
    }

    /// For one of several workers of this environment (Managed Instances), with connections of its own.
    pub fn for_one_of_several(&self) -> Self {
        Self { is_shared: true, ..Self::at(self.client.base.clone()) }
    }

    /// From now on, calls go to `address`.
    pub fn move_to(&mut self, address: &str) -> Result<(), RuntimeApiError> {
        let moved = Self::new(address)?;
        if moved.client.base != self.client.base {
            *self = Self { is_shared: self.is_shared, ..moved };
        }
        Ok(())
    }

    /// Waits for the next invocation. While it waits, Lambda may freeze this process.
    pub async fn next(&self) -> Result<Invocation, RuntimeApiError> {
        let mut failures = 0;
        let (mut headers, event) = loop {
            match self.get("invocation/next").await {
                Ok(answer) => break answer,
                Err(error) => {
                    failures += 1;
                    tokio::time::sleep(self.pause_after(failures, &error).ok_or(error)?).await;
                }
            }
        };
        let client_context = text(&headers, CLIENT_CONTEXT);
        let cognito_identity = text(&headers, COGNITO_IDENTITY);
        let function_arn = text(&headers, FUNCTION_ARN);
        headers.remove(CLIENT_CONTEXT);
        headers.remove(COGNITO_IDENTITY);
        headers.remove(FUNCTION_ARN);
        let request_id = text(&headers, REQUEST_ID).ok_or(RuntimeApiError::Header(REQUEST_ID))?;
        if !headers.contains_key(DEADLINE_MS) {
            return Err(RuntimeApiError::Header(DEADLINE_MS));
        }
        let mut context =
            Context::new(&request_id, Arc::default(), &headers).map_err(|_| RuntimeApiError::Header(DEADLINE_MS))?;
        context.invoked_function_arn = function_arn.unwrap_or_default();
        Ok(Invocation {
            context,
            client_context,
            cognito_identity,
            content_type: text(&headers, CONTENT_TYPE.as_str()),
            echo_id: headers.get(INVOCATION_ID).cloned(),
            event,
        })
    }

    /// When AWS's runtime asks for an invocation once more after so many failures in a row; None: not at all.
    fn pause_after(&self, failures: u32, error: &RuntimeApiError) -> Option<Duration> {
        if self.is_shared {
            return (failures < MOST_ATTEMPTS).then(|| FIRST_PAUSE * 2u32.pow(failures - 1));
        }
        // The connection may have been closed since the last call.
        let may_be_stale = self.has_answered.get() && matches!(error, RuntimeApiError::Call { .. });
        (failures == 1 && may_be_stale).then_some(Duration::ZERO)
    }

    pub async fn respond(
        &self,
        invocation: Invocation,
        content_type: &str,
        body: Bytes,
    ) -> Result<(), RuntimeApiError> {
        let path = format!("invocation/{}/response", invocation.context.request_id);
        let mut headers = invocation.headers();
        insert(&mut headers, CONTENT_TYPE.as_str(), content_type);
        self.unless_shared(self.call(Method::POST, &path, headers, body).await.map(drop))
    }

    pub async fn fail(&self, invocation: Invocation, diagnostic: Diagnostic) -> Result<(), RuntimeApiError> {
        let path = format!("invocation/{}/error", invocation.context.request_id);
        let mut headers = invocation.headers();
        insert(&mut headers, CONTENT_TYPE.as_str(), "application/json");
        if let Some(cause) = diagnostic.xray_cause.filter(|cause| (1..MAX_XRAY_CAUSE_BYTES).contains(&cause.len())) {
            // No header of this client's can hold the one character that JSON may hold and a header may not.
            insert(&mut headers, XRAY_CAUSE, &cause.replace('\u{7f}', "\\u007f"));
        }
        self.unless_shared(self.call(Method::POST, &path, headers, diagnostic.document.into()).await.map(drop))
    }

    pub async fn fail_init(&self, error_type: &str, document: Bytes) -> Result<(), RuntimeApiError> {
        match self.post_failure("init/error", error_type, document).await {
            // Another worker was faster.
            Err(RuntimeApiError::Status { status: StatusCode::FORBIDDEN, .. }) if self.is_shared => Ok(()),
            posted => posted,
        }
    }

    pub async fn fail_restore(&self, error_type: &str, document: Bytes) -> Result<(), RuntimeApiError> {
        self.post_failure("restore/error", error_type, document).await
    }

    /// Of the environment, not of an invocation: AWS's own runtime names the error's type in a header here, and only here.
    async fn post_failure(&self, path: &str, error_type: &str, document: Bytes) -> Result<(), RuntimeApiError> {
        let mut headers = HeaderMap::new();
        insert(&mut headers, ERROR_TYPE, error_type);
        self.call(Method::POST, path, headers, document).await.map(drop)
    }

    /// Says that the snapshot can be taken, and returns in an environment that was restored from it.
    pub async fn restored(&self) -> Result<(), RestoreError> {
        self.get("restore/next").await?;
        // What was connected before the snapshot is not connected any more.
        self.client.reset_pool();
        Ok(())
    }

    /// Where an answer was refused, that is one invocation's misfortune if others are under way.
    fn unless_shared(&self, posted: Result<(), RuntimeApiError>) -> Result<(), RuntimeApiError> {
        match posted {
            Err(error) if self.is_shared => {
                tracing::warn!("{error}");
                Ok(())
            }
            posted => posted,
        }
    }

    async fn get(&self, path: &str) -> Result<(HeaderMap, Bytes), RuntimeApiError> {
        self.call(Method::GET, path, HeaderMap::new(), Bytes::new()).await
    }

    async fn call(
        &self,
        method: Method,
        path: &str,
        headers: HeaderMap,
        body: Bytes,
    ) -> Result<(HeaderMap, Bytes), RuntimeApiError> {
        let failed = |source| RuntimeApiError::Call { path: path.to_owned(), source };
        let mut request: Request<Body> = build_request()
            .method(method)
            .uri(format!("/2018-06-01/runtime/{path}"))
            .body(Body::from(body))
            .map_err(|error| failed(error.into()))?;
        request.headers_mut().extend(headers);
        let (parts, body) = self.client.call(request).await.map_err(failed)?.into_parts();
        let body = body.collect().await.map_err(|error| failed(error.into()))?.to_bytes();
        self.has_answered.set(true);
        if parts.status.is_success() {
            return Ok((parts.headers, body));
        }
        Err(RuntimeApiError::Status {
            path: path.to_owned(),
            status: parts.status,
            body: String::from_utf8_lossy(&body).into_owned(),
        })
    }
}

impl Invocation {
    fn headers(&self) -> HeaderMap {
        self.echo_id.iter().map(|id| (http::HeaderName::from_static(INVOCATION_ID), id.clone())).collect()
    }
}

/// A header's bytes as text; Lambda sends UTF-8 where a value is not ASCII. Absent and empty are the same.
fn text(headers: &HeaderMap, name: &str) -> Option<String> {
    headers
        .get(name)
        .map(|value| String::from_utf8_lossy(value.as_bytes()).into_owned())
        .filter(|value| !value.is_empty())
}

/// Leaves out what no header can hold, such as a class name with a line break in it.
fn insert(headers: &mut HeaderMap, name: &'static str, value: &str) {
    if let Ok(value) = HeaderValue::from_bytes(value.as_bytes()) {
        headers.insert(name, value);
    }
}
