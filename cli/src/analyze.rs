//! `unum-streaming analyze`: from which line each field streams, or which line prevents it.

use std::{borrow::Cow, fmt::Write};

use serde::Serialize;
use unum_transformer::{FieldReport, Report, Verdict};

use crate::{
    module::{Args, Error, Format},
    output,
};

#[derive(Serialize)]
struct Document<'a> {
    file: Cow<'a, str>,
    #[serde(flatten)]
    report: &'a Report,
}

pub fn run(args: &Args) -> Result<(), Error> {
    let analysed = args.analyse()?;
    let report = &analysed.transformation.report;
    let file = args.file.to_string_lossy();
    match args.format {
        Format::Json => output::print_json(&Document { file, report })?,
        Format::Text => {
            let source = String::from_utf8_lossy(&analysed.source);
            output::print(describe(&file, report, &Lines::of(&source)).as_bytes())?;
        }
    }
    Ok(())
}

fn describe(file: &str, report: &Report, lines: &Lines) -> String {
    let mut text = format!("{} in {file}: ", report.handler);
    text.push_str(if report.can_stream { "can stream: " } else { "runs as written: " });
    text.push_str(&report.reason);
    text.push('\n');
    if let Some(line) = report.line {
        text.push_str(&lines.quote(line));
    }
    for field in &report.fields {
        let _ = write!(text, "\n{}", describe_field(field, lines));
    }
    text
}

fn describe_field(field: &FieldReport, lines: &Lines) -> String {
    let name = &field.field_name;
    let mut text = match (field.verdict, field.published_at_line) {
        (Verdict::Published, Some(line)) => format!("{name}: streams from line {line}\n"),
        _ => format!("{name}: sent at the return\n"),
    };
    if field.verdict == Verdict::Published
        && let Some(line) = field.published_at_line
    {
        text.push_str(&lines.quote(line));
    }
    let _ = writeln!(text, "  {}", field.reason);
    match field.reason_line {
        Some(line) if Some(line) != field.published_at_line => text + &lines.quote(line),
        _ => text,
    }
}

/// The module's text, to quote from.
struct Lines<'a>(Vec<&'a str>);

impl<'a> Lines<'a> {
    fn of(source: &'a str) -> Self {
        let mut lines = Vec::new();
        let mut rest = source;
        while let Some(end) = rest.find(['\n', '\r']) {
            lines.push(&rest[..end]);
            let ending = if rest[end..].starts_with("\r\n") { 2 } else { 1 };
            rest = &rest[end + ending..];
        }
        lines.push(rest);
        Self(lines)
    }

    /// The line as the source has it, behind its number.
    fn quote(&self, line: u32) -> String {
        let index = usize::try_from(line).unwrap_or(usize::MAX).wrapping_sub(1);
        self.0.get(index).map(|text| format!("  {line:>5} | {}\n", text.trim_end())).unwrap_or_default()
    }
}
