//! Our own log lines, on stderr: text, to which Lambda adds the time, or JSON where the function's log format is JSON. The
//! user's stdout stays theirs.

use std::{fmt, time::SystemTime};

use aws_smithy_types::date_time::{DateTime, Format};
use serde::Serialize;
use tracing::{Event, Level, Subscriber, level_filters::LevelFilter};
use tracing_subscriber::{
    filter::Targets,
    fmt::{FmtContext, FormatEvent, FormatFields, format::Writer},
    layer::SubscriberExt,
    registry::LookupSpan,
    util::SubscriberInitExt,
};

use crate::output;

/// Prints everything that a request is made of, the credentials' key id included.
const TELLS_CREDENTIALS: &str = "aws_smithy_runtime::client::orchestrator::endpoints";

/// As Lambda's setting for a function's log format has it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Form {
    Text,
    Json,
}

pub fn install(level: Level, form: Form) {
    // The AWS SDK says dozens of lines about each request; only who traces wants to see those.
    let others = if level == Level::TRACE { LevelFilter::DEBUG } else { LevelFilter::OFF };
    let targets = Targets::new()
        .with_target(env!("CARGO_CRATE_NAME"), level)
        .with_target(TELLS_CREDENTIALS, LevelFilter::OFF)
        .with_default(others);
    let lines = tracing_subscriber::fmt::layer().with_writer(output::stderr).with_ansi(false).event_format(form);
    tracing_subscriber::registry().with(lines).with(targets).init();
}

impl<S, N> FormatEvent<S, N> for Form
where
    S: Subscriber + for<'a> LookupSpan<'a>,
    N: for<'a> FormatFields<'a> + 'static,
{
    fn format_event(&self, context: &FmtContext<'_, S, N>, mut writer: Writer<'_>, event: &Event<'_>) -> fmt::Result {
        let mut message = String::new();
        context.field_format().format_fields(Writer::new(&mut message), event)?;
        writeln!(writer, "{}", self.line(*event.metadata().level(), &message, SystemTime::now()))
    }
}

impl Form {
    /// One line, whatever is in the message: names of an event's and causes of other functions' may be.
    fn line(self, level: Level, message: &str, now: SystemTime) -> String {
        #[derive(Serialize)]
        struct Line<'a> {
            timestamp: String,
            level: &'a str,
            logger: &'a str,
            message: &'a str,
        }
        match self {
            Self::Text => {
                let escaped = |letter: char| {
                    if letter.is_control() { letter.escape_default().collect() } else { String::from(letter) }
                };
                format!("{level:>5} {}", message.chars().map(escaped).collect::<String>())
            }
            Self::Json => {
                let timestamp = DateTime::from(now).fmt(Format::DateTime).unwrap_or_default();
                let line = Line { timestamp, level: level.as_str(), logger: "unum-streaming", message };
                serde_json::to_string(&line).unwrap_or_default()
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[test]
    fn a_message_is_one_line() {
        let line = |form: Form| {
            form.line(Level::WARN, "é\nREPORT x\u{1b}[0m", SystemTime::UNIX_EPOCH + Duration::from_millis(1500))
        };
        assert_eq!(line(Form::Text), r" WARN é\nREPORT x\u{1b}[0m");
        assert_eq!(
            line(Form::Json),
            r#"{"timestamp":"1970-01-01T00:00:01.5Z","level":"WARN","logger":"unum-streaming","message":"é\nREPORT x\u001b[0m"}"#
        );
    }
}
