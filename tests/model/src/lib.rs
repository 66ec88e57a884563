//! A chain writer → reader in every order of events. Two attempts of the writer's run overlap, each may fail, be stopped at
//! its deadline or lose an answer; the handler's value is the attempt's number. Checkpoints and strict mode are on.
//!
//! Not in it: a third function, attempts of the reader beyond the two that it is given, either mode switched off, a store that
//! cannot be read, and lost answers other than the late field's.

//!
//! The promises, in the order in which a state is judged:
//! P1 the fields that a reader sees are one attempt's; P2 success means that every write was acknowledged; P3 a reader's result
//! counts only once its source's stream is whole; P4 a run has one recorded result, each of its answers is that one, and a
//! chain has one effect; P5 nobody waits for ever; P6 where a writer succeeded, a reader's run has completed,
//! and no attempt repeats a failure that its run's record foretold.

use std::collections::{HashMap, VecDeque};

/// What the protocol relies on; without any one of them the search finds a broken promise.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Guard {
    /// `Rooms::outlet` in bootstrap/src/invocation.rs, `attempt` in run.rs.
    StreamPerAttempt,
    /// `Conclusion::returned` in bootstrap/src/conclusion.rs: `flush` before the outcome.
    FlushBeforeResponse,
    /// `Conclusion::returned`: `end_stream` behind the first `flush`.
    EndAfterAcknowledgement,
    /// `Conclusion::returned`: `Resolver::confirm` before the reader's own result counts.
    EndAwaited,
    /// `DynamoStore::put_result` in bootstrap/src/store/dynamodb.rs, `Checkpoint::record` in conclusion.rs.
    FirstResultWins,
    /// `Conclusion::returned`: `Checkpoint::record` before the outcome.
    CheckpointBeforeResponse,
    /// `Run::new` in bootstrap/src/run.rs: next's run follows from the source's run.
    SameRunForNext,
    /// `Resolver` in bootstrap/src/resolver.rs: nobody waits past the source's deadline.
    SourceDeadline,
    /// `pass_gate` and `with_record` in bootstrap/src/publisher.rs: nothing goes early once a field has changed.
    Gate,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
enum Writer {
    #[default]
    Idle,
    Early,
    Written,
    Acknowledged,
    Recorded,
    Succeeded(u8),
    Failed,
    Stopped,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
enum Reader {
    #[default]
    Idle,
    Waiting,
    Read(u8, bool),
    Recorded,
    Succeeded(u8),
    Failed,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
struct State {
    writers: [Writer; 2],
    readers: [Reader; 2],
    /// By stream: the late field and the end marks.
    field: [Option<u8>; 2],
    ended: [bool; 2],
    marked: [bool; 2],
    /// By attempt of the writer.
    acknowledged: [bool; 2],
    /// By run.
    writer_result: Option<u8>,
    reader_results: [Option<u8>; 2],
    /// This handler changes a field after it was published.
    changing: bool,
    /// The run's record says so.
    changed: bool,
    /// An attempt went ahead although the record said so.
    unheeded: [bool; 2],
    /// A recorded result was replaced.
    replaced: bool,
}

/// What was found: states seen, or the broken promise and the shortest way to it.
pub type Found = Result<usize, (&'static str, Vec<&'static str>)>;

/// Explores all states, breadth first, with every guard but `removed`.
pub fn explore(removed: Option<Guard>) -> Found {
    let model = Model { removed };
    let roots = [false, true].map(|changing| State { changing, ..State::default() });
    let mut from = HashMap::from(roots.map(|root| (root, None)));
    let mut queue = VecDeque::from(roots);
    while let Some(state) = queue.pop_front() {
        let steps = model.steps(&state);
        if let Some(promise) = model.broken(&state, steps.is_empty()) {
            let (mut trace, mut at) = (Vec::new(), state);
            while let Some(Some((name, before))) = from.get(&at) {
                trace.push(*name);
                at = *before;
            }
            trace.reverse();
            return Err((promise, trace));
        }
        for (name, next) in steps {
            from.entry(next).or_insert_with(|| {
                queue.push_back(next);
                Some((name, state))
            });
        }
    }
    Ok(from.len())
}

struct Model {
    removed: Option<Guard>,
}

impl Model {
    fn has(&self, guard: Guard) -> bool {
        self.removed != Some(guard)
    }

