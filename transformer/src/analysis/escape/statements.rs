//! What a statement does with the value that is asked about.

use super::{Escape, Root, Taint};
use crate::{
    analysis::names,
    parse::ast::{self, Expr, Ranged, Stmt},
};

impl<'a> Escape<'_, 'a> {
    /// A pattern's captures are pieces of its subject; comparing may show the subject to other classes.
    pub(super) fn pattern(&mut self, pattern: &'a ast::Pattern, subject: Taint) {
        use ast::Pattern;
        let taint = Taint::PIECE.mixed_if(subject.is_mixed());
        let capture = |this: &mut Self, name: &'a Option<ast::Identifier>| {
            if let Some(name) = name {
                this.taint(name, taint);
            }
        };
        match pattern {
            Pattern::MatchValue(value) => {
                if subject.is_mixed() || !self.is_plain(&value.value) {
                    self.harmed(value.value.range());
                }
            }
            Pattern::MatchSingleton(_) => {}
            Pattern::MatchSequence(sequence) => self.patterns(&sequence.patterns, subject),
            Pattern::MatchMapping(mapping) => {
                capture(self, &mapping.rest);
                self.patterns(&mapping.patterns, subject);
            }
            Pattern::MatchClass(class) => {
                let path = names::root(&class.cls).filter(|root| !self.function.is_inner(root));
                let path = path.and_then(|_| self.program.names.path(&class.cls));
                // An attribute may be a bound method.
                let takes_attributes = !class.kwd_patterns.is_empty();
                if subject.is_mixed() || takes_attributes || !path.is_some_and(|path| path.starts_with("builtins.")) {
                    self.harmed(class.cls.range());
                }
                self.patterns(&class.patterns, subject);
                self.patterns(&class.kwd_patterns, subject);
            }
            Pattern::MatchStar(star) => capture(self, &star.name),
            Pattern::MatchAs(inner) => {
                capture(self, &inner.name);
                if let Some(pattern) = &inner.pattern {
                    self.pattern(pattern, subject);
                }
            }
            Pattern::MatchOr(either) => self.patterns(&either.patterns, subject),
        }
    }

    pub(super) fn patterns(&mut self, patterns: &'a [ast::Pattern], subject: Taint) {
        for pattern in patterns {
            self.pattern(pattern, subject);
        }
    }

    pub(super) fn statement(&mut self, statement: &'a Stmt) {
        // Of all that happens in it, only what is done to its own targets is a step.
        let is_step = is_step(statement);
        match statement {
            Stmt::Expr(statement) => self.expression(&statement.value, is_step),
            Stmt::Assign(assign) => {
                let taint = self.eval(&assign.value);
                for target in &assign.targets {
                    self.is_step = is_step;
                    self.assign(target, taint, Some(&assign.value));
                    self.is_step = false;
                }
            }
            Stmt::AnnAssign(assign) => {
                let taint = assign.value.as_deref().map_or(Taint::NONE, |value| self.eval(value));
                if assign.value.is_some() {
                    self.is_step = is_step;
                    self.assign(&assign.target, taint, assign.value.as_deref());
                    self.is_step = false;
                } else {
                    self.parts_of_target(&assign.target);
                }
            }
            Stmt::AugAssign(assign) => {
                let value = self.eval(&assign.value);
                self.is_step = is_step;
                self.augmented(assign, value);
                self.is_step = false;
            }
            Stmt::Delete(delete) => {
                self.is_step = is_step;
                delete.targets.iter().for_each(|target| self.delete(target));
                self.is_step = false;
            }
            Stmt::Raise(raise) => {
                for value in raise.exc.iter().chain(&raise.cause) {
                    let taint = self.eval(value);
                    self.harmed_if(taint, value.range());
                }
            }
            Stmt::Assert(assert) => {
                self.eval(&assert.test);
                if let Some(message) = &assert.msg {
                    let taint = self.eval(message);
                    self.harmed_if(taint, message.range());
                }
            }
            Stmt::FunctionDef(def) => self.definition(&def.decorator_list, Some(&def.args)),
            Stmt::AsyncFunctionDef(def) => self.definition(&def.decorator_list, Some(&def.args)),
            Stmt::ClassDef(class) => {
                self.definition(&class.decorator_list, None);
                for value in class.bases.iter().chain(class.keywords.iter().map(|keyword| &keyword.value)) {
                    let taint = self.eval(value);
                    self.harmed_if(taint, value.range());
                }
            }
            _ => {}
        }
    }

    /// `a[f()]: int` stores nothing, and evaluates what stands in it all the same.
    fn parts_of_target(&mut self, target: &'a Expr) {
        match target {
            Expr::Subscript(subscript) => {
                self.eval(&subscript.value);
                self.eval(&subscript.slice);
            }
            Expr::Attribute(attribute) => drop(self.eval(&attribute.value)),
            _ => {}
        }
    }

    pub(super) fn expression(&mut self, value: &'a Expr, is_step: bool) {
        self.is_step = is_step;
        let is_understood = self.is_step_of_result(value);
        self.is_step = false;
        if !is_understood {
            self.eval(value);
        }
    }

    pub(super) fn definition(&mut self, decorators: &'a [Expr], args: Option<&'a ast::Arguments>) {
        let args = args.into_iter().flat_map(|args| args.posonlyargs.iter().chain(&args.args).chain(&args.kwonlyargs));
        for value in decorators.iter().chain(args.filter_map(|arg| arg.default.as_deref())) {
            let taint = self.eval(value);
            self.harmed_if(taint, value.range());
        }
    }

    /// `result.update(…)` and `result.setdefault(…)` as statements.
    pub(super) fn is_step_of_result(&mut self, expr: &'a Expr) -> bool {
        let (Root::Result(_), Expr::Call(call)) = (self.root, expr) else { return false };
        let Expr::Attribute(method) = &*call.func else { return false };
        let is_step = self.may_change(&method.value) && matches!(method.attr.as_str(), "update" | "setdefault");
        if is_step {
            self.is_step = false;
            for value in call.args.iter().chain(call.keywords.iter().map(|keyword| &keyword.value)) {
                let taint = self.eval(value);
                self.put_into_root(taint, value.range());
            }
        }
        is_step
    }

    pub(super) fn augmented(&mut self, assign: &'a ast::StmtAugAssign, value: Taint) {
        let is_strange = if value.any() { value.is_mixed() } else { !self.is_plain(&assign.value) };
        let by = assign.range();
        self.share(names::container(&assign.target), value);
        if let Root::Container(_) = self.root
            && self.may_change(names::container(&assign.target))
        {
            self.harm.puts.push(&assign.value);
        }
        match &*assign.target {
            _ if self.may_change(&assign.target) => self.put_into_root(value, by),
            Expr::Name(name) => {
                let held = self.read(&name.id);
                match () {
                    () if held.is_piece() || held.any() && is_strange => self.harmed(by),
                    () if held.is_holder() => self.taint(&name.id, value.held()),
                    () if !value.any() || !is_strange && self.is_scalar(&name.id) => {}
                    () if !is_strange && self.is_private(&name.id) => {
                        self.taint(&name.id, Taint::HOLDER.mixed());
                    }
                    () => self.harmed(by),
                }
            }
            Expr::Subscript(subscript) => {
                let key = self.key(&subscript.slice);
                if let Some(slot) = self.slot(subscript) {
                    // The item is replaced, and perhaps changed itself.
                    self.harmed_if(slot, by);
                    self.put_into_root(value, by);
                    return;
                }
                if self.may_change(&subscript.value) {
                    self.put_into_root(value, by);
                    return;
                }
                let held = self.eval(&subscript.value);
                self.harmed_if(held, by);
                self.store(&subscript.value, key, value, true, by);
            }
            Expr::Attribute(attribute) => {
                let base = self.eval(&attribute.value);
                self.harmed_if(base | value, by);
            }
            _ => self.harmed(by),
        }
    }

    pub(super) fn delete(&mut self, target: &'a Expr) {
        match target {
            Expr::Subscript(subscript) => {
                let key = self.key(&subscript.slice);
                if self.may_change(&subscript.value) {
                    return;
                }
                let held = self.eval(&subscript.value);
                if held.is_piece() || key.any() && !self.is_plain(&subscript.value) {
                    self.harmed(target.range());
                }
            }
            Expr::Attribute(attribute) => {
                let base = self.eval(&attribute.value);
                self.harmed_if(base, target.range());
            }
            Expr::Tuple(ast::ExprTuple { elts, .. }) | Expr::List(ast::ExprList { elts, .. }) => {
                for target in elts {
                    self.delete(target);
                }
            }
            _ => {}
        }
    }
}

/// Whether `dict_states` understands what this does to a result.
fn is_step(statement: &Stmt) -> bool {
    let is_simple = |target: &Expr| target.is_name_expr() || target.is_subscript_expr();
    match statement {
        Stmt::Assign(assign) => assign.targets.len() == 1 && assign.targets.iter().all(is_simple),
        Stmt::AnnAssign(assign) => is_simple(&assign.target),
        Stmt::AugAssign(assign) => is_simple(&assign.target),
        Stmt::Delete(delete) => delete.targets.iter().all(is_simple),
        Stmt::Expr(_) => true,
        _ => false,
    }
}
