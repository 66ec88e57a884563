//! The last line of defence: the edited function, without the injected calls, must be the one that was written.

#[cfg(debug_assertions)]
use std::convert::Infallible;

#[cfg(debug_assertions)]
use crate::parse::{TextRange, ast::fold::Fold};
use crate::{
    analysis::{uses::What, walk},
    edit::Insertion,
    module,
    parse::{
        TextSize,
        ast::{self, Expr, Ranged, Stmt},
    },
};

/// What is to be compared: a text, where it is, and what is put in.
pub struct Edit<'e> {
    pub original: &'e str,
    pub edited: &'e str,
    /// Sorted by offset.
    pub insertions: &'e [Insertion],
    pub injected: &'e str,
}

impl Edit<'_> {
    /// Whether `statement`, one without a body, is still the same, with nothing beside it but injected calls.
    ///
    /// Cheaper than to read the whole function again; where a statement begins and ends cannot change, for no line ends
    /// are put in.
    pub fn keeps(&self, statement: &Stmt) -> bool {
        let (start, end) = (statement.start(), statement.end());
        let first = self.insertions.partition_point(|insertion| insertion.offset < start);
        let behind = self.insertions.partition_point(|insertion| insertion.offset <= end);
        let before = length(&self.insertions[..first]);
        let edited_start = start.to_usize() + before;
        let edited_end = end.to_usize() + before + length(&self.insertions[first..behind]);
        let Some(text) = self.edited.get(edited_start..edited_end) else { return false };
        let Ok(mut read) = module::read(text, edited_start) else { return false };
        strip_block(&mut read, self.injected);
        let line = self.original[..start.to_usize()].trim_end_matches([' ', '\t', '\x0c']);
        let begins = line.is_empty() || line.ends_with(['\n', '\r', ';', ':', '\\']);
        begins && read.len() == 1 && self.is_same(read, std::slice::from_ref(statement))
    }

    /// Whether the statements of a piece of the module, which begins at byte `start`, are still the same.
    pub fn keeps_all(&self, statements: &[Stmt], start: usize, end: usize) -> bool {
        let Some(text) = self.edited.get(start..end + length(self.insertions)) else { return false };
        let Ok(mut read) = module::read(text, start) else { return false };
        for statement in &mut read {
            strip(statement, self.injected);
        }
        self.is_same(read, statements)
    }

    fn is_same(&self, edited: Vec<Stmt>, original: &[Stmt]) -> bool {
        let is_left = |what| matches!(what, What::Load(name) if name.starts_with(self.injected));
        let is_clean = !walk::collect(&edited).uses.iter().any(|found| is_left(found.what));
        let back = MapBack::new(self.insertions);
        let stands = |(one, other): (&Stmt, &Stmt)| {
            std::mem::discriminant(one) == std::mem::discriminant(other)
                && back.offset(one.start()) == other.start()
                && back.offset(one.end()) == other.end()
        };
        let stand = edited.len() == original.len() && edited.iter().zip(original).all(stands);
        is_clean && stand && is_equal(edited, original, back)
    }
}

/// Node by node, with every position. In builds that are tested; in the layer it would be a part of the size for what
/// cannot be otherwise: no piece of the original is missing, and no call is left where no value was to be wrapped.
#[cfg(debug_assertions)]
fn is_equal(edited: Vec<Stmt>, original: &[Stmt], mut back: MapBack) -> bool {
    let Ok(edited) = edited.into_iter().map(|statement| back.fold_stmt(statement)).collect::<Result<Vec<_>, _>>();
    original == edited
}

#[cfg(not(debug_assertions))]
fn is_equal(_: Vec<Stmt>, _: &[Stmt], _: MapBack) -> bool {
    true
}

fn length(insertions: &[Insertion]) -> usize {
    insertions.iter().map(|insertion| insertion.text.len()).sum()
}

fn strip_block(block: &mut Vec<Stmt>, injected: &str) {
    block.retain(|statement| !is_injected(statement, injected));
    for statement in block {
        strip(statement, injected);
    }
}

fn is_injected(statement: &Stmt, injected: &str) -> bool {
    matches!(statement, Stmt::Expr(statement) if is_call(&statement.value, injected))
}

/// `__unum__.publish(…)`, or several behind a guard: `__unum__0__ and (__unum__.publish(…) or __unum__.passed(0))`. Nothing
/// that is true comes of it.
fn is_call(expr: &Expr, injected: &str) -> bool {
    let Expr::BoolOp(guarded) = expr else { return method(expr, injected).is_some() };
    let (ast::BoolOp::And, [guard, Expr::BoolOp(calls)]) = (guarded.op, guarded.values.as_slice()) else {
        return false;
    };
    is_guard(guard, injected)
        && calls.op == ast::BoolOp::Or
        && calls.values.iter().all(|call| method(call, injected).is_some())
}

/// The method of the injected name that this calls.
fn method<'e>(call: &'e Expr, injected: &str) -> Option<&'e str> {
    let Expr::Call(call) = call else { return None };
    let Expr::Attribute(method) = &*call.func else { return None };
    match &*method.value {
        Expr::Name(name) if name.id.as_str() == injected => Some(&method.attr),
        _ => None,
    }
}

fn is_guard(expr: &Expr, injected: &str) -> bool {
    let Expr::Name(name) = expr else { return false };
    let number = name.id.strip_prefix(injected).and_then(|rest| rest.strip_suffix("__"));
    number.is_some_and(|number| number.parse::<u32>().is_ok())
}

