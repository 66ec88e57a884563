//! The functions that the result goes to.

use super::{BOOTSTRAP, WRAPPER};
use crate::doctor::{
    Finding,
    chain::{Function, are_the_same, name_of},
    value::{Answer, Value},
};

/// A timeout of less than this part of the source's is taken for a mistake.
const FAR_BELOW: u64 = 4;

pub fn check(function: &Function, all: &[Function]) -> Vec<Finding> {
    let next = function.next();
    let mut findings = Vec::new();
    for (number, value) in next.iter().enumerate() {
        if next[..number].iter().any(|earlier| are_the_same(earlier, value) == Answer::Yes) {
            findings.push(Finding::problem(
                format!("UNUM_NEXT names {} twice: it refuses to start", name_of(value, all)),
                "name it once",
            ));
        } else {
            findings.extend(one(function, value, all));
        }
    }
    findings
}

fn one(function: &Function, value: &Value, all: &[Function]) -> Option<Finding> {
    let refused = itself(function, value).filter(|_| !function.is_on("UNUM_ALLOW_RECURSION"));
    if refused.is_some() || function.is_meant_by(value) {
        return refused;
    }
    let name = name_of(value, all);
    match all.iter().find(|other| other.is_meant_by(value)) {
        Some(other) if other.unseen_variables.is_some() => Some(Finding::advice(
            format!("whether its next, {name}, has the layer cannot be told: its variables cannot be"),
            "attach the layer there first",
        )),
        Some(other) if other.text(WRAPPER) != Some(BOOTSTRAP) && !other.is_image => Some(Finding::problem(
            format!("its next, {name}, has not the layer: it would see future references instead of values"),
            format!("attach the layer to {name}"),
        )),
        Some(other) => timeout(function, other, &name),
        None => Some(Finding::advice(
            format!("its next, {name}, cannot be seen from here: whether it has the layer cannot be told"),
            "attach the layer there first",
        )),
    }
}

/// What is wrong with a value that means the function itself, or is taken for it.
fn itself(function: &Function, value: &Value) -> Option<Finding> {
    let help = "name another function, or set UNUM_ALLOW_RECURSION to true if that is meant to be";
    match (function.takes_for_itself(value), function.is_meant_by(value)) {
        (Answer::Yes, true) => Some(Finding::problem("UNUM_NEXT names the function itself: it refuses to start", help)),
        (Answer::Yes, false) => Some(Finding::problem(
            format!("UNUM_NEXT names {value}, of another account, which it takes for itself: it refuses to start"),
            "set UNUM_ALLOW_RECURSION to true, or give one of the two another name",
        )),
        (Answer::CannotTell, true) => Some(Finding::advice(
            format!("UNUM_NEXT names {value}: in that region that is the function itself, and it refuses to start"),
            help,
        )),
        _ => None,
    }
}

/// Functions have more time than they need. Next is there from the first field on, so that a small part of it will not do.
fn timeout(function: &Function, next: &Function, name: &str) -> Option<Finding> {
    let (own, other) = (function.timeout?, next.timeout?);
    let what = format!(
        "its next, {name}, has {other} seconds, and it waits for fields for as long as this function runs, {own}"
    );
    let help = format!("give {name} as much time");
    match other {
        _ if other >= own => None,
        _ if other < own / FAR_BELOW => Some(Finding::problem(what, help)),
        _ => Some(Finding::advice(what, help)),
    }
}
