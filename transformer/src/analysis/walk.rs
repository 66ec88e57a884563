//! The complete walk behind [`Uses`]: `rustpython_ast`'s own visitor leaves out keywords, with-items, arguments,
//! comprehensions and match cases.

use super::{
    event_reads,
    uses::{How, Scope, ScopeKind, Use, Uses, What},
};
use crate::parse::{
    TextSize,
    ast::{self, Ranged},
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

    fn body(&mut self, body: &'a [ast::Stmt]) {
        self.depth += 1;
        for statement in body {
            self.stmt(statement);
        }
        self.depth -= 1;
    }

    fn stmt(&mut self, statement: &'a ast::Stmt) {
        use ast::Stmt;
        let at = statement.start();
        let assigned = if self.depth == 0 { How::TopLevel } else { How::Nested };
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
            Stmt::ClassDef(class) => {
                self.exprs(&class.decorator_list);
                self.exprs(&class.bases);
                self.keywords(&class.keywords);
                self.type_params(&class.type_params);
                self.inside(ScopeKind::Class, |walk| walk.body(&class.body));
                self.add(at, What::Bind(&class.name, How::Definition));
            }
            Stmt::Return(back) => {
                self.maybe(back.value.as_deref());
                self.add(at, What::Return(back));
            }
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
            Stmt::AugAssign(assign) => {
                if let ast::Expr::Name(name) = &*assign.target {
                    self.add(at, What::Load(&name.id));
                }
                self.expr(&assign.value);
                let how = if self.depth == 0 { How::AugmentedAssignment } else { How::Nested };
                self.target(&assign.target, how);
            }
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
            Stmt::Import(import) => {
                for alias in &import.names {
                    self.add(at, What::Import(&alias.name));
                    let first = alias.name.split('.').next().unwrap_or_default();
                    self.add(at, What::Bind(alias.asname.as_ref().map_or(first, ast::Identifier::as_str), How::Import));
                }
            }
            Stmt::ImportFrom(import) => {
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
            Stmt::Global(global) => global.names.iter().for_each(|name| self.add(at, What::Global(name))),
            Stmt::Nonlocal(nonlocal) => nonlocal.names.iter().for_each(|name| self.add(at, What::Nonlocal(name))),
            Stmt::Expr(statement) => self.expr(&statement.value),
            Stmt::Pass(_) | Stmt::Break(_) | Stmt::Continue(_) => {}
        }
    }

    fn function(
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
    fn annotation(&mut self, annotation: &'a ast::Expr) {
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
            self.expr(&item.context_expr);
            if let Some(target) = &item.optional_vars {
                self.target(target, How::With);
            }
        }
        self.body(body);
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
            self.maybe(handler.type_.as_deref());
            if let Some(name) = &handler.name {
                self.add(handler.start(), What::Bind(name, How::Except));
            }
            self.body(&handler.body);
        }
        self.body(orelse);
        self.body(finalbody);
    }

    fn pattern(&mut self, pattern: &'a ast::Pattern) {
        use ast::Pattern;
        let at = pattern.start();
        match pattern {
            Pattern::MatchValue(value) => self.expr(&value.value),
            Pattern::MatchSingleton(_) => {}
            Pattern::MatchSequence(sequence) => sequence.patterns.iter().for_each(|pattern| self.pattern(pattern)),
            Pattern::MatchMapping(mapping) => {
                self.exprs(&mapping.keys);
                mapping.patterns.iter().for_each(|pattern| self.pattern(pattern));
                self.capture(at, mapping.rest.as_ref());
            }
            Pattern::MatchClass(class) => {
                self.expr(&class.cls);
                class.patterns.iter().chain(&class.kwd_patterns).for_each(|pattern| self.pattern(pattern));
            }
            Pattern::MatchStar(star) => self.capture(at, star.name.as_ref()),
            Pattern::MatchAs(capture) => {
                if let Some(pattern) = &capture.pattern {
                    self.pattern(pattern);
                }
                self.capture(at, capture.name.as_ref());
            }
            Pattern::MatchOr(either) => either.patterns.iter().for_each(|pattern| self.pattern(pattern)),
        }
    }

    fn capture(&mut self, at: TextSize, name: Option<&'a ast::Identifier>) {
        if let Some(name) = name {
            self.add(at, What::Bind(name, How::Pattern));
        }
    }

    /// What is assigned to, deleted or looped over: its names are bound, the rest of it is read.
    fn target(&mut self, target: &'a ast::Expr, how: How) {
        use ast::Expr;
        match target {
            Expr::Name(name) => self.add(target.start(), What::Bind(&name.id, how)),
            Expr::Tuple(tuple) => tuple.elts.iter().for_each(|element| self.target(element, how)),
            Expr::List(list) => list.elts.iter().for_each(|element| self.target(element, how)),
            Expr::Starred(starred) => self.target(&starred.value, how),
            other => self.expr(other),
        }
    }

    fn maybe(&mut self, expr: Option<&'a ast::Expr>) {
        if let Some(expr) = expr {
            self.expr(expr);
        }
    }

    fn exprs(&mut self, exprs: &'a [ast::Expr]) {
        exprs.iter().for_each(|expr| self.expr(expr));
    }

    fn keywords(&mut self, keywords: &'a [ast::Keyword]) {
        keywords.iter().for_each(|keyword| self.expr(&keyword.value));
    }

    fn expr(&mut self, expr: &'a ast::Expr) {
        use ast::Expr;
        let at = expr.start();
        if let Some(event) = event_reads::read_by_key(expr) {
            self.add(at, What::KeyRead(event));
        }
        match expr {
            Expr::BoolOp(operation) => self.exprs(&operation.values),
            Expr::NamedExpr(walrus) => {
                self.expr(&walrus.value);
                self.bind_walrus(&walrus.target);
            }
            Expr::BinOp(operation) => {
                self.expr(&operation.left);
                self.expr(&operation.right);
            }
            Expr::UnaryOp(operation) => self.expr(&operation.operand),
            Expr::Lambda(lambda) => self.function(&lambda.args, &[], None, |walk| walk.expr(&lambda.body)),
            Expr::IfExp(choice) => {
                self.expr(&choice.test);
                self.expr(&choice.body);
                self.expr(&choice.orelse);
            }
            Expr::Dict(dict) => {
                dict.keys.iter().flatten().for_each(|key| self.expr(key));
                self.exprs(&dict.values);
            }
            Expr::Set(set) => self.exprs(&set.elts),
            Expr::ListComp(list) => self.comprehension(ScopeKind::Comprehension, &list.generators, [&list.elt]),
            Expr::SetComp(set) => self.comprehension(ScopeKind::Comprehension, &set.generators, [&set.elt]),
            Expr::DictComp(dict) => {
                self.comprehension(ScopeKind::Comprehension, &dict.generators, [&dict.key, &dict.value]);
            }
            Expr::GeneratorExp(generator) => {
                self.comprehension(ScopeKind::Generator, &generator.generators, [&generator.elt]);
            }
            Expr::Await(wait) => {
                self.expr(&wait.value);
                self.add(at, What::Suspend);
            }
            Expr::Yield(out) => {
                self.maybe(out.value.as_deref());
                self.add(at, What::Suspend);
            }
            Expr::YieldFrom(out) => {
                self.expr(&out.value);
                self.add(at, What::Suspend);
            }
            Expr::Compare(compare) => {
                self.expr(&compare.left);
                self.exprs(&compare.comparators);
            }
            Expr::Call(call) => {
                self.expr(&call.func);
                self.exprs(&call.args);
                self.keywords(&call.keywords);
            }
            Expr::FormattedValue(value) => {
                self.expr(&value.value);
                self.maybe(value.format_spec.as_deref());
            }
            Expr::JoinedStr(string) => self.exprs(&string.values),
            Expr::Constant(_) => {}
            Expr::Attribute(attribute) => {
                self.expr(&attribute.value);
                self.add(at, What::Attribute(&attribute.attr));
            }
            Expr::Subscript(subscript) => {
                self.expr(&subscript.value);
                self.expr(&subscript.slice);
            }
            Expr::Starred(starred) => self.expr(&starred.value),
            Expr::Name(name) => self.add(at, What::Load(&name.id)),
            Expr::List(list) => self.exprs(&list.elts),
            Expr::Tuple(tuple) => self.exprs(&tuple.elts),
            Expr::Slice(slice) => {
                self.maybe(slice.lower.as_deref());
                self.maybe(slice.upper.as_deref());
                self.maybe(slice.step.as_deref());
            }
        }
    }

    /// The first iterable is evaluated in the scope around the comprehension, the rest inside.
    fn comprehension<const N: usize>(
        &mut self,
        kind: ScopeKind,
        generators: &'a [ast::Comprehension],
        elements: [&'a ast::Expr; N],
    ) {
        if let Some(first) = generators.first() {
            self.expr(&first.iter);
        }
        self.inside(kind, |walk| {
            for (index, generator) in generators.iter().enumerate() {
                if index > 0 {
                    walk.expr(&generator.iter);
                }
                walk.target(&generator.target, How::Loop);
                walk.exprs(&generator.ifs);
            }
            elements.into_iter().for_each(|element| walk.expr(element));
        });
    }
}
