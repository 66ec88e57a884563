//! Functions that put their arguments into a dict and give it back: `respond(200, body)`.

use std::rc::Rc;

use super::{
    constants,
    control_flow::Graph,
    escape::{self, Root},
    finality::{Finality, Keys, Source},
    function::Function,
    program::Program,
    result_shape::{Piece, Shapes, Value},
    returns::Returns,
    why::Why,
};
use crate::parse::ast::{self, Expr, Ranged};

/// The dict's pieces in order.
pub type Built<'a> = Rc<Vec<BuiltPiece<'a>>>;

#[derive(Clone, Copy)]
pub enum BuiltFrom<'a> {
    /// The argument for the positional parameter of this index, unchanged.
    Parameter(usize),
    Constant(&'a Expr),
    /// Computed by the function.
    Inside,
}

/// One piece of what a function builds.
#[derive(Clone, Copy)]
pub enum BuiltPiece<'a> {
    Entry(&'a str, BuiltFrom<'a>),
    /// All keyword arguments that no parameter takes.
    Keywords,
}

pub fn build<'a>(program: &Program<'a>, def: &'a ast::StmtFunctionDef) -> Result<Built<'a>, Why> {
    let unknown = |reason: &str| Why::new(def.range(), reason);
    if !def.decorator_list.is_empty() {
        return Err(unknown("it is decorated"));
    }
    let Some(function) = program.function(def) else { return Err(unknown("there are too many ways through it")) };
    if function.suspends().is_some() {
        return Err(unknown("it is a generator"));
    }
    let returns = Returns::of(&Shapes { program, function: &function }, None);
    if let Some(built) = of_keywords(program, &function, &returns) {
        return Ok(built);
    }
    let entries = returns.all.last().map(|back| back.entries.clone());
    let keys = match entries {
        Some(Ok(entries)) => entries.into_iter().map(|(key, _)| key).collect(),
        Some(Err(why)) => return Err(why),
        None => return Err(unknown("it does not return")),
    };
    let finality = Finality::of(&function, &returns, keys);
    if finality.key_state(Graph::ENTRY) != Keys::Certain {
        return Err(unknown("its returns have different keys"));
    }
    let from = |field| match finality.source(Graph::ENTRY, field) {
        Source::Ready(index) => BuiltFrom::Constant(finality.ready[index]),
        Source::Variable(name) => {
            let harm = escape::analyse(program, &function, Root::Value(name));
            match function.parameters().position(|parameter| parameter == name) {
                Some(index)
                    if harm.nodes.is_empty()
                        && harm.captured.is_none()
                        && is_put_once(program, &function, &returns, name) =>
                {
                    BuiltFrom::Parameter(index)
                }
                _ => BuiltFrom::Inside,
            }
        }
        _ => BuiltFrom::Inside,
    };
    Ok(Rc::new(finality.keys.iter().enumerate().map(|(field, &key)| BuiltPiece::Entry(key, from(field))).collect()))
}

fn is_read_once(function: &Function, name: &str) -> bool {
    function.variables.get(name).is_some_and(|variable| variable.loads.len() == 1)
}

/// Whether each return has the argument in one place only: what is under another key does not hold it, too.
fn is_put_once<'a>(program: &Program<'a>, function: &Function<'a>, returns: &Returns<'a>, name: &'a str) -> bool {
    returns.all.iter().all(|back| {
        let values = back.entries.iter().flatten().filter_map(|(_, value)| match value {
            Value::Expr(value) => Some(*value),
            _ => None,
        });
        let holds = |value: &&'a Expr| escape::gives(program, function, name, value);
        values.filter(holds).count() <= 1
            && !back.entries.iter().flatten().any(|(_, value)| matches!(value, Value::Slot(_)))
    })
}

/// `def success(**data): return {"ok": True, **data}`
fn of_keywords<'a>(program: &Program<'a>, function: &Function<'a>, returns: &Returns<'a>) -> Option<Built<'a>> {
    let keywords = function.def.args.kwarg.as_ref()?.arg.as_str();
    let [back] = returns.all.as_slice() else { return None };
    let is_untouched = |name: &'a str, root| {
        let harm = escape::analyse(program, function, root);
        let is_bound_once = function.variables.get(name).is_some_and(|variable| variable.bindings.is_empty());
        is_bound_once && harm.nodes.is_empty() && harm.captured.is_none()
    };
    let piece = |piece: &Piece<'a>| match piece {
        Piece::All(name)
            if *name == keywords
                && is_untouched(name, Root::Gathered(name))
                && is_untouched(name, Root::Keys(name))
                && is_read_once(function, name) =>
        {
            Some(BuiltPiece::Keywords)
        }
        Piece::All(_) => None,
        Piece::Entry { key, value: Value::Expr(Expr::Name(name)) } if function.is_local(&name.id) => {
            let index = function.parameters().position(|parameter| parameter == name.id.as_str());
            let is_alone = is_untouched(&name.id, Root::Value(&name.id)) && is_read_once(function, &name.id);
            let from = index.filter(|_| is_alone);
            Some(BuiltPiece::Entry(key, from.map_or(BuiltFrom::Inside, BuiltFrom::Parameter)))
        }
        Piece::Entry { key, value: Value::Expr(value) } if constants::is_constant(value) => {
            Some(BuiltPiece::Entry(key, BuiltFrom::Constant(value)))
        }
        Piece::Entry { key, .. } => Some(BuiltPiece::Entry(key, BuiltFrom::Inside)),
    };
    let pieces: Option<Vec<_>> = back.shape.as_ref().ok()?.iter().map(piece).collect();
    pieces.filter(|pieces| pieces.iter().any(|piece| matches!(piece, BuiltPiece::Keywords))).map(Rc::new)
}
