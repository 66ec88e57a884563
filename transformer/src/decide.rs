//! From a module's text to its report and its edited text.

use rustc_hash::FxHashSet;

use crate::{
    analysis::{
        control_flow::{Graph, NodeId, Part},
        event_reads,
        fields::{Call, Fields},
        finality::Finality,
        function::Function,
        names::{self, Names},
        program::Program,
        result_shape::Shapes,
        returns::Returns,
        surroundings,
    },
    edit::{self, Insertion},
    handler::{self, Finder, Found, Import},
    lines::Lines,
    module::{Module, Patches, Unreadable},
    modules::{ModuleName, Modules},
    neighbours::{Reader, Texts},
    parse::{
        TextRange, TextSize,
        ast::{self, Expr, Ranged, Stmt},
    },
    plan,
    refusal::Refusal,
    report::{self, Report},
    route::{Definition, Hop, Idle, ReliedOn, Route, Shift},
    verify,
};

/// The event's envelope travels under this key.
const RESERVED_KEY: &str = "__unum__";
/// Fields times statements.
const MAX_STATES: usize = 4_000_000;
/// Sets of keys that are tried, the last ones in the source: one of them streams.
const MAX_CANDIDATES: usize = 6;
/// Functions that give back what the next one returns.
const MAX_HOPS: usize = 8;

/// What came of one module.
pub enum Decision {
    Decided(Decided),
    /// The result comes out of another module's function; and what can be said without that module.
    Elsewhere(Elsewhere, Option<Box<Decided>>),
}

/// Where to go on.
pub struct Elsewhere {
    pub import: Import,
    pub route: Route,
    pub patches: Patches,
}

pub struct Decided {
    pub report: Report,
    pub edited: Option<Box<Edited>>,
}

pub struct Edited {
    pub text: String,
    pub route: Route,
    pub shifts: Vec<Shift>,
    pub idle: Vec<Idle>,
    pub guards: u32,
    pub relied_on: Vec<ReliedOn>,
    pub definitions: Vec<Definition>,
}

/// Why there is nothing to decide.
pub enum Impossible {
    Missing,
    Unreadable(Unreadable),
}

pub struct Question<'q> {
    /// Function of this module.
    pub name: &'q str,
    pub module: ModuleName<'q>,
    /// How the worker's call gets there.
    pub route: Route,
    /// By the modules on the way.
    pub patches: Patches,
    pub trusted_decorators: &'q [String],
    pub modules: &'q dyn Modules,
}

/// Parses, walks and drops syntax trees; needs the stack that `nesting` allows for.
pub fn decide(text: &str, question: &Question) -> Result<Decision, Impossible> {
    let texts = Texts::default();
    let neighbours = Reader::new(question.modules, &texts);
    let module = Module::behind(text, question.patches.clone());
    let name = question.name;
    if !handler::is_bound(&module, name) {
        return Err(Impossible::Missing);
    }
    if let Some(unreadable) = handler::unreadable(&module, name) {
        return Err(Impossible::Unreadable(unreadable));
    }
    let lines = Lines::new(text);
    let program = Program::new(Names::new(&module, question.module, &neighbours));
    let decider = Decider { program: &program, lines: &lines, question };
    Ok(decider.decide().unwrap_or_else(|refusal| {
        Decision::Decided(Decided { report: Report::refused(name, refusal, &lines), edited: None })
    }))
}

struct Decider<'d, 'm> {
    program: &'d Program<'m>,
    lines: &'d Lines<'d>,
    question: &'d Question<'d>,
}

/// The function that is looked at.
struct Entry<'m> {
    def: &'m ast::StmtFunctionDef,
    /// Which parameter is the event, if nobody else has it.
    event_index: Option<usize>,
    in_class: bool,
}

