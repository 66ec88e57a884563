use super::*;
use crate::{event::TimesLeft, store::memory::MemoryStore};

const STREAM: &str = "s/A/1";

pub fn resolver(store: &MemoryStore, source_time: Duration, longest: Option<Duration>) -> Resolver {
    resolver_of(&["a", "b"], store, source_time, longest)
}

/// A new one, of a source that tells when its field came the other times.
fn resolver_told(left: Vec<u64>, field: &str, store: &MemoryStore, source_time: Duration) -> Resolver {
    let envelope = Envelope { rhythm: vec![(field.to_owned(), left)], ..envelope(&[field], source_time) };
    let patience = Patience { deadline: later(), longest: None };
    Resolver::start(envelope, Arc::new(store.clone()), patience, Rhythms::default(), false)
}

fn resolver_of(futures: &[&str], store: &MemoryStore, source_time: Duration, longest: Option<Duration>) -> Resolver {
    resolver_with(&Rhythms::default(), futures, store, source_time, longest)
}

/// In an environment that knows these rhythms.
fn resolver_with(
    rhythms: &Rhythms,
    futures: &[&str],
    store: &MemoryStore,
    source_time: Duration,
    longest: Option<Duration>,
) -> Resolver {
    let patience = Patience { deadline: later(), longest };
    Resolver::start(envelope(futures, source_time), Arc::new(store.clone()), patience, rhythms.clone(), true)
}

fn envelope(futures: &[&str], source_time: Duration) -> Envelope {
    let deadline = SystemTime::now() + source_time;
    Envelope {
        version: 1,
        session: "s".to_owned(),
        source: "A".to_owned(),
        run: "r".to_owned(),
        stream: STREAM.to_owned(),
        end: false,
        rhythm: TimesLeft::new(),
        futures: futures.iter().map(|name| (*name).to_owned()).collect(),
        deadline_ms: u64::try_from(deadline.duration_since(UNIX_EPOCH).unwrap().as_millis()).unwrap(),
    }
}

fn later() -> Instant {
    Instant::now() + Duration::from_mins(15)
}

async fn put(store: &MemoryStore, name: &str, json: &str) {
    store.put(STREAM, vec![Field { name: name.to_owned(), json: json.to_owned() }]).await.unwrap();
}

#[tokio::test(start_paused = true)]
async fn answers_in_the_order_asked() {
    let store = MemoryStore::default();
    let mut resolver = resolver(&store, Duration::from_mins(1), None);
    put(&store, "b", "2").await;
    resolver.ask(vec!["a".to_owned(), "b".to_owned()]);
    let later = store.clone();
    tokio::spawn(async move {
        time::sleep(Duration::from_secs(3)).await;
        put(&later, "a", "1").await;
    });
    for (field, json) in [("a", "1"), ("b", "2")] {
        let answer = resolver.answer().await;
        assert_eq!((answer.field.as_str(), answer.result), (field, Ok(json.to_owned())));
    }
}

#[tokio::test(start_paused = true)]
async fn an_interrupted_wait_does_not_hold_up_the_next_one() {
    let store = MemoryStore::default();
    put(&store, "b", "2").await;
    let mut resolver = resolver(&store, Duration::from_mins(1), None);
    resolver.ask(vec!["a".to_owned()]);
    resolver.ask(vec!["b".to_owned()]);
    let answer = resolver.answer().await;
    assert_eq!((answer.field.as_str(), answer.result), ("b", Ok("2".to_owned())));
}

#[tokio::test(start_paused = true)]
async fn a_failed_source_is_told_at_once_with_its_cause() {
    let store = MemoryStore::default();
    put(&store, "a", "1").await;
    let failed = End::Failed { cause: "ValueError: boom".to_owned(), changed: Vec::new() };
    store.end(STREAM, failed).await.unwrap();
    let mut resolver = resolver(&store, Duration::from_mins(1), None);
    resolver.ask(vec!["a".to_owned(), "b".to_owned()]);
    assert_eq!(resolver.answer().await.result, Ok("1".to_owned()));
    let error = resolver.answer().await.result.unwrap_err();
    assert_eq!(error.kind, "source_failed");
    assert!(error.message.contains("`b`") && error.message.contains("`A` failed") && error.message.contains("boom"));
}

