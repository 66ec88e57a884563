//! From which node on it is certain what a field of the result will be: the same on every way to a normal return.
//!
//! Goes backwards. At the return a field is what the returned expression says; before a statement that gives a name its
//! value, it is whatever that value is made of.

mod inline;

use rustc_hash::FxHashMap;

use super::{
    constants,
    control_flow::{Graph, NodeId, Part},
    dict_states::Step,
    event_reads,
    function::Function,
    result_shape::Value,
    returns::Returns,
    uses::How,
    why::Why,
};
use crate::parse::{
    TextRange,
    ast::{self, Expr, Ranged, Stmt},
};

/// Where a field's final value is to be found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Source<'a> {
    /// No way leads to a normal return.
    Nowhere,
    /// In the value that is being returned.
    Returned,
    Variable(&'a str),
    /// Under the field's key in the dict of this variable.
    Slot(&'a str),
    /// Written into the source, or read straight from the event: an index into `Finality::ready`.
    Ready(usize),
    /// Not certain yet: an index into `Finality::whys`.
    Unsure(usize),
}

/// What is certain of the result's keys.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Keys {
    Nowhere,
    Returned,
    Certain,
    Unsure(usize),
}

/// Different values that are ready from the start: each new one is compared with all of them.
const MAX_READY: usize = 1000;

/// A field's value is computed by this expression, and goes straight to its place.
pub struct Inline<'a> {
    pub node: NodeId,
    pub field: usize,
    pub value: &'a Expr,
    /// The variable whose dict it goes to; none: it is returned.
    pub into: Option<&'a str>,
}

pub struct Finality<'r, 'a> {
    pub keys: Vec<&'a str>,
    field_of: FxHashMap<&'a str, usize>,
    pub returns: &'r Returns<'a>,
    function: &'r Function<'a>,
    key_states: Vec<Keys>,
    /// By node, on entry, field by field.
    states: Vec<Vec<Source<'a>>>,
    pub ready: Vec<&'a Expr>,
    pub whys: Vec<Why>,
    why_of: FxHashMap<(TextRange, &'static str), usize>,
    /// By node, the names that it binds.
    binds: Vec<Vec<&'a str>>,
}

impl<'r, 'a> Finality<'r, 'a> {
    /// For results with exactly these keys.
    pub fn of(function: &'r Function<'a>, returns: &'r Returns<'a>, keys: Vec<&'a str>) -> Self {
        let count = function.graph.nodes.len();
        let mut binds = vec![Vec::new(); count];
        for (name, variable) in function.variables.iter() {
            for binding in &variable.bindings {
                binds[binding.node].push(name);
            }
        }
        let mut finality = Self {
            key_states: vec![Keys::Nowhere; count],
            states: vec![vec![Source::Nowhere; keys.len()]; count],
            field_of: keys.iter().enumerate().map(|(field, &key)| (key, field)).collect(),
            keys,
            returns,
            function,
            ready: Vec::new(),
            whys: Vec::new(),
            why_of: FxHashMap::default(),
            binds,
        };
        finality.solve();
        finality
    }

    pub fn source(&self, node: NodeId, field: usize) -> Source<'a> {
        self.states[node][field]
    }

    pub fn key_state(&self, node: NodeId) -> Keys {
        self.key_states[node]
    }

    /// Why the field is not certain on entry of this node.
    pub fn why_not(&self, node: NodeId, field: usize) -> Option<&Why> {
        match (self.key_states[node], self.states[node][field]) {
            (Keys::Unsure(why), _) | (_, Source::Unsure(why)) => Some(&self.whys[why]),
            _ => None,
        }
    }

    fn solve(&mut self) {
        let graph = &self.function.graph;
        self.key_states[Graph::EXIT] = Keys::Returned;
        self.states[Graph::EXIT].fill(Source::Returned);
        let mut queued = vec![false; graph.nodes.len()];
        let mut todo: Vec<NodeId> = graph.nodes[Graph::EXIT].before.clone();
        while let Some(node) = todo.pop() {
            queued[node] = false;
            let (mut keys, mut sources) = self.entry(node);
            // What is once unsure stays so, for the same reason: the end is certain then.
            if matches!(self.key_states[node], Keys::Unsure(_)) {
                keys = self.key_states[node];
            }
            for (source, known) in sources.iter_mut().zip(&self.states[node]) {
                if matches!(known, Source::Unsure(_)) {
                    *source = *known;
                }
            }
            if keys != self.key_states[node] || sources != self.states[node] {
                self.key_states[node] = keys;
                self.states[node] = sources;
                let found = &graph.nodes[node];
                for &from in found.before.iter().chain(&found.raised_before) {
                    if !std::mem::replace(&mut queued[from], true) {
                        todo.push(from);
                    }
                }
            }
        }
    }

