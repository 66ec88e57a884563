use super::*;

const LATENCY: Duration = Duration::from_millis(4);
const LIMIT: Duration = Duration::from_mins(1);

fn field(name: &str) -> Awaited {
    Awaited::Field(name.to_owned())
}

/// The pace of a reader that its source tells nothing.
fn pace_of(rhythms: Rhythms, source: &str, source_deadline: Instant) -> Pace {
    Pace::new(rhythms, source, source_deadline, std::iter::empty())
}

/// What somebody asks for who waits until the end of the source's time.
fn wanted(since: Instant, fields: &[Awaited]) -> Wanted {
    Wanted { fields: fields.to_vec(), since, until: since + LIMIT }
}

/// Waits for one field that can be read `after` so long; how long after that it was there, and how many reads it took.
async fn wait(rhythms: &Rhythms, after: Duration) -> (Duration, u32) {
    wait_told(rhythms, Vec::new(), after).await
}

/// The same, where the source says how much of its time was left when it had the field, the other times.
async fn wait_told(rhythms: &Rhythms, left: Vec<Duration>, after: Duration) -> (Duration, u32) {
    let start = Instant::now();
    let readable = start + after;
    let x = field("x");
    let missing = HashSet::from([x.clone()]);
    rhythms.asked("A", std::slice::from_ref(&x), Duration::ZERO);
    let mut pace = Pace::new(rhythms.clone(), "A", start + LIMIT, [(x.clone(), left)].into_iter());
    pace.ask(&wanted(start, std::slice::from_ref(&x)), &missing);
    for reads in 1.. {
        let begun = Instant::now();
        // The store answers from what it has half way.
        tokio::time::sleep(LATENCY).await;
        let found = readable <= begun + LATENCY / 2;
        pace.looked(begun, found.then_some(&x).into_iter());
        if found {
            pace.expect(std::slice::from_ref(&x), &HashSet::new());
            return (Instant::now() - readable, reads);
        }
        tokio::time::sleep(pace.pause(&missing)).await;
    }
    unreachable!()
}

/// Waits of one environment that does not know the field: lags and reads of all but the first.
async fn waits(lengths: impl Iterator<Item = Duration>) -> Vec<(Duration, u32)> {
    let rhythms = Rhythms::default();
    let mut waits = Vec::new();
    for length in lengths {
        waits.push(wait(&rhythms, length).await);
    }
    waits.split_off(1)
}

/// The median and nearly the worst, in milliseconds.
fn lags(waits: &[(Duration, u32)]) -> [u128; 2] {
    let mut lags: Vec<_> = waits.iter().map(|(lag, _)| lag.as_millis()).collect();
    lags.sort_unstable();
    [lags[lags.len() / 2], lags[lags.len() * 98 / 100]]
}

/// So many numbers between 0 and 1, spread evenly, in no order.
fn even(count: u32) -> impl Iterator<Item = f64> + Clone {
    (0..count).map(move |number| (f64::from(number * 29 % count) + 0.5) / f64::from(count))
}

#[tokio::test(start_paused = true)]
async fn a_field_that_comes_as_it_did_before_is_there_soon_and_costs_little() {
    for (seconds, most, [median, worst]) in
        [(0.03, 6, [6, 9]), (0.3, 16, [6, 9]), (1.0, 36, [6, 11]), (3.0, 70, [7, 14]), (10.0, 120, [10, 24])]
    {
        let length = Duration::from_secs_f64(seconds);
        let waits = waits(even(97).map(|share| length.mul_f64(0.9 + 0.2 * share))).await;
        let reads: u32 = waits.iter().map(|(_, reads)| *reads).sum();
        assert!(reads <= 96 * most, "{seconds} s: {reads} reads in {} waits", waits.len());
        // What came first is what the others were learned from.
        let lags = lags(&waits[16..]);
        assert!(lags[0] <= median && lags[1] <= worst, "{seconds} s: {lags:?} ms");
    }
}

/// The second wait knows one time and not how far the next may be from it.
#[tokio::test(start_paused = true)]
async fn the_first_waits_of_a_source_are_not_much_longer_than_later_ones() {
    for (seconds, [median, worst]) in [(1.0, [7, 13]), (3.0, [8, 20])] {
        let mut all = Vec::new();
        for environment in 0..5 {
            let shares = even(97).cycle().skip(environment * 19).take(21);
            all.extend(waits(shares.map(|share| Duration::from_secs_f64(seconds * (0.9 + 0.2 * share)))).await);
        }
        let lags = lags(&all);
        assert!(lags[0] <= median && lags[1] <= worst, "{seconds} s: {lags:?} ms");
    }
}

