//! One page for a browser, without anything from elsewhere: the sessions of each chain together, and the drawing of each.

use std::fmt::{Display, Write};

use super::{
    chain::by_chain,
    figure::Figure,
    picture::Picture,
    scale::{counted, duration},
    session::Session,
    summary::{FunctionSummary, Summary},
    svg::{self, escape},
};
use crate::text::clean;

const PAGE: &str = include_str!("page.html");
const CHAIN: &str = include_str!("page/chain.html");
/// About so many drawings, of the newest sessions of each chain: one has some 20 KB.
const MOST_DRAWN: usize = 100;

/// The newest session is the last one; of each chain, it is shown first.
pub fn draw(sessions: &[Session], title: Option<&str>) -> String {
    let chains = by_chain(sessions);
    let most_drawn = MOST_DRAWN.div_ceil(chains.len().max(1));
    let (mut links, mut sections) = (String::new(), String::new());
    for (number, sessions) in chains.iter().enumerate() {
        let Some(summary) = Summary::of(sessions) else { continue };
        let id = format!("chain-{number}");
        let _ = writeln!(links, "<li>{}</li>", link(&id, &summary));
        sections += &section(&id, &summary, sessions, most_drawn);
    }
    let contents = if chains.len() > 1 { format!("<ul class=\"contents\">\n{links}</ul>") } else { String::new() };
    let parts = [
        ("{title}", escape(&clean(title.unwrap_or("Timeline")))),
        ("{subtitle}", format!("{} of {}", counted(sessions.len(), "session"), counted(chains.len(), "chain"))),
        ("{contents}", contents),
        ("{chains}", sections),
    ];
    filled(PAGE, &parts)
}

fn link(id: &str, summary: &Summary) -> String {
    let name = escape(&clean(&summary.chain));
    let (sessions, took) = (counted(summary.sessions, "session"), html(&Figure::time(summary.total_ms)));
    format!("<a href=\"#{id}\">{name}</a><span>{sessions}, {took}</span>")
}

/// One chain: its numbers, and its `most_drawn` newest sessions to choose from.
fn section(id: &str, summary: &Summary, sessions: &[&Session], most_drawn: usize) -> String {
    let left_out = sessions.len().saturating_sub(most_drawn);
    let (mut options, mut drawings) = (String::new(), String::new());
    for (number, session) in sessions.iter().skip(left_out).enumerate().rev() {
        let name = format!("{}, {}", clean(&session.id), duration(session.total));
        let picture = Picture::new(None, session, None);
        let _ = writeln!(options, "<option value=\"{id}-{number}\">{}</option>", escape(&name));
        let _ = writeln!(drawings, "<template id=\"{id}-{number}\">{}</template>", svg::draw(&picture));
    }
    let mut subtitle = counted(summary.sessions, "session");
    if left_out > 0 {
        let _ = write!(subtitle, ", the newest {most_drawn} of them drawn");
    }
    if summary.sessions > 1 {
        subtitle += "; medians, with the smallest and the largest value";
    }
    let parts = [
        ("{id}", id.to_owned()),
        ("{name}", escape(&clean(&summary.chain))),
        ("{subtitle}", subtitle),
        ("{cards}", cards(summary)),
        ("{functions}", summary.functions.iter().map(row).collect()),
        ("{options}", options),
        ("{drawings}", drawings),
    ];
    filled(CHAIN, &parts)
}

/// Each placeholder is looked for in the page alone, never in what stands in the place of another.
fn filled(page: &str, parts: &[(&str, String)]) -> String {
    let mut filled = String::new();
    let mut rest = page;
    while let Some((at, (name, text))) =
        parts.iter().filter_map(|part| Some((rest.find(part.0)?, part))).min_by_key(|(at, _)| *at)
    {
        filled += &rest[..at];
        filled += text;
        rest = &rest[at + name.len()..];
    }
    filled + rest
}

fn cards(summary: &Summary) -> String {
    let all = [
        (Figure::time(summary.total_ms), "from the first event to the last end"),
        (Figure::time(summary.in_turn_ms), "the functions one after the other"),
        (Figure::saving(summary.saved_ms), "saved against one after the other"),
        (Figure::time(summary.waited_ms), "billed while waiting for a field"),
        (Figure::count(summary.writes), "writes to the field store"),
        (Figure::count(summary.reads), "reads of it"),
        (Figure::size(summary.bytes_written), "written"),
        (Figure::size(summary.bytes_read), "read"),
    ];
    all.into_iter().fold(String::new(), |mut cards, (figure, meaning)| {
        let _ = writeln!(cards, "<li><b>{}</b><span>{meaning}</span></li>", html(&figure));
        cards
    })
}

fn row(function: &FunctionSummary) -> String {
    let cells: [&dyn Display; 7] = [
        &escape(&clean(&function.function)),
        &function.invocations,
        &function.raised,
        &html(&Figure::time(function.took_ms)),
        &html(&Figure::time(function.waited_ms)),
        &html(&Figure::count(function.early_fields)),
        &function.lead_ms.map_or("–".to_owned(), |lead| html(&Figure::time(lead))),
    ];
    cells.iter().fold("<tr>".to_owned(), |row, cell| format!("{row}<td>{cell}")) + "\n"
}

fn html(figure: &Figure) -> String {
    match &figure.range {
        None => figure.median.clone(),
        Some(range) => format!("{} <small>({range})</small>", figure.median),
    }
}
