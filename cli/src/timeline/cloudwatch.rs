//! Records out of CloudWatch Logs.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use aws_sdk_cloudwatchlogs::Client;

use super::record::KEY;
use crate::aws;

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
    #[error(
        "cannot read log group {group}: {cause}; check its name, the region and the permission logs:FilterLogEvents"
    )]
    Read { group: String, cause: String },
    #[error("cannot read log groups: {0}")]
    Start(std::io::Error),
}

/// The messages of all groups that may hold a record, and the group of each.
pub fn read(groups: &Groups) -> Result<Vec<(&str, String)>, Error> {
    aws::block_on(async {
        let client = Client::new(&aws::config(&["CLOUDWATCH_LOGS"]).await);
        let mut messages = Vec::new();
        for group in &groups.names {
            let read = messages_of(&client, group, groups.since).await;
            let read = read.map_err(|cause| Error::Read { group: group.clone(), cause })?;
            messages.extend(read.into_iter().map(|message| (group.as_str(), message)));
        }
        Ok(messages)
    })
    .map_err(Error::Start)?
}

async fn messages_of(client: &Client, group: &str, since: Duration) -> Result<Vec<String>, String> {
    let start = SystemTime::now().checked_sub(since).and_then(|start| start.duration_since(UNIX_EPOCH).ok());
    let start = i64::try_from(start.unwrap_or_default().as_millis()).unwrap_or_default();
    let request = client.filter_log_events().log_group_name(group).start_time(start);
    let mut pages = request.filter_pattern(format!("\"{KEY}\"")).into_paginator().send();
    let mut messages = Vec::new();
    while let Some(page) = pages.next().await {
        let page = page.map_err(|error| aws::cause(&error))?;
        messages.extend(page.events.unwrap_or_default().into_iter().filter_map(|event| event.message));
    }
    Ok(messages)
}

fn age(text: &str) -> Result<Duration, String> {
    let seconds = [('s', 1), ('m', 60), ('h', 3600), ('d', 86_400)].into_iter().find_map(|(unit, seconds)| {
        let number: u64 = text.strip_suffix(unit)?.parse().ok()?;
        number.checked_mul(seconds)
    });
    seconds.map(Duration::from_secs).ok_or_else(|| "it must be like 45s, 30m, 12h or 7d".to_owned())
}