#[tokio::test(start_paused = true)]
async fn nobody_waits_past_the_sources_deadline() {
    let begun = Instant::now();
    let mut resolver = resolver(&MemoryStore::default(), Duration::from_secs(5), None);
    resolver.ask(vec!["b".to_owned()]);
    assert_eq!(resolver.answer().await.result.unwrap_err().kind, "source_failed");
    assert!(begun.elapsed() < Duration::from_secs(7), "{:?}", begun.elapsed());
}

#[tokio::test(start_paused = true)]
async fn who_gives_up_and_asks_again_learns_of_the_sources_deadline_as_soon() {
    let begun = Instant::now();
    let mut resolver = resolver(&MemoryStore::default(), Duration::from_secs(20), Some(Duration::from_millis(20)));
    loop {
        resolver.ask(vec!["b".to_owned()]);
        match resolver.answer().await.result.unwrap_err().kind {
            "timeout" => assert!(begun.elapsed() < Duration::from_millis(21_030), "{:?}", begun.elapsed()),
            kind => break assert_eq!(kind, "source_failed"),
        }
    }
}

#[tokio::test(start_paused = true)]
async fn waits_as_long_as_the_user_set_and_takes_a_late_value_afterwards() {
    let store = MemoryStore::default();
    let mut resolver = resolver(&store, Duration::from_mins(1), Some(Duration::from_millis(500)));
    resolver.ask(vec!["a".to_owned()]);
    let error = resolver.answer().await.result.unwrap_err();
    assert_eq!(error.message, "field `a` of `A` was not published within UNUM_RESOLVE_TIMEOUT_MS");
    assert_eq!(resolver.resolved[0].error_type, Some("StreamingTimeoutError"));
    put(&store, "a", "1").await;
    time::sleep(Duration::from_secs(1)).await;
    let _ = time::timeout(Duration::from_secs(1), resolver.answer()).await;
    resolver.ask(vec!["a".to_owned()]);
    assert_eq!(resolver.answer().await.result, Ok("1".to_owned()));
}

#[tokio::test(start_paused = true)]
async fn when_a_wait_is_over_it_is_for_all_of_its_fields_that_have_not_come() {
    let store = MemoryStore::default();
    put(&store, "b", "2").await;
    let mut resolver = resolver_of(&["a", "b", "c"], &store, Duration::from_mins(1), Some(Duration::from_millis(500)));
    let begun = Instant::now();
    resolver.ask(["a", "b", "c"].map(str::to_owned).to_vec());
    let mut came = Vec::new();
    for _ in 0..3 {
        came.push(resolver.answer().await.result.map_err(|error| error.kind));
    }
    assert_eq!(came, [Err("timeout"), Ok("2".to_owned()), Err("timeout")]);
    assert_eq!(begun.elapsed(), Duration::from_millis(500));
}

/// The reader looks rarely long before a field is expected, but once more before the wait is over.
#[tokio::test(start_paused = true)]
async fn what_comes_before_a_wait_is_over_is_had_however_early_it_is() {
    for early_ms in (6_000..8_000).step_by(250) {
        let rhythms = Rhythms::default();
        let usual = (Duration::from_secs(10), None);
        let early = Duration::from_millis(early_ms);
        let early = (early, Some(early + Duration::from_millis(20)));
        for (comes, patience) in std::iter::repeat_n(usual, 8).chain([early]) {
            let store = MemoryStore::default();
            let mut resolver = resolver_with(&rhythms, &["a"], &store, Duration::from_mins(5), patience);
            let later = store.clone();
            tokio::spawn(async move {
                time::sleep(comes).await;
                put(&later, "a", "1").await;
            });
            resolver.ask(vec!["a".to_owned()]);
            assert_eq!(resolver.answer().await.result, Ok("1".to_owned()));
        }
    }
}

