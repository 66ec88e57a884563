//! The complete walk behind [`Uses`]: `rustpython_ast`'s own visitor leaves out keywords, with-items, arguments,
//! comprehensions and match cases.

mod expressions;
mod statements;
mod targets;

use super::{
    control_flow::{Graph, Part},
    uses::{How, Scope, ScopeKind, Use, Uses, What},
};
use crate::parse::{
    TextSize,
    ast::{self, Ranged},
};

/// What statements do with names.
pub fn collect(body: &[ast::Stmt]) -> Uses<'_> {
    let mut walk = Walk::default();
    walk.body(body);
    walk.found
}

/// What each node of a function's control-flow graph does with names.
pub fn collect_nodes<'a>(graph: &Graph<'a>) -> Uses<'a> {
    let mut walk = Walk::default();
    for (index, node) in graph.nodes.iter().enumerate() {
        walk.node = index;
        walk.part(node.part);
    }
    walk.found
}

struct Walk<'a> {
    found: Uses<'a>,
    scope: usize,
    node: usize,
}

impl Default for Walk<'_> {
    fn default() -> Self {
        let root = Scope { kind: ScopeKind::Root, parent: 0 };
        Self { found: Uses { scopes: vec![root], uses: Vec::new() }, scope: 0, node: 0 }
    }
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
        self.found.uses.push(Use { scope: self.scope, node: self.node, at, what });
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

    fn part(&mut self, part: Part<'a>) {
        match part {
            Part::Entry | Part::Exit | Part::Leave | Part::Join | Part::FallsOff => {}
            Part::Simple(statement) => self.stmt(statement),
            Part::Return { value, .. } => self.maybe(value),
            Part::Test(expr) | Part::Iterate(expr) | Part::Subject(expr) => self.expr(expr),
            Part::Next { target, .. } => self.target(target, How::Loop),
            Part::Enter(item) => self.expr(&item.context_expr),
            Part::BindWith(item) => {
                if let Some(target) = &item.optional_vars {
                    self.target(target, How::With);
                }
            }
            Part::Case { case, .. } => {
                self.pattern(&case.pattern);
                self.maybe(case.guard.as_deref());
            }
            Part::Except(handler) => self.except(handler),
            Part::Unbind(handler) => {
                if let Some(name) = &handler.name {
                    self.add(handler.start(), What::Bind(name, How::Delete));
                }
            }
        }
    }

    fn inside(&mut self, kind: ScopeKind, walk: impl FnOnce(&mut Self)) {
        let outer = self.scope;
        self.found.scopes.push(Scope { kind, parent: outer });
        self.scope = self.found.scopes.len() - 1;
        walk(self);
        self.scope = outer;
    }

    /// A walrus in a comprehension binds in the scope around it; in a generator expression it may do so at any later time.
    fn bind_walrus(&mut self, target: &'a ast::Expr) {
        let inner = self.scope;
        let mut is_later = false;
        while let kind @ (ScopeKind::Comprehension | ScopeKind::Generator) = self.found.scopes[self.scope].kind {
            is_later |= kind == ScopeKind::Generator;
            self.scope = self.found.scopes[self.scope].parent;
        }
        self.target(target, How::Walrus);
        if let (true, 0, ast::Expr::Name(name)) = (is_later, self.scope, target) {
            self.add(name.range.start(), What::Nonlocal(&name.id));
        }
        self.scope = inner;
    }
}
