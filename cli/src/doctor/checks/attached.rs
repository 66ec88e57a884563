//! Layer, wrapper and runtime.

use super::{BOOTSTRAP, Layer, Surroundings, WRAPPER};
use crate::doctor::{Finding, chain::Function, code::Code};

const RUNTIMES: [&str; 6] = ["python3.9", "python3.10", "python3.11", "python3.12", "python3.13", "python3.14"];
/// What is in our layer and in no other.
const CONTENT: [&str; 2] = ["bootstrap", "python/unum_streaming/start.py"];
/// What the project's own commands and templates call the layer.
const NAMES: [&str; 2] = ["unum-streaming", "StreamingLayer"];

pub fn check(function: &Function, around: &dyn Surroundings) -> Vec<Finding> {
    if function.is_image {
        return vec![Finding::advice(
            "it is a container image: whether the layer is in it cannot be told",
            "docs/containers.md has a Dockerfile for each of AWS's base images",
        )];
    }
    let layers: Option<Vec<Layer>> =
        function.layers.as_ref().map(|layers| layers.iter().map(|layer| around.layer(layer)).collect());
    let is_managed = function.runtime.as_deref().is_none_or(|runtime| !runtime.starts_with("provided"));
    let mut findings: Vec<Finding> = runtime(function).into_iter().filter(|_| is_managed).collect();
    if let Some(layers) = &layers {
        findings.push(ours(layers));
        findings.extend(layers.iter().filter_map(|layer| architecture(function, layer)));
    }
    findings.extend(wrapper(function).into_iter().filter(|_| is_managed && function.unseen_variables.is_none()));
    findings
}

fn runtime(function: &Function) -> Option<Finding> {
    let runtime = function.runtime.as_deref().filter(|runtime| !RUNTIMES.contains(runtime))?;
    let newest = RUNTIMES[RUNTIMES.len() - 1];
    Some(Finding::problem(
        format!("it runs on {runtime}, and the layer on {} to {newest}", RUNTIMES[0]),
        "change its runtime, or take the layer off it",
    ))
}

/// Whether one of its layers is this project's, and how that is known.
fn ours(layers: &[Layer]) -> Finding {
    const ADD: &str = "add the layer's ARN to its layers";
    if layers.is_empty() {
        return Finding::problem("it has no layer", ADD);
    }
    if let Some(layer) = layers.iter().find(|layer| CONTENT.iter().all(|path| layer.code.has(path))) {
        return Finding::fine(format!("has the layer, by its content: {} holds {}", layer.name, CONTENT.join(" and ")));
    }
    let unseen: Vec<(&str, &str)> = layers.iter().filter_map(unseen).collect();
    if let Some((name, why)) = unseen.iter().find(|(name, _)| NAMES.iter().any(|known| name.contains(known))) {
        return Finding::fine(format!("has the layer, by its name: {name}; its content cannot be seen: {why}"));
    }
    if !unseen.is_empty() {
        let all = unseen.iter().map(|(name, why)| format!("{name}: {why}")).collect::<Vec<_>>().join("; ");
        let help = format!("it is known by {}, or by a name with {}", CONTENT[1], NAMES.join(" or "));
        return Finding::advice(format!("whether it has the layer cannot be told: {all}"), help);
    }
    let names = layers.iter().map(|layer| layer.name.as_str()).collect::<Vec<_>>().join(", ");
    Finding::problem(format!("it has not the layer: no {} in {names}", CONTENT[1]), ADD)
}

/// The name of a layer whose content cannot be seen, and why.
fn unseen(layer: &Layer) -> Option<(&str, &str)> {
    match &layer.code {
        Code::Unseen(why) => Some((&layer.name, why)),
        Code::Folder(_) | Code::Zip(_) => None,
    }
}

fn architecture(function: &Function, layer: &Layer) -> Option<Finding> {
    let mut those = layer.architectures.clone();
    if those.is_empty() {
        those.extend(layer.code.architecture(CONTENT[0]).map(str::to_owned));
    }
    if those.is_empty() || those.contains(&function.architecture) {
        return None;
    }
    Some(Finding::problem(
        format!("it runs on {}, and a layer of its on {}", function.architecture, those.join(", ")),
        "`make layer ARCH=arm64` makes the layer for Graviton",
    ))
}

fn wrapper(function: &Function) -> Option<Finding> {
    match function.text(WRAPPER) {
        Some(BOOTSTRAP) => None,
        Some(other) => Some(Finding::problem(
            format!("{WRAPPER} is {other}"),
            format!("set it to {BOOTSTRAP}, and UNUM_EXEC_WRAPPER to {other}"),
        )),
        None if function.has(WRAPPER) => Some(Finding::advice(
            format!("{WRAPPER} is known only once it is deployed"),
            format!("it has to be {BOOTSTRAP}"),
        )),
        None => Some(Finding::problem(format!("{WRAPPER} is not set"), format!("set it to {BOOTSTRAP}"))),
    }
}
