//! Which name is used how, where and in which scope.

use crate::parse::TextSize;

/// Everything that a body does with names, in the order of the source.
pub struct Uses<'a> {
    pub scopes: Vec<Scope>,
    pub uses: Vec<Use<'a>>,
}

impl Uses<'_> {
    /// Whether a name that is read in this scope may be one of those of the walked body itself.
    pub fn is_global(&self, mut scope: usize, name: &str) -> bool {
        while scope != 0 {
            let is_here = |found: &&Use| found.scope == scope;
            let mut told = self.uses.iter().filter(is_here).map(|found| found.what);
            let is_bound = told.any(|what| matches!(what, What::Bind(bound, _) if bound == name));
            let mut told = self.uses.iter().filter(is_here).map(|found| found.what);
            let is_declared = told.any(|what| matches!(what, What::Global(declared) if declared == name));
            // What a class does not bind in time is looked for outside.
            if is_bound && !is_declared && self.scopes[scope].kind != ScopeKind::Class {
                return false;
            }
            scope = self.scopes[scope].parent;
        }
        true
    }
}

/// The walked body's own scope is the first.
pub struct Scope {
    pub kind: ScopeKind,
    pub parent: usize,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ScopeKind {
    /// The body that is walked.
    Root,
    /// A `def`, lambda or lazily evaluated annotation: runs later, perhaps never.
    Function,
    Class,
    /// Runs at once, and is over when its value is there.
    Comprehension,
    /// A generator expression: runs while it is consumed.
    Generator,
}

pub struct Use<'a> {
    pub scope: usize,
    /// Node of the control-flow graph; zero where there is none.
    pub node: usize,
    pub at: TextSize,
    pub what: What<'a>,
}

#[derive(Clone, Copy)]
pub enum What<'a> {
    Load(&'a str),
    /// Of this name, loaded next, only one key is read.
    KeyRead(&'a str),
    Bind(&'a str, How),
    Attribute(&'a str),
    /// An attribute that is assigned to, or deleted.
    Store(&'a str),
    /// A module's dotted name.
    Import(&'a str),
    StarImport,
    Global(&'a str),
    Nonlocal(&'a str),
    /// `yield` or `await`.
    Suspend,
    /// A name that Python rewrites because it stands in a class (`__name`).
    Mangled,
}

/// How a name gets its value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum How {
    Assignment,
    AugmentedAssignment,
    Loop,
    With,
    Except,
    Import,
    Definition,
    Walrus,
    /// By a nested function that declares it `nonlocal`.
    Nonlocal,
    Delete,
    Pattern,
    Parameter,
}
