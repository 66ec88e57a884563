//! What is looked at, one question a function.

use std::path::PathBuf;

use unum_transformer::Verdict;

use super::{
    Finding,
    chain::{Function, Value},
    template::Table,
};
use crate::module::{Module, Options};

const WRAPPER: &str = "AWS_LAMBDA_EXEC_WRAPPER";
const BOOTSTRAP: &str = "/opt/bootstrap";
const RUNTIMES: [&str; 5] = ["python3.9", "python3.10", "python3.11", "python3.12", "python3.13"];
/// What must be the same on every function of a chain.
const SHARED: [&str; 2] = ["UNUM_STRICT", "UNUM_SIGNING_KEY"];

/// What is known of a table.
#[derive(Debug, Clone)]
pub enum Looked {
    Table(Table),
    NoTable,
    /// And why, if it was asked for.
    Unknown(Option<String>),
}

/// What a function refers to.
pub trait Surroundings {
    fn table(&self, value: &Value) -> Looked;

    /// Those that a layer is for; none if that is not said.
    fn architectures(&self, layer: &Value) -> Vec<String>;
}

/// Whether a function has to do with streaming: by its own settings, or as somebody's next.
pub fn is_involved(function: &Function, all: &[Function]) -> bool {
    function.variables.keys().any(|name| name.starts_with("UNUM_"))
        || function.text(WRAPPER) == Some(BOOTSTRAP)
        || is_next(function, all)
}

pub fn examine(function: &Function, all: &[Function], around: &dyn Surroundings, options: &Options) -> Vec<Finding> {
    let mut findings = Vec::new();
    if !function.next().is_empty() {
        findings.push(streams(function, options));
    }
    findings.extend(attached(function, around));
    findings.extend(settings(function, all));
    findings.extend(next(function, all));
    findings.extend(permissions(function, all));
    findings.extend(table(function, around));
    findings
}

/// About all functions together.
pub fn whole(involved: &[&Function], count: usize) -> Vec<Finding> {
    if involved.is_empty() {
        return vec![Finding::problem(
            format!("none of the {count} functions has to do with the layer"),
            "set AWS_LAMBDA_EXEC_WRAPPER, UNUM_TABLE and UNUM_NEXT as the README says",
        )];
    }
    SHARED
        .iter()
        .filter(|name| involved.iter().any(|one| one.has(name)) && !involved.iter().all(|one| one.has(name)))
        .map(|name| {
            Finding::problem(
                format!("{name} is set on some functions and not on others"),
                "set it on every function of the chain, to the same value",
            )
        })
        .collect()
}

fn is_next(function: &Function, all: &[Function]) -> bool {
    all.iter().any(|other| other.next().iter().any(|next| function.is_meant_by(next)))
}

/// What the transformer says of the handler.
fn streams(function: &Function, options: &Options) -> Finding {
    if function.text("UNUM_STREAMING").is_some_and(|text| text.eq_ignore_ascii_case("off")) {
        return Finding::advice(
            "its result goes to next whole, at the return: UNUM_STREAMING is off",
            "set it to auto",
        );
    }
    let Some((file, name)) = handler_file(function) else {
        return Finding::advice(
            "what it would stream cannot be told: its source is not in a folder that is named here",
            "try `unum-streaming analyze` on the handler's file",
        );
    };
    let trusted = function.text("UNUM_TRUST_DECORATORS").map_or_else(Vec::new, |names| {
        names.split(',').map(|name| name.trim().to_owned()).filter(|name| !name.is_empty()).collect()
    });
    let options = Options { trusted_decorators: [options.trusted_decorators.clone(), trusted].concat() };
    let decided = Module::read(&file).and_then(|module| module.decide(&name, &options));
    let report = match decided {
        Ok(transformation) => transformation.report,
        Err(error) => return Finding::problem(error.to_string(), "mend the file, or the function's Handler"),
    };
    let place = report.line.map_or(file.display().to_string(), |line| format!("{}:{line}", file.display()));
    if !report.can_stream {
        let help =
            report.help.unwrap_or_else(|| format!("`unum-streaming analyze {}` shows the place", file.display()));
        return Finding::problem(format!("nothing streams: {place}: {}", report.reason), help);
    }
    let with = |verdict| {
        let fields = report.fields.iter().filter(|field| field.verdict == verdict);
        fields.map(|field| field.field_name.clone()).collect::<Vec<_>>().join(", ")
    };
    match with(Verdict::AtReturn) {
        late if late.is_empty() => Finding::fine(format!("streams {}", with(Verdict::Published))),
        late => Finding::fine(format!("streams {}; at the return: {late}", with(Verdict::Published))),
    }
}

