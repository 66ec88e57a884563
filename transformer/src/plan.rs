//! Decisions → calls with what travels along, and the text that puts them into the source.

use rustc_hash::FxHashMap;

use crate::{
    analysis::{
        constants,
        control_flow::{Front, Graph, NodeId},
        event_reads,
        fields::{Call, Fields, Kind, Place},
        finality::{Keys, Source},
        spots::{Form, Spot},
    },
    edit::Insertion,
    parse::{
        TextSize,
        ast::{Constant, Expr, Ranged},
    },
};

/// All calls in the order of the source.
pub fn calls<'a>(fields: &mut Fields<'_, 'a>) -> Vec<Call<'a>> {
    let mut calls = fields.calls();
    add_companions(fields, &mut calls);
    // A value read from the event may be sent by itself, and then constants can travel with it.
    let before = calls.len();
    for (field, goes) in goes_ahead(fields, &calls).into_iter().enumerate() {
        if !goes {
            fields.add_alone(field, &mut calls);
        }
    }
    if calls.len() > before {
        calls.sort_by_key(|call| (call.kind.order(), call.field));
        add_companions(fields, &mut calls);
    }
    calls
}

/// By field, whether a call sends it before the return.
pub fn goes_ahead(fields: &Fields, calls: &[Call]) -> Vec<bool> {
    let mut goes = vec![false; fields.count()];
    for call in calls {
        goes[call.field] = true;
        for &companion in &call.companions {
            goes[companion] = true;
        }
    }
    goes
}

/// What is ready anyway travels with whatever may be published first.
fn add_companions(fields: &Fields, calls: &mut [Call]) {
    let graph = &fields.function.graph;
    let behind_one = after_a_publish(graph, calls);
    let mut seen: Vec<(NodeId, bool)> = Vec::new();
    for call in calls.iter_mut() {
        call.companions.clear();
        let node = call.kind.node();
        let is_sure = !matches!(call.kind, Kind::Offer(..));
        if behind_one[node] || seen.contains(&(node, true)) || fields.finality.key_state(node) != Keys::Certain {
            continue;
        }
        seen.push((node, is_sure));
        let is_ready =
            |&field: &usize| field != call.field && matches!(fields.finality.source(node, field), Source::Ready(_));
        call.companions = (0..fields.count()).filter(is_ready).collect();
    }
}

/// By node, whether every way to it passes a call that publishes whatever is final.
fn after_a_publish(graph: &Graph, calls: &[Call]) -> Vec<bool> {
    let mut publishes = vec![false; graph.nodes.len()];
    for call in calls {
        match call.kind {
            Kind::Publish(spot, _) => publishes[spot.node] = true,
            Kind::Emit(node, _) => publishes[node] = true,
            Kind::Offer(..) => {}
        }
    }
    let mut without = vec![false; graph.nodes.len()];
    let mut todo = vec![Graph::ENTRY];
    while let Some(node) = todo.pop() {
        if !std::mem::replace(&mut without[node], true) && !publishes[node] {
            todo.extend(graph.nodes[node].next.iter().chain(&graph.nodes[node].raised));
        }
    }
    without.into_iter().map(|without| !without).collect()
}

/// What goes into the source.
pub struct Insertions {
    /// In the order in which they go in.
    pub all: Vec<Insertion>,
    /// Places that are passed again and again: the publisher has so many guards.
    pub guards: u32,
}

pub fn insertions(fields: &Fields, calls: &[Call], source: &str, injected: &str) -> Insertions {
    let writer = Writer { fields, source, injected };
    let mut insertions: Vec<(TextSize, u8, String)> = Vec::new();
    let mut groups = Groups::default();
    for call in calls {
        match call.kind {
            Kind::Publish(spot, place) => groups.add(spot, writer.publish(call, place)),
            Kind::Offer(spot, place) => groups.add(spot, writer.offer(call, place)),
            Kind::Emit(_, value) => {
                let key = writer.key(call.field);
                insertions.push((value.start(), 2, format!("{injected}.emit({key}, (")));
                insertions.push((value.end(), 0, format!(",){})", writer.companions(call, true))));
            }
        }
    }
    let mut guards = 0;
    for (spot, mut calls) in groups.all {
        if writer.is_passed_again(spot) {
            calls = vec![writer.guarded(guards, &calls)];
            guards += 1;
        }
        put(&mut insertions, spot.form, &calls);
    }
    insertions.sort_by_key(|(offset, order, _)| (*offset, *order));
    let all = insertions.into_iter().map(|(offset, _, text)| Insertion { offset, text }).collect();
    Insertions { all, guards }
}

