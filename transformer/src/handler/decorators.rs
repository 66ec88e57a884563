//! Decorators that call the handler once and give back what it returns, unchanged.

use super::Finder;
use crate::{
    analysis::{
        constants,
        control_flow::{NodeId, Part},
        escape::{self, Root},
        function::{self, Function},
        known_calls, parameters,
        program::Program,
        uses::{Use, What},
        variables::Load,
        walk,
    },
    parse::{
        TextSize,
        ast::{self, Expr, Ranged, Stmt},
    },
    refusal::Refusal,
};

impl<'m> Finder<'_, 'm> {
    /// Whether there are any; an error if one may do something else.
    pub(super) fn check_decorators(&self, decorators: &'m [Expr]) -> Result<bool, Refusal> {
        for decorator in decorators {
            self.check_decorator(decorator)?;
        }
        Ok(!decorators.is_empty())
    }

    pub(super) fn check_decorator(&self, decorator: &'m Expr) -> Result<(), Refusal> {
        let (function, is_called) = match decorator {
            Expr::Call(call) => (&*call.func, true),
            other => (other, false),
        };
        let written = dotted(function);
        let is_trusted = written.as_ref().is_some_and(|written| self.trusted_decorators.contains(written));
        let is_known = || {
            let path = self.names().path(function);
            path.as_deref().is_some_and(|path| {
                known_calls::is_transparent_decorator(path)
                    || path == known_calls::VALIDATOR && leaves_the_result(decorator)
            })
        };
        if is_trusted || is_known() || self.is_own_and_transparent(function, is_called) {
            return Ok(());
        }
        let name = written.unwrap_or_else(|| "a decorator".to_owned());
        Err(Refusal::of(decorator.range(), format!("`{name}` may do something else with the result")).help(format!(
            "if it calls the handler once and gives its result back unchanged, say so: UNUM_TRUST_DECORATORS={name}"
        )))
    }

    fn is_own_and_transparent(&self, function: &Expr, is_called: bool) -> bool {
        let Expr::Name(name) = function else { return false };
        let Some(mut decorator) = self.names().function(&name.id) else { return false };
        let mut outer = None;
        if is_called {
            outer = Some(decorator);
            match returned_function(decorator) {
                Some(inner) => decorator = inner,
                None => return false,
            }
        }
        passes_through(self.program, decorator, outer).is_some_and(|passes| passes)
    }
}

/// `@validator(inbound_schema=…)`, and nothing that may be a schema of the result.
fn leaves_the_result(decorator: &Expr) -> bool {
    let Expr::Call(call) = decorator else { return false };
    let is_other = |name: &ast::Identifier| name.as_str() != known_calls::VALIDATES_THE_RESULT;
    call.args.is_empty() && call.keywords.iter().all(|keyword| keyword.arg.as_ref().is_some_and(is_other))
}

/// `def decorator(…): def inner(…): …; return inner`
fn returned_function(outer: &ast::StmtFunctionDef) -> Option<&ast::StmtFunctionDef> {
    let Some(Stmt::Return(ast::StmtReturn { value: Some(value), .. })) = outer.body.last() else { return None };
    let Expr::Name(returned) = &**value else { return None };
    let mut defs = outer.body.iter().filter_map(|statement| match statement {
        Stmt::FunctionDef(def) => Some(def),
        _ => None,
    });
    let inner = defs.next().filter(|def| def.name == *returned.id)?;
    // Nothing but a docstring, the function and its return.
    let docstring =
        outer.body.iter().take(1).filter(
            |first| matches!(first, Stmt::Expr(ast::StmtExpr { value, .. }) if constants::text(value).is_some()),
        );
    let is_simple = outer.body.len() == 2 + docstring.count();
    (defs.next().is_none() && is_simple).then_some(inner)
}

