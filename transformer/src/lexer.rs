//! Python's tokens, as far as they are needed before parsing: names, strings, brackets and logical lines.
//!
//! Understands f-strings of every version: since Python 3.12 they may hold their own quotes again (PEP 701), and no
//! earlier program means anything else by that.

use memchr::memchr3;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    Name,
    Number,
    /// With its prefix.
    String {
        /// An f-string or t-string: holds expressions.
        formatted: bool,
    },
    Open,
    Close,
    /// Any other single character.
    Punctuation,
    Comment,
    /// Ends a logical line.
    Newline,
}

#[derive(Clone, Copy, Debug)]
pub struct Token {
    pub kind: Kind,
    pub start: usize,
    pub end: usize,
}

pub struct Lexer<'a> {
    text: &'a str,
    at: usize,
    depth: usize,
    /// Whether the current logical line has a token yet.
    in_line: bool,
    /// f-strings that were none by PEP 701. A source with many is none that this matters for.
    broken: usize,
}

/// Each of them is looked for to the end of the text.
const MAX_BROKEN: usize = 8;

impl<'a> Lexer<'a> {
    pub fn new(text: &'a str) -> Self {
        Self { text, at: 0, depth: 0, in_line: false, broken: 0 }
    }

    fn byte(&self, at: usize) -> u8 {
        self.text.as_bytes().get(at).copied().unwrap_or(0)
    }

    fn token(&mut self, kind: Kind, end: usize) -> Token {
        let token = Token { kind, start: self.at, end };
        self.at = end;
        token
    }

    /// The end of a string with a prefix, whose opening quote stands at `at`.
    fn prefixed_end(&mut self, at: usize, prefix: &str) -> usize {
        if is_formatted(prefix) && self.broken < MAX_BROKEN {
            if let Some(end) = formatted_end(self.text, at, prefix, 0) {
                return end;
            }
            self.broken += 1;
        }
        string_end(self.text, at)
    }

    fn name_end(&self) -> usize {
        let bytes = self.text.as_bytes();
        let length = bytes[self.at..].iter().position(|&byte| !is_name_byte(byte));
        length.map_or(bytes.len(), |length| self.at + length)
    }
}

impl Iterator for Lexer<'_> {
    type Item = Token;

    fn next(&mut self) -> Option<Token> {
        let bytes = self.text.as_bytes();
        loop {
            let byte = *bytes.get(self.at)?;
            match byte {
                b' ' | b'\t' | b'\x0c' => self.at += 1,
                b'\\' => {
                    self.at += match (self.byte(self.at + 1), self.byte(self.at + 2)) {
                        (b'\r', b'\n') => 3,
                        (b'\r' | b'\n', _) => 2,
                        _ => 1,
                    };
                }
                b'\r' | b'\n' => {
                    let end = self.at + if byte == b'\r' && self.byte(self.at + 1) == b'\n' { 2 } else { 1 };
                    if self.depth == 0 && self.in_line {
                        self.in_line = false;
                        return Some(self.token(Kind::Newline, end));
                    }
                    self.at = end;
                }
                b'#' => {
                    let length = bytes[self.at..].iter().position(|byte| b"\r\n".contains(byte));
                    let end = length.map_or(bytes.len(), |length| self.at + length);
                    return Some(self.token(Kind::Comment, end));
                }
                _ => break,
            }
        }
        self.in_line = true;
        let byte = bytes[self.at];
        Some(match byte {
            b'"' | b'\'' => {
                let end = string_end(self.text, self.at);
                self.token(Kind::String { formatted: false }, end)
            }
            b'0'..=b'9' => {
                let end = self.name_end();
                self.token(Kind::Number, end)
            }
            _ if is_name_byte(byte) => {
                let end = self.name_end();
                let word = &self.text[self.at..end];
                if matches!(self.byte(end), b'"' | b'\'') && is_prefix(word) {
                    let formatted = is_formatted(word);
                    let end = self.prefixed_end(end, word);
                    self.token(Kind::String { formatted }, end)
                } else {
                    self.token(Kind::Name, end)
                }
            }
            b'(' | b'[' | b'{' => {
                self.depth += 1;
                self.token(Kind::Open, self.at + 1)
            }
            b')' | b']' | b'}' => {
                self.depth = self.depth.saturating_sub(1);
                self.token(Kind::Close, self.at + 1)
            }
            _ => self.token(Kind::Punctuation, self.at + 1),
        })
    }
}

fn is_name_byte(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_' || byte >= 0x80
}

