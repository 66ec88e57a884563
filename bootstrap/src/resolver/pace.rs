//! How often the store is asked for fields that are not there yet.
//!
//! While the handler is blocked, often, within what a wait may cost; else rarely, for the first access asks at once. A
//! source mostly takes as long as it did the last times: so most of the reads are kept for when a field is likely to come.
//! And a handler mostly asks when it did the last times: so one read is made just before that, and the field is at hand.

mod expectation;
#[cfg(test)]
mod tests;

use std::{
    cell::OnceCell,
    collections::{HashMap, HashSet, VecDeque},
    ops::Range,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use tokio::time::Instant;

use self::expectation::Expectation;
use super::{Awaited, Wanted};

/// Between the answer of one read and the next read, while somebody waits.
const SHORTEST: Duration = Duration::from_millis(2);
const LONGEST: Duration = Duration::from_millis(500);
/// While nobody waits, a pause is this share of the time since the reader's start: a reader that never asks looks 70 times in
/// half a minute, and 40 times more in fifteen.
const SHARE_IDLE: u32 = 12;
const SHORTEST_IDLE: Duration = Duration::from_millis(20);
/// Before the earliest time at which the handler has asked for a field, the look for it is over: it may ask a little earlier,
/// and timers count whole milliseconds.
const SPARE: Duration = Duration::from_millis(2);
/// Between two such looks, for fields that are asked for one right after the other.
const SHORTEST_PLANNED: Duration = Duration::from_millis(8);

/// What one wait may cost: so many reads in its first second, and one more for each `REFILL` after that. That is 120 in
/// 10 s.
const ALLOWED_READS: u32 = 60;
const FREE: Duration = Duration::from_secs(1);
const REFILL: Duration = Duration::from_millis(150);
/// What waits do not use of that is for later ones of the same source, up to so many reads: a field that comes at the end
/// of the times that are likely costs twice as many as one that comes in the middle, so this is what two waits of 10 s may
/// cost: several in a row may come late.
const MOST_SAVED: u32 = 240;
/// The first wait for a field that came before has so many more, once for each source: mostly it knows a single time, and has to
/// look for long around it; and nothing has been saved for it.
const EXTRA_AT_FIRST: u32 = 100;

/// Arrivals that are remembered of one field.
const REMEMBERED: usize = 64;
/// Who has seen so many needs no word of the source's: these are by its own clock.
const ENOUGH: usize = 16;
/// What the source says is not more exact than this: clocks differ, and a source without much of a processor is late to note
/// when a field was stored.
const EXACT: Duration = Duration::from_millis(20);
/// Times at which it was asked for: the earliest counts, so they must soon be those of a handler that has changed.
const REMEMBERED_ASKS: usize = 16;
/// Fields that are remembered, of all sources.
const MOST_FIELDS: usize = 4096;

/// When the fields of each source came and were asked for, as far as this environment has seen. Clones share what they know.
#[derive(Debug, Clone, Default)]
pub struct Rhythms(Arc<Mutex<HashMap<String, Rhythm>>>);

#[derive(Debug, Default)]
struct Rhythm {
    fields: HashMap<Awaited, Known>,
    /// Reads that earlier waits were allowed and did not need.
    saved: u32,
    /// A wait has had the extra reads.
    has_had_extra: bool,
}

#[derive(Debug, Default)]
struct Known {
    arrivals: VecDeque<Seen>,
    /// Counted from the reader's start.
    asked: VecDeque<Duration>,
    /// How long the latest look took that brought it.
    took: Duration,
}

/// Between which two times a field came, mostly those of looks: the time that the source's invocation had left at each. That
/// counts from the source's own start, whenever the reader was started.
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
    /// What the source says itself of earlier fields.
    told: Vec<(Awaited, Vec<Seen>)>,
    began: Instant,
    /// None while the handler runs.
    wait: Option<Wait>,
    /// Waits that ended, and when, before what they waited for was there: who waits for that once more goes on with one of these.
    given_up: Vec<(Wait, Instant)>,
    /// When the latest look began.
    latest: Instant,
    /// How long it took.
    took: Duration,
}

#[derive(Debug)]
struct Wait {
    /// When it began.
    since: Instant,
    /// When the handler asked: later, if it goes on with one that it had given up.
    asked: Instant,
    /// When it gives up.
    until: Instant,
    fields: Vec<Awaited>,
    reads: u32,
    /// What earlier waits have left for it; None as long as no time is known at which its fields came. Without one it would
    /// soon be gone.
    saved: Option<u32>,
    /// When the next of the fields came the other times, counted from `origin`.
    arrivals: Vec<Range<f64>>,
    /// What that lets expect; most waits end with their first look, and do not ask.
    expectation: OnceCell<Expectation>,
    origin: Instant,
}

