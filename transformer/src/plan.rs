//! Decisions → calls, in the order in which they run, and the text that puts them into the source.

use crate::{
    analysis::{
        constants, event_reads,
        fields::Decision,
        publish_points::{Place, PublishPoints},
        response_shape::Returns,
    },
    edit::Insertion,
    parse::{
        TextSize,
        ast::{Constant, Expr, Ranged},
    },
};

/// One injected call.
pub struct Call {
    pub field: usize,
    pub kind: Kind,
    /// Fields that are ready anyway and travel with it.
    pub companions: Vec<usize>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    Publish(Place),
    Offer(Place),
    /// Around the value in the display.
    Emit {
        start: TextSize,
        end: TextSize,
        point: usize,
    },
}

impl Kind {
    pub fn offset(self) -> TextSize {
        match self {
            Self::Publish(place) | Self::Offer(place) => place.offset,
            Self::Emit { end, .. } => end,
        }
    }

    fn point(self) -> usize {
        match self {
            Self::Publish(place) | Self::Offer(place) => place.point,
            Self::Emit { point, .. } => point,
        }
    }
}

/// The calls in the order in which they run.
pub fn calls(points: &PublishPoints, decisions: &[Decision]) -> Vec<Call> {
    let shape = &points.returns.streaming;
    let mut calls = Vec::new();
    for (field, decision) in decisions.iter().enumerate() {
        let mut add = |kind| calls.push(Call { field, kind, companions: Vec::new() });
        match decision {
            Decision::Named(named) => {
                named.offer.map(Kind::Offer).into_iter().chain(named.publish.map(Kind::Publish)).for_each(&mut add);
            }
            Decision::Emitted => {
                let value = shape.fields[field].value;
                add(Kind::Emit { start: value.start(), end: value.end(), point: shape.statement });
            }
            Decision::Constant | Decision::EventRead | Decision::AtReturn(_) => {}
        }
    }
    calls.sort_by_key(|call| call.kind.offset());
    let companions: Vec<usize> = (0..decisions.len()).filter(|&field| decisions[field].is_companion()).collect();
    let first = calls.iter().find(|call| !matches!(call.kind, Kind::Offer(_)));
    let first_sure = first.map(|call| call.kind.offset());
    // Which of the calls publishes first is known only when they run: an offer may decline.
    for call in calls.iter_mut().take_while(|call| first_sure.is_none_or(|first| call.kind.offset() <= first)) {
        let point = call.kind.point();
        call.companions = companions.iter().copied().filter(|&field| points.earliest(field) <= point).collect();
    }
    calls
}

/// The calls' text, sorted by offset.
pub fn insertions(calls: &[Call], returns: &Returns, source: &str, injected: &str) -> Vec<Insertion> {
    let fields = &returns.streaming.fields;
    let name = |field: usize| constants::literal(fields[field].key);
    let text = |expr: &Expr| source[expr.range()].to_owned();
    let mut insertions: Vec<Insertion> = Vec::new();
    for call in calls {
        let companions = |in_tuple: bool| -> String {
            let pair = |&field: &usize| {
                let value = companion_text(fields[field].value, source, injected);
                if in_tuple { format!(", {}, ({value},)", name(field)) } else { format!(", {}, {value}", name(field)) }
            };
            call.companions.iter().map(pair).collect()
        };
        let key = name(call.field);
        let value = fields[call.field].value;
        let mut insert = |offset, text| insertions.push(Insertion { offset, text });
        match call.kind {
            Kind::Publish(place) => {
                let call = format!("{injected}.publish({key}, ({},){})", text(value), companions(true));
                insert(place.offset, statement(place, &call));
            }
            Kind::Offer(place) => {
                let call = format!("{injected}.offer({key}, {}{})", text(value), companions(false));
                insert(place.offset, statement(place, &call));
            }
            Kind::Emit { start, end, .. } => {
                insert(start, format!("{injected}.emit({key}, ("));
                insert(end, format!(",){})", companions(true)));
            }
        }
    }
    insertions.sort_by_key(|insertion| insertion.offset);
    insertions
}

fn statement(place: Place, call: &str) -> String {
    if place.behind { format!("; {call}") } else { format!("{call}; ") }
}

fn companion_text(value: &Expr, source: &str, injected: &str) -> String {
    let Some(read) = event_reads::parse(value) else { return constant_text(value, source) };
    let default = read.default.map(|default| format!(", {}", constant_text(default, source))).unwrap_or_default();
    let default = if read.is_get && read.default.is_none() { ", None".to_owned() } else { default };
    format!("{injected}.peek({}, {}{default})", read.event, constants::literal(read.key))
}

fn constant_text(value: &Expr, source: &str) -> String {
    match value {
        Expr::Constant(constant) => match &constant.value {
            Constant::Str(text) => constants::literal(text),
            Constant::None => "None".to_owned(),
            Constant::Bool(true) => "True".to_owned(),
            Constant::Bool(false) => "False".to_owned(),
            _ => source[value.range()].to_owned(),
        },
        Expr::UnaryOp(minus) => format!("-{}", source[minus.operand.range()].trim()),
        _ => source[value.range()].to_owned(),
    }
}
