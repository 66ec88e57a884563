//! Which keys the dict in a local variable has, at each node.

use std::{collections::BTreeMap, rc::Rc};

use rustc_hash::FxHashMap;

use super::{
    control_flow::{Graph, NodeId, Part},
    escape::{self, Root},
    function::Function,
    program::Program,
    result_shape::{Piece, Shape, Shapes, Value, constant_key},
    uses::How,
    why::Why,
};
use crate::parse::{
    TextRange,
    ast::{self, Expr, Operator, Ranged, Stmt},
};

/// What a node does with the dict in one variable.
pub enum Step<'a> {
    Bind(Shape<'a>),
    Update(Shape<'a>),
    /// Only if the key is not there.
    Default(&'a str, Value<'a>),
    Remove(&'a str),
    Lose(Why),
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum State<'a> {
    Unbound,
    Keys(Rc<Vec<&'a str>>),
    Lost(Rc<Why>),
}

/// Of a dict that is filled step by step.
const MAX_KEYS: usize = 4096;

pub struct DictStates<'a> {
    /// The variables that are followed.
    names: Vec<&'a str>,
    pub steps: Vec<BTreeMap<NodeId, Vec<Step<'a>>>>,
    /// By node, on entry, in the order of `names`.
    states: Vec<Vec<State<'a>>>,
}

impl<'a> DictStates<'a> {
    /// Follows `returned` and whatever is copied into them.
    pub fn of(program: &Program<'a>, function: &Function<'a>, returned: Vec<&'a str>) -> Self {
        let shapes = Shapes { program, function };
        let mut names = returned;
        names.sort_unstable();
        names.dedup();
        let mut steps = Vec::new();
        while steps.len() < names.len() {
            let found = steps_of(&shapes, names[steps.len()]);
            for step in found.values().flatten() {
                let (Step::Bind(shape) | Step::Update(shape)) = step else { continue };
                for piece in shape {
                    if let Piece::All(name) = piece
                        && !names.contains(name)
                    {
                        names.push(name);
                    }
                }
            }
            steps.push(found);
        }
        let mut states = Self { names, steps, states: Vec::new() };
        states.solve(function);
        states
    }

    pub fn name(&self, index: usize) -> &'a str {
        self.names[index]
    }

    pub fn count(&self) -> usize {
        self.names.len()
    }

    /// Whether the dict at `index` has this key for sure when control gets to `node`.
    pub fn has(&self, node: NodeId, index: usize, key: &str) -> bool {
        matches!(&self.states[node][index], State::Keys(keys) if keys.contains(&key))
    }

    /// The keys and values of a dict that is made at this node.
    pub fn resolve(&self, node: NodeId, shape: &Shape<'a>) -> Result<Vec<(&'a str, Value<'a>)>, Why> {
        self.resolve_with(node, &self.states[node], shape)
    }

    /// Why the dict of this name is not known any more behind this node, if it is the node that makes it so.
    pub fn lost_at(&self, node: NodeId, name: &str) -> Option<&Why> {
        let index = self.names.iter().position(|known| *known == name)?;
        self.steps[index].get(&node)?.iter().find_map(|step| match step {
            Step::Lose(why) => Some(why),
            _ => None,
        })
    }

    /// What else happens to the dict at `index` while this node puts `shape` together: an expression of it may change the dict
    /// before it is spread, or after.
    fn disturbed(&self, node: NodeId, index: usize, shape: &Shape<'a>) -> Option<Why> {
        let is_own = |step: &&Step| matches!(step, Step::Bind(own) | Step::Update(own) if std::ptr::eq(own, shape));
        let step = self.steps[index].get(&node).into_iter().flatten().find(|step| !is_own(step))?;
        Some(match step {
            Step::Lose(why) => why.clone(),
            _ => {
                Why::new(TextRange::default(), format!("`{}` changes while a dict is made from it", self.names[index]))
            }
        })
    }

    fn solve(&mut self, function: &Function<'a>) {
        let graph = &function.graph;
        let count = graph.nodes.len();
        self.states = vec![vec![State::Unbound; self.names.len()]; count];
        if self.names.is_empty() {
            return;
        }
        for (index, name) in self.names.iter().enumerate() {
            if function.variables.get(name).is_some_and(|variable| variable.is_parameter) {
                let reason = format!("`{name}` is a parameter: its keys are not known before the call");
                let why = Why::new(TextRange::default(), reason);
                self.states[Graph::ENTRY][index] = State::Lost(Rc::new(why));
            }
        }
        let mut reached = vec![false; count];
        reached[Graph::ENTRY] = true;
        let mut todo = vec![Graph::ENTRY];
        while let Some(node) = todo.pop() {
            let before = self.states[node].clone();
            let after = self.run(node, &before);
            // Where it raises, a step has not happened, but what loses the dict may have.
            let raised: Vec<State> = before
                .into_iter()
                .zip(&after)
                .map(|(before, after)| if matches!(after, State::Lost(_)) { after.clone() } else { before })
                .collect();
            let targets = graph.nodes[node].next.iter().map(|&to| (to, &after));
            for (to, state) in targets.chain(graph.nodes[node].raised.iter().map(|&to| (to, &raised))) {
                let merged: Vec<State> = if reached[to] {
                    self.states[to].iter().zip(state).map(|(one, other)| meet(one, other, &self.names)).collect()
                } else {
                    state.clone()
                };
                if !reached[to] || merged != self.states[to] {
                    reached[to] = true;
                    self.states[to] = merged;
                    todo.push(to);
                }
            }
        }
    }

    fn run(&self, node: NodeId, before: &[State<'a>]) -> Vec<State<'a>> {
        let mut after = before.to_vec();
        for (index, steps) in self.steps.iter().enumerate() {
            for step in steps.get(&node).into_iter().flatten() {
                after[index] = self.step(node, step, &after[index], before);
            }
        }
        after
    }

    fn step(&self, node: NodeId, step: &Step<'a>, own: &State<'a>, before: &[State<'a>]) -> State<'a> {
        let keys = match (step, own) {
            (Step::Lose(why), _) => return State::Lost(Rc::new(why.clone())),
            (Step::Bind(shape), _) => {
                return match self.resolve_with(node, before, shape) {
                    Ok(entries) => State::Keys(Rc::new(entries.into_iter().map(|(key, _)| key).collect())),
                    Err(why) => State::Lost(Rc::new(why)),
                };
            }
            (_, State::Keys(keys)) => keys,
            (_, other) => return other.clone(),
        };
        let mut keys = (**keys).clone();
        let mut add = |key| {
            if !keys.contains(&key) {
                keys.push(key);
            }
        };
        match step {
            Step::Update(shape) => match self.resolve_with(node, before, shape) {
                Ok(entries) => entries.into_iter().for_each(|(key, _)| add(key)),
                Err(why) => return State::Lost(Rc::new(why)),
            },
            Step::Default(key, _) => add(key),
            Step::Remove(key) => keys.retain(|other| other != key),
            Step::Bind(_) | Step::Lose(_) => {}
        }
        if keys.len() > MAX_KEYS {
            return State::Lost(Rc::new(Why::new(TextRange::default(), "the result has too many keys")));
        }
        State::Keys(Rc::new(keys))
    }

    fn resolve_with(
        &self,
        node: NodeId,
        states: &[State<'a>],
        shape: &Shape<'a>,
    ) -> Result<Vec<(&'a str, Value<'a>)>, Why> {
        let mut entries: Vec<(&str, Value)> = Vec::new();
        let mut places: FxHashMap<&str, usize> = FxHashMap::default();
        let mut put = |key, value| {
            if let Some(&place) = places.get(key) {
                let (_, old): &mut (&str, Value) = &mut entries[place];
                *old = value;
            } else {
                places.insert(key, entries.len());
                entries.push((key, value));
            }
        };
        for piece in shape {
            match piece {
                Piece::Entry { key, value } => put(key, value.clone()),
                Piece::All(name) => {
                    let index = self.names.iter().position(|known| known == name);
                    if let Some(why) = index.and_then(|index| self.disturbed(node, index, shape)) {
                        return Err(why);
                    }
                    match index.map(|index| &states[index]) {
                        Some(State::Keys(keys)) => keys.iter().for_each(|key| put(key, Value::Slot(name))),
                        Some(State::Lost(why)) => return Err((**why).clone()),
                        Some(State::Unbound) | None => {
                            return Err(Why::new(TextRange::default(), format!("`{name}` is not bound here")));
                        }
                    }
                }
            }
        }
        Ok(entries)
    }
}

fn meet<'a>(one: &State<'a>, other: &State<'a>, _names: &[&str]) -> State<'a> {
    match (one, other) {
        (State::Unbound, known) | (known, State::Unbound) => known.clone(),
        (State::Lost(one), State::Lost(other)) => {
            State::Lost(if one.at.start() <= other.at.start() { one.clone() } else { other.clone() })
        }
        (State::Lost(why), _) | (_, State::Lost(why)) => State::Lost(why.clone()),
        (State::Keys(one), State::Keys(other)) if one == other => State::Keys(one.clone()),
        (State::Keys(one), State::Keys(other)) => State::Lost(Rc::new(differ(one, other))),
    }
}

fn differ(one: &[&str], other: &[&str]) -> Why {
    let missing = one.iter().find(|key| !other.contains(key)).or_else(|| other.iter().find(|key| !one.contains(key)));
    let reason = match missing {
        Some(key) => format!("whether the result has the key `{key}` depends on the way that the handler takes"),
        None => "the order of the result's keys depends on the way that the handler takes".to_owned(),
    };
    Why::new(TextRange::default(), reason).help("give the result all of its keys on every way, in one order")
}

fn steps_of<'a>(shapes: &Shapes<'_, 'a>, name: &'a str) -> BTreeMap<NodeId, Vec<Step<'a>>> {
    let function = shapes.function;
    let mut steps: BTreeMap<NodeId, Vec<Step<'a>>> = BTreeMap::new();
    let Some(variable) = function.variables.get(name) else { return steps };
    let harm = escape::analyse(shapes.program, function, Root::Result(name));
    let mut nodes: Vec<NodeId> = variable.loads.iter().map(|load| load.node).collect();
    nodes.extend(variable.bindings.iter().map(|binding| binding.node));
    nodes.extend(harm.nodes.keys());
    nodes.sort_unstable();
    nodes.dedup();
    for node in nodes {
        let found = steps_at(shapes, function.graph.nodes[node].part, name);
        let is_bound = found.iter().any(|step| matches!(step, Step::Bind(_) | Step::Lose(_)));
        let of_node = steps.entry(node).or_default();
        of_node.extend(found);
        // What an assignment does is among the steps; what an expression inside it binds is not.
        let is_told = |how: How| match how {
            How::AugmentedAssignment => true,
            How::Walrus | How::Nonlocal => false,
            _ => is_bound,
        };
        if let Some(binding) = variable.bindings.iter().find(|found| found.node == node && !is_told(found.how)) {
            let what = format!("`{name}` gets a value here that is not a dict whose keys are known");
            of_node.push(Step::Lose(Why::new(TextRange::empty(binding.at), what)));
        }
        if let Some(&by) = harm.nodes.get(&node) {
            of_node.push(Step::Lose(
                Why::new(by, format!("`{name}` may be changed or kept here"))
                    .help(format!("put `{name}` together after this, or pass on a copy")),
            ));
        }
    }
    if let Some(at) = harm.captured {
        let why = Why::new(at, format!("`{name}` is read by code that may run later"));
        for of_node in steps.values_mut() {
            of_node.push(Step::Lose(why.clone()));
        }
    }
    steps
}

fn steps_at<'a>(shapes: &Shapes<'_, 'a>, part: Part<'a>, name: &str) -> Vec<Step<'a>> {
    let Part::Simple(statement) = part else { return Vec::new() };
    let is_it = |expr: &Expr| matches!(expr, Expr::Name(found) if found.id.as_str() == name);
    let known = |shape: Result<Shape<'a>, Why>, step: fn(Shape<'a>) -> Step<'a>| shape.map_or_else(Step::Lose, step);
    match statement {
        Stmt::Assign(assign) => match assign.targets.as_slice() {
            [target] if is_it(target) => vec![bind(shapes, &assign.value)],
            [target] => stores(target, Some(&assign.value), name),
            // Half of them may be done when one raises.
            targets => {
                lost_if_any(targets.iter().flat_map(|target| stores(target, None, name)).collect(), assign.range())
            }
        },
        Stmt::AnnAssign(assign) => match &assign.value {
            Some(value) if is_it(&assign.target) => vec![bind(shapes, value)],
            Some(value) => stores(&assign.target, Some(value), name),
            None => Vec::new(),
        },
        Stmt::AugAssign(assign) if is_it(&assign.target) => {
            let shape = if assign.op == Operator::BitOr {
                shapes.of(&assign.value)
            } else {
                Err(Why::new(assign.range(), "not an operator of dicts"))
            };
            vec![known(shape, Step::Update)]
        }
        Stmt::AugAssign(assign) => stores(&assign.target, None, name),
        Stmt::Delete(delete) => {
            let removed = |target: &'a Expr| match target {
                Expr::Subscript(subscript) if is_it(&subscript.value) => {
                    Some(constant_key(&subscript.slice).map_or_else(Step::Lose, Step::Remove))
                }
                _ => None,
            };
            let removed: Vec<Step> = delete.targets.iter().filter_map(removed).collect();
            // Some may be gone when another one raises.
            if delete.targets.len() == 1 { removed } else { lost_if_any(removed, delete.range()) }
        }
        Stmt::Expr(statement) => called(shapes, &statement.value, &is_it).into_iter().collect(),
        _ => Vec::new(),
    }
}

