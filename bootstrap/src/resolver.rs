//! Fetches pending fields in the background and answers the worker's waits.

mod pace;
#[cfg(test)]
pub mod tests;

use std::{
    collections::{HashMap, HashSet, VecDeque},
    sync::Arc,
    time::{Duration, SystemTime, UNIX_EPOCH},
};

use tokio::{
    sync::{mpsc, watch},
    task::JoinSet,
    time::{self, Instant},
};

use crate::{
    event::{Envelope, MOST_FIELDS_TOLD},
    record::{self, Costs, Millis, Resolved},
    store::{End, Fetched, FieldStore, StoreError},
    worker::protocol::Field,
};
use pace::Pace;
pub use pace::Rhythms;

/// Clocks differ a little, and a last write may be on its way when the source's time is up.
const DEADLINE_GRACE: Duration = Duration::from_secs(1);

/// Why a field cannot be had; the worker raises it where the handler reads the field.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unavailable {
    /// `timeout`, `source_failed` or `store`: picks the exception's class.
    pub kind: &'static str,
    pub message: String,
}

impl Unavailable {
    /// The class that the worker raises.
    fn error_type(&self) -> &'static str {
        match self.kind {
            "timeout" => "StreamingTimeoutError",
            "source_failed" => "StreamingSourceError",
            _ => "StreamingStoreError",
        }
    }
}

/// The answer to one name of a wait.
#[derive(Debug)]
pub struct Answer {
    pub field: String,
    pub result: Result<String, Unavailable>,
}

/// Limits of the reading side.
#[derive(Debug, Clone, Copy)]
pub struct Patience {
    /// When the reader must stop waiting, to be able to report it.
    pub deadline: Instant,
    /// Longest wait for one field, if the user set one.
    pub longest: Option<Duration>,
}

/// Who has started late asks past errors that pass for so long, although the source's time is over.
const LAST_LOOKS: Duration = Duration::from_mins(1);

struct Asked {
    field: String,
    at: Millis,
    /// What ends the wait, and why.
    until: Instant,
    reason: &'static str,
}

pub struct Resolver {
    envelope: Envelope,
    /// The envelope's.
    futures: HashSet<String>,
    patience: Patience,
    /// Values stay here for a second access from a copy of the event.
    settled: HashMap<String, (Result<String, Unavailable>, Millis)>,
    /// Whether the source's stream is whole, once that is known.
    end: Option<Result<(), Unavailable>>,
    asked: VecDeque<Asked>,
    /// What the latest look met, if it was an error.
    unreadable: Option<StoreError>,
    looks: mpsc::UnboundedReceiver<Look>,
    wanted: watch::Sender<Wanted>,
    rhythms: Rhythms,
    began: Instant,
    /// Holds the background task; dropping it ends the task with the invocation.
    _fetcher: JoinSet<()>,
    pub resolved: Vec<Resolved>,
    pub costs: Costs,
}

enum Look {
    Fetched(Fetched),
    /// The store could not be read this time.
    Missed(StoreError),
    /// The store cannot be read.
    Broken(StoreError),
    /// The source's time is up.
    Over,
}