impl<'m> Decider<'_, 'm> {
    fn decide(&self) -> Result<Decision, Refusal> {
        let finder = Finder { program: self.program, trusted_decorators: self.question.trusted_decorators };
        handler::check_identifiers(self.program.names.module)?;
        let mut route = self.question.route.clone();
        let found = match finder.find(self.question.name, &mut Vec::new())? {
            Found::Function(handler) => handler,
            Found::Import(import) if !route.hops.is_empty() && !import.wrappers.is_empty() => {
                let reason = format!("`{}` is decorated, and another function returns its result", import.name);
                return Err(Refusal { reason, at: None, help: None });
            }
            Found::Import(import) => {
                route.is_wrapped |= import.is_wrapped;
                route.wrappers.splice(..0, import.wrappers.iter().cloned());
                return Ok(self.elsewhere(import, route));
            }
        };
        route.is_wrapped |= found.is_wrapped;
        route.wrappers.splice(..0, found.wrappers);
        let is_first = route.hops.is_empty();
        if !is_first && found.is_wrapped {
            return Err(Refusal::at(found.def.start(), "a decorated function that another one returns the result of"));
        }
        // What wraps the handler may keep the event for others to change.
        let event_index = (is_first && !route.is_wrapped).then_some(found.event_index);
        let entry = Entry { def: found.def, event_index, in_class: found.in_class };
        self.function(&finder, &entry, &route)
    }

    fn function(&self, finder: &Finder<'_, 'm>, entry: &Entry<'m>, route: &Route) -> Result<Decision, Refusal> {
        let &Entry { def, event_index, in_class } = entry;
        let name = def.name.as_str();
        let Some(function) = Function::new(def, &self.program.names, event_index) else {
            return Err(Refusal::at(def.start(), format!("there are too many ways through `{name}`")));
        };
        handler::check_body(name, &function, in_class)?;
        surroundings::check(self.program.names.module, &function.uses)?;
        let own = self.own(&function, route);
        if matches!(&own, Ok(decided) if decided.edited.is_some()) || route.hops.len() >= MAX_HOPS {
            return own.map(Decision::Decided);
        }
        match self.follow(finder, &function, route) {
            Some(Ok(Decision::Elsewhere(on, _))) => {
                let own = own.unwrap_or_else(|refusal| self.refused(refusal));
                Ok(Decision::Elsewhere(on, Some(Box::new(own))))
            }
            Some(Ok(decision)) => Ok(decision),
            Some(Err(refusal)) if own.is_err() => Err(refusal),
            _ => own.map(Decision::Decided),
        }
    }

    fn elsewhere(&self, import: Import, mut route: Route) -> Decision {
        let found = self.program.names.relied_on();
        let module = self.question.module.dotted;
        let is_path = |path: &&String| path.contains('.');
        let (known, definitions) = &mut route.relied_on;
        known.extend(found.paths.iter().filter(is_path).map(|path| ReliedOn(path.clone(), 0)));
        let globals = found.paths.iter().filter(|path| !is_path(path));
        definitions.extend(globals.map(|name| Definition::global(module, name)));
        definitions.extend(found.definitions.iter().cloned());
        drop(found);
        let patches = self.program.names.module.patches();
        Decision::Elsewhere(Elsewhere { import, route, patches }, None)
    }

    fn refused(&self, refusal: Refusal) -> Decided {
        Decided { report: Report::refused(self.question.name, refusal, self.lines), edited: None }
    }

    /// What streams from this function itself.
    fn own(&self, function: &Function<'m>, route: &Route) -> Result<Decided, Refusal> {
        let shapes = Shapes { program: self.program, function };
        let returns = Returns::of(&shapes, event_reads::untouched_event(function));
        let mut candidates: Vec<Vec<&str>> = Vec::new();
        for entries in returns.all.iter().rev().filter_map(|back| back.entries.as_ref().ok()) {
            if !candidates.iter().any(|keys| keys.iter().eq(entries.iter().map(|(key, _)| key))) {
                candidates.push(entries.iter().map(|(key, _)| *key).collect());
            }
            if candidates.len() == MAX_CANDIDATES {
                break;
            }
        }
        let mut best: Option<(usize, Fields, Vec<Call>)> = None;
        let mut refusal = None;
        for keys in candidates {
            let is_large = keys.len().saturating_mul(function.graph.nodes.len()) > MAX_STATES;
            let unfit = if is_large { Err(too_large(&returns)) } else { check_keys(&keys, &returns) };
            if let Err(unfit) = unfit {
                refusal.get_or_insert(unfit);
                continue;
            }
            let mut fields = Fields::new(self.program, function, Finality::of(function, &returns, keys));
            let calls = plan::calls(&mut fields);
            let early = early(&fields, &calls);
            if best.as_ref().is_none_or(|(most, ..)| early > *most) {
                best = Some((early, fields, calls));
            }
        }
        let Some((_, mut fields, calls)) = best else {
            // The last return in the source says most.
            let last = returns.all.iter().max_by_key(|back| back.at.start()).map(|back| &back.entries);
            return Err(match (last, refusal) {
                (Some(Err(why)), _) => why.clone().into(),
                (_, Some(refusal)) => refusal,
                _ => Refusal::at(function.def.start(), "the handler never returns"),
            });
        };
        let injected = unused_name(self.program.names.module);
        let edited = self.edit(function, &fields, &calls, &injected, route)?;
        let report =
            report::of(self.question.name, edited.is_some().then_some(injected), &mut fields, &calls, self.lines);
        Ok(Decided { report, edited })
    }

    fn edit(
        &self,
        function: &Function<'m>,
        fields: &Fields<'_, 'm>,
        calls: &[Call<'m>],
        injected: &str,
        route: &Route,
    ) -> Result<Option<Box<Edited>>, Refusal> {
        if calls.is_empty() {
            return Ok(None);
        }
        let text = self.program.names.module.text;
        let plan::Insertions { all: insertions, guards } = plan::insertions(fields, calls, text, injected);
        let edited = edit::apply(text, &insertions);
        let edit = verify::Edit { original: text, edited: &edited, insertions: &insertions, injected };
        let is_faithful = fits(text, &insertions) && self.keeps(function, &edit);
        if is_faithful {
            let (shifts, idle) = (self.shifts(&insertions), idle(fields, calls));
            let mut route = route.clone();
            let (mut relied_on, mut definitions) = std::mem::take(&mut route.relied_on);
            relied_on.extend(self.relied_on(function));
            definitions.extend(self.program.names.relied_on().definitions.iter().cloned());
            Ok(Some(Box::new(Edited { text: edited, route, shifts, idle, guards, relied_on, definitions })))
        } else {
            Err(Refusal::at(function.def.start(), "the edited source would not be the program that was written"))
        }
    }

    /// What has to be what it was when the module has been loaded. The function itself is not called by its name here, and what
    /// decorators have made of one is not what its text says.
    fn relied_on(&self, function: &Function<'m>) -> Vec<ReliedOn> {
        let found = self.program.names.relied_on();
        let own =
            found.functions.iter().filter(|def| def.decorator_list.is_empty() && !std::ptr::eq(**def, function.def));
        let own = own.map(|def| ReliedOn(def.name.to_string(), self.lines.line(def.start())));
        found.paths.iter().map(|path| ReliedOn(path.clone(), 0)).chain(own).collect()
    }

    /// Whether what was written is still there, and in its place.
    fn keeps(&self, function: &Function<'m>, edit: &verify::Edit) -> bool {
        let Some(piece) = self.program.names.module.piece_at(function.def.start().to_usize()) else { return false };
        let Ok(statements) = piece.statements() else { return false };
        let mut touched: Vec<&Stmt> = Vec::new();
        for insertion in edit.insertions {
            match simple_statement_at(statements, insertion.offset) {
                Some(found) if touched.last().is_some_and(|last| std::ptr::eq(*last, found)) => {}
                Some(found) => touched.push(found),
                // In the header of a compound statement.
                None => return edit.keeps_all(statements, piece.range().start, piece.range().end),
            }
        }
        touched.into_iter().all(|statement| edit.keeps(statement))
    }

    /// The insertions on lines on which something stands behind one of them.
    fn shifts(&self, insertions: &[Insertion]) -> Vec<Shift> {
        let text = self.program.names.module.text;
        let is_last = |insertion: &Insertion| {
            let rest = text[insertion.offset.to_usize()..].trim_start_matches([' ', '\t', '\x0c']);
            rest.is_empty() || rest.starts_with(['\n', '\r', '#'])
        };
        let lines: FxHashSet<u32> = insertions
            .iter()
            .filter(|insertion| !is_last(insertion))
            .map(|insertion| self.lines.line(insertion.offset))
            .collect();
        let shift = |insertion: &Insertion| {
            let (line, column) = self.lines.bytes(insertion.offset);
            Shift(line, column, u32::try_from(insertion.text.len()).unwrap_or(u32::MAX))
        };
        insertions.iter().map(shift).filter(|Shift(line, ..)| lines.contains(line)).collect()
    }

    /// Into a function whose result this one gives back as it is.
    fn follow(
        &self,
        finder: &Finder<'_, 'm>,
        function: &Function<'m>,
        route: &Route,
    ) -> Option<Result<Decision, Refusal>> {
        let (back, call) = tail_call(function)?;
        let mut route = route.clone();
        route.hops.insert(
            0,
            Hop {
                file: self.question.module.path.to_owned(),
                function: function.def.name.to_string(),
                first_line: self.lines.line(back.start()),
                last_line: self.lines.line(back.end()),
            },
        );
        let root = names::root(&call.func)?;
        if function.is_inner(root) {
            return None;
        }
        match &*call.func {
            Expr::Name(name) => {
                if let Err(refusal) = finder.check_readers(root, &[call.func.start()]) {
                    return Some(Err(refusal));
                }
                if let Some(def) = self.program.names.function(&name.id) {
                    return Some(if def.decorator_list.is_empty() {
                        self.function(finder, &Entry { def, event_index: None, in_class: false }, &route)
                    } else {
                        Err(Refusal::at(def.start(), format!("`{root}`, whose result is returned, is decorated")))
                    });
                }
                if self.program.names.module.is_builtin(&name.id) {
                    return None;
                }
                match finder.find(&name.id, &mut vec![call.func.start()]) {
                    Ok(Found::Import(import)) if !import.is_wrapped => Some(Ok(self.elsewhere(import, route))),
                    Ok(_) => None,
                    Err(refusal) => Some(Err(refusal)),
                }
            }
            Expr::Attribute(attribute) if attribute.value.is_name_expr() => match finder.method(attribute) {
                Ok(Found::Import(import)) => Some(Ok(self.elsewhere(import, route))),
                Ok(Found::Function(method)) if !method.is_wrapped => {
                    let entry = Entry { def: method.def, event_index: None, in_class: true };
                    Some(self.function(finder, &entry, &route))
                }
                _ => None,
            },
            _ => None,
        }
    }
}

