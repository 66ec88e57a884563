//! Where calls are put in so that they run as soon as something is certain.

use super::control_flow::{Front, Graph, NodeId};
use crate::parse::TextSize;

/// A place in the source for a call, and the node that control goes on to from there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Spot {
    pub form: Form,
    pub node: NodeId,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Form {
    /// Behind a statement that ends here.
    Behind(TextSize),
    Front(Front),
}

impl Spot {
    pub fn offset(self) -> TextSize {
        match self.form {
            Form::Behind(offset) | Form::Front(Front::Statement(offset)) => offset,
            Form::Front(Front::Header(range)) => range.start(),
        }
    }
}

/// The places where control passes from nodes for which something does not hold, to nodes for which it does.
///
/// A node that is `covered` hands on what it has dealt with itself. A call raises, if a signal handler of the user's does so
/// meanwhile, to where the statement beside it would: `certain_after` says whether the other node's result is certain there, too.
pub fn first(
    graph: &Graph,
    holds: &[bool],
    covered: &[bool],
    certain_after: impl Fn(NodeId, NodeId) -> bool,
) -> Vec<Spot> {
    let mut spots = Vec::new();
    let mut todo: Vec<NodeId> = Vec::new();
    let comes_from_without = |node: NodeId| {
        let found = &graph.nodes[node];
        found.before.iter().any(|&from| !holds[from] && !covered[from])
            || found.raised_before.iter().any(|&from| !holds[from])
    };
    todo.extend(
        (0..holds.len()).filter(|&node| graph.nodes[node].is_reachable && holds[node] && comes_from_without(node)),
    );
    let mut passed = vec![false; holds.len()];
    while let Some(node) = todo.pop() {
        let found = &graph.nodes[node];
        // A node that was passed over has no call in front, so those behind it need one whatever it holds.
        let without = |from: &&NodeId| !holds[**from] && !covered[**from] || passed[**from];
        let is_safe = |beside: NodeId| {
            let certain = |&to: &NodeId| graph.nodes[to].is_reachable && certain_after(to, node);
            graph.nodes[beside].caught.iter().all(certain)
        };
        let behind =
            |from: NodeId| graph.nodes[from].behind.filter(|_| graph.nodes[from].next.len() == 1 && is_safe(from));
        let front = found.front.filter(|_| is_safe(node));
        let normal: Vec<NodeId> = found.before.iter().filter(without).copied().collect();
        let raised = found.raised_before.iter().any(|from| !holds[*from] || passed[*from]);
        let all_simple = !raised && normal.iter().all(|&from| behind(from).is_some());
        if all_simple || front.is_none() {
            for &from in &normal {
                if let Some(offset) = behind(from) {
                    add(&mut spots, Spot { form: Form::Behind(offset), node });
                }
            }
        }
        if all_simple {
            continue;
        }
        match front {
            Some(front) => add(&mut spots, Spot { form: Form::Front(front), node }),
            None if !std::mem::replace(&mut passed[node], true) => {
                todo.extend(found.next.iter().filter(|&&to| holds[to]));
            }
            None => {}
        }
    }
    spots.sort_by_key(|spot| spot.offset());
    spots
}

fn add(spots: &mut Vec<Spot>, spot: Spot) {
    if !spots.iter().any(|known| known.form == spot.form) {
        spots.push(spot);
    }
}
