//! What was decided and why, for people and for programs.

use serde::Serialize;

use crate::{
    analysis::{
        fields::{Decision, Named},
        response_shape::Returns,
    },
    lines::Lines,
    parse::ast::Ranged,
    plan::Call,
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
    pub handler: String,
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
    pub(crate) fn as_written(handler: &str, reason: impl Into<String>, line: Option<u32>) -> Self {
        Self {
            can_stream: false,
            reason: reason.into(),
            line,
            handler: handler.to_owned(),
            injected_name: None,
            keys: Vec::new(),
            fields: Vec::new(),
        }
    }
}

/// The report on a handler whose result is understood; `injected` is there if anything streams.
pub(crate) fn of(
    handler: &str,
    injected: Option<String>,
    returns: &Returns,
    decisions: &[Decision],
    calls: &[Call],
    lines: &Lines,
) -> Report {
    let fields: Vec<FieldReport> = (0..decisions.len())
        .map(|index| FieldWriter { index, returns, calls, lines }.write(&decisions[index]))
        .collect();
    let published = fields.iter().filter(|field| field.verdict == Verdict::Published).count();
    let reason = match published {
        0 => "no field is final before the return".to_owned(),
        _ => format!("{published} of {} fields are published before the return", fields.len()),
    };
    Report {
        can_stream: published > 0,
        reason,
        line: (published == 0).then(|| lines.line(returns.last_at)),
        handler: handler.to_owned(),
        injected_name: injected,
        keys: returns.streaming.fields.iter().map(|field| field.key.to_owned()).collect(),
        fields,
    }
}

struct FieldWriter<'w, 'a> {
    index: usize,
    returns: &'w Returns<'a>,
    calls: &'w [Call],
    lines: &'w Lines,
}

impl FieldWriter<'_, '_> {
    fn write(&self, decision: &Decision) -> FieldReport {
        let field = &self.returns.streaming.fields[self.index];
        let written_at = self.lines.line(field.value.start());
        let published_at = self.published_at();
        let (computed_at, reason, reason_line) = match decision {
            Decision::Named(named) => {
                let bound = self.lines.line(named.bound_at);
                let (reason, line) = self.named(named);
                (Some(bound), reason, line.or(Some(bound)))
            }
            Decision::Emitted => (
                Some(written_at),
                "final as soon as it is computed inside the returned dict".to_owned(),
                Some(written_at),
            ),
            Decision::Constant => {
                (Some(written_at), "a constant: travels with the first published field".to_owned(), Some(written_at))
            }
            Decision::EventRead => (
                Some(written_at),
                "read from the event: travels with the first published field if immutable".to_owned(),
                Some(written_at),
            ),
            Decision::AtReturn(why) => (
                Some(why.computed_at.map_or(written_at, |at| self.lines.line(at))),
                why.reason.clone(),
                why.at.map(|at| self.lines.line(at)),
            ),
        };
        FieldReport {
            field_name: field.key.to_owned(),
            computed_at_line: computed_at,
            verdict: if published_at.is_some() { Verdict::Published } else { Verdict::AtReturn },
            published_at_line: published_at,
            reason,
            reason_line,
        }
    }

    fn published_at(&self) -> Option<u32> {
        let carries = |call: &&Call| call.field == self.index || call.companions.contains(&self.index);
        self.calls.iter().find(carries).map(|call| self.lines.line(call.kind.offset()))
    }

    fn named(&self, named: &Named) -> (String, Option<u32>) {
        let name = named.name;
        let Some(read) = named.read_again else {
            return (format!("`{name}` is neither bound nor read again before the result"), None);
        };
        let line = self.lines.line(read.at);
        let reason = match named.publish {
            _ if read.captured => {
                format!("`{name}` is read by code that may run later, at line {line}: early only if immutable")
            }
            Some(_) => format!("`{name}` is read again at line {line}: a value that can change waits for that"),
            None => format!("`{name}` is read again at line {line}: early only if immutable"),
        };
        (reason, Some(line))
    }
}
