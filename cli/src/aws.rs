//! How this command speaks to AWS: region, credentials and endpoints are those of the AWS tools.

use std::time::Duration;

use aws_config::{BehaviorVersion, SdkConfig, timeout::TimeoutConfig};
use aws_sdk_lambda::error::{ProvideErrorMetadata, SdkError};
use aws_smithy_http_client::{
    Builder,
    tls::{Provider, rustls_provider::CryptoMode},
};

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

/// AWS's own code and message where there is one, else the causes in words.
pub fn cause<E>(error: &SdkError<E>) -> String
where
    E: ProvideErrorMetadata + std::error::Error + 'static,
{
    if let Some(code) = error.code() {
        return [Some(code), error.message()].into_iter().flatten().collect::<Vec<_>>().join(": ");
    }
    let causes = std::iter::successors(Some(error as &dyn std::error::Error), |error| error.source());
    let text = causes.map(ToString::to_string).collect::<Vec<_>>().join(": ");
    // Some of the SDK's sentences have several lines.
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}
