//! Statements, in the order in which Python evaluates their parts.

use super::Walk;
use crate::{
    analysis::uses::{How, ScopeKind, What},
    parse::ast::{self, Ranged},
};

impl<'a> Walk<'a> {
    pub(super) fn body(&mut self, body: &'a [ast::Stmt]) {
        for statement in body {
            self.stmt(statement);
        }
    }

    pub(super) fn stmt(&mut self, statement: &'a ast::Stmt) {
        use ast::Stmt;
        let at = statement.start();
        let assigned = How::Assignment;
        match statement {
            Stmt::FunctionDef(def) => {
                self.exprs(&def.decorator_list);
                self.function(&def.args, &def.type_params, def.returns.as_deref(), |walk| walk.body(&def.body));
                self.add(at, What::Bind(&def.name, How::Definition));
            }
            Stmt::AsyncFunctionDef(def) => {
                self.exprs(&def.decorator_list);
                self.function(&def.args, &def.type_params, def.returns.as_deref(), |walk| walk.body(&def.body));
                self.add(at, What::Bind(&def.name, How::Definition));
            }
            Stmt::ClassDef(class) => self.class(class),
            Stmt::Return(back) => self.maybe(back.value.as_deref()),
            Stmt::Delete(delete) => delete.targets.iter().for_each(|target| self.target(target, How::Delete)),
            Stmt::Assign(assign) => {
                self.expr(&assign.value);
                assign.targets.iter().for_each(|target| self.target(target, assigned));
            }
            Stmt::TypeAlias(alias) => {
                self.type_params(&alias.type_params);
                self.inside(ScopeKind::Function, |walk| walk.expr(&alias.value));
                self.target(&alias.name, How::Definition);
            }
            Stmt::AugAssign(assign) => self.augmented(assign),
            Stmt::AnnAssign(assign) => {
                self.maybe(assign.value.as_deref());
                self.annotation(&assign.annotation);
                if assign.value.is_some() {
                    self.target(&assign.target, assigned);
                } else if !matches!(&*assign.target, ast::Expr::Name(_)) {
                    self.expr(&assign.target);
                }
            }
            Stmt::For(each) => self.each(&each.iter, &each.target, &each.body, &each.orelse),
            Stmt::AsyncFor(each) => self.each(&each.iter, &each.target, &each.body, &each.orelse),
            Stmt::While(repeat) => {
                self.expr(&repeat.test);
                self.body(&repeat.body);
                self.body(&repeat.orelse);
            }
            Stmt::If(branch) => {
                self.expr(&branch.test);
                self.body(&branch.body);
                self.body(&branch.orelse);
            }
            Stmt::With(with) => self.with(&with.items, &with.body),
            Stmt::AsyncWith(with) => self.with(&with.items, &with.body),
            Stmt::Match(choice) => {
                self.expr(&choice.subject);
                for case in &choice.cases {
                    self.pattern(&case.pattern);
                    self.maybe(case.guard.as_deref());
                    self.body(&case.body);
                }
            }
            Stmt::Raise(raise) => {
                self.maybe(raise.exc.as_deref());
                self.maybe(raise.cause.as_deref());
            }
            Stmt::Try(attempt) => {
                self.attempt(&attempt.body, &attempt.handlers, &attempt.orelse, &attempt.finalbody);
            }
            Stmt::TryStar(attempt) => {
                self.attempt(&attempt.body, &attempt.handlers, &attempt.orelse, &attempt.finalbody);
            }
            Stmt::Assert(assert) => {
                self.expr(&assert.test);
                self.maybe(assert.msg.as_deref());
            }
            Stmt::Import(import) => self.import(import),
            Stmt::ImportFrom(import) => self.import_from(import),
            Stmt::Global(global) => global.names.iter().for_each(|name| self.add(at, What::Global(name))),
            Stmt::Nonlocal(nonlocal) => nonlocal.names.iter().for_each(|name| self.add(at, What::Nonlocal(name))),
            Stmt::Expr(statement) => self.expr(&statement.value),
            Stmt::Pass(_) | Stmt::Break(_) | Stmt::Continue(_) => {}
        }
    }

    fn class(&mut self, class: &'a ast::StmtClassDef) {
        self.exprs(&class.decorator_list);
        self.exprs(&class.bases);
        self.keywords(&class.keywords);
        self.type_params(&class.type_params);
        self.inside(ScopeKind::Class, |walk| walk.body(&class.body));
        self.add(class.start(), What::Bind(&class.name, How::Definition));
    }

