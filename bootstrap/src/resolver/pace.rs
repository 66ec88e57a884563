//! How often the store is asked for fields that are not there yet.
//!
//! While the handler is blocked, often, within what a wait may cost; else rarely, for the first access asks at once. A
//! source mostly takes as long as it did the last times: so most of the reads are kept for when a field is due. And a
//! handler mostly asks when it did the last times: so one read is made just before that, and the field is at hand.

#[cfg(test)]
mod tests;

use std::{
    collections::{HashMap, HashSet, VecDeque},
    ops::Range,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use tokio::time::Instant;

use super::Awaited;

/// Between the answer of one read and the next read, while somebody waits and the field is due.
const SHORTEST: Duration = Duration::from_millis(2);
/// So much earlier or later than it ever did a field may come at least, and counts as due.
const LEAST_MARGIN: Duration = Duration::from_millis(4);
/// As long as nothing is known of a field, a pause is this share of the wait so far.
const SHARE: u32 = 25;
const LONGEST: Duration = Duration::from_millis(170);
/// The same before a field is due: it may come earlier than it ever did.
const SHARE_BEFORE: u32 = 3;
const LONGEST_BEFORE: Duration = Duration::from_millis(300);
/// The same while nobody waits.
const SHARE_IDLE: u32 = 12;
const SHORTEST_IDLE: Duration = Duration::from_millis(20);
const LONGEST_IDLE: Duration = Duration::from_millis(300);
/// Before the earliest time at which the handler has asked for a field, the look for it is over: it may ask a little earlier,
/// and timers count whole milliseconds.
const SPARE: Duration = Duration::from_millis(2);
/// Between two such looks, for fields that are asked for one right after the other.
const SHORTEST_PLANNED: Duration = Duration::from_millis(8);

/// What one wait may cost at most: so many reads in its first second, and one more for each `REFILL` after that. That
/// is 120 in 10 s.
const MOST_READS: u32 = 60;
const FREE: Duration = Duration::from_secs(1);
const REFILL: Duration = Duration::from_millis(150);
/// This share of them is kept for a field that comes later than it ever did.
const SHARE_AFTER: u32 = 12;

/// Arrivals that are remembered of one field, and times at which it was asked for.
const REMEMBERED: usize = 16;
/// Fields that are remembered, of all sources.
const MOST_FIELDS: usize = 4096;

/// When the fields of each source came and were asked for, as far as this environment has seen. Clones share what they know.
#[derive(Debug, Clone, Default)]
pub struct Rhythms(Arc<Mutex<HashMap<String, Fields>>>);

type Fields = HashMap<Awaited, Known>;

#[derive(Debug, Default)]
struct Known {
    arrivals: VecDeque<Seen>,
    /// Counted from the reader's start.
    asked: VecDeque<Duration>,
    /// How long the latest look took that brought it.
    took: Duration,
}

/// Between which two looks a field came: the time that the source's invocation had left at each. That counts from the
/// source's own start, whenever the reader was started.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Seen {
    missing: Duration,
    there: Duration,
}

/// The looks of one invocation at one stream.
#[derive(Debug)]
pub struct Pace {
    rhythms: Rhythms,
    source: String,
    source_deadline: Instant,
    began: Instant,
    /// None while the handler runs.
    wait: Option<Wait>,
    /// When the latest look began.
    latest: Instant,
    /// How long it took.
    took: Duration,
}

#[derive(Debug)]
struct Wait {
    since: Instant,
    reads: u32,
    /// When the first of the fields is due, at one time or another; empty if one of them never came before.
    due: Vec<Range<Instant>>,
}

impl Rhythms {
    /// The handler has asked for `fields` so long `after` its reader's start.
    pub(super) fn asked(&self, source: &str, fields: &[Awaited], after: Duration) {
        self.note(source, fields.iter(), |known| push(&mut known.asked, after));
    }

