//! How one field of the result is sent: early, and then by which calls, or at the return, and then why.

use super::{
    constants, event_reads,
    publish_points::{Place, PublishPoints},
    uses::{How, What},
    variables::{Load, Variable, Variables},
    walk, work,
};
use crate::parse::{
    TextSize,
    ast::{Expr, Ranged, Stmt},
};

pub enum Decision<'a> {
    /// Handed over by calls between statements.
    Named(Named<'a>),
    /// Handed over while the returned display is built.
    Emitted,
    /// Travels with the first published field.
    Constant,
    /// Read straight from the event: travels with the first published field, if it is there and immutable by then.
    EventRead,
    AtReturn(Why),
}

impl Decision<'_> {
    /// Whether the field travels with others instead of being published by itself.
    pub fn is_companion(&self) -> bool {
        matches!(self, Self::Constant | Self::EventRead)
    }

    pub fn is_event_read(&self) -> bool {
        matches!(self, Self::EventRead)
    }
}

/// How a variable's value is handed over; at least one of the calls is there.
pub struct Named<'a> {
    pub name: &'a str,
    pub bound_at: TextSize,
    /// Only if it is immutable.
    pub offer: Option<Place>,
    pub publish: Option<Place>,
    /// Why immutability is asked for.
    pub read_again: Option<Load<'a>>,
}

/// One sentence, and what in the source it is about.
pub struct Why {
    pub reason: String,
    pub at: Option<TextSize>,
    /// Where the value comes from, unless it is written into the result.
    pub computed_at: Option<TextSize>,
}

impl Why {
    fn at(at: TextSize, reason: impl Into<String>) -> Self {
        Self { reason: reason.into(), at: Some(at), computed_at: None }
    }
}

const COMPUTED_LAST: &str = "computed last: nothing to gain";

pub struct Fields<'p, 'a> {
    pub points: &'p PublishPoints<'p, 'a>,
    pub variables: &'p Variables<'a>,
}

