//! Text from outside, made fit for one line: how wide it is, how to shorten it, and how much room there is.

use std::{io, os::fd::AsFd};

use rustix::termios::tcgetwinsize;
use unicode_width::UnicodeWidthChar;

pub const ELLIPSIS: char = '…';

const DEFAULT_WIDTH: u16 = 100;
/// Below this a table's columns no longer fit side by side.
pub const MIN_WIDTH: u16 = 60;
pub const MAX_WIDTH: u16 = 1000;

/// `COLUMNS`, or what the terminal says.
pub fn terminal_columns() -> u16 {
    let set = std::env::var("COLUMNS").ok().and_then(|columns| columns.trim().parse::<u16>().ok());
    set.or_else(|| columns_of(io::stdout())).unwrap_or(DEFAULT_WIDTH).clamp(MIN_WIDTH, MAX_WIDTH)
}

/// `None` where it is no terminal, or one that does not know.
pub fn columns_of(terminal: impl AsFd) -> Option<u16> {
    tcgetwinsize(terminal).ok().map(|size| size.ws_col).filter(|columns| *columns > 0)
}

/// Columns that a terminal gives to `c`: 0 for what it does not show, 2 for East Asian wide characters and emoji.
pub fn columns(c: char) -> usize {
    c.width().unwrap_or(1)
}

pub fn width(text: &str) -> usize {
    text.chars().map(columns).sum()
}

/// `text` without what could move the cursor or break a line.
pub fn clean(text: &str) -> String {
    text.chars()
        .filter(|c| columns(*c) > 0)
        .map(|c| if c.is_control() || matches!(c, '\u{fffe}' | '\u{ffff}') { char::REPLACEMENT_CHARACTER } else { c })
        .collect()
}

/// `text`, cut with an ellipsis where `measure` says that it is over `limit`.
pub fn fit(text: &str, limit: f64, measure: impl Fn(char) -> f64) -> String {
    if text.chars().map(&measure).sum::<f64>() <= limit {
        return text.to_owned();
    }
    let mut room = limit - measure(ELLIPSIS);
    let mut kept = text.chars().take_while(|c| {
        room -= measure(*c);
        room >= 0.0
    });
    let kept = kept.by_ref().collect::<String>();
    format!("{}{ELLIPSIS}", kept.trim_end())
}

/// `text`, cut with an ellipsis to `room` columns of a terminal.
pub fn fit_columns(text: &str, room: usize) -> String {
    let as_number = |columns: usize| u32::try_from(columns).map_or(f64::MAX, f64::from);
    fit(text, as_number(room), |c| as_number(columns(c)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fits_by_measure() {
        let by_columns = |c| if columns(c) == 2 { 2.0 } else { 1.0 };
        for (text, limit, fitted) in [
            ("Generator", 9.0, "Generator"),
            ("Generator", 6.0, "Gener…"),
            ("日本語", 5.0, "日本…"),
            ("a b", 2.0, "a…"),
            ("ab", 1.0, "…"),
        ] {
            assert_eq!(fit(text, limit, by_columns), fitted);
        }
    }

    #[test]
    fn cleans_what_moves_the_cursor() {
        assert_eq!(clean("a\u{1b}[31m\n\u{202e}b"), "a\u{fffd}[31m\u{fffd}b");
    }
}
