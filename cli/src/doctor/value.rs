//! Text of which a part may be known only once it is deployed, and patterns of such text.

use std::fmt;

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Piece {
    Text(String),
    /// The name that this resource of the template's will get, by its logical id.
    Resource(String),
    /// What only a deployment knows, and what is the same wherever this stands: `AWS::Region`.
    Parameter(String),
    Unknown,
}

/// Pieces, one after the other; texts never follow each other.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Value(Vec<Piece>);

/// In rising order, so that `max` is "or" and `min` is "and".
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Answer {
    No,
    /// It depends on what only a deployment knows, or on what cannot be seen from here.
    CannotTell,
    Yes,
}

impl Answer {
    pub fn not(self) -> Self {
        match self {
            Self::No => Self::Yes,
            Self::CannotTell => Self::CannotTell,
            Self::Yes => Self::No,
        }
    }
}

impl From<bool> for Answer {
    fn from(is_so: bool) -> Self {
        if is_so { Self::Yes } else { Self::No }
    }
}

impl Value {
    pub fn text(text: impl Into<String>) -> Self {
        Self::default().and(Piece::Text(text.into()))
    }

    pub fn unknown() -> Self {
        Piece::Unknown.into()
    }

    /// This with one more piece at its end.
    pub fn and(mut self, piece: Piece) -> Self {
        match (self.0.last_mut(), piece) {
            (_, Piece::Text(more)) if more.is_empty() => {}
            (Some(Piece::Text(text)), Piece::Text(more)) => text.push_str(&more),
            (_, piece) => self.0.push(piece),
        }
        self
    }

    pub fn joined(parts: impl IntoIterator<Item = Self>, between: &str) -> Self {
        let mut parts = parts.into_iter();
        let first = parts.next().unwrap_or_default();
        parts.fold(first, |value, part| part.0.into_iter().fold(value.and(Piece::Text(between.to_owned())), Self::and))
    }

    /// The parts between the separators that can be seen.
    pub fn split(&self, separator: char) -> Vec<Self> {
        let mut parts = vec![Self::default()];
        for piece in &self.0 {
            let pieces = match piece {
                Piece::Text(text) => text.split(separator).map(|part| Piece::Text(part.to_owned())).collect(),
                other => vec![other.clone()],
            };
            for (number, piece) in pieces.into_iter().enumerate() {
                let part = if number == 0 { parts.pop().unwrap_or_default() } else { Self::default() };
                parts.push(part.and(piece));
            }
        }
        parts
    }

    /// Without blanks around it.
    pub fn trimmed(mut self) -> Self {
        if let Some(Piece::Text(text)) = self.0.first_mut() {
            *text = text.trim_start().to_owned();
        }
        if let Some(Piece::Text(text)) = self.0.last_mut() {
            *text = text.trim_end().to_owned();
        }
        self.0.retain(|piece| *piece != Piece::Text(String::new()));
        self
    }

    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Nothing of it is known, not even whether it is empty.
    pub fn is_unknown(&self) -> bool {
        self.0 == [Piece::Unknown]
    }

    /// Where all of it is known.
    pub fn as_text(&self) -> Option<&str> {
        match self.0.as_slice() {
            [] => Some(""),
            [Piece::Text(text)] => Some(text),
            _ => None,
        }
    }

    /// The logical id, where it is one resource and nothing else.
    pub fn as_resource(&self) -> Option<&str> {
        match self.0.as_slice() {
            [Piece::Resource(id)] => Some(id),
            _ => None,
        }
    }

    pub fn starts_with(&self, text: &str) -> bool {
        matches!(self.0.first(), Some(Piece::Text(first)) if first.starts_with(text))
    }

    /// What follows `prefix`.
    pub fn after(&self, prefix: &str) -> Option<Self> {
        let (Piece::Text(first), rest) = self.0.split_first()? else { return None };
        let begin = Self::text(first.strip_prefix(prefix)?);
        Some(rest.iter().cloned().fold(begin, Self::and))
    }

    pub fn to_lowercase(&self) -> Self {
        let lower = |piece: &Piece| match piece {
            Piece::Text(text) => Piece::Text(text.to_lowercase()),
            other => other.clone(),
        };
        Self(self.0.iter().map(lower).collect())
    }

    /// Whether both will be the same text.
    pub fn is(&self, other: &Self) -> Answer {
        fit(&tokens(self, false), &tokens(other, false))
    }

    /// Whether this, with `*` for any text and `?` for one character, fits `value`.
    pub fn fits(&self, value: &Self) -> Answer {
        fit(&tokens(self, true), &tokens(value, false))
    }

