//! The table after the blocks: a line per handler, then the totals.

use unum_transformer::{Report, Verdict};

use crate::{
    color::{Paint, Style},
    text::{self, clean, width},
};

const HEADINGS: [&str; COLUMNS] = ["file", "handler", "fields", "stream", "at return", "reason"];
const COLUMNS: usize = 6;
const REASON: usize = COLUMNS - 1;
const GAP: usize = 2;
/// Columns for the reason, however narrow the terminal.
const MIN_REASON: usize = 40;
const NOTHING: &str = "–";

#[derive(Debug, Default)]
pub struct Summary {
    rows: Vec<Row>,
    /// Files without any of the functions.
    pub left_out: usize,
}

#[derive(Debug)]
struct Row {
    outcome: Outcome,
    cells: [String; COLUMNS],
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Outcome {
    Streams,
    AsWritten,
    Failed,
}

impl Summary {
    pub fn report(&mut self, file: &str, report: &Report) {
        let fields = &report.fields;
        let held_back = fields.iter().filter(|field| field.verdict == Verdict::AtReturn).count();
        let count = |count: usize| if fields.is_empty() { NOTHING.to_owned() } else { count.to_string() };
        let counts = [count(fields.len()), count(fields.len() - held_back), count(held_back)];
        // What is computed last has the least to gain.
        let first =
            fields.iter().filter(|field| field.verdict == Verdict::AtReturn).min_by_key(|field| field.reason_line);
        let reason = match first {
            _ if !report.can_stream => report.reason.clone(),
            Some(field) => format!("{}: {}", field.field_name, field.reason),
            None => String::new(),
        };
        let outcome = if report.can_stream { Outcome::Streams } else { Outcome::AsWritten };
        self.push(outcome, file, &report.handler, counts, &reason);
    }

    pub fn error(&mut self, file: &str, problem: &str) {
        self.push(Outcome::Failed, file, NOTHING, [(); 3].map(|()| NOTHING.to_owned()), problem);
    }

    fn push(&mut self, outcome: Outcome, file: &str, handler: &str, counts: [String; 3], reason: &str) {
        let [fields, stream, at_return] = counts;
        let cells = [clean(file), clean(handler), fields, stream, at_return, clean(reason)];
        self.rows.push(Row { outcome, cells });
    }

    pub fn rows(&self) -> usize {
        self.rows.len()
    }

    pub fn handlers(&self) -> usize {
        self.count(Outcome::Streams) + self.count(Outcome::AsWritten)
    }

    fn count(&self, outcome: Outcome) -> usize {
        self.rows.iter().filter(|row| row.outcome == outcome).count()
    }

    pub fn table(&self, paint: Paint, room: usize) -> String {
        let column = |index: usize| self.rows.iter().map(move |row| &row.cells[index]);
        let mut widths = [0; COLUMNS];
        for (index, widest) in widths.iter_mut().enumerate() {
            *widest = column(index).map(|cell| width(cell)).max().unwrap_or(0).max(width(HEADINGS[index]));
        }
        let others = widths[..REASON].iter().map(|widest| widest + GAP).sum::<usize>();
        widths[REASON] = room.saturating_sub(others).max(MIN_REASON);

        let mut table = line(&HEADINGS.map(str::to_owned), &widths, |_, text| paint.paint(Style::Faint, text));
        for row in &self.rows {
            let style = row.outcome.style();
            table += &line(&row.cells, &widths, |index, text| match index {
                0 | REASON => text.to_owned(),
                _ => paint.paint(style, text),
            });
        }
        table
    }

    /// `handlers` are the functions that were looked for.
    pub fn totals(&self, handlers: &[&str]) -> String {
        let mut parts = Vec::new();
        if !self.rows.is_empty() {
            let of = |outcome, one, more| counted(self.count(outcome), one, more);
            parts.push(format!(
                "{}, {}",
                of(Outcome::Streams, "handler streams", "handlers stream"),
                of(Outcome::AsWritten, "runs as written", "run as written"),
            ));
        }
        match self.count(Outcome::Failed) {
            0 => {}
            failed => parts.push(format!("{} could not be analysed", counted(failed, "file", "files"))),
        }
        if self.left_out > 0 {
            let names = handlers.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(" or ");
            parts.push(format!("{} without {names}", counted(self.left_out, "file", "files")));
        }
        parts.join("; ")
    }
}

impl Outcome {
    fn style(self) -> Style {
        match self {
            Self::Streams => Style::Good,
            Self::AsWritten => Style::Warning,
            Self::Failed => Style::Bad,
        }
    }
}

/// Text stands left and numbers right in their columns; the last column ends where it ends.
fn line(cells: &[String; COLUMNS], widths: &[usize; COLUMNS], paint: impl Fn(usize, &str) -> String) -> String {
    let mut line = String::new();
    for (index, cell) in cells.iter().enumerate() {
        let cell = if index == REASON { text::fit_columns(cell, widths[index]) } else { cell.clone() };
        let blank = " ".repeat(widths[index].saturating_sub(width(&cell)));
        let painted = paint(index, &cell);
        let (before, after) = match index {
            REASON => ("", ""),
            0 | 1 => ("", blank.as_str()),
            _ => (blank.as_str(), ""),
        };
        line.extend([before, &painted, after, "  "]);
    }
    format!("{}\n", line.trim_end())
}

fn counted(count: usize, one: &str, more: &str) -> String {
    format!("{count} {}", if count == 1 { one } else { more })
}
