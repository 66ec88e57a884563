//! Values that the source itself spells out.

use std::fmt::Write;

use crate::parse::ast::{Constant, Expr, UnaryOp};

/// What the parser puts where Python has a lone surrogate.
const REPLACEMENT: char = '\u{fffd}';

/// The text of a constant string.
pub fn text(expr: &Expr) -> Option<&str> {
    match expr {
        Expr::Constant(constant) => match &constant.value {
            Constant::Str(text) => Some(text),
            _ => None,
        },
        _ => None,
    }
}

/// Whether the parsed text is surely the text that Python has.
pub fn is_exact(text: &str) -> bool {
    !text.contains(REPLACEMENT)
}

/// A constant that JSON can hold and that means the same wherever it is written.
pub fn is_constant(expr: &Expr) -> bool {
    match expr {
        Expr::Constant(constant) => match &constant.value {
            Constant::Str(text) => is_exact(text),
            Constant::None | Constant::Bool(_) | Constant::Int(_) | Constant::Float(_) => true,
            Constant::Bytes(_) | Constant::Tuple(_) | Constant::Complex { .. } | Constant::Ellipsis => false,
        },
        Expr::UnaryOp(minus) => {
            minus.op == UnaryOp::USub
                && matches!(&*minus.operand, Expr::Constant(number)
                    if matches!(number.value, Constant::Int(_) | Constant::Float(_)))
        }
        _ => false,
    }
}

/// Whether both are constants with the same value.
pub fn same(one: &Expr, other: &Expr) -> bool {
    is_constant(one)
        && is_constant(other)
        && match (one, other) {
            (Expr::Constant(one), Expr::Constant(other)) => one.value == other.value,
            (Expr::UnaryOp(one), Expr::UnaryOp(other)) => same(&one.operand, &other.operand),
            _ => false,
        }
}

/// A Python string literal on one line.
pub fn literal(text: &str) -> String {
    let quote = if text.contains('\'') && !text.contains('"') { '"' } else { '\'' };
    let mut literal = String::from(quote);
    for char in text.chars() {
        match char {
            '\\' => literal.push_str("\\\\"),
            '\n' => literal.push_str("\\n"),
            '\r' => literal.push_str("\\r"),
            '\t' => literal.push_str("\\t"),
            char if char == quote => {
                literal.push('\\');
                literal.push(char);
            }
            char if char.is_ascii_graphic() || char == ' ' || char.is_alphanumeric() => literal.push(char),
            char if u32::from(char) <= 0xff => drop(write!(literal, "\\x{:02x}", u32::from(char))),
            char if u32::from(char) <= 0xffff => drop(write!(literal, "\\u{:04x}", u32::from(char))),
            char => drop(write!(literal, "\\U{:08x}", u32::from(char))),
        }
    }
    literal.push(quote);
    literal
}
