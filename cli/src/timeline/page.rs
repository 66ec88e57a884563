//! One page for a browser, without anything from elsewhere: all sessions together, and the drawing of each.

use std::fmt::Write;

use super::{
    chain::Chain,
    picture::Picture,
    scale::{bytes, counted, duration},
    summary::{FunctionSummary, Spread, Summary},
    svg::{self, escape},
};

const PAGE: &str = include_str!("page.html");
/// So many drawings, of the newest sessions: one has some 20 KB.
const MOST_DRAWN: usize = 100;

/// The newest session is the last one, and the one that is shown first.
pub fn draw(chains: Vec<Chain>, title: Option<&str>) -> Option<String> {
    let summary = Summary::of(&chains)?;
    let left_out = chains.len().saturating_sub(MOST_DRAWN);
    let (mut options, mut drawings) = (String::new(), String::new());
    let mut heading = String::new();
    for (number, chain) in chains.into_iter().skip(left_out).enumerate().collect::<Vec<_>>().into_iter().rev() {
        let name = format!("{}, {}", chain.session, duration(chain.total));
        let picture = Picture::new(title.map(str::to_owned), chain, None);
        let _ = writeln!(options, "<option value=\"session-{number}\">{}</option>", escape(&name));
        let _ = writeln!(drawings, "<template id=\"session-{number}\">{}</template>", svg::draw(&picture));
        if heading.is_empty() {
            picture.title().clone_into(&mut heading);
        }
    }
    let mut subtitle = counted(summary.sessions, "session");
    if left_out > 0 {
        let _ = write!(subtitle, ", the newest {MOST_DRAWN} of them drawn");
    }
    if summary.sessions > 1 {
        subtitle += "; medians, with the smallest and the largest value";
    }
    let parts = [
        ("{title}", escape(&heading)),
        ("{subtitle}", escape(&subtitle)),
        ("{cards}", cards(&summary)),
        ("{functions}", summary.functions.iter().map(row).collect()),
        ("{options}", options),
        ("{drawings}", drawings),
    ];
    Some(filled(PAGE, &parts))
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
        (ranged(summary.total_ms, duration), "from the first event to the last end"),
        (ranged(summary.in_turn_ms, duration), "the functions one after the other"),
        (ranged(summary.saved_ms, signed), "saved against one after the other"),
        (ranged(summary.waited_ms, duration), "billed while waiting for a field"),
        (ranged(summary.writes, whole), "writes to the field store"),
        (ranged(summary.reads, whole), "reads of it"),
        (size(summary.bytes_written), "written"),
        (size(summary.bytes_read), "read"),
    ];
    all.into_iter().fold(String::new(), |mut cards, (value, meaning)| {
        let _ = writeln!(cards, "<li><b>{value}</b><span>{meaning}</span></li>");
        cards
    })
}

fn row(function: &FunctionSummary) -> String {
    let lead = function.lead_ms.map_or("–".to_owned(), |lead| ranged(lead, duration));
    format!(
        "<tr><td>{}<td>{}<td>{}<td>{}<td>{}<td>{}<td>{lead}\n",
        escape(&crate::text::clean(&function.function)),
        function.invocations,
        function.raised,
        ranged(function.took_ms, duration),
        ranged(function.waited_ms, duration),
        ranged(function.early_fields, whole),
    )
}

/// `4.1 s`, and the range where there is one.
fn ranged(spread: Spread, shown: impl Fn(f64) -> String) -> String {
    let (median, least, most) = (shown(spread.median), shown(spread.least), shown(spread.most));
    if least == most { median } else { format!("{median} <small>({least} to {most})</small>") }
}

/// A saving may be a loss.
pub fn signed(ms: f64) -> String {
    if ms < 0.0 { format!("-{}", duration(-ms)) } else { duration(ms) }
}

fn whole(count: f64) -> String {
    format!("{count:.0}")
}

fn size(spread: Spread) -> String {
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "it was a count of bytes")]
    ranged(spread, |count| bytes(count as u64))
}
