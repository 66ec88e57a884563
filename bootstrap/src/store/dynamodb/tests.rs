use serde_json::json;

use super::{table::Table, *};

fn names(count: usize) -> Vec<String> {
    (0..count).map(|number| format!("f{number}")).collect()
}

/// Stores fields of about so many bytes; gives what a look at all of them finds.
async fn filled(table: &Table, names: &[String], bytes: usize) -> Fetched {
    for name in names {
        let field = Field { name: name.clone(), json: "7".repeat(bytes) };
        table.store().put("s", vec![field]).await.unwrap();
    }
    table.store().fetch("s", names.to_vec(), 0).await.unwrap()
}

/// What a look costs, as the table counts it.
async fn look(table: &Table, missing: &[String], bytes_known: u64) -> (Fetched, Vec<(String, u64)>) {
    table.forget_requests();
    let fetched = table.store().fetch("s", missing.to_vec(), bytes_known).await.unwrap();
    (fetched, table.requests())
}

fn operations(requests: &[(String, u64)]) -> Vec<&str> {
    requests.iter().map(|(operation, _)| operation.as_str()).collect()
}

fn units(requests: &[(String, u64)]) -> u64 {
    requests.iter().map(|(_, units)| units).sum()
}

#[tokio::test(start_paused = true)]
async fn a_look_takes_the_way_that_reads_less() {
    let (known, missing) = (names(700), names(1000).split_off(700));
    let table = Table::default();
    // 700 items of 1 KB are 175 units and some for their keys, 302 keys are 302.
    let small = filled(&table, &known, 1000).await;
    let (_, requests) = look(&table, &missing, small.field_bytes).await;
    assert_eq!(operations(&requests), ["Query"]);
    assert!(units(&requests) < 302, "{requests:?}");

    let table = Table::default();
    let large = filled(&table, &known, 4000).await;
    let (fetched, requests) = look(&table, &missing, large.field_bytes).await;
    assert_eq!(operations(&requests), ["BatchGetItem"; 4]);
    assert_eq!((units(&requests), fetched.requests), (302, 4));
}

#[tokio::test(start_paused = true)]
async fn fields_that_were_written_together_are_one_item_however_it_is_read() {
    let (table, long, number) = (Table::default(), "n".repeat(2000), "7".repeat(3000));
    let texts = [(long.as_str(), "1"), ("", "[2]"), ("é", &number)];
    let fields = || texts.map(|(name, json)| Field { name: name.to_owned(), json: json.to_owned() }).to_vec();
    assert_eq!(table.store().put("s", fields()).await, Ok(1));
    let missing: Vec<String> = ["other", "é", "", &long].map(str::to_owned).to_vec();
    let mut bytes = Vec::new();
    for (bytes_known, operation) in [(0, "Query"), (u64::MAX, "BatchGetItem")] {
        let (fetched, requests) = look(&table, &missing, bytes_known).await;
        assert_eq!((operations(&requests), fetched.fields), (vec![operation], fields()));
        bytes.push(fetched.field_bytes);
    }
    assert!(bytes[0] == bytes[1] && bytes[0] > 3000, "{bytes:?}");
}

#[tokio::test(start_paused = true)]
async fn a_damaged_item_is_told_and_not_guessed_at() {
    let text = |text: &str| json!({ "S": text });
    for content in [text("b"), json!({ "L": [text("b")] }), json!({ "L": [text("b"), { "N": "1" }, text("c")] })] {
        let table = Table::default();
        filled(&table, &names(1), 1).await;
        table.damage(["s", "f:f0"], ALSO, content);
        let error = table.store().fetch("s", names(1), 0).await.unwrap_err().to_string();
        assert!(error.contains("the item of `f0` is damaged: `also` is not a list"), "{error}");
    }
}

#[tokio::test(start_paused = true)]
async fn parts_are_not_read_again_by_a_look_at_the_stream() {
    let table = Table::default();
    let known = filled(&table, &names(1), 3 * MAX_PART_BYTES).await;
    assert!(known.bytes > 3 * MAX_PART_BYTES as u64);
    let (_, requests) = look(&table, &names(40).split_off(1), known.field_bytes).await;
    assert_eq!(requests, [("Query".to_owned(), 1)]);
}

#[tokio::test(start_paused = true)]
async fn keys_that_were_left_unprocessed_are_asked_for_again_within_the_look() {
    let table = Table::processing(7);
    filled(&table, &names(250), 10).await;
    let (fetched, requests) = look(&table, &names(300), u64::MAX).await;
    assert_eq!(operations(&requests), vec!["BatchGetItem"; 302_usize.div_ceil(7)]);
    assert_eq!(fetched.fields.len(), 250);
}