/// It looks at least as often as for a handler that does not ask at all.
#[tokio::test(start_paused = true)]
async fn a_handler_that_asks_often_and_gives_up_soon_has_what_comes() {
    for (patience_ms, between_ms) in [(1, 100), (10, 20), (10, 200), (20, 20), (50, 500), (50, 0), (50, 5), (200, 10)] {
        let store = MemoryStore { read_latency: Duration::from_millis(5), ..MemoryStore::default() };
        let patience = Some(Duration::from_millis(patience_ms));
        let mut resolver = resolver_of(&["a"], &store, Duration::from_mins(5), patience);
        let comes = Instant::now() + Duration::from_mins(1);
        let later = store.clone();
        tokio::spawn(async move {
            time::sleep_until(comes).await;
            put(&later, "a", "1").await;
        });
        loop {
            resolver.ask(vec!["a".to_owned()]);
            if resolver.answer().await.result.is_ok() {
                break;
            }
            time::sleep(Duration::from_millis(between_ms)).await;
        }
        let lag = comes.elapsed();
        assert!(
            lag <= Duration::from_secs(5),
            "{patience_ms} ms, {between_ms} ms: {lag:?}, {} reads",
            resolver.costs.reads
        );
    }
}

/// Looks in between fall into waits that did not earn them: that is no debt which a longer wait would have to work off.
#[tokio::test(start_paused = true)]
async fn a_handler_that_waits_after_it_asked_often_is_not_left_waiting() {
    for (patience_ms, between_ms) in [(1, 20), (1, 100), (1, 500), (4, 4), (10, 20), (10, 200), (50, 5), (50, 500)] {
        let store = MemoryStore { read_latency: Duration::from_millis(5), ..MemoryStore::default() };
        let patience = Some(Duration::from_millis(patience_ms));
        let mut resolver = resolver_of(&["a"], &store, Duration::from_mins(15), patience);
        let begun = Instant::now();
        while begun.elapsed() < Duration::from_mins(2) {
            resolver.ask(vec!["a".to_owned()]);
            assert!(resolver.answer().await.result.is_err());
            time::sleep(Duration::from_millis(between_ms)).await;
        }
        resolver.patience.longest = None;
        let comes = Instant::now() + Duration::from_secs(5);
        let later = store.clone();
        tokio::spawn(async move {
            time::sleep_until(comes).await;
            put(&later, "a", "1").await;
        });
        resolver.ask(vec!["a".to_owned()]);
        assert_eq!(resolver.answer().await.result, Ok("1".to_owned()));
        let lag = comes.elapsed();
        assert!(lag <= Duration::from_millis(300), "{patience_ms} ms, {between_ms} ms: {lag:?}");
    }
}

/// Times count from the source's deadline, whatever this function's own is.
#[tokio::test(start_paused = true)]
async fn a_new_environment_looks_when_the_source_says() {
    let source_time = Duration::from_mins(3);
    let store = MemoryStore { read_latency: Duration::from_millis(4), ..MemoryStore::default() };
    let comes = Duration::from_secs(9);
    let left = u64::try_from(source_time.saturating_sub(comes).as_millis()).unwrap();
    let mut reads = Vec::new();
    for told in [vec![left; 64], Vec::new()] {
        store.streams.lock().unwrap().clear();
        let (begun, later) = (Instant::now(), store.clone());
        tokio::spawn(async move {
            time::sleep(comes).await;
            put(&later, "a", "1").await;
        });
        let mut resolver = resolver_told(told, "a", &store, source_time);
        resolver.ask(vec!["a".to_owned()]);
        assert_eq!(resolver.answer().await.result, Ok("1".to_owned()));
        reads.push((resolver.costs.reads, (begun + comes).elapsed()));
    }
    let [(told, lag), (alone, _)] = reads[..] else { unreachable!() };
    // The deadline goes by the system's clock, which is not paused.
    assert!(told <= 75 && lag <= Duration::from_millis(60) && told + 30 < alone, "{reads:?}");
}

