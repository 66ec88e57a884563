//! Whether the module looks at its own frames, code or references: what it would see then is not as written.

use super::{
    uses::{Uses, What},
    walk,
};
use crate::{
    lexer::{Kind, Lexer},
    module::Module,
    parse::{TextRange, TextSize},
    refusal::Refusal,
};

const NAMES: [&str; 5] = ["breakpoint", "eval", "exec", "locals", "vars"];
/// Harmless at module level, where they see nothing of the handler.
const SCOPE_NAMES: [&str; 2] = ["dir", "globals"];
const ATTRIBUTES: [&str; 31] = [
    "__builtins__",
    "__wrapped__",
    "__code__",
    "_current_frames",
    "addaudithook",
    "ag_code",
    "ag_frame",
    "cr_code",
    "_getframe",
    "cr_frame",
    "currentframe",
    "f_back",
    "f_lasti",
    "f_locals",
    "get_objects",
    "get_referents",
    "get_referrers",
    "monitoring",
    "getrefcount",
    "getsource",
    "getsourcelines",
    "gi_code",
    "gi_frame",
    "meta_path",
    "set_trace",
    "setprofile",
    "settrace",
    "tb_frame",
    "tb_lasti",
    "walk_stack",
    "walk_tb",
];
/// With these, a name in a string counts as one in the source.
const BY_NAME: [&str; 6] = ["__getattribute__", "attrgetter", "getattr", "import_module", "methodcaller", "__import__"];
/// Four of them, such as `executing`, look for the source of the call that they are in.
const MODULES: [&str; 12] = [
    "bdb",
    "cProfile",
    "ctypes",
    "dis",
    "executing",
    "gc",
    "icecream",
    "inspect",
    "pdb",
    "profile",
    "sorcery",
    "varname",
];

/// `scope` is the function whose fields are to be published.
pub fn check(module: &Module, scope: &Uses) -> Result<(), Refusal> {
    let is_listed = |word: &str| NAMES.contains(&word) || ATTRIBUTES.contains(&word) || MODULES.contains(&word);
    let mut listed: Vec<&str> = module.words().map(|(word, _)| word).filter(|word| is_listed(word)).collect();
    listed.sort_unstable();
    let has_builtins = module.words().any(|(word, _)| matches!(word, "builtins" | "__builtins__"));
    if has_builtins && let Some((name, at)) = stored_in_builtins(module) {
        return Err(refusal(name, at));
    }
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
    if let Some((name, at)) = named_in_a_string(module, is_listed) {
        return Err(refusal(name, at));
    }
    let in_scope = || scope.uses.iter().find_map(|found| Some((name_of(found.what, &SCOPE_NAMES)?, found.at)));
    in_scope().map_or(Ok(()), |(name, at)| Err(refusal(name, at)))
}

/// `getattr(sys, "_getframe")`
fn named_in_a_string<'m>(module: &Module<'m>, is_listed: impl Fn(&str) -> bool) -> Option<(&'m str, TextSize)> {
    if !module.words().any(|(word, _)| BY_NAME.contains(&word)) {
        return None;
    }
    let text = module.text;
    let strings = Lexer::new(text).filter(|token| matches!(token.kind, Kind::String { .. }));
    let mut words = strings.flat_map(|token| {
        let is_no_name = |char: char| !char.is_alphanumeric() && char != '_';
        text[token.start..token.end].split(is_no_name).filter(|word| !word.is_empty())
    });
    let word = words.find(|word| is_listed(word))?;
    let at = word.as_ptr() as usize - text.as_ptr() as usize;
    Some((word, TextSize::try_from(at).unwrap_or_default()))
}

/// What the worker calls meanwhile would be called by another name.
fn stored_in_builtins<'m>(module: &'m Module) -> Option<(&'m str, TextSize)> {
    let pieces = module.pieces_with("builtins").into_iter().filter_map(|piece| piece.statements().ok());
    let stores = pieces.flat_map(|statements| walk::collect(statements).uses).filter_map(|found| match found.what {
        What::Store(name) => Some((name, found.at)),
        _ => None,
    });
    // By another name for it, perhaps; this one says more.
    let stores: Vec<(&str, TextSize)> = stores.collect();
    let is_by_name = |store: &&(&str, TextSize)| module.text[store.1.to_usize()..].starts_with("builtins");
    stores.iter().find(is_by_name).or(stores.first()).copied()
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