impl Rhythms {
    /// The handler has asked for `fields` so long `after` its reader's start.
    pub(super) fn asked(&self, source: &str, fields: &[Awaited], after: Duration) {
        self.note(source, fields.iter(), |known| push(&mut known.asked, after, REMEMBERED_ASKS));
    }

    fn note<'a>(&self, source: &str, fields: impl Iterator<Item = &'a Awaited>, remember: impl Fn(&mut Known)) {
        let mut sources = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        for field in fields {
            if sources.values().map(|rhythm| rhythm.fields.len()).sum::<usize>() >= MOST_FIELDS {
                sources.values_mut().for_each(|rhythm| rhythm.fields.clear());
            }
            if sources.len() >= MOST_FIELDS {
                sources.clear();
            }
            remember(sources.entry(source.to_owned()).or_default().fields.entry(field.clone()).or_default());
        }
    }

    /// What earlier waits have left: it is this one's now.
    fn take_saved(&self, source: &str) -> u32 {
        let mut sources = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let Some(rhythm) = sources.get_mut(source) else { return 0 };
        let extra = if std::mem::replace(&mut rhythm.has_had_extra, true) { 0 } else { EXTRA_AT_FIRST };
        (std::mem::take(&mut rhythm.saved) + extra).min(MOST_SAVED)
    }

    /// A wait is over, and leaves so many reads.
    fn save(&self, source: &str, reads: u32) {
        let mut sources = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(rhythm) = sources.get_mut(source) {
            rhythm.saved = rhythm.saved.saturating_add(reads).min(MOST_SAVED);
        }
    }
}

/// The latest are remembered.
fn push<T>(values: &mut VecDeque<T>, value: T, most: usize) {
    if values.len() == most {
        values.pop_front();
    }
    values.push_back(value);
}

impl Pace {
    /// `told` is how much of the source's time was left when it had stored its fields, the other times, as it says itself; the
    /// newest last.
    pub fn new(
        rhythms: Rhythms,
        source: &str,
        source_deadline: Instant,
        told: impl Iterator<Item = (Awaited, Vec<Duration>)>,
    ) -> Self {
        let now = Instant::now();
        let latest = |left: &[Duration]| -> Vec<Seen> {
            let latest = &left[left.len().saturating_sub(REMEMBERED)..];
            latest
                .iter()
                .map(|left| Seen { missing: left.saturating_add(EXACT), there: left.saturating_sub(EXACT) })
                .collect()
        };
        Self {
            rhythms,
            source: source.to_owned(),
            source_deadline,
            told: told.map(|(field, left)| (field, latest(&left))).collect(),
            began: now,
            wait: None,
            given_up: Vec::new(),
            latest: now,
            took: Duration::ZERO,
        }
    }

    /// What the handler asked for, and those of its fields in `missing` block it: how long to wait before the next look. None
    /// if nothing blocks it.
    pub fn ask(&mut self, wanted: &Wanted, missing: &HashSet<Awaited>) -> Option<Duration> {
        let Wanted { fields, since, until } = wanted;
        let (since, until) = (*since, *until);
        if !fields.iter().any(|field| missing.contains(field)) {
            self.end_wait(missing);
            return None;
        }
        let mut is_new = false;
        // Of a wait that goes on, some fields may not be waited for any more.
        if self.wait.as_ref().is_none_or(|wait| wait.asked != since) {
            self.end_wait(missing);
            let is_same = |(wait, _): &(Wait, Instant)| wait.fields.iter().any(|field| fields.contains(field));
            let given_up = self.given_up.iter().position(is_same).map(|place| self.given_up.swap_remove(place));
            is_new = given_up.is_none();
            let wait = match given_up {
                Some((wait, ended)) => wait.resumed(since, ended),
                None => Wait::new(since),
            };
            self.wait = Some(Wait { fields: fields.clone(), until, ..wait });
        }
        self.expect(fields, missing);
        // Who asks again and again is not to pay for a look each time.
        let now = Instant::now();
        Some(match &self.wait {
            Some(wait) if !is_new => {
                self.within_limits(wait, now, self.planned(wait, now).saturating_sub(now - self.latest))
            }
            _ => Duration::ZERO,
        })
    }

