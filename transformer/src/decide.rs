//! From a module's text to its report and its edited text.

use crate::{
    InputError, Transformation,
    analysis::{
        event_reads,
        fields::{Decision, Fields},
        publish_points::PublishPoints,
        response_shape::{self, Returns},
        surroundings,
        uses::Uses,
        variables::Variables,
        walk,
    },
    edit::{self, Insertion},
    handler,
    lines::Lines,
    parse::{self, ast::Stmt},
    plan::{self, Call},
    refusal::Refusal,
    report::{self, Report},
    verify,
};

/// Parses, walks and drops the syntax tree; needs the stack that `nesting` allows for.
pub fn decide(text: &str, handler: &str) -> Result<Transformation, InputError> {
    let body = parse::parse(text)?;
    let module = walk::collect(&body);
    if !handler::is_bound(&module, handler) {
        return Err(InputError::HandlerMissing(handler.to_owned()));
    }
    let lines = Lines::new(text);
    let decided = Module { text, lines: &lines, body: &body, uses: &module }.decide(handler);
    Ok(decided.unwrap_or_else(|refusal| {
        let line = refusal.at.map(|at| lines.line(at));
        Transformation { report: Report::as_written(handler, refusal.reason, line), source: None }
    }))
}

struct Module<'m, 'a> {
    text: &'a str,
    lines: &'m Lines,
    body: &'a [Stmt],
    uses: &'m Uses<'a>,
}

impl Module<'_, '_> {
    fn decide(&self, name: &str) -> Result<Transformation, Refusal> {
        let def = handler::find(self.body, self.uses, name)?;
        handler::check_identifiers(self.uses)?;
        let uses = walk::collect(&def.body);
        handler::check_body(name, &uses)?;
        surroundings::check(self.uses, &uses)?;
        let variables = Variables::of(def, &uses);
        let returns = response_shape::returns(&def.body, &uses, &variables)?;
        let event = event_reads::untouched_event(def, &uses, &variables);
        let points = PublishPoints { body: &def.body, returns: &returns, event };
        let fields = Fields { points: &points, variables: &variables };
        let mut decisions: Vec<Decision> =
            (0..returns.streaming.fields.len()).map(|index| fields.decide(index)).collect();
        let mut calls = plan::calls(&points, &decisions);
        // A value read from the event may be published by itself, and then constants can travel with it.
        for are_left in [Decision::is_event_read, Decision::is_companion] {
            for (index, decision) in decisions.iter_mut().enumerate() {
                let travels = calls.iter().any(|call| call.companions.contains(&index));
                if are_left(decision) && !travels {
                    *decision = fields.decide_alone(index);
                }
            }
            calls = plan::calls(&points, &decisions);
        }
        let injected = unused_name(self.text);
        let source = self.edit(name, &returns, &calls, &injected)?;
        let injected = source.is_some().then_some(injected);
        let report = report::of(name, injected, &returns, &decisions, &calls, self.lines);
        Ok(Transformation { report, source })
    }

    fn edit(&self, name: &str, returns: &Returns, calls: &[Call], injected: &str) -> Result<Option<String>, Refusal> {
        if calls.is_empty() {
            return Ok(None);
        }
        let insertions = plan::insertions(calls, returns, self.text, injected);
        let edited = edit::apply(self.text, &insertions);
        if fits(self.text, &insertions) && verify::is_faithful(self.body, &edited, name, injected) {
            Ok(Some(edited))
        } else {
            Err(Refusal::at(returns.last_at, "the edited source would not be the program that was written"))
        }
    }
}

/// Whether every insertion stays on its line, and those behind a statement stand at its very end.
fn fits(text: &str, insertions: &[Insertion]) -> bool {
    insertions.iter().all(|insertion| {
        let rest = text[insertion.offset.to_usize()..].trim_start_matches([' ', '\t', '\x0c']);
        let behind = insertion.text.starts_with(';');
        !insertion.text.contains(['\n', '\r'])
            && (!behind || rest.is_empty() || rest.starts_with([';', '#', '\n', '\r', '\\']))
    })
}

fn unused_name(text: &str) -> String {
    let numbered = (1..).map(|number: u32| format!("__unum_{number}__"));
    let mut names = std::iter::once("__unum__".to_owned()).chain(numbered);
    names.find(|name| !text.contains(name.as_str())).unwrap_or_default()
}
