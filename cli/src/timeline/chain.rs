//! Sessions of the same functions, which call each other the same way, are of one chain.

use std::{
    cmp::Reverse,
    collections::{BTreeMap, BTreeSet},
};

use serde::Serialize;

use super::session::Session;

/// Which functions a session involves, by their bare names, and who calls whom.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Chain {
    functions: BTreeSet<String>,
    calls: BTreeSet<Call>,
}

#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Call {
    pub from: String,
    pub to: String,
}

/// The sessions of each chain in the order of `sessions`; first the chain that has most of them.
pub fn by_chain(sessions: &[Session]) -> Vec<Vec<&Session>> {
    let mut chains: BTreeMap<&Chain, Vec<&Session>> = BTreeMap::new();
    for session in sessions {
        chains.entry(&session.chain).or_default().push(session);
    }
    let mut chains: Vec<_> = chains.into_values().collect();
    chains.sort_by_key(|sessions| Reverse(sessions.len()));
    chains
}

impl Chain {
    /// `functions` have a record; of those that they call, and that called them, there may be none.
    pub fn new(functions: impl IntoIterator<Item = String>, calls: impl IntoIterator<Item = Call>) -> Self {
        let calls: BTreeSet<Call> = calls.into_iter().collect();
        let called = calls.iter().flat_map(|call| [call.from.clone(), call.to.clone()]);
        Self { functions: functions.into_iter().chain(called).collect(), calls }
    }

    pub fn calls(&self) -> impl Iterator<Item = &Call> {
        self.calls.iter()
    }

    /// `A → B → C`; where one calls several, each of those that call on has its own part: `A → B, C; B → D`.
    pub fn name(&self) -> String {
        let is_called = |function: &&str| self.calls.iter().any(|call| call.to == **function);
        let (called, first): (Vec<&str>, Vec<&str>) = self.functions.iter().map(String::as_str).partition(is_called);
        // The last one is taken first. Of those that are called, only a circle's are left when their turn comes.
        let mut starts: Vec<&str> = first.into_iter().chain(called).rev().collect();
        let mut told = BTreeSet::new();
        let mut parts = Vec::new();
        while let Some(start) = starts.pop() {
            if !told.contains(start) {
                parts.push(self.part(start, &mut told, &mut starts));
            }
        }
        parts.join("; ")
    }

    /// From `start` to the end, to a function that was told already, or to one that calls several.
    fn part<'a>(&'a self, start: &'a str, told: &mut BTreeSet<&'a str>, starts: &mut Vec<&'a str>) -> String {
        let mut part = start.to_owned();
        let mut last = start;
        while told.insert(last) {
            let called = self.called_by(last);
            if !called.is_empty() {
                part.extend([" → ", &called.join(", ")]);
            }
            let [only] = called[..] else {
                let (ends, others): (Vec<_>, Vec<_>) =
                    called.into_iter().partition(|function| self.called_by(function).is_empty());
                told.extend(ends);
                starts.extend(others.into_iter().rev());
                break;
            };
            last = only;
        }
        part
    }

    fn called_by(&self, function: &str) -> Vec<&str> {
        self.calls.iter().filter(|call| call.from == function).map(|call| call.to.as_str()).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn chain(functions: &[&str], calls: &[(&str, &str)]) -> Chain {
        let calls = calls.iter().map(|(from, to)| Call { from: (*from).to_owned(), to: (*to).to_owned() });
        Chain::new(functions.iter().copied().map(str::to_owned), calls)
    }

    #[test]
    fn names_what_calls_what() {
        for (functions, calls, name) in [
            (["A"].as_slice(), [].as_slice(), "A"),
            (&["A"], &[("A", "C"), ("C", "B")], "A → C → B"),
            (&[], &[("A", "B"), ("A", "C")], "A → B, C"),
            (&[], &[("A", "Z"), ("A", "C"), ("Z", "D"), ("D", "E")], "A → C, Z; Z → D → E"),
            (&[], &[("A", "B"), ("A", "C"), ("B", "D"), ("C", "D")], "A → B, C; B → D; C → D"),
            (&[], &[("A", "A")], "A → A"),
            (&[], &[("A", "B"), ("B", "A")], "A → B → A"),
            (&["C"], &[("A", "B")], "A → B; C"),
        ] {
            assert_eq!(chain(functions, calls).name(), name);
        }
    }

    #[test]
    fn is_what_is_called_not_what_left_a_record() {
        assert_eq!(chain(&["A"], &[("A", "B")]), chain(&["A", "B"], &[("A", "B")]));
        assert_ne!(chain(&["A", "B", "C"], &[("A", "B"), ("B", "C")]), chain(&[], &[("A", "B"), ("A", "C")]));
    }
}