/// The module that Handler names, and the function in it.
fn handler_file(function: &Function) -> Option<(PathBuf, String)> {
    let (module, name) = function.handler.as_deref()?.rsplit_once('.')?;
    let base = function.folder.as_ref()?.join(module.replace('.', "/"));
    let file = [base.join("__init__.py"), base.with_added_extension("py")].into_iter().find(|file| file.is_file())?;
    Some((file, name.to_owned()))
}

/// Layer, wrapper and runtime.
fn attached(function: &Function, around: &dyn Surroundings) -> Vec<Finding> {
    if function.is_image {
        return vec![Finding::advice(
            "it is a container image: whether the layer is in it cannot be told",
            "docs/containers.md has a Dockerfile for each of AWS's base images",
        )];
    }
    let mut findings = Vec::new();
    let is_managed = function.runtime.as_deref().is_none_or(|runtime| !runtime.starts_with("provided"));
    match function.runtime.as_deref() {
        Some(runtime) if is_managed && !RUNTIMES.contains(&runtime) => {
            let newest = RUNTIMES[RUNTIMES.len() - 1];
            findings.push(Finding::problem(
                format!("it runs on {runtime}, and the layer on {} to {newest}", RUNTIMES[0]),
                "change its Runtime, or take the layer off it",
            ));
        }
        _ => {}
    }
    if function.layers.is_empty() {
        findings.push(Finding::problem("it has no layer", "add the layer's ARN to its Layers"));
    }
    for layer in &function.layers {
        let fits = around.architectures(layer);
        if !fits.is_empty() && !fits.contains(&function.architecture) {
            findings.push(Finding::problem(
                format!("it runs on {}, and a layer of its on {}", function.architecture, fits.join(", ")),
                "`make layer ARCH=arm64` makes the layer for Graviton",
            ));
        }
    }
    match function.text(WRAPPER) {
        Some(BOOTSTRAP) => {}
        _ if !is_managed => {}
        Some(other) => findings.push(Finding::problem(
            format!("{WRAPPER} is {other}"),
            format!("set it to {BOOTSTRAP}, and UNUM_EXEC_WRAPPER to {other}"),
        )),
        None => findings.push(Finding::problem(format!("{WRAPPER} is not set"), format!("set it to {BOOTSTRAP}"))),
    }
    findings
}

fn settings(function: &Function, all: &[Function]) -> Vec<Finding> {
    let mut findings = Vec::new();
    if !function.has("UNUM_TABLE") {
        findings.push(Finding::problem("UNUM_TABLE is not set", "set it to the chain's field store"));
    }
    match (function.is_on("UNUM_ENTRY"), is_next(function, all)) {
        (true, true) => findings.push(Finding::problem(
            "UNUM_ENTRY is true, and another function's result goes to it: it would take future references for data",
            "take UNUM_ENTRY away",
        )),
        (false, false) if every_next_is_known(all) => findings.push(Finding::advice(
            "nothing here starts it, and UNUM_ENTRY is not set: whoever invokes it may send an envelope",
            "set UNUM_ENTRY to true if the chain begins here",
        )),
        _ => {}
    }
    findings
}

/// Whether no function's result may go to one of these without that being seen.
fn every_next_is_known(all: &[Function]) -> bool {
    all.iter().flat_map(Function::next).all(|next| all.iter().any(|function| function.is_meant_by(&next)))
}

