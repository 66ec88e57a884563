//! Whether what a `with` statement enters lets every exception go on: then nothing follows the statement but what was
//! returned inside.

use super::{
    control_flow::{Graph, NodeId, Part},
    function::Function,
    known_calls,
    names::{self, Definition, Names},
    surroundings,
    uses::What,
    walk,
};
use crate::{
    module::Binding,
    parse::ast::{self, Constant, Expr, Stmt},
    route::Kind,
};

pub fn lets_exceptions_pass(names: &Names, context: &Expr) -> bool {
    let path = names.path(context);
    let is_known =
        path.as_deref().and_then(|path| path.strip_suffix("()")).is_some_and(known_calls::lets_exceptions_pass);
    is_known || made_by(names, context).is_some_and(|call| is_own_and_passes(names, context, &call.func))
}

/// The call that makes it; where it has a name, the one that the name is bound to.
fn made_by<'e, 'm: 'e>(names: &Names<'m>, context: &'e Expr) -> Option<&'e ast::ExprCall> {
    match context {
        Expr::Call(call) => Some(call),
        Expr::Name(name) if names.may_patch(&name.id) => None,
        Expr::Name(name) => match names.module.binding(&name.id)? {
            Binding::Value(Expr::Call(call)) => Some(call),
            _ => None,
        },
        _ => None,
    }
}

/// A function or a class of the user's.
fn is_own_and_passes(names: &Names, context: &Expr, maker: &Expr) -> bool {
    let Some(Definition { binding, elsewhere }) = names.definition(maker) else { return false };
    let there = elsewhere.as_ref().unwrap_or(names);
    let is_call = context.is_call_expr();
    let found = match binding {
        // Made once, it works once.
        Binding::Function(def) if is_call => {
            passes(there, def, elsewhere.is_some(), hands_it_on).then_some((def, Kind::Generator))
        }
        Binding::Class(class) => exit_of(there, class)
            .filter(|exit| passes(there, exit, elsewhere.is_some(), gives_nothing))
            .map(|exit| (exit, if is_call { Kind::Class } else { Kind::Instance })),
        _ => None,
    };
    let (Some((def, kind)), Some(name)) = (found, names::dotted(if is_call { maker } else { context })) else {
        return false;
    };
    names.rely_on_code(name, kind, there, def);
    true
}

fn passes<'m>(
    names: &Names<'m>,
    def: &'m ast::StmtFunctionDef,
    is_elsewhere: bool,
    so: fn(&Names<'m>, &Function<'m>) -> bool,
) -> bool {
    names.passes(def, || {
        let Some(function) = Function::new(def, names, None) else { return false };
        let is_seen = is_elsewhere && surroundings::check(names.module, &function.uses).is_err();
        !is_seen && so(names, &function)
    })
}

/// `@contextmanager`: an exception comes out of the `yield`, and goes on unless the function then comes to its end.
fn hands_it_on<'m>(names: &Names<'m>, function: &Function<'m>) -> bool {
    let [decorator] = function.def.decorator_list.as_slice() else { return false };
    if names.path(decorator).as_deref() != Some("contextlib.contextmanager") {
        return false;
    }
    let graph = &function.graph;
    let leaves = graph.reaching([Graph::EXIT]);
    let mut suspends: Vec<NodeId> = Vec::new();
    for found in function.uses.uses.iter().filter(|found| matches!(found.what, What::Suspend)) {
        if found.scope != 0 || suspends.contains(&found.node) {
            return false;
        }
        suspends.push(found.node);
    }
    let goes_on = |&node: &NodeId| graph.nodes[node].raised.iter().all(|&to| !leaves[to]);
    let is_plain = |&node: &NodeId| is_plain_yield(graph.nodes[node].part);
    !suspends.is_empty() && suspends.iter().all(|node| is_plain(node) && goes_on(node))
}

/// `yield value` or `name = yield value`: what `yield from` hands an exception to may keep it.
fn is_plain_yield(part: Part) -> bool {
    match part {
        Part::Simple(Stmt::Expr(statement)) => statement.value.is_yield_expr(),
        Part::Simple(Stmt::Assign(assign)) => assign.value.is_yield_expr(),
        _ => false,
    }
}

/// The only `__exit__` that instances of the class can have.
fn exit_of<'m>(names: &Names<'m>, class: &'m ast::StmtClassDef) -> Option<&'m ast::StmtFunctionDef> {
    let is_known = |base: &Expr| {
        matches!(
            names.path(base).as_deref(),
            Some("builtins.object" | "contextlib.AbstractContextManager" | "contextlib.ContextDecorator")
        )
    };
    let body = walk::collect(&class.body);
    let binds = |name: &str| {
        body.uses.iter().filter(|found| matches!(found.what, What::Bind(bound, _) if bound == name)).count()
    };
    let is_plain = class.decorator_list.is_empty() && class.keywords.is_empty() && class.bases.iter().all(is_known);
    let is_itself = is_plain && binds("__new__") == 0 && binds("__exit__") == 1 && binds("__class__") == 0;
    if !is_itself || names.may_patch("__exit__") || names.may_patch("__class__") || names.may_patch("__bases__") {
        return None;
    }
    class.body.iter().find_map(|statement| match statement {
        Stmt::FunctionDef(def) if def.name.as_str() == "__exit__" => Some(def),
        _ => None,
    })
}

/// Only what is true keeps an exception from going on.
fn gives_nothing<'m>(_: &Names<'m>, exit: &Function<'m>) -> bool {
    let is_nothing = |value: &Expr| match value {
        Expr::Constant(constant) => matches!(constant.value, Constant::None | Constant::Bool(false)),
        _ => false,
    };
    let nodes = exit.graph.nodes.iter().filter(|node| node.is_reachable);
    let mut returned = nodes.filter_map(|node| match node.part {
        Part::Return { value, .. } => value,
        _ => None,
    });
    exit.def.decorator_list.is_empty() && exit.suspends().is_none() && returned.all(is_nothing)
}
