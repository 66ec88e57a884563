//! One handler's report as text.

use std::fmt::Write;

use unum_transformer::{Place, Report};

use super::{
    listing::{Listing, Span},
    notes::{self, Kind, Note, Reason},
};
use crate::{
    color::{Paint, Style},
    source::Source,
    text::clean,
};

/// Lines above a closing bracket in which the line that opened it is looked for.
const REACH: u32 = 200;

pub fn describe(file: &str, report: &Report, source: &Source, paint: Paint, width: usize) -> String {
    let notes = notes::of(report);
    let mut text = headline(file, report, paint);
    let highest_line = notes.iter().filter_map(|note| note.line.max(note.at.map(|at| at.end_line))).max().unwrap_or(0);
    let mut listing = Listing::new(source, paint, highest_line, width);
    for note in &notes {
        describe_note(note, source, paint, &mut listing);
    }
    text += &listing.text;
    text
}

fn headline(file: &str, report: &Report, paint: Paint) -> String {
    let mut verdict = if report.can_stream {
        paint.paint(Style::Good, &clean(&report.reason))
    } else {
        paint.paint(Style::Warning, "runs as written")
    };
    if !report.can_stream && !report.fields.is_empty() {
        let _ = write!(verdict, ": {}", clean(&report.reason));
    }
    if let Some(module) = &report.module {
        let _ = write!(verdict, " (in module {})", quoted(module));
    }
    format!("{}: {}: {verdict}\n", paint.paint(Style::Strong, &clean(file)), clean(&report.handler))
}

fn describe_note(note: &Note, source: &Source, paint: Paint, listing: &mut Listing) {
    let (style, label) = match note.kind {
        Kind::Streams => (Style::Good, format!("{} from here", verb(&note.fields, "streams", "stream"))),
        Kind::AtReturn => (Style::Warning, format!("{} sent at the return", verb(&note.fields, "is", "are"))),
        Kind::AsWritten => (Style::Warning, note.reasons.iter().map(|reason| clean(reason.text)).collect()),
    };
    match note.line.and_then(|line| source.line(line).map(|text| (line, text))) {
        Some((line, text)) => quote(note, line, text, source, listing, style, &label),
        None => match note.line {
            Some(line) => listing.note(&format!("line {line}: {label}")),
            None => listing.note(&label),
        },
    }
    for reason in &note.reasons {
        let about = if reason.fields == note.fields { String::new() } else { format!("{}: ", list(&reason.fields)) };
        if note.kind != Kind::AsWritten {
            listing.note(&format!("{about}{}", clean(reason.text)));
        }
        if let Reason { help: Some(help), .. } = reason {
            listing.note(&format!("{} {}", paint.paint(Style::Help, "help:"), clean(help)));
        }
    }
}

fn quote(note: &Note, line: u32, text: &str, source: &Source, listing: &mut Listing, style: Style, label: &str) {
    let whole = |line, text: &str| Span { line, from: indent(text), to: text.chars().count() };
    match note.at {
        None => {
            if let Some(opening) = opening(line, text, source) {
                listing.line(opening);
                listing.line_of_the_same(line);
            } else {
                listing.line(line);
            }
            listing.mark(whole(line, text), style, label);
        }
        Some(Place { column, end_line, end_column, .. }) => {
            listing.line(line);
            let last = source.line(end_line).filter(|_| end_line > line);
            let Some(last) = last else {
                let to = if end_line > line { usize::MAX } else { index(end_column) };
                return listing.mark(Span { line, from: index(column), to }, style, label);
            };
            listing.mark(Span { from: index(column), ..whole(line, text) }, style, "");
            listing.line_of_the_same(end_line);
            listing.mark(Span { to: index(end_column), ..whole(end_line, last) }, style, label);
        }
    }
}

/// The line that opened what `text` closes, going by the indentation.
fn opening(line: u32, text: &str, source: &Source) -> Option<u32> {
    let closes = text.trim_start().starts_with([')', ']', '}']);
    let opens = |above: &u32| {
        source.line(*above).is_some_and(|other| !other.trim().is_empty() && indent(other) <= indent(text))
    };
    (line.saturating_sub(REACH)..line).rev().find(opens).filter(|_| closes)
}

fn indent(line: &str) -> usize {
    line.chars().take_while(|c| c.is_whitespace()).count()
}

fn index(column: u32) -> usize {
    usize::try_from(column).unwrap_or(usize::MAX).saturating_sub(1)
}

fn verb(fields: &[&str], one: &str, more: &str) -> String {
    format!("{} {}", list(fields), if fields.len() == 1 { one } else { more })
}

fn list(names: &[&str]) -> String {
    names.iter().map(|name| quoted(name)).collect::<Vec<_>>().join(", ")
}

fn quoted(name: &str) -> String {
    format!("`{}`", clean(name))
}

#[cfg(test)]
mod tests;