    fn note<'a>(&self, source: &str, fields: impl Iterator<Item = &'a Awaited>, remember: impl Fn(&mut Known)) {
        let mut sources = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        for field in fields {
            if sources.values().map(HashMap::len).sum::<usize>() >= MOST_FIELDS {
                sources.clear();
            }
            remember(sources.entry(source.to_owned()).or_default().entry(field.clone()).or_default());
        }
    }
}

/// The latest are remembered.
fn push<T>(values: &mut VecDeque<T>, value: T) {
    if values.len() == REMEMBERED {
        values.pop_front();
    }
    values.push_back(value);
}

impl Pace {
    pub fn new(rhythms: Rhythms, source: &str, source_deadline: Instant) -> Self {
        let now = Instant::now();
        Self {
            rhythms,
            source: source.to_owned(),
            source_deadline,
            began: now,
            wait: None,
            latest: now,
            took: Duration::ZERO,
        }
    }

    /// The handler asked for `fields` at `since`, and those of them in `missing` block it; whether any does.
    pub fn ask(&mut self, since: Instant, fields: &[Awaited], missing: &HashSet<Awaited>) -> bool {
        self.wait = Some(Wait { since, reads: 0, due: Vec::new() });
        self.expect(fields, missing);
        self.wait.is_some()
    }

