//! How this command speaks to AWS: region, credentials and endpoints are those of the AWS tools.

use std::time::Duration;

use aws_config::{BehaviorVersion, SdkConfig, timeout::TimeoutConfig};
use aws_sdk_lambda::error::{ProvideErrorMetadata, SdkError};
use aws_smithy_http_client::{
    Builder, Connector,
    tls::{Provider, rustls_provider::CryptoMode},
};
use aws_smithy_runtime_api::client::{http::HttpConnector, orchestrator::HttpRequest};
use aws_smithy_types::byte_stream::ByteStream;
use tokio::time::timeout;

/// A page of a large log group takes seconds.
const ATTEMPT_TIMEOUT: Duration = Duration::from_mins(1);

/// Runs what asks AWS.
pub fn block_on<T>(asking: impl Future<Output = T>) -> std::io::Result<T> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    Ok(runtime.block_on(asking))
}

/// `services` as their own endpoint variables call them: `AWS_ENDPOINT_URL_DYNAMODB`.
pub async fn config(services: &[&str]) -> SdkConfig {
    let timeouts = TimeoutConfig::builder().operation_attempt_timeout(ATTEMPT_TIMEOUT).build();
    // An emulator's plain-HTTP endpoint needs no TLS, and its container may hold no root certificates.
    let plain = |name: &str| std::env::var(name).ok().map(|url| url.starts_with("http://"));
    let all = plain("AWS_ENDPOINT_URL").unwrap_or(false);
    let emulated = services.iter().all(|service| plain(&format!("AWS_ENDPOINT_URL_{service}")).unwrap_or(all));
    let http = if emulated {
        Builder::new().build_http()
    } else {
        Builder::new().tls_provider(Provider::Rustls(CryptoMode::Ring)).build_https()
    };
    let config = aws_config::defaults(BehaviorVersion::latest()).http_client(http).timeout_config(timeouts);
    config.load().await
}

/// What a URL that AWS has signed leads to, if it has at most so many bytes.
pub async fn download(url: &str, most: u64) -> Result<Vec<u8>, String> {
    let connector = if url.starts_with("http://") {
        Connector::builder().build_http()
    } else {
        Connector::builder().tls_provider(Provider::Rustls(CryptoMode::Ring)).build()
    };
    let request = HttpRequest::get(url).map_err(|error| error.to_string())?;
    let response = in_time(connector.call(request)).await?.map_err(|error| causes(&error))?;
    if !response.status().is_success() {
        return Err(format!("the answer is {}", response.status().as_u16()));
    }
    let (mut body, mut bytes) = (ByteStream::new(response.into_body()), Vec::new());
    while let Some(chunk) = in_time(body.try_next()).await?.map_err(|error| causes(&error))? {
        bytes.extend_from_slice(&chunk);
        if bytes.len() as u64 > most {
            return Err(format!("it has more than {most} bytes"));
        }
    }
    Ok(bytes)
}

async fn in_time<T>(asking: impl Future<Output = T>) -> Result<T, String> {
    timeout(ATTEMPT_TIMEOUT, asking).await.map_err(|_| format!("no answer within {ATTEMPT_TIMEOUT:?}"))
}

/// AWS's own code and message where there is one, else the causes in words.
pub fn cause<E>(error: &SdkError<E>) -> String
where
    E: ProvideErrorMetadata + std::error::Error + 'static,
{
    if let Some(code) = error.code() {
        return [Some(code), error.message()].into_iter().flatten().collect::<Vec<_>>().join(": ");
    }
    causes(error)
}

fn causes(error: &(dyn std::error::Error + 'static)) -> String {
    let causes = std::iter::successors(Some(error), |error| error.source());
    let text = causes.map(ToString::to_string).collect::<Vec<_>>().join(": ");
    // Some of the SDK's sentences have several lines.
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}