/// As many times as it tells are as good as times of one's own.
#[tokio::test(start_paused = true)]
async fn the_first_wait_for_a_source_that_tells_its_times_is_as_short_as_later_ones() {
    for (seconds, most, [median, worst]) in [(1.0, 34, [7, 11]), (3.0, 72, [7, 14]), (10.0, 120, [9, 24])] {
        let length = |share: f64| Duration::from_secs_f64(seconds * (0.9 + 0.2 * share));
        let told: Vec<_> = even(89).map(|share| LIMIT.saturating_sub(length(share))).collect();
        let mut waits = Vec::new();
        for share in even(97) {
            waits.push(wait_told(&Rhythms::default(), told.clone(), length(share)).await);
        }
        let reads: u32 = waits.iter().map(|(_, reads)| *reads).sum();
        assert!(reads <= 97 * most, "{seconds} s: {reads} reads");
        let lags = lags(&waits);
        assert!(lags[0] <= median && lags[1] <= worst, "{seconds} s: {lags:?} ms");
    }
}

/// Clocks differ by a little, and a source is late to note when a field was stored: that keeps nobody waiting.
#[tokio::test(start_paused = true)]
async fn what_is_told_need_not_be_exact() {
    for (seconds, most) in [(1.0, 30), (10.0, 70)] {
        for off_ms in [-20, -10, 0, 10, 20] {
            let length =
                |share: f64, off_ms: f64| Duration::from_secs_f64(seconds * (0.998 + 0.004 * share) + off_ms / 1e3);
            let told: Vec<_> = even(89).map(|share| LIMIT.saturating_sub(length(share, f64::from(off_ms)))).collect();
            let mut waits = Vec::new();
            for share in even(37) {
                waits.push(wait_told(&Rhythms::default(), told.clone(), length(share, 0.0)).await);
            }
            let reads: u32 = waits.iter().map(|(_, reads)| *reads).sum();
            let lags = lags(&waits);
            assert!(
                lags[0] <= 12 && lags[1] <= 20 && reads <= 37 * most,
                "{seconds} s, {off_ms} ms: {lags:?}, {reads}"
            );
        }
    }
}

/// However regular a source is: sometimes it takes another way.
#[tokio::test(start_paused = true)]
async fn a_field_that_comes_much_sooner_than_ever_does_not_wait_for_its_usual_time() {
    for (seconds, [median, worst]) in [(1.0, [90, 200]), (5.0, [190, 420]), (10.0, [260, 510])] {
        let usual = |share: f64| Duration::from_secs_f64(seconds * (0.99 + 0.02 * share));
        let told: Vec<_> = even(89).map(|share| LIMIT.saturating_sub(usual(share))).collect();
        let mut waits = Vec::new();
        for share in even(97) {
            let sooner = Duration::from_secs_f64(seconds * (0.05 + 0.75 * share));
            waits.push(wait_told(&Rhythms::default(), told.clone(), sooner).await);
        }
        let lags = lags(&waits);
        assert!(lags[0] <= median && lags[1] <= worst, "{seconds} s: {lags:?} ms");
    }
}

/// Whose clock goes wrong, or who tells nonsense, costs no read more than others, and the reader soon knows better.
#[tokio::test(start_paused = true)]
async fn times_that_are_told_wrong_keep_nobody_waiting_for_long() {
    let length = Duration::from_secs(5);
    let wrong = [2_500, 5_100, 10_000].map(|ms| LIMIT.saturating_sub(Duration::from_millis(ms)));
    for told in wrong.into_iter().chain([Duration::ZERO, Duration::MAX]) {
        let rhythms = Rhythms::default();
        let (mut total, mut may) = (0, EXTRA_AT_FIRST);
        for number in 0..=ENOUGH {
            let (lag, reads) = wait_told(&rhythms, vec![told; REMEMBERED], length).await;
            total += reads;
            may += may_cost(length + lag);
            assert!(total <= may, "{told:?}, {number}: {total} of {may} reads");
            let most = if number < ENOUGH { LONGEST + LATENCY } else { 3 * LATENCY };
            assert!(
                lag <= most && reads <= may_cost(length + lag) + MOST_SAVED,
                "{told:?}, {number}: {lag:?}, {reads}"
            );
        }
    }
}

/// What a wait of this length may cost on its own.
fn may_cost(length: Duration) -> u32 {
    60 + u32::try_from(length.saturating_sub(Duration::from_secs(1)).as_millis() / 150).unwrap()
}

