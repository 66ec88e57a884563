//! All sessions together, for a terminal.

use super::{
    page::signed,
    scale::{bytes, counted, duration},
    summary::{Spread, Summary},
};
use crate::text::{clean, width};

const HEADINGS: [&str; 7] = ["function", "invocations", "raised", "took", "waiting", "fields ahead", "next ahead by"];

pub fn draw(summary: &Summary) -> String {
    let mut lines = vec![
        format!("{}, medians (smallest to largest)", counted(summary.sessions, "session")),
        format!("  took                 {}", ranged(summary.total_ms, duration)),
        format!("  one after the other  {}", ranged(summary.in_turn_ms, duration)),
        format!("  saved                {}", ranged(summary.saved_ms, signed)),
        format!("  waiting, billed      {}", ranged(summary.waited_ms, duration)),
        format!("  writes               {} of {}", ranged(summary.writes, whole), size(summary.bytes_written)),
        format!("  reads                {} of {}", ranged(summary.reads, whole), size(summary.bytes_read)),
        String::new(),
    ];
    let rows: Vec<[String; 7]> = std::iter::once(HEADINGS.map(str::to_owned))
        .chain(summary.functions.iter().map(|function| {
            [
                clean(&function.function),
                function.invocations.to_string(),
                function.raised.to_string(),
                ranged(function.took_ms, duration),
                ranged(function.waited_ms, duration),
                ranged(function.early_fields, whole),
                function.lead_ms.map_or("–".to_owned(), |lead| ranged(lead, duration)),
            ]
        }))
        .collect();
    let widest = |column: usize| rows.iter().map(|row| width(&row[column])).max().unwrap_or(0);
    let widths: Vec<usize> = (0..HEADINGS.len()).map(widest).collect();
    lines.extend(rows.iter().map(|row| {
        let cells = row.iter().zip(&widths).enumerate().map(|(column, (cell, wide))| {
            let gap = " ".repeat(wide - width(cell));
            if column == 0 { format!("{cell}{gap}") } else { format!("{gap}{cell}") }
        });
        cells.collect::<Vec<_>>().join("  ")
    }));
    lines.join("\n") + "\n"
}

fn ranged(spread: Spread, shown: impl Fn(f64) -> String) -> String {
    let (median, least, most) = (shown(spread.median), shown(spread.least), shown(spread.most));
    if least == most { median } else { format!("{median} ({least} to {most})") }
}

fn whole(count: f64) -> String {
    format!("{count:.0}")
}

fn size(spread: Spread) -> String {
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "it was a count of bytes")]
    ranged(spread, |count| bytes(count as u64))
}
