//! Values whose operators run nobody's code: what JSON can hold, and other results of Python's own functions.

use std::cell::{Cell, RefCell};

use super::{Escape, bound_value};
use crate::{
    analysis::{control_flow::Part, known_calls, names, uses::How},
    parse::ast::{self, Expr, Stmt},
};

/// Expressions that are looked at to answer one question.
const MAX_STEPS: usize = 400;

impl Escape<'_, '_> {
    pub(super) fn is_plain(&self, expr: &Expr) -> bool {
        Plain::new(self).expr(expr)
    }

    /// Whether looking this container up by a piece shows the piece to nobody.
    pub(super) fn takes_key(&mut self, container: &Expr) -> bool {
        self.is_plain(container)
    }

    /// Whether a name only ever holds numbers and texts, which `+=` replaces.
    pub(super) fn is_scalar(&self, name: &str) -> bool {
        Plain::new(self).holds_scalars(name)
    }

    pub(super) fn is_new_container(&self, value: &Expr) -> bool {
        match value {
            Expr::List(_) | Expr::Dict(_) | Expr::Set(_) | Expr::ListComp(_) | Expr::SetComp(_) | Expr::DictComp(_) => {
                true
            }
            Expr::Call(call) => {
                names::root(&call.func).is_some_and(|root| !self.function.is_inner(root))
                    && self.program.names.path(&call.func).is_some_and(|path| known_calls::makes_container(&path))
            }
            _ => false,
        }
    }
}

struct Plain<'p, 'e, 'a> {
    escape: &'p Escape<'e, 'a>,
    steps: Cell<usize>,
    /// Containers whose contents are being looked at.
    asking: RefCell<Vec<&'a str>>,
}

impl<'p, 'e, 'a> Plain<'p, 'e, 'a> {
    fn new(escape: &'p Escape<'e, 'a>) -> Self {
        Self { escape, steps: Cell::new(MAX_STEPS), asking: RefCell::default() }
    }

    fn expr(&self, expr: &Expr) -> bool {
        let Some(left) = self.steps.get().checked_sub(1) else { return false };
        self.steps.set(left);
        let all = |exprs: &[Expr]| exprs.iter().all(|expr| self.expr(expr));
        match expr {
            Expr::Constant(_) | Expr::JoinedStr(_) => true,
            Expr::Compare(compare) => self.expr(&compare.left) && all(&compare.comparators),
            Expr::ListComp(list) => self.expr(&list.elt),
            Expr::SetComp(set) => self.expr(&set.elt),
            Expr::DictComp(dict) => self.expr(&dict.key) && self.expr(&dict.value),
            Expr::List(list) => all(&list.elts),
            Expr::Tuple(tuple) => all(&tuple.elts),
            Expr::Set(set) => all(&set.elts),
            Expr::Dict(dict) => dict.keys.iter().flatten().all(|key| self.expr(key)) && all(&dict.values),
            Expr::BoolOp(operation) => all(&operation.values),
            Expr::UnaryOp(operation) => self.expr(&operation.operand),
            Expr::BinOp(operation) => self.expr(&operation.left) && self.expr(&operation.right),
            Expr::IfExp(choice) => self.expr(&choice.body) && self.expr(&choice.orelse),
            Expr::Subscript(subscript) => self.expr(&subscript.value) && self.expr(&subscript.slice),
            Expr::Slice(slice) => {
                [&slice.lower, &slice.upper, &slice.step].into_iter().flatten().all(|part| self.expr(part))
            }
            Expr::Call(call) => self.call(call),
            Expr::Name(name) => self.name(&name.id),
            _ => false,
        }
    }

    fn call(&self, call: &ast::ExprCall) -> bool {
        let args = || call.args.iter().chain(call.keywords.iter().map(|keyword| &keyword.value));
        let are_plain = || args().all(|arg| self.expr(arg));
        match &*call.func {
            Expr::Attribute(method) if self.expr(&method.value) => {
                known_calls::method(method.attr.as_str()).is_some() && are_plain()
            }
            func => self.escape.known(func).is_some() && are_plain(),
        }
    }

    fn name(&self, name: &str) -> bool {
        let escape = self.escape;
        if let Some((_, taint)) = escape.inner.iter().rev().find(|(inner, _)| *inner == name) {
            return taint.any() && !taint.is_mixed();
        }
        let taint = escape.lookup(name);
        if taint.any() {
            return !taint.is_mixed();
        }
        let variable = escape.function.variables.get(name).filter(|_| escape.function.is_local(name));
        let Some(variable) = variable else {
            return !escape.function.is_inner(name) && escape.program.names.is_constant(name);
        };
        if escape.function.event() == Some(name) {
            return variable.bindings.is_empty() && self.stays_plain(name);
        }
        !variable.is_parameter
            && variable.bindings.iter().all(|binding| {
                let part = escape.function.graph.nodes[binding.node].part;
                match part {
                    Part::Simple(Stmt::AugAssign(assign)) => self.or_itself(&assign.value, name),
                    Part::Next { target, iter } if target.is_name_expr() => self.expr(iter),
                    _ if binding.how == How::Assignment => {
                        bound_value(part, name).is_some_and(|value| self.or_itself(value, name))
                    }
                    _ => false,
                }
            })
            && (self.holds_scalars(name) || self.stays_plain(name))
    }

    fn holds_scalars(&self, name: &str) -> bool {
        let function = self.escape.function;
        let Some(variable) = function.variables.get(name).filter(|_| function.is_local(name)) else { return false };
        !variable.is_parameter
            && variable.bindings.iter().all(|binding| match function.graph.nodes[binding.node].part {
                Part::Simple(Stmt::AugAssign(_)) => true,
                part => bound_value(part, name).is_some_and(|value| self.scalar(value)),
            })
    }

    /// Whether nothing of an unknown class is ever put into the container that a variable holds.
    fn stays_plain(&self, name: &str) -> bool {
        let Some(name) = self.escape.function.variables.name(name) else { return false };
        if self.asking.borrow().contains(&name) {
            return true;
        }
        let Some(harm) = self.escape.program.container(self.escape.function, name) else { return false };
        self.asking.borrow_mut().push(name);
        let stays = harm.captured.is_none()
            && harm.nodes.is_empty()
            && !harm.puts_more
            && harm.puts.iter().all(|put| self.expr(put));
        self.asking.borrow_mut().pop();
        stays
    }

    /// `total = total + 1` says nothing new of `total`.
    fn or_itself(&self, value: &Expr, name: &str) -> bool {
        match value {
            Expr::BinOp(operation) => self.or_itself(&operation.left, name) && self.or_itself(&operation.right, name),
            Expr::Name(read) if read.id.as_str() == name => true,
            other => self.expr(other),
        }
    }

    fn scalar(&self, value: &Expr) -> bool {
        match value {
            Expr::Constant(_) | Expr::JoinedStr(_) => true,
            Expr::UnaryOp(operation) => self.scalar(&operation.operand),
            Expr::BinOp(operation) => self.scalar(&operation.left) && self.scalar(&operation.right),
            Expr::Call(call) => {
                self.escape.path(&call.func).is_some_and(|path| known_calls::gives_scalar(&path)) && self.expr(value)
            }
            _ => false,
        }
    }
}