#[tokio::test(start_paused = true)]
async fn what_was_written_before_the_mark_of_a_failed_stream_is_not_missed() {
    let table = Table::default();
    table.store().end("s", End::Failed { cause: "boom".to_owned(), changed: Vec::new() }).await.unwrap();
    table.write_after_next_request(["s", "f:f0"], "1");
    let (fetched, requests) = look(&table, &names(1), u64::MAX).await;
    assert_eq!(operations(&requests), ["BatchGetItem", "Query"]);
    assert_eq!((fetched.fields.len(), fetched.field_bytes > 0), (1, true));
    assert!(matches!(fetched.end, Some(End::Failed { .. })));
}

#[tokio::test(start_paused = true)]
async fn what_has_taken_the_place_of_another_item_is_no_first_writer() {
    let failed = || End::Failed { cause: "boom".to_owned(), changed: Vec::new() };
    let field = |name: &str| vec![Field { name: name.to_owned(), json: "1".to_owned() }];
    let table = Table::without_sort_key();
    let store = table.store();
    assert_eq!(store.put("s", field("a")).await, Ok(1));
    assert_eq!(store.put("s", field("a")).await, Ok(1));
    let refused = StoreError::OtherKeys { table: "fields".to_owned() };
    assert_eq!(store.put("s", field("b")).await, Err(refused.clone()));
    assert_eq!(store.end("s", failed()).await, Err(refused.clone()));
    assert_eq!(store.end("s", End::Complete).await, Err(refused.clone()));
    assert_eq!(store.record_changed("s", &names(1)).await, Err(refused.clone()));
    assert_eq!(store.record_result("s", "1").await, Err(refused.clone()));
    assert_eq!(
        refused.to_string(),
        "table `fields` (UNUM_TABLE) has other keys than the field store's: its partition key must be `stream`, its sort key \
         `field`, both strings"
    );
}

#[tokio::test(start_paused = true)]
async fn the_first_writer_wins() {
    let failed = |cause: &str| End::Failed { cause: cause.to_owned(), changed: Vec::new() };
    let field = |json: &str| vec![Field { name: "a".to_owned(), json: json.to_owned() }];
    let store = Table::default().store();
    assert_eq!(store.put("s", field("1")).await, Ok(1));
    assert_eq!(store.put("s", field("2")).await, Err(StoreError::Conflict { field: "a".to_owned() }));
    for end in [failed("first"), failed("second"), End::Complete, End::Complete] {
        assert_eq!(store.end("s", end).await, Ok(1));
    }
    let recorded = |before: Option<&str>| before.map(str::to_owned);
    for (result, before) in [("1", None), ("1", None), ("2", Some("1"))] {
        assert_eq!(store.record_result("r", result).await.unwrap().before, recorded(before), "{result}");
    }
}

#[tokio::test(start_paused = true)]
async fn keys_that_stay_unprocessed_are_an_error_that_passes() {
    let table = Table::processing(0);
    let error = table.store().fetch("s", names(3), u64::MAX).await.unwrap_err();
    assert!(matches!(error, StoreError::Request { passing: true, .. }));
    assert_eq!(
        error.to_string(),
        "table `fields` (UNUM_TABLE): BatchGetItem left 5 keys unprocessed, 12 times in a row"
    );
}

#[test]
fn any_name_has_a_key_that_dynamodb_takes() {
    let long = "x".repeat(2000);
    for name in ["", "a", "!failed", "\u{0}\u{1F600}", &long] {
        let key = field_key(name);
        assert!(!key.is_empty() && key.len() <= MAX_FIELD_KEY_BYTES && key != FAILED_KEY, "{name}");
    }
    assert_ne!(field_key(&long), field_key(&"x".repeat(2001)));
}

#[test]
fn cuts_between_characters() {
    let json = "é".repeat(MAX_PART_BYTES);
    let pieces: Vec<&str> = parts(&json).collect();
    assert!(pieces.iter().all(|piece| piece.len() <= MAX_PART_BYTES));
    assert_eq!(pieces.concat(), json);
}

#[test]
fn an_expired_item_is_not_there() {
    let item = |expiry: &str| HashMap::from([(EXPIRES_AT.to_owned(), AttributeValue::N(expiry.to_owned()))]);
    assert!(expired(&item("99"), 100));
    assert!(!expired(&item("101"), 100));
    assert!(!expired(&HashMap::new(), 100));
}
