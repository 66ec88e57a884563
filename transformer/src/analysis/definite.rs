//! At which nodes a local variable certainly has a value.

use super::{
    control_flow::{Graph, NodeId},
    function::Function,
    uses::How,
};

/// By node, on entry.
pub fn bound(function: &Function, name: &str) -> Vec<bool> {
    let count = function.graph.nodes.len();
    let Some(variable) = function.variables.get(name) else { return vec![false; count] };
    let mut binds = vec![false; count];
    let mut unbinds = vec![false; count];
    for binding in &variable.bindings {
        match binding.how {
            How::Assignment | How::AugmentedAssignment | How::Import | How::Definition | How::With | How::Except => {
                binds[binding.node] = true;
            }
            How::Delete => unbinds[binding.node] = true,
            // Only where the loop goes on, the pattern matches, or the expression gets there.
            How::Loop | How::Pattern | How::Walrus | How::Nonlocal | How::Parameter => {}
        }
    }
    // Found as what is not so: the nodes that a way without a value leads to.
    let mut unsure = vec![false; count];
    let mut todo: Vec<NodeId> = Vec::new();
    for (node, &unbinds) in unbinds.iter().enumerate() {
        if unbinds || node == Graph::ENTRY && !variable.is_parameter {
            let next = &function.graph.nodes[node];
            todo.extend(next.next.iter().chain(&next.raised));
        }
    }
    while let Some(node) = todo.pop() {
        if !std::mem::replace(&mut unsure[node], true) {
            let from = &function.graph.nodes[node];
            todo.extend(&from.raised);
            if !binds[node] {
                todo.extend(&from.next);
            }
        }
    }
    unsure.into_iter().map(|unsure| !unsure).collect()
}
