//! Decorators that call the handler once and give back what it returns, unchanged.

use super::{Finder, MAX_STEPS};
use crate::{
    analysis::{
        control_flow::{NodeId, Part},
        escape::{self, Root},
        function::{self, Function},
        known_calls,
        names::{self, Definition},
        parameters,
        program::Program,
        surroundings,
        uses::{Use, Uses, What},
        variables::Load,
        walk,
    },
    module::Binding,
    parse::{
        TextSize,
        ast::{self, Expr, Ranged, Stmt},
    },
    refusal::Refusal,
    route::{Kind, Wrapper},
};

impl<'m> Finder<'_, 'm> {
    /// What they put around the function, from the innermost outwards; an error if one may do something else.
    pub(super) fn check_decorators(&self, decorators: &'m [Expr]) -> Result<Vec<Wrapper>, Refusal> {
        let found = decorators.iter().rev().map(|decorator| self.check_decorator(decorator));
        Ok(found.collect::<Result<Vec<_>, _>>()?.into_iter().flatten().collect())
    }

    pub(super) fn check_decorator(&self, decorator: &'m Expr) -> Result<Vec<Wrapper>, Refusal> {
        let (function, is_called) = match decorator {
            Expr::Call(call) => (&*call.func, true),
            other => (other, false),
        };
        let written = names::dotted(function);
        if let Some(path) = self.names().path(function)
            && let Some(modules) = known_calls::transparent_decorator(&path)
            && (path != known_calls::VALIDATOR || leaves_the_result(decorator))
        {
            let modules: Vec<String> = modules.iter().map(|&module| module.to_owned()).collect();
            return Ok(if modules.is_empty() { Vec::new() } else { vec![Wrapper::Modules { modules }] });
        }
        if let Some(wrappers) = self.own_and_transparent(function, is_called) {
            return Ok(wrappers);
        }
        if written.as_ref().is_some_and(|written| self.trusted_decorators.contains(written)) {
            return Ok(vec![Wrapper::trusted(self.modules_of(function))]);
        }
        let name = written.unwrap_or_else(|| "a decorator".to_owned());
        Err(Refusal::of(decorator.range(), format!("`{name}` may do something else with the result")).help(format!(
            "if it calls the handler once and gives its result back unchanged, say so: UNUM_TRUST_DECORATORS={name}"
        )))
    }

    /// One of the user's own, of this module or of one that it comes out of.
    fn own_and_transparent(&self, function: &Expr, is_called: bool) -> Option<Vec<Wrapper>> {
        let Some(Definition { binding: Binding::Function(def), elsewhere }) = self.names().definition(function) else {
            return None;
        };
        let name = names::dotted(function)?;
        let kind = if def.decorator_list.is_empty() { Kind::Function } else { Kind::Middleware };
        let Some(there) = elsewhere else {
            let wrappers = transparent(self.program, def, is_called)?;
            self.names().rely_on_code(name, kind, self.names(), def);
            return Some(wrappers);
        };
        let function = Function::new(def, &there, None)?;
        surroundings::check(there.module, &function.uses).ok()?;
        let there = Program::new(there);
        let wrappers = transparent(&there, def, is_called)?;
        self.names().rely_on_code(name, kind, &there.names, def);
        Some(wrappers)
    }

    /// Where a decorator that nothing is known of comes out of: a whole package, unless it is the handler's own.
    fn modules_of(&self, function: &Expr) -> Vec<String> {
        let own = self.names().name;
        let mut modules = vec![self.imported_from(function, MAX_STEPS).unwrap_or_else(|| own.dotted.to_owned())];
        let defined = self.names().definition(function).and_then(|found| found.elsewhere);
        modules.extend(defined.map(|names| names.name.dotted.to_owned()));
        let package = |module: &str| module.split('.').next().unwrap_or_default().to_owned();
        let is_own = |module: &str| package(module) == package(own.dotted);
        modules.into_iter().map(|module| if is_own(&module) { module } else { package(&module) }).collect()
    }

    /// The module that an expression begins with, or a name in it.
    fn imported_from(&self, expr: &Expr, steps: usize) -> Option<String> {
        let names = self.names();
        match names.module.binding(names::root(expr)?)? {
            Binding::Import { module, level, name } => {
                let module = names.name.absolute(module, level)?;
                let inner = name.map(|name| format!("{module}.{name}"));
                Some(inner.filter(|inner| names.is_own_module(inner)).unwrap_or(module))
            }
            Binding::Value(value) => self.imported_from(value, steps.checked_sub(1)?),
            _ => None,
        }
    }
}

