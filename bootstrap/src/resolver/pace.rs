//! How often the store is asked for fields that are not there yet.
//!
//! While the handler is blocked, often, within what a wait may cost; else rarely, for the first access asks at once. A
//! source mostly takes as long as it did the last times: so most of the reads are kept for when a field is due.

use std::{
    collections::{HashMap, VecDeque},
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
const SHARE_BEFORE: u32 = 4;
const LONGEST_BEFORE: Duration = Duration::from_millis(300);
/// The same while nobody waits.
const SHARE_IDLE: u32 = 12;
const SHORTEST_IDLE: Duration = Duration::from_millis(20);
const LONGEST_IDLE: Duration = Duration::from_millis(300);

/// What one wait may cost at most: so many reads in its first second, and one more for each `REFILL` after that. That
/// is 120 in 10 s.
const MOST_READS: u32 = 60;
const FREE: Duration = Duration::from_secs(1);
const REFILL: Duration = Duration::from_millis(150);
/// This share of them is kept for a field that comes later than it ever did.
const SHARE_AFTER: u32 = 6;

/// Arrivals that are remembered of one field.
const REMEMBERED: usize = 8;
/// Fields that are remembered, of all sources.
const MOST_FIELDS: usize = 4096;

/// When the fields of each source came, as far as this environment has seen. Clones share what they know.
#[derive(Debug, Clone, Default)]
pub struct Rhythms(Arc<Mutex<HashMap<String, Fields>>>);

type Fields = HashMap<Awaited, VecDeque<Seen>>;

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
    fn note<'a>(&self, source: &str, fields: impl Iterator<Item = &'a Awaited>, seen: Seen) {
        let mut sources = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        for field in fields {
            if sources.values().map(HashMap::len).sum::<usize>() >= MOST_FIELDS {
                sources.clear();
            }
            let arrivals = sources.entry(source.to_owned()).or_default().entry(field.clone()).or_default();
            if arrivals.len() == REMEMBERED {
                arrivals.pop_front();
            }
            arrivals.push_back(seen);
        }
    }
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

    /// What blocks the handler from now on; whether anything does.
    pub fn ask<'a>(&mut self, fields: impl Iterator<Item = &'a Awaited>) -> bool {
        self.wait = Some(Wait { since: Instant::now(), reads: 0, due: Vec::new() });
        self.expect(fields);
        self.wait.is_some()
    }

    /// A look that began at `begun` is over; `found` are the fields that it brought.
    pub fn looked<'a>(&mut self, begun: Instant, found: impl Iterator<Item = &'a Awaited>) {
        let left = |at| self.source_deadline.saturating_duration_since(at);
        let seen = Seen { missing: left(self.latest), there: left(Instant::now()) };
        self.rhythms.note(&self.source, found, seen);
        self.latest = begun;
        self.took = begun.elapsed();
        if let Some(wait) = &mut self.wait {
            wait.reads += 1;
        }
    }

    /// What still blocks the handler.
    pub fn expect<'a>(&mut self, fields: impl Iterator<Item = &'a Awaited>) {
        let mut fields = fields.peekable();
        self.wait = self.wait.take().filter(|_| fields.peek().is_some());
        let due = self.first_due(fields).unwrap_or_default();
        if let Some(wait) = &mut self.wait {
            wait.due = due;
        }
    }

    /// How long to wait before the next look.
    pub fn pause(&self) -> Duration {
        let now = Instant::now();
        let Some(wait) = &self.wait else {
            return ((now - self.began) / SHARE_IDLE).clamp(SHORTEST_IDLE, LONGEST_IDLE);
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
        if wait.reads_left(now) > 0 { pause } else { pause.max(REFILL) }
    }

    /// None if one of the fields never came before: then nothing can be said.
    fn first_due<'a>(&self, fields: impl Iterator<Item = &'a Awaited>) -> Option<Vec<Range<Instant>>> {
        let sources = self.rhythms.0.lock().unwrap_or_else(PoisonError::into_inner);
        let known = sources.get(&self.source)?;
        let due = fields.map(|field| self.due(known.get(field)?)).collect::<Option<Vec<_>>>()?;
        let now = Instant::now();
        due.into_iter().min_by_key(|due| due.iter().find(|due| now < due.end).map(|due| due.start))
    }

    /// When a field is due that came like this: most sources know one time, some a quick way and a slow one.
    fn due(&self, arrivals: &VecDeque<Seen>) -> Option<Vec<Range<Instant>>> {
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

#[cfg(test)]
mod tests {
    use super::*;

    const LATENCY: Duration = Duration::from_millis(4);
    const LIMIT: Duration = Duration::from_mins(1);

    fn field(name: &str) -> Awaited {
        Awaited::Field(name.to_owned())
    }

    /// Waits for one field that can be read `after` so long; how long after that it was there, and how many reads it took.
    async fn wait(rhythms: &Rhythms, after: Duration) -> (Duration, u32) {
        let start = Instant::now();
        let readable = start + after;
        let x = field("x");
        let mut pace = Pace::new(rhythms.clone(), "A", start + LIMIT);
        pace.ask([&x].into_iter());
        for reads in 1.. {
            let begun = Instant::now();
            // The store answers from what it has half way.
            tokio::time::sleep(LATENCY).await;
            let found = readable <= begun + LATENCY / 2;
            pace.looked(begun, found.then_some(&x).into_iter());
            if found {
                return (Instant::now() - readable, reads);
            }
            tokio::time::sleep(pace.pause()).await;
        }
        unreachable!()
    }

    /// So many waits of about `length`, a tenth more or less, by one environment: the lags in order, and the most reads.
    async fn waits(length: Duration, count: u32) -> (Vec<Duration>, u32) {
        let rhythms = Rhythms::default();
        let (mut lags, mut most) = (Vec::new(), 0);
        for number in 0..count {
            // Spread evenly, in no order.
            let share = f64::from(number * 29 % 97) / 97.0;
            let (lag, reads) = wait(&rhythms, length.mul_f64(0.9 + 0.2 * share)).await;
            lags.push(lag);
            most = most.max(reads);
        }
        // What came first is what the others were learned from.
        let mut lags = lags.split_off(REMEMBERED);
        lags.sort_unstable();
        (lags, most)
    }

    #[tokio::test(start_paused = true)]
    async fn a_field_that_comes_as_it_did_before_is_there_soon_and_costs_little() {
        // Of the longest of these waits, a tenth longer than said.
        for (seconds, most_reads, [median, worst]) in
            [(0.03, 60, [6, 10]), (0.3, 60, [6, 10]), (1.0, 60, [6, 12]), (3.0, 75, [12, 20]), (10.0, 126, [20, 40])]
        {
            let (lags, reads) = waits(Duration::from_secs_f64(seconds), 97).await;
            let ms = |share: usize| lags[lags.len() * share / 100].as_millis();
            assert!(reads <= most_reads, "{seconds} s: {reads} reads");
            assert!(ms(50) <= median && ms(99) <= worst, "{seconds} s: {} and {} ms", ms(50), ms(99));
        }
    }

    #[tokio::test(start_paused = true)]
    async fn an_unknown_field_costs_no_more_however_long_it_takes() {
        for (seconds, most) in [(1, 60), (10, 120), (30, 254)] {
            let (lag, reads) = wait(&Rhythms::default(), Duration::from_secs(seconds)).await;
            assert!(reads <= most, "{seconds} s: {reads} reads");
            assert!(lag <= LONGEST + 2 * LATENCY, "{seconds} s: {lag:?}");
        }
    }

    #[tokio::test(start_paused = true)]
    async fn one_that_comes_at_another_time_is_not_missed() {
        let rhythms = Rhythms::default();
        for _ in 0..REMEMBERED {
            wait(&rhythms, Duration::from_secs(5)).await;
        }
        for (seconds, limit) in [(0.5, 120), (2.0, 220), (8.0, 200)] {
            let (lag, reads) = wait(&rhythms.clone(), Duration::from_secs_f64(seconds)).await;
            assert!(lag <= Duration::from_millis(limit) && reads <= 120, "{seconds} s: {lag:?}, {reads} reads");
        }
    }

    #[tokio::test(start_paused = true)]
    async fn a_source_with_a_quick_way_and_a_slow_one_is_known_by_both() {
        let rhythms = Rhythms::default();
        for _ in 0..REMEMBERED / 2 {
            for after in [0.2, 1.2] {
                wait(&rhythms, Duration::from_secs_f64(after)).await;
            }
        }
        for after in [0.2, 1.2] {
            let (lag, reads) = wait(&rhythms, Duration::from_secs_f64(after)).await;
            assert!(lag <= 4 * LATENCY && reads <= 60, "{after} s: {lag:?}, {reads} reads");
        }
    }

    #[tokio::test(start_paused = true)]
    async fn while_nobody_waits_the_store_is_rarely_asked() {
        let began = Instant::now();
        let mut pace = Pace::new(Rhythms::default(), "A", began + LIMIT);
        let mut reads = 0;
        while began.elapsed() < Duration::from_secs(10) {
            pace.looked(Instant::now(), std::iter::empty());
            reads += 1;
            tokio::time::sleep(pace.pause()).await;
        }
        assert!(reads <= 70, "{reads} reads");
    }

    #[test]
    fn remembers_no_more_than_it_can_hold() {
        let rhythms = Rhythms::default();
        let seen = Seen { missing: Duration::from_secs(2), there: Duration::from_secs(1) };
        for number in 0..=MOST_FIELDS {
            rhythms.note("A", [&field(&number.to_string())].into_iter(), seen);
        }
        for _ in 0..2 * REMEMBERED {
            rhythms.note("B", [&field("x")].into_iter(), seen);
        }
        let known = rhythms.0.lock().unwrap();
        assert!(known.values().map(HashMap::len).sum::<usize>() <= MOST_FIELDS);
        assert_eq!(known["B"][&field("x")].len(), REMEMBERED);
    }
}
