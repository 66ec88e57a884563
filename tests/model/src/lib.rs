//! A chain writer → reader in every order of events. Two attempts of the writer's run overlap, each may fail, be stopped at
//! its deadline or lose an answer; the handler's value is the attempt's number. Each event for the reader may be delivered
//! twice, whether its first attempt failed or not. Checkpoints are on, and strict mode is on or off.
//!
//! Not in it: a third function, checkpoints switched off, a store that cannot be read, and lost answers other than the late
//! field's. The crash matrix (tests/faults) has those.
//!
//! The promises, in the order in which a state is judged:
//! P1 the fields that a reader sees are one attempt's; P2 success means that every write was acknowledged; P3 a reader's result
//! counts only once its source's stream is whole; P4 a run has one recorded result, each of its answers is that one, it is
//! not run again, and a chain has one effect, made of what the source has recorded; P5 nobody waits for ever; P6 where a writer succeeded, a reader's run has completed,
//! and no attempt repeats a failure that its run's record foretold; P7 what is said never to come never comes.

use std::collections::{HashMap, VecDeque};

/// What the protocol relies on; without any one of them the search finds a broken promise.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Guard {
    /// `Rooms::outlet` in bootstrap/src/invocation.rs, `attempt` in run.rs.
    StreamPerAttempt,
    /// `Conclusion::returned` in bootstrap/src/conclusion.rs: `flush` before the outcome.
    FlushBeforeResponse,
    /// `Conclusion::returned`: `end_streams` behind the first `flush`.
    EndAfterAcknowledgement,
    /// `Conclusion::returned`: `end_streams` behind `Checkpoint::record`, for the stream that the record names.
    EndAfterRecord,
    /// `Conclusion::again`: a repeated attempt ends the stream of the one that was recorded.
    EndAgain,
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
    /// `Rooms::run` in bootstrap/src/invocation.rs: a run that has completed answers from its record.
    AnswerFromRecord,
    /// `Conclusion::settle`: a stream is marked as failed behind the writes that are under way.
    MarkAfterWrites,
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
    Delivered,
    Waiting,
    Read(u8, bool),
    Recorded,
    Succeeded(u8),
    Failed,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
#[expect(clippy::struct_excessive_bools, reason = "what has happened, for the promises to be judged by")]
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
    /// By attempt of the writer: next has its whole result; its event has come a second time.
    whole: [bool; 2],
    again: [bool; 2],
    /// A write is on its way; its attempt's reader was told that the field will never come.
    in_flight: [bool; 2],
    refused: [bool; 2],
    /// A handler ran although its run had completed.
    reran: bool,
    /// An attempt went ahead although the record said so.
    unheeded: [bool; 2],
    /// A recorded result was replaced.
    replaced: bool,
}

/// What was found: states seen, or the broken promise and the shortest way to it.
pub type Found = Result<usize, (&'static str, Vec<&'static str>)>;

/// Explores all states, breadth first, with every guard but `removed`. Only a strict reader awaits its source's end, and
/// only then P3 holds, and a chain's effect is made of what the source has recorded.
pub fn explore(strict: bool, removed: Option<Guard>) -> Found {
    let model = Model { strict, removed };
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
    strict: bool,
    removed: Option<Guard>,
}

