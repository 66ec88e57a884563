use std::collections::HashSet;

use super::{
    deliveries::{FEW_WRITES, MAX_WRITES},
    *,
};
use crate::{
    event::{ENVELOPE_VERSION, TimesLeft},
    next::recording::RecordingNext,
    record::Published,
    store::{MOST_BYTES_TOGETHER, memory::MemoryStore},
};

pub const STREAM: &str = "s/A/1";
const RUN: &str = "run/A/r";

/// Of an invocation that has time.
pub fn soon() -> Deadline {
    Deadline::after(Duration::from_mins(1))
}

pub fn field(name: &str, json: &str) -> Field {
    Field { name: name.to_owned(), json: json.to_owned() }
}

pub fn outlet(store: Option<&MemoryStore>, next: &RecordingNext, functions: &[&str]) -> Outlet {
    Outlet {
        store: store.map(|store| Arc::new(store.clone()) as _),
        next: Arc::new(next.clone()),
        functions: functions.iter().map(|name| (*name).to_owned()).collect(),
        trace_id: None,
        trace: None,
        keys: vec!["a".to_owned(), "b".to_owned()],
        envelope: Envelope {
            version: ENVELOPE_VERSION,
            session: "s".to_owned(),
            source: "A".to_owned(),
            run: "r".to_owned(),
            stream: STREAM.to_owned(),
            futures: Vec::new(),
            deadline_ms: 9,
            end: false,
            rhythm: TimesLeft::new(),
        },
        rhythm: OwnRhythm::default(),
        signer: None,
        run: Run { id: "r".to_owned(), partition: RUN.to_owned() },
        start_after: StartAfter::Count(1),
    }
}

/// Behind an open gate.
fn publisher(store: Option<&MemoryStore>, next: &RecordingNext, functions: &[&str]) -> Publisher {
    Publisher::with_record(outlet(store, next, functions), &RunRecord::default())
}

#[tokio::test(start_paused = true)]
async fn a_field_store_out_of_reach_is_not_taken_for_a_quick_handler() {
    for (after, held_back) in
        [(1, NO_TIME), (499, NO_TIME), (500, "DynamoDB had not answered for 500 ms at the return")]
    {
        let store = MemoryStore { unanswered: [RUN.to_owned()].into(), ..MemoryStore::default() };
        let mut publisher = Publisher::new(outlet(Some(&store), &RecordingNext::default(), &["B"]), Duration::ZERO);
        publisher.publish(vec![field("a", "1")]);
        tokio::time::advance(Duration::from_millis(after)).await;
        publisher.finish_result(b"{\"a\": 1}", Vec::new());
        assert_eq!(publisher.held_back.as_deref(), Some(held_back));
    }
}

#[tokio::test(start_paused = true)]
async fn what_was_not_acknowledged_in_time_is_named() {
    let store = MemoryStore { unanswered: ["b".to_owned()].into(), ..MemoryStore::default() };
    let mut publisher = publisher(Some(&store), &RecordingNext::default(), &["B"]);
    publisher.publish(vec![field("a", "1")]);
    publisher.publish(vec![field("b", "2")]);
    let error = publisher.flush(Deadline::after(Duration::from_secs(2))).await.unwrap_err();
    assert_eq!(error.to_string(), "DynamoDB has not acknowledged field `b` before this function's time ran out");
}

