//! Names from outside, made fit for one line: how wide they are, and how to shorten them.

pub const ELLIPSIS: char = '…';

/// Columns that a terminal gives to `c`: 0 for what it does not show, 2 for East Asian wide characters and emoji.
pub fn columns(c: char) -> usize {
    match c {
        '\u{300}'..='\u{36f}'
        | '\u{200b}'..='\u{200f}'
        | '\u{2028}'..='\u{202e}'
        | '\u{2060}'..='\u{206f}'
        | '\u{20d0}'..='\u{20ff}'
        | '\u{fe00}'..='\u{fe0f}'
        | '\u{feff}'
        | '\u{e0000}'..='\u{e0fff}' => 0,
        '\u{1100}'..='\u{115f}'
        | '\u{231a}'..='\u{231b}'
        | '\u{2e80}'..='\u{a4cf}'
        | '\u{ac00}'..='\u{d7a3}'
        | '\u{f900}'..='\u{faff}'
        | '\u{fe30}'..='\u{fe6f}'
        | '\u{ff00}'..='\u{ff60}'
        | '\u{ffe0}'..='\u{ffe6}'
        | '\u{1f000}'..='\u{1faff}'
        | '\u{20000}'..='\u{3fffd}' => 2,
        _ => 1,
    }
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
