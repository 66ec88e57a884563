//! What a function and its next must have in common.

use crate::doctor::{
    Finding,
    chain::Function,
    value::{Answer, Value},
};

const STRICT: &str = "UNUM_STRICT";
const KEY: &str = "UNUM_SIGNING_KEY";
const PREVIOUS_KEY: &str = "UNUM_SIGNING_KEY_PREVIOUS";

pub fn check(function: &Function, all: &[Function]) -> Vec<Finding> {
    let names = function.next();
    let is_next = |other: &&Function| names.iter().any(|name| other.is_meant_by(name));
    let seen = all.iter().filter(is_next).filter(|next| next.unseen_variables.is_none());
    seen.flat_map(|next| [table(function, next), strict(function, next), key(function, next)]).flatten().collect()
}

fn table(function: &Function, next: &Function) -> Option<Finding> {
    let (own, other) = (function.table()?, next.table()?);
    let is_same = function.place.table_arn(&own).fits_arn(&next.place.table_arn(&other));
    (is_same == Answer::No).then(|| {
        Finding::problem(
            format!(
                "its UNUM_TABLE is {own}, and that of its next, {}, is {other}: fields are waited for where none come",
                next.name
            ),
            "name one table on every function of the chain",
        )
    })
}

fn strict(function: &Function, next: &Function) -> Option<Finding> {
    let (own, other) = (function.flag(STRICT)?, next.flag(STRICT)?);
    (own != other).then(|| {
        Finding::problem(
            format!("{STRICT} is {own} here and {other} on its next, {}", next.name),
            "set it on every function of the chain, to the same value",
        )
    })
}

/// Keys themselves are never shown.
fn key(function: &Function, next: &Function) -> Option<Finding> {
    let what = match (function.value(KEY), next.value(KEY)) {
        (Some(own), None) if !own.is_unknown() => format!("{KEY} is set here and not on its next, {}", next.name),
        (None, Some(other)) if !other.is_unknown() => format!("{KEY} is set on its next, {}, and not here", next.name),
        (Some(own), Some(_)) if !may_take(next, &own) => {
            format!("its next, {}, has another {KEY}, and this function's not as {PREVIOUS_KEY} either", next.name)
        }
        _ => return None,
    };
    Some(Finding::problem(what, "set it on every function of the chain, to the same value"))
}

/// Whether what is signed with this key may be taken by a function, as far as is known.
fn may_take(function: &Function, key: &Value) -> bool {
    let taken = [KEY, PREVIOUS_KEY].into_iter().filter_map(|name| function.value(name));
    taken.map(|own| own.is(key)).max() != Some(Answer::No)
}
