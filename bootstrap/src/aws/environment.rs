//! The SDK's settings and credentials as a Lambda function has them: from its environment.
//!
//! The SDK's default chain also goes by profile files, by roles that these name, and by the metadata of EC2's instances.
//! A function has none of them.

use aws_config::{
    AppName, BehaviorVersion, SdkConfig,
    ecs::EcsCredentialsProvider,
    environment::{EnvironmentVariableCredentialsProvider, EnvironmentVariableRegionProvider},
    identity::IdentityCache,
    meta::{credentials::CredentialsProviderChain, region::ProvideRegion},
    provider_config::ProviderConfig,
};
use aws_sdk_dynamodb::config::SharedCredentialsProvider;
use aws_smithy_runtime_api::client::http::SharedHttpClient;

/// What both clients share, but for retries, timeouts and endpoints.
pub async fn shared_settings(http_client: SharedHttpClient) -> SdkConfig {
    let from = ProviderConfig::without_region().with_http_client(http_client.clone());
    let region = EnvironmentVariableRegionProvider::new().region().await;
    // SnapStart has them in the container's way, for those of the environment would be as old as the snapshot.
    let credentials = CredentialsProviderChain::first_try("Environment", EnvironmentVariableCredentialsProvider::new())
        .or_else("Container", EcsCredentialsProvider::builder().configure(&from).build());
    let mut settings = SdkConfig::builder()
        .behavior_version(BehaviorVersion::latest())
        .http_client(http_client)
        .region(region)
        .credentials_provider(SharedCredentialsProvider::new(credentials))
        .identity_cache(IdentityCache::lazy().build());
    settings.set_use_fips(flag("AWS_USE_FIPS_ENDPOINT"));
    settings.set_use_dual_stack(flag("AWS_USE_DUALSTACK_ENDPOINT"));
    settings.set_disable_clock_skew_correction(flag("AWS_DISABLE_CLOCK_SKEW_CORRECTION"));
    settings.set_app_name(variable("AWS_SDK_UA_APP_ID").and_then(|name| AppName::new(name).ok()));
    settings.set_account_id_endpoint_mode(variable("AWS_ACCOUNT_ID_ENDPOINT_MODE").and_then(|mode| mode.parse().ok()));
    settings.build()
}

/// Where the requests for `service` go, if it is not AWS's own: `AWS_ENDPOINT_URL_DYNAMODB`, or `AWS_ENDPOINT_URL` for all.
pub fn endpoint_url(service: &str) -> Option<String> {
    if flag("AWS_IGNORE_CONFIGURED_ENDPOINT_URLS") == Some(true) {
        return None;
    }
    variable(&format!("AWS_ENDPOINT_URL_{service}")).or_else(|| variable("AWS_ENDPOINT_URL"))
}

fn variable(name: &str) -> Option<String> {
    std::env::var(name).ok().filter(|value| !value.is_empty())
}

fn flag(name: &str) -> Option<bool> {
    variable(name)?.to_ascii_lowercase().parse().ok()
}