/// The calls at each place, in the order of the source.
#[derive(Default)]
struct Groups {
    all: Vec<(Spot, Vec<String>)>,
    index: FxHashMap<Form, usize>,
}

impl Groups {
    fn add(&mut self, spot: Spot, call: String) {
        let index = *self.index.entry(spot.form).or_insert(self.all.len());
        if index == self.all.len() {
            self.all.push((spot, Vec::new()));
        }
        self.all[index].1.push(call);
    }
}

/// At one offset, first what closes, then what stands behind a statement, then what stands in front of the next one.
fn put(insertions: &mut Vec<(TextSize, u8, String)>, form: Form, calls: &[String]) {
    match form {
        Form::Behind(offset) => insertions.push((offset, 1, format!("; {}", calls.join("; ")))),
        Form::Front(Front::Statement(offset)) => insertions.push((offset, 2, format!("{}; ", calls.join("; ")))),
        Form::Front(Front::Header(range)) => {
            // A call gives nothing that is true, so the header's own value is what counts.
            insertions.push((range.start(), 2, format!("{} or (", calls.join(" or "))));
            insertions.push((range.end(), 0, ")".to_owned()));
        }
    }
}

struct Writer<'w, 'a> {
    fields: &'w Fields<'w, 'a>,
    source: &'w str,
    injected: &'w str,
}

impl Writer<'_, '_> {
    fn key(&self, field: usize) -> String {
        constants::literal(self.fields.finality.keys[field])
    }

    /// Whether the calls there run more than once. One behind a statement does not: control that comes to the statement again
    /// finds there what it found before, and then nothing was certain.
    fn is_passed_again(&self, spot: Spot) -> bool {
        matches!(spot.form, Form::Front(_)) && self.fields.function.graph.repeats(spot.node)
    }

    /// Calls that cost no more than a look at a variable once they have done what they can.
    fn guarded(&self, guard: u32, calls: &[String]) -> String {
        let injected = self.injected;
        // It ends as it begins, or Python would have it private in a class.
        format!("{injected}{guard}__ and ({} or {injected}.passed({guard}))", calls.join(" or "))
    }

    fn place(&self, place: Place, field: usize) -> String {
        match place {
            Place::Variable(name) => name.to_owned(),
            // Never an error of the user's: what is not there is the publisher itself, which is no value.
            Place::Slot(name) => format!("{name}.get({}, {})", self.key(field), self.injected),
        }
    }

    fn publish(&self, call: &Call, place: Place) -> String {
        let value = self.place(place, call.field);
        format!("{}.publish({}, ({value},){})", self.injected, self.key(call.field), self.companions(call, true))
    }

    fn offer(&self, call: &Call, place: Place) -> String {
        let value = self.place(place, call.field);
        format!("{}.offer({}, {value}{})", self.injected, self.key(call.field), self.companions(call, false))
    }

    fn companions(&self, call: &Call, in_tuple: bool) -> String {
        let node = call.kind.node();
        let pair = |&field: &usize| {
            let Source::Ready(index) = self.fields.finality.source(node, field) else { return String::new() };
            let value = self.ready(self.fields.finality.ready[index]);
            let value = if in_tuple { format!("({value},)") } else { value };
            format!(", {}, {value}", self.key(field))
        };
        call.companions.iter().map(pair).collect()
    }

    fn ready(&self, value: &Expr) -> String {
        let Some(read) = event_reads::parse(value) else { return self.constant(value) };
        let default = match read.default {
            Some(default) => format!(", {}", self.constant(default)),
            None if read.is_get => ", None".to_owned(),
            None => String::new(),
        };
        format!("{}.peek({}, {}{default})", self.injected, read.event, constants::literal(read.key))
    }

    fn constant(&self, value: &Expr) -> String {
        match value {
            Expr::Constant(constant) => match &constant.value {
                Constant::Str(text) => constants::literal(text),
                Constant::None => "None".to_owned(),
                Constant::Bool(true) => "True".to_owned(),
                Constant::Bool(false) => "False".to_owned(),
                _ => self.source[value.range()].to_owned(),
            },
            Expr::UnaryOp(minus) => format!("-{}", self.source[minus.operand.range()].trim()),
            _ => self.source[value.range()].to_owned(),
        }
    }
}