fn next(function: &Function, all: &[Function]) -> Vec<Finding> {
    let mut findings = Vec::new();
    for (value, name) in function.next().iter().zip(function.next_names()) {
        if function.is_meant_by(value) && !function.is_on("UNUM_ALLOW_RECURSION") {
            findings.push(Finding::problem(
                "UNUM_NEXT names the function itself: it refuses to start",
                "name another function, or set UNUM_ALLOW_RECURSION to true if that is meant to be",
            ));
            continue;
        }
        match all.iter().find(|other| other.is_meant_by(value)) {
            Some(other) if other.text(WRAPPER) != Some(BOOTSTRAP) && !other.is_image => {
                findings.push(Finding::problem(
                    format!("its next, {name}, has not the layer: it would see future references instead of values"),
                    format!("attach the layer to {name}"),
                ));
            }
            Some(other) if other.timeout < function.timeout => findings.push(Finding::advice(
                format!(
                    "its next, {name}, has {} seconds, and it waits for fields for as long as this function runs, {}",
                    other.timeout, function.timeout
                ),
                format!("give {name} as much time"),
            )),
            Some(_) => {}
            None => findings.push(Finding::advice(
                format!("its next, {name}, cannot be seen from here: whether it has the layer cannot be told"),
                "attach the layer there first",
            )),
        }
    }
    findings
}

fn permissions(function: &Function, all: &[Function]) -> Vec<Finding> {
    let (writes, reads) = (!function.next().is_empty(), is_next(function, all));
    let mut needed = Vec::new();
    if writes {
        needed.push("lambda:InvokeFunction");
    }
    if writes || function.is_on("UNUM_CHECKPOINT") {
        needed.push("dynamodb:PutItem");
    }
    if writes || reads || function.is_on("UNUM_CHECKPOINT") {
        needed.push("dynamodb:Query");
    }
    if reads {
        needed.push("dynamodb:BatchGetItem");
    }
    let missing: Vec<&str> = needed.iter().copied().filter(|action| function.may(action) == Some(false)).collect();
    let unknown = needed.iter().any(|action| function.may(action).is_none());
    if !missing.is_empty() {
        let where_ = "on the table, or on the next function";
        return vec![Finding::problem(
            format!("it may not {}", missing.join(", ")),
            format!("allow it in its policies, {where_}"),
        )];
    }
    if unknown {
        let help = format!("it needs {}", needed.join(", "));
        return vec![Finding::advice("some of its policies cannot be seen here: what it may do cannot be told", help)];
    }
    Vec::new()
}

/// Keys and time to live, where the table is known.
fn table(function: &Function, around: &dyn Surroundings) -> Vec<Finding> {
    let Some(value @ (Value::Resource(id) | Value::Text(id))) = function.variables.get("UNUM_TABLE") else {
        return Vec::new();
    };
    let table = match around.table(value) {
        Looked::Table(table) => table,
        Looked::NoTable => {
            return vec![Finding::problem(format!("UNUM_TABLE is {id}, which is no table"), "name a DynamoDB table")];
        }
        Looked::Unknown(None) => return Vec::new(),
        Looked::Unknown(Some(cause)) => {
            let what = format!("table {id} could not be looked at: {cause}");
            return vec![Finding::advice(what, "it needs dynamodb:DescribeTable and dynamodb:DescribeTimeToLive")];
        }
    };
    let mut findings = Vec::new();
    let key = |name: &str, kind: &str| (name.to_owned(), kind.to_owned(), "S".to_owned());
    if table.keys != [key("stream", "HASH"), key("field", "RANGE")] {
        findings.push(Finding::problem(
            format!("table {id} has other keys than the field store's"),
            "its partition key is `stream` and its sort key `field`, both strings",
        ));
    }
    if table.time_to_live.as_deref() != Some("expires_at") {
        findings.push(Finding::advice(
            format!("table {id} keeps fields for ever"),
            "switch its time to live on, with the attribute `expires_at`",
        ));
    }
    findings
}
