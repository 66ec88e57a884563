//! Values read straight from the event: the same whenever they are read, as long as the handler only ever reads it so.

use rustc_hash::FxHashSet;

use super::{constants, function::Function, uses::What};
use crate::parse::ast::Expr;

/// `event["key"]`, `event.get("key")` or `event.get("key", default)`.
pub struct EventRead<'a> {
    /// The variable's name, as it stands in the source.
    pub event: &'a str,
    pub key: &'a str,
    pub default: Option<&'a Expr>,
    /// A missing key gives the default, or else None.
    pub is_get: bool,
}

/// The handler's event, if reads like these are all that the handler does with it.
pub fn untouched_event<'a>(function: &Function<'a>) -> Option<&'a str> {
    let event = function.event()?;
    let variable = function.variables.get(event)?;
    let plain: FxHashSet<*const str> = function
        .uses
        .uses
        .iter()
        .filter_map(|found| match found.what {
            What::KeyRead(read) => Some(std::ptr::from_ref(read)),
            _ => None,
        })
        .collect();
    let is_plain_read = |name: &str| plain.contains(&std::ptr::from_ref(name));
    let untouched = variable.bindings.is_empty()
        && !variable.is_global
        && variable.loads.iter().all(|load| is_plain_read(load.name));
    untouched.then_some(event)
}

/// The name of which this reads one key and nothing else; what it gives for a missing key does not matter.
pub fn read_by_key(expr: &Expr) -> Option<&str> {
    match expr {
        Expr::Call(call) if call.keywords.is_empty() && matches!(call.args.len(), 1 | 2) => {
            let Expr::Attribute(method) = &*call.func else { return None };
            let Expr::Name(event) = &*method.value else { return None };
            let reads = method.attr.as_str() == "get" && exact_text(&call.args[0]).is_some();
            reads.then_some(event.id.as_str())
        }
        other => parse(other).map(|read| read.event),
    }
}

pub fn parse(expr: &Expr) -> Option<EventRead<'_>> {
    match expr {
        Expr::Subscript(subscript) if subscript.ctx.is_load() => {
            let Expr::Name(event) = &*subscript.value else { return None };
            let key = exact_text(&subscript.slice)?;
            Some(EventRead { event: &event.id, key, default: None, is_get: false })
        }
        Expr::Call(call) if call.keywords.is_empty() => {
            let Expr::Attribute(method) = &*call.func else { return None };
            let Expr::Name(event) = &*method.value else { return None };
            let (key, default) = match call.args.as_slice() {
                [key] => (key, None),
                [key, default] if constants::is_constant(default) => (key, Some(default)),
                _ => return None,
            };
            let is_get = method.attr.as_str() == "get";
            is_get.then_some(EventRead { event: &event.id, key: exact_text(key)?, default, is_get })
        }
        _ => None,
    }
}

/// Whether both read the same from `event`.
pub fn same(one: &Expr, other: &Expr, event: &str) -> bool {
    let (Some(one), Some(other)) = (parse(one), parse(other)) else { return false };
    let same_default = match (one.default, other.default) {
        (Some(one), Some(other)) => constants::same(one, other),
        (None, None) => true,
        _ => false,
    };
    one.event == event && other.event == event && one.key == other.key && one.is_get == other.is_get && same_default
}

fn exact_text(expr: &Expr) -> Option<&str> {
    constants::text(expr).filter(|text| constants::is_exact(text))
}