impl<'a> Fields<'_, 'a> {
    pub fn decide(&self, index: usize) -> Decision<'a> {
        let value = self.points.returns.streaming.fields[index].value;
        let decided = match value {
            Expr::Name(name) => {
                self.named(index, &name.id).map(Decision::Named).map_err(|why| self.traced(why, &name.id))
            }
            _ if constants::is_constant(value) => Ok(Decision::Constant),
            _ => match event_reads::parse(value).filter(|read| self.points.event == Some(read.event)) {
                Some(_) => Ok(Decision::EventRead),
                None => self.inline(index, value).map(|()| Decision::Emitted),
            },
        };
        decided.unwrap_or_else(Decision::AtReturn)
    }

    fn traced(&self, why: Why, name: &str) -> Why {
        let bindings = self.variables.get(name).map_or(&[][..], |variable| &variable.bindings);
        Why { computed_at: bindings.last().map(|binding| binding.at), ..why }
    }

    fn named(&self, index: usize, name: &'a str) -> Result<Named<'a>, Why> {
        let display = self.points.returns.streaming.statement;
        let returned_at = self.points.returns.streaming.fields[index].value.start();
        let variable = self.variables.get(name);
        let Some(variable) = variable.filter(|variable| variable.is_parameter || !variable.bindings.is_empty()) else {
            return Err(Why::at(returned_at, format!("`{name}` is not a local variable of the handler")));
        };
        let bound = final_binding(name, variable, returned_at)?;
        if bound.statement >= display {
            return Err(Why::at(bound.at, format!("`{name}` is bound again after the result was built")));
        }
        let read_again = self.reads_after(variable, bound.statement);
        let start = self.points.earliest(index).max(bound.statement + 1);
        let Some(first) = self.points.place(start) else { return Err(self.no_place(index)) };
        if !self.points.has_work(bound.statement + 1) {
            return Err(Why::at(bound.at, COMPUTED_LAST));
        }
        if !self.points.has_work(first.point) {
            return Err(self.no_place(index));
        }
        let named = |offer, publish, read_again| Named { name, bound_at: bound.at, offer, publish, read_again };
        let captured = read_again.iter().copied().find(|load| load.captured);
        if captured.is_some() || first.point > display {
            return Ok(named(Some(first), None, captured));
        }
        let Some(last_read) = read_again.iter().max_by_key(|load| load.statement).copied() else {
            return Ok(named(None, Some(first), None));
        };
        let again = self.points.place(start.max(last_read.statement + 1));
        let again = again.filter(|place| place.point <= display && self.points.has_work(place.point));
        match again {
            Some(again) if again == first => Ok(named(None, Some(first), None)),
            again => Ok(named(Some(first), again, Some(last_read))),
        }
    }

    /// What becomes of a field that was to travel with another, when there is no such other.
    pub fn decide_alone(&self, index: usize) -> Decision<'a> {
        let value = self.points.returns.streaming.fields[index].value;
        let decided =
            if constants::is_constant(value) { Err(self.left_behind(index)) } else { self.inline(index, value) };
        decided.map_or_else(Decision::AtReturn, |()| Decision::Emitted)
    }

    fn left_behind(&self, index: usize) -> Why {
        match self.points.blocking_return(index) {
            Some(_) => self.no_place(index),
            None => Why {
                reason: "a constant: no other field is published before the return".to_owned(),
                at: Some(self.points.returns.streaming.fields[index].value.start()),
                computed_at: None,
            },
        }
    }

    /// Reads after the last binding, other than the ones that put the value into the result.
    fn reads_after(&self, variable: &Variable<'a>, bound: usize) -> Vec<Load<'a>> {
        let values =
            || self.points.returns.all.iter().filter_map(|back| back.shape.as_ref()).flat_map(|shape| &shape.fields);
        let puts_into_result = |load: &Load| {
            values().any(|field| matches!(field.value, Expr::Name(value) if std::ptr::eq(value.id.as_str(), load.name)))
        };
        let later = |load: &&Load| load.captured || load.statement > bound && !puts_into_result(load);
        variable.loads.iter().filter(later).copied().collect()
    }

    fn no_place(&self, index: usize) -> Why {
        match self.points.blocking_return(index) {
            Some(back) => Why::at(back.at, "another return gives it another value, or the result other keys"),
            None => {
                Why { reason: "no simple statement follows where it is final".to_owned(), at: None, computed_at: None }
            }
        }
    }

    fn inline(&self, index: usize, value: &'a Expr) -> Result<(), Why> {
        let at = value.start();
        let shape = &self.points.returns.streaming;
        let displayed = match &self.points.body[shape.statement] {
            Stmt::Return(back) => back.value.as_deref(),
            Stmt::Assign(assign) => Some(&*assign.value),
            Stmt::AnnAssign(assign) => assign.value.as_deref(),
            _ => None,
        };
        if !matches!(displayed, Some(Expr::Dict(dict)) if std::ptr::eq(dict, shape.display)) {
            return Err(Why::at(at, "computed inside a dict that is returned from a branch"));
        }
        if matches!(value, Expr::Lambda(_) | Expr::GeneratorExp(_) | Expr::Starred(_)) {
            return Err(Why::at(at, "JSON cannot hold this value"));
        }
        if walk::collect_expr(value).uses.iter().any(|found| matches!(found.what, What::Bind(_, How::Walrus))) {
            return Err(Why::at(at, "its expression binds a name"));
        }
        if self.points.earliest(index) > shape.statement {
            return Err(self.no_place(index));
        }
        let more_values = shape.fields[index + 1..].iter().any(|field| work::expression(field.value));
        if !more_values && !self.points.has_work(shape.statement + 1) {
            return Err(Why::at(at, COMPUTED_LAST));
        }
        Ok(())
    }
}

/// The last of the bindings, all of which certainly happen, and in the order of the source.
fn final_binding(name: &str, variable: &Variable, returned_at: TextSize) -> Result<super::variables::Binding, Why> {
    if variable.is_global {
        return Err(Why::at(returned_at, format!("`{name}` is declared global: other code can bind it too")));
    }
    if let Some(binding) = variable.bindings.iter().find(|binding| why_not_final(binding.how).is_some()) {
        let why = why_not_final(binding.how).unwrap_or_default();
        return Err(Why::at(binding.at, format!("`{name}` is {why}")));
    }
    variable
        .bindings
        .iter()
        .max_by_key(|binding| binding.statement)
        .copied()
        .ok_or_else(|| Why::at(returned_at, format!("`{name}` is a parameter: the caller holds its value too")))
}

fn why_not_final(how: How) -> Option<&'static str> {
    match how {
        How::TopLevel | How::AugmentedAssignment | How::Parameter => None,
        How::Nested => Some("bound inside a compound statement"),
        How::Loop => Some("bound by a loop"),
        How::With => Some("bound by a `with` statement"),
        How::Except => Some("bound by an `except` clause"),
        How::Import => Some("bound by an import"),
        How::Definition => Some("bound by a definition"),
        How::Walrus => Some("bound inside an expression"),
        How::Nonlocal => Some("bound by a nested function"),
        How::Delete => Some("deleted"),
        How::Pattern => Some("bound by a pattern"),
    }
}
