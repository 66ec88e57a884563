//! Whether the module looks at its own frames, code or references: what it would see then is not as written.

use super::{
    uses::{Uses, What},
    walk,
};
use crate::{
    module::Module,
    parse::{TextRange, TextSize},
    refusal::Refusal,
};

const NAMES: [&str; 5] = ["breakpoint", "eval", "exec", "locals", "vars"];
/// Harmless at module level, where they see nothing of the handler.
const SCOPE_NAMES: [&str; 2] = ["dir", "globals"];
const ATTRIBUTES: [&str; 19] = [
    "__wrapped__",
    "__code__",
    "_current_frames",
    "_getframe",
    "currentframe",
    "f_back",
    "f_locals",
    "get_objects",
    "get_referents",
    "get_referrers",
    "monitoring",
    "getrefcount",
    "getsource",
    "getsourcelines",
    "set_trace",
    "setprofile",
    "settrace",
    "tb_frame",
    "walk_stack",
];
const MODULES: [&str; 8] = ["bdb", "cProfile", "ctypes", "dis", "gc", "inspect", "pdb", "profile"];

/// `scope` is the function whose fields are to be published.
pub fn check(module: &Module, scope: &Uses) -> Result<(), Refusal> {
    let is_listed = |word: &str| NAMES.contains(&word) || ATTRIBUTES.contains(&word) || MODULES.contains(&word);
    let mut listed: Vec<&str> = module.words().map(|(word, _)| word).filter(|word| is_listed(word)).collect();
    listed.sort_unstable();
    let has_builtins = module.words().any(|(word, _)| matches!(word, "builtins" | "__builtins__"));
    for word in listed {
        for piece in module.pieces_with(word) {
            let Ok(statements) = piece.statements() else {
                return Err(Refusal::at(piece.offset(), format!("a statement that cannot be read mentions `{word}`")));
            };
            let uses = walk::collect(statements);
            let name_in = |what| name_of(what, &NAMES).or_else(|| builtin_of(what, has_builtins));
            if let Some((name, at)) = uses.uses.iter().find_map(|found| Some((name_in(found.what)?, found.at))) {
                return Err(refusal(name, at));
            }
        }
    }
    let in_scope = || scope.uses.iter().find_map(|found| Some((name_of(found.what, &SCOPE_NAMES)?, found.at)));
    in_scope().map_or(Ok(()), |(name, at)| Err(refusal(name, at)))
}

/// `builtins.locals`, and `locals` out of `from builtins import locals`.
fn builtin_of(what: What<'_>, has_builtins: bool) -> Option<&str> {
    match what {
        What::Attribute(name) if has_builtins && NAMES.contains(&name) => Some(name),
        _ => None,
    }
}

fn name_of<'a>(what: What<'a>, names: &[&str]) -> Option<&'a str> {
    match what {
        What::Load(name) if names.contains(&name) || ATTRIBUTES.contains(&name) => Some(name),
        What::Attribute(name) if ATTRIBUTES.contains(&name) => Some(name),
        What::Import(module) => module.split('.').next().filter(|root| MODULES.contains(root)).map(|_| module),
        _ => None,
    }
}

fn refusal(name: &str, at: TextSize) -> Refusal {
    let length = u32::try_from(name.len()).unwrap_or(0);
    Refusal {
        at: Some(TextRange::at(at, length.into())),
        ..Refusal::at(at, format!("the module can look at its own frames or code: it uses `{name}`"))
    }
}