/// The innermost statement around an offset, if it is one without a body.
fn simple_statement_at(statements: &[Stmt], offset: TextSize) -> Option<&Stmt> {
    let index = statements.partition_point(|statement| statement.end() < offset);
    let statement = statements.get(index).filter(|statement| statement.start() <= offset)?;
    let bodies: Vec<&[Stmt]> = match statement {
        Stmt::FunctionDef(def) => vec![&def.body],
        Stmt::AsyncFunctionDef(def) => vec![&def.body],
        Stmt::ClassDef(class) => vec![&class.body],
        Stmt::If(branch) => vec![&branch.body, &branch.orelse],
        Stmt::While(repeat) => vec![&repeat.body, &repeat.orelse],
        Stmt::For(each) => vec![&each.body, &each.orelse],
        Stmt::AsyncFor(each) => vec![&each.body, &each.orelse],
        Stmt::With(with) => vec![&with.body],
        Stmt::AsyncWith(with) => vec![&with.body],
        Stmt::Match(choice) => choice.cases.iter().map(|case| case.body.as_slice()).collect(),
        Stmt::Try(attempt) => attempt_bodies(&attempt.body, &attempt.handlers, &attempt.orelse, &attempt.finalbody),
        Stmt::TryStar(attempt) => attempt_bodies(&attempt.body, &attempt.handlers, &attempt.orelse, &attempt.finalbody),
        _ => return Some(statement),
    };
    bodies.into_iter().find_map(|body| simple_statement_at(body, offset))
}

