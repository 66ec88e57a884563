//! How deep a source nests, guessed from its characters before it is parsed.
//!
//! The guess never falls short by more than a small factor: parsing, walking and dropping a syntax tree recurse, and an
//! overflow of the stack kills the process whatever is caught.

use std::{iter::Peekable, str::CharIndices};

/// Python's own tokenizer allows 100.
const MAX_INDENTS: usize = 100;
/// Operators, brackets and keywords that can be inside one another at one place.
const MAX_CHAIN: usize = 3000;
/// An `elif` is an `if` inside the `else` before it.
const MAX_ELIFS: usize = 2000;

/// Whether the source nests deeper than the transformer's stack can be trusted with.
pub fn too_deep(text: &str) -> bool {
    let mut scan =
        Scan { chars: text.char_indices().peekable(), text, chains: vec![0], total: 0, lambdas: 0, elifs: 0 };
    let mut indents: Vec<usize> = Vec::new();
    while scan.chars.peek().is_some() {
        if let Some(width) = scan.indent() {
            while indents.last().is_some_and(|&outer| outer >= width) {
                indents.pop();
            }
            indents.push(width);
        }
        if indents.len() > MAX_INDENTS || scan.logical_line().is_none() {
            return true;
        }
    }
    false
}

struct Scan<'a> {
    chars: Peekable<CharIndices<'a>>,
    text: &'a str,
    /// What nests in the current element of each open bracket; the first is outside of all brackets.
    chains: Vec<usize>,
    /// Sum of `chains`.
    total: usize,
    /// Of this logical line: the commas between a lambda's parameters do not end it.
    lambdas: usize,
    elifs: usize,
}

impl Scan<'_> {
    /// Width of the line's indentation, or none if it is blank.
    fn indent(&mut self) -> Option<usize> {
        let mut width = 0;
        while let Some(&(_, char)) = self.chars.peek() {
            match char {
                ' ' => width += 1,
                '\t' => width += 8,
                '\x0c' => width = 0,
                '\r' | '\n' | '#' => return None,
                _ => return Some(width),
            }
            self.chars.next();
        }
        None
    }

    /// Goes past the end of the logical line; none where it nests too deep.
    fn logical_line(&mut self) -> Option<()> {
        self.chains.truncate(1);
        self.chains[0] = 0;
        self.total = 0;
        self.lambdas = 0;
        while let Some((at, char)) = self.chars.next() {
            match char {
                '\n' | '\r' if self.chains.len() == 1 => return Some(()),
                '#' => while self.chars.next_if(|&(_, char)| char != '\n' && char != '\r').is_some() {},
                '\\' => self.escaped(),
                '\'' | '"' => self.string(at, char)?,
                '(' | '[' | '{' => {
                    self.deepen()?;
                    self.chains.push(0);
                }
                ')' | ']' | '}' if self.chains.len() > 1 => self.total -= self.chains.pop().unwrap_or(0),
                ',' | ';' => self.restart(),
                char if char.is_ascii_punctuation() && char != '_' => self.deepen()?,
                char if char.is_alphabetic() || char == '_' => self.word(at)?,
                _ => {}
            }
        }
        Some(())
    }

    fn deepen(&mut self) -> Option<()> {
        *self.chains.last_mut()? += 1;
        self.total += 1;
        (self.total <= MAX_CHAIN).then_some(())
    }

    fn restart(&mut self) {
        if let Some(chain) = self.chains.last_mut() {
            self.total -= std::mem::take(chain);
        }
    }

    fn word(&mut self, start: usize) -> Option<()> {
        let mut end = start + self.text[start..].chars().next().map_or(1, char::len_utf8);
        while let Some((at, char)) = self.chars.next_if(|&(_, char)| char.is_alphanumeric() || char == '_') {
            end = at + char.len_utf8();
        }
        match self.text.get(start..end)? {
            "elif" => {
                self.elifs += 1;
                (self.elifs <= MAX_ELIFS).then_some(())
            }
            "lambda" => {
                self.lambdas += 1;
                (self.lambdas <= MAX_CHAIN).then_some(())
            }
            "not" | "and" | "or" | "if" | "else" | "await" | "yield" | "in" | "is" | "for" | "from" => self.deepen(),
            _ => Some(()),
        }
    }

    /// Goes past what a backslash takes along: a line end may be of two bytes.
    fn escaped(&mut self) {
        let carriage_return = self.chars.next().is_some_and(|(_, char)| char == '\r');
        self.chars.next_if(|&(_, char)| carriage_return && char == '\n');
    }

    /// Goes past a string's end. What an f-string's braces hold is parsed again, so it is scanned too.
    fn string(&mut self, start: usize, quote: char) -> Option<()> {
        let prefix = self.text.as_bytes()[..start].iter().rev().take(2).take_while(|byte| byte.is_ascii_alphabetic());
        let formatted = prefix.into_iter().any(|byte| b"fF".contains(byte));
        let triple = self.text[start..].starts_with(&String::from(quote).repeat(3));
        if triple {
            self.chars.next();
            self.chars.next();
        }
        let mut inside = Braces::default();
        while let Some((at, char)) = self.chars.next() {
            match char {
                '\\' => self.escaped(),
                '\n' | '\r' if !triple => return Some(()),
                _ if char == quote && !triple => return Some(()),
                _ if char == quote && self.text[at..].starts_with(&String::from(quote).repeat(3)) => {
                    self.chars.next();
                    self.chars.next();
                    return Some(());
                }
                _ => {}
            }
            if formatted && inside.nests_too_deep(char) {
                return None;
            }
        }
        Some(())
    }
}

