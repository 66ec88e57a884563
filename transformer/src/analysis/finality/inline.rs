//! Values that are computed where they go to, and final from then on.

use super::{Finality, Inline, Keys, Source, part_range};
use crate::{
    analysis::{constants, control_flow::NodeId, dict_states::Step, result_shape::Value},
    parse::ast::{Expr, Ranged},
};

impl<'a> Finality<'_, 'a> {
    /// Values that are computed where they go to, and final from then on.
    pub fn inline(&mut self) -> Vec<Inline<'a>> {
        let returns = self.returns;
        let mut found = Vec::new();
        for back in &returns.all {
            for (field, (_, value)) in back.entries.iter().flatten().enumerate() {
                self.add_inline(&mut found, back.node, field, value, None);
            }
        }
        for index in 0..returns.dicts.count() {
            for (&node, steps) in &returns.dicts.steps[index] {
                for step in steps {
                    let entries = match step {
                        Step::Bind(shape) | Step::Update(shape) => {
                            returns.dicts.resolve(node, shape).unwrap_or_default()
                        }
                        Step::Default(key, _) if returns.dicts.has(node, index, key) => continue,
                        Step::Default(key, value) => vec![(*key, value.clone())],
                        Step::Remove(_) | Step::Lose(_) => continue,
                    };
                    for (key, value) in entries {
                        if let Some(&field) = self.field_of.get(key) {
                            self.add_inline(&mut found, node, field, &value, Some(returns.dicts.name(index)));
                        }
                    }
                }
            }
        }
        found.sort_by_key(|inline| (inline.value.start(), inline.node));
        found
    }

    pub(super) fn add_inline(
        &mut self,
        found: &mut Vec<Inline<'a>>,
        node: NodeId,
        field: usize,
        value: &Value<'a>,
        into: Option<&'a str>,
    ) {
        let Value::Expr(value) = value else { return };
        let part = &self.function.graph.nodes[node];
        let is_here = part_range(part.part).contains_range(value.range());
        let is_kept = !part.is_copy && part.is_reachable && field < self.keys.len() && is_here;
        if !is_kept || constants::is_constant(value) || matches!(value, Expr::Name(name) if self.is_followed(&name.id))
        {
            return;
        }
        if matches!(value, Expr::Lambda(_) | Expr::GeneratorExp(_) | Expr::Starred(_)) {
            return;
        }
        let raised_to = part.raised.clone();
        let (keys, sources) = self.behind(node);
        let stays = match into {
            None => keys == Keys::Returned && sources[field] == Source::Returned && self.gives_these_keys(node),
            Some(name) => keys == Keys::Certain && sources[field] == Source::Slot(name),
        };
        // Where something here raises after this, another result must not be returned.
        if stays && raised_to.iter().all(|&to| self.key_states[to] == Keys::Nowhere) {
            found.push(Inline { node, field, value, into });
        }
    }

    pub(super) fn gives_these_keys(&self, node: NodeId) -> bool {
        self.returns.all.iter().any(|back| {
            back.node == node
                && back.entries.as_ref().is_ok_and(|entries| entries.iter().map(|(key, _)| key).eq(self.keys.iter()))
        })
    }
}