fn attempt_bodies<'a>(
    body: &'a [Stmt],
    handlers: &'a [ast::ExceptHandler],
    orelse: &'a [Stmt],
    finalbody: &'a [Stmt],
) -> Vec<&'a [Stmt]> {
    let handlers = handlers.iter().map(|ast::ExceptHandler::ExceptHandler(handler)| handler.body.as_slice());
    [body].into_iter().chain(handlers).chain([orelse, finalbody]).collect()
}

/// `return helper(…)`, with nothing that could return anything else once the call has begun: at most `with` statements end.
fn tail_call<'a>(function: &Function<'a>) -> Option<(&'a ast::StmtReturn, &'a ast::ExprCall)> {
    let leaves = function.graph.reaching([Graph::EXIT]);
    let nodes = function.graph.nodes.iter().rev().filter(|node| node.is_reachable && !node.is_copy);
    let tails = nodes.filter(|node| node.raised.iter().all(|&to| !leaves[to]));
    tails
        .filter_map(|node| match node.part {
            Part::Return { statement, value: Some(Expr::Call(call)) } => Some((statement, call, node)),
            _ => None,
        })
        .find(|(_, _, node)| leads_out(function, &node.next))
        .map(|(back, call, _)| (back, call))
        .filter(|(_, call)| unpacks_only_its_own(function, call))
}