    /// What holds on entry, by what holds behind.
    fn entry(&mut self, node: NodeId) -> (Keys, Vec<Source<'a>>) {
        let graph = &self.function.graph;
        let found = &graph.nodes[node];
        let (mut keys, mut sources) = self.behind(node);
        self.step(node, &mut keys, &mut sources);
        for &to in &found.raised {
            keys = self.meet_keys(keys, self.key_states[to]);
            for (field, source) in sources.iter_mut().enumerate() {
                *source = self.meet(*source, self.states[to][field], node);
            }
        }
        for source in &mut sources {
            *source = self.unless_changed(node, *source);
        }
        (keys, sources)
    }

    /// Of a value that is in its place behind the node or where it raises, but perhaps not before it: an expression of the node may
    /// bind a name before the value is taken or after it, the node may raise after that, and what is returned may not be
    /// returned after all.
    fn unless_changed(&mut self, node: NodeId, source: Source<'a>) -> Source<'a> {
        match source {
            Source::Variable(name) if self.binds[node].contains(&name) => {
                let at = part_range(self.function.graph.nodes[node].part);
                Source::Unsure(self.why(at, "it gets its value here"))
            }
            Source::Slot(name) => match self.returns.dicts.lost_at(node, name) {
                Some(why) => Source::Unsure(self.add_why(why)),
                None => source,
            },
            other => other,
        }
    }

    /// What holds where control goes on from here.
    fn behind(&mut self, node: NodeId) -> (Keys, Vec<Source<'a>>) {
        let mut keys = Keys::Nowhere;
        let mut sources = vec![Source::Nowhere; self.keys.len()];
        for &to in &self.function.graph.nodes[node].next {
            keys = self.meet_keys(keys, self.key_states[to]);
            for (field, source) in sources.iter_mut().enumerate() {
                *source = self.meet(*source, self.states[to][field], node);
            }
        }
        (keys, sources)
    }

    fn meet_keys(&self, one: Keys, other: Keys) -> Keys {
        match (one, other) {
            (Keys::Nowhere, known) | (known, Keys::Nowhere) => known,
            (Keys::Unsure(one), Keys::Unsure(other)) => Keys::Unsure(self.earlier(one, other)),
            (Keys::Unsure(why), _) | (_, Keys::Unsure(why)) => Keys::Unsure(why),
            (Keys::Certain, Keys::Certain) => Keys::Certain,
            // A `finally` may replace what is being returned, or not: what is being returned counts, too.
            (Keys::Certain | Keys::Returned, Keys::Certain | Keys::Returned) => Keys::Returned,
        }
    }

    fn meet(&mut self, one: Source<'a>, other: Source<'a>, node: NodeId) -> Source<'a> {
        match (one, other) {
            (Source::Nowhere, known) | (known, Source::Nowhere) => known,
            (one, other) if one == other => one,
            (Source::Unsure(one), Source::Unsure(other)) => Source::Unsure(self.earlier(one, other)),
            (Source::Unsure(why), _) | (_, Source::Unsure(why)) => Source::Unsure(why),
            _ => {
                let at = part_range(self.function.graph.nodes[node].part);
                Source::Unsure(self.why(at, "which value it will be is decided here"))
            }
        }
    }

    fn earlier(&self, one: usize, other: usize) -> usize {
        let at = |why: usize| (self.whys[why].at.start(), why);
        if at(one) <= at(other) { one } else { other }
    }

    fn why(&mut self, at: TextRange, reason: &'static str) -> usize {
        let next = self.whys.len();
        let index = *self.why_of.entry((at, reason)).or_insert(next);
        if index == next {
            self.whys.push(Why::new(at, reason));
        }
        index
    }

    fn add_why(&mut self, why: &Why) -> usize {
        self.whys.iter().position(|known| known == why).unwrap_or_else(|| {
            self.whys.push(why.clone());
            self.whys.len() - 1
        })
    }

