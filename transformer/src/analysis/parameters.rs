//! Which parameter an argument goes to.

use crate::parse::ast::{Arg, Arguments};

/// The parameters that a call by position fills, in order.
pub fn ordered(args: &Arguments) -> impl Iterator<Item = &str> {
    args.posonlyargs.iter().chain(&args.args).map(|arg| arg.def.arg.as_str())
}

pub fn all(args: &Arguments) -> impl Iterator<Item = &str> {
    let gathered = args.vararg.iter().chain(&args.kwarg).map(|arg| arg.arg.as_str());
    ordered(args).chain(args.kwonlyargs.iter().map(|arg| arg.def.arg.as_str())).chain(gathered)
}

/// The parameter of the argument at `index`; those beyond the last one are gathered.
pub fn positional(args: &Arguments, index: usize) -> Option<&str> {
    ordered(args).nth(index).or_else(|| args.vararg.as_deref().map(name))
}

pub fn by_name<'a>(args: &'a Arguments, keyword: &str) -> Option<&'a str> {
    let named = args.args.iter().chain(&args.kwonlyargs).map(|arg| arg.def.arg.as_str());
    named.into_iter().find(|parameter| *parameter == keyword).or_else(|| args.kwarg.as_deref().map(name))
}

fn name(arg: &Arg) -> &str {
    &arg.arg
}