#[derive(Default)]
struct Braces {
    open: usize,
    chain: usize,
}

impl Braces {
    fn nests_too_deep(&mut self, char: char) -> bool {
        match char {
            '{' => self.open += 1,
            '}' => self.open = self.open.saturating_sub(1),
            _ => {}
        }
        match self.open {
            0 => self.chain = 0,
            // Here a keyword such as `not` counts by its spaces.
            _ if char == ' ' || char.is_ascii_punctuation() => self.chain += 1,
            _ => {}
        }
        self.chain > MAX_CHAIN
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ordinary_sources_are_shallow() {
        assert!(!too_deep("def f(a, b):\n    return {'a': [1, 2, (3, 4)], 'b': a.b.c(d)}\n"));
        assert!(!too_deep(&format!("TABLE = [{}]\n", "('a', -1.5), ".repeat(50_000))));
        assert!(!too_deep(&format!("PAGE = '''{}'''\n", "<a href=\"x\">{}</a>.\n".repeat(5_000))));
        assert!(!too_deep(&format!("BODY = '''{}'''\n", "{'a': [1]},\n".repeat(5_000))));
        assert!(!too_deep(&"x = 1 + 2\n".repeat(10_000)));
    }

    #[test]
    fn deep_sources_are_refused() {
        assert!(too_deep(&"(".repeat(10_000)));
        assert!(too_deep(&format!("x = {}1", "-".repeat(10_000))));
        assert!(too_deep(&format!("x = {}1", "not ".repeat(10_000))));
        assert!(too_deep(&format!("x = 1{}", "+1".repeat(10_000))));
        assert!(too_deep(&format!("x = a{}", ".b".repeat(10_000))));
        assert!(too_deep(&format!("x = {}1", "lambda: ".repeat(10_000))));
        assert!(too_deep(&format!("x = {}1", "lambda a, b: ".repeat(10_000))));
        assert!(too_deep(&format!("x = 1{}", " + \\\r\n1".repeat(10_000))));
        assert!(too_deep(&format!("x = f'{{{}1}}'", "not ".repeat(10_000))));
        assert!(too_deep(&format!("x = 'a\\\r\n' + {}1", "-".repeat(10_000))));
        assert!(too_deep(&format!("if 1:\n pass\n{}", "elif 1:\n pass\n".repeat(10_000))));
        let ladder: String = (0..200).flat_map(|depth| [" ".repeat(depth), "if 1:\n".to_owned()]).collect();
        assert!(too_deep(&ladder));
    }
}
