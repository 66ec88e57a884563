//! What is looked at, one question a file.

mod attached;
mod invokes;
mod network;
mod next;
mod permissions;
mod settings;
mod shared;
mod streams;
mod table;
mod whole_events;

use super::{
    Finding,
    chain::Function,
    code::Code,
    value::{Answer, Value},
};
use crate::module::Options;

const WRAPPER: &str = "AWS_LAMBDA_EXEC_WRAPPER";
const BOOTSTRAP: &str = "/opt/bootstrap";

/// What is known of a table.
#[derive(Debug, Clone)]
pub enum Looked {
    Table(Table),
    NoTable,
    /// And why.
    Unknown(String),
}

#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Table {
    /// Attribute, kind of key and type.
    pub keys: Vec<(String, String, String)>,
    pub time_to_live: Option<String>,
}

/// What is known of a layer.
#[derive(Debug, Clone)]
pub struct Layer {
    pub name: String,
    /// Those that it is for; none if that is not said.
    pub architectures: Vec<String>,
    pub code: Code,
}

/// What a function refers to.
pub trait Surroundings {
    fn table(&self, name: &Value) -> Looked;

    fn layer(&self, layer: &Value) -> Layer;
}

/// Whether a function has to do with streaming: by its own settings, or as somebody's next.
pub fn is_involved(function: &Function, all: &[Function]) -> bool {
    function.variables.keys().any(|name| name.starts_with("UNUM_"))
        || function.text(WRAPPER) == Some(BOOTSTRAP)
        || is_next(function, all)
}

pub fn examine(function: &Function, all: &[Function], around: &dyn Surroundings, options: &Options) -> Vec<Finding> {
    let mut findings = Vec::new();
    if may_stream(function, all) {
        findings.push(streams::check(function, options));
    }
    findings.extend(attached::check(function, around));
    findings.extend(network::check(function));
    if let Some(why) = &function.unseen_variables {
        findings.push(Finding::advice(
            format!("its variables cannot be told: {why}"),
            "whoever reads them needs kms:Decrypt on the key that they are encrypted with",
        ));
        return findings;
    }
    findings.extend(invokes::check(function));
    findings.extend(whole_events::check(function, all));
    findings.extend(settings::check(function, all));
    findings.extend(next::check(function, all));
    findings.extend(shared::check(function, all));
    findings.extend(permissions::check(function, all));
    findings.extend(table::check(function, around));
    findings
}

/// Whether it matters what the handler does: not at the end of a chain.
pub fn may_stream(function: &Function, all: &[Function]) -> bool {
    !function.next().is_empty() || all.len() == 1
}

/// About all functions together.
pub fn whole(involved: &[&Function], count: usize) -> Option<Finding> {
    involved.is_empty().then(|| {
        Finding::problem(
            format!("none of the {count} functions has to do with the layer"),
            "set AWS_LAMBDA_EXEC_WRAPPER, UNUM_TABLE and UNUM_NEXT as the README says",
        )
    })
}

fn is_next(function: &Function, all: &[Function]) -> bool {
    // Who names a region where its own is not known may mean one of its own name elsewhere.
    let is_for_it = |other: &Function, next: &Value| {
        function.is_meant_by(next) && (!std::ptr::eq(function, other) || function.takes_for_itself(next) == Answer::Yes)
    };
    all.iter().any(|other| other.next().iter().any(|next| is_for_it(other, next)))
}
