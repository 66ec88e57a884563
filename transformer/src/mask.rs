//! Syntax that the parser does not know yet, told in words that it knows: same length, same offsets, same names.
//!
//! What is parsed after that is looked at, never printed: edits go into the text as it was written.

use crate::lexer::{self, Kind, Lexer, Replacement, Token};

/// The same text with every f-string and t-string, and the strings next to it, as a tuple of the expressions in it, a
/// string with a named character (`"\N{BULLET}"`) as an empty one, and with `except A, B:` as `except A| B:`.
pub fn mask(text: &str) -> Option<String> {
    let tokens: Vec<Token> = Lexer::new(text).filter(|token| token.kind != Kind::Comment).collect();
    let mut masked = text.as_bytes().to_vec();
    let mut at = 0;
    while at < tokens.len() {
        let is_string = |token: &Token| matches!(token.kind, Kind::String { .. });
        if is_string(&tokens[at]) {
            let end = tokens[at..].iter().position(|token| !is_string(token)).map_or(tokens.len(), |count| at + count);
            if tokens[at..end].iter().any(|token| is_masked(text, token)) {
                mask_strings(text, &tokens[at..end], &mut masked)?;
            }
            at = end;
        } else {
            if tokens[at].kind == Kind::Name && &text[tokens[at].start..tokens[at].end] == "except" {
                mask_except(text, &tokens[at + 1..], &mut masked);
            }
            at += 1;
        }
    }
    String::from_utf8(masked).ok()
}

fn is_masked(text: &str, token: &Token) -> bool {
    let string = &text[token.start..token.end];
    let prefix = string.find(['"', '\'']).map_or("", |quote| &string[..quote]);
    token.kind == Kind::String { formatted: true } || string.contains("\\N{") && !prefix.contains(['b', 'B', 'r', 'R'])
}

/// Adjacent strings become one tuple; line ends stay.
fn mask_strings(text: &str, run: &[Token], masked: &mut [u8]) -> Option<()> {
    let (start, end) = (run.first()?.start, run.last()?.end);
    blank(masked, start..end);
    for token in run.iter().filter(|token| token.kind == (Kind::String { formatted: true })) {
        let piece = &text[token.start..token.end];
        let quote = piece.find(['"', '\''])?;
        let mut found = Vec::new();
        lexer::replacements(text, token.start + quote, &piece[..quote], 0, &mut found)?;
        // What stands inside another one's specification is told beside it.
        for Replacement { start, end } in found {
            let inner = mask_all(&text[start..end])?;
            masked[start..end].copy_from_slice(inner.as_bytes());
            masked[end] = b',';
        }
    }
    masked[start] = b'(';
    masked[end - 1] = b')';
    Some(())
}

/// An expression's strings and comments.
fn mask_all(expression: &str) -> Option<String> {
    let mut inner = mask(expression)?.into_bytes();
    for token in Lexer::new(expression).filter(|token| token.kind == Kind::Comment) {
        blank(&mut inner, token.start..token.end);
    }
    String::from_utf8(inner).ok()
}

fn blank(masked: &mut [u8], range: std::ops::Range<usize>) {
    for byte in &mut masked[range] {
        if !matches!(byte, b'\n' | b'\r') {
            *byte = b' ';
        }
    }
}

fn mask_except(text: &str, header: &[Token], masked: &mut [u8]) {
    let mut depth = 0_usize;
    for token in header {
        match (token.kind, &text[token.start..token.end]) {
            (Kind::Open, _) => depth += 1,
            (Kind::Close, _) => depth = depth.saturating_sub(1),
            (Kind::Newline, _) => return,
            (Kind::Punctuation, ":") if depth == 0 => return,
            (Kind::Punctuation, ",") if depth == 0 => masked[token.start] = b'|',
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{module, parse};

    #[test]
    fn what_stood_in_a_string_may_be_too_deep_to_parse() {
        let text = format!("x = f\"{{a[\"x\"] + {}1}}\"", "-".repeat(100_000));
        assert!(matches!(module::read(&text, 0), Err(module::Unreadable::Syntax(_))));
    }

    #[test]
    fn what_is_masked_parses_with_the_same_offsets() {
        for text in [
            r#"x = f"{d["a"]} and {y!r:>{w["n"]}}" 'tail'"#,
            r#"x = f"{f"{d["a"]}"}""#,
            "x = ('a' f\"{d[\"a\"]}\"\n  # comment\n  'b')",
            "x = f'''{\n  d[f'{a}'] # why\n}'''",
            "x = t'{a} {b:{c}}'",
            "try:\n  pass\nexcept A, B(c, d):\n  pass",
            "x = f\"{a}{b = }{c!r}{'\"'}\"",
            "x = f\"{(a := f\"{b}\")}\"",
            r"x = {'a': '\N{BULLET}' 'b', 'c': f'\N{DASH} {a}'}",
            r"x = u'\\\N{BULLET}'.join(a)",
            "def f():\n  '''About\n  \\N{BULLET}'''\n",
        ] {
            let masked = mask(text).unwrap();
            assert_eq!(masked.len(), text.len());
            assert!(parse::parse_at(&masked, 0).is_ok(), "{text} became {masked}");
        }
        assert_eq!(mask(r#"f"{d["a"]}" "b""#).as_deref(), Some(r#"(  d["a"],    )"#));
        assert_eq!(mask(r"x = '\N{A}' r'\N{'").as_deref(), Some(r"x = (            )"));
        for text in [r"x = r'\N{A}'", r"x = b'\N{A}'", r"x = 'N{A}'"] {
            assert_eq!(mask(text).as_deref(), Some(text));
        }
    }
}
