//! What both drawings say: one session, or one of the same chain without streaming beside it.

use crate::text;

use super::{
    record::Millis,
    scale::{bytes, counted, duration},
    session::Session,
};

pub struct Picture<'a> {
    title: String,
    on: &'a Session,
    off: Option<&'a Session>,
}

/// One session of the picture, with a heading where there are two.
pub struct Panel<'a> {
    pub heading: Option<String>,
    pub session: &'a Session,
}

impl<'a> Picture<'a> {
    pub fn new(title: Option<&str>, on: &'a Session, off: Option<&'a Session>) -> Self {
        Self { title: text::clean(&title.map_or_else(|| default_title(on), str::to_owned)), on, off }
    }

    pub fn title(&self) -> &str {
        &self.title
    }

    /// `9.34 s instead of 20.1 s, 2.15× faster`, or only the time.
    pub fn totals(&self) -> String {
        let on = self.on.total;
        match self.off.map(|off| off.total) {
            Some(off) if on > 0.0 && off > 0.0 => {
                let change =
                    if off >= on { format!("{:.2}× faster", off / on) } else { format!("{:.2}× slower", on / off) };
                format!("{} instead of {}, {change}", duration(on), duration(off))
            }
            _ => duration(on),
        }
    }

    /// What the session cost and what it won, for the line below the title.
    pub fn facts(&self) -> Vec<String> {
        let session = self.on;
        let mut facts =
            vec![format!("session {}", short(&text::clean(&session.id))), counted(session.lanes.len(), "function")];
        let raised = session.lanes.iter().filter(|lane| lane.raised).count();
        if raised > 0 {
            facts.push(format!("{raised} raised"));
        }
        facts.push(format!("{} published early", counted(session.early_fields(), "field")));
        if session.waited() > 0.0 {
            facts.push(format!("{} waiting for fields", duration(session.waited())));
        }
        let costs = session.costs;
        if costs.writes > 0 || costs.reads > 0 {
            facts.push(format!(
                "field store: {} of {}, {} of {}",
                counted(costs.writes, "write"),
                bytes(costs.bytes_written),
                counted(costs.reads, "read"),
                bytes(costs.bytes_read),
            ));
        }
        facts
    }

    /// From top to bottom.
    pub fn panels(&self) -> Vec<Panel<'a>> {
        let Some(off) = self.off else { return vec![Panel { heading: None, session: self.on }] };
        let panel = |state, session: &Session| format!("streaming {state}: {}", duration(session.total));
        vec![
            Panel { heading: Some(panel("off", off)), session: off },
            Panel { heading: Some(panel("on", self.on)), session: self.on },
        ]
    }

    /// What every panel's time axis covers.
    pub fn span(&self) -> Millis {
        self.off.map_or(0.0, Session::last_moment).max(self.on.last_moment())
    }
}

fn default_title(session: &Session) -> String {
    match session.lanes.as_slice() {
        [only] => only.function.clone(),
        [first, .., last] if session.is_line() => format!("{} to {}", first.function, last.function),
        [first, others @ ..] => format!("{} and {} more", first.function, others.len()),
        [] => "Timeline".to_owned(),
    }
}

/// A request id is a UUID; its first group tells one session from another.
fn short(session: &str) -> &str {
    match session.split_once('-') {
        Some((group, _)) if session.len() == 36 && group.len() == 8 => group,
        _ => session,
    }
}
