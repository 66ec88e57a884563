//! The layer's own variables: unknown, wrong or missing ones.

use unum_settings::ALL;

use super::is_next;
use crate::doctor::{Finding, chain::Function};

/// From 0 for nothing in common to 1 for the same: below this, a name is not taken for a slip of the other's.
const SIMILAR: f64 = 0.8;
const PREVIOUS_KEY: &str = "UNUM_SIGNING_KEY_PREVIOUS";

pub fn check(function: &Function, all: &[Function]) -> Vec<Finding> {
    let ours = function.variables.keys().filter(|name| name.starts_with("UNUM_"));
    let mut findings: Vec<Finding> = ours.filter_map(|name| one(function, name)).collect();
    if !function.has("UNUM_TABLE") {
        findings.push(Finding::problem("UNUM_TABLE is not set", "set it to the chain's field store"));
    }
    if function.has(PREVIOUS_KEY) && !function.has("UNUM_SIGNING_KEY") {
        findings.push(Finding::problem(
            format!("{PREVIOUS_KEY} is set without UNUM_SIGNING_KEY: it refuses to start"),
            "set that one, or take both away",
        ));
    }
    if function.next().is_empty() && all.len() == 1 {
        findings.push(Finding::advice(
            "UNUM_NEXT is not set: its result goes to no function, and nothing of it goes ahead",
            "set it to the function that takes the result, unless the chain ends here",
        ));
    }
    findings.extend(entry(function, all));
    findings
}

/// Whether the layer knows this variable and takes its value.
fn one(function: &Function, name: &str) -> Option<Finding> {
    let Some((_, rule)) = ALL.iter().find(|(known, _)| *known == name) else {
        return Some(unknown(name));
    };
    let error = rule.check(name, function.text(name)?).err()?;
    Some(Finding::problem(error.to_string(), "with this value the function does not start"))
}

fn unknown(name: &str) -> Finding {
    let similarity =
        |known: &str| strsim::jaro_winkler(name.trim_start_matches("UNUM_"), known.trim_start_matches("UNUM_"));
    let nearest =
        ALL.iter().map(|(known, _)| (*known, similarity(known))).max_by(|one, other| one.1.total_cmp(&other.1));
    let help = match nearest {
        Some((known, similarity)) if similarity >= SIMILAR => format!("is {known} meant?"),
        _ => "the README lists them all".to_owned(),
    };
    Finding::problem(format!("{name} is no setting of the layer's: it does nothing"), help)
}

fn entry(function: &Function, all: &[Function]) -> Option<Finding> {
    match (function.is_on("UNUM_ENTRY"), is_next(function, all)) {
        (true, true) => Some(Finding::problem(
            "UNUM_ENTRY is true, and another function's result goes to it: it would take future references for data",
            "take UNUM_ENTRY away",
        )),
        (false, false) if !function.has("UNUM_ENTRY") && every_next_is_known(all) => Some(Finding::advice(
            "nothing here starts it, and UNUM_ENTRY is not set: whoever invokes it may send an envelope",
            "set UNUM_ENTRY to true if the chain begins here",
        )),
        _ => None,
    }
}

/// Whether no function's result may go to one of these without that being seen.
fn every_next_is_known(all: &[Function]) -> bool {
    all.iter().all(|function| function.unseen_variables.is_none())
        && all.iter().flat_map(Function::next).all(|next| all.iter().any(|function| function.is_meant_by(&next)))
}
