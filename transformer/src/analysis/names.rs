//! What a name or a dotted expression means, as far as the module's own text says it.

use std::cell::RefCell;

use rustc_hash::FxHashMap;

use super::{constants, known_calls};
use crate::{
    module::{Binding, Module},
    parse::ast::{self, Expr},
};

/// Assignments of one global name to the next.
const MAX_STEPS: usize = 10;

pub struct Names<'m> {
    pub module: &'m Module<'m>,
    /// Whether a module of this name is the user's own.
    is_own_module: &'m dyn Fn(&str) -> bool,
    /// What has been asked before: files are looked for.
    own_modules: RefCell<FxHashMap<String, bool>>,
    /// The same of global names.
    paths: RefCell<FxHashMap<String, Option<String>>>,
}

/// The name that a dotted expression, or a call of one, begins with.
pub fn root(expr: &Expr) -> Option<&str> {
    match expr {
        Expr::Name(name) => Some(&name.id),
        Expr::Attribute(attribute) => root(&attribute.value),
        Expr::Call(call) => root(&call.func),
        _ => None,
    }
}

/// Of an item, what it is an item of.
pub fn container(target: &Expr) -> &Expr {
    match target {
        Expr::Subscript(subscript) => &subscript.value,
        other => other,
    }
}

impl<'m> Names<'m> {
    pub fn new(module: &'m Module<'m>, is_own_module: &'m dyn Fn(&str) -> bool) -> Self {
        Self { module, is_own_module, own_modules: RefCell::default(), paths: RefCell::default() }
    }

    /// The dotted path of a global expression by its imports: `json.dumps`, `builtins.len`, `threading.Lock()`.
    pub fn path(&self, expr: &Expr) -> Option<String> {
        let path = self.path_within(expr, MAX_STEPS)?;
        let (module, name) = path.trim_end_matches("()").rsplit_once('.').unwrap_or(("", &path));
        let root = module.split('.').next().unwrap_or_default();
        // A library is found among the function's own files; something of the standard library's name is not it.
        let is_own = || root != "builtins" && !known_calls::is_library(root) && self.is_own(root);
        let is_certain = || !self.module.changes_path() || known_calls::is_loaded_before(root);
        (!self.module.may_patch(name) && !is_own() && is_certain()).then_some(path)
    }

    fn is_own(&self, module: &str) -> bool {
        if let Some(&known) = self.own_modules.borrow().get(module) {
            return known;
        }
        let is_own = (self.is_own_module)(module);
        self.own_modules.borrow_mut().insert(module.to_owned(), is_own);
        is_own
    }

    fn path_within(&self, expr: &Expr, steps: usize) -> Option<String> {
        let steps = steps.checked_sub(1)?;
        match expr {
            Expr::Name(name) => self.name_path(&name.id, steps),
            Expr::Attribute(attribute) => {
                Some(format!("{}.{}", self.path_within(&attribute.value, steps)?, attribute.attr.as_str()))
            }
            Expr::Call(call) => Some(format!("{}()", self.path_within(&call.func, steps)?)),
            _ => None,
        }
    }

    fn name_path(&self, name: &str, steps: usize) -> Option<String> {
        if let Some(known) = self.paths.borrow().get(name) {
            return known.clone();
        }
        let path = self.bound_path(name, steps);
        self.paths.borrow_mut().insert(name.to_owned(), path.clone());
        path
    }

    fn bound_path(&self, name: &str, steps: usize) -> Option<String> {
        match self.module.binding(name) {
            Some(Binding::Import { module, level: 0, name: None }) => Some(module.to_owned()),
            Some(Binding::Import { module, level: 0, name: Some(name) }) => Some(format!("{module}.{name}")),
            Some(Binding::Value(value)) => self.path_within(value, steps),
            Some(_) => None,
            None => self.module.is_builtin(name).then(|| format!("builtins.{name}")),
        }
    }

    /// The module's own function of this name, if nothing else is ever called so.
    pub fn function(&self, name: &str) -> Option<&'m ast::StmtFunctionDef> {
        match self.module.binding(name) {
            Some(Binding::Function(def)) if !self.module.may_patch(name) => Some(def),
            _ => None,
        }
    }

    /// A global name that is bound to a constant, and to nothing else in this module.
    pub fn is_constant(&self, name: &str) -> bool {
        matches!(self.module.binding(name), Some(Binding::Value(value)) if constants::is_constant(value))
            && !self.module.may_patch(name)
    }

    pub fn lets_exceptions_pass(&self, context: &Expr) -> bool {
        let path = self.path(context);
        path.as_deref().and_then(|path| path.strip_suffix("()")).is_some_and(known_calls::lets_exceptions_pass)
    }
}
