//! Where something is put: names, containers and attributes, and who may have these.

use super::{Escape, Root, Taint, bound_value};
use crate::{
    analysis::constants,
    parse::{
        TextRange,
        ast::{self, Expr, Ranged},
    },
};

impl<'a> Escape<'_, 'a> {
    /// The key of what is stored to or deleted; evaluating it is no step.
    pub(super) fn key(&mut self, slice: &'a Expr) -> Taint {
        let is_step = std::mem::take(&mut self.is_step);
        let key = self.eval(slice);
        self.is_step = is_step;
        key
    }

    /// `value` is there if the target gets it whole.
    pub(super) fn assign(&mut self, target: &'a Expr, taint: Taint, value: Option<&'a Expr>) {
        match target {
            Expr::Name(name) => {
                self.share(target, taint);
                if taint.is_holder() && self.is_result(target) {
                    self.harmed(target.range());
                }
                self.taint(&name.id, taint);
            }
            Expr::Tuple(ast::ExprTuple { elts, .. }) | Expr::List(ast::ExprList { elts, .. }) => {
                let values = value.and_then(|value| elements_of(value, elts));
                for (index, target) in elts.iter().enumerate() {
                    let taint = match values.and_then(|values| values.get(index)) {
                        Some(value) => self.eval(value),
                        None => self.element(taint),
                    };
                    self.assign(target, taint, None);
                }
            }
            Expr::Starred(starred) => self.assign(&starred.value, taint.held(), None),
            Expr::Subscript(subscript) => {
                let key = self.key(&subscript.slice);
                if matches!(self.root, Root::Container(_)) && self.may_change(&subscript.value) {
                    self.harm.puts.push(&subscript.slice);
                    self.harm.puts.extend(value);
                    self.harm.puts_more |= value.is_none();
                }
                let is_strange = value.is_none_or(|value| !taint.any() && !self.is_plain(value));
                self.store(&subscript.value, key, taint, is_strange, target.range());
            }
            Expr::Attribute(attribute) => {
                let base = self.eval(&attribute.value);
                self.harmed_if(base | taint, target.range());
            }
            _ => self.harmed_if(taint, target.range()),
        }
    }

    /// Something with this taint is put into `container`, perhaps beside things of unknown classes.
    pub(super) fn store(&mut self, container: &'a Expr, key: Taint, taint: Taint, is_strange: bool, by: TextRange) {
        if self.may_change(container) {
            self.put_into_root(taint, by);
            return;
        }
        self.share(container, taint);
        let held = self.eval(container);
        match container {
            _ if held.is_piece() => self.harmed(by),
            Expr::Name(name) if held.is_holder() => {
                self.taint(&name.id, if is_strange { held.mixed() } else { taint.held() });
            }
            _ if held.is_holder() => {}
            Expr::Name(name) if taint.any() && self.is_private(&name.id) => {
                self.taint(&name.id, Taint::HOLDER.mixed());
            }
            _ if taint.any() => self.harmed(by),
            Expr::Name(name) if key.any() && self.is_private(&name.id) => {}
            _ if key.any() && !self.is_plain(container) => self.harmed(by),
            _ => {}
        }
    }

    /// Whether this is the root itself, and the root may be changed so.
    pub(super) fn may_change(&self, container: &Expr) -> bool {
        match self.root {
            Root::Result(_) => self.is_root(container) && self.is_step,
            Root::Container(_) => self.is_root(container),
            Root::Value(_) | Root::Mixed(_) | Root::Slot(..) | Root::Gathered(_) | Root::Keys(_) => false,
        }
    }

    fn is_root(&self, expr: &Expr) -> bool {
        let Expr::Name(name) = expr else { return false };
        name.id.as_str() == self.root.name() && !self.inner.iter().any(|(inner, _)| *inner == &*name.id)
    }

    fn is_result(&self, expr: &Expr) -> bool {
        matches!(self.root, Root::Result(_)) && self.is_root(expr)
    }

    /// A result within itself may be changed by way of its own values, of which nothing is known here.
    pub(super) fn put_into_root(&mut self, taint: Taint, by: TextRange) {
        if matches!(self.root, Root::Result(_)) {
            self.harmed_if(taint, by);
        }
    }

    /// Something with this taint goes into `container`: if that is the slot's own dict, its keys do not tell any more.
    pub(super) fn share(&mut self, container: &Expr, taint: Taint) {
        let Root::Slot(root, _) = self.root else { return };
        let is_root = matches!(container, Expr::Name(name) if name.id.as_str() == root);
        if is_root && taint.any() && !std::mem::replace(&mut self.is_shared, true) {
            let loads = self.function.variables.get(root).into_iter().flat_map(|variable| &variable.loads);
            for load in loads {
                if self.queued.insert(load.node) {
                    self.todo.push(load.node);
                }
            }
        }
    }

    /// What a constant key of the root's dict gives, where that is known.
    pub(super) fn slot(&self, subscript: &ast::ExprSubscript) -> Option<Taint> {
        let is_root = self.is_root(&subscript.value);
        let key = constants::text(&subscript.slice).filter(|key| is_root && constants::is_exact(key))?;
        match self.root {
            Root::Result(_) | Root::Keys(_) => Some(Taint::NONE),
            Root::Slot(..) if self.is_shared => None,
            Root::Slot(_, asked) => Some(if key == asked { Taint::PIECE } else { Taint::NONE }),
            Root::Value(_) | Root::Mixed(_) | Root::Gathered(_) | Root::Container(_) => None,
        }
    }

    /// Whether this is a container that the function made itself and has let nobody else have yet.
    pub(super) fn is_private(&mut self, name: &'a str) -> bool {
        if !self.shared.contains_key(name) {
            let shared = self.shared_at(name);
            self.shared.insert(name, shared);
        }
        self.shared.get(name).and_then(Option::as_ref).is_some_and(|shared| !shared[self.node])
    }

    fn shared_at(&self, name: &'a str) -> Option<Vec<bool>> {
        if !self.makes(name) {
            return None;
        }
        let harm = self.program.container(self.function, name)?;
        harm.captured.is_none().then(|| self.function.graph.reached_from(harm.nodes.keys().copied()))
    }

    /// Whether all that this name is ever bound to are new containers.
    pub(super) fn makes(&self, name: &str) -> bool {
        let variable = self.function.variables.get(name).filter(|variable| !variable.is_parameter);
        variable.is_some_and(|variable| {
            !variable.bindings.is_empty()
                && variable.bindings.iter().all(|binding| {
                    bound_value(self.function.graph.nodes[binding.node].part, name)
                        .is_some_and(|value| self.is_new_container(value))
                })
        })
    }
}

/// The values of `a, b = x, y` one by one.
fn elements_of<'a>(value: &'a Expr, targets: &[Expr]) -> Option<&'a [Expr]> {
    let (Expr::Tuple(ast::ExprTuple { elts, .. }) | Expr::List(ast::ExprList { elts, .. })) = value else {
        return None;
    };
    let fits = elts.len() == targets.len() && !elts.iter().chain(targets).any(Expr::is_starred_expr);
    fits.then_some(elts)
}