impl Resolver {
    /// Looks for the fields of this envelope; with `until_end` for the end of their stream, too, which `confirm` waits for.
    pub fn start(
        envelope: Envelope,
        store: Arc<dyn FieldStore>,
        patience: Patience,
        rhythms: Rhythms,
        until_end: bool,
    ) -> Self {
        let (sender, looks) = mpsc::unbounded_channel();
        let began = Instant::now();
        let (wanted, asked) = watch::channel(Wanted { fields: Vec::new(), since: began, until: began });
        let mut fetcher = JoinSet::new();
        let source_deadline = began + time_until(envelope.deadline_ms) + DEADLINE_GRACE;
        let fields = envelope.futures.iter().cloned().map(Awaited::Field);
        // As many as a source tells of, whoever has made the event.
        let told = envelope.rhythm.iter().take(MOST_FIELDS_TOLD).map(|(field, left)| {
            let left = left.iter().map(|left| Duration::from_millis(*left).saturating_add(DEADLINE_GRACE));
            (Awaited::Field(field.clone()), left.collect())
        });
        fetcher.spawn(fetch_all(
            store,
            envelope.stream.clone(),
            fields.chain(until_end.then_some(Awaited::End)).collect(),
            source_deadline,
            Pace::new(rhythms.clone(), &envelope.source, source_deadline, told),
            asked,
            sender,
        ));
        Self {
            futures: envelope.futures.iter().cloned().collect(),
            envelope,
            patience,
            settled: HashMap::new(),
            end: None,
            asked: VecDeque::new(),
            unreadable: None,
            looks,
            wanted,
            rhythms,
            began,
            _fetcher: fetcher,
            resolved: Vec::new(),
            costs: Costs::default(),
        }
    }

    /// The worker waits for these fields, to be answered in this order. It waits once at a time, so a wait that is
    /// still open was interrupted by a signal handler of the user's.
    pub fn ask(&mut self, fields: Vec<String>) {
        let now = Instant::now();
        let own = self.patience.deadline;
        let (until, reason) = match self.patience.longest.map(|longest| now + longest) {
            Some(set) if set < own => (set, "within UNUM_RESOLVE_TIMEOUT_MS"),
            _ => (own, "before this function's own time ran out"),
        };
        let at = record::now();
        self.asked.clear();
        self.asked.extend(fields.iter().map(|field| Asked { field: field.clone(), at, until, reason }));
        self.want(fields.into_iter().map(Awaited::Field).collect(), until);
    }

    fn want(&self, fields: Vec<Awaited>, until: Instant) {
        let since = Instant::now();
        self.rhythms.asked(&self.envelope.source, &fields, since - self.began);
        self.wanted.send_replace(Wanted { fields, since, until });
    }

    /// The invocation is over: what a thread of the user's still waits for is answered now, for nobody will answer later.
    pub fn give_up(&mut self) -> Vec<Answer> {
        let message = |field: &str| format!("field `{field}` was still waited for when the invocation ended");
        let asked = std::mem::take(&mut self.asked);
        asked
            .into_iter()
            .map(|Asked { field, .. }| {
                let error = Unavailable { kind: "timeout", message: message(&field) };
                Answer { field, result: Err(error) }
            })
            .collect()
    }

    /// Waits until the source's whole attempt is known to have succeeded, or why it has not; `until` then at most. Cancel safe.
    pub async fn confirm(&mut self, until: Instant) -> Result<(), Unavailable> {
        self.want(vec![Awaited::End], until);
        loop {
            if let Some(end) = &self.end {
                return end.clone();
            }
            let source = &self.envelope.source;
            tokio::select! {
                biased;
                look = self.looks.recv() => {
                    let Some(look) = look else {
                        let message = format!("nobody looks for the end of the stream of `{source}` any more");
                        return Err(Unavailable { kind: "store", message });
                    };
                    self.absorb(look);
                }
                () = time::sleep_until(until) => {
                    let why = self.unreadable.as_ref().map_or(String::new(), |error| format!(": it cannot be read: {error}"));
                    let message = format!(
                        "the stream of `{source}` was not confirmed whole before this function's own time ran out{why}"
                    );
                    return Err(Unavailable { kind: "timeout", message });
                }
            }
        }
    }

    /// The next answer that is due. Cancel safe; never resolves while nothing is asked.
    pub async fn answer(&mut self) -> Answer {
        loop {
            if let Some(answer) = self.take_answer() {
                return answer;
            }
            let until = self.asked.front().map(|asked| asked.until);
            tokio::select! {
                biased;
                look = self.looks.recv(), if !self.looks.is_closed() || !self.looks.is_empty() => {
                    if let Some(look) = look { self.absorb(look) }
                }
                () = expiry(until) => {
                    if let Some(answer) = self.expire() {
                        return answer;
                    }
                }
            }
        }
    }

