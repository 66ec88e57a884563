//! A DynamoDB table as far as the field store uses it: conditional puts, consistent reads, pages, capacity units.

use std::collections::{BTreeMap, HashMap};

use serde::Serialize;
use serde_json::{Map, Value, json};

use crate::clock::Nanos;

pub type Item = Map<String, Value>;

/// A Query's answer ends after this many bytes of items.
const PAGE_BYTES: usize = 1024 * 1024;
const WRITE_UNIT_BYTES: usize = 1024;
const READ_UNIT_BYTES: usize = 4096;

#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    #[error("The conditional request failed")]
    ConditionFailed { winner: Item },
    #[error("{0}")]
    NotKnownHere(String),
}

#[derive(Debug, Serialize)]
pub struct Write {
    pub stream: String,
    pub field: String,
    pub arrived_ns: Nanos,
    pub bytes: usize,
    pub units: usize,
}

/// Of one stream, in all.
#[derive(Debug, Default, Serialize)]
pub struct Reads {
    pub requests: usize,
    pub units: usize,
}

struct Stored {
    item: Item,
    /// The future, for what a benchmark puts here to be found later.
    readable_ns: Nanos,
}

#[derive(Default)]
pub struct Store {
    streams: HashMap<String, BTreeMap<String, Stored>>,
    pub writes: Vec<Write>,
    pub reads: HashMap<String, Reads>,
}

impl Store {
    pub fn put(&mut self, request: &Value, arrived_ns: Nanos, now: Nanos) -> Result<Value, StoreError> {
        let item = request["Item"].as_object().ok_or_else(|| not_known("PutItem without an item"))?;
        let (stream, field) = (key(&request["Item"], "stream")?, key(&request["Item"], "field")?);
        let condition = request["ConditionExpression"].as_str();
        let there = self.streams.get(&stream).and_then(|fields| fields.get(&field));
        match condition {
            Some(text) if !text.starts_with("attribute_not_exists(") => {
                return Err(not_known(&format!("the condition `{text}`")));
            }
            Some(_) => {
                if let Some(stored) = there.filter(|stored| stored.readable_ns <= now) {
                    return Err(StoreError::ConditionFailed { winner: stored.item.clone() });
                }
            }
            None => {}
        }
        let bytes = item_bytes(item);
        let units = bytes.div_ceil(WRITE_UNIT_BYTES);
        self.writes.push(Write { stream: stream.clone(), field: field.clone(), arrived_ns, bytes, units });
        self.streams.entry(stream).or_default().insert(field, Stored { item: item.clone(), readable_ns: now });
        Ok(json!({}))
    }

    /// Not a request: what a benchmark lets appear at a time of its own.
    pub fn place(&mut self, stream: &str, field: &str, value: &str, readable_ns: Nanos) {
        let item = json!({"stream": {"S": stream}, "field": {"S": field}, "value": {"S": value}});
        let item = item.as_object().cloned().unwrap_or_default();
        self.streams.entry(stream.to_owned()).or_default().insert(field.to_owned(), Stored { item, readable_ns });
    }

    /// One page of a partition.
    pub fn query(&mut self, request: &Value, now: Nanos) -> Result<Value, StoreError> {
        let whole = request["KeyConditionExpression"].as_str().is_some_and(|text| !text.contains(" AND "));
        let values = request["ExpressionAttributeValues"].as_object().filter(|values| whole && values.len() == 1);
        let stream = values
            .and_then(|values| values.values().next())
            .and_then(|value| value["S"].as_str())
            .ok_or_else(|| not_known("a Query of anything but one whole partition"))?;
        let start = request["ExclusiveStartKey"]["field"]["S"].as_str();
        let (mut items, mut bytes, mut last) = (Vec::new(), 0, None);
        for (field, stored) in self.streams.get(stream).into_iter().flatten() {
            if stored.readable_ns > now || start.is_some_and(|start| field.as_str() <= start) {
                continue;
            }
            bytes += item_bytes(&stored.item);
            items.push(&stored.item);
            if bytes >= PAGE_BYTES {
                last = Some(json!({"stream": {"S": stream}, "field": {"S": field}}));
                break;
            }
        }
        let mut answer = json!({"Count": items.len(), "ScannedCount": items.len(), "Items": items});
        if let Some(last) = last {
            answer["LastEvaluatedKey"] = last;
        }
        self.count(stream, read_units(bytes, request["ConsistentRead"] == true));
        Ok(answer)
    }

