//! How the result comes to be at each return.

use super::{
    control_flow::{NodeId, Part},
    dict_states::DictStates,
    finality,
    result_shape::{Piece, Shape, Shapes, Value},
    why::Why,
};
use crate::parse::{TextRange, ast::Ranged};

pub struct Returns<'a> {
    pub all: Vec<Return<'a>>,
    pub dicts: DictStates<'a>,
    /// The handler's event, if it is only ever read from.
    pub event: Option<&'a str>,
}

pub struct Return<'a> {
    pub node: NodeId,
    pub at: TextRange,
    pub shape: Result<Shape<'a>, Why>,
    /// Keys and values, if they are known.
    pub entries: Result<Vec<(&'a str, Value<'a>)>, Why>,
}

impl<'a> Returns<'a> {
    pub fn of(shapes: &Shapes<'_, 'a>, event: Option<&'a str>) -> Self {
        let function = shapes.function;
        let nodes = || function.graph.nodes.iter().enumerate().filter(|(_, node)| node.is_reachable);
        let mut all = Vec::new();
        for (node, found) in nodes() {
            let (at, shape) = match found.part {
                Part::Return { value, .. } => {
                    let at = finality::part_range(found.part);
                    (at, value.map_or_else(|| Err(Why::new(at, "returns nothing")), |value| shapes.of(value)))
                }
                Part::FallsOff => {
                    let at = function.def.body.last().map_or_else(TextRange::default, Ranged::range);
                    (at, Err(Why::new(at, "the handler can end without a return").help("end in `return {…}`")))
                }
                _ => continue,
            };
            let entries = Err(Why::new(at, ""));
            all.push(Return { node, at, shape, entries });
        }
        let mut names = Vec::new();
        for piece in all.iter().filter_map(|back| back.shape.as_ref().ok()).flatten() {
            if let Piece::All(name) = piece {
                names.push(*name);
            }
        }
        let dicts = DictStates::of(shapes.program, function, names);
        for back in &mut all {
            back.entries = match &back.shape {
                Ok(shape) => dicts.resolve(back.node, shape).map_err(|why| located(why, back.at)),
                Err(why) => Err(why.clone()),
            };
        }
        // What is changed while it is being returned is not what it was.
        for index in 0..dicts.count() {
            let steps = dicts.steps[index].iter().filter(|(_, steps)| !steps.is_empty()).map(|(&node, _)| node);
            let stepped = function.graph.reaching(steps);
            for back in &mut all {
                let returns_it = matches!(back.shape.as_deref(), Ok([Piece::All(name)]) if *name == dicts.name(index));
                let later = function.graph.nodes[back.node].next.iter().any(|&next| stepped[next]);
                if returns_it && later {
                    back.entries = Err(Why::new(back.at, "the result is changed after this `return`"));
                }
            }
        }
        Self { all, dicts, event }
    }
}

impl<'a> Returns<'a> {
    /// They stand in the order of their nodes.
    pub fn at(&self, node: NodeId) -> Option<&Return<'a>> {
        self.all.binary_search_by_key(&node, |back| back.node).ok().map(|index| &self.all[index])
    }
}

fn located(why: Why, at: TextRange) -> Why {
    if why.at == TextRange::default() { Why { at, ..why } } else { why }
}