/// A field of which no time is known takes nothing from the wait that goes on with it.
#[tokio::test(start_paused = true)]
async fn to_ask_for_more_fields_than_before_puts_off_no_look() {
    let rhythms = Rhythms::default();
    let usual = [1_400, 2_600, 1_900, 2_200, 1_600, 2_400, 2_000, 2_800].map(|ms| (Duration::from_millis(ms), None));
    let late = (Duration::from_millis(2_700), Some(Duration::from_millis(2_600)));
    for (comes, patience) in usual.into_iter().cycle().take(24).chain([late]) {
        let store = MemoryStore::default();
        let mut resolver = resolver_with(&rhythms, &["a", "b"], &store, Duration::from_mins(5), patience);
        let begun = Instant::now();
        let later = store.clone();
        tokio::spawn(async move {
            time::sleep(comes).await;
            put(&later, "a", "1").await;
        });
        resolver.ask(vec!["a".to_owned()]);
        if patience.is_some() {
            assert_eq!(resolver.answer().await.result.unwrap_err().kind, "timeout");
            resolver.ask(vec!["a".to_owned(), "b".to_owned()]);
        }
        assert_eq!(resolver.answer().await.result, Ok("1".to_owned()));
        let lag = (begun + comes).elapsed();
        assert!(lag <= Duration::from_millis(200), "{lag:?}, {} reads", resolver.costs.reads);
    }
}

/// What a wait may not use is for the next ones: waits that use all of theirs leave nothing, nor do accesses to what is at hand.
#[tokio::test(start_paused = true)]
async fn waits_that_expire_cost_what_they_may_and_no_more() {
    let at_hand = ["x", "y", "z"];
    for (seconds, most) in [(1, 60), (10, 120)] {
        let (store, rhythms) = (MemoryStore::default(), Rhythms::default());
        for name in at_hand {
            put(&store, name, "1").await;
        }
        for _ in 0..6 {
            let longest = Some(Duration::from_secs(seconds));
            let futures = ["x", "y", "z", "never", "also never"];
            let mut resolver = resolver_with(&rhythms, &futures, &store, Duration::from_mins(5), longest);
            for name in at_hand {
                resolver.ask(vec![name.to_owned()]);
                assert!(resolver.answer().await.result.is_ok());
            }
            let before = resolver.costs.reads;
            resolver.ask(vec!["never".to_owned(), "also never".to_owned()]);
            for _ in 0..2 {
                assert_eq!(resolver.answer().await.result.unwrap_err().kind, "timeout");
            }
            // The look that is under way at the end is begun in time.
            let reads = resolver.costs.reads - before;
            assert!(reads <= most, "{seconds} s: {reads} reads");
        }
    }
}

#[tokio::test(start_paused = true)]
async fn a_stream_is_whole_once_its_source_says_so() {
    let store = MemoryStore::default();
    let mut resolver = resolver(&store, Duration::from_mins(1), None);
    put(&store, "a", "1").await;
    put(&store, "b", "2").await;
    assert!(time::timeout(Duration::from_secs(9), resolver.confirm(later())).await.is_err());
    store.end(STREAM, End::Complete).await.unwrap();
    assert_eq!(resolver.confirm(later()).await, Ok(()));
}

