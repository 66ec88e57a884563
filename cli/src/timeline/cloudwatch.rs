//! Records out of CloudWatch Logs; the one place of this command that speaks to AWS.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use aws_config::{BehaviorVersion, timeout::TimeoutConfig};
use aws_sdk_cloudwatchlogs::{
    Client,
    error::{ProvideErrorMetadata, SdkError},
};
use aws_smithy_http_client::{
    Builder,
    tls::{Provider, rustls_provider::CryptoMode},
};

use super::record::KEY;

/// A page of a large group takes seconds.
const ATTEMPT_TIMEOUT: Duration = Duration::from_mins(1);

#[derive(Debug, clap::Args)]
pub struct Groups {
    /// Log groups to read, `/aws/lambda/FUNCTION` for example; region and credentials are those of the AWS tools
    #[arg(long = "log-group", value_name = "NAME", num_args = 1..)]
    pub names: Vec<String>,

    /// How far back to read log groups: `45s`, `30m`, `12h` or `7d`
    #[arg(long, value_name = "AGE", default_value = "1h", value_parser = age, requires = "names")]
    since: Duration,
}

#[derive(Debug, thiserror::Error)]
pub enum Error {
    #[error("cannot read log group {group}: {cause}")]
    Read { group: String, cause: String },
    #[error("cannot read log groups: {0}")]
    Start(std::io::Error),
}

/// The messages of all groups that may hold a record, and the group of each.
pub fn read(groups: &Groups) -> Result<Vec<(&str, String)>, Error> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().map_err(Error::Start)?;
    runtime.block_on(async {
        let client = client().await;
        let mut messages = Vec::new();
        for group in &groups.names {
            let read = messages_of(&client, group, groups.since).await;
            let read = read.map_err(|cause| Error::Read { group: group.clone(), cause })?;
            messages.extend(read.into_iter().map(|message| (group.as_str(), message)));
        }
        Ok(messages)
    })
}

async fn client() -> Client {
    let timeouts = TimeoutConfig::builder().operation_attempt_timeout(ATTEMPT_TIMEOUT).build();
    // An emulator's plain-HTTP endpoint needs no TLS, and its container may hold no root certificates.
    let plain = |name| std::env::var(name).ok().map(|url: String| url.starts_with("http://"));
    let emulated = plain("AWS_ENDPOINT_URL_CLOUDWATCH_LOGS").or_else(|| plain("AWS_ENDPOINT_URL")) == Some(true);
    let http = if emulated {
        Builder::new().build_http()
    } else {
        Builder::new().tls_provider(Provider::Rustls(CryptoMode::Ring)).build_https()
    };
    let config = aws_config::defaults(BehaviorVersion::latest()).http_client(http).timeout_config(timeouts);
    Client::new(&config.load().await)
}

async fn messages_of(client: &Client, group: &str, since: Duration) -> Result<Vec<String>, String> {
    let start = SystemTime::now().checked_sub(since).and_then(|start| start.duration_since(UNIX_EPOCH).ok());
    let start = i64::try_from(start.unwrap_or_default().as_millis()).unwrap_or_default();
    let request = client.filter_log_events().log_group_name(group).start_time(start);
    let mut pages = request.filter_pattern(format!("\"{KEY}\"")).into_paginator().send();
    let mut messages = Vec::new();
    while let Some(page) = pages.next().await {
        let page = page.map_err(|error| cause(&error))?;
        messages.extend(page.events.unwrap_or_default().into_iter().filter_map(|event| event.message));
    }
    Ok(messages)
}

/// AWS's own code and message where there is one, else the causes in words.
fn cause<E>(error: &SdkError<E>) -> String
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

fn age(text: &str) -> Result<Duration, String> {
    let seconds = [('s', 1), ('m', 60), ('h', 3600), ('d', 86_400)].into_iter().find_map(|(unit, seconds)| {
        let number: u64 = text.strip_suffix(unit)?.parse().ok()?;
        number.checked_mul(seconds)
    });
    seconds.map(Duration::from_secs).ok_or_else(|| "it must be like 45s, 30m, 12h or 7d".to_owned())
}