fn strip(statement: &mut Stmt, injected: &str) {
    let header = |expr: &mut Expr| strip_header(expr, injected);
    match statement {
        Stmt::FunctionDef(def) => strip_block(&mut def.body, injected),
        Stmt::ClassDef(class) => strip_block(&mut class.body, injected),
        Stmt::If(branch) => {
            header(&mut branch.test);
            strip_block(&mut branch.body, injected);
            strip_block(&mut branch.orelse, injected);
        }
        Stmt::While(repeat) => {
            header(&mut repeat.test);
            strip_block(&mut repeat.body, injected);
            strip_block(&mut repeat.orelse, injected);
        }
        Stmt::For(each) => {
            header(&mut each.iter);
            strip_block(&mut each.body, injected);
            strip_block(&mut each.orelse, injected);
        }
        Stmt::With(with) => {
            if let Some(item) = with.items.first_mut() {
                header(&mut item.context_expr);
            }
            strip_block(&mut with.body, injected);
        }
        Stmt::Match(choice) => {
            header(&mut choice.subject);
            choice.cases.iter_mut().for_each(|case| strip_block(&mut case.body, injected));
        }
        Stmt::Try(attempt) => {
            strip_block(&mut attempt.body, injected);
            strip_handlers(&mut attempt.handlers, injected);
            strip_block(&mut attempt.orelse, injected);
            strip_block(&mut attempt.finalbody, injected);
        }
        Stmt::TryStar(attempt) => {
            strip_block(&mut attempt.body, injected);
            strip_handlers(&mut attempt.handlers, injected);
            strip_block(&mut attempt.orelse, injected);
            strip_block(&mut attempt.finalbody, injected);
        }
        Stmt::Return(back) => back.value.iter_mut().for_each(|value| strip_value(value, injected)),
        Stmt::Assign(assign) => strip_value(&mut assign.value, injected),
        Stmt::AnnAssign(assign) => assign.value.iter_mut().for_each(|value| strip_value(value, injected)),
        Stmt::AugAssign(assign) => strip_value(&mut assign.value, injected),
        Stmt::Expr(statement) => strip_value(&mut statement.value, injected),
        _ => {}
    }
}

fn strip_handlers(handlers: &mut [ast::ExceptHandler], injected: &str) {
    for ast::ExceptHandler::ExceptHandler(handler) in handlers {
        strip_block(&mut handler.body, injected);
    }
}

/// `__unum__.publish(…) or (header)`
fn strip_header(expr: &mut Expr, injected: &str) {
    if let Expr::BoolOp(operation) = expr
        && operation.op == ast::BoolOp::Or
        && operation.values.len() > 1
        && let Some((last, calls)) = operation.values.split_last()
        && calls.iter().all(|call| is_call(call, injected))
    {
        *expr = last.clone();
    }
    strip_value(expr, injected);
}

/// Values are wrapped in displays, and in arguments of calls that make dicts.
fn strip_value(expr: &mut Expr, injected: &str) {
    while method(expr, injected) == Some("emit")
        && let Expr::Call(call) = expr
        && let Some(Expr::Tuple(tuple)) = call.args.get_mut(1)
        && tuple.elts.len() == 1
        && let Some(inner) = tuple.elts.pop()
    {
        *expr = inner;
    }
    match expr {
        Expr::Dict(display) => display.values.iter_mut().for_each(|value| strip_value(value, injected)),
        // What a `return` chooses from.
        Expr::IfExp(choice) => {
            strip_value(&mut choice.body, injected);
            strip_value(&mut choice.orelse, injected);
        }
        Expr::BinOp(operation) => {
            strip_value(&mut operation.left, injected);
            strip_value(&mut operation.right, injected);
        }
        Expr::Call(call) => {
            call.args.iter_mut().for_each(|value| strip_value(value, injected));
            call.keywords.iter_mut().for_each(|keyword| strip_value(&mut keyword.value, injected));
        }
        _ => {}
    }
}

/// Gives every position of the edited text the one that it has in the original.
struct MapBack<'i> {
    insertions: &'i [Insertion],
    /// Where each insertion begins in the edited text, and its length.
    starts: Vec<(u32, u32)>,
}

impl<'i> MapBack<'i> {
    fn new(insertions: &'i [Insertion]) -> Self {
        let mut grown = 0;
        let starts = insertions.iter().map(|insertion| {
            let start = insertion.offset.to_u32() + grown;
            let length = u32::try_from(insertion.text.len()).unwrap_or(u32::MAX);
            grown += length;
            (start, length)
        });
        Self { insertions, starts: starts.collect() }
    }

    fn offset(&self, edited: TextSize) -> TextSize {
        let before = self.starts.partition_point(|&(start, _)| start < edited.to_u32());
        let Some(last) = before.checked_sub(1) else { return edited };
        let (start, length) = self.starts[last];
        self.insertions[last].offset + TextSize::from(edited.to_u32().saturating_sub(start + length))
    }
}

#[cfg(debug_assertions)]
impl Fold<TextRange> for MapBack<'_> {
    type TargetU = TextRange;
    type Error = Infallible;
    type UserContext = ();

    fn will_map_user(&mut self, _: &TextRange) {}

    fn map_user(&mut self, range: TextRange, (): ()) -> Result<TextRange, Infallible> {
        Ok(TextRange::new(self.offset(range.start()), self.offset(range.end())))
    }
}