    /// A look that began at `begun` is over; `found` are the fields that it brought.
    pub fn looked<'a>(&mut self, begun: Instant, found: impl Iterator<Item = &'a Awaited>) {
        let now = Instant::now();
        let took = now - begun;
        let left = |at| self.source_deadline.saturating_duration_since(at);
        let seen = Seen { missing: left(self.latest), there: left(now) };
        // Where the look before it was long ago, nearly nothing is learned of when a field came.
        let is_second = self.wait.as_ref().is_some_and(|wait| wait.since <= self.latest);
        let is_precise = is_second || begun - self.latest <= self.idle_pause(begun) + 2 * self.took;
        self.rhythms.note(&self.source, found, |known| {
            known.took = took;
            if is_precise {
                push(&mut known.arrivals, seen);
            }
        });
        self.latest = begun;
        self.took = took;
        if let Some(wait) = &mut self.wait {
            wait.reads += 1;
        }
    }

    /// What still blocks the handler.
    pub fn expect(&mut self, fields: &[Awaited], missing: &HashSet<Awaited>) {
        let mut fields = fields.iter().filter(|field| missing.contains(field)).peekable();
        self.wait = self.wait.take().filter(|_| fields.peek().is_some());
        let due = self.first_due(fields).unwrap_or_default();
        if let Some(wait) = &mut self.wait {
            wait.due = due;
        }
    }

    /// How long to wait before the next look, which is for the fields in `missing`.
    pub fn pause(&self, missing: &HashSet<Awaited>) -> Duration {
        let now = Instant::now();
        let Some(wait) = &self.wait else {
            return self.pause_until_asked(now, missing);
        };
        let waited = now - wait.since;
        let pause = match wait.due.iter().find(|due| now < due.end).or(wait.due.last()) {
            Some(due) if now < due.start => {
                (waited / SHARE_BEFORE).min(LONGEST_BEFORE).min(due.start - now).max(SHORTEST)
            }
            // Evenly, so that the reads last until the end.
            Some(due) if now < due.end => {
                let reads = wait.reads_left(due.end);
                ((due.end - now) / (reads - reads / SHARE_AFTER).max(1)).saturating_sub(self.took).max(SHORTEST)
            }
            Some(due) => ((now - due.end) / SHARE).clamp(SHORTEST, LONGEST),
            None => (waited / SHARE).clamp(SHORTEST, LONGEST),
        };
        if wait.reads_left(now) > 0 {
            return pause;
        }
        let refilled = (wait.since + FREE + REFILL).saturating_duration_since(now);
        pause.max(REFILL).max(refilled)
    }

    /// While nobody waits: until just before the handler will ask for the next field. If that cannot be said of each of
    /// them, because it never asked before or does so later than ever, the store is looked at now and then, too.
    fn pause_until_asked(&self, now: Instant, missing: &HashSet<Awaited>) -> Duration {
        let sources = self.rhythms.0.lock().unwrap_or_else(PoisonError::into_inner);
        let source = sources.get(&self.source);
        let looks = missing.iter().map(|field| {
            let known = source?.get(field)?;
            // A large field takes longer than a look that finds nothing.
            let took = self.took.max(known.took);
            let look = (self.began + *known.asked.iter().min()?).checked_sub(took + SPARE)?;
            (look > now).then(|| look - now)
        });
        let (planned, unknown): (Vec<_>, Vec<_>) = looks.partition(Option::is_some);
        let next = planned.into_iter().flatten().min().map(|pause| pause.max(SHORTEST_PLANNED));
        let idle = next.is_none() || !unknown.is_empty();
        next.into_iter().chain(idle.then(|| self.idle_pause(now))).min().unwrap_or(LONGEST_IDLE)
    }

    fn idle_pause(&self, now: Instant) -> Duration {
        (now.saturating_duration_since(self.began) / SHARE_IDLE).clamp(SHORTEST_IDLE, LONGEST_IDLE)
    }

    /// None if one of the fields never came before: then nothing can be said.
    fn first_due<'a>(&self, fields: impl Iterator<Item = &'a Awaited>) -> Option<Vec<Range<Instant>>> {
        let sources = self.rhythms.0.lock().unwrap_or_else(PoisonError::into_inner);
        let known = sources.get(&self.source)?;
        let due = fields.map(|field| self.due(&known.get(field)?.arrivals)).collect::<Option<Vec<_>>>()?;
        let now = Instant::now();
        due.into_iter().min_by_key(|due| due.iter().find(|due| now < due.end).map(|due| due.start))
    }

    /// When a field is due that came like this: most sources know one time, some a quick way and a slow one. None if it
    /// never came.
    fn due(&self, arrivals: &VecDeque<Seen>) -> Option<Vec<Range<Instant>>> {
        if arrivals.is_empty() {
            return None;
        }
        let at = |left| self.source_deadline.checked_sub(left);
        let looks = arrivals.iter().map(|seen| Some(at(seen.missing)?..at(seen.there)?));
        let mut looks = looks.collect::<Option<Vec<_>>>()?;
        looks.sort_unstable_by_key(|look| look.end);
        let wait = |until: Instant| until.saturating_duration_since(self.began);
        let is_alike = |earlier: &Range<Instant>, later: &Range<Instant>| {
            later.start.saturating_duration_since(earlier.end) <= wait(later.end) / 5
        };
        looks.chunk_by(is_alike).map(|alike| range_of(alike, wait)).collect()
    }
}

/// From the first of these to the last, with a margin for what was not seen yet.
fn range_of(looks: &[Range<Instant>], wait: impl Fn(Instant) -> Duration) -> Option<Range<Instant>> {
    let first = looks.iter().map(|look| look.start).min()?;
    let last = looks.last()?.end;
    let seen = u32::try_from(looks.len()).unwrap_or(u32::MAX);
    // So far do the ends of an even spread lie from the outermost of so many values, on average; a few may be alike by chance.
    let spread = last.saturating_duration_since(first) / (seen - 1).max(1);
    let margin = spread.clamp(wait(last) / (3 * seen), wait(last) / 3).max(LEAST_MARGIN);
    Some(first.checked_sub(margin)?..last + margin)
}

impl Wait {
    /// By `then`, if none was made meanwhile.
    fn reads_left(&self, then: Instant) -> u32 {
        let more = then.saturating_duration_since(self.since + FREE).as_millis() / REFILL.as_millis();
        MOST_READS.saturating_add(u32::try_from(more).unwrap_or(u32::MAX)).saturating_sub(self.reads)
    }
}
