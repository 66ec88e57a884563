//! Keys and time to live of the field store's table.

use super::{Looked, Surroundings, Table};
use crate::doctor::{
    Finding,
    chain::{Function, table_name},
};

pub fn check(function: &Function, around: &dyn Surroundings) -> Vec<Finding> {
    let Some(value) = function.table() else { return Vec::new() };
    let name = table_name(&value).to_string();
    match around.table(&value) {
        Looked::Table(table) => [keys(&table, &name), time_to_live(&table, &name)].into_iter().flatten().collect(),
        Looked::NoTable => {
            vec![Finding::problem(format!("UNUM_TABLE is {name}, which is no table"), "name a DynamoDB table")]
        }
        Looked::Unknown(why) => vec![Finding::advice(
            format!("whether table {name} has the field store's keys cannot be told: {why}"),
            "its partition key is `stream`, its sort key `field`, both strings, and its time to live `expires_at`",
        )],
    }
}

fn keys(table: &Table, name: &str) -> Option<Finding> {
    let key = |name: &str, kind: &str| (name.to_owned(), kind.to_owned(), "S".to_owned());
    (table.keys != [key("stream", "HASH"), key("field", "RANGE")]).then(|| {
        Finding::problem(
            format!("table {name} has other keys than the field store's"),
            "its partition key is `stream` and its sort key `field`, both strings",
        )
    })
}

fn time_to_live(table: &Table, name: &str) -> Option<Finding> {
    (table.time_to_live.as_deref() != Some("expires_at")).then(|| {
        Finding::advice(
            format!("table {name} keeps fields for ever"),
            "switch its time to live on, with the attribute `expires_at`",
        )
    })
}
