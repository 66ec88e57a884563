//! What a call does with the value that is asked about.

use super::{Escape, Root, Taint};
use crate::{
    analysis::{
        constants,
        known_calls::{self, Gives},
        names, parameters,
    },
    parse::ast::{self, Expr, Ranged},
};

/// A call's arguments, each evaluated once.
struct Arguments<'a> {
    positional: Vec<(&'a Expr, Taint)>,
    keywords: Vec<(Option<&'a str>, &'a Expr, Taint)>,
}

impl<'a> Arguments<'a> {
    fn all(&self) -> impl Iterator<Item = (&'a Expr, Taint)> {
        let keywords = self.keywords.iter().map(|&(_, expr, taint)| (expr, taint));
        self.positional.iter().copied().chain(keywords)
    }

    fn taint(&self) -> Taint {
        self.all().fold(Taint::NONE, |taint, (_, one)| taint | one)
    }
}

impl<'a> Escape<'_, 'a> {
    pub(super) fn call(&mut self, call: &'a ast::ExprCall) -> Taint {
        // A lambda among the arguments is looked at by whoever may call it.
        let arguments = Arguments {
            positional: call.args.iter().map(|arg| (arg, self.argument(arg))).collect(),
            keywords: call
                .keywords
                .iter()
                .map(|keyword| {
                    let name = keyword.arg.as_ref().map(ast::Identifier::as_str);
                    (name, &keyword.value, self.argument(&keyword.value))
                })
                .collect(),
        };
        if let Expr::Attribute(method) = &*call.func
            && let Some(gives) = self.method(method, call, &arguments)
        {
            return gives;
        }
        if !arguments.taint().any() {
            if !matches!(&*call.func, Expr::Name(_) | Expr::Attribute(_)) {
                self.eval(&call.func);
            }
            self.keep_lambdas(&arguments);
            return Taint::NONE;
        }
        if let Some(gives) = self.known(&call.func) {
            return self.known_call(gives, call, &arguments);
        }
        match &*call.func {
            Expr::Name(name) if !self.is_local(&name.id) => self.own_function(name, call, &arguments),
            _ => self.unknown(call),
        }
    }

    fn argument(&mut self, arg: &'a Expr) -> Taint {
        if arg.is_lambda_expr() { Taint::NONE } else { self.eval(arg) }
    }

    /// By a callee that gets nothing else of what is asked about.
    fn keep_lambdas(&mut self, arguments: &Arguments<'a>) {
        for (arg, _) in arguments.all().filter(|(arg, _)| arg.is_lambda_expr()) {
            self.eval(arg);
        }
    }

    fn unknown(&mut self, call: &ast::ExprCall) -> Taint {
        self.harmed(call.range());
        Taint::PIECE.mixed()
    }

    fn is_local(&self, name: &str) -> bool {
        self.function.is_inner(name) || self.inner.iter().any(|(inner, _)| *inner == name)
    }

    pub(super) fn path(&self, func: &Expr) -> Option<String> {
        if names::root(func).is_none_or(|root| self.is_local(root)) {
            return None;
        }
        self.program.names.path(func)
    }

    /// A function from the table.
    pub(super) fn known(&self, func: &Expr) -> Option<Gives> {
        let path = self.path(func)?;
        path.strip_prefix("builtins.").map_or_else(|| known_calls::function(&path), known_calls::builtin)
    }

    fn known_call(&mut self, gives: Gives, call: &'a ast::ExprCall, arguments: &Arguments<'a>) -> Taint {
        let path = self.path(&call.func).unwrap_or_default();
        let is_inert = known_calls::is_inert(&path);
        let takes_a_class = arguments.keywords.iter().any(|&(name, ..)| known_calls::takes_a_class(&path, name));
        let count = arguments.positional.len() + arguments.keywords.len();
        // What is unpacked may be any number of arguments.
        let is_unpacked =
            call.args.iter().any(Expr::is_starred_expr) || call.keywords.iter().any(|one| one.arg.is_none());
        let most = known_calls::most_arguments(&path);
        if takes_a_class || count > most || is_unpacked && most != usize::MAX {
            return self.unknown(call);
        }
        let taint = arguments.taint();
        let mut is_strange = false;
        for (arg, one) in arguments.all() {
            let fits = if one.any() {
                is_inert || !one.is_mixed()
            } else {
                let is_plain = self.is_plain(arg) || self.is_harmless_function(arg, taint);
                is_strange |= !is_plain;
                is_plain || is_inert
            };
            if !fits {
                return self.unknown(call);
            }
        }
        // What a function of the module's makes of the pieces is anything.
        is_strange |= arguments.all().any(|(arg, one)| !one.any() && self.is_function(arg));
        let keywords = arguments.keywords.iter().fold(Taint::NONE, |taint, (.., one)| taint | *one);
        let positional = if is_unpacked { &[] } else { arguments.positional.as_slice() };
        match (gives, positional) {
            (Gives::Fresh, _) => Taint::NONE,
            (Gives::Total, &[_]) if !keywords.any() => Taint::NONE,
            // One argument is gone through: what comes back has its items.
            (Gives::Holder, &[(_, one)]) => (self.element(one) | keywords).mixed_if(is_strange).held(),
            // Or else what is given for want of items (`default=`).
            (Gives::Piece, &[(_, one)]) => (self.element(one) | keywords).mixed_if(is_strange),
            (Gives::Holder, _) => taint.mixed_if(is_strange).held(),
            (Gives::Piece | Gives::Total, _) => (taint | Taint::PIECE).mixed_if(is_strange),
        }
    }

    fn is_function(&self, arg: &Expr) -> bool {
        arg.is_lambda_expr() || matches!(arg, Expr::Name(name) if self.program.names.function(&name.id).is_some())
    }

    /// Some(…) if the receiver says all there is to say.
    fn method(
        &mut self,
        method: &'a ast::ExprAttribute,
        call: &'a ast::ExprCall,
        arguments: &Arguments<'a>,
    ) -> Option<Taint> {
        let name = method.attr.as_str();
        let of_args = arguments.taint();
        if matches!(self.root, Root::Container(_)) && self.may_change(&method.value) {
            self.harm.puts.extend(arguments.all().map(|(arg, _)| arg));
            let gives_item = matches!(name, "get" | "pop" | "popitem" | "popleft" | "setdefault");
            return Some(if gives_item { Taint::PIECE } else { Taint::NONE });
        }
        let receiver = self.eval(&method.value);
        match () {
            () if receiver.is_piece() => Some(self.method_of_piece(receiver, name, call, arguments)),
            () if receiver.is_holder() => Some(self.method_of_holder(receiver, method, call, arguments)),
            () if !of_args.any() => {
                self.keep_lambdas(arguments);
                Some(Taint::NONE)
            }
            () => match &*method.value {
                text if constants::text(text).is_some() || text.is_joined_str_expr() => Some(Taint::NONE),
                Expr::Name(container) if self.is_private(&container.id) => {
                    self.keep_lambdas(arguments);
                    self.taint(&container.id, of_args.held().mixed());
                    Some(Taint::PIECE.mixed())
                }
                _ => None,
            },
        }
    }

    fn method_of_piece(
        &mut self,
        receiver: Taint,
        name: &str,
        call: &'a ast::ExprCall,
        arguments: &Arguments<'a>,
    ) -> Taint {
        let fits = |this: &Self, (arg, one): (&'a Expr, Taint)| {
            if one.any() { !one.is_mixed() && !receiver.is_mixed() } else { this.is_plain(arg) }
        };
        let gives = known_calls::method(name).filter(|_| arguments.all().all(|arg| fits(self, arg)));
        let Some(gives) = gives else { return self.unknown(call) };
        let item = self.element(receiver);
        match gives {
            _ if receiver.is_mixed() => item | receiver,
            Gives::Fresh | Gives::Total => Taint::NONE,
            Gives::Holder => item.held(),
            Gives::Piece => item | arguments.taint(),
        }
    }

    /// Its own methods change the new container only.
    fn method_of_holder(
        &mut self,
        receiver: Taint,
        method: &'a ast::ExprAttribute,
        call: &'a ast::ExprCall,
        arguments: &Arguments<'a>,
    ) -> Taint {
        let name = method.attr.as_str();
        let compares = matches!(name, "sort" | "index" | "count" | "remove" | "discard");
        let stores = matches!(
            name,
            "append" | "appendleft" | "add" | "insert" | "extend" | "extendleft" | "update" | "setdefault"
        );
        if compares && receiver.is_mixed() {
            return self.unknown(call);
        }
        let mut is_strange = false;
        for (arg, one) in arguments.all() {
            if one.any() || self.is_plain(arg) {
                is_strange |= one.is_mixed() && compares;
            } else if stores {
                self.keep_lambdas(arguments);
                let Expr::Name(name) = &*method.value else { return self.unknown(call) };
                self.taint(&name.id, receiver.mixed());
            } else {
                is_strange |= !self.is_harmless_function(arg, receiver);
            }
        }
        if is_strange {
            return self.unknown(call);
        }
        let of_args = arguments.taint();
        self.share(&method.value, of_args);
        if let Expr::Name(name) = &*method.value {
            self.taint(&name.id, of_args.held());
        }
        self.element(receiver | of_args.held())
    }

    /// Whether what is passed to be called (`key=`, `map`'s first argument) leaves its arguments alone, too.
    fn is_harmless_function(&mut self, function: &'a Expr, of_args: Taint) -> bool {
        match function {
            Expr::Lambda(lambda) => {
                let was_harmed = self.harm.nodes.contains_key(&self.node);
                let outer = self.inner.len();
                self.definition(&[], Some(&lambda.args));
                let taint = Taint::PIECE.mixed_if(of_args.is_mixed());
                let gathered = [&lambda.args.vararg, &lambda.args.kwarg].into_iter().flatten();
                let gathered: Vec<&str> = gathered.map(|arg| arg.arg.as_str()).collect();
                for parameter in parameters::all(&lambda.args) {
                    let is_gathered = gathered.contains(&parameter);
                    self.inner.push((parameter, if is_gathered { taint.held().mixed() } else { taint }));
                }
                self.eval(&lambda.body);
                self.inner.truncate(outer);
                was_harmed || !self.harm.nodes.contains_key(&self.node)
            }
            Expr::Name(name) if !self.is_local(&name.id) => {
                self.known(function).is_some()
                    || self.program.names.function(&name.id).is_some_and(|def| {
                        let is_mixed = of_args.is_mixed();
                        let mut all = parameters::all(&def.args);
                        all.all(|parameter| !self.program.summary(def, parameter, is_mixed).is_harmful)
                    })
            }
            Expr::Attribute(_) => self.known(function).is_some(),
            // `isinstance(a, (dict, list))`
            Expr::Tuple(tuple) => tuple.elts.iter().all(|element| self.is_harmless_function(element, of_args)),
            // Made on the spot.
            Expr::Call(call) => self.path(&call.func).as_deref() == Some("operator.itemgetter"),
            _ => false,
        }
    }

    /// A function of this module is looked into.
    fn own_function(&mut self, name: &'a ast::ExprName, call: &'a ast::ExprCall, arguments: &Arguments<'a>) -> Taint {
        let Some(def) = self.program.names.function(&name.id) else { return self.unknown(call) };
        let is_starred = arguments.positional.iter().any(|(arg, _)| arg.is_starred_expr());
        let mut gives = Taint::NONE;
        for (index, &(_, taint)) in arguments.positional.iter().enumerate().filter(|(_, (_, taint))| taint.any()) {
            let parameter = parameters::positional(&def.args, index).filter(|_| !is_starred);
            gives |= self.passed(def, parameter, taint, call);
        }
        for &(keyword, _, taint) in arguments.keywords.iter().filter(|(.., taint)| taint.any()) {
            let parameter = keyword.and_then(|keyword| parameters::by_name(&def.args, keyword));
            gives |= self.passed(def, parameter, taint, call);
        }
        self.keep_lambdas(arguments);
        gives
    }

    fn passed(
        &mut self,
        def: &'a ast::StmtFunctionDef,
        parameter: Option<&'a str>,
        taint: Taint,
        call: &'a ast::ExprCall,
    ) -> Taint {
        let summary = parameter.map(|parameter| self.program.summary(def, parameter, taint.is_mixed()));
        match summary {
            Some(summary) if !summary.is_harmful => summary.returns,
            _ => self.unknown(call),
        }
    }
}