/// `result.update(…)`, `result.setdefault(…)`
fn called<'a>(shapes: &Shapes<'_, 'a>, expr: &'a Expr, is_it: &dyn Fn(&Expr) -> bool) -> Option<Step<'a>> {
    let Expr::Call(call) = expr else { return None };
    let Expr::Attribute(method) = &*call.func else { return None };
    if !is_it(&method.value) {
        return None;
    }
    match (method.attr.as_str(), call.args.as_slice()) {
        ("update", _) => {
            let mut shape = Vec::new();
            Some(shapes.update(call, &mut shape).map_or_else(Step::Lose, |()| Step::Update(shape)))
        }
        ("setdefault", [key, value]) if call.keywords.is_empty() => {
            Some(constant_key(key).map_or_else(Step::Lose, |key| Step::Default(key, Value::Expr(value))))
        }
        ("setdefault", _) => Some(Step::Lose(Why::new(expr.range(), "a default that is not written out"))),
        _ => None,
    }
}

/// `name = value`; another name for the same dict is no dict of its own.
fn bind<'a>(shapes: &Shapes<'_, 'a>, value: &'a Expr) -> Step<'a> {
    if let Expr::Name(other) = value {
        let reason = format!("`{}` is another name for the same dict", other.id.as_str());
        return Step::Lose(Why::new(value.range(), reason).help(format!("copy it: `dict({})`", other.id.as_str())));
    }
    shapes.of(value).map_or_else(Step::Lose, Step::Bind)
}

