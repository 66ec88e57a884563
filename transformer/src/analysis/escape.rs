//! Which uses of a variable's value may change it or keep it for others to change.
//!
//! The value is one that JSON can hold: made of exact dicts, lists, tuples, strings and numbers. What is published is
//! checked for that when the program runs, so nothing else needs to be right here.

mod calls;
mod expressions;
mod plain;
mod statements;
mod stores;
mod taint;

use std::collections::BTreeMap;

use rustc_hash::{FxHashMap, FxHashSet};

pub use taint::Taint;

use super::{
    control_flow::{NodeId, Part},
    function::Function,
    program::Program,
};
use crate::parse::{
    TextRange,
    ast::{Expr, Ranged, Stmt},
};

/// Whose value is asked about, and what may be done with it all the same.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Root<'a> {
    Value(&'a str),
    /// The same, or else a value of an unknown class.
    Mixed(&'a str),
    /// A result that is being filled: its keys are asked about, not its values; what `dict_states` understands may be
    /// done with it.
    Result(&'a str),
    /// What is under this key in the dict of a variable.
    Slot(&'a str, &'a str),
    /// Arguments gathered into a tuple or dict of the function's own.
    Gathered(&'a str),
    /// The keys of a dict that nothing may be done with.
    Keys(&'a str),
    /// A container of the function's own: any change of the container itself.
    Container(&'a str),
}

impl<'a> Root<'a> {
    fn name(self) -> &'a str {
        match self {
            Self::Value(name)
            | Self::Mixed(name)
            | Self::Result(name)
            | Self::Slot(name, _)
            | Self::Gathered(name)
            | Self::Keys(name)
            | Self::Container(name) => name,
        }
    }
}

#[derive(Default)]
pub struct Harm<'a> {
    /// By node, what in the source does it.
    pub nodes: BTreeMap<NodeId, TextRange>,
    /// A nested function, lambda or generator expression that has it.
    pub captured: Option<TextRange>,
    pub returned: Taint,
    /// Of a container: what the function itself puts into it.
    puts: Vec<&'a Expr>,
    /// It puts something into it that no expression tells.
    puts_more: bool,
}

pub fn analyse<'a>(program: &Program<'a>, function: &Function<'a>, root: Root<'a>) -> Harm<'a> {
    Escape::new(program, function, root).run()
}

/// Whether an expression of the function holds what this variable has.
pub fn gives<'a>(program: &Program<'a>, function: &Function<'a>, name: &'a str, expr: &'a Expr) -> bool {
    let mut escape = Escape::new(program, function, Root::Value(name));
    escape.run_all();
    escape.eval(expr).any()
}

struct Escape<'e, 'a> {
    program: &'e Program<'a>,
    function: &'e Function<'a>,
    root: Root<'a>,
    taints: FxHashMap<&'a str, Taint>,
    /// Names that comprehensions and lambdas around the current expression bind.
    inner: Vec<(&'a str, Taint)>,
    /// Times that one of them was read that has something to do with it.
    inner_reads: usize,
    harm: Harm<'a>,
    /// For a slot: another key of the same dict may hold it, too.
    is_shared: bool,
    /// What is being done now is a step that `dict_states` knows.
    is_step: bool,
    node: NodeId,
    todo: Vec<NodeId>,
    queued: FxHashSet<NodeId>,
    /// Of containers that the function made itself, the nodes at which somebody else may have them.
    shared: FxHashMap<&'a str, Option<Vec<bool>>>,
}

impl<'e, 'a> Escape<'e, 'a> {
    fn new(program: &'e Program<'a>, function: &'e Function<'a>, root: Root<'a>) -> Self {
        Self {
            program,
            function,
            root,
            taints: FxHashMap::default(),
            inner: Vec::new(),
            inner_reads: 0,
            harm: Harm::default(),
            is_shared: false,
            is_step: false,
            node: 0,
            todo: Vec::new(),
            queued: FxHashSet::default(),
            shared: FxHashMap::default(),
        }
    }

    fn run(mut self) -> Harm<'a> {
        self.run_all();
        self.harm
    }

    fn run_all(&mut self) {
        let taint = match self.root {
            Root::Value(_) | Root::Result(_) | Root::Keys(_) | Root::Container(_) => Taint::PIECE,
            Root::Mixed(_) => Taint::PIECE.mixed(),
            Root::Slot(..) | Root::Gathered(_) => Taint::HOLDER.mixed(),
        };
        self.taint(self.root.name(), taint);
        while let Some(node) = self.todo.pop() {
            self.queued.remove(&node);
            self.node = node;
            self.part(self.function.graph.nodes[node].part);
        }
    }