#[tokio::test(start_paused = true)]
async fn waits_cost_no_more_together_than_each_of_them_may() {
    for spread in [0.02, 0.3, 1.0, 3.0] {
        let rhythms = Rhythms::default();
        let (mut total, mut may) = (0, 0);
        for (number, share) in even(97).enumerate() {
            let length = Duration::from_secs_f64(5.0 * (spread * (share - 0.5)).exp());
            let (waited, reads) = if number % 5 == 4 {
                give_up(&rhythms, length).await
            } else {
                let (lag, reads) = wait(&rhythms, length).await;
                (length + lag, reads)
            };
            total += reads;
            may += may_cost(waited);
            assert!(
                reads <= may_cost(waited) + MOST_SAVED && total <= may + 100,
                "{waited:?}: {reads}, {total} of {may}"
            );
        }
    }
}

/// A wait that its invocation ends, after so long at least: how long it took, and its reads.
async fn give_up(rhythms: &Rhythms, after: Duration) -> (Duration, u32) {
    let start = Instant::now();
    let x = field("x");
    let missing = HashSet::from([x.clone()]);
    let mut pace = pace_of(rhythms.clone(), "A", start + LIMIT);
    pace.ask(&wanted(start, std::slice::from_ref(&x)), &missing);
    for reads in 0.. {
        if start.elapsed() >= after {
            return (start.elapsed(), reads);
        }
        let begun = Instant::now();
        tokio::time::sleep(LATENCY).await;
        pace.looked(begun, std::iter::empty());
        tokio::time::sleep(pace.pause(&missing)).await;
    }
    unreachable!()
}

/// Of waits that vary much, none ends in a time without reads, wherever it begins: `spread` is the logarithm's, nearly.
#[tokio::test(start_paused = true)]
async fn a_field_that_comes_at_very_different_times_is_there_soon_enough() {
    for (seconds, medians) in
        [(0.1, [6, 6, 6]), (0.3, [6, 7, 8]), (0.6, [7, 9, 11]), (1.0, [9, 13, 16]), (3.0, [20, 28, 32])]
    {
        for (spread, median) in [0.25, 0.4, 0.6].into_iter().zip(medians) {
            let mut all = Vec::new();
            for order in 0..3 {
                let shares = even(97).cycle().skip(order * 32).take(97);
                let length = |share: f64| seconds * (share / (1.0 - share)).powf(0.6 * spread);
                all.extend(waits(shares.map(|share| Duration::from_secs_f64(length(share)))).await);
            }
            let worst = all.iter().map(|(lag, _)| lag.as_millis()).max();
            let [middle, _] = lags(&all);
            assert!(middle <= median && worst <= Some(200), "{seconds} s, {spread}: {middle} ms, {worst:?} ms");
        }
    }
}

#[tokio::test(start_paused = true)]
async fn a_handler_that_asks_when_the_field_is_overdue_does_not_wait_long() {
    for (usual, asks, comes) in [(10_000, 9_900, 10_400), (10_000, 9_900, 10_600), (1_000, 900, 1_500), (300, 290, 800)]
    {
        let rhythms = Rhythms::default();
        for number in 0..16 {
            ask_later(&rhythms, Duration::from_millis(usual + number), Duration::from_millis(usual)).await;
        }
        let [comes, asks] = [comes, asks].map(Duration::from_millis);
        let (blocked, reads) = blocked(&rhythms, comes, asks, LATENCY).await;
        let lag = (asks + blocked).saturating_sub(comes);
        assert!(lag <= Duration::from_millis(50), "{usual}, {asks:?}, {comes:?}: {lag:?}, {reads} reads");
    }
}

