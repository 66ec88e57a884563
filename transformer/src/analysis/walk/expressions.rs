//! Expressions, and the scopes inside them.

use super::Walk;
use crate::{
    analysis::{
        event_reads,
        uses::{How, ScopeKind, What},
    },
    parse::ast::{self, Ranged},
};

impl<'a> Walk<'a> {
    pub(super) fn maybe(&mut self, expr: Option<&'a ast::Expr>) {
        if let Some(expr) = expr {
            self.expr(expr);
        }
    }

    pub(super) fn exprs(&mut self, exprs: &'a [ast::Expr]) {
        for expr in exprs {
            self.expr(expr);
        }
    }

    pub(super) fn keywords(&mut self, keywords: &'a [ast::Keyword]) {
        for keyword in keywords {
            self.expr(&keyword.value);
        }
    }

    pub(super) fn expr(&mut self, expr: &'a ast::Expr) {
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
    pub(super) fn comprehension<const N: usize>(
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
            for element in elements {
                walk.expr(element);
            }
        });
    }
}
