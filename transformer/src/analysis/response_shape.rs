//! Which dict the handler returns: its keys in order, and the expression behind each.

use super::{
    constants,
    uses::{How, Uses, What},
    variables::Variables,
};
use crate::{
    parse::{
        TextSize,
        ast::{self, Expr, Ranged, Stmt},
    },
    refusal::Refusal,
};

/// The event's envelope travels under this key.
const RESERVED_KEY: &str = "__unum__";

/// A dict display that the handler returns.
#[derive(Clone)]
pub struct Shape<'a> {
    pub display: &'a ast::ExprDict,
    /// Index of the handler's statement that evaluates the display.
    pub statement: usize,
    pub fields: Vec<Field<'a>>,
}

#[derive(Clone)]
pub struct Field<'a> {
    pub key: &'a str,
    pub value: &'a Expr,
}

pub struct Return<'a> {
    pub statement: usize,
    pub at: TextSize,
    /// None: anything but a dict display with known keys.
    pub shape: Option<Shape<'a>>,
}

/// All of the handler's returns, in the order of the source; the last one gives the shape that streams.
pub struct Returns<'a> {
    pub all: Vec<Return<'a>>,
    pub streaming: Shape<'a>,
    pub last_at: TextSize,
}

pub fn returns<'a>(body: &'a [Stmt], uses: &Uses<'a>, variables: &Variables) -> Result<Returns<'a>, Refusal> {
    let found = || {
        uses.uses.iter().filter(|found| found.scope == 0).filter_map(|found| match found.what {
            What::Return(back) => Some((found.statement, back)),
            _ => None,
        })
    };
    let Some((_, last)) = found().next_back() else {
        return Err(Refusal::whole("the handler returns nothing"));
    };
    if body.last().is_none_or(|last| falls_through(std::slice::from_ref(last))) {
        return Err(Refusal {
            reason: "the handler can end without a return".to_owned(),
            at: body.last().map(Ranged::start),
        });
    }
    let loaded = |name: &str| variables.get(name).map_or(0, |variable| variable.loads.len());
    let mut all = Vec::new();
    let mut why_not = None;
    for (statement, back) in found() {
        let times = found().filter(|(_, other)| returned_name(other) == returned_name(back)).count();
        let shape = match back.value.as_deref() {
            Some(Expr::Dict(display)) => shape(display, statement),
            Some(Expr::Name(name)) if loaded(&name.id) == times => named_shape(body, &name.id, statement, variables),
            Some(Expr::Name(name)) => {
                Err(format!("the result `{}` is used elsewhere than in the return", name.id.as_str()))
            }
            Some(_) => Err("the handler does not return a dict display".to_owned()),
            None => Err("the handler returns nothing".to_owned()),
        };
        why_not = shape.as_ref().err().cloned();
        all.push(Return { statement, at: back.start(), shape: shape.ok() });
    }
    let Some(streaming) = all.last().and_then(|last| last.shape.clone()) else {
        return Err(Refusal::at(last.start(), why_not.unwrap_or_default()));
    };
    check(&streaming)?;
    Ok(Returns { all, streaming, last_at: last.start() })
}

fn returned_name(back: &ast::StmtReturn) -> Option<&str> {
    match back.value.as_deref() {
        Some(Expr::Name(name)) => Some(&name.id),
        _ => None,
    }
}

fn check(shape: &Shape) -> Result<(), Refusal> {
    let at = shape.display.start();
    for field in &shape.fields {
        if field.key == RESERVED_KEY {
            return Err(Refusal::at(at, format!("the key `{RESERVED_KEY}` is reserved")));
        }
        if !constants::is_exact(field.key) {
            return Err(Refusal::at(at, "a key holds a character that is not Unicode text"));
        }
    }
    match shape.fields.len() {
        0 | 1 => Err(Refusal::at(at, "a result with fewer than two fields has nothing to send ahead")),
        _ => Ok(()),
    }
}

fn shape(display: &ast::ExprDict, statement: usize) -> Result<Shape<'_>, String> {
    let mut fields: Vec<Field> = Vec::new();
    for (key, value) in display.keys.iter().zip(&display.values) {
        let Some(key) = key else { return Err("the returned dict is built with `**`".to_owned()) };
        let Some(key) = constants::text(key) else {
            return Err("the returned dict has a key that is not a constant string".to_owned());
        };
        if fields.iter().any(|field| field.key == key) {
            return Err(format!("the returned dict has the key `{key}` twice"));
        }
        fields.push(Field { key, value });
    }
    Ok(Shape { display, statement, fields })
}

/// The display that is the only value this name ever gets.
fn named_shape<'a>(body: &'a [Stmt], name: &str, returned: usize, variables: &Variables) -> Result<Shape<'a>, String> {
    let variable = variables.get(name).filter(|variable| !variable.is_parameter && !variable.is_global);
    let Some([binding]) = variable.map(|variable| variable.bindings.as_slice()) else {
        return Err(format!("the result `{name}` is not a local variable that is bound once"));
    };
    let value = match &body[binding.statement] {
        Stmt::Assign(assign) if assign.targets.len() == 1 && assign.targets[0].is_name_expr() => &*assign.value,
        Stmt::AnnAssign(ast::StmtAnnAssign { value: Some(value), .. }) => &**value,
        _ => return Err(format!("the result `{name}` is not bound by a plain assignment of its own")),
    };
    match value {
        Expr::Dict(display) if binding.how == How::TopLevel && binding.statement < returned => {
            shape(display, binding.statement)
        }
        _ => Err(format!("the result `{name}` is not a dict display")),
    }
}

/// Whether control can reach the end of this block.
fn falls_through(block: &[Stmt]) -> bool {
    match block.last() {
        Some(Stmt::Return(_) | Stmt::Raise(_)) => false,
        Some(Stmt::If(branch)) => {
            branch.orelse.is_empty() || falls_through(&branch.body) || falls_through(&branch.orelse)
        }
        Some(Stmt::Try(attempt)) => {
            let body = falls_through(&attempt.body) && (attempt.orelse.is_empty() || falls_through(&attempt.orelse));
            let handlers =
                attempt.handlers.iter().any(|ast::ExceptHandler::ExceptHandler(handler)| falls_through(&handler.body));
            (body || handlers) && (attempt.finalbody.is_empty() || falls_through(&attempt.finalbody))
        }
        _ => true,
    }
}