fn is_prefix(word: &str) -> bool {
    word.len() <= 2 && word.bytes().all(|byte| b"rRbBuUfFtT".contains(&byte))
}

fn is_formatted(prefix: &str) -> bool {
    prefix.bytes().any(|byte| b"fFtT".contains(&byte))
}

/// The end of the string whose opening quote stands at `at`; of one that is not closed, the end of its line or text.
fn string_end(text: &str, at: usize) -> usize {
    let bytes = text.as_bytes();
    let quote = bytes[at];
    let triple = is_triple(bytes, at);
    let mut at = at + if triple { 3 } else { 1 };
    loop {
        let needles = if triple { memchr3(quote, b'\\', b'\\', &bytes[at..]) } else { plain_stop(quote, &bytes[at..]) };
        let Some(found) = needles else { return bytes.len() };
        at += found;
        match bytes[at] {
            b'\\' => at = (at + escape_length(&bytes[at..])).min(bytes.len()),
            byte if byte == quote && !triple => return at + 1,
            byte if byte == quote && is_triple(bytes, at) => return at + 3,
            b'\n' | b'\r' if !triple => return at,
            _ => at += 1,
        }
    }
}

/// Of a backslash and what it takes along: a line end may be of two bytes.
fn escape_length(bytes: &[u8]) -> usize {
    if bytes.starts_with(b"\\\r\n") { 3 } else { 2 }
}

fn plain_stop(quote: u8, bytes: &[u8]) -> Option<usize> {
    bytes.iter().position(|&byte| byte == quote || matches!(byte, b'\\' | b'\n' | b'\r'))
}

fn is_triple(bytes: &[u8], at: usize) -> bool {
    let quote = bytes[at];
    bytes.get(at + 1) == Some(&quote) && bytes.get(at + 2) == Some(&quote)
}

/// Strings inside strings inside strings.
const MAX_NESTED_STRINGS: usize = 50;

/// One expression between the braces of an f-string.
pub struct Replacement {
    pub start: usize,
    pub end: usize,
}

/// The end of an f-string by the grammar of PEP 701; none if it is none by that.
fn formatted_end(text: &str, at: usize, prefix: &str, depth: usize) -> Option<usize> {
    replacements(text, at, prefix, depth, &mut Vec::new())
}

/// The end of the f-string whose opening quote stands at `at`, and the expressions in it.
pub fn replacements(text: &str, at: usize, prefix: &str, depth: usize, found: &mut Vec<Replacement>) -> Option<usize> {
    let bytes = text.as_bytes();
    let quote = bytes[at];
    let triple = is_triple(bytes, at);
    let is_raw = prefix.bytes().any(|byte| b"rR".contains(&byte));
    let mut scan = Scan { text, depth, found };
    scan.literal(at + if triple { 3 } else { 1 }, Ends::AtQuote { quote, triple, is_raw })
}

struct Scan<'t, 'f> {
    text: &'t str,
    depth: usize,
    found: &'f mut Vec<Replacement>,
}

#[derive(Clone, Copy)]
enum Ends {
    AtQuote {
        quote: u8,
        triple: bool,
        is_raw: bool,
    },
    /// A format specification.
    AtBrace,
}

impl Scan<'_, '_> {
    /// Past the literal part that begins at `at`, with all the expressions in it.
    fn literal(&mut self, mut at: usize, ends: Ends) -> Option<usize> {
        let bytes = self.text.as_bytes();
        let mut nested = 0;
        loop {
            match (*bytes.get(at)?, ends) {
                (b'\\', Ends::AtQuote { is_raw, .. }) => {
                    let named = bytes[at..].starts_with(b"\\N{") && !is_raw;
                    let brace = matches!(bytes.get(at + 1), Some(b'{' | b'}'));
                    at += match () {
                        () if named => bytes[at..].iter().position(|&byte| byte == b'}')? + 1,
                        () if brace => 1,
                        () => escape_length(&bytes[at..]),
                    };
                }
                (byte, Ends::AtQuote { quote, triple, .. }) if byte == quote => {
                    if !triple {
                        return Some(at + 1);
                    }
                    if is_triple(bytes, at) {
                        return Some(at + 3);
                    }
                    at += 1;
                }
                (b'\n' | b'\r', Ends::AtQuote { triple: false, .. }) => return None,
                (b'{', Ends::AtQuote { .. }) if bytes.get(at + 1) == Some(&b'{') => at += 2,
                (b'}', Ends::AtBrace) => return Some(at),
                (b'{', _) => {
                    nested += 1;
                    at = self.replacement(at + 1, nested)?;
                }
                _ => at += 1,
            }
        }
    }

