//! What is said of a field: where its value comes from, and what stands in its way.

use super::{Call, Fields, Kind, Place, Verdict};
use crate::{
    analysis::{
        constants,
        control_flow::{Node, Part},
        finality,
        result_shape::Value,
        why::Why,
    },
    parse::{
        TextRange,
        ast::{Expr, Ranged},
    },
};

impl<'a> Fields<'_, 'a> {
    pub fn verdict(&mut self, field: usize, calls: &[Call<'a>]) -> Verdict {
        let value = self.last_value(field);
        let is_ready =
            matches!(value, Some(Value::Expr(expr)) if finality::is_ready(expr, self.finality.returns.event));
        let computed_at = match &value {
            Some(Value::Expr(Expr::Name(name))) => self.bound_at(&name.id).unwrap_or_else(|| name.range()),
            Some(Value::Expr(expr)) => expr.range(),
            Some(Value::Slot(dict)) => self.dict_at(dict),
            Some(Value::Hidden(why)) => why.at,
            None => TextRange::default(),
        };
        let own: Vec<&Call> = calls.iter().filter(|call| call.field == field).collect();
        let travels = calls.iter().any(|call| call.companions.contains(&field));
        let why = if own.is_empty() && !travels {
            Some(self.why_at_return(field, value.as_ref(), computed_at, !calls.is_empty()))
        } else {
            self.why_only_immutable(&own)
        };
        Verdict { computed_at, why, is_ready }
    }

    /// What the last return with these keys gives the field.
    pub(super) fn last_value(&self, field: usize) -> Option<Value<'a>> {
        let mut value = self.last.as_ref().map(|entries| entries[field].1.clone());
        for _ in 0..self.finality.returns.dicts.count() {
            let Some(Value::Slot(dict)) = value else { break };
            let stored = self.stored.get(&(dict, self.finality.keys[field]));
            let Some((_, stored)) = stored else { break };
            value = Some(stored.clone());
        }
        value
    }

    pub(super) fn bound_at(&self, name: &str) -> Option<TextRange> {
        let variable = self.function.variables.get(name)?;
        let last = variable.bindings.iter().max_by_key(|binding| binding.at)?;
        Some(finality::part_range(self.function.graph.nodes[last.node].part))
    }

    pub(super) fn dict_at(&self, dict: &str) -> TextRange {
        self.bound_at(dict).unwrap_or_default()
    }

    /// Of a field whose only early calls are for immutable values.
    pub(super) fn why_only_immutable(&mut self, own: &[&Call<'a>]) -> Option<Why> {
        let (spot, name) = own.iter().find_map(|call| match call.kind {
            Kind::Offer(spot, Place::Variable(name)) => Some((spot, name)),
            _ => None,
        })?;
        let waits = own.iter().any(|call| matches!(call.kind, Kind::Publish(..)));
        let comes = self.function.graph.reached_from([spot.node]);
        let known = self.known(name);
        if let Some(at) = known.harm.captured {
            return Some(Why::new(at, format!("`{name}` is read by code that may run later: early only if immutable")));
        }
        let (_, &at) = known.harm.nodes.iter().filter(|(node, _)| comes[**node]).max_by_key(|(_, at)| at.start())?;
        let reason = if waits {
            format!("`{name}` may still change here: a value that can change goes after this, any other at once")
        } else {
            format!("`{name}` may still change here: early only if immutable")
        };
        Some(Why::new(at, reason))
    }

    pub(super) fn why_at_return(
        &mut self,
        field: usize,
        value: Option<&Value<'a>>,
        computed_at: TextRange,
        goes_ahead: bool,
    ) -> Why {
        match value {
            Some(Value::Expr(expr)) if constants::is_constant(expr) && goes_ahead => {
                let other = self.finality.returns.all.iter().find(|back| {
                    back.entries.as_ref().is_ok_and(|entries| match entries.get(field) {
                        Some((_, Value::Expr(other))) => !constants::same(other, expr),
                        _ => true,
                    })
                });
                let at = other.map_or(expr.range(), |back| back.at);
                Why::new(at, "another return gives it another value")
            }
            Some(Value::Expr(expr)) if constants::is_constant(expr) => {
                Why::new(expr.range(), "a constant: no other field goes ahead of the return that it could travel with")
            }
            Some(Value::Expr(Expr::Name(name))) if self.function.is_local(&name.id) => {
                self.why_variable(field, &name.id, name.range())
            }
            Some(Value::Hidden(why)) => why.clone(),
            Some(Value::Slot(_)) => self.why_behind(field, computed_at),
            Some(Value::Expr(expr)) => self.why_inline(field, expr),
            None => Why::new(computed_at, "its value is not known before the return"),
        }
    }

    pub(super) fn why_variable(&self, field: usize, name: &str, returned_at: TextRange) -> Why {
        let Some(variable) = self.function.variables.get(name) else {
            return Why::new(returned_at, format!("`{name}` is not a local variable of the handler"));
        };
        let Some(last) = variable.bindings.iter().max_by_key(|binding| binding.at) else {
            return Why::new(returned_at, format!("`{name}` is a parameter: the caller holds its value too"));
        };
        let at = finality::part_range(self.function.graph.nodes[last.node].part);
        self.why_behind(field, at)
    }

    /// Why the field was not certain behind the node that stands `at` this place.
    pub(super) fn why_behind(&self, field: usize, at: TextRange) -> Why {
        let graph = &self.function.graph;
        let is_there = |node: &&Node| node.is_reachable && finality::part_range(node.part).contains_range(at);
        let nodes = graph.nodes.iter().filter(is_there);
        let mut uncertain =
            nodes.clone().flat_map(|node| &node.next).filter_map(|&to| self.finality.why_not(to, field));
        if let Some(why) = uncertain.next() {
            let help = match why.reason.as_str() {
                reason if reason.contains("other keys") || reason.contains("another result") => {
                    Some("return the same keys in the same order everywhere, or raise an exception here".to_owned())
                }
                _ => why.help.clone(),
            };
            let reason = why.reason.replace("it gets its value here", "it may get another value here");
            return Why { at: why.at, reason, help };
        }
        if nodes.flat_map(|node| &node.next).any(|&to| self.works[to]) {
            return Why::new(at, "it is not certain here that it has a value")
                .help("give it a value on every way, for instance at the start");
        }
        Why::new(at, "computed last: nothing to gain")
    }

    pub(super) fn why_inline(&self, field: usize, expr: &Expr) -> Why {
        if self.inline.iter().any(|inline| inline.field == field) {
            return Why::new(expr.range(), "computed last: nothing to gain");
        }
        if matches!(expr, Expr::Lambda(_) | Expr::GeneratorExp(_) | Expr::Starred(_)) {
            return Why::new(expr.range(), "JSON cannot hold this value");
        }
        let graph = &self.function.graph;
        let here = |node: &&Node| node.is_reachable && finality::part_range(node.part).contains_range(expr.range());
        let node = graph.nodes.iter().find(|node| here(node) && !matches!(node.part, Part::Test(_)));
        let caught = node.and_then(|node| node.raised.iter().find_map(|&to| self.finality.why_not(to, field)));
        match caught {
            Some(why) => Why::new(why.at, "an exception while the result is built leads to another result")
                .help("raise again instead of returning another result"),
            None => Why::new(expr.range(), "computed where the result is put together, with nothing certain behind it"),
        }
    }
}