    /// The same for ARNs: their parts are compared one by one, the last one with the colons that it may have.
    pub fn fits_arn(&self, arn: &Self) -> Answer {
        if self.as_text() == Some("*") {
            return Answer::Yes;
        }
        match (arn_parts(self), arn_parts(arn)) {
            (Some(pattern), Some(parts)) => {
                pattern.iter().zip(&parts).map(|(pattern, part)| pattern.fits(part)).min().unwrap_or(Answer::CannotTell)
            }
            _ => Answer::CannotTell,
        }
    }
}

impl From<Piece> for Value {
    fn from(piece: Piece) -> Self {
        Self::default().and(piece)
    }
}

impl fmt::Display for Value {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.is_unknown() {
            return write!(formatter, "(known only once it is deployed)");
        }
        for piece in &self.0 {
            match piece {
                Piece::Text(text) | Piece::Resource(text) => write!(formatter, "{text}")?,
                Piece::Parameter(name) => write!(formatter, "${{{name}}}")?,
                Piece::Unknown => write!(formatter, "…")?,
            }
        }
        Ok(())
    }
}

/// `arn`, partition, service, region, account, and the resource.
fn arn_parts(arn: &Value) -> Option<[Value; 6]> {
    const PARTS: usize = 6;
    let parts = arn.split(':');
    let (first, rest) = parts.split_at_checked(PARTS - 1)?;
    let rest = (!rest.is_empty()).then(|| Value::joined(rest.iter().cloned(), ":"))?;
    <[Value; PARTS]>::try_from([first, &[rest]].concat()).ok()
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Token<'a> {
    Char(char),
    AnyText,
    AnyChar,
    Resource(&'a str),
    Parameter(&'a str),
    Unknown,
}

impl Token<'_> {
    /// It stands for a text of any length.
    fn is_open(&self) -> bool {
        matches!(self, Self::Resource(_) | Self::Parameter(_) | Self::Unknown)
    }
}

fn tokens(value: &Value, is_pattern: bool) -> Vec<Token<'_>> {
    let of_char = |c| match c {
        '*' if is_pattern => Token::AnyText,
        '?' if is_pattern => Token::AnyChar,
        c => Token::Char(c),
    };
    let mut tokens = Vec::new();
    for piece in &value.0 {
        match piece {
            Piece::Text(text) => tokens.extend(text.chars().map(of_char)),
            Piece::Resource(id) => tokens.push(Token::Resource(id)),
            Piece::Parameter(name) => tokens.push(Token::Parameter(name)),
            Piece::Unknown => tokens.push(Token::Unknown),
        }
    }
    tokens
}

/// Whether no text that is `one` can hold the name of a resource in `other`. CloudFormation makes names of the stack's, the
/// logical id and a suffix, and cuts ids that are too long.
fn lacks_a_name_of(one: &[Token], other: &[Token]) -> bool {
    const CERTAIN: usize = 8;
    let is_certain = one.iter().all(|token| matches!(token, Token::Char(_)));
    let text: String = one.iter().filter_map(|token| if let Token::Char(c) = token { Some(c) } else { None }).collect();
    let begin = |id: &str| id.chars().take(CERTAIN).collect::<String>();
    let is_absent = |token: &Token| matches!(token, Token::Resource(id) if !text.contains(&begin(id)));
    is_certain && other.iter().any(is_absent)
}

/// Answers for every pair of ends of the two, the shortest first.
fn fit(pattern: &[Token], text: &[Token]) -> Answer {
    if lacks_a_name_of(pattern, text) || lacks_a_name_of(text, pattern) {
        return Answer::No;
    }
    let mut answers = vec![vec![Answer::No; text.len() + 1]; pattern.len() + 1];
    for i in (0..=pattern.len()).rev() {
        for j in (0..=text.len()).rev() {
            let after = |(i, j): (usize, usize)| answers.get(i).and_then(|row| row.get(j)).copied();
            let rests = [(i + 1, j), (i, j + 1), (i + 1, j + 1)].map(|rest| after(rest).unwrap_or(Answer::No));
            answers[i][j] = fit_from(pattern.get(i), text.get(j), rests);
        }
    }
    answers[0][0]
}