fn leads_out(function: &Function, next: &[NodeId]) -> bool {
    match next {
        [Graph::EXIT] => true,
        &[next] => {
            let next = &function.graph.nodes[next];
            matches!(next.part, Part::Leave) && leads_out(function, &next.next)
        }
        _ => false,
    }
}

/// What is unpacked, an iterator say, runs inside the call itself: it could call the function, too. The parameters that
/// gather arguments are a tuple and a dict.
fn unpacks_only_its_own(function: &Function, call: &ast::ExprCall) -> bool {
    let args = &function.def.args;
    let is_own = |value: &Expr, gathered: &Option<Box<ast::Arg>>| {
        matches!((value, gathered), (Expr::Name(name), Some(arg)) if name.id.as_str() == arg.arg.as_str())
            && function.variables.get(names::root(value).unwrap_or_default()).is_some_and(|one| one.bindings.is_empty())
    };
    let starred = call.args.iter().filter_map(|arg| match arg {
        Expr::Starred(starred) => Some(&*starred.value),
        _ => None,
    });
    let mut double = call.keywords.iter().filter(|keyword| keyword.arg.is_none());
    starred.into_iter().all(|value| is_own(value, &args.vararg))
        && double.all(|keyword| is_own(&keyword.value, &args.kwarg))
}

fn too_large(returns: &Returns) -> Refusal {
    let at = returns.all.last().map_or_else(TextRange::default, |back| back.at);
    Refusal::of(at, "the result has too many fields for a handler of this size")
}

fn idle<'a>(fields: &Fields<'_, 'a>, calls: &[Call<'a>]) -> Vec<Idle> {
    let idle = fields.idle(calls).into_iter();
    idle.map(|(field, names)| {
        Idle(fields.finality.keys[field].to_owned(), names.into_iter().map(str::to_owned).collect())
    })
    .collect()
}

fn check_keys(keys: &[&str], returns: &Returns) -> Result<(), Refusal> {
    let at = returns.all.last().map_or_else(TextRange::default, |back| back.at);
    if keys.contains(&RESERVED_KEY) {
        return Err(Refusal::of(at, format!("the key `{RESERVED_KEY}` is reserved")));
    }
    if keys.len() < 2 {
        return Err(Refusal::of(at, "a result with fewer than two fields has nothing to send ahead"));
    }
    Ok(())
}

fn early(fields: &Fields, calls: &[Call]) -> usize {
    plan::goes_ahead(fields, calls).into_iter().filter(|goes| *goes).count()
}

/// Whether every insertion stays on its line, and those behind a statement stand at its very end.
fn fits(text: &str, insertions: &[Insertion]) -> bool {
    insertions.iter().all(|insertion| {
        let rest = text[insertion.offset.to_usize()..].trim_start_matches([' ', '\t', '\x0c']);
        let behind = insertion.text.starts_with(';');
        !insertion.text.contains(['\n', '\r'])
            && (!behind || rest.is_empty() || rest.starts_with([';', '#', '\n', '\r', '\\']))
    })
}

fn unused_name(module: &Module) -> String {
    let numbered = (1..).map(|number: u32| format!("__unum_{number}__"));
    let mut names = std::iter::once("__unum__".to_owned()).chain(numbered);
    names.find(|name| !module.text.contains(name.as_str())).unwrap_or_default()
}

/// For reports on a text that cannot be read.
pub fn place_of(text: &str, at: TextSize) -> report::Place {
    Lines::new(text).place(TextRange::empty(at))
}
