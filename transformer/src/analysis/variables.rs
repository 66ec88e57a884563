//! Where each of the handler's local variables is bound and read.

use rustc_hash::{FxHashMap, FxHashSet};

use super::{
    control_flow::NodeId,
    uses::{How, ScopeKind, Uses, What},
};
use crate::parse::{TextSize, ast};

#[derive(Default)]
pub struct Variable<'a> {
    pub bindings: Vec<Binding>,
    pub loads: Vec<Load<'a>>,
    pub is_parameter: bool,
    /// Declared `global`: other code can bind it too.
    pub is_global: bool,
}

#[derive(Clone, Copy)]
pub struct Binding {
    pub node: NodeId,
    pub at: TextSize,
    pub how: How,
}

#[derive(Clone, Copy)]
pub struct Load<'a> {
    /// The source's own text of it, so that two reads of one name differ.
    pub name: &'a str,
    pub node: NodeId,
    pub at: TextSize,
    /// By code that may run later: a nested function, lambda, class body or generator expression.
    pub captured: bool,
}

pub struct Variables<'a>(FxHashMap<&'a str, Variable<'a>>);

impl<'a> Variables<'a> {
    pub fn of(handler: &'a ast::StmtFunctionDef, uses: &Uses<'a>) -> Self {
        let mut variables: FxHashMap<&str, Variable<'a>> = FxHashMap::default();
        let args = &handler.args;
        let plain = args.posonlyargs.iter().chain(&args.args).chain(&args.kwonlyargs).map(|arg| &arg.def);
        for arg in plain.chain(args.vararg.iter().chain(&args.kwarg).map(|arg| &**arg)) {
            variables.entry(&arg.arg).or_default().is_parameter = true;
        }
        let scopes = Resolver::of(uses);
        for found in &uses.uses {
            let (node, at) = (found.node, found.at);
            match found.what {
                What::Bind(name, how) if found.scope == 0 => {
                    variables.entry(name).or_default().bindings.push(Binding { node, at, how });
                }
                What::Nonlocal(name) => {
                    let how = How::Nonlocal;
                    variables.entry(name).or_default().bindings.push(Binding { node, at, how });
                }
                What::Global(name) if found.scope == 0 => variables.entry(name).or_default().is_global = true,
                What::Load(name) => {
                    if let Some(captured) = scopes.captured(found.scope, name) {
                        variables.entry(name).or_default().loads.push(Load { name, node, at, captured });
                    }
                }
                _ => {}
            }
        }
        Self(variables)
    }

    pub fn iter(&self) -> impl Iterator<Item = (&'a str, &Variable<'a>)> {
        self.0.iter().map(|(&name, variable)| (name, variable))
    }

    /// The source's own text of a name.
    pub fn name(&self, name: &str) -> Option<&'a str> {
        self.0.get_key_value(name).map(|(&name, _)| name)
    }

    pub fn get(&self, name: &str) -> Option<&Variable<'a>> {
        self.0.get(name)
    }
}

struct Resolver<'u, 'a> {
    uses: &'u Uses<'a>,
    bound: FxHashSet<(usize, &'a str)>,
    outer: FxHashSet<(usize, &'a str)>,
}

impl<'u, 'a> Resolver<'u, 'a> {
    fn of(uses: &'u Uses<'a>) -> Self {
        let mut resolver = Self { uses, bound: FxHashSet::default(), outer: FxHashSet::default() };
        for found in &uses.uses {
            match found.what {
                What::Bind(name, _) => drop(resolver.bound.insert((found.scope, name))),
                What::Nonlocal(name) => drop(resolver.outer.insert((found.scope, name))),
                _ => {}
            }
        }
        resolver
    }

    /// None: the name is another scope's. Some: it is the handler's, and whether code that runs later reads it.
    fn captured(&self, mut scope: usize, name: &'a str) -> Option<bool> {
        let mut captured = false;
        while scope != 0 {
            let kind = self.uses.scopes[scope].kind;
            let own = self.bound.contains(&(scope, name)) && !self.outer.contains(&(scope, name));
            if own && kind != ScopeKind::Class {
                return None;
            }
            captured |= kind != ScopeKind::Comprehension;
            scope = self.uses.scopes[scope].parent;
        }
        Some(captured)
    }
}