/// Stores that are one among several, of which some may not be done.
fn lost_if_any(steps: Vec<Step>, at: TextRange) -> Vec<Step> {
    if steps.is_empty() { steps } else { vec![Step::Lose(Why::new(at, "stored together with others"))] }
}

/// `result["key"] = value`; without a value, what is stored is not an expression of its own.
fn stores<'a>(target: &'a Expr, value: Option<&'a Expr>, name: &str) -> Vec<Step<'a>> {
    match target {
        Expr::Subscript(subscript) => match &*subscript.value {
            Expr::Name(found) if found.id.as_str() == name => match constant_key(&subscript.slice) {
                Ok(key) => {
                    let hidden =
                        || Value::Hidden(Why::new(target.range(), "stored together with others, or changed in place"));
                    vec![Step::Update(vec![Piece::Entry { key, value: value.map_or_else(hidden, Value::Expr) }])]
                }
                Err(why) => vec![Step::Lose(why)],
            },
            _ => Vec::new(),
        },
        Expr::Tuple(ast::ExprTuple { elts, .. }) | Expr::List(ast::ExprList { elts, .. }) => {
            lost_if_any(elts.iter().flat_map(|target| stores(target, None, name)).collect(), target.range())
        }
        Expr::Starred(starred) => stores(&starred.value, None, name),
        _ => Vec::new(),
    }
}