#[tokio::test(start_paused = true)]
async fn a_field_may_be_called_as_the_mark_of_a_whole_stream() {
    let store = MemoryStore::default();
    put(&store, "!complete", "1").await;
    let mut resolver = resolver_of(&["!complete", "b"], &store, Duration::from_mins(1), None);
    resolver.ask(vec!["!complete".to_owned()]);
    assert_eq!(resolver.answer().await.result, Ok("1".to_owned()));
    // By now the store is asked rarely, unless somebody waits.
    let _ = time::timeout(Duration::from_secs(10), resolver.answer()).await;
    store.end(STREAM, End::Complete).await.unwrap();
    let begun = Instant::now();
    assert_eq!(resolver.confirm(later()).await, Ok(()));
    assert_eq!(begun.elapsed(), Duration::ZERO);
}

#[tokio::test(start_paused = true)]
async fn a_stream_is_not_whole_if_its_source_fails_or_falls_silent() {
    let (store, silent) = (MemoryStore::default(), MemoryStore::default());
    let failed = End::Failed { cause: "ValueError: boom".to_owned(), changed: Vec::new() };
    store.end(STREAM, failed).await.unwrap();
    for (store, cause) in [(store, "boom"), (silent, "timed out or was stopped")] {
        let error = resolver(&store, Duration::from_secs(5), None).confirm(later()).await.unwrap_err();
        assert_eq!(error.kind, "source_failed");
        assert!(error.message.contains(cause), "{}", error.message);
    }
}

#[tokio::test(start_paused = true)]
async fn a_value_that_its_source_has_taken_back_is_not_given_out() {
    let store = MemoryStore::default();
    put(&store, "a", "1").await;
    put(&store, "b", "2").await;
    let failed = End::Failed { cause: "it changed".to_owned(), changed: vec!["a".to_owned()] };
    store.end(STREAM, failed).await.unwrap();
    let mut resolver = resolver(&store, Duration::from_mins(1), None);
    resolver.ask(vec!["a".to_owned(), "b".to_owned()]);
    assert!(resolver.answer().await.result.unwrap_err().message.contains("cannot be trusted"));
    assert_eq!(resolver.answer().await.result, Ok("2".to_owned()));
}

#[tokio::test(start_paused = true)]
async fn an_error_that_passes_is_asked_past() {
    let store = MemoryStore { failing_reads: Arc::new(3.into()), ..MemoryStore::default() };
    put(&store, "a", "1").await;
    let mut resolver = resolver(&store, Duration::from_mins(1), None);
    resolver.ask(vec!["a".to_owned()]);
    assert_eq!(resolver.answer().await.result, Ok("1".to_owned()));
}

#[tokio::test(start_paused = true)]
async fn a_source_is_not_blamed_for_a_store_that_cannot_be_read() {
    let store = MemoryStore { failing_reads: Arc::new(u32::MAX.into()), ..MemoryStore::default() };
    let mut resolver = resolver(&store, Duration::from_secs(5), None);
    resolver.ask(vec!["a".to_owned()]);
    let error = resolver.answer().await.result.unwrap_err();
    assert_eq!(error.kind, "store", "{}", error.message);
    assert!(error.message.contains("refused"), "{}", error.message);
}

/// Its source's time may be over by then, and what it has stored is there.
#[tokio::test(start_paused = true)]
async fn a_reader_that_starts_late_asks_past_errors_that_pass() {
    let store = MemoryStore { failing_reads: Arc::new(10.into()), ..MemoryStore::default() };
    put(&store, "a", "1").await;
    let mut resolver = resolver(&store, Duration::ZERO, None);
    resolver.ask(vec!["a".to_owned()]);
    assert_eq!(resolver.answer().await.result, Ok("1".to_owned()));
}

#[tokio::test(start_paused = true)]
async fn unreadable_is_not_the_same_as_not_there_yet() {
    let store = MemoryStore { unreadable: true, ..MemoryStore::default() };
    let mut resolver = resolver(&store, Duration::from_mins(1), None);
    resolver.ask(vec!["a".to_owned()]);
    assert_eq!(resolver.answer().await.result.unwrap_err().kind, "store");
    assert_eq!(resolver.resolved[0].error_type, Some("StreamingStoreError"));
}
