//! The last line of defence: the edited source, without the injected calls, must be the program that was written.

use crate::parse::{
    self,
    ast::{Expr, Stmt},
};

/// Whether `edited` is `original` plus calls of `injected` in the handler.
pub fn is_faithful(original: &[Stmt], edited: &str, handler: &str, injected: &str) -> bool {
    let Ok(mut edited) = parse::parse(edited) else { return false };
    for statement in &mut edited {
        if let Stmt::FunctionDef(def) = statement
            && def.name.as_str() == handler
        {
            def.body.retain(|statement| !is_injected(statement, injected));
            def.body.iter_mut().for_each(|statement| unwrap_emits(statement, injected));
        }
    }
    original.len() == edited.len() && shape(original, handler) == shape(&edited, handler)
}

fn is_injected(statement: &Stmt, injected: &str) -> bool {
    match statement {
        Stmt::Expr(statement) => method(&statement.value, injected).is_some(),
        _ => false,
    }
}

/// The method of the injected name that this calls.
fn method<'e>(call: &'e Expr, injected: &str) -> Option<&'e str> {
    let Expr::Call(call) = call else { return None };
    let Expr::Attribute(method) = &*call.func else { return None };
    match &*method.value {
        Expr::Name(name) if name.id.as_str() == injected => Some(&method.attr),
        _ => None,
    }
}

fn unwrap_emits(statement: &mut Stmt, injected: &str) {
    let display = match statement {
        Stmt::Return(back) => back.value.as_deref_mut(),
        Stmt::Assign(assign) => Some(&mut *assign.value),
        Stmt::AnnAssign(assign) => assign.value.as_deref_mut(),
        _ => None,
    };
    let Some(Expr::Dict(display)) = display else { return };
    for value in &mut display.values {
        if method(value, injected) == Some("emit")
            && let Expr::Call(call) = value
            && let Some(Expr::Tuple(tuple)) = call.args.get_mut(1)
            && tuple.elts.len() == 1
            && let Some(inner) = tuple.elts.pop()
        {
            *value = inner;
        }
    }
}

/// The handler's syntax tree in words, without positions.
fn shape(body: &[Stmt], handler: &str) -> Option<String> {
    let is_handler = |statement: &&Stmt| matches!(statement, Stmt::FunctionDef(def) if def.name.as_str() == handler);
    let tree = format!("{:?}", body.iter().find(is_handler)?);
    let mut parts = tree.split("range: ");
    let mut shape = parts.next()?.to_owned();
    for part in parts {
        shape.push_str(part.trim_start_matches(|char: char| char.is_ascii_digit() || char == '.'));
    }
    Some(shape)
}