    fn end_wait(&mut self, missing: &HashSet<Awaited>) {
        match self.wait.take() {
            Some(wait) if wait.fields.iter().any(|field| missing.contains(field)) => {
                self.given_up.push((wait, Instant::now()));
            }
            Some(wait) => self.rhythms.save(&self.source, wait.reads_left(Instant::now())),
            None => {}
        }
    }

    /// A look has failed: it was paid for, and says nothing of what is there.
    pub fn failed(&mut self) {
        if let Some(wait) = &mut self.wait {
            wait.reads += 1;
        }
    }

    /// A look that began at `begun` is over; `found` are the fields that it brought.
    pub fn looked<'a>(&mut self, begun: Instant, found: impl Iterator<Item = &'a Awaited>) {
        let now = Instant::now();
        let took = now - begun;
        let left = |at| self.source_deadline.saturating_duration_since(at);
        let seen = Seen { missing: left(self.latest), there: left(now) };
        // Where the look before it was long ago, nearly nothing is learned of when a field came.
        let is_second = self.wait.as_ref().is_some_and(|wait| wait.asked <= self.latest);
        let is_precise = is_second || begun - self.latest <= self.idle_pause(begun) + 2 * self.took;
        self.rhythms.note(&self.source, found, |known| {
            known.took = took;
            if is_precise {
                push(&mut known.arrivals, seen, REMEMBERED);
            }
        });
        self.latest = begun;
        self.took = took;
        if let Some(wait) = &mut self.wait {
            wait.reads += 1;
        }
    }

    /// What still blocks the handler.
    pub fn expect(&mut self, asked: &[Awaited], missing: &HashSet<Awaited>) {
        let mut fields = asked.iter().filter(|field| missing.contains(field)).peekable();
        if fields.peek().is_none() {
            return self.end_wait(missing);
        }
        let arrivals = self.next_arrivals(fields);
        if let Some(wait) = &mut self.wait {
            // A look may end after the handler has given up and asked for others, of which this wait is none yet.
            let is_asked = wait.fields == asked;
            if is_asked && !arrivals.is_empty() && wait.saved.is_none() {
                wait.saved = Some(self.rhythms.take_saved(&self.source));
            }
            wait.origin = if arrivals.is_empty() { wait.since } else { self.began };
            wait.arrivals = arrivals;
            wait.expectation = OnceCell::new();
        }
    }

    /// How long to wait before the next look, which is for the fields in `missing`.
    pub fn pause(&self, missing: &HashSet<Awaited>) -> Duration {
        let now = Instant::now();
        match &self.wait {
            Some(wait) => self.within_limits(wait, now, self.planned(wait, now)),
            None => self.pause_until_asked(now, missing),
        }
    }

    /// The pause before the next look of this wait, if one was made just now.
    fn planned(&self, wait: &Wait, now: Instant) -> Duration {
        let since = |at: Instant| at.saturating_duration_since(wait.origin).as_secs_f64();
        let reads_by = |then: f64| wait.reads_left(wait.origin + Duration::from_secs_f64(then));
        let waited = now.saturating_duration_since(wait.since).as_secs_f64();
        let limits = (self.took + SHORTEST).as_secs_f64()..LONGEST.as_secs_f64();
        let expectation = wait.expectation.get_or_init(|| Expectation::new(&wait.arrivals));
        let until_next = Duration::from_secs_f64(expectation.until_next(since(now), waited, limits, reads_by));
        until_next.saturating_sub(self.took).max(SHORTEST)
    }

    /// This pause, or a longer one if the reads are used up, or a shorter one if the handler would give up meanwhile: what is
    /// there by then, it is to have. So many looks are only for waits that each earn a read.
    fn within_limits(&self, wait: &Wait, now: Instant, pause: Duration) -> Duration {
        let until_last = wait.until.saturating_duration_since(now + 2 * self.took + SPARE);
        let is_long = wait.until - wait.asked >= REFILL;
        let pause = if is_long && until_last >= SHORTEST { pause.min(until_last) } else { pause };
        // Looks that were due before it began may have been counted, too: what they cost keeps nobody waiting.
        let allowed = wait.next_allowed().min(now.max(wait.since + FREE) + REFILL);
        pause.max(allowed.saturating_duration_since(now))
    }

    /// While nobody waits: until just before the handler will ask for the next field. If that cannot be said of each of
    /// them, because it never asked before or does so later than ever, the store is looked at now and then, too.
    fn pause_until_asked(&self, now: Instant, missing: &HashSet<Awaited>) -> Duration {
        let sources = self.rhythms.0.lock().unwrap_or_else(PoisonError::into_inner);
        let source = sources.get(&self.source);
        let looks = missing.iter().map(|field| {
            let known = source?.fields.get(field)?;
            // A large field takes longer than a look that finds nothing.
            let took = self.took.max(known.took);
            let look = (self.began + *known.asked.iter().min()?).checked_sub(took + SPARE)?;
            (look > now).then(|| look - now)
        });
        let (planned, unknown): (Vec<_>, Vec<_>) = looks.partition(Option::is_some);
        let next = planned.into_iter().flatten().min().map(|pause| pause.max(SHORTEST_PLANNED));
        let idle = next.is_none() || !unknown.is_empty();
        next.into_iter().chain(idle.then(|| self.idle_pause(now))).min().unwrap_or(SHORTEST_IDLE)
    }

    fn idle_pause(&self, now: Instant) -> Duration {
        (now.saturating_duration_since(self.began) / SHARE_IDLE).max(SHORTEST_IDLE)
    }

    /// Of the field that is to come next: between which seconds after this reader's start it came, the other times. Empty if
    /// one of the fields never came: then nothing can be said. What the source says counts where it has seen more, as long as
    /// the reader has not seen enough.
    fn next_arrivals<'a>(&self, fields: impl Iterator<Item = &'a Awaited>) -> Vec<Range<f64>> {
        let sources = self.rhythms.0.lock().unwrap_or_else(PoisonError::into_inner);
        let now = self.began.elapsed().as_secs_f64();
        let arrivals = fields.map(|field| {
            let own =
                sources.get(&self.source).and_then(|source| source.fields.get(field)).map(|known| &known.arrivals);
            let told = self.told.iter().find(|(told, _)| told == field).map(|(_, seen)| seen);
            let seen = own.map_or(0, VecDeque::len);
            let told = told.filter(|told| seen < told.len().min(ENOUGH));
            let range = |seen: &Seen| self.at(seen.missing)..self.at(seen.there);
            let arrivals: Vec<_> = match (told, own) {
                (Some(told), _) => told.iter().map(range).collect(),
                (None, own) => own.into_iter().flatten().map(range).collect(),
            };
            (!arrivals.is_empty()).then_some(arrivals)
        });
        let first_from_now = |arrivals: &Vec<Range<f64>>| {
            arrivals.iter().map(|arrival| arrival.end).filter(|end| *end > now).fold(f64::INFINITY, f64::min)
        };
        let arrivals = arrivals.collect::<Option<Vec<_>>>().unwrap_or_default();
        arrivals.into_iter().min_by(|a, b| first_from_now(a).total_cmp(&first_from_now(b))).unwrap_or_default()
    }

    /// The seconds from this reader's start until its source's invocation has only so much time `left`.
    fn at(&self, left: Duration) -> f64 {
        let limit = self.source_deadline.saturating_duration_since(self.began);
        limit.saturating_sub(left).as_secs_f64()
    }
}

