//! Builds the AWS clients: one HTTP client for both, the settings as the SDK reads them.

mod connections;
mod environment;

use std::{error::Error, time::Duration};

use aws_config::{retry::RetryConfig, timeout::TimeoutConfig};
use aws_sdk_dynamodb::{
    config::retry::{RetryPartition, TokenBucket},
    error::{ProvideErrorMetadata, SdkError},
};
use aws_smithy_http_client::{
    Builder,
    tls::{Provider, rustls_provider::CryptoMode},
};
use aws_smithy_runtime_api::{
    box_error::BoxError,
    client::{
        http::SharedHttpClient,
        interceptors::{
            Intercept,
            context::{BeforeDeserializationInterceptorContextRef, InterceptorContext},
        },
        retries::classifiers::{ClassifyRetry, RetryAction},
        runtime_components::RuntimeComponents,
    },
};
use aws_smithy_types::config_bag::ConfigBag;

pub use self::connections::Connections;
use self::{
    connections::PATIENCE,
    environment::{endpoint_url, shared_settings},
};

/// With the pauses below, each of them a random part of its length: 3.8 seconds on average, 7.6 at most. An invocation that
/// has less time left ends first.
pub const ATTEMPTS: u32 = 12;
/// The SDK's own first pause, a second, is longer than most fields take.
pub const INITIAL_BACKOFF: Duration = Duration::from_millis(50);
pub const MAX_BACKOFF: Duration = Duration::from_secs(1);
/// Of DynamoDB's answers, which may be large.
const ATTEMPT_TIMEOUT: Duration = Duration::from_secs(6);
/// Lambda may start the function although its answer comes late: an attempt on a connection of this invocation, which is
/// alive, is not given up sooner, for the next one would start it again.
const INVOKE_PATIENCE: Duration = Duration::from_mins(1);
/// In each answer of DynamoDB's.
const REQUEST_ID_HEADER: &str = "x-amzn-requestid";

pub struct Clients {
    pub dynamodb: aws_sdk_dynamodb::Client,
    pub lambda: aws_sdk_lambda::Client,
    /// Of both.
    pub connections: Connections,
}

impl Clients {
    pub async fn from_env() -> Self {
        let connections = Connections::new(http_client);
        let shared = shared_settings(connections.for_repeatable()).await;
        let retries = RetryConfig::standard()
            .with_max_attempts(ATTEMPTS)
            .with_initial_backoff(INITIAL_BACKOFF)
            .with_max_backoff(MAX_BACKOFF);
        let timeouts = TimeoutConfig::builder().connect_timeout(PATIENCE);
        // The SDK's own budget for retries is one for all requests, and nothing but successes refills it: many fields, or
        // one outage, would leave none for a connection that died hours later. What bounds ours is the invocation's time.
        let partition = RetryPartition::custom("unum-streaming").token_bucket(TokenBucket::unlimited()).build();
        let mut dynamodb = aws_sdk_dynamodb::config::Builder::from(&shared)
            .retry_config(retries.clone())
            .timeout_config(timeouts.clone().operation_attempt_timeout(ATTEMPT_TIMEOUT).build())
            .retry_partition(partition.clone())
            .interceptor(RequestIdCheck)
            .retry_classifier(RequestIdCheck);
        dynamodb.set_endpoint_url(endpoint_url("DYNAMODB"));
        let mut lambda = aws_sdk_lambda::config::Builder::from(&shared)
            .retry_config(retries)
            .timeout_config(timeouts.build())
            .http_client(connections.for_others(INVOKE_PATIENCE))
            .retry_partition(partition);
        lambda.set_endpoint_url(endpoint_url("LAMBDA"));
        Self {
            dynamodb: aws_sdk_dynamodb::Client::from_conf(dynamodb.build()),
            lambda: aws_sdk_lambda::Client::from_conf(lambda.build()),
            connections,
        }
    }
}

/// Takes only DynamoDB's own successes. Any JSON of something in between would count as an acknowledged write or as a
/// stream without fields; here it is an error that passes.
#[derive(Debug)]
struct RequestIdCheck;

#[derive(Debug, thiserror::Error)]
#[error("the answer has no {REQUEST_ID_HEADER}, so it is not DynamoDB's")]
struct NoRequestId;

impl Intercept for RequestIdCheck {
    fn name(&self) -> &'static str {
        "RequestIdCheck"
    }

    fn read_before_deserialization(
        &self,
        context: &BeforeDeserializationInterceptorContextRef<'_>,
        _: &RuntimeComponents,
        _: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        let response = context.response();
        if response.status().is_success() && response.headers().get(REQUEST_ID_HEADER).is_none() {
            return Err(NoRequestId.into());
        }
        Ok(())
    }
}

impl ClassifyRetry for RequestIdCheck {
    fn classify_retry(&self, context: &InterceptorContext) -> RetryAction {
        match context.output_or_error() {
            Some(Err(error)) if chain(error).any(<dyn Error>::is::<NoRequestId>) => RetryAction::transient_error(),
            _ => RetryAction::NoActionIndicated,
        }
    }

    fn name(&self) -> &'static str {
        "RequestIdCheck"
    }
}

/// An emulator's plain-HTTP endpoint needs no TLS, and its container may hold no root certificates.
fn http_client() -> SharedHttpClient {
    let is_plain = |service| endpoint_url(service).is_some_and(|url| url.starts_with("http://"));
    let builder = Builder::new();
    if is_plain("DYNAMODB") && is_plain("LAMBDA") {
        builder.build_http()
    } else {
        builder.tls_provider(Provider::Rustls(CryptoMode::Ring)).build_https()
    }
}

/// AWS's own code and message where there is one, else the causes in words.
pub fn cause<E>(error: &SdkError<E>) -> String
where
    E: ProvideErrorMetadata + Error + 'static,
{
    match (error.code(), error.message()) {
        (Some(code), Some(message)) => format!("{code}: {message}"),
        (Some(code), None) => code.to_owned(),
        _ => chain(error).map(ToString::to_string).collect::<Vec<_>>().join(": "),
    }
}

/// An error and its causes.
fn chain<'a>(error: &'a (dyn Error + 'static)) -> impl Iterator<Item = &'a (dyn Error + 'static)> {
    std::iter::successors(Some(error), |&error| error.source())
}

#[cfg(test)]
mod tests {
    use aws_smithy_runtime_api::client::{
        interceptors::{context::Input, error::InterceptorError},
        orchestrator::OrchestratorError,
    };

    use super::*;

    #[test]
    fn of_what_interceptors_refuse_only_an_answer_without_a_request_id_is_asked_for_again() {
        let classified = |refusal: BoxError| {
            let refused = InterceptorError::read_before_deserialization("any", refusal);
            let mut context = InterceptorContext::new(Input::erase(()));
            context.set_output_or_error(Err(OrchestratorError::interceptor(refused)));
            RequestIdCheck.classify_retry(&context)
        };
        assert_eq!(classified(NoRequestId.into()), RetryAction::transient_error());
        assert_eq!(classified("a wrong clock".into()), RetryAction::NoActionIndicated);
    }
}