    fn stream(&self, attempt: usize) -> usize {
        if self.has(Guard::StreamPerAttempt) { attempt } else { 0 }
    }

    fn steps(&self, state: &State) -> Vec<(&'static str, State)> {
        let mut steps = Vec::new();
        for (attempt, value) in [(0, 0), (1, 1)] {
            self.writer(state, attempt, value, &mut steps);
            self.reader(state, attempt, value, &mut steps);
        }
        steps
    }

    fn writer(&self, state: &State, attempt: usize, value: u8, steps: &mut Vec<(&'static str, State)>) {
        let stream = self.stream(attempt);
        let mut step = |name, change: &dyn Fn(&mut State)| {
            let mut next = *state;
            change(&mut next);
            steps.push((name, next));
        };
        let phase = state.writers[attempt];
        match phase {
            Writer::Idle => match state.writer_result {
                Some(result) => {
                    step("writer answers from its record", &|s| s.writers[attempt] = Writer::Succeeded(result));
                }
                None if state.changed && self.has(Guard::Gate) => step("writer gives next its whole result", &|s| {
                    (s.ended[stream], s.acknowledged[attempt]) = (true, true);
                    s.writers[attempt] = Writer::Acknowledged;
                    s.readers[attempt] = Reader::Read(value, true);
                }),
                None => step("writer starts next early", &|s| {
                    s.unheeded[attempt] = s.changed;
                    s.writers[attempt] = Writer::Early;
                    s.readers[attempt] = Reader::Waiting;
                }),
            },
            Writer::Early if state.changing => step("a published field has changed, writer fails", &|s| {
                (s.changed, s.marked[stream]) = (true, true);
                s.writers[attempt] = Writer::Failed;
            }),
            Writer::Early => step("writer sends the late field", &|s| s.writers[attempt] = Writer::Written),
            Writer::Written => {
                step("the write takes effect, its answer comes", &|s| {
                    s.field[stream] = s.field[stream].or(Some(value));
                    s.acknowledged[attempt] = true;
                    s.writers[attempt] = Writer::Acknowledged;
                });
                step("the write takes effect, its answer is lost", &|s| {
                    s.field[stream] = s.field[stream].or(Some(value));
                });
                if !self.has(Guard::FlushBeforeResponse) {
                    step("writer goes on unacknowledged", &|s| s.writers[attempt] = Writer::Acknowledged);
                }
                if !self.has(Guard::EndAfterAcknowledgement) {
                    step("writer ends the stream", &|s| s.ended[stream] = true);
                }
            }
            Writer::Acknowledged if !state.ended[stream] => {
                step("writer ends the stream", &|s| s.ended[stream] = true);
            }
            Writer::Acknowledged => {
                step("writer records its result", &|s| self.record_writer(s, value, attempt));
                if !self.has(Guard::CheckpointBeforeResponse) {
                    step("writer responds unrecorded", &|s| s.writers[attempt] = Writer::Succeeded(value));
                }
            }
            Writer::Recorded => {
                let counted =
                    if self.has(Guard::FirstResultWins) { state.writer_result.unwrap_or(value) } else { value };
                step("writer responds", &|s| s.writers[attempt] = Writer::Succeeded(counted));
            }
            Writer::Succeeded(_) | Writer::Failed | Writer::Stopped => {}
        }
        if matches!(phase, Writer::Early | Writer::Written) {
            step("writer fails and marks its stream", &|s| {
                s.marked[stream] = true;
                s.writers[attempt] = Writer::Failed;
            });
            step("writer is stopped", &|s| s.writers[attempt] = Writer::Stopped);
        }
    }

    fn record_writer(&self, state: &mut State, value: u8, attempt: usize) {
        if state.writer_result.is_none() || !self.has(Guard::FirstResultWins) {
            state.replaced |= state.writer_result.is_some_and(|before| before != value);
            state.writer_result = Some(value);
        }
        state.writers[attempt] = Writer::Recorded;
    }

    fn reader(&self, state: &State, attempt: usize, inline: u8, steps: &mut Vec<(&'static str, State)>) {
        let stream = self.stream(attempt);
        let run = if self.has(Guard::SameRunForNext) { 0 } else { attempt };
        let mut step = |name, change: &dyn Fn(&mut State)| {
            let mut next = *state;
            change(&mut next);
            steps.push((name, next));
        };
        let is_over = matches!(state.writers[attempt], Writer::Succeeded(_) | Writer::Failed | Writer::Stopped);
        match state.readers[attempt] {
            Reader::Waiting => {
                if let Some(late) = state.field[stream] {
                    step("reader sees the late field", &|s| {
                        s.readers[attempt] = Reader::Read(late, late == inline);
                    });
                } else if state.marked[stream] {
                    step("reader sees the mark", &|s| s.readers[attempt] = Reader::Failed);
                } else if is_over && self.has(Guard::SourceDeadline) {
                    step("the source's deadline passes", &|s| s.readers[attempt] = Reader::Failed);
                }
            }
            Reader::Read(late, _) => {
                if state.ended[stream] || !self.has(Guard::EndAwaited) {
                    step("reader records its result", &|s| {
                        s.reader_results[run] = s.reader_results[run].or(Some(late));
                        s.readers[attempt] = Reader::Recorded;
                    });
                } else if is_over {
                    step("reader's source did not complete", &|s| s.readers[attempt] = Reader::Failed);
                }
            }
            Reader::Recorded => {
                if let Some(counted) = state.reader_results[run] {
                    step("reader responds", &|s| s.readers[attempt] = Reader::Succeeded(counted));
                }
            }
            Reader::Idle | Reader::Succeeded(_) | Reader::Failed => {}
        }
    }

    fn broken(&self, state: &State, is_terminal: bool) -> Option<&'static str> {
        let is = |broken: bool, promise| broken.then_some(promise);
        let counted = |writer: &Writer| match writer {
            Writer::Succeeded(value) => Some(*value),
            _ => None,
        };
        let own_success = |attempt: usize| {
            matches!(state.writers[attempt], Writer::Recorded)
                || matches!(state.writers[attempt], Writer::Succeeded(_)) && state.readers[attempt] != Reader::Idle
        };
        is(state.readers.iter().any(|reader| matches!(reader, Reader::Read(_, false))), "P1")
            .or(is((0..2).any(|attempt| own_success(attempt) && !state.acknowledged[attempt]), "P2"))
            .or(is(
                (0..2).any(|attempt| {
                    matches!(state.readers[attempt], Reader::Recorded | Reader::Succeeded(_))
                        && !state.acknowledged[attempt]
                        || matches!(state.readers[attempt], Reader::Recorded | Reader::Succeeded(_))
                            && !state.ended[self.stream(attempt)]
                }),
                "P3",
            ))
            .or(is(
                state.replaced
                    || state.writers.iter().filter_map(counted).any(|value| state.writer_result != Some(value))
                    || state.reader_results.iter().flatten().count() > 1,
                "P4",
            ))
            .or(is(is_terminal && state.readers.contains(&Reader::Waiting), "P5"))
            .or(is((0..2).any(|attempt| state.unheeded[attempt] && state.writers[attempt] == Writer::Failed), "P6"))
            .or(is(
                is_terminal
                    && state.writers.iter().any(|writer| counted(writer).is_some())
                    && !state.readers.iter().any(|reader| matches!(reader, Reader::Succeeded(_))),
                "P6",
            ))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_promise_holds_with_every_guard() {
        let states = explore(None).unwrap();
        println!("{states} states");
        assert!(states > 100);
    }

    #[test]
    fn each_guard_is_needed() {
        for (guard, promise) in [
            (Guard::StreamPerAttempt, "P1"),
            (Guard::FlushBeforeResponse, "P2"),
            (Guard::EndAfterAcknowledgement, "P3"),
            (Guard::EndAwaited, "P3"),
            (Guard::FirstResultWins, "P4"),
            (Guard::CheckpointBeforeResponse, "P4"),
            (Guard::SameRunForNext, "P4"),
            (Guard::SourceDeadline, "P5"),
            (Guard::Gate, "P6"),
        ] {
            let (broken, trace) = explore(Some(guard)).unwrap_err();
            println!("without {guard:?}, {broken}: {trace:#?}");
            assert_eq!(broken, promise, "{guard:?}: {trace:#?}");
        }
    }
}
