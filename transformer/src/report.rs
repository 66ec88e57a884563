//! What was decided and why, for people and for programs.

use serde::Serialize;

use crate::{
    analysis::{
        fields::{Call, Fields, Kind},
        why::Why,
    },
    lines::Lines,
    refusal::Refusal,
};

/// What can stream from one handler, and why the rest cannot.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Report {
    /// At least one field is published before the return.
    pub can_stream: bool,
    /// Why not, or a one-line summary of what streams.
    pub reason: String,
    /// Line that `reason` is about.
    pub line: Option<u32>,
    /// The source text that `reason` is about.
    pub at: Option<Place>,
    /// What would help, in one sentence.
    pub help: Option<String>,
    pub handler: String,
    /// Dotted name of the module that all lines are in, where that is not the handler's own.
    pub module: Option<String>,
    /// Name under which the publisher is reached.
    pub injected_name: Option<String>,
    /// The result's keys, in order, where certain.
    pub keys: Vec<String>,
    pub fields: Vec<FieldReport>,
}

/// What happens to one field of the result.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct FieldReport {
    pub field_name: String,
    pub computed_at_line: Option<u32>,
    pub verdict: Verdict,
    /// Line after which it is published early.
    pub published_at_line: Option<u32>,
    /// One sentence.
    pub reason: String,
    pub reason_line: Option<u32>,
    /// The source text that `reason` is about.
    pub at: Option<Place>,
    /// What would help, in one sentence.
    pub help: Option<String>,
}

/// A piece of the source: lines and columns count from one, columns in characters; the end is exclusive.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Place {
    pub line: u32,
    pub column: u32,
    pub end_line: u32,
    pub end_column: u32,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// Published before the return, if nobody else can change the value by then.
    Published,
    /// Sent at the return.
    AtReturn,
}

impl Report {
    pub(crate) fn as_written(handler: &str, reason: impl Into<String>, at: Option<Place>) -> Self {
        Self {
            can_stream: false,
            reason: reason.into(),
            line: at.map(|at| at.line),
            at,
            help: None,
            handler: handler.to_owned(),
            module: None,
            injected_name: None,
            keys: Vec::new(),
            fields: Vec::new(),
        }
    }

    pub(crate) fn refused(handler: &str, refusal: Refusal, lines: &Lines) -> Self {
        let at = refusal.at.map(|at| lines.place(at));
        Self { help: refusal.help, ..Self::as_written(handler, refusal.reason, at) }
    }
}

/// The report on a handler whose result is understood; `injected` is there if anything streams.
pub(crate) fn of<'a>(
    handler: &str,
    injected: Option<String>,
    fields: &mut Fields<'_, 'a>,
    calls: &[Call<'a>],
    lines: &Lines,
) -> Report {
    let written: Vec<FieldReport> =
        (0..fields.count()).map(|field| field_report(fields, field, calls, lines)).collect();
    let published = written.iter().filter(|field| field.verdict == Verdict::Published).count();
    let reason = match published {
        0 => "no field is final before the return".to_owned(),
        _ => format!("{published} of {} fields are published before the return", written.len()),
    };
    let last = fields.finality.returns.all.iter().map(|back| back.at).max_by_key(|at| at.start());
    let at = last.filter(|_| published == 0).map(|at| lines.place(at));
    Report {
        can_stream: published > 0,
        reason,
        line: at.map(|at| at.line),
        at,
        help: None,
        handler: handler.to_owned(),
        module: None,
        injected_name: injected,
        keys: fields.finality.keys.iter().map(|&key| key.to_owned()).collect(),
        fields: written,
    }
}

fn field_report<'a>(fields: &mut Fields<'_, 'a>, field: usize, calls: &[Call<'a>], lines: &Lines) -> FieldReport {
    let verdict = fields.verdict(field, calls);
    let computed_at = lines.place(verdict.computed_at);
    let own = calls.iter().find(|call| call.field == field);
    let carrier = calls.iter().find(|call| call.companions.contains(&field));
    let first = own.into_iter().chain(carrier).min_by_key(|call| call.kind.order());
    let published_at_line = first.map(|call| published_at(call, lines));
    let why = verdict.why.unwrap_or_else(|| {
        let reason = match own.map(|call| call.kind) {
            Some(Kind::Emit(..)) => "final as soon as it is computed, where it goes into the result",
            Some(_) => "final as soon as it is computed",
            None if verdict.is_ready => "known from the start: travels with the first published field",
            None => "travels with the first published field",
        };
        Why::new(verdict.computed_at, reason)
    });
    let at = lines.place(why.at);
    let reason = match published_at_line {
        Some(line) if line != at.line => why.reason.replace(" here", &format!(" at line {}", at.line)),
        _ => why.reason,
    };
    FieldReport {
        field_name: fields.finality.keys[field].to_owned(),
        computed_at_line: Some(computed_at.line),
        verdict: if published_at_line.is_some() { Verdict::Published } else { Verdict::AtReturn },
        published_at_line,
        reason,
        reason_line: Some(at.line),
        at: Some(at),
        help: why.help,
    }
}

fn published_at(call: &Call, lines: &Lines) -> u32 {
    let at = match call.kind {
        Kind::Publish(spot, _) | Kind::Offer(spot, _) => spot.offset(),
        Kind::Emit(_, value) => crate::parse::ast::Ranged::end(value),
    };
    lines.line(at)
}
