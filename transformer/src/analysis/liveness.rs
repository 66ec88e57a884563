//! Which local variables still count at a node, and which only hold what nobody reads any more.

use rustc_hash::{FxHashMap, FxHashSet};

use super::{
    control_flow::{NodeId, Part},
    function::Function,
    uses::How,
    variables::Variable,
};

/// Variables that are looked at for one, the nearest first.
const MOST_NEAR: usize = 64;

/// By node, on entry: whether a way from there reads the variable before it gets another value.
pub fn read_again(function: &Function, variable: &Variable) -> Vec<bool> {
    let nodes = &function.graph.nodes;
    let mut binds = vec![false; nodes.len()];
    let mut todo: Vec<NodeId> = variable.loads.iter().map(|load| load.node).collect();
    for binding in &variable.bindings {
        match binding.how {
            How::Assignment | How::Import | How::Definition | How::With | How::Except => binds[binding.node] = true,
            How::AugmentedAssignment => todo.push(binding.node),
            // Not in every case, or by others.
            How::Loop | How::Pattern | How::Walrus | How::Delete | How::Nonlocal | How::Parameter => {}
        }
    }
    let mut is_read = vec![false; nodes.len()];
    while let Some(node) = todo.pop() {
        if !std::mem::replace(&mut is_read[node], true) {
            todo.extend(nodes[node].raised_before.iter().copied());
            todo.extend(nodes[node].before.iter().copied().filter(|&from| !binds[from]));
        }
    }
    is_read
}

/// Whether only this function's own code can read the variable, and by its name.
pub fn is_own(variable: &Variable) -> bool {
    let is_shared = |how: How| matches!(how, How::Nonlocal);
    !variable.is_global
        && !variable.loads.iter().any(|load| load.captured)
        && !variable.bindings.iter().any(|binding| is_shared(binding.how))
}

/// Which variables stand in one statement with others: what one of them holds may have gone into another, or come out of it.
pub struct Neighbours<'a> {
    by_name: FxHashMap<&'a str, Vec<NodeId>>,
    by_node: FxHashMap<NodeId, Vec<&'a str>>,
}

impl<'a> Neighbours<'a> {
    pub fn of(function: &Function<'a>) -> Self {
        let mut found = Self { by_name: FxHashMap::default(), by_node: FxHashMap::default() };
        // A result names everything.
        let counts = |&node: &NodeId| !matches!(function.graph.nodes[node].part, Part::Return { .. });
        for (name, variable) in function.variables.iter().filter(|(name, _)| function.is_local(name)) {
            let bound = variable.bindings.iter().map(|binding| binding.node);
            for node in bound.chain(variable.loads.iter().map(|load| load.node)).filter(counts) {
                found.by_name.entry(name).or_default().push(node);
                found.by_node.entry(node).or_default().push(name);
            }
        }
        found
    }

    /// The nearest first, without `name` itself.
    pub fn near(&self, name: &'a str) -> Vec<&'a str> {
        let mut seen = FxHashSet::from_iter([name]);
        let mut near = vec![name];
        let mut next = 0;
        while let Some(&from) = near.get(next).filter(|_| near.len() < MOST_NEAR) {
            for node in self.by_name.get(from).into_iter().flatten() {
                let mut others: Vec<&str> =
                    self.by_node[node].iter().copied().filter(|name| seen.insert(name)).collect();
                others.sort_unstable();
                near.extend(others);
            }
            next += 1;
        }
        near.split_off(1)
    }
}