    fn take_answer(&mut self) -> Option<Answer> {
        let asked = self.asked.front()?;
        if !self.futures.contains(&asked.field) {
            let message = format!("field `{}` is not a future of this event", asked.field);
            self.settle(asked.field.clone(), Err(Unavailable { kind: "store", message }));
        }
        let (result, available) = self.settled.get(&self.asked.front()?.field)?.clone();
        let asked = self.asked.pop_front()?;
        Some(self.answered(asked, result, available))
    }

    fn answered(&mut self, asked: Asked, result: Result<String, Unavailable>, available: Millis) -> Answer {
        let answered_ms = record::now();
        self.resolved.push(Resolved {
            field: asked.field.clone(),
            asked_ms: asked.at,
            answered_ms,
            available_ms: result.is_ok().then_some(available),
            waited_ms: answered_ms - asked.at,
            error: result.as_ref().err().map(|error| error.message.clone()),
            error_type: result.as_ref().err().map(Unavailable::error_type),
        });
        Answer { field: asked.field, result }
    }

    fn absorb(&mut self, look: Look) {
        let source = self.envelope.source.clone();
        // Whether the source published the rest cannot be told without a last look that succeeds.
        let look = match (look, self.unreadable.take()) {
            (Look::Over, Some(error)) => Look::Broken(error),
            (look, _) => look,
        };
        match look {
            Look::Missed(error) => self.unreadable = Some(error),
            Look::Fetched(fetched) => {
                self.costs += fetched.costs();
                for Field { name, json } in fetched.fields {
                    self.settle(name, Ok(json));
                }
                match fetched.end {
                    Some(End::Failed { cause, changed }) => self.source_failed(&source, &cause, changed),
                    Some(End::Complete) => self.end = Some(Ok(())),
                    None => {}
                }
            }
            Look::Broken(error) => {
                self.end_failed("store", || format!("the end of the stream of `{source}` cannot be read: {error}"));
                self.settle_rest("store", |field| format!("field `{field}` of `{source}` cannot be read: {error}"));
            }
            Look::Over => {
                self.end_failed("source_failed", || {
                    format!("`{source}` did not end its stream before its own deadline, so it timed out or was stopped")
                });
                self.settle_rest("source_failed", |field| {
                    format!(
                        "field `{field}` will never come: `{source}` did not publish it before its own deadline, \
                         so it timed out or was stopped"
                    )
                });
            }
        }
    }

    fn source_failed(&mut self, source: &str, cause: &str, changed: Vec<String>) {
        self.end_failed("source_failed", || format!("`{source}` failed: {cause}"));
        for field in changed {
            if self.futures.contains(&field) {
                let message = format!("field `{field}` cannot be trusted: `{source}` failed: {cause}");
                self.settle(field, Err(Unavailable { kind: "source_failed", message }));
            }
        }
        self.settle_rest("source_failed", |field| {
            format!("field `{field}` will never come: `{source}` failed before it published it: {cause}")
        });
    }

    fn end_failed(&mut self, kind: &'static str, message: impl FnOnce() -> String) {
        self.end.get_or_insert_with(|| Err(Unavailable { kind, message: message() }));
    }

    /// Only this wait is over: the value may still come, for the next one.
    fn expire(&mut self) -> Option<Answer> {
        let asked = self.asked.pop_front()?;
        // The others of this wait are over, too.
        self.wanted.send_modify(|wanted| wanted.fields.clear());
        let why = self.unreadable.as_ref().map_or(String::new(), |error| format!("; it cannot be read: {error}"));
        let message =
            format!("field `{}` of `{}` was not published {}{why}", asked.field, self.envelope.source, asked.reason);
        Some(self.answered(asked, Err(Unavailable { kind: "timeout", message }), 0.0))
    }