impl Model {
    fn has(&self, guard: Guard) -> bool {
        self.removed != Some(guard) && (self.strict || guard != Guard::EndAwaited)
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
                Some(result) => step("writer answers from its record, and ends that stream", &|s| {
                    s.ended[self.stream(result.into())] |= self.has(Guard::EndAgain);
                    s.writers[attempt] = Writer::Succeeded(result);
                }),
                None if state.changed && self.has(Guard::Gate) => step("writer gives next its whole result", &|s| {
                    s.acknowledged[attempt] = true;
                    s.writers[attempt] = Writer::Acknowledged;
                    (s.whole[attempt], s.readers[attempt]) = (true, Reader::Delivered);
                }),
                None => step("writer starts next early", &|s| {
                    s.unheeded[attempt] = s.changed;
                    s.writers[attempt] = Writer::Early;
                    s.readers[attempt] = Reader::Delivered;
                }),
            },
            Writer::Early if state.changing => step("a published field has changed, writer fails", &|s| {
                (s.changed, s.marked[stream]) = (true, true);
                s.writers[attempt] = Writer::Failed;
            }),
            Writer::Early => step("writer sends the late field", &|s| {
                (s.in_flight[attempt], s.writers[attempt]) = (true, Writer::Written);
            }),
            Writer::Written => {
                step("the write takes effect, its answer comes", &|s| {
                    s.field[stream] = s.field[stream].or(Some(value));
                    (s.in_flight[attempt], s.acknowledged[attempt]) = (false, true);
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
            Writer::Acknowledged => {
                step("writer records its result", &|s| self.record_writer(s, value, attempt));
                if !self.has(Guard::EndAfterRecord) {
                    step("writer ends the stream unrecorded", &|s| s.ended[stream] = true);
                }
                if !self.has(Guard::CheckpointBeforeResponse) {
                    step("writer responds unrecorded", &|s| {
                        (s.ended[stream], s.writers[attempt]) = (true, Writer::Succeeded(value));
                    });
                }
            }
            Writer::Recorded => {
                let counted =
                    if self.has(Guard::FirstResultWins) { state.writer_result.unwrap_or(value) } else { value };
                let counts = self.stream(counted.into());
                if state.ended[counts] {
                    step("writer responds", &|s| s.writers[attempt] = Writer::Succeeded(counted));
                } else {
                    step("writer ends the stream that counts", &|s| {
                        s.ended[counts] = true;
                        s.marked[stream] |= counts != stream;
                    });
                }
            }
            Writer::Succeeded(_) | Writer::Failed | Writer::Stopped => {}
        }
        if matches!(phase, Writer::Acknowledged | Writer::Recorded) {
            step("writer is stopped", &|s| s.writers[attempt] = Writer::Stopped);
        }
        if matches!(phase, Writer::Early | Writer::Written) {
            step("writer fails and marks its stream", &|s| {
                s.marked[stream] = true;
                if s.in_flight[attempt] && self.has(Guard::MarkAfterWrites) {
                    (s.in_flight[attempt], s.field[stream]) = (false, s.field[stream].or(Some(value)));
                }
                s.writers[attempt] = Writer::Failed;
            });
            step("writer is stopped", &|s| {
                (s.in_flight[attempt], s.writers[attempt]) = (false, Writer::Stopped);
            });
        }
        if phase == Writer::Failed && state.in_flight[attempt] {
            step("a write takes effect behind its writer's failure", &|s| {
                (s.in_flight[attempt], s.field[stream]) = (false, s.field[stream].or(Some(value)));
            });
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
            Reader::Delivered => match state.reader_results[run] {
                Some(recorded) if self.has(Guard::AnswerFromRecord) => {
                    step("reader answers from its record", &|s| s.readers[attempt] = Reader::Succeeded(recorded));
                }
                recorded => step("reader starts", &|s| {
                    s.reran |= recorded.is_some();
                    s.readers[attempt] = if s.whole[attempt] { Reader::Read(inline, true) } else { Reader::Waiting };
                }),
            },
            Reader::Waiting => {
                if let Some(late) = state.field[stream] {
                    step("reader sees the late field", &|s| {
                        s.readers[attempt] = Reader::Read(late, late == inline);
                    });
                } else if state.marked[stream] {
                    step("reader sees the mark", &|s| {
                        s.refused[attempt] = true;
                        s.readers[attempt] = Reader::Failed;
                    });
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
            // Lambda repeats the reader's event about when it repeats the writer's, and once more after that.
            Reader::Failed if state.ended[stream] => {
                step("reader's event comes after the end", &|s| s.readers[attempt] = Reader::Delivered);
            }
            Reader::Succeeded(_) | Reader::Failed if !state.again[attempt] => {
                step("reader's event comes again", &|s| {
                    (s.again[attempt], s.readers[attempt]) = (true, Reader::Delivered);
                });
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
                self.strict
                    && (0..2).any(|attempt| {
                        state.readers[attempt] == Reader::Recorded
                            && !(state.acknowledged[attempt] && state.ended[self.stream(attempt)])
                    }),
                "P3",
            ))
            .or(is(
                state.replaced
                    || state.reran
                    || state.writers.iter().filter_map(counted).any(|value| state.writer_result != Some(value))
                    || state.reader_results.iter().flatten().count() > 1
                    || self.strict
                        && state.reader_results.iter().flatten().any(|made_of| state.writer_result != Some(*made_of)),
                "P4",
            ))
            .or(is(is_terminal && state.readers.contains(&Reader::Waiting), "P5"))
            .or(is((0..2).any(|attempt| state.refused[attempt] && state.field[self.stream(attempt)].is_some()), "P7"))
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
        for strict in [false, true] {
            let states = explore(strict, None).unwrap();
            println!("{states} states");
            assert!(states > 100);
        }
    }

    #[test]
    fn each_guard_is_needed() {
        for (strict, guard, promise) in [
            (true, Guard::StreamPerAttempt, "P1"),
            (true, Guard::FlushBeforeResponse, "P2"),
            (true, Guard::EndAfterAcknowledgement, "P3"),
            (true, Guard::EndAwaited, "P3"),
            (true, Guard::EndAfterRecord, "P4"),
            (true, Guard::EndAgain, "P6"),
            (true, Guard::FirstResultWins, "P4"),
            (true, Guard::CheckpointBeforeResponse, "P4"),
            (false, Guard::SameRunForNext, "P4"),
            (false, Guard::AnswerFromRecord, "P4"),
            (true, Guard::SourceDeadline, "P5"),
            (true, Guard::MarkAfterWrites, "P7"),
            (true, Guard::Gate, "P6"),
        ] {
            let (broken, trace) = explore(strict, Some(guard)).unwrap_err();
            println!("without {guard:?}, {broken}: {trace:#?}");
            assert_eq!(broken, promise, "{guard:?}: {trace:#?}");
        }
    }
}