#[tokio::test(start_paused = true)]
async fn an_unknown_field_costs_no_more_however_long_it_takes() {
    for (seconds, most) in [(1, 60), (10, 120), (30, 254)] {
        let (lag, reads) = wait(&Rhythms::default(), Duration::from_secs(seconds)).await;
        assert!(reads <= most, "{seconds} s: {reads} reads");
        assert!(lag <= Duration::from_millis(150), "{seconds} s: {lag:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn one_that_comes_at_another_time_is_not_missed() {
    let rhythms = Rhythms::default();
    for _ in 0..REMEMBERED {
        wait(&rhythms, Duration::from_secs(5)).await;
    }
    for (seconds, limit) in [(0.5, 350), (2.0, 350), (4.06, 500), (8.0, 60)] {
        let (lag, reads) = wait(&rhythms.clone(), Duration::from_secs_f64(seconds)).await;
        let most = may_cost(Duration::from_secs_f64(seconds) + lag) + MOST_SAVED;
        assert!(lag <= Duration::from_millis(limit) && reads <= most, "{seconds} s: {lag:?}, {reads} reads");
    }
}

/// A wait that ends after so long, for nothing came: its reads.
async fn expires(pace: &mut Pace, fields: &[Awaited], missing: &HashSet<Awaited>, patience: Duration) -> u32 {
    let since = Instant::now();
    let mut pause = pace.ask(&Wanted { until: since + patience, ..wanted(since, fields) }, missing).unwrap();
    let mut reads = 0;
    while since.elapsed() + pause < patience {
        tokio::time::sleep(pause).await;
        let begun = Instant::now();
        tokio::time::sleep(LATENCY).await;
        pace.looked(begun, std::iter::empty());
        reads += 1;
        pause = pace.pause(missing);
    }
    tokio::time::sleep(patience.saturating_sub(since.elapsed())).await;
    assert_eq!(pace.ask(&wanted(since, &[]), missing), None);
    reads
}

/// As with a short `UNUM_RESOLVE_TIMEOUT_MS`: the handler gives up, and asks again at once, for one field or for two in turn.
#[tokio::test(start_paused = true)]
async fn to_give_up_and_ask_again_is_no_new_wait() {
    for (patience, names) in
        [(1, vec!["x"]), (50, vec!["x"]), (200, vec!["x"]), (50, vec!["x", "y"]), (1000, vec!["x"])]
    {
        let rhythms = Rhythms::default();
        let start = Instant::now();
        let fields: Vec<_> = names.iter().map(|name| [field(name)]).collect();
        let missing: HashSet<_> = fields.iter().flatten().cloned().collect();
        let mut pace = pace_of(rhythms.clone(), "A", start + LIMIT);
        let mut reads = 0;
        let mut asked = fields.iter().cycle();
        while start.elapsed() < Duration::from_secs(10) {
            reads += expires(&mut pace, asked.next().unwrap(), &missing, Duration::from_millis(patience)).await;
        }
        let most = may_cost(Duration::from_secs(10)) * u32::try_from(names.len()).unwrap();
        assert!(reads <= most, "{patience} ms, {names:?}: {reads} reads");
        drop(pace);
        assert!(rhythms.0.lock().unwrap().values().all(|rhythm| rhythm.saved <= MOST_SAVED));
    }
}

/// Each second that a handler waits earns reads; the rest of its time does not, whether it asks again then or not.
#[tokio::test(start_paused = true)]
async fn a_wait_that_is_given_up_earns_nothing_while_nobody_waits() {
    let rhythms = Rhythms::default();
    let x = [field("x")];
    let missing = HashSet::from(x.clone());
    let mut reads = 0;
    for invocations in 1..=8 {
        let mut pace = pace_of(rhythms.clone(), "A", Instant::now() + LIMIT);
        for _ in 0..2 {
            reads += expires(&mut pace, &x, &missing, Duration::from_millis(500)).await;
            tokio::time::sleep(Duration::from_secs(10)).await;
        }
        drop(pace);
        assert!(reads <= invocations * 60, "{reads} reads in {invocations} invocations");
    }
}

/// Such as those that were due before the handler asked.
#[tokio::test(start_paused = true)]
async fn looks_that_a_wait_has_not_earned_keep_nobody_waiting() {
    let start = Instant::now();
    let x = [field("x")];
    let missing = HashSet::from(x.clone());
    let mut pace = pace_of(Rhythms::default(), "A", start + LIMIT);
    pace.ask(&wanted(start, &x), &missing);
    for _ in 0..300 {
        pace.looked(Instant::now(), std::iter::empty());
    }
    assert!(pace.pause(&missing) <= FREE + REFILL);
    tokio::time::sleep(2 * FREE).await;
    assert!(pace.pause(&missing) <= LONGEST);
}

#[tokio::test(start_paused = true)]
async fn looks_that_fail_count() {
    let start = Instant::now();
    let x = [field("x")];
    let missing = HashSet::from(x.clone());
    let mut pace = pace_of(Rhythms::default(), "A", start + LIMIT);
    pace.ask(&wanted(start, &x), &missing);
    let mut looks = 0;
    while start.elapsed() < Duration::from_secs(10) {
        tokio::time::sleep(LATENCY).await;
        pace.failed();
        looks += 1;
        tokio::time::sleep(pace.pause(&missing)).await;
    }
    assert!(looks <= 120, "{looks} looks");
}

#[tokio::test(start_paused = true)]
async fn a_source_that_has_become_slower_is_soon_known_by_what_it_is_now() {
    let around = |seconds: f64, share: f64| Duration::from_secs_f64(seconds * (0.95 + 0.1 * share));
    let before = even(41).map(|share| around(5.0, share));
    let since = even(37).map(|share| around(8.0, share));
    let waits = waits(before.chain(since)).await;
    let since = &waits[40..];
    let [few, more] = [lags(&since[1..10]), lags(&since[10..])];
    assert!(few[0] <= 20 && few[1] <= 80, "{few:?} ms");
    assert!(more[0] <= 9 && more[1] <= 25, "{more:?} ms");
}

/// However regular the earlier waits were, and however little they cost: each may be followed by one that costs so much.
#[tokio::test(start_paused = true)]
async fn so_many_reads_are_saved_and_no_more() {
    let rhythms = Rhythms::default();
    for _ in 0..20 {
        wait(&rhythms, Duration::from_secs(1)).await;
    }
    let saved = rhythms.0.lock().unwrap()["A"].saved;
    assert_eq!(saved, 240);
    let (waited, reads) = give_up(&rhythms, Duration::from_secs(10)).await;
    assert!(reads <= may_cost(waited) + 240, "{reads} reads in {waited:?}");
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
async fn ask_later_for(rhythms: &Rhythms, readable: Duration, after: Duration, bringing: Duration) -> (Duration, u32) {
    let outcome = blocked(rhythms, readable, after, bringing).await;
    // Whether it was at hand then or not.
    rhythms.asked("A", &[field("x")], after);
    outcome
}

async fn blocked(rhythms: &Rhythms, readable: Duration, after: Duration, bringing: Duration) -> (Duration, u32) {
    let start = Instant::now();
    let x = field("x");
    let missing = HashSet::from([x.clone()]);
    let mut pace = pace_of(rhythms.clone(), "A", start + LIMIT);
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
            is_asked = pace.ask(&wanted(asks, std::slice::from_ref(&x)), &missing).is_some();
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
            rhythms.note("A", x.iter(), |known| push(&mut known.arrivals, Seen { missing, there }, REMEMBERED));
        }
        let latency = Duration::from_millis(random(6));
        // An earlier wait has had what is there once.
        rhythms.take_saved("A");
        let start = Instant::now();
        let mut pace = pace_of(rhythms, "A", start + LIMIT);
        pace.ask(&wanted(start, &x), &missing);
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
    let mut pace = pace_of(Rhythms::default(), "A", began + LIMIT);
    let mut reads = 0;
    while began.elapsed() < Duration::from_secs(10) {
        pace.looked(Instant::now(), std::iter::empty());
        reads += 1;
        tokio::time::sleep(pace.pause(&HashSet::from([field("x")]))).await;
    }
    assert!(reads <= 60, "{reads} reads");
}

#[test]
fn remembers_no_more_than_it_can_hold() {
    let rhythms = Rhythms::default();
    let seen = Seen { missing: Duration::from_secs(2), there: Duration::from_secs(1) };
    for number in 0..=MOST_FIELDS {
        rhythms
            .note("A", [&field(&number.to_string())].into_iter(), |known| push(&mut known.arrivals, seen, REMEMBERED));
    }
    for _ in 0..2 * REMEMBERED {
        rhythms.note("B", [&field("x")].into_iter(), |known| push(&mut known.arrivals, seen, REMEMBERED));
    }
    {
        let known = rhythms.0.lock().unwrap();
        assert!(known.values().map(|rhythm| rhythm.fields.len()).sum::<usize>() <= MOST_FIELDS);
        assert_eq!(known["B"].fields[&field("x")].arrivals.len(), REMEMBERED);
    }
    for number in 0..=MOST_FIELDS {
        rhythms.note(&number.to_string(), [&field("x")].into_iter(), |_| {});
    }
    assert!(rhythms.0.lock().unwrap().len() <= MOST_FIELDS);
}

/// Fields under ever new names are forgotten; that their source had its extra reads is not.
#[tokio::test(start_paused = true)]
async fn the_extra_reads_of_a_source_are_there_once() {
    let rhythms = Rhythms::default();
    // Only the second one is for a field that came before.
    for _ in 0..2 {
        wait(&rhythms, Duration::from_secs(1)).await;
    }
    let saved = |rhythms: &Rhythms| std::mem::take(&mut rhythms.0.lock().unwrap().get_mut("A").unwrap().saved);
    let left = saved(&rhythms);
    assert!((60..220).contains(&left), "{left}");
    for number in 0..=MOST_FIELDS {
        rhythms.note("A", [&field(&number.to_string())].into_iter(), |_| {});
    }
    for _ in 0..2 {
        wait(&rhythms, Duration::from_secs(1)).await;
    }
    let left = saved(&rhythms);
    assert!(left < 60, "{left}");
}