    fn settle_rest(&mut self, kind: &'static str, message: impl Fn(&str) -> String) {
        for field in self.envelope.futures.clone() {
            if !self.settled.contains_key(&field) {
                let message = message(&field);
                self.settle(field, Err(Unavailable { kind, message }));
            }
        }
    }

    fn settle(&mut self, field: String, result: Result<String, Unavailable>) {
        self.settled.insert(field, (result, record::now()));
    }
}

/// What the handler waits for, since when, and until when at most.
struct Wanted {
    fields: Vec<Awaited>,
    since: Instant,
    until: Instant,
}

/// What somebody may wait for.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
enum Awaited {
    Field(String),
    /// That the stream is whole.
    End,
}

/// Looks until all of `missing` is there, or until it is certain that no more will come.
async fn fetch_all(
    store: Arc<dyn FieldStore>,
    stream: String,
    mut missing: HashSet<Awaited>,
    source_deadline: Instant,
    mut pace: Pace,
    mut wanted: watch::Receiver<Wanted>,
    looks: mpsc::UnboundedSender<Look>,
) {
    let mut bytes_known = 0;
    let given_up = source_deadline.max(Instant::now() + LAST_LOOKS);
    loop {
        let begun = Instant::now();
        let last = begun >= source_deadline;
        let (look, done) = match store.fetch(&stream, fields_of(&missing), bytes_known).await {
            Ok(fetched) => {
                let mut arrived = arrivals(&fetched);
                arrived.retain(|arrival| missing.remove(arrival));
                pace.looked(begun, arrived.iter());
                if !arrived.is_empty() {
                    pace.expect(&wanted.borrow().fields, &missing);
                }
                bytes_known += fetched.field_bytes;
                let done = missing.is_empty() || matches!(fetched.end, Some(End::Failed { .. }));
                (Look::Fetched(fetched), done)
            }
            Err(error @ StoreError::Request { passing: true, .. }) => {
                pace.failed();
                (Look::Missed(error), false)
            }
            Err(error) => (Look::Broken(error), true),
        };
        let is_over = last && (begun >= given_up || !matches!(look, Look::Missed(_)));
        if looks.send(look).is_err() || done {
            return;
        }
        if is_over {
            let _ = looks.send(Look::Over);
            return;
        }
        // The last look is not to be late.
        let after = |pause: Duration| match Instant::now() {
            now if now < source_deadline => (now + pause).min(source_deadline),
            now => now + pause,
        };
        let next = time::sleep_until(after(pace.pause(&missing)));
        tokio::pin!(next);
        loop {
            tokio::select! {
                () = &mut next => break,
                Ok(()) = wanted.changed() => {
                    let pause = pace.ask(&wanted.borrow_and_update(), &missing);
                    if pause == Some(Duration::ZERO) {
                        break;
                    }
                    // To ask, or to give up, puts off no look: else who does it often would be left without any.
                    let due = after(pause.unwrap_or_else(|| pace.pause(&missing))).min(next.deadline());
                    next.as_mut().reset(due);
                }
            }
        }
    }
}

fn fields_of(awaited: &HashSet<Awaited>) -> Vec<String> {
    let name = |awaited: &Awaited| match awaited {
        Awaited::Field(name) => Some(name.clone()),
        Awaited::End => None,
    };
    awaited.iter().filter_map(name).collect()
}

fn arrivals(fetched: &Fetched) -> Vec<Awaited> {
    let fields = fetched.fields.iter().map(|field| Awaited::Field(field.name.clone()));
    fields.chain((fetched.end == Some(End::Complete)).then_some(Awaited::End)).collect()
}

async fn expiry(until: Option<Instant>) {
    match until {
        Some(until) => time::sleep_until(until).await,
        None => std::future::pending().await,
    }
}

/// Time from now to a Unix time in milliseconds; zero once passed.
fn time_until(unix_ms: u64) -> Duration {
    (UNIX_EPOCH + Duration::from_millis(unix_ms)).duration_since(SystemTime::now()).unwrap_or_default()
}