    pub fn batch_get(&mut self, request: &Value, now: Nanos) -> Result<Value, StoreError> {
        let (table, wanted) = request["RequestItems"]
            .as_object()
            .filter(|tables| tables.len() == 1)
            .and_then(|tables| tables.iter().next())
            .ok_or_else(|| not_known("BatchGetItem of anything but one table"))?;
        let consistent = wanted["ConsistentRead"] == true;
        let (mut items, mut units, mut of) = (Vec::new(), 0, String::new());
        for wanted in wanted["Keys"].as_array().into_iter().flatten() {
            let (stream, field) = (key(wanted, "stream")?, key(wanted, "field")?);
            let stored = self.streams.get(&stream).and_then(|fields| fields.get(&field));
            let found = stored.filter(|stored| stored.readable_ns <= now).map(|stored| &stored.item);
            units += read_units(found.map_or(0, item_bytes), consistent);
            items.extend(found);
            of = stream;
        }
        let answer = json!({"Responses": {table: items}, "UnprocessedKeys": {}});
        self.count(&of, units);
        Ok(answer)
    }

    fn count(&mut self, stream: &str, units: usize) {
        let reads = self.reads.entry(stream.to_owned()).or_default();
        reads.requests += 1;
        reads.units += units;
    }
}

/// Twice the units that an eventually consistent read of the bytes takes, so that they are whole numbers.
fn read_units(bytes: usize, consistent: bool) -> usize {
    bytes.div_ceil(READ_UNIT_BYTES).max(1) * if consistent { 2 } else { 1 }
}

/// As DynamoDB counts: names and values.
fn item_bytes(item: &Item) -> usize {
    item.iter().map(|(name, value)| name.len() + value_bytes(value)).sum()
}

/// Of an attribute's value, `{"S": …}`; <https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/CapacityUnitCalculations.html>
fn value_bytes(value: &Value) -> usize {
    let content = |content: &Value| match content {
        Value::Array(list) => 3 + list.iter().map(|value| 1 + value_bytes(value)).sum::<usize>(),
        other => other.as_str().map_or(0, str::len),
    };
    value.as_object().into_iter().flat_map(Map::values).map(content).sum()
}

fn key(item: &Value, name: &str) -> Result<String, StoreError> {
    let text = item[name]["S"].as_str().filter(|text| !text.is_empty());
    text.map(str::to_owned).ok_or_else(|| not_known(&format!("a key without `{name}`")))
}

fn not_known(what: &str) -> StoreError {
    StoreError::NotKnownHere(format!("the benchmark's table does not know {what}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn put(store: &mut Store, field: &str, value: &str) -> Result<Value, StoreError> {
        let item = json!({"stream": {"S": "s"}, "field": {"S": field}, "value": {"S": value}});
        let request = json!({"Item": item, "ConditionExpression": "attribute_not_exists(#stream)"});
        store.put(&request, 0, 1)
    }

    fn query(store: &mut Store, start: Option<&Value>) -> Value {
        let mut request = json!({
            "KeyConditionExpression": "#stream = :stream",
            "ExpressionAttributeValues": {":stream": {"S": "s"}},
            "ConsistentRead": true,
        });
        if let Some(start) = start {
            request["ExclusiveStartKey"] = start.clone();
        }
        store.query(&request, 1).unwrap()
    }

    #[test]
    fn the_first_writer_wins() {
        let mut store = Store::default();
        put(&mut store, "a", "1").unwrap();
        let Err(StoreError::ConditionFailed { winner }) = put(&mut store, "a", "2") else { panic!() };
        assert_eq!(winner["value"]["S"], "1");
        assert_eq!((store.writes.len(), store.writes[0].units), (1, 1));
    }

    #[test]
    fn a_partition_is_read_in_pages() {
        let mut store = Store::default();
        for number in 0..4 {
            put(&mut store, &format!("{number}"), &"x".repeat(400_000)).unwrap();
        }
        let first = query(&mut store, None);
        let second = query(&mut store, Some(&first["LastEvaluatedKey"]));
        assert_eq!((&first["Count"], &second["Count"]), (&json!(3), &json!(1)));
        assert!(second.get("LastEvaluatedKey").is_none());
        assert_eq!(store.reads["s"].requests, 2);
    }

    #[test]
    fn what_is_not_readable_yet_is_not_there() {
        let mut store = Store::default();
        store.place("s", "a", "1", 2);
        assert_eq!(query(&mut store, None)["Count"], 0);
        let keys = json!([{"stream": {"S": "s"}, "field": {"S": "a"}}]);
        let request = json!({"RequestItems": {"t": {"Keys": keys, "ConsistentRead": true}}});
        assert_eq!(store.batch_get(&request, 1).unwrap()["Responses"]["t"], json!([]));
        assert_eq!(store.batch_get(&request, 2).unwrap()["Responses"]["t"][0]["value"]["S"], "1");
        assert_eq!(store.reads["s"].units, 6);
    }
}