    fn step(&mut self, node: NodeId, keys: &mut Keys, sources: &mut [Source<'a>]) {
        let part = self.function.graph.nodes[node].part;
        if matches!(part, Part::Return { .. } | Part::FallsOff) {
            self.returned(node, keys, sources);
            return;
        }
        for source in sources.iter_mut() {
            if let Source::Variable(name) = *source
                && self.binds[node].contains(&name)
            {
                *source = self.bound(part, name);
            }
        }
        let returns = self.returns;
        for index in 0..returns.dicts.count() {
            for step in returns.dicts.steps[index].get(&node).into_iter().flatten().rev() {
                self.stored(node, index, step, sources);
            }
        }
    }

    fn returned(&mut self, node: NodeId, keys: &mut Keys, sources: &mut [Source<'a>]) {
        let returns = self.returns;
        let Some(back) = returns.at(node) else { return };
        let why = match &back.entries {
            Ok(entries) if entries.iter().map(|(key, _)| key).eq(self.keys.iter()) => {
                if *keys == Keys::Returned {
                    *keys = Keys::Certain;
                }
                for (field, source) in sources.iter_mut().enumerate() {
                    if *source == Source::Returned {
                        *source = self.classify(&entries[field].1);
                    }
                }
                return;
            }
            Ok(_) => self.why(back.at, "this return gives the result other keys, or another order of keys"),
            Err(_) => self.why(back.at, "this return gives another result"),
        };
        if *keys == Keys::Returned {
            *keys = Keys::Unsure(why);
        }
        for source in sources.iter_mut().filter(|source| **source == Source::Returned) {
            *source = Source::Unsure(why);
        }
    }

    /// Before a statement that binds `name`.
    fn bound(&mut self, part: Part<'a>, name: &'a str) -> Source<'a> {
        if let Some(Expr::Name(copied)) = super::escape::bound_value(part, name)
            && self.is_followed(&copied.id)
        {
            return Source::Variable(&copied.id);
        }
        Source::Unsure(self.why(part_range(part), "it gets its value here"))
    }

    /// Before a step of the dict at `index`.
    fn stored(&mut self, node: NodeId, index: usize, step: &Step<'a>, sources: &mut [Source<'a>]) {
        let dicts = &self.returns.dicts;
        let slot = Source::Slot(dicts.name(index));
        let entries = match step {
            Step::Bind(shape) | Step::Update(shape) => dicts.resolve(node, shape),
            Step::Default(key, value) => {
                Ok(if dicts.has(node, index, key) { Vec::new() } else { vec![(*key, value.clone())] })
            }
            Step::Remove(_) => return,
            Step::Lose(why) => Err(why.clone()),
        };
        let unsure = match (&entries, step) {
            (Err(why), _) => Some(self.add_why(why)),
            (Ok(_), Step::Bind(_)) => {
                let at = part_range(self.function.graph.nodes[node].part);
                Some(self.why(at, "the result does not have it yet"))
            }
            _ => None,
        };
        let mut found = Vec::new();
        for (key, value) in entries.iter().flatten() {
            if let Some(&field) = self.field_of.get(key)
                && sources[field] == slot
            {
                found.push((field, self.classify(value)));
            }
        }
        if let Some(unsure) = unsure {
            for source in sources.iter_mut().filter(|source| **source == slot) {
                *source = Source::Unsure(unsure);
            }
        }
        for (field, source) in found {
            sources[field] = source;
        }
    }

    /// Where a value is before the node that puts it in its place.
    fn classify(&mut self, value: &Value<'a>) -> Source<'a> {
        match value {
            Value::Slot(name) => Source::Slot(name),
            Value::Hidden(why) => Source::Unsure(self.add_why(why)),
            Value::Expr(Expr::Name(name)) if self.is_followed(&name.id) => Source::Variable(&name.id),
            Value::Expr(expr) if is_ready(expr, self.returns.event) => {
                let same = |known: &&Expr| {
                    constants::same(known, expr)
                        || self.returns.event.is_some_and(|event| event_reads::same(known, expr, event))
                };
                match self.ready.iter().position(same) {
                    Some(index) => Source::Ready(index),
                    None if self.ready.len() < MAX_READY => {
                        self.ready.push(expr);
                        Source::Ready(self.ready.len() - 1)
                    }
                    None => Source::Unsure(self.why(expr.range(), "it is one of too many constants")),
                }
            }
            Value::Expr(expr) => Source::Unsure(self.why(expr.range(), "it is computed here")),
        }
    }

    /// Whether the statements of this function are all that binds this name.
    fn is_followed(&self, name: &str) -> bool {
        self.function.is_local(name)
            && self
                .function
                .variables
                .get(name)
                .is_some_and(|variable| variable.bindings.iter().all(|binding| binding.how != How::Nonlocal))
    }
}

pub fn is_ready(expr: &Expr, event: Option<&str>) -> bool {
    constants::is_constant(expr) || event_reads::parse(expr).is_some_and(|read| event == Some(read.event))
}

/// What a node is in the source.
pub fn part_range(part: Part) -> TextRange {
    match part {
        Part::Simple(Stmt::FunctionDef(ast::StmtFunctionDef { name, range, .. })) => {
            TextRange::at(range.start(), u32::try_from("def ".len() + name.len()).unwrap_or(0).into())
        }
        Part::Simple(statement) => statement.range(),
        Part::Return { statement, value } => match value {
            Some(value) if statement.value.as_deref().is_some_and(|whole| !std::ptr::eq(whole, value)) => value.range(),
            _ => statement.range(),
        },
        Part::Test(expr) | Part::Iterate(expr) | Part::Subject(expr) => expr.range(),
        Part::Next { target, .. } => target.range(),
        Part::Enter(item) | Part::BindWith(item) => item.context_expr.range(),
        Part::Case { case, .. } => case.pattern.range(),
        Part::Except(handler) | Part::Unbind(handler) => TextRange::at(handler.start(), 6.into()),
        Part::Entry | Part::Exit | Part::FallsOff | Part::Leave | Part::Join => TextRange::default(),
    }
}