/// From the first token of each, and from the answers without that of the pattern, of the text, and of both.
fn fit_from(
    pattern: Option<&Token>,
    text: Option<&Token>,
    [without_pattern, without_text, without_both]: [Answer; 3],
) -> Answer {
    match (pattern, text) {
        (None, None) => Answer::Yes,
        (Some(Token::AnyText), _) => without_pattern.max(without_text),
        (Some(Token::AnyChar), Some(Token::Char(_))) => without_both,
        (Some(Token::Resource(one)), Some(Token::Resource(other))) if one != other => Answer::No,
        (Some(one), Some(other)) if one == other && *one != Token::Unknown => without_both,
        (one, other) if one.is_some_and(Token::is_open) || other.is_some_and(Token::is_open) => {
            without_pattern.max(without_text).min(Answer::CannotTell)
        }
        _ => Answer::No,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// `<Name>` is a resource, `{Name}` a parameter, `#` unknown.
    fn value(text: &str) -> Value {
        let mut value = Value::default();
        let mut rest = text;
        while let Some(c) = rest.chars().next() {
            let named = |end: char, piece: fn(String) -> Piece| {
                let (name, rest) = rest[1..].split_once(end)?;
                Some((piece(name.to_owned()), rest))
            };
            let (piece, after) = match c {
                '<' => named('>', Piece::Resource),
                '{' => named('}', Piece::Parameter),
                '#' => Some((Piece::Unknown, &rest[1..])),
                _ => None,
            }
            .unwrap_or_else(|| (Piece::Text(c.to_string()), &rest[c.len_utf8()..]));
            value = value.and(piece);
            rest = after;
        }
        value
    }

    #[test]
    fn tells_what_fits() {
        use Answer::{CannotTell, No, Yes};
        for (pattern, text, answer) in [
            ("dynamodb:putitem", "dynamodb:putitem", Yes),
            ("dynamodb:*", "dynamodb:putitem", Yes),
            ("*", "", Yes),
            ("dynamodb:put*", "dynamodb:putitem", Yes),
            ("dynamodb:*item", "dynamodb:putitem", Yes),
            ("dynamodb:p?titem", "dynamodb:putitem", Yes),
            ("dynamodb:*table", "dynamodb:putitem", No),
            ("dynamodb:put", "dynamodb:putitem", No),
            ("dynamodb:put?", "dynamodb:put", No),
            ("table/<Fields>", "table/<Fields>", Yes),
            ("table/<Fields>*", "table/<Fields>", Yes),
            ("table/<Other>", "table/<Fields>", No),
            ("table/<Other>*", "table/<Fields>", No),
            ("table/<Fields>/index/*", "table/<Fields>", No),
            ("table/*", "table/<Fields>", Yes),
            ("table/app-*", "table/<Fields>", CannotTell),
            ("table/fields", "table/<Fields>", No),
            ("table/<Fields>", "table/fields", No),
            ("table/app-Fields-1", "table/<Fields>", CannotTell),
            ("table/<Fields>", "table/app-Fields-1", CannotTell),
            ("table/{Stack}-fields", "table/{Stack}-fields", Yes),
            ("table/{Stack}-fields", "table/{Stack}-others", No),
            ("table/{Stack}-*", "table/{Stack}-fields", Yes),
            ("table/{One}", "table/{Other}", CannotTell),
            ("table/#", "table/<Fields>", CannotTell),
            ("table/#", "table/#", CannotTell),
            ("function/#", "table/<Fields>", No),
        ] {
            assert_eq!(value(pattern).fits(&value(text)), answer, "{pattern} {text}");
        }
    }

    #[test]
    fn compares_arns_part_by_part() {
        use Answer::{CannotTell, No, Yes};
        const TABLE: &str = "arn:{P}:dynamodb:{R}:{A}:table/<Fields>";
        const ALIAS: &str = "arn:aws:lambda:eu-west-1:123456789012:function:f:live";
        for (pattern, arn, answer) in [
            ("*", TABLE, Yes),
            (TABLE, TABLE, Yes),
            ("arn:aws:dynamodb:*:*:table/*", TABLE, CannotTell),
            ("arn:*:dynamodb:*:*:table/*", TABLE, Yes),
            ("arn:{P}:dynamodb:{R}:{A}:table/<Other>", TABLE, No),
            ("arn:{P}:lambda:{R}:{A}:function:*", TABLE, No),
            ("#", TABLE, CannotTell),
            ("{Arn}", TABLE, CannotTell),
            ("arn:aws:lambda:*:*:function:f:*", ALIAS, Yes),
            ("arn:aws:lambda:*:*:function:f", ALIAS, No),
            ("arn:aws:lambda:us-east-1:123456789012:function:f*", ALIAS, No),
        ] {
            assert_eq!(value(pattern).fits_arn(&value(arn)), answer, "{pattern} {arn}");
        }
    }

    #[test]
    fn splits_and_joins() {
        let shown = |value: &Value| value.split(',').iter().map(ToString::to_string).collect::<Vec<_>>();
        assert_eq!(shown(&value("<A>,{B}c,d")), ["A", "${B}c", "d"]);
        assert_eq!(shown(&Value::joined([value("<A>"), value("b")], ",")), ["A", "b"]);
        assert_eq!(value("table/<A>x").after("table/"), Some(value("<A>x")));
        assert_eq!(value(" a ").trimmed(), value("a"));
    }
}
