//! How one field of the result is sent: early, and then by which calls, or at the return, and then why.

mod reasons;

use rustc_hash::FxHashMap;

use super::{
    control_flow::{Graph, NodeId},
    definite,
    dict_states::{DictStates, Step},
    escape::{self, Harm, Root},
    finality::{self, Finality, Inline, Keys, Source},
    function::Function,
    liveness::{self, Neighbours},
    program::Program,
    result_shape::Value,
    spots::{self, Spot},
    why::Why,
    work,
};
use crate::lexer::{self, Lexer};
use crate::parse::{
    TextRange, TextSize,
    ast::{Expr, Ranged},
};

/// One injected call.
pub struct Call<'a> {
    pub field: usize,
    pub kind: Kind<'a>,
    /// Fields that are ready anyway and travel with it.
    pub companions: Vec<usize>,
}

#[derive(Clone, Copy)]
pub enum Kind<'a> {
    /// If it is immutable or nobody else's.
    Publish(Spot, Place<'a>),
    /// Only if it is immutable.
    Offer(Spot, Place<'a>),
    /// Around the expression that computes it.
    Emit(NodeId, &'a Expr),
}

/// Where the value is when the call runs.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Place<'a> {
    Variable(&'a str),
    Slot(&'a str),
}

impl Kind<'_> {
    pub fn node(self) -> NodeId {
        match self {
            Self::Publish(spot, _) | Self::Offer(spot, _) => spot.node,
            Self::Emit(node, _) => node,
        }
    }

    pub fn order(self) -> (u32, u32) {
        match self {
            Self::Publish(spot, _) => (spot.offset().into(), 0),
            Self::Offer(spot, _) => (spot.offset().into(), 1),
            Self::Emit(_, value) => (value.start().into(), 2),
        }
    }
}

/// What is said of a field.
pub struct Verdict {
    /// Where its value comes from.
    pub computed_at: TextRange,
    /// Why it is sent at the return, or why only what is immutable goes ahead.
    pub why: Option<Why>,
    /// Written into the source, or read straight from the event.
    pub is_ready: bool,
}

/// Names that are given to the publisher for one field.
const MOST_IDLE: usize = 8;

pub struct Fields<'f, 'a> {
    pub program: &'f Program<'a>,
    pub function: &'f Function<'a>,
    pub finality: Finality<'f, 'a>,
    inline: Vec<Inline<'a>>,
    harms: FxHashMap<&'a str, Known<'a>>,
    /// By variable and key.
    slot_harms: FxHashMap<(&'a str, &'a str), Known<'a>>,
    bound: FxHashMap<&'a str, Vec<bool>>,
    works: Vec<bool>,
    /// By node, where the last inline value that takes work begins.
    last_work: FxHashMap<NodeId, TextSize>,
    /// Of the last return with these keys.
    last: Option<Vec<(&'a str, Value<'a>)>>,
    /// By variable and key, the last thing in the source that is put there.
    stored: FxHashMap<(&'a str, &'a str), (NodeId, Value<'a>)>,
}

struct Known<'a> {
    harm: Harm<'a>,
    /// By node: something harmful can still come.
    ahead: Vec<bool>,
}

impl<'a> Known<'a> {
    fn of(function: &Function, harm: Harm<'a>) -> Self {
        let ahead = function.graph.reaching(harm.nodes.keys().copied());
        Self { harm, ahead }
    }
}

impl<'f, 'a> Fields<'f, 'a> {
    pub fn new(program: &'f Program<'a>, function: &'f Function<'a>, mut finality: Finality<'f, 'a>) -> Self {
        let works = (0..function.graph.nodes.len()).filter(|&node| work::part(function.graph.nodes[node].part));
        let works = function.graph.reaching(works);
        let text = program.names.module.text;
        let mut inline = finality.inline();
        // A tuple without parentheses cannot be wrapped as it stands.
        inline.retain(|inline| !inline.value.is_tuple_expr() || is_enclosed(&text[inline.value.range()]));
        let fits = |entries: &&Vec<(&str, Value<'a>)>| entries.iter().map(|(key, _)| key).eq(finality.keys.iter());
        let last = finality.returns.all.iter().filter_map(|back| back.entries.as_ref().ok()).rfind(fits).cloned();
        let mut last_work: FxHashMap<NodeId, TextSize> = FxHashMap::default();
        for inline in inline.iter().filter(|inline| work::expression(inline.value)) {
            let last = last_work.entry(inline.node).or_default();
            *last = inline.value.start().max(*last);
        }
        let stored = last_stored(&finality.returns.dicts);
        Self {
            program,
            function,
            finality,
            inline,
            harms: FxHashMap::default(),
            slot_harms: FxHashMap::default(),
            bound: FxHashMap::default(),
            works,
            last_work,
            last,
            stored,
        }
    }

    pub fn count(&self) -> usize {
        self.finality.keys.len()
    }

    /// The calls for all fields, in the order of the source, without the companions.
    pub fn calls(&mut self) -> Vec<Call<'a>> {
        let mut calls = Vec::new();
        for field in 0..self.count() {
            self.add_calls(field, &mut calls);
        }
        calls.sort_by_key(|call| (call.kind.order(), call.field));
        calls
    }

    fn add_calls(&mut self, field: usize, calls: &mut Vec<Call<'a>>) {
        let places = self.places(field);
        let mut covered = vec![false; places.len()];
        // What is ready travels with others before it is in its place.
        for (node, covered) in covered.iter_mut().enumerate() {
            *covered = matches!(self.finality.source(node, field), Source::Ready(_));
        }
        for index in 0..self.inline.len() {
            let inline = &self.inline[index];
            let (node, value, into) = (inline.node, inline.value, inline.into);
            let is_ready = finality::is_ready(value, self.finality.returns.event);
            let is_candidate = inline.field == field && !is_ready && self.has_work_after(inline);
            if is_candidate && into.is_none_or(|dict| self.stays_as_it_is(dict, field, node)) {
                covered[node] = true;
                calls.push(Call { field, kind: Kind::Emit(node, value), companions: Vec::new() });
            }
        }
        let is_sole: Vec<bool> = (0..places.len()).map(|node| self.is_sole(node, places[node])).collect();
        let certain: Vec<bool> = places.iter().map(Option::is_some).collect();
        let certain_after = |to: NodeId, node: NodeId| {
            let source = self.finality.source(to, field);
            let is_same = source == self.finality.source(node, field) && self.finality.key_state(to) == Keys::Certain;
            source == Source::Nowhere || is_same
        };
        let sole = spots::first(&self.function.graph, &is_sole, &covered, certain_after);
        let all = spots::first(&self.function.graph, &certain, &covered, certain_after);
        let mut taken = Vec::new();
        for spot in sole {
            if let Some(place) = places[spot.node]
                && self.works[spot.node]
            {
                taken.push(spot.form);
                calls.push(Call { field, kind: Kind::Publish(spot, place), companions: Vec::new() });
            }
        }
        for spot in all {
            if let Some(place) = places[spot.node]
                && self.works[spot.node]
                && !taken.contains(&spot.form)
            {
                calls.push(Call { field, kind: Kind::Offer(spot, place), companions: Vec::new() });
            }
        }
    }

    /// A value read from the event that no other call takes along.
    pub fn add_alone(&self, field: usize, calls: &mut Vec<Call<'a>>) {
        for inline in self.inline.iter().filter(|inline| inline.field == field && self.has_work_after(inline)) {
            calls.push(Call { field, kind: Kind::Emit(inline.node, inline.value), companions: Vec::new() });
        }
        calls.sort_by_key(|call| (call.kind.order(), call.field));
    }

    /// For each field that a variable holds when it is published: other variables that nobody reads any more, wherever that
    /// is. What they hold of the value, nobody changes through them.
    pub fn idle(&self, calls: &[Call<'a>]) -> Vec<(usize, Vec<&'a str>)> {
        let neighbours = Neighbours::of(self.function);
        let mut read: FxHashMap<&str, Vec<bool>> = FxHashMap::default();
        let mut idle = Vec::new();
        for field in 0..self.count() {
            let published = calls.iter().filter(|call| call.field == field).filter_map(|call| match call.kind {
                Kind::Publish(spot, Place::Variable(name)) => Some((spot.node, name)),
                _ => None,
            });
            let published: Vec<(NodeId, &str)> = published.collect();
            let Some(&(_, name)) = published.first() else { continue };
            let mut is_idle = |name: &&'a str| {
                let Some(variable) = self.function.variables.get(name) else { return false };
                let is_holder = published.iter().any(|(_, holder)| holder == name);
                let read = read.entry(name).or_insert_with(|| liveness::read_again(self.function, variable));
                !is_holder && liveness::is_own(variable) && published.iter().all(|&(node, _)| !read[node])
            };
            let names: Vec<&str> =
                neighbours.near(name).into_iter().filter(|name| is_idle(name)).take(MOST_IDLE).collect();
            if !names.is_empty() {
                idle.push((field, names));
            }
        }
        idle
    }

    fn has_work_after(&self, inline: &Inline) -> bool {
        let next = &self.function.graph.nodes[inline.node].next;
        let last = self.last_work.get(&inline.node);
        next.iter().any(|&to| self.works[to]) || last.is_some_and(|&start| start >= inline.value.end())
    }

    /// By node, where the field's final value already is.
    fn places(&mut self, field: usize) -> Vec<Option<Place<'a>>> {
        (0..self.function.graph.nodes.len()).map(|node| self.place(node, field)).collect()
    }

    fn place(&mut self, node: NodeId, field: usize) -> Option<Place<'a>> {
        // At the entry nothing has been dealt with yet: what is certain from the start is new behind it.
        let is_there = node != Graph::ENTRY && self.function.graph.nodes[node].is_reachable;
        if !is_there || self.finality.key_state(node) != Keys::Certain {
            return None;
        }
        match self.finality.source(node, field) {
            Source::Variable(name) if !self.is_callers(name) => {
                self.is_bound(name, node).then_some(Place::Variable(name))
            }
            Source::Slot(name) => self.is_bound(name, node).then_some(Place::Slot(name)),
            _ => None,
        }
    }

    /// The event and the context are there from the start, and others hold them.
    fn is_callers(&self, name: &str) -> bool {
        let never_bound = || self.function.variables.get(name).is_some_and(|variable| variable.bindings.is_empty());
        self.function.event_index.is_some() && never_bound()
    }

    fn is_bound(&mut self, name: &'a str, node: NodeId) -> bool {
        self.bound.entry(name).or_insert_with(|| definite::bound(self.function, name))[node]
    }

    fn is_sole(&mut self, node: NodeId, place: Option<Place<'a>>) -> bool {
        let Some(Place::Variable(name)) = place else { return false };
        let known = self.known(name);
        known.harm.captured.is_none() && !known.ahead[node]
    }

    /// Whether nothing behind `node` may change what is now in the dict under the field's key.
    fn stays_as_it_is(&mut self, dict: &'a str, field: usize, node: NodeId) -> bool {
        let key = self.finality.keys[field];
        let (program, function) = (self.program, self.function);
        let known = self
            .slot_harms
            .entry((dict, key))
            .or_insert_with(|| Known::of(function, escape::analyse(program, function, Root::Slot(dict, key))));
        let next = &function.graph.nodes[node].next;
        known.harm.captured.is_none() && next.iter().all(|&to| !known.ahead[to])
    }

    fn known(&mut self, name: &'a str) -> &Known<'a> {
        self.harms.entry(name).or_insert_with(|| {
            Known::of(self.function, escape::analyse(self.program, self.function, Root::Value(name)))
        })
    }
}

fn last_stored<'a>(dicts: &DictStates<'a>) -> FxHashMap<(&'a str, &'a str), (NodeId, Value<'a>)> {
    let mut stored: FxHashMap<(&str, &str), (NodeId, Value)> = FxHashMap::default();
    for index in 0..dicts.count() {
        for (&node, steps) in &dicts.steps[index] {
            for step in steps {
                let entries = match step {
                    Step::Bind(shape) | Step::Update(shape) => dicts.resolve(node, shape).unwrap_or_default(),
                    Step::Default(key, value) => vec![(*key, value.clone())],
                    Step::Remove(_) | Step::Lose(_) => Vec::new(),
                };
                for (key, value) in entries {
                    let last = stored.entry((dicts.name(index), key)).or_insert_with(|| (node, value.clone()));
                    if last.0 <= node {
                        *last = (node, value);
                    }
                }
            }
        }
    }
    stored
}

/// Whether a pair of parentheses is around all of the text.
fn is_enclosed(text: &str) -> bool {
    let mut depth = 0_usize;
    let mut tokens =
        Lexer::new(text).filter(|token| !matches!(token.kind, lexer::Kind::Comment | lexer::Kind::Newline)).peekable();
    while let Some(token) = tokens.next() {
        match token.kind {
            lexer::Kind::Open => depth += 1,
            lexer::Kind::Close => depth = depth.saturating_sub(1),
            _ => {}
        }
        if depth == 0 {
            return token.kind == lexer::Kind::Close && tokens.peek().is_none();
        }
    }
    false
}