    /// Past the closing brace of the expression that begins at `start`.
    fn replacement(&mut self, start: usize, _nested: usize) -> Option<usize> {
        self.depth += 1;
        if self.depth > MAX_NESTED_STRINGS {
            return None;
        }
        let bytes = self.text.as_bytes();
        let mut at = start;
        let mut open = 0_usize;
        let mut expression_end = None;
        let end = loop {
            let byte = *bytes.get(at)?;
            match byte {
                b'"' | b'\'' => {
                    let word = prefix_before(self.text, start, at);
                    at = if is_formatted(word) {
                        formatted_end(self.text, at, word, self.depth)?
                    } else {
                        string_end(self.text, at)
                    };
                    continue;
                }
                b'#' => at += bytes[at..].iter().position(|byte| b"\r\n".contains(byte))?,
                b'(' | b'[' | b'{' => open += 1,
                b'}' if open == 0 => break at + 1,
                b')' | b']' | b'}' => open = open.checked_sub(1)?,
                b'!' if open == 0 && bytes.get(at + 1) != Some(&b'=') => {
                    expression_end.get_or_insert(at);
                }
                b'=' if open == 0 && self.is_self_documenting(at) => {
                    expression_end.get_or_insert(at);
                }
                b':' if open == 0 => {
                    expression_end.get_or_insert(at);
                    break self.literal(at + 1, Ends::AtBrace)? + 1;
                }
                _ => {}
            }
            at += 1;
        };
        self.depth -= 1;
        self.found.push(Replacement { start, end: expression_end.unwrap_or(end - 1) });
        Some(end)
    }

    /// `{x = }`: an equals sign that nothing but a conversion, a specification or the end follows.
    fn is_self_documenting(&self, at: usize) -> bool {
        let bytes = self.text.as_bytes();
        let before = at.checked_sub(1).map_or(0, |before| bytes[before]);
        let rest = self.text[at + 1..].trim_start();
        !b"=!<>".contains(&before) && rest.starts_with(['}', '!', ':']) && !rest.starts_with("!=")
    }
}

/// The string prefix, or name, that ends at `at`.
fn prefix_before(text: &str, start: usize, at: usize) -> &str {
    let bytes = text.as_bytes();
    let mut from = at;
    while from > start && is_name_byte(bytes[from - 1]) {
        from -= 1;
    }
    let word = text.get(from..at).unwrap_or_default();
    if is_prefix(word) { word } else { "" }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(text: &str) -> Vec<&str> {
        Lexer::new(text)
            .map(|token| if token.kind == Kind::Newline { "⏎" } else { &text[token.start..token.end] })
            .collect()
    }

    #[test]
    fn tokens_and_logical_lines() {
        assert_eq!(
            words("a = (b,\n c)\n\nd.é = 1e5\n"),
            ["a", "=", "(", "b", ",", "c", ")", "⏎", "d", ".", "é", "=", "1e5", "⏎"]
        );
        assert_eq!(words("a = 1 + \\\r\n 2\r\nb # c\n"), ["a", "=", "1", "+", "2", "⏎", "b", "# c", "⏎"]);
    }

    #[test]
    fn strings_are_one_token() {
        for text in [
            r#""a""#,
            "''",
            r"'it\'s'",
            "'''a\n'b'\n'''",
            r#"rb"\""#,
            "f'{a}'",
            r#"f"{x["a"]}""#,
            r#"f"{f"{f"{1}"}"}""#,
            "f'{{}}'",
            "f'{x:{w}>{\"3\"}}'",
            "f'''{\na # }\n}'''",
            r"f'\N{DASH} {a}'",
            "f'{x!r:^{w}}'",
            "f'{x != y}'",
            "F''",
            "t'{a}'",
            "f'{x:%H:%M}'",
            "f'{a[\":\"]}'",
            "f'{lambda x: 1}'",
            "f'}}'",
            r"f'\{a}'",
            r"rf'\{a}'",
        ] {
            assert_eq!(words(text), [text]);
        }
    }

    #[test]
    fn strings_that_do_not_end() {
        assert_eq!(words("'a\nb"), ["'a", "⏎", "b"]);
        assert_eq!(words("f'{a\nb"), ["f'{a", "⏎", "b"]);
        assert_eq!(words("'''a\nb"), ["'''a\nb"]);
        assert_eq!(words("'a\\"), ["'a\\"]);
    }
}