fn transparent<'m>(
    program: &Program<'m>,
    decorator: &'m ast::StmtFunctionDef,
    is_called: bool,
) -> Option<Vec<Wrapper>> {
    let wrapper = |def: &ast::StmtFunctionDef| Wrapper::Function {
        file: program.names.name.path.to_owned(),
        function: def.name.to_string(),
        first_line: program.names.first_line(def),
    };
    match decorator.decorator_list.as_slice() {
        [] if is_called => {
            let inner = returned_function(decorator).filter(|inner| inner.decorator_list.is_empty())?;
            Some(vec![wrapper(passing_through(program, inner, Some(decorator))?)])
        }
        [] => Some(vec![wrapper(passing_through(program, decorator, None)?)]),
        [maker] if makes_a_decorator(program, maker) && calls_its_first(program, decorator)? => {
            let modules = vec![known_calls::MAKER_OF_DECORATORS.to_owned()];
            Some(vec![wrapper(decorator), Wrapper::Modules { modules }])
        }
        _ => None,
    }
}

/// `@lambda_handler_decorator`, and nothing that may be a function of its own.
fn makes_a_decorator(program: &Program, maker: &Expr) -> bool {
    let is_option = |keyword: &ast::Keyword| {
        keyword.arg.as_ref().is_some_and(|name| name.as_str() == known_calls::OPTION_OF_MAKERS)
    };
    let function = match maker {
        Expr::Call(call) if call.args.is_empty() && call.keywords.iter().all(is_option) => &call.func,
        other => other,
    };
    program.names.path(function).is_some_and(|path| known_calls::makes_a_decorator(&path))
}

/// `@validator(inbound_schema=…)`, and nothing that may be a schema of the result.
fn leaves_the_result(decorator: &Expr) -> bool {
    let Expr::Call(call) = decorator else { return false };
    let is_other = |name: &ast::Identifier| name.as_str() != known_calls::VALIDATES_THE_RESULT;
    call.args.is_empty() && call.keywords.iter().all(|keyword| keyword.arg.as_ref().is_some_and(is_other))
}

/// `def decorator(…): def inner(…): …; return inner`
fn returned_function(outer: &ast::StmtFunctionDef) -> Option<&ast::StmtFunctionDef> {
    let Some((Stmt::Return(ast::StmtReturn { value: Some(value), .. }), before)) = outer.body.split_last() else {
        return None;
    };
    let Expr::Name(returned) = &**value else { return None };
    let mut inner = None;
    for statement in before {
        match statement {
            Stmt::FunctionDef(def) if def.name == *returned.id && inner.is_none() => inner = Some(def),
            // No way leads past the function.
            Stmt::Assign(_) | Stmt::AnnAssign(_) | Stmt::Expr(_) | Stmt::Import(_) | Stmt::ImportFrom(_) => {}
            _ => return None,
        }
    }
    let uses = walk::collect(&outer.body);
    let binds = |found: &&Use| matches!(found.what, What::Bind(name, _) if name == returned.id.as_str());
    (uses.uses.iter().filter(binds).count() == 1).then_some(inner?)
}

