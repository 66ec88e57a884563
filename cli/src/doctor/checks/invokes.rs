//! A handler that starts functions itself, as far as the text of its module tells.

use unum_transformer::OtherModule;

use crate::doctor::{Finding, chain::Function};

const CALLS: [&str; 2] = [".invoke(", ".invoke_async("];
const CLIENTS: [&str; 4] =
    [".client('lambda'", ".client(\"lambda\"", ".client(service_name='lambda'", ".client(service_name=\"lambda\""];

pub fn check(function: &Function) -> Option<Finding> {
    if function.next().is_empty() {
        return None;
    }
    let OtherModule { path, source, .. } = function.handler_module()?;
    let line = call(&String::from_utf8_lossy(&source))?;
    Some(Finding::advice(
        format!("{path}:{line} invokes a function itself: if that is its next, it runs twice"),
        "take that call out: the layer does it, see \"Attach it to functions that exist\" in the README",
    ))
}

/// The line of the first call that invokes a function.
fn call(source: &str) -> Option<usize> {
    let lines: Vec<String> = source.lines().map(bare).collect();
    let clients: Vec<&str> = lines.iter().filter_map(|line| client(line)).collect();
    let invokes = |line: &String| {
        CALLS.iter().any(|call| {
            line.match_indices(call).any(|(at, _)| {
                let before = &line[..at];
                CLIENTS.iter().any(|client| before.contains(client))
                    || clients.iter().any(|name| ends_with(before, name))
            })
        })
    };
    lines.iter().position(invokes).map(|index| index + 1)
}

/// The line without spaces and what is, by its look, a comment.
fn bare(line: &str) -> String {
    let code = line.split(" #").next().unwrap_or_default();
    if code.trim_start().starts_with('#') { String::new() } else { code.split_whitespace().collect() }
}

/// What a client of Lambda's is bound to: `client` of `client=boto3.client('lambda')`.
fn client(line: &str) -> Option<&str> {
    let at = CLIENTS.iter().find_map(|client| line.find(client))?;
    let (name, _) = line[..at].split_once('=')?;
    let name = name.rsplit_once(':').map_or(name, |(before, after)| if is_name(before) { before } else { after });
    is_name(name).then_some(name)
}

fn is_name(text: &str) -> bool {
    !text.is_empty() && text.chars().all(|c| c.is_alphanumeric() || matches!(c, '_' | '.'))
}

/// Whether the text ends with this name, and with no longer one. Spaces are gone: `return` may stand right before.
fn ends_with(text: &str, name: &str) -> bool {
    let Some(before) = text.strip_suffix(name) else { return false };
    let is_other = before.ends_with(|c: char| c.is_alphanumeric() || matches!(c, '_' | '.'));
    !is_other || ["return", "await"].iter().any(|word| before.ends_with(word))
}
