//! A table on the far side of the SDK's client, which counts what is read of it; for tests.

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex},
    time::Duration,
};

use aws_sdk_dynamodb::{
    Client, Config,
    config::{Credentials, Region},
};
use aws_smithy_runtime_api::{
    client::{
        http::{HttpConnector, HttpConnectorFuture, SharedHttpConnector, http_client_fn},
        orchestrator::{HttpRequest, HttpResponse},
    },
    http::StatusCode,
};
use aws_smithy_types::body::SdkBody;
use serde_json::{Value, json};

use super::{DynamoStore, MAX_BATCH_KEYS, READ_UNIT_BYTES};

const NAME: &str = "fields";
const CONDITION_FAILED: &str = "com.amazonaws.dynamodb.v20120810#ConditionalCheckFailedException";

#[derive(Debug, Clone)]
pub struct Table {
    /// By partition and sort key.
    items: Arc<Mutex<BTreeMap<[String; 2], Value>>>,
    requests: Arc<Mutex<Vec<(String, u64)>>>,
    most_processed: usize,
    has_sort_key: bool,
    /// Is written as soon as a request has been answered.
    late: Arc<Mutex<Option<Value>>>,
}

impl Default for Table {
    fn default() -> Self {
        Self::processing(MAX_BATCH_KEYS)
    }
}

impl Table {
    /// A table that processes so many keys of a `BatchGetItem`.
    pub fn processing(most_processed: usize) -> Self {
        Self {
            items: Arc::default(),
            requests: Arc::default(),
            most_processed,
            has_sort_key: true,
            late: Arc::default(),
        }
    }

    /// A table of the wrong kind: one item for each stream.
    pub fn without_sort_key() -> Self {
        Self { has_sort_key: false, ..Self::default() }
    }

    pub fn store(&self) -> DynamoStore {
        let connector = SharedHttpConnector::new(self.clone());
        let config = Config::builder()
            .behavior_version_latest()
            .region(Region::new("eu-west-1"))
            .credentials_provider(Credentials::new("id", "key", None, None, "test"))
            .http_client(http_client_fn(move |_, _| connector.clone()))
            .build();
        DynamoStore::new(Client::from_conf(config), NAME, Duration::from_hours(1))
    }

    /// What another process writes while the next request's answer is on its way.
    pub fn write_after_next_request(&self, [stream, field]: [&str; 2], value: &str) {
        let item = json!({ "stream": { "S": stream }, "field": { "S": field }, "value": { "S": value } });
        *self.late.lock().unwrap() = Some(item);
    }

    /// An item that no writer of ours makes.
    pub fn damage(&self, [stream, field]: [&str; 2], attribute: &str, content: Value) {
        let mut items = self.items.lock().unwrap();
        items.get_mut(&[stream.to_owned(), field.to_owned()]).unwrap()[attribute] = content;
    }

    pub fn forget_requests(&self) {
        self.requests.lock().unwrap().clear();
    }

    /// Operations in order, with the read units that they take.
    pub fn requests(&self) -> Vec<(String, u64)> {
        self.requests.lock().unwrap().clone()
    }

    /// The answer to a request, and the read units that it takes.
    fn answer(&self, operation: &str, request: &Value) -> (Value, u64) {
        match operation {
            "PutItem" => (self.put_first(request["Item"].clone()), 0),
            "Query" => self.query(&text(&request["ExpressionAttributeValues"][":stream"])),
            "BatchGetItem" => self.batch_get(request["RequestItems"][NAME]["Keys"].as_array().unwrap()),
            _ => panic!("{operation}"),
        }
    }

    fn put(&self, item: Value) {
        self.items.lock().unwrap().insert(self.key_of(&item), item);
    }

    /// Nothing here expires.
    fn put_first(&self, item: Value) -> Value {
        let there = self.items.lock().unwrap().get(&self.key_of(&item)).cloned();
        let Some(there) = there else {
            self.put(item);
            return json!({});
        };
        json!({ "__type": CONDITION_FAILED, "message": "The conditional request failed", "Item": there })
    }

    fn key_of(&self, item: &Value) -> [String; 2] {
        let field = if self.has_sort_key { text(&item["field"]) } else { String::new() };
        [text(&item["stream"]), field]
    }

    fn query(&self, partition: &str) -> (Value, u64) {
        let items = self.items.lock().unwrap();
        let found: Vec<&Value> = items.iter().filter(|([of, _], _)| of == partition).map(|(_, item)| item).collect();
        (json!({ "Items": found }), units(found.iter().map(|item| bytes(item)).sum()))
    }

    fn batch_get(&self, keys: &[Value]) -> (Value, u64) {
        assert!(keys.len() <= MAX_BATCH_KEYS);
        let (processed, left) = keys.split_at(keys.len().min(self.most_processed));
        let items = self.items.lock().unwrap();
        let found: Vec<&Value> = processed.iter().filter_map(|key| items.get(&self.key_of(key))).collect();
        let absent = (processed.len() - found.len()) as u64;
        let unprocessed = if left.is_empty() { json!({}) } else { json!({ NAME: { "Keys": left } }) };
        let units = absent + found.iter().map(|item| units(bytes(item))).sum::<u64>();
        (json!({ "Responses": { NAME: found }, "UnprocessedKeys": unprocessed }), units)
    }
}

impl HttpConnector for Table {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        let operation = request.headers().get("x-amz-target").unwrap().rsplit('.').next().unwrap().to_owned();
        let body = serde_json::from_slice(request.body().bytes().unwrap()).unwrap();
        let (answer, units) = self.answer(&operation, &body);
        if let Some(item) = self.late.lock().unwrap().take() {
            self.put(item);
        }
        self.requests.lock().unwrap().push((operation, units));
        let status = StatusCode::try_from(if answer["__type"].is_null() { 200 } else { 400 }).unwrap();
        HttpConnectorFuture::ready(Ok(HttpResponse::new(status, SdkBody::from(answer.to_string()))))
    }
}

/// Of a string or a number.
fn text(value: &Value) -> String {
    value["S"].as_str().or(value["N"].as_str()).unwrap_or_default().to_owned()
}

fn bytes(item: &Value) -> u64 {
    item.as_object().unwrap().iter().map(|(name, value)| name.len() as u64 + value_bytes(value)).sum()
}

/// <https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/CapacityUnitCalculations.html>
fn value_bytes(value: &Value) -> u64 {
    match value["L"].as_array() {
        Some(list) => 3 + list.iter().map(|value| 1 + value_bytes(value)).sum::<u64>(),
        None => text(value).len() as u64,
    }
}

fn units(bytes: u64) -> u64 {
    bytes.div_ceil(READ_UNIT_BYTES).max(1)
}
