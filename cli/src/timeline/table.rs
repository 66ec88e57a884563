//! All sessions of one chain together, for a terminal.

use super::{figure::Figure, scale::counted, summary::Summary};
use crate::text::{clean, width};

const HEADINGS: [&str; 7] = ["function", "invocations", "raised", "took", "waiting", "fields ahead", "next ahead by"];

pub fn draw(summary: &Summary) -> String {
    let mut lines = vec![
        clean(&summary.chain),
        format!("{}, medians (smallest to largest)", counted(summary.sessions, "session")),
        format!("  took                 {}", Figure::time(summary.total_ms)),
        format!("  one after the other  {}", Figure::time(summary.in_turn_ms)),
        format!("  saved                {}", Figure::saving(summary.saved_ms)),
        format!("  waiting, billed      {}", Figure::time(summary.waited_ms)),
        format!("  writes               {} of {}", Figure::count(summary.writes), Figure::size(summary.bytes_written)),
        format!("  reads                {} of {}", Figure::count(summary.reads), Figure::size(summary.bytes_read)),
        String::new(),
    ];
    let rows: Vec<[String; 7]> = std::iter::once(HEADINGS.map(str::to_owned))
        .chain(summary.functions.iter().map(|function| {
            [
                clean(&function.function),
                function.invocations.to_string(),
                function.raised.to_string(),
                Figure::time(function.took_ms).to_string(),
                Figure::time(function.waited_ms).to_string(),
                Figure::count(function.early_fields).to_string(),
                function.lead_ms.map_or("–".to_owned(), |lead| Figure::time(lead).to_string()),
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
