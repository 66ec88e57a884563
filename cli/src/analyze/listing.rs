//! Source lines behind their numbers, with marks below.

use crate::{
    color::{Paint, Style},
    source::Source,
    text::{columns, width},
};

const TAB: usize = 8;
/// Lines that are quoted rather than left out, within one piece.
const MOST_BETWEEN: u32 = 3;

/// A piece of one line: characters, counted from zero.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Span {
    pub line: u32,
    pub from: usize,
    pub to: usize,
}

pub struct Listing<'a> {
    pub text: String,
    source: &'a Source,
    paint: Paint,
    /// Columns of the line numbers.
    numbers: usize,
    /// Columns in all.
    width: usize,
    /// Quoted last.
    last: Option<u32>,
    /// Marked last.
    marked: Option<Span>,
}

impl<'a> Listing<'a> {
    pub fn new(source: &'a Source, paint: Paint, highest_line: u32, width: usize) -> Self {
        let numbers = highest_line.to_string().len().max(3);
        Self { text: String::new(), source, paint, numbers, width, last: None, marked: None }
    }

    /// Quotes a line, unless it is the one above.
    pub fn line(&mut self, number: u32) {
        if self.last == Some(number) {
            return;
        }
        if self.last.is_some_and(|last| number > last + 1) {
            self.row("", '|', "");
        }
        self.quote(number);
    }

    /// Quotes on, to the end of what began on the line above.
    pub fn line_of_the_same(&mut self, number: u32) {
        let next = self.last.map_or(number, |last| last + 1);
        if number.saturating_sub(next) <= MOST_BETWEEN {
            (next..=number).for_each(|number| self.quote(number));
        } else {
            self.text += &self.paint.paint(Style::Gutter, "...");
            self.text.push('\n');
            self.quote(number);
        }
    }

    fn quote(&mut self, number: u32) {
        let quoted = self.source.line(number).map(|line| line.chars().map(shown).collect::<String>());
        self.row(&number.to_string(), '|', &quoted.unwrap_or_default());
        self.last = Some(number);
    }

    /// Marks a piece of the line above, unless it is marked already; `label` stands beside it, or below where there is
    /// no room.
    pub fn mark(&mut self, span: Span, style: Style, label: &str) {
        let line = self.source.line(span.line).unwrap_or_default();
        let before = line.chars().take(span.from).collect::<String>();
        let marked = line.chars().skip(span.from).take(span.to.saturating_sub(span.from)).collect::<String>();
        let blank = below(&before, ' ');
        let mut marks = below(&marked, '^');
        if marks.is_empty() {
            marks.push('^');
        }
        let used = self.numbers + 3 + screen_columns(&blank) + screen_columns(&marks);
        let beside = used + 1 + width(label) <= self.width;
        let marks = self.paint.paint(style, &marks);
        let label = self.paint.paint(style, label);
        if self.marked.replace(span) == Some(span) {
            self.row("", '|', &format!("{blank}{label}"));
        } else if beside {
            self.row("", '|', format!("{blank}{marks} {label}").trim_end());
        } else {
            let indent = line.chars().take_while(|c| c.is_whitespace()).collect::<String>();
            self.row("", '|', &format!("{blank}{marks}"));
            self.row("", '|', &format!("{indent}{label}"));
        }
    }

    pub fn note(&mut self, note: &str) {
        self.row("", '=', note);
    }

    fn row(&mut self, number: &str, separator: char, text: &str) {
        let gutter = format!("{number:>width$} {separator}", width = self.numbers);
        self.text += &self.paint.paint(Style::Gutter, &gutter);
        if !text.is_empty() {
            self.text.push(' ');
            self.text += text;
        }
        self.text.push('\n');
    }
}

/// What stands for `c`: nothing may move the cursor, change a colour or turn the line around.
fn shown(c: char) -> char {
    match c {
        '\t' => '\t',
        '\0'..='\u{1f}' => char::from_u32(0x2400 + u32::from(c)).unwrap_or(char::REPLACEMENT_CHARACTER),
        '\u{7f}'..='\u{9f}' | '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}' => {
            char::REPLACEMENT_CHARACTER
        }
        _ => c,
    }
}

/// `mark` under each column of `text`. Tabs stay: only the terminal knows how wide they are.
fn below(text: &str, mark: char) -> String {
    let mut marks = String::new();
    for c in text.chars().map(shown) {
        if c == '\t' {
            marks.push('\t');
        } else {
            marks.extend(std::iter::repeat_n(mark, columns(c)));
        }
    }
    marks
}

fn screen_columns(text: &str) -> usize {
    text.chars().map(|c| if c == '\t' { TAB } else { columns(c) }).sum()
}