/// What the decorator makes of a function, if that gives back the function's result and nothing else.
fn passing_through<'m>(
    program: &Program<'m>,
    decorator: &'m ast::StmtFunctionDef,
    outer: Option<&'m ast::StmtFunctionDef>,
) -> Option<&'m ast::StmtFunctionDef> {
    let function_name = first_parameter(decorator)?;
    let wrapper = returned_function(decorator)?;
    let enclosing: Vec<&str> = [Some(decorator), outer].into_iter().flatten().flat_map(function::bound_names).collect();
    let is_wraps = |func: &Expr| {
        let is_global = names::root(func).is_some_and(|root| !enclosing.contains(&root));
        is_global && program.names.path(func).as_deref() == Some("functools.wraps")
    };
    let only_wraps =
        wrapper.decorator_list.iter().all(|decorator| matches!(decorator, Expr::Call(call) if is_wraps(&call.func)));
    let function = Function::inside(wrapper, &program.names, None, enclosing)?;
    let is_shadowed = parameters::all(&wrapper.args).any(|parameter| parameter == function_name);
    // Whatever else has it could call it again.
    let uses = walk::collect(&decorator.body);
    let loads_of = |name: &str| {
        uses.uses.iter().filter(|found| matches!(found.what, What::Load(loaded) if loaded == name)).count()
    };
    // Besides being returned, it calls itself.
    if loads_of(wrapper.name.as_str()) != 1 {
        return None;
    }
    let binds = |found: &Use| matches!(found.what, What::Bind(name, _) if name == function_name);
    if uses.uses.iter().any(binds) {
        return None;
    }
    let is_load = |found: &&Use| matches!(found.what, What::Load(loaded) if loaded == function_name);
    let loads = uses.uses.iter().filter(is_load).filter(|found| !is_only_named(&uses, found.at)).count();
    if is_shadowed || !only_wraps || loads != 1 + wrapper.decorator_list.len() {
        return None;
    }
    gives_what_it_gives(program, &function, function_name)?.then_some(wrapper)
}

/// `def middleware(handler, event, context): …`, which is called with the function that it decorates.
fn calls_its_first<'m>(program: &Program<'m>, middleware: &'m ast::StmtFunctionDef) -> Option<bool> {
    let function = Function::new(middleware, &program.names, None)?;
    gives_what_it_gives(program, &function, first_parameter(middleware)?)
}

/// Whether of the function that is read here only the name is asked, for a log line.
fn is_only_named(uses: &Uses, at: TextSize) -> bool {
    let is_name = |name: &str| matches!(name, "__name__" | "__qualname__" | "__module__");
    uses.uses.iter().any(|found| found.at == at && matches!(found.what, What::Attribute(name) if is_name(name)))
}

fn first_parameter(def: &ast::StmtFunctionDef) -> Option<&str> {
    Some(def.args.posonlyargs.iter().chain(&def.args.args).next()?.def.arg.as_str())
}

/// Whether a function calls the one in this variable once, and gives back what that returns.
fn gives_what_it_gives<'m>(program: &Program<'m>, function: &Function<'m>, name: &str) -> Option<bool> {
    let variable = function.variables.get(name)?;
    let calls: Vec<&Load> = variable.loads.iter().filter(|load| !is_only_named(&function.uses, load.at)).collect();
    let [load] = calls.as_slice() else { return Some(false) };
    if load.captured || !variable.bindings.is_empty() || variable.is_global || function.suspends().is_some() {
        return Some(false);
    }
    let calls_it =
        |value: &Expr| matches!(value, Expr::Call(call) if call.func.is_name_expr() && call.func.start() == load.at);
    let node = load.node;
    let is_kept = match function.graph.nodes[node].part {
        Part::Return { value: Some(value), .. } => calls_it(value) && reached(function, node).all(|part| !ends(part)),
        Part::Simple(Stmt::Assign(ast::StmtAssign { targets, value, .. })) if calls_it(value) => {
            let [Expr::Name(result)] = targets.as_slice() else { return Some(false) };
            let result = result.id.as_str();
            let harm = escape::analyse(program, function, Root::Value(result));
            let bindings = &function.variables.get(result)?.bindings;
            bindings.len() == 1
                && harm.nodes.is_empty()
                && harm.captured.is_none()
                && reached(function, node).all(|part| !ends(part) || returns(part, result))
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
