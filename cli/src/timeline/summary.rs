//! All sessions of one chain together: how long they took, what streaming saved, what it cost.

use serde::Serialize;

use super::{
    chain::Call,
    record::Millis,
    session::{Lane, Session},
};

/// The middle of several values, the smallest and the largest.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Spread {
    pub median: f64,
    pub least: f64,
    pub most: f64,
}

/// Of the sessions of one chain.
#[derive(Debug, Serialize)]
pub struct Summary {
    /// `A → B`.
    pub chain: String,
    pub calls: Vec<Call>,
    pub sessions: usize,
    /// From the first function's event to the last function's end, in milliseconds.
    pub total_ms: Spread,
    /// The same functions one after the other, without their waits: what the chain would take without streaming.
    pub in_turn_ms: Spread,
    /// The difference; below zero where streaming cost time.
    pub saved_ms: Spread,
    /// Time in which handlers stood still for a field, which is billed.
    pub waited_ms: Spread,
    pub writes: Spread,
    pub reads: Spread,
    pub bytes_written: Spread,
    pub bytes_read: Spread,
    pub functions: Vec<FunctionSummary>,
}

#[derive(Debug, Serialize)]
pub struct FunctionSummary {
    pub function: String,
    pub invocations: usize,
    pub raised: usize,
    pub took_ms: Spread,
    pub waited_ms: Spread,
    /// Fields published before the return.
    pub early_fields: Spread,
    /// Of those invocations that started next, how long before their end they did.
    pub lead_ms: Option<Spread>,
}

impl Spread {
    /// Of one value at least.
    fn of(values: impl IntoIterator<Item = f64>) -> Option<Self> {
        let mut values: Vec<f64> = values.into_iter().collect();
        values.sort_by(f64::total_cmp);
        let (least, most) = (*values.first()?, *values.last()?);
        let middle = values.len() / 2;
        let median = if values.len().is_multiple_of(2) {
            f64::midpoint(values[middle - 1], values[middle])
        } else {
            values[middle]
        };
        Some(Self { median, least, most })
    }
}

impl Summary {
    /// Of sessions of one chain; `None` without any.
    pub fn of(sessions: &[&Session]) -> Option<Self> {
        let chain = &sessions.first()?.chain;
        let spread = |value: &dyn Fn(&Session) -> f64| Spread::of(sessions.iter().map(|session| value(session)));
        Some(Self {
            chain: chain.name(),
            calls: chain.calls().cloned().collect(),
            sessions: sessions.len(),
            total_ms: spread(&|session| session.total)?,
            in_turn_ms: spread(&in_turn)?,
            saved_ms: spread(&|session| in_turn(session) - session.total)?,
            waited_ms: spread(&Session::waited)?,
            writes: spread(&|session| number(session.costs.writes))?,
            reads: spread(&|session| number(session.costs.reads))?,
            bytes_written: spread(&|session| number(session.costs.bytes_written))?,
            bytes_read: spread(&|session| number(session.costs.bytes_read))?,
            functions: functions(sessions),
        })
    }
}

/// In the order in which they first started.
fn functions(sessions: &[&Session]) -> Vec<FunctionSummary> {
    let mut named: Vec<(&str, Vec<&Lane>)> = Vec::new();
    for lane in sessions.iter().flat_map(|session| &session.lanes) {
        match named.iter_mut().find(|(name, _)| *name == lane.function) {
            Some((_, lanes)) => lanes.push(lane),
            None => named.push((&lane.function, vec![lane])),
        }
    }
    let summary = |(name, lanes): (&str, Vec<&Lane>)| {
        let spread = |value: &dyn Fn(&Lane) -> f64| Spread::of(lanes.iter().map(|lane| value(lane)));
        let leads = lanes.iter().filter_map(|lane| Some((lane.end - lane.invocations.first()?.at).max(0.0)));
        Some(FunctionSummary {
            function: name.to_owned(),
            invocations: lanes.len(),
            raised: lanes.iter().filter(|lane| lane.raised).count(),
            took_ms: spread(&Lane::took)?,
            waited_ms: spread(&Lane::waited)?,
            early_fields: spread(&|lane| number(u64::try_from(lane.early_fields()).unwrap_or(u64::MAX)))?,
            lead_ms: Spread::of(leads),
        })
    };
    named.into_iter().filter_map(summary).collect()
}

/// How long the functions work, without their waits, on the longest way through the chain.
fn in_turn(session: &Session) -> Millis {
    // A lane starts others further down the list, as a rule; two clocks can turn that around.
    let mut longest = vec![0.0_f64; session.lanes.len()];
    for (index, lane) in session.lanes.iter().enumerate().rev() {
        let started = lane.invocations.iter().filter_map(|invocation| invocation.started);
        let rest = started.map(|child| longest[child]).fold(0.0, f64::max);
        longest[index] = lane.took() - lane.waited() + rest;
    }
    longest.into_iter().fold(0.0, f64::max)
}

#[expect(clippy::cast_precision_loss, reason = "counts stay far below 2^53")]
fn number(count: u64) -> f64 {
    count as f64
}

#[cfg(test)]
mod tests {
    use super::Spread;

    #[test]
    fn the_median_of_an_even_number_lies_between() {
        assert_eq!(Spread::of([4.0, 1.0, 3.0, 2.0]), Some(Spread { median: 2.5, least: 1.0, most: 4.0 }));
        assert_eq!(Spread::of([7.0]), Some(Spread { median: 7.0, least: 7.0, most: 7.0 }));
        assert_eq!(Spread::of([]), None);
    }
}