    fn augmented(&mut self, assign: &'a ast::StmtAugAssign) {
        if let ast::Expr::Name(name) = &*assign.target {
            self.add(assign.start(), What::Load(&name.id));
        }
        self.expr(&assign.value);
        self.target(&assign.target, How::AugmentedAssignment);
    }

    fn import(&mut self, import: &'a ast::StmtImport) {
        let at = import.start();
        for alias in &import.names {
            self.add(at, What::Import(&alias.name));
            let first = alias.name.split('.').next().unwrap_or_default();
            self.add(at, What::Bind(alias.asname.as_ref().map_or(first, ast::Identifier::as_str), How::Import));
        }
    }

    fn import_from(&mut self, import: &'a ast::StmtImportFrom) {
        let at = import.start();
        if let Some(module) = &import.module {
            self.add(at, What::Import(module));
        }
        for alias in &import.names {
            match &alias.asname {
                None if alias.name.as_str() == "*" => self.add(at, What::StarImport),
                None => self.add(at, What::Bind(&alias.name, How::Import)),
                Some(name) => self.add(at, What::Bind(name, How::Import)),
            }
            self.add(at, What::Attribute(&alias.name));
        }
    }

    pub(super) fn function(
        &mut self,
        args: &'a ast::Arguments,
        type_params: &'a [ast::TypeParam],
        returns: Option<&'a ast::Expr>,
        body: impl FnOnce(&mut Self),
    ) {
        let with_default = || args.posonlyargs.iter().chain(&args.args).chain(&args.kwonlyargs);
        let rest = || args.vararg.iter().chain(&args.kwarg).map(|arg| &**arg);
        for arg in with_default() {
            self.maybe(arg.default.as_deref());
        }
        for arg in with_default().map(|arg| &arg.def).chain(rest()) {
            if let Some(annotation) = &arg.annotation {
                self.annotation(annotation);
            }
        }
        if let Some(annotation) = returns {
            self.annotation(annotation);
        }
        self.type_params(type_params);
        self.inside(ScopeKind::Function, |walk| {
            for arg in with_default().map(|arg| &arg.def).chain(rest()) {
                walk.add(arg.start(), What::Bind(&arg.arg, How::Parameter));
            }
            body(walk);
        });
    }

    /// Evaluated at once, later or never, by the version of Python.
    pub(super) fn annotation(&mut self, annotation: &'a ast::Expr) {
        self.expr(annotation);
        self.inside(ScopeKind::Function, |walk| walk.expr(annotation));
    }

    fn type_params(&mut self, params: &'a [ast::TypeParam]) {
        for param in params {
            if let ast::TypeParam::TypeVar(variable) = param
                && let Some(bound) = &variable.bound
            {
                self.annotation(bound);
            }
        }
    }

    fn each(&mut self, iter: &'a ast::Expr, target: &'a ast::Expr, body: &'a [ast::Stmt], orelse: &'a [ast::Stmt]) {
        self.expr(iter);
        self.target(target, How::Loop);
        self.body(body);
        self.body(orelse);
    }

    fn with(&mut self, items: &'a [ast::WithItem], body: &'a [ast::Stmt]) {
        for item in items {
            self.with_item(item);
        }
        self.body(body);
    }

    pub(super) fn with_item(&mut self, item: &'a ast::WithItem) {
        self.expr(&item.context_expr);
        if let Some(target) = &item.optional_vars {
            self.target(target, How::With);
        }
    }

    pub(super) fn except(&mut self, handler: &'a ast::ExceptHandlerExceptHandler) {
        self.maybe(handler.type_.as_deref());
        if let Some(name) = &handler.name {
            self.add(handler.start(), What::Bind(name, How::Except));
        }
    }

    fn attempt(
        &mut self,
        body: &'a [ast::Stmt],
        handlers: &'a [ast::ExceptHandler],
        orelse: &'a [ast::Stmt],
        finalbody: &'a [ast::Stmt],
    ) {
        self.body(body);
        for handler in handlers {
            let ast::ExceptHandler::ExceptHandler(handler) = handler;
            self.except(handler);
            self.body(&handler.body);
        }
        self.body(orelse);
        self.body(finalbody);
    }
}