#[tokio::test]
async fn the_first_field_travels_inline_and_the_rest_through_the_store() {
    let (store, next) = (MemoryStore::default(), RecordingNext::default());
    let mut publisher = publisher(Some(&store), &next, &["B", "C"]);
    publisher.publish(vec![field("a", "1")]);
    publisher.publish(vec![field("b", "2")]);
    publisher.finish_result(b"{\"a\": 1, \"b\": 2}", Vec::new());
    publisher.flush(soon()).await.unwrap();
    assert_eq!((store.value(STREAM, "a"), store.value(STREAM, "b")), (None, Some("2".to_owned())));
    let invoked = next.invoked.lock().unwrap().clone();
    assert_eq!(invoked.iter().map(|(function, _)| function.as_str()).collect::<Vec<_>>(), ["B", "C"]);
    assert!(invoked[0].1.starts_with(r#"{"a":1,"b":{"__unum_future__":true"#), "{}", invoked[0].1);
    assert_eq!(publisher.deliveries.costs.writes, 1);
}

/// References are longer than small values, and each has its key twice.
#[tokio::test]
async fn a_result_that_fits_whole_and_not_in_references_goes_whole() {
    let (store, next) = (MemoryStore::default(), RecordingNext::default());
    let keys: Vec<String> = (0..360).map(|number| format!("{number:01000}")).collect();
    let outlet = Outlet { keys: keys.clone(), ..outlet(Some(&store), &next, &["B"]) };
    let mut publisher = Publisher::with_record(outlet, &RunRecord::default());
    publisher.publish(vec![field(&keys[0], "1")]);
    publisher.publish(vec![field(&keys[1], "1")]);
    assert!(publisher.held_back.as_ref().unwrap().contains("too many keys"));
    let members: Vec<String> = keys.iter().map(|key| format!("\"{key}\": 1")).collect();
    let body = format!("{{{}}}", members.join(", "));
    publisher.finish_result(body.as_bytes(), Vec::new());
    publisher.flush(soon()).await.unwrap();
    let invoked = next.invoked.lock().unwrap().clone();
    assert_eq!(invoked.len(), 1);
    assert!(invoked[0].1.starts_with(body.strip_suffix('}').unwrap()));
}

/// Who waits is told when the fields came before; who gets all of them at once has nothing to wait for.
#[tokio::test]
async fn readers_are_told_when_the_fields_came_the_other_times() {
    let (store, next, rhythm) = (MemoryStore::default(), RecordingNext::default(), OwnRhythm::default());
    for is_early in [true, true, false, true] {
        let outlet = Outlet { rhythm: rhythm.clone(), ..outlet(Some(&store), &next, &["B"]) };
        let mut publisher = Publisher::with_record(outlet, &RunRecord::default());
        if is_early {
            publisher.publish(vec![field("a", "1")]);
            publisher.publish(vec![field("b", "2")]);
        }
        publisher.finish_result(b"{\"a\": 1, \"b\": 2}", Vec::new());
        publisher.flush(soon()).await.unwrap();
        let sent = publisher.deliveries.published();
        assert_eq!(sent.iter().any(|field| field.stored_ms.is_some()), is_early);
        // Of a deadline that is over nothing is left, whatever the clock says.
        rhythm.note(&sent, 9);
    }
    let sent = next.invoked.lock().unwrap().clone();
    let told = |(_, text): &(String, String)| Some(text.split_once(",\"rhythm\":")?.1.to_owned());
    let told: Vec<_> = sent.iter().map(told).collect();
    assert_eq!(told, [None, Some("[[\"b\",[0]]]}}".to_owned()), None, Some("[[\"b\",[0,0]]]}}".to_owned())]);
}

/// What fits without it is sent inline, without it.
#[tokio::test]
async fn what_readers_are_told_takes_no_room_from_values() {
    let (store, next, rhythm) = (MemoryStore::default(), RecordingNext::default(), OwnRhythm::default());
    let fitting = format!("\"{}\"", "x".repeat(MAX_PAYLOAD_BYTES - 300));
    for _ in 0..2 {
        let outlet = Outlet { rhythm: rhythm.clone(), ..outlet(Some(&store), &next, &["B"]) };
        let mut publisher = Publisher::with_record(outlet, &RunRecord::default());
        publisher.publish(vec![field("a", &fitting)]);
        publisher.publish(vec![field("b", "2")]);
        publisher.flush(soon()).await.unwrap();
        let long = Published {
            field: "b".repeat(300),
            at_ms: 0.0,
            stored_ms: Some(1.0),
            failed: None,
            bytes: 1,
            inline: false,
        };
        rhythm.note(&[long], 9);
        assert_eq!(store.value(STREAM, "a"), None);
    }
    // One that goes by the store anyway takes nothing from it.
    let outlet = Outlet { rhythm, ..outlet(Some(&store), &next, &["B"]) };
    let mut publisher = Publisher::with_record(outlet, &RunRecord::default());
    publisher.publish(vec![field("a", &format!("\"{}\"", "x".repeat(MAX_PAYLOAD_BYTES)))]);
    publisher.flush(soon()).await.unwrap();
    let sent = next.invoked.lock().unwrap().clone();
    assert_eq!(sent.iter().map(|(_, text)| text.contains("rhythm")).collect::<Vec<_>>(), [false, false, true]);
}

/// `count` fields with values of so many bytes.
fn many(count: usize, bytes: usize) -> Vec<Field> {
    (0..count).map(|number| field(&format!("f{number}"), &"7".repeat(bytes))).collect()
}

#[tokio::test]
async fn fields_that_are_ready_at_the_same_time_are_written_together() {
    let (store, next) = (MemoryStore::default(), RecordingNext::default());
    let mut publisher = publisher(Some(&store), &next, &["B"]);
    publisher.publish(vec![field("a", "1")]);
    publisher.publish(vec![field("b", "2"), field("c", "3")]);
    publisher.finish_result(b"{}", vec![field("d", "4"), field("e", "5"), field("f", "6")]);
    publisher.flush(soon()).await.unwrap();
    assert!(["b", "c", "d", "e", "f"].iter().all(|name| store.value(STREAM, name).is_some()));
    assert_eq!((store.open_writes.begun(), publisher.deliveries.costs.writes), (2, 2));
    assert_eq!(publisher.deliveries.costs.bytes_written, 5);
    assert!(publisher.deliveries.published().iter().all(|field| field.inline || field.stored_ms.is_some()));
}

#[tokio::test]
async fn an_item_that_is_refused_is_told_by_its_first_fields_and_the_cause() {
    let store = MemoryStore { refused: ["f70".to_owned()].into(), ..MemoryStore::default() };
    let mut publisher = publisher(Some(&store), &RecordingNext::default(), &["B"]);
    publisher.publish(vec![field("a", "1")]);
    publisher.publish(many(100, 2));
    let error = publisher.flush(soon()).await.unwrap_err().to_string();
    assert_eq!(error, "cannot store field `f0`, `f1`, `f2` and 97 more: table `memory` (UNUM_TABLE): refused");
    assert_eq!(store.failure(STREAM), Some(format!("Unum.FieldStoreError: {error}")));
    let failed = publisher.deliveries.published().into_iter().filter(|field| field.failed.is_some());
    assert_eq!((failed.count(), publisher.deliveries.costs.writes), (100, 1));
}

#[tokio::test(start_paused = true)]
async fn what_still_waits_for_its_turn_when_the_time_is_up_is_not_a_success() {
    let store = MemoryStore { write_latency: Duration::from_secs(1), ..MemoryStore::default() };
    let mut publisher = publisher(Some(&store), &RecordingNext::default(), &["B"]);
    publisher.publish(vec![field("a", "1")]);
    publisher.publish(many(MAX_WRITES + 1, MOST_BYTES_TOGETHER));
    assert!(matches!(
        publisher.flush(Deadline::after(Duration::from_secs(2))).await,
        Err(PublishError::OutOfTime { .. })
    ));
    assert_eq!(store.open_writes.begun(), MAX_WRITES + 1);
}

#[tokio::test(start_paused = true)]
async fn after_the_handlers_failure_nothing_waits_for_its_turn() {
    let latency = Duration::from_millis(100);
    let store = MemoryStore { write_latency: latency, ..MemoryStore::default() };
    let mut publisher = publisher(Some(&store), &RecordingNext::default(), &["B"]);
    publisher.publish(vec![field("a", "1")]);
    for one in many(5 * FEW_WRITES, 2) {
        publisher.publish(vec![one]);
    }
    let begun = Instant::now();
    publisher.flush_failed("it broke", soon()).await.unwrap();
    assert_eq!((begun.elapsed(), store.failure(STREAM).as_deref()), (2 * latency, Some("it broke")));
}

/// As after a signal handler of the user's that raised in the middle of two publishes.
#[tokio::test]
async fn what_the_return_repeats_is_not_written_again() {
    let (store, next) = (MemoryStore::default(), RecordingNext::default());
    let mut publisher = publisher(Some(&store), &next, &["B"]);
    publisher.publish(vec![field("a", "1")]);
    publisher.publish(vec![field("b", "2")]);
    publisher.finish_result(b"{}", vec![field("a", "1"), field("b", "2"), field("c", "3")]);
    publisher.flush(soon()).await.unwrap();
    assert_eq!((store.value(STREAM, "a"), store.value(STREAM, "c").as_deref()), (None, Some("3")));
    let sent: Vec<String> = publisher.deliveries.published().into_iter().map(|field| field.field).collect();
    assert_eq!((sent, store.open_writes.begun()), (["a", "b", "c"].map(str::to_owned).to_vec(), 2));
}

#[tokio::test]
async fn large_fields_are_written_alone() {
    let (store, next) = (MemoryStore::default(), RecordingNext::default());
    let mut publisher = publisher(Some(&store), &next, &["B"]);
    publisher.publish(vec![field("a", "1")]);
    publisher.publish(many(5, MOST_BYTES_TOGETHER * 2 / 5));
    publisher.publish(vec![field("large", &"7".repeat(9 * MOST_BYTES_TOGETHER)), field("small", "1")]);
    publisher.flush(soon()).await.unwrap();
    assert_eq!(store.open_writes.begun(), 3 + 2);
}

#[tokio::test]
async fn a_small_field_does_not_wait_for_large_ones() {
    let (store, next) = (MemoryStore::default(), RecordingNext::default());
    let mut publisher = publisher(Some(&store), &next, &["B"]);
    publisher.publish(vec![field("a", "1")]);
    publisher.publish(many(2 * FEW_WRITES, MOST_BYTES_TOGETHER));
    publisher.publish(vec![field("small", "1")]);
    publisher.flush(soon()).await.unwrap();
    assert_eq!(store.open_writes.most(), 2 * FEW_WRITES + 1);
}

#[tokio::test]
async fn what_waits_for_its_turn_is_written_together() {
    let (store, next) = (MemoryStore::default(), RecordingNext::default());
    let mut publisher = publisher(Some(&store), &next, &["B"]);
    publisher.publish(vec![field("a", "1")]);
    for one in many(1000, 2) {
        publisher.publish(vec![one]);
    }
    publisher.flush(soon()).await.unwrap();
    assert_eq!((store.open_writes.begun(), store.open_writes.most()), (FEW_WRITES + 1, FEW_WRITES));
    assert!(many(1000, 2).iter().all(|field| store.value(STREAM, &field.name).is_some()));
}

#[tokio::test(start_paused = true)]
async fn at_the_return_nothing_waits_for_its_turn() {
    let latency = Duration::from_millis(100);
    let (store, next) = (MemoryStore { write_latency: latency, ..MemoryStore::default() }, RecordingNext::default());
    let mut publisher = publisher(Some(&store), &next, &["B"]);
    publisher.publish(vec![field("a", "1")]);
    for one in many(1000, 2) {
        publisher.publish(vec![one]);
    }
    publisher.finish_result(b"{}", vec![field("late", "1")]);
    let begun = Instant::now();
    publisher.flush(soon()).await.unwrap();
    assert_eq!((store.open_writes.begun(), begun.elapsed()), (FEW_WRITES + 1, latency));
    assert!(store.value(STREAM, "late").is_some());
}

fn changed(publisher: &mut Publisher) {
    publisher.note_changed("field `a` changed".to_owned(), vec!["a".to_owned()]);
    publisher.finish_result(b"{\"a\": 3, \"b\": 2}", Vec::new());
}

/// Lets the gate open, or shut.
async fn pass(publisher: &mut Publisher) {
    let _ = tokio::time::timeout(Duration::from_millis(1), publisher.progress()).await;
}

#[tokio::test(start_paused = true)]
async fn what_is_published_waits_for_the_runs_record() {
    let (store, next) = (MemoryStore::default(), RecordingNext::default());
    let mut publisher = Publisher::new(outlet(Some(&store), &next, &["B"]), Duration::ZERO);
    publisher.publish(vec![field("a", "1")]);
    assert!(publisher.deliveries.next.is_empty());
    pass(&mut publisher).await;
    assert!(publisher.deliveries.next[0].early);
    publisher.finish_result(b"{\"a\": 1, \"b\": 2}", vec![field("b", "2")]);
    publisher.flush(soon()).await.unwrap();
    assert_eq!((store.value(STREAM, "b").as_deref(), publisher.deliveries.costs.reads), (Some("2"), 1));
}

#[tokio::test]
async fn a_result_that_is_there_before_the_record_goes_whole() {
    let (store, next) = (MemoryStore::default(), RecordingNext::default());
    let mut publisher = Publisher::new(outlet(Some(&store), &next, &["B"]), Duration::ZERO);
    publisher.publish(vec![field("a", "1")]);
    // What has not left this environment may change.
    changed(&mut publisher);
    publisher.flush(soon()).await.unwrap();
    assert!(next.invoked.lock().unwrap()[0].1.starts_with(r#"{"a": 3, "b": 2, "__unum__""#));
}

#[tokio::test(start_paused = true)]
async fn a_handler_that_is_done_within_its_head_start_costs_no_read() {
    let (store, next) = (MemoryStore::default(), RecordingNext::default());
    let mut publisher = Publisher::new(outlet(Some(&store), &next, &["B"]), Duration::from_millis(10));
    publisher.publish(vec![field("a", "1")]);
    pass(&mut publisher).await;
    assert!(publisher.deliveries.next.is_empty());
    tokio::time::advance(Duration::from_millis(10)).await;
    pass(&mut publisher).await;
    assert!(publisher.deliveries.next[0].early);
}

#[tokio::test(start_paused = true)]
async fn without_the_runs_record_nothing_goes_ahead() {
    let (store, next) = (MemoryStore { unreadable: true, ..MemoryStore::default() }, RecordingNext::default());
    let mut publisher = Publisher::new(outlet(Some(&store), &next, &["B"]), Duration::ZERO);
    publisher.publish(vec![field("a", "1")]);
    pass(&mut publisher).await;
    publisher.publish(vec![field("b", "2")]);
    publisher.finish_result(b"{\"a\": 1, \"b\": 2}", Vec::new());
    publisher.flush(soon()).await.unwrap();
    assert!(!publisher.deliveries.next[0].early);
}

#[tokio::test(start_paused = true)]
async fn a_changed_field_fails_this_attempt_and_holds_back_the_next_one() {
    let (store, next) = (MemoryStore::default(), RecordingNext::default());
    let mut first = Publisher::new(outlet(Some(&store), &next, &["B"]), Duration::ZERO);
    first.publish(vec![field("a", "1")]);
    pass(&mut first).await;
    changed(&mut first);
    assert!(matches!(first.flush(soon()).await, Err(PublishError::FieldChanged { .. })));
    let end = End::Failed { cause: "Unum.FieldChanged: field `a` changed".to_owned(), changed: vec!["a".to_owned()] };
    assert_eq!(store.end_of(STREAM), Some(end));

    let mut second = Publisher::new(outlet(Some(&store), &next, &["B"]), Duration::ZERO);
    second.publish(vec![field("a", "1")]);
    pass(&mut second).await;
    changed(&mut second);
    second.flush(soon()).await.unwrap();
    assert!(!second.deliveries.next[0].early);
}

#[tokio::test]
async fn a_strict_stream_is_whole_only_at_the_return_and_says_so() {
    let (store, next) = (MemoryStore::default(), RecordingNext::default());
    let mut outlet = outlet(Some(&store), &next, &["B"]);
    outlet.envelope.end = true;
    let mut publisher = Publisher::with_record(outlet, &RunRecord::default());
    publisher.publish(vec![field("a", "1")]);
    publisher.publish(vec![field("b", "2")]);
    publisher.flush(soon()).await.unwrap();
    assert_eq!(store.value(STREAM, "b"), None);
    publisher.finish_result(b"{\"a\": 1, \"b\": 2}", Vec::new());
    publisher.flush(soon()).await.unwrap();
    assert_eq!((store.value(STREAM, "b").as_deref(), store.end_of(STREAM)), (Some("2"), None));
    publisher.end_streams(STREAM);
    publisher.flush(soon()).await.unwrap();
    assert_eq!(store.end_of(STREAM), Some(End::Complete));
    assert!(next.invoked.lock().unwrap()[0].1.contains(r#""end":true"#));
}

#[tokio::test]
async fn next_starts_with_as_many_fields_as_it_is_to_have() {
    let (store, next) = (MemoryStore::default(), RecordingNext::default());
    let mut outlet = outlet(Some(&store), &next, &["B"]);
    (outlet.start_after, outlet.keys) = (StartAfter::Count(2), ["a", "b", "c"].map(str::to_owned).to_vec());
    let mut publisher = Publisher::with_record(outlet, &RunRecord::default());
    publisher.publish(vec![field("a", "1")]);
    assert!(publisher.deliveries.next.is_empty());
    publisher.publish(vec![field("b", "2")]);
    assert_eq!(publisher.deliveries.next[0].inline, ["a", "b"]);
    publisher.finish_result(br#"{"a": 1, "b": 2, "c": 3}"#, vec![field("c", "3")]);
    publisher.flush(soon()).await.unwrap();
    assert_eq!((store.value(STREAM, "a"), store.value(STREAM, "c").as_deref()), (None, Some("3")));
}

#[tokio::test]
async fn next_starts_with_the_fields_that_it_is_to_have() {
    let (store, next) = (MemoryStore::default(), RecordingNext::default());
    let mut outlet = outlet(Some(&store), &next, &["B"]);
    outlet.keys = ["a", "b", "c", "d"].map(str::to_owned).to_vec();
    outlet.start_after = StartAfter::Fields(vec!["c".to_owned(), "b".to_owned()]);
    let mut publisher = Publisher::with_record(outlet, &RunRecord::default());
    for name in ["a", "b", "c"] {
        assert!(publisher.deliveries.next.is_empty());
        publisher.publish(vec![field(name, "1")]);
    }
    assert_eq!(publisher.deliveries.next[0].inline, ["a", "b", "c"]);
}

#[tokio::test]
async fn a_result_of_fewer_fields_than_next_is_to_have_goes_whole() {
    let (store, next) = (MemoryStore::default(), RecordingNext::default());
    let mut outlet = outlet(Some(&store), &next, &["B"]);
    outlet.start_after = StartAfter::Count(3);
    let mut publisher = Publisher::with_record(outlet, &RunRecord::default());
    publisher.publish(vec![field("a", "1")]);
    publisher.publish(vec![field("b", "2")]);
    publisher.finish_result(br#"{"a": 1, "b": 2}"#, Vec::new());
    publisher.flush(soon()).await.unwrap();
    assert!(!publisher.deliveries.next[0].early && !next.invoked.lock().unwrap()[0].1.contains("__unum_future__"));
}

#[tokio::test]
async fn a_result_without_publishes_goes_to_next_whole() {
    let next = RecordingNext::default();
    let mut publisher = publisher(None, &next, &["B"]);
    publisher.finish_result(b"[1]", Vec::new());
    publisher.flush(soon()).await.unwrap();
    assert_eq!(next.invoked.lock().unwrap().clone(), [("B".to_owned(), "[1]".to_owned())]);
}

#[tokio::test]
async fn a_large_result_goes_through_the_store_field_by_field() {
    let (store, next) = (MemoryStore::default(), RecordingNext::default());
    let large = format!("\"{}\"", "x".repeat(MAX_PAYLOAD_BYTES));
    let mut publisher = publisher(Some(&store), &next, &["B"]);
    publisher.finish_result(format!("{{\"big\": {large}, \"small\": 1}}").as_bytes(), Vec::new());
    publisher.flush(soon()).await.unwrap();
    assert_eq!(store.value(STREAM, "big"), Some(large));
    assert!(next.invoked.lock().unwrap()[0].1.contains(r#""small":1"#));
}

/// A result of so many fields with too many bytes for one payload.
fn large(count: usize) -> String {
    let value = "x".repeat(2 * MAX_PAYLOAD_BYTES / count);
    let members: Vec<String> = (0..count).map(|number| format!(r#""f{number}": "{value}""#)).collect();
    format!("{{{}}}", members.join(", "))
}

#[tokio::test]
async fn however_many_fields_there_are_few_are_written_at_a_time() {
    let (store, next) = (MemoryStore::default(), RecordingNext::default());
    let mut publisher = publisher(Some(&store), &next, &["B"]);
    publisher.finish_result(large(2000).as_bytes(), Vec::new());
    publisher.flush(soon()).await.unwrap();
    let mut stored = publisher.deliveries.published();
    stored.retain(|field| !field.inline);
    assert!(stored.len() > 1000, "{}", stored.len());
    assert!(stored.iter().all(|field| field.stored_ms.is_some() && store.value(STREAM, &field.field).is_some()));
    assert_eq!(store.open_writes.most(), MAX_WRITES);
}

#[tokio::test]
async fn after_a_failure_no_write_is_begun() {
    let store =
        MemoryStore { refused: (0..2000).map(|number| format!("f{number}")).collect(), ..MemoryStore::default() };
    let mut publisher = publisher(Some(&store), &RecordingNext::default(), &["B"]);
    publisher.finish_result(large(2000).as_bytes(), Vec::new());
    assert!(matches!(publisher.flush(soon()).await, Err(PublishError::Store { .. })));
    assert!(store.open_writes.begun() < 1000, "{}", store.open_writes.begun());
    assert!(store.failure(STREAM).is_some());
}

#[tokio::test]
async fn what_is_not_acknowledged_is_an_error_that_names_it() {
    let next = RecordingNext { missing: ["B".to_owned()].into(), ..RecordingNext::default() };
    let mut lost_next = publisher(None, &next, &["B"]);
    lost_next.finish_result(b"{}", Vec::new());
    let error = lost_next.flush(soon()).await.unwrap_err();
    assert_eq!(error.to_string(), "cannot invoke `B` (UNUM_NEXT): there is no such function");

    let store = MemoryStore { refused: ["b".to_owned()].into(), ..MemoryStore::default() };
    let mut lost_field = publisher(Some(&store), &RecordingNext::default(), &["B"]);
    lost_field.publish(vec![field("a", "1")]);
    lost_field.publish(vec![field("b", "2")]);
    let error = lost_field.flush(soon()).await.unwrap_err();
    assert!(error.to_string().starts_with("cannot store field `b`: table `memory`"), "{error}");
    assert!(store.failure(STREAM).unwrap().starts_with("Unum.FieldStoreError: cannot store field `b`"));
}

/// Whoever has it can send an envelope that names it: docs/threat-model.md.
#[test]
fn no_message_has_a_streams_name() {
    let store = MemoryStore::default();
    let mut publisher = publisher(Some(&store), &RecordingNext::default(), &["B"]);
    let conflict = StoreError::Conflict { field: "a".to_owned() };
    publisher.note(Err(PublishError::End { function: "A".to_owned(), source: conflict }));
    let error = publisher.failure.take().unwrap().to_string();
    assert_eq!(error, "the end of `A`'s stream cannot be recorded: field `a` is already there with another value");
}

#[tokio::test]
async fn a_write_that_panics_is_not_an_acknowledgement() {
    let store = MemoryStore { panicking: true, ..MemoryStore::default() };
    let mut publisher = publisher(Some(&store), &RecordingNext::default(), &["B"]);
    publisher.publish(vec![field("a", "1")]);
    publisher.publish(vec![field("b", "2")]);
    assert!(matches!(publisher.flush(soon()).await, Err(PublishError::Lost(_))));
}

#[tokio::test]
async fn a_value_that_json_does_not_know_is_named() {
    let (store, next) = (MemoryStore::default(), RecordingNext::default());
    let mut publisher = publisher(Some(&store), &next, &["B"]);
    publisher.publish(vec![field("a", "1")]);
    publisher.publish(vec![field("b", "NaN")]);
    let error = publisher.flush(soon()).await.unwrap_err();
    assert!(error.to_string().starts_with("field `b` cannot be passed on"), "{error}");
    assert!(store.failure(STREAM).is_some());
}

#[tokio::test]
async fn next_is_not_started_after_a_failure() {
    let next = RecordingNext::default();
    let mut publisher = publisher(Some(&MemoryStore::default()), &next, &["B"]);
    publisher.publish(vec![field("a", "NaN")]);
    publisher.publish(vec![field("b", "2")]);
    publisher.finish_result(b"{\"a\": NaN, \"b\": 2}", vec![field("a", "NaN")]);
    assert!(matches!(publisher.flush(soon()).await, Err(PublishError::NotJson { .. })));
    assert!(next.invoked.lock().unwrap().is_empty());
}

#[tokio::test(start_paused = true)]
async fn readers_learn_the_handlers_own_cause_even_if_a_write_is_given_up() {
    let store = MemoryStore {
        write_latency: Duration::from_millis(100),
        unanswered: HashSet::from(["b".to_owned()]),
        ..MemoryStore::default()
    };
    let mut publisher = publisher(Some(&store), &RecordingNext::default(), &["B"]);
    publisher.publish(vec![field("a", "1")]);
    publisher.publish(vec![field("b", "2")]);
    let error = publisher.flush_failed("it broke", soon()).await.unwrap_err();
    assert!(matches!(error, PublishError::OutOfTime { .. }));
    assert_eq!((store.value(STREAM, "b"), store.failure(STREAM).as_deref()), (None, Some("it broke")));
    assert_eq!(publisher.deliveries.costs.writes, 1);
}

#[tokio::test(start_paused = true)]
async fn readers_learn_the_handlers_own_cause_even_if_a_write_fails_after_it() {
    let store = MemoryStore {
        write_latency: Duration::from_millis(100),
        refused: HashSet::from(["b".to_owned()]),
        ..MemoryStore::default()
    };
    let mut publisher = publisher(Some(&store), &RecordingNext::default(), &["B"]);
    publisher.publish(vec![field("a", "1")]);
    publisher.publish(vec![field("b", "2")]);
    assert!(matches!(publisher.flush_failed("it broke", soon()).await, Err(PublishError::Store { .. })));
    assert_eq!(store.failure(STREAM).as_deref(), Some("it broke"));
}

#[tokio::test]
async fn what_was_not_sent_after_a_failure_is_neither_published_nor_counted() {
    let store = MemoryStore { refused: HashSet::from(["f0".to_owned()]), ..MemoryStore::default() };
    let mut publisher = publisher(Some(&store), &RecordingNext::default(), &["B"]);
    publisher.publish(vec![field("a", "1")]);
    publisher.publish(many(3 * MAX_WRITES, MOST_BYTES_TOGETHER));
    assert!(publisher.flush(soon()).await.is_err());
    let sent = publisher.deliveries.published();
    assert!(sent.len() <= 1 + 2 * MAX_WRITES, "{}", sent.len());
    let stored = sent.iter().filter(|field| field.stored_ms.is_some()).count() as u64;
    let bytes = stored * MOST_BYTES_TOGETHER as u64;
    assert_eq!((publisher.deliveries.costs.writes - 1, publisher.deliveries.costs.bytes_written), (stored, bytes));
}

#[tokio::test]
async fn a_failure_without_readers_leaves_no_marker() {
    let store = MemoryStore::default();
    let mut publisher = publisher(Some(&store), &RecordingNext::default(), &["B"]);
    publisher.flush_failed("it broke", soon()).await.unwrap();
    assert_eq!(store.failure(STREAM), None);
}
