//! A module before and after, as a unified diff.

use similar::{ChangeTag, TextDiff};

use crate::{
    color::{Paint, Style},
    source::BYTE_ORDER_MARK,
};

const CONTEXT_LINES: usize = 3;

/// Lines keep the endings that they have, and the first its byte order mark, so that `patch` finds them. `after` comes
/// without that mark.
pub fn unified(file: &str, before: &str, after: &str, paint: Paint) -> String {
    let mark = before.starts_with(BYTE_ORDER_MARK).then_some(BYTE_ORDER_MARK);
    let after = mark.into_iter().chain(after.chars()).collect::<String>();
    let lines = |text| str::split_inclusive(text, '\n').collect::<Vec<_>>();
    let (before, after) = (lines(before), lines(&after));
    let diff = TextDiff::configure().newline_terminated(true).diff_slices(&before, &after);
    let file = file.strip_prefix('/').unwrap_or(file);
    let mut text = String::new();
    for hunk in diff.unified_diff().context_radius(CONTEXT_LINES).iter_hunks() {
        if text.is_empty() {
            text += &paint.paint(Style::Strong, &format!("--- a/{file}"));
            text.push('\n');
            text += &paint.paint(Style::Strong, &format!("+++ b/{file}"));
            text.push('\n');
        }
        text += &paint.paint(Style::Help, hunk.header().to_string().trim_end());
        text.push('\n');
        for change in hunk.iter_changes() {
            let (sign, style) = match change.tag() {
                ChangeTag::Equal => (' ', None),
                ChangeTag::Delete => ('-', Some(Style::Bad)),
                ChangeTag::Insert => ('+', Some(Style::Good)),
            };
            let line = format!("{sign}{}", change.value());
            let content = line.trim_end_matches(['\r', '\n']);
            text += &style.map_or_else(|| content.to_owned(), |style| paint.paint(style, content));
            text += &line[content.len()..];
            if !line.ends_with('\n') {
                text += "\n\\ No newline at end of file\n";
            }
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(before: &str, after: &str, diff: &str) {
        assert_eq!(unified("app.py", before, after, Paint(false)), diff);
    }

    #[test]
    fn keeps_line_endings() {
        check("a\r\nb\r\n", "a\r\nc\r\n", "--- a/app.py\n+++ b/app.py\n@@ -1,2 +1,2 @@\n a\r\n-b\r\n+c\r\n");
        check(
            "a\rb",
            "a\rc",
            "--- a/app.py\n+++ b/app.py\n@@ -1 +1 @@\n-a\rb\n\\ No newline at end of file\n\
             +a\rc\n\\ No newline at end of file\n",
        );
    }

    #[test]
    fn keeps_the_byte_order_mark() {
        check("\u{feff}a\nb\n", "a\nc\n", "--- a/app.py\n+++ b/app.py\n@@ -1,2 +1,2 @@\n \u{feff}a\n-b\n+c\n");
    }

    #[test]
    fn shows_three_lines_around_each_change() {
        let before = (0..20).flat_map(|line: u8| [line.to_string(), "\n".to_owned()]).collect::<String>();
        let after = before.replace("4\n", "4;\n");
        let diff = unified("/tmp/app.py", &before, &after, Paint(true));
        insta::assert_snapshot!(diff.replace('\u{1b}', "<ESC>"));
        assert_eq!(unified("app.py", &before, &before, Paint(true)), "");
    }
}
