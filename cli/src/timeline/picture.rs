//! What both drawings say: one chain, or the same chain without streaming beside it.

use crate::text;

use super::{
    chain::Chain,
    record::Millis,
    scale::{bytes, counted, duration},
};

pub struct Picture {
    title: String,
    on: Chain,
    off: Option<Chain>,
}

/// One chain of the picture, with a heading where there are two.
pub struct Panel<'a> {
    pub heading: Option<String>,
    pub chain: &'a Chain,
}

impl Picture {
    pub fn new(title: Option<String>, on: Chain, off: Option<Chain>) -> Self {
        Self { title: text::clean(&title.unwrap_or_else(|| default_title(&on))), on, off }
    }

    pub fn title(&self) -> &str {
        &self.title
    }

    /// `9.34 s instead of 20.1 s, 2.15× faster`, or only the time.
    pub fn totals(&self) -> String {
        let on = self.on.total;
        match self.off.as_ref().map(|off| off.total) {
            Some(off) if on > 0.0 && off > 0.0 => {
                let change =
                    if off >= on { format!("{:.2}× faster", off / on) } else { format!("{:.2}× slower", on / off) };
                format!("{} instead of {}, {change}", duration(on), duration(off))
            }
            _ => duration(on),
        }
    }

    /// What the chain cost and what it won, for the line below the title.
    pub fn facts(&self) -> Vec<String> {
        let chain = &self.on;
        let mut facts =
            vec![format!("session {}", short(&text::clean(&chain.session))), counted(chain.lanes.len(), "function")];
        let raised = chain.lanes.iter().filter(|lane| lane.raised).count();
        if raised > 0 {
            facts.push(format!("{raised} raised"));
        }
        facts.push(format!("{} published early", counted(chain.early_fields(), "field")));
        if chain.waited() > 0.0 {
            facts.push(format!("{} waiting for fields", duration(chain.waited())));
        }
        let costs = chain.costs;
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
    pub fn panels(&self) -> Vec<Panel<'_>> {
        let Some(off) = &self.off else { return vec![Panel { heading: None, chain: &self.on }] };
        let panel = |state, chain: &'_ Chain| format!("streaming {state}: {}", duration(chain.total));
        vec![
            Panel { heading: Some(panel("off", off)), chain: off },
            Panel { heading: Some(panel("on", &self.on)), chain: &self.on },
        ]
    }

    /// What every panel's time axis covers.
    pub fn span(&self) -> Millis {
        self.off.as_ref().map_or(0.0, Chain::last_moment).max(self.on.last_moment())
    }
}

fn default_title(chain: &Chain) -> String {
    match chain.lanes.as_slice() {
        [only] => only.function.clone(),
        [first, .., last] if chain.is_line() => format!("{} to {}", first.function, last.function),
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
