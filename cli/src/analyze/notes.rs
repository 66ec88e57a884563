//! What a report says, ordered by the line that it says it about.

use unum_transformer::{FieldReport, Place, Report, Verdict};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    Streams,
    AtReturn,
    /// About the handler, not a field.
    AsWritten,
}

/// Everything about one place that is of one kind.
#[derive(Debug, PartialEq, Eq)]
pub struct Note<'a> {
    pub kind: Kind,
    pub line: Option<u32>,
    /// None: the whole line.
    pub at: Option<Place>,
    pub fields: Vec<&'a str>,
    pub reasons: Vec<Reason<'a>>,
}

#[derive(Debug, PartialEq, Eq)]
pub struct Reason<'a> {
    pub fields: Vec<&'a str>,
    pub text: &'a str,
    pub help: Option<&'a str>,
}

pub fn of(report: &Report) -> Vec<Note<'_>> {
    if report.fields.is_empty() {
        return if report.can_stream { Vec::new() } else { vec![of_handler(report)] };
    }
    let mut notes: Vec<Note> = Vec::new();
    for field in &report.fields {
        let (note, reason) = of_field(field);
        let same = |other: &Note| (other.kind, other.line, other.at) == (note.kind, note.line, note.at);
        let index = notes.iter().position(same).unwrap_or(notes.len());
        if index == notes.len() {
            notes.push(note);
        }
        let note = &mut notes[index];
        note.fields.push(&field.field_name);
        let Some(reason) = reason else { continue };
        match note.reasons.iter_mut().find(|known| (known.text, known.help) == (reason.text, reason.help)) {
            Some(known) => known.fields.push(&field.field_name),
            None => note.reasons.push(reason),
        }
    }
    notes.sort_by_key(|note| (note.line.unwrap_or(u32::MAX), note.at.map(|at| at.column)));
    notes
}

fn of_handler(report: &Report) -> Note<'_> {
    let line = report.at.map(|at| at.line).or(report.line);
    let reason = Reason { fields: Vec::new(), text: &report.reason, help: report.help.as_deref() };
    Note { kind: Kind::AsWritten, line, at: report.at, fields: Vec::new(), reasons: vec![reason] }
}

/// A field's note, still without the field, and its reason where that says more than the place.
fn of_field(field: &FieldReport) -> (Note<'_>, Option<Reason<'_>>) {
    let reason = Reason { fields: vec![&field.field_name], text: &field.reason, help: field.help.as_deref() };
    let note = |kind, line, at| Note { kind, line, at, fields: Vec::new(), reasons: Vec::new() };
    if field.verdict == Verdict::Published
        && let Some(line) = field.published_at_line
    {
        let at = field.at.filter(|at| at.line == line);
        // About the statement itself, a reason only says that nothing else stands in the way.
        let own = |about| about == line || field.computed_at_line.is_some_and(|start| about == start && start < line);
        let telling = field.help.is_some() || field.reason_line.is_some_and(|about| !own(about));
        return (note(Kind::Streams, Some(line), at), telling.then_some(reason));
    }
    let line = field.at.map(|at| at.line).or(field.reason_line).or(field.computed_at_line);
    (note(Kind::AtReturn, line, field.at), Some(reason))
}
