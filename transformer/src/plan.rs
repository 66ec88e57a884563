//! Decisions → calls with what travels along, and the text that puts them into the source.

use crate::{
    analysis::{
        constants,
        control_flow::{Front, Graph, NodeId},
        event_reads,
        fields::{Call, Fields, Kind, Place},
        finality::{Keys, Source},
        spots::Form,
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

/// The calls' text, in the order in which it goes in.
pub fn insertions(fields: &Fields, calls: &[Call], source: &str, injected: &str) -> Vec<Insertion> {
    let writer = Writer { fields, source, injected };
    let mut insertions: Vec<(TextSize, u8, String)> = Vec::new();
    let mut headers: Vec<Front> = Vec::new();
    for call in calls {
        match call.kind {
            Kind::Publish(spot, place) => {
                let text = writer.publish(call, place);
                put(&mut insertions, &mut headers, spot.form, &text);
            }
            Kind::Offer(spot, place) => {
                let text = writer.offer(call, place);
                put(&mut insertions, &mut headers, spot.form, &text);
            }
            Kind::Emit(_, value) => {
                let key = writer.key(call.field);
                insertions.push((value.start(), 2, format!("{injected}.emit({key}, (")));
                insertions.push((value.end(), 0, format!(",){})", writer.companions(call, true))));
            }
        }
    }
    insertions.sort_by_key(|(offset, order, _)| (*offset, *order));
    insertions.into_iter().map(|(offset, _, text)| Insertion { offset, text }).collect()
}

/// At one offset, first what closes, then what stands behind a statement, then what stands in front of the next one.
fn put(insertions: &mut Vec<(TextSize, u8, String)>, headers: &mut Vec<Front>, form: Form, call: &str) {
    match form {
        Form::Behind(offset) => insertions.push((offset, 1, format!("; {call}"))),
        Form::Front(Front::Statement(offset)) => insertions.push((offset, 2, format!("{call}; "))),
        Form::Front(header @ Front::Header(range)) => {
            // A call gives None, so the header's own value is what counts.
            insertions.push((range.start(), 2, format!("{call} or ")));
            if !headers.contains(&header) {
                headers.push(header);
                insertions.push((range.start(), 3, "(".to_owned()));
                insertions.push((range.end(), 0, ")".to_owned()));
            }
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
