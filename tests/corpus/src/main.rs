//! Many modules through the transformer in one process: a question for each line of stdin, an answer for each on stdout.
//!
//! `corpus.py` asks, and looks at the answers.

mod watch;

use std::{
    fs,
    io::{self, BufRead, Write},
    time::Instant,
};

use serde::{Deserialize, Serialize};
use unum_transformer::{Definition, Idle, InputError, ReliedOn, Request, Route, Shift, try_transform};
use watch::Watch;

#[derive(Deserialize)]
struct Question {
    path: String,
    handler: String,
    /// To take instead of what the file holds.
    text: Option<String>,
}

#[derive(Default, Serialize)]
struct Answer {
    milliseconds: f64,
    bytes: usize,
    /// Which input error, and its message.
    error: Option<(&'static str, String)>,
    /// The report's.
    reason: Option<String>,
    fields: usize,
    edited: Option<String>,
    injected: Option<String>,
    keys: Vec<String>,
    route: Route,
    shifts: Vec<Shift>,
    idle: Vec<Idle>,
    guards: u32,
    relied_on: Vec<ReliedOn>,
    definitions: Vec<Definition>,
    /// Where the analysis panicked.
    panicked: Option<String>,
}

fn main() -> io::Result<()> {
    let watch = Watch::start();
    let mut out = io::stdout().lock();
    for line in io::stdin().lock().lines() {
        let question: Question = serde_json::from_str(&line?)?;
        watch.begin();
        let answer = answer(&question, &watch)?;
        watch.end();
        serde_json::to_writer(&mut out, &answer)?;
        out.write_all(b"\n")?;
    }
    out.flush()
}

fn answer(question: &Question, watch: &Watch) -> io::Result<Answer> {
    let source = match &question.text {
        Some(text) => text.clone().into_bytes(),
        None => fs::read(&question.path)?,
    };
    let start = Instant::now();
    let result = try_transform(&Request::new(&source, &question.handler));
    let milliseconds = start.elapsed().as_secs_f64() * 1e3;
    let answer = Answer { milliseconds, bytes: source.len(), panicked: watch.panicked(), ..Answer::default() };
    Ok(match result {
        Err(error) => Answer { error: Some((kind(&error), error.to_string())), ..answer },
        Ok(transformation) => Answer {
            reason: Some(transformation.report.reason),
            fields: transformation.report.fields.len(),
            injected: transformation.report.injected_name,
            keys: transformation.report.keys,
            route: transformation.route,
            shifts: transformation.shifts,
            idle: transformation.idle,
            guards: transformation.guards,
            relied_on: transformation.relied_on,
            definitions: transformation.definitions,
            edited: transformation.source,
            ..answer
        },
    })
}

fn kind(error: &InputError) -> &'static str {
    match error {
        InputError::Decode(_) => "Decode",
        InputError::TooLarge => "TooLarge",
        InputError::TooDeep => "TooDeep",
        InputError::Syntax { .. } => "Syntax",
        InputError::HandlerMissing(_) => "HandlerMissing",
        InputError::Failed => "Failed",
    }
}
