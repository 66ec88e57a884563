//! How often the store is asked for fields that are not there yet.
//!
//! While the handler is blocked, often, within what a wait may cost; else rarely, for the first access asks at once. A
//! source mostly takes as long as it did the last times: so most of the reads are kept for when a field is due. And a
//! handler mostly asks when it did the last times: so one read is made just before that, and the field is at hand.

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
        let missing = HashSet::from([x.clone()]);
        let mut pace = Pace::new(rhythms.clone(), "A", start + LIMIT);
        pace.ask(start, std::slice::from_ref(&x), &missing);
        for reads in 1.. {
            let begun = Instant::now();
            // The store answers from what it has half way.
            tokio::time::sleep(LATENCY).await;
            let found = readable <= begun + LATENCY / 2;
            pace.looked(begun, found.then_some(&x).into_iter());
            if found {
                return (Instant::now() - readable, reads);
            }
            tokio::time::sleep(pace.pause(&missing)).await;
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
            [(0.03, 60, [6, 10]), (0.3, 60, [6, 10]), (1.0, 60, [6, 12]), (3.0, 75, [10, 18]), (10.0, 126, [18, 40])]
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
        for (seconds, limit) in [(0.5, 180), (2.0, 300), (8.0, 200)] {
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

    /// A handler that asks `after` so long for a field that can be read before: how long that blocks it, and the reads.
    async fn ask_later(rhythms: &Rhythms, readable: Duration, after: Duration) -> (Duration, u32) {
        ask_later_for(rhythms, readable, after, LATENCY).await
    }

    /// The same, where the look that brings the field takes so long.
    async fn ask_later_for(
        rhythms: &Rhythms,
        readable: Duration,
        after: Duration,
        bringing: Duration,
    ) -> (Duration, u32) {
        let outcome = blocked(rhythms, readable, after, bringing).await;
        // Whether it was at hand then or not.
        rhythms.asked("A", &[field("x")], after);
        outcome
    }

    async fn blocked(rhythms: &Rhythms, readable: Duration, after: Duration, bringing: Duration) -> (Duration, u32) {
        let start = Instant::now();
        let x = field("x");
        let missing = HashSet::from([x.clone()]);
        let mut pace = Pace::new(rhythms.clone(), "A", start + LIMIT);
        let mut is_asked = false;
        for reads in 1.. {
            let begun = Instant::now();
            let found = start + readable <= begun + LATENCY / 2;
            tokio::time::sleep(if found { bringing } else { LATENCY }).await;
            pace.looked(begun, found.then_some(&x).into_iter());
            if found {
                return (Instant::now().saturating_duration_since(start + after), reads);
            }
            let next = Instant::now() + pace.pause(&missing);
            let asks = start + after;
            tokio::time::sleep_until(if is_asked { next } else { next.min(asks) }).await;
            if !is_asked && Instant::now() >= asks {
                is_asked = pace.ask(asks, std::slice::from_ref(&x), &missing);
            }
        }
        unreachable!()
    }

    #[tokio::test(start_paused = true)]
    async fn a_field_is_at_hand_when_the_handler_asks_as_it_did_before() {
        for (readable, after) in [(14, 20), (93, 100), (900, 1000), (5000, 5010)] {
            let rhythms = Rhythms::default();
            let [readable, after] = [readable, after].map(Duration::from_millis);
            ask_later(&rhythms, readable, after).await;
            for earlier_ms in [0, 1, 0] {
                let after = after.saturating_sub(Duration::from_millis(earlier_ms));
                assert_eq!(ask_later(&rhythms, readable, after).await, (Duration::ZERO, 2), "{after:?}");
            }
            // It is not there when it is looked for, so the look that the handler asks for finds it, as ever.
            let (blocked, reads) = ask_later(&rhythms, after, after).await;
            assert!(blocked <= 2 * LATENCY && reads <= 4, "{after:?}: {blocked:?}, {reads} reads");
        }
    }

    #[tokio::test(start_paused = true)]
    async fn a_large_field_is_at_hand_too() {
        let rhythms = Rhythms::default();
        let [readable, after, bringing] = [300, 1000, 250].map(Duration::from_millis);
        ask_later_for(&rhythms, readable, after, bringing).await;
        for _ in 0..3 {
            assert_eq!(ask_later_for(&rhythms, readable, after, bringing).await, (Duration::ZERO, 2));
        }
    }

    /// Arrivals that make a wait spend its reads early, and then the field does not come.
    #[tokio::test(start_paused = true)]
    async fn the_bound_holds_whatever_came_before() {
        let mut state = 1_u64;
        let mut random = |below: u64| {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            (state >> 33) % below
        };
        for _ in 0..400 {
            let rhythms = Rhythms::default();
            let x = [field("x")];
            let missing = HashSet::from(x.clone());
            for _ in 0..random(20) {
                let there = 50_000 + random(9_990);
                let [missing, there] = [there + random(300), there].map(Duration::from_millis);
                rhythms.note("A", x.iter(), |known| push(&mut known.arrivals, Seen { missing, there }));
            }
            let latency = Duration::from_millis(random(6));
            let start = Instant::now();
            let mut pace = Pace::new(rhythms, "A", start + LIMIT);
            pace.ask(start, &x, &missing);
            let mut begun = Vec::new();
            while start.elapsed() < Duration::from_secs(10) {
                begun.push(start.elapsed());
                let look = Instant::now();
                tokio::time::sleep(latency).await;
                pace.looked(look, std::iter::empty());
                tokio::time::sleep(pace.pause(&missing)).await;
            }
            let in_first = begun.iter().filter(|at| **at < FREE).count();
            assert!(in_first <= 60 && begun.len() <= 120, "{in_first} in the first second, {} in ten", begun.len());
        }
    }

    #[tokio::test(start_paused = true)]
    async fn a_handler_that_asks_later_than_ever_finds_the_field_at_hand() {
        let rhythms = Rhythms::default();
        let [early, late] = [100, 700].map(Duration::from_millis);
        ask_later(&rhythms, early, early).await;
        assert_eq!(ask_later(&rhythms, Duration::from_millis(300), late).await.0, Duration::ZERO);
    }

    #[tokio::test(start_paused = true)]
    async fn while_nobody_waits_the_store_is_rarely_asked() {
        let began = Instant::now();
        let mut pace = Pace::new(Rhythms::default(), "A", began + LIMIT);
        let mut reads = 0;
        while began.elapsed() < Duration::from_secs(10) {
            pace.looked(Instant::now(), std::iter::empty());
            reads += 1;
            tokio::time::sleep(pace.pause(&HashSet::from([field("x")]))).await;
        }
        assert!(reads <= 70, "{reads} reads");
    }

    #[test]
    fn remembers_no_more_than_it_can_hold() {
        let rhythms = Rhythms::default();
        let seen = Seen { missing: Duration::from_secs(2), there: Duration::from_secs(1) };
        for number in 0..=MOST_FIELDS {
            rhythms.note("A", [&field(&number.to_string())].into_iter(), |known| push(&mut known.arrivals, seen));
        }
        for _ in 0..2 * REMEMBERED {
            rhythms.note("B", [&field("x")].into_iter(), |known| push(&mut known.arrivals, seen));
        }
        let known = rhythms.0.lock().unwrap();
        assert!(known.values().map(HashMap::len).sum::<usize>() <= MOST_FIELDS);
        assert_eq!(known["B"][&field("x")].arrivals.len(), REMEMBERED);
    }
}
