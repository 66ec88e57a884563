//! What a function and its next must have in common.

use crate::doctor::{
    Finding,
    chain::Function,
    value::Answer,
};

pub fn check(function: &Function, all: &[Function]) -> Vec<Finding> {
    let names = function.next();
    let is_next = |other: &&Function| names.iter().any(|name| other.is_meant_by(name));
    let seen = all.iter().filter(is_next).filter(|next| next.unseen_variables.is_none());
    seen.filter_map(|next| table(function, next)).collect()
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