    /// From now on `name` may hold this, too; whatever reads it is looked at (again).
    fn taint(&mut self, name: &'a str, taint: Taint) {
        if !taint.any() {
            return;
        }
        let Some(variable) = self.function.variables.get(name) else { return };
        if variable.is_global || variable.bindings.iter().any(|binding| binding.how == super::uses::How::Nonlocal) {
            let at = variable.bindings.first().map_or_else(TextRange::default, |binding| TextRange::empty(binding.at));
            self.harm.captured.get_or_insert(at);
        }
        let known = self.taints.entry(name).or_default();
        if known.includes(taint) {
            return;
        }
        *known |= taint;
        for load in &variable.loads {
            if load.captured {
                let length = u32::try_from(load.name.len()).unwrap_or(0);
                self.harm.captured.get_or_insert(TextRange::at(load.at, length.into()));
            }
            if self.queued.insert(load.node) {
                self.todo.push(load.node);
            }
        }
    }

    fn harmed(&mut self, by: TextRange) {
        self.harm.nodes.entry(self.node).or_insert(by);
    }

    fn harmed_if(&mut self, taint: Taint, by: TextRange) {
        if taint.any() {
            self.harmed(by);
        }
    }

    fn part(&mut self, part: Part<'a>) {
        match part {
            Part::Simple(statement) => self.statement(statement),
            Part::Return { value, .. } => {
                if let Some(value) = value {
                    let taint = self.eval(value);
                    self.harm.returned |= taint;
                }
            }
            Part::Test(expr) => {
                self.eval(expr);
            }
            Part::Iterate(expr) => {
                let taint = self.eval(expr);
                let next = self.function.graph.nodes[self.node].next.first();
                if let Some(Part::Next { target, .. }) = next.map(|&next| self.function.graph.nodes[next].part) {
                    self.assign(target, self.element(taint), None);
                }
            }
            Part::Enter(item) => {
                let taint = self.eval(&item.context_expr);
                self.harmed_if(taint, item.context_expr.range());
            }
            Part::BindWith(item) => {
                if let Some(target) = &item.optional_vars {
                    self.assign(target, Taint::NONE, None);
                }
            }
            Part::Subject(subject) => {
                let taint = self.eval(subject);
                for node in &self.function.graph.nodes {
                    if let Part::Case { case, subject: of } = node.part
                        && std::ptr::eq(of, subject)
                        && taint.any()
                    {
                        self.pattern(&case.pattern, taint);
                    }
                }
            }
            Part::Case { case, .. } => {
                if let Some(guard) = &case.guard {
                    self.eval(guard);
                }
            }
            // A loop's target may store into what is asked about.
            Part::Next { target, .. } => self.assign(target, Taint::NONE, None),
            Part::Entry | Part::Exit | Part::FallsOff | Part::Leave | Part::Join | Part::Unbind(_) => {}
            Part::Except(handler) => {
                if let Some(kind) = &handler.type_ {
                    self.eval(kind);
                }
            }
        }
    }

    /// What iterating or subscripting gives.
    pub(super) fn element(&self, taint: Taint) -> Taint {
        match self.root {
            // Of a result only the dict itself is asked about; what holds it may hold it deeper.
            Root::Result(_) | Root::Keys(_) if !taint.is_holder() => Taint::NONE,
            Root::Result(_) | Root::Keys(_) => (Taint::PIECE | Taint::HOLDER).mixed_if(taint.is_mixed()),
            _ if taint.any() => Taint::PIECE.mixed_if(taint.is_mixed()),
            _ => Taint::NONE,
        }
    }

    fn lookup(&self, name: &str) -> Taint {
        match self.inner.iter().rev().find(|(inner, _)| *inner == name) {
            Some((_, taint)) => *taint,
            None => self.taints.get(name).copied().unwrap_or_default(),
        }
    }

    fn read(&mut self, name: &str) -> Taint {
        let taint = self.lookup(name);
        if taint.any() && self.inner.iter().any(|(inner, _)| *inner == name) {
            self.inner_reads += 1;
        }
        taint
    }
}

/// The value that a simple assignment gives to this name alone.
pub fn bound_value<'a>(part: Part<'a>, name: &str) -> Option<&'a Expr> {
    match part {
        Part::Simple(Stmt::Assign(assign)) => match assign.targets.as_slice() {
            [Expr::Name(target)] if target.id.as_str() == name => Some(&assign.value),
            _ => None,
        },
        Part::Simple(Stmt::AnnAssign(assign)) => match &*assign.target {
            Expr::Name(target) if target.id.as_str() == name => assign.value.as_deref(),
            _ => None,
        },
        _ => None,
    }
}
