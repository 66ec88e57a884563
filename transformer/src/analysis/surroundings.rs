//! Whether the module looks at its own frames, code or references: what it would see then is not as written.

use super::uses::{Uses, What};
use crate::{parse::TextSize, refusal::Refusal};

const NAMES: [&str; 4] = ["eval", "exec", "locals", "vars"];
/// Harmless at module level, where they see nothing of the handler.
const HANDLER_NAMES: [&str; 2] = ["dir", "globals"];
const ATTRIBUTES: [&str; 17] = [
    "__code__",
    "_current_frames",
    "_getframe",
    "currentframe",
    "f_back",
    "f_locals",
    "get_objects",
    "get_referents",
    "get_referrers",
    "getrefcount",
    "getsource",
    "getsourcelines",
    "set_trace",
    "setprofile",
    "settrace",
    "tb_frame",
    "walk_stack",
];
const MODULES: [&str; 4] = ["ctypes", "dis", "gc", "inspect"];

pub fn check(module: &Uses, handler: &Uses) -> Result<(), Refusal> {
    let in_module = module.uses.iter().find_map(|found| Some((name_of(found.what, &NAMES)?, found.at)));
    let in_handler = || handler.uses.iter().find_map(|found| Some((name_of(found.what, &HANDLER_NAMES)?, found.at)));
    match in_module.or_else(in_handler) {
        Some((name, at)) => Err(refusal(name, at)),
        None => Ok(()),
    }
}

fn name_of<'a>(what: What<'a>, names: &[&str]) -> Option<&'a str> {
    match what {
        What::Load(name) if names.contains(&name) || ATTRIBUTES.contains(&name) => Some(name),
        What::Attribute(name) if ATTRIBUTES.contains(&name) => Some(name),
        What::Import(module) => {
            module.split('.').next().filter(|root| MODULES.contains(root) && !names.is_empty()).map(|_| module)
        }
        _ => None,
    }
}

fn refusal(name: &str, at: TextSize) -> Refusal {
    Refusal::at(at, format!("the module can look at its own frames or code: it uses `{name}`"))
}