impl Wait {
    fn new(since: Instant) -> Self {
        let (fields, arrivals, expectation) = (Vec::new(), Vec::new(), OnceCell::new());
        Self { since, asked: since, until: since, fields, reads: 0, saved: None, arrivals, expectation, origin: since }
    }

    /// The same, asked for once more after it had `ended`: the time in between is none of its own.
    fn resumed(self, asked: Instant, ended: Instant) -> Self {
        Self { since: self.since + asked.saturating_duration_since(ended), asked, ..self }
    }

    /// By `then`, if none was made meanwhile.
    fn reads_left(&self, then: Instant) -> u32 {
        allowed(then - self.since).saturating_add(self.saved.unwrap_or_default()).saturating_sub(self.reads)
    }

    /// From when on one more read may be made.
    fn next_allowed(&self) -> Instant {
        let refills = (self.reads + 1).saturating_sub(ALLOWED_READS + self.saved.unwrap_or_default());
        if refills == 0 { self.since } else { self.since + FREE + REFILL * refills }
    }
}

/// Reads that a wait of this length may cost on its own.
fn allowed(waited: Duration) -> u32 {
    let more = waited.saturating_sub(FREE).as_millis() / REFILL.as_millis();
    ALLOWED_READS.saturating_add(u32::try_from(more).unwrap_or(u32::MAX / 2))
}

impl Drop for Pace {
    /// An invocation may end in the middle of a wait.
    fn drop(&mut self) {
        let waits = self.wait.take().map(|wait| (wait, Instant::now())).into_iter().chain(self.given_up.drain(..));
        for (wait, ended) in waits {
            self.rhythms.save(&self.source, wait.reads_left(ended));
        }
    }
}
