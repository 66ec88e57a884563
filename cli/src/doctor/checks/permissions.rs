//! What the function's role has to allow, and on which resources.

use super::is_next;
use crate::doctor::{
    Finding,
    chain::{Function, name_of, table_name},
    value::{Answer, Value},
};

/// Actions that are needed on one resource.
struct Need {
    actions: Vec<&'static str>,
    arn: Value,
    name: String,
}

pub fn check(function: &Function, all: &[Function]) -> Vec<Finding> {
    needs(function, all).iter().flat_map(|need| one(function, need)).collect()
}

fn needs(function: &Function, all: &[Function]) -> Vec<Need> {
    let invoked = function.next().into_iter().map(|next| Need {
        actions: vec!["lambda:InvokeFunction"],
        arn: function.place.function_arn(&next),
        name: name_of(&next, all),
    });
    let stored = function.table().map(|table| Need {
        actions: on_table(function, all),
        arn: function.place.table_arn(&table),
        name: table_name(&table).to_string(),
    });
    invoked.chain(stored).collect()
}

fn on_table(function: &Function, all: &[Function]) -> Vec<&'static str> {
    let (writes, reads) = (!function.next().is_empty(), is_next(function, all));
    let records = function.is_on("UNUM_CHECKPOINT");
    [
        ("dynamodb:PutItem", writes || records),
        ("dynamodb:Query", writes || reads || records),
        ("dynamodb:BatchGetItem", reads),
    ]
    .into_iter()
    .filter_map(|(action, is_needed)| is_needed.then_some(action))
    .collect()
}

fn one(function: &Function, need: &Need) -> Vec<Finding> {
    let answered = |answer| {
        let actions = need.actions.iter().filter(|action| function.may(action, &need.arn) == answer);
        Some(actions.copied().collect::<Vec<_>>().join(", ")).filter(|actions| !actions.is_empty())
    };
    let missing = answered(Answer::No).map(|actions| {
        Finding::problem(format!("it may not {actions} on {}", need.name), "allow it in a policy of its role")
    });
    let unknown = answered(Answer::CannotTell).map(|actions| {
        let why = if function.permissions.has_more {
            "it has policies that cannot be seen here"
        } else {
            "its policies depend on conditions, or on names that only a deployment gives"
        };
        Finding::advice(format!("whether it may {actions} on {} cannot be told", need.name), why)
    });
    missing.into_iter().chain(unknown).collect()
}
