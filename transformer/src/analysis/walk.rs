//! The complete walk behind [`Uses`]: `rustpython_ast`'s own visitor leaves out keywords, with-items, arguments,
//! comprehensions and match cases.

mod expressions;
mod statements;
mod targets;

use super::uses::{How, Scope, ScopeKind, Use, Uses, What};
use crate::parse::{
    TextSize,
    ast::{self},
};

pub fn collect(body: &[ast::Stmt]) -> Uses<'_> {
    let root = Scope { kind: ScopeKind::Root, parent: 0 };
    let mut walk = Walk { found: Uses { scopes: vec![root], uses: Vec::new() }, scope: 0, statement: 0, depth: 0 };
    for (index, statement) in body.iter().enumerate() {
        walk.statement = index;
        walk.stmt(statement);
    }
    walk.found
}

pub fn collect_expr(expr: &ast::Expr) -> Uses<'_> {
    let root = Scope { kind: ScopeKind::Root, parent: 0 };
    let mut walk = Walk { found: Uses { scopes: vec![root], uses: Vec::new() }, scope: 0, statement: 0, depth: 0 };
    walk.expr(expr);
    walk.found
}

struct Walk<'a> {
    found: Uses<'a>,
    scope: usize,
    statement: usize,
    /// Statements around the current one, in any scope.
    depth: usize,
}

impl<'a> Walk<'a> {
    fn add(&mut self, at: TextSize, what: What<'a>) {
        if let What::Load(name) | What::Bind(name, _) | What::Nonlocal(name) | What::Global(name) = what
            && name.starts_with("__")
            && !name.ends_with("__")
            && self.in_class()
        {
            self.push(at, What::Mangled);
        }
        self.push(at, what);
    }

    fn push(&mut self, at: TextSize, what: What<'a>) {
        self.found.uses.push(Use { scope: self.scope, statement: self.statement, at, what });
    }

    fn in_class(&self) -> bool {
        let mut scope = self.scope;
        while scope != 0 {
            if self.found.scopes[scope].kind == ScopeKind::Class {
                return true;
            }
            scope = self.found.scopes[scope].parent;
        }
        false
    }

    fn inside(&mut self, kind: ScopeKind, walk: impl FnOnce(&mut Self)) {
        let outer = self.scope;
        self.found.scopes.push(Scope { kind, parent: outer });
        self.scope = self.found.scopes.len() - 1;
        walk(self);
        self.scope = outer;
    }

    /// A walrus in a comprehension binds in the scope around it.
    fn bind_walrus(&mut self, target: &'a ast::Expr) {
        let inner = self.scope;
        while matches!(self.found.scopes[self.scope].kind, ScopeKind::Comprehension | ScopeKind::Generator) {
            self.scope = self.found.scopes[self.scope].parent;
        }
        self.target(target, How::Walrus);
        self.scope = inner;
    }
}
