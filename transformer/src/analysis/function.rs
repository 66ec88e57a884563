//! One function of the module with what the analysis asks of it again and again.

use super::{
    context_managers,
    control_flow::{self, Graph},
    names::{self, Names},
    parameters,
    uses::{ScopeKind, Uses, What},
    variables::Variables,
    walk,
};
use crate::parse::{TextSize, ast};

pub struct Function<'a> {
    pub def: &'a ast::StmtFunctionDef,
    pub graph: Graph<'a>,
    pub uses: Uses<'a>,
    pub variables: Variables<'a>,
    /// The handler itself: which of its parameters is the event.
    pub event_index: Option<usize>,
    /// What the functions around it bind: no global names here.
    enclosing: Vec<&'a str>,
}

impl<'a> Function<'a> {
    /// None: there are too many ways through it.
    pub fn new(def: &'a ast::StmtFunctionDef, names: &Names<'a>, event_index: Option<usize>) -> Option<Self> {
        Self::inside(def, names, event_index, Vec::new())
    }

    /// A function inside of others, which bind the names in `enclosing`.
    pub fn inside(
        def: &'a ast::StmtFunctionDef,
        names: &Names<'a>,
        event_index: Option<usize>,
        enclosing: Vec<&'a str>,
    ) -> Option<Self> {
        let own = bound_names(def);
        let is_global = |name: &str| !own.contains(&name) && !enclosing.contains(&name);
        let swallows = |context: &ast::Expr| {
            !(names::root(context).is_some_and(is_global) && context_managers::lets_exceptions_pass(names, context))
        };
        let graph = control_flow::build(&def.body, &swallows)?;
        let uses = walk::collect_nodes(&graph);
        let variables = Variables::of(def, &uses);
        Some(Self { def, graph, uses, variables, event_index, enclosing })
    }

    /// Where it yields or awaits, if it is a generator.
    pub fn suspends(&self) -> Option<TextSize> {
        let suspends = |found: &&super::uses::Use| matches!(found.what, What::Suspend) && self.is_own(found.scope);
        self.uses.uses.iter().find(suspends).map(|found| found.at)
    }

    fn is_own(&self, mut scope: usize) -> bool {
        while matches!(self.uses.scopes[scope].kind, ScopeKind::Comprehension | ScopeKind::Generator) {
            scope = self.uses.scopes[scope].parent;
        }
        scope == 0
    }

    pub fn parameters(&self) -> impl Iterator<Item = &'a str> {
        parameters::ordered(&self.def.args)
    }

    /// The event's name.
    pub fn event(&self) -> Option<&'a str> {
        self.parameters().nth(self.event_index?)
    }

    /// Whether a name is none of the module's: of this function, or of one around it.
    pub fn is_inner(&self, name: &str) -> bool {
        self.is_local(name) || self.enclosing.contains(&name)
    }

    pub fn is_local(&self, name: &str) -> bool {
        self.variables
            .get(name)
            .is_some_and(|variable| (variable.is_parameter || !variable.bindings.is_empty()) && !variable.is_global)
    }
}

/// Every name that a function's own statements and parameters bind.
pub fn bound_names(def: &ast::StmtFunctionDef) -> Vec<&str> {
    let uses = walk::collect(&def.body);
    let bound = uses.uses.iter().filter(|found| found.scope == 0).filter_map(|found| match found.what {
        What::Bind(name, _) => Some(name),
        _ => None,
    });
    bound.chain(parameters::all(&def.args)).collect()
}
