//! What `--check` and `--require` ask for.

use unum_transformer::{Report, Verdict};

/// A sentence for each thing that does not hold.
pub fn unmet(file: &str, report: &Report, check: bool, required: &[String]) -> Vec<String> {
    let handler = &report.handler;
    let mut unmet = Vec::new();
    if check && !report.can_stream {
        unmet.push(format!("{file}: {handler} does not stream: {}", report.reason));
    }
    for name in required {
        let published =
            report.fields.iter().any(|field| field.field_name == *name && field.verdict == Verdict::Published);
        if published {
            continue;
        }
        let why = report.fields.iter().find(|field| field.field_name == *name).map_or_else(
            || if report.fields.is_empty() { report.reason.clone() } else { "no such field in the result".to_owned() },
            |field| field.reason.clone(),
        );
        unmet.push(format!("{file}: {handler} does not publish `{name}` early: {why}"));
    }
    unmet
}
