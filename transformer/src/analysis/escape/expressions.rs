//! What an expression gives of the value that is asked about.

use super::{Escape, Taint};
use crate::parse::ast::{self, Expr, Operator, Ranged};

impl<'a> Escape<'_, 'a> {
    pub(super) fn eval(&mut self, expr: &'a Expr) -> Taint {
        match expr {
            Expr::Name(name) => self.read(&name.id),
            Expr::Constant(_) => Taint::NONE,
            Expr::Lambda(lambda) => {
                self.kept_lambda(lambda);
                Taint::NONE
            }
            Expr::BoolOp(operation) => self.eval_all(&operation.values),
            Expr::NamedExpr(walrus) => {
                let taint = self.eval(&walrus.value);
                self.assign(&walrus.target, taint, None);
                taint
            }
            Expr::BinOp(operation) => self.operation(operation),
            Expr::UnaryOp(operation) => {
                let taint = self.eval(&operation.operand);
                if taint.is_mixed() { taint } else { Taint::NONE }
            }
            Expr::Compare(compare) => {
                self.compare(compare);
                Taint::NONE
            }
            Expr::IfExp(choice) => {
                self.eval(&choice.test);
                self.mix([&*choice.body, &*choice.orelse])
            }
            Expr::Dict(dict) => self.dict(dict),
            Expr::Set(set) => self.mix(&set.elts).held(),
            Expr::List(list) => self.mix(&list.elts).held(),
            Expr::Tuple(tuple) => self.mix(&tuple.elts).held(),
            Expr::Starred(starred) => {
                let taint = self.eval(&starred.value);
                self.element(taint)
            }
            Expr::ListComp(list) => self.comprehension(&list.generators, &[&list.elt]),
            Expr::SetComp(set) => self.comprehension(&set.generators, &[&set.elt]),
            Expr::DictComp(dict) => self.comprehension(&dict.generators, &[&dict.key, &dict.value]),
            Expr::GeneratorExp(generator) => self.comprehension(&generator.generators, &[&generator.elt]),
            Expr::Call(call) => self.call(call),
            Expr::JoinedStr(string) => {
                self.eval_all(&string.values);
                Taint::NONE
            }
            Expr::FormattedValue(value) => {
                self.eval(&value.value);
                if let Some(spec) = &value.format_spec {
                    self.eval(spec);
                }
                Taint::NONE
            }
            Expr::Attribute(attribute) => {
                // A bound method that is kept.
                let taint = self.eval(&attribute.value);
                self.harmed_if(taint, expr.range());
                taint.mixed()
            }
            Expr::Subscript(subscript) => self.subscript(subscript),
            Expr::Slice(slice) => {
                let parts = [&slice.lower, &slice.upper, &slice.step].into_iter().flatten();
                parts.fold(Taint::NONE, |taint, part| taint | self.eval(part))
            }
            Expr::Await(wait) => self.suspended(Some(&wait.value)),
            Expr::Yield(out) => self.suspended(out.value.as_deref()),
            Expr::YieldFrom(out) => self.suspended(Some(&out.value)),
        }
    }

    pub(super) fn eval_all(&mut self, exprs: &'a [Expr]) -> Taint {
        exprs.iter().fold(Taint::NONE, |taint, expr| taint | self.eval(expr))
    }

    /// One of these, or all of them together.
    fn mix(&mut self, exprs: impl IntoIterator<Item = &'a Expr>) -> Taint {
        let mut taint = Taint::NONE;
        let mut others = Vec::new();
        for expr in exprs {
            let one = self.eval(expr);
            taint |= one;
            if !one.any() {
                others.push(expr);
            }
        }
        self.among(taint, &others)
    }

    /// What is beside other values in one container.
    fn among(&self, taint: Taint, others: &[&Expr]) -> Taint {
        taint.mixed_if(taint.any() && !others.iter().all(|other| self.is_plain(other)))
    }

    fn dict(&mut self, dict: &'a ast::ExprDict) -> Taint {
        let mut taint = Taint::NONE;
        let mut others = Vec::new();
        for (key, value) in dict.keys.iter().zip(&dict.values) {
            let mut one = self.eval(value);
            match key {
                Some(key) => one |= self.eval(key),
                None => one = self.element(one),
            }
            taint |= one;
            if !one.any() {
                others.push(value);
            }
        }
        self.among(taint, &others).held()
    }

    fn suspended(&mut self, value: Option<&'a Expr>) -> Taint {
        if let Some(value) = value {
            let taint = self.eval(value);
            self.harmed_if(taint, value.range());
        }
        Taint::NONE
    }

    /// Operators of the built-in types give something new; another operand's class could see what is asked about.
    fn operation(&mut self, operation: &'a ast::ExprBinOp) -> Taint {
        let (left, right) = (self.eval(&operation.left), self.eval(&operation.right));
        self.together((left, &operation.left), (right, &operation.right), operation.range());
        let both = left | right;
        match operation.op {
            _ if both.is_mixed() => both.held() | both,
            Operator::Add | Operator::Mult | Operator::BitOr => (self.element(left) | self.element(right)).held(),
            _ => Taint::NONE,
        }
    }

    /// Two operands whose classes may get to see each other.
    pub(super) fn together(&mut self, left: (Taint, &Expr), right: (Taint, &Expr), by: crate::parse::TextRange) {
        let is_strange = |this: &Self, (taint, expr): (Taint, &Expr)| {
            if taint.any() { taint.is_mixed() } else { !this.is_plain(expr) }
        };
        let harms = left.0.any() && is_strange(self, right)
            || right.0.any() && is_strange(self, left)
            || left.0.any() && left.0.is_mixed() && right.0.any();
        if harms {
            self.harmed(by);
        }
    }

    fn compare(&mut self, compare: &'a ast::ExprCompare) {
        let operands: Vec<&Expr> = std::iter::once(&*compare.left).chain(&compare.comparators).collect();
        let taints: Vec<Taint> = operands.iter().map(|operand| self.eval(operand)).collect();
        for (index, op) in compare.ops.iter().enumerate() {
            if matches!(op, ast::CmpOp::Is | ast::CmpOp::IsNot) {
                continue;
            }
            let (left, right) = ((taints[index], operands[index]), (taints[index + 1], operands[index + 1]));
            self.together(left, right, compare.range());
            // Containers compare their items, which then are together.
            if left.0.is_mixed() || right.0.is_mixed() {
                self.harmed(compare.range());
            }
        }
    }

    fn subscript(&mut self, subscript: &'a ast::ExprSubscript) -> Taint {
        if let Some(taint) = self.slot(subscript) {
            return taint;
        }
        let held = self.eval(&subscript.value);
        let key = self.eval(&subscript.slice);
        if key.any() && (held.is_mixed() || !held.any() && !self.takes_key(&subscript.value)) {
            self.harmed(subscript.range());
        }
        match () {
            () if !held.any() => Taint::NONE,
            () if held.is_mixed() => self.element(held) | held,
            () if subscript.slice.is_slice_expr() => held.held(),
            () => self.element(held),
        }
    }

    pub(super) fn comprehension(&mut self, generators: &'a [ast::Comprehension], elements: &[&'a Expr]) -> Taint {
        let outer = self.inner.len();
        for generator in generators {
            let taint = self.eval(&generator.iter);
            let taint = self.element(taint);
            self.bind_inner(&generator.target, taint);
            for test in &generator.ifs {
                self.eval(test);
            }
        }
        let taint = self.mix(elements.iter().copied());
        self.inner.truncate(outer);
        taint.held()
    }

    pub(super) fn bind_inner(&mut self, target: &'a Expr, taint: Taint) {
        match target {
            Expr::Name(name) => self.inner.push((&name.id, taint)),
            Expr::Tuple(ast::ExprTuple { elts, .. }) | Expr::List(ast::ExprList { elts, .. }) => {
                let taint = self.element(taint);
                for target in elts {
                    self.bind_inner(target, taint);
                }
            }
            Expr::Starred(starred) => self.bind_inner(&starred.value, taint.held()),
            other => self.assign(other, taint, None),
        }
    }

    /// A lambda that may be called later: what it reads of the function's variables is captured anyway.
    fn kept_lambda(&mut self, lambda: &'a ast::ExprLambda) {
        self.definition(&[], Some(&lambda.args));
        let outer = self.inner.len();
        let reads = self.inner_reads;
        for parameter in crate::analysis::parameters::all(&lambda.args) {
            self.inner.push((parameter, Taint::NONE));
        }
        self.eval(&lambda.body);
        self.inner.truncate(outer);
        if self.inner_reads > reads {
            self.harmed(lambda.range());
        }
    }
}