/// Whether what the decorator makes of a function gives back that function's result and nothing else.
fn passes_through<'m>(
    program: &Program<'m>,
    decorator: &'m ast::StmtFunctionDef,
    outer: Option<&'m ast::StmtFunctionDef>,
) -> Option<bool> {
    let function_name = decorator.args.posonlyargs.iter().chain(&decorator.args.args).next()?.def.arg.as_str();
    let wrapper = returned_function(decorator)?;
    let only_wraps = wrapper.decorator_list.iter().all(|decorator| {
        matches!(decorator, Expr::Call(call) if program.names.path(&call.func).as_deref() == Some("functools.wraps"))
    });
    let enclosing = [Some(decorator), outer].into_iter().flatten().flat_map(function::bound_names).collect();
    let function = Function::inside(wrapper, &program.names, None, enclosing)?;
    let variable = function.variables.get(function_name)?;
    // Its name for a log line is harmless.
    let is_only_named = |load: &&Load| {
        let looks = |found: &&Use| {
            matches!(found.what, What::Attribute(name) if matches!(name, "__name__" | "__qualname__" | "__module__"))
                && found.at == load.at
        };
        !function.uses.uses.iter().any(|found| looks(&found))
    };
    let calls: Vec<&Load> = variable.loads.iter().filter(is_only_named).collect();
    let [load] = calls.as_slice() else { return Some(false) };
    let is_shadowed = parameters::all(&wrapper.args).any(|parameter| parameter == function_name);
    // Whatever else has it could call it again.
    let uses = walk::collect(&decorator.body);
    let loads_of = |name: &str| {
        uses.uses.iter().filter(|found| matches!(found.what, What::Load(loaded) if loaded == name)).count()
    };
    let loads = loads_of(function_name);
    // Besides being returned, it calls itself.
    if loads_of(wrapper.name.as_str()) != 1 {
        return Some(false);
    }
    // A `finally` body stands in the graph more than once.
    let mut known: Vec<TextSize> = variable.loads.iter().map(|load| load.at).collect();
    known.sort_unstable();
    known.dedup();
    if is_shadowed || loads != known.len() + wrapper.decorator_list.len() {
        return Some(false);
    }
    if !only_wraps || load.captured || !variable.bindings.is_empty() || function.suspends().is_some() {
        return Some(false);
    }
    let calls_it =
        |value: &Expr| matches!(value, Expr::Call(call) if call.func.is_name_expr() && call.func.start() == load.at);
    let node = load.node;
    let is_kept = match function.graph.nodes[node].part {
        Part::Return { value: Some(value), .. } => calls_it(value) && reached(&function, node).all(|part| !ends(part)),
        part @ Part::Simple(Stmt::Assign(ast::StmtAssign { targets, value, .. })) if calls_it(value) => {
            let [Expr::Name(result)] = targets.as_slice() else { return Some(false) };
            let result = result.id.as_str();
            let harm = escape::analyse(program, &function, Root::Value(result));
            let bindings = &function.variables.get(result)?.bindings;
            let _ = part;
            bindings.len() == 1
                && harm.nodes.is_empty()
                && harm.captured.is_none()
                && reached(&function, node).all(|part| !ends(part) || returns(part, result))
        }
        _ => false,
    };
    let again = function.graph.reaching([node]);
    let is_once =
        function.graph.nodes[node].next.iter().chain(&function.graph.nodes[node].raised).all(|&to| !again[to]);
    let leaves = function.graph.reaching([crate::analysis::control_flow::Graph::EXIT]);
    let passes_errors_on = function.graph.nodes[node].raised.iter().all(|&to| !leaves[to]);
    Some(is_kept && is_once && passes_errors_on)
}

/// Everything that can run after this node.
fn reached<'f>(function: &'f Function<'f>, node: NodeId) -> impl Iterator<Item = Part<'f>> {
    let seen = function.graph.reached_from(function.graph.nodes[node].next.iter().copied());
    (0..seen.len()).filter(move |&node| seen[node]).map(|node| function.graph.nodes[node].part)
}

fn ends(part: Part) -> bool {
    matches!(part, Part::Return { .. } | Part::FallsOff)
}

fn returns(part: Part, name: &str) -> bool {
    matches!(part, Part::Return { value: Some(Expr::Name(returned)), .. } if returned.id.as_str() == name)
}

/// `a.b.c` as it is written.
fn dotted(expr: &Expr) -> Option<String> {
    match expr {
        Expr::Name(name) => Some(name.id.to_string()),
        Expr::Attribute(attribute) => Some(format!("{}.{}", dotted(&attribute.value)?, attribute.attr.as_str())),
        _ => None,
    }
}
