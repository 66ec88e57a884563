//! The field store on DynamoDB.
//!
//! Partition key `stream`, sort key `field`, value as JSON text in `value`, expiry in `expires_at` (Unix seconds, the
//! table's TTL attribute). Fields that are written together are in the item of the first of them, and there under `also`:
//! who has not seen that item misses the first one, too, and asks for it. A value too large for one item is cut into parts,
//! in a partition of their own so that polling does not read them; the item of the field itself is written last and says how
//! many there are.

use std::{
    collections::HashMap,
    time::{Duration, SystemTime, UNIX_EPOCH},
};

use aws_sdk_dynamodb::{
    Client,
    error::{ProvideErrorMetadata, SdkError},
    operation::put_item::PutItemError,
    types::{AttributeValue, KeysAndAttributes, ReturnValuesOnConditionCheckFailure},
};
use sha2::{Digest, Sha256};

use super::{End, Fetched, FieldStore, Pending, Recorded, RunRecord, StoreError};
use crate::{aws, record::Costs, run, worker::protocol::Field};

/// An item holds 400 KB, names and keys included; this leaves 20 KB for those.
const MAX_PART_BYTES: usize = 380 * 1000;
/// A sort key holds 1,024 bytes.
const MAX_FIELD_KEY_BYTES: usize = 1024;
/// Keys of one `BatchGetItem`.
const MAX_BATCH_KEYS: usize = 100;
/// What one strongly consistent read unit covers.
const READ_UNIT_BYTES: u64 = 4096;
const STREAM: &str = "stream";
const FIELD: &str = "field";
const VALUE: &str = "value";
/// Names and values in turn of fields that were written together with the item's own.
const ALSO: &str = "also";
const PARTS: &str = "parts";
const EXPIRES_AT: &str = "expires_at";
/// Sort key of the item that says that the rest of a stream will never come. Fields' keys start with a letter and a colon.
const FAILED_KEY: &str = "!failed";
/// Sort key of the item that says that a stream is whole.
const COMPLETE_KEY: &str = "!complete";
const END_KEYS: [&str; 2] = [FAILED_KEY, COMPLETE_KEY];
/// Sort keys of a run's record.
const CHANGED_KEY: &str = "!changed";
const RESULT_KEY: &str = "!result";
const CHANGED: &str = "changed";
/// Partition of a checkpoint's parts: each attempt has one of its own.
const PARTS_IN: &str = "parts_in";

/// Errors that the next request would meet again.
const PERMANENT: [&str; 6] = [
    "AccessDeniedException",
    "ExpiredTokenException",
    "InvalidSignatureException",
    "ResourceNotFoundException",
    "UnrecognizedClientException",
    "ValidationException",
];

type Item = HashMap<String, AttributeValue>;

#[derive(Debug, Clone)]
pub struct DynamoStore {
    client: Client,
    table: String,
    ttl: Duration,
}

impl DynamoStore {
    pub fn new(client: Client, table: &str, ttl: Duration) -> Self {
        Self { client, table: table.to_owned(), ttl }
    }

    async fn put_fields(self, stream: String, fields: Vec<Field>) -> Result<u64, StoreError> {
        let mut fields = fields.into_iter();
        let Some(field) = fields.next() else { return Ok(0) };
        let key = field_key(&field.name);
        let also: Vec<String> = fields.flat_map(|field| [field.name, field.json]).collect();
        if !also.is_empty() {
            let content = [(VALUE, AttributeValue::S(field.json)), (ALSO, strings(also))];
            return self.put_item(&stream, &key, &field.name, content).await;
        }
        if field.json.len() <= MAX_PART_BYTES {
            let value = [(VALUE, AttributeValue::S(field.json))];
            return self.put_item(&stream, &key, &field.name, value).await;
        }
        let requests = self.put_parts(&parts_partition(&stream, &key), &field.json, &field.name).await?;
        let count = [(PARTS, AttributeValue::N(requests.to_string()))];
        Ok(requests + self.put_item(&stream, &key, &field.name, count).await?)
    }

    /// First writer wins. The SDK repeats a request whose answer was lost, so "already there" with the same value is
    /// our own first try.
    async fn put_item<const N: usize>(
        &self,
        stream: &str,
        key: &str,
        field: &str,
        content: [(&str, AttributeValue); N],
    ) -> Result<u64, StoreError> {
        match self.put_first(stream, key, content).await? {
            None => Ok(1),
            Some(_) => Err(StoreError::Conflict { field: field.to_owned() }),
        }
    }

    /// Puts an item where none is. Gives the item of another writer that was there before, if it differs.
    async fn put_first<const N: usize>(
        &self,
        partition: &str,
        key: &str,
        content: [(&str, AttributeValue); N],
    ) -> Result<Option<Item>, StoreError> {
        let content: Vec<(String, AttributeValue)> =
            content.into_iter().map(|(name, value)| (name.to_owned(), value)).collect();
        let now = SystemTime::now();
        let mut put = self
            .client
            .put_item()
            .table_name(&self.table)
            .item(STREAM, AttributeValue::S(partition.to_owned()))
            .item(FIELD, AttributeValue::S(key.to_owned()))
            .item(EXPIRES_AT, AttributeValue::N(seconds(now + self.ttl).to_string()))
            // An expired item is not there, even if DynamoDB has not deleted it yet.
            .condition_expression("attribute_not_exists(#stream) OR #expires_at <= :now")
            .expression_attribute_names("#stream", STREAM)
            .expression_attribute_names("#expires_at", EXPIRES_AT)
            .expression_attribute_values(":now", AttributeValue::N(seconds(now).to_string()))
            .return_values_on_condition_check_failure(ReturnValuesOnConditionCheckFailure::AllOld);
        for (name, value) in &content {
            put = put.item(name, value.clone());
        }
        let Err(error) = put.send().await else { return Ok(None) };
        match error.as_service_error() {
            Some(PutItemError::ConditionalCheckFailedException(winner)) => {
                // Without `field` as its sort key a table holds one item for each stream, whichever came first.
                if winner.item().is_some_and(|item| string(item, FIELD) != Some(key)) {
                    return Err(StoreError::OtherKeys { table: self.table.clone() });
                }
                let item = winner.item().cloned().unwrap_or_default();
                let same = content.iter().all(|(name, value)| item.get(name) == Some(value));
                Ok((!same).then_some(item))
            }
            _ => Err(self.request_error(&error)),
        }
    }

    async fn put_end(self, stream: String, end: End) -> Result<u64, StoreError> {
        match end {
            End::Complete => self.put_item(&stream, COMPLETE_KEY, COMPLETE_KEY, []).await,
            End::Failed { cause, changed } => {
                let content = [(VALUE, AttributeValue::S(cause)), (CHANGED, strings(changed))];
                // The first cause is as good as this one.
                self.put_first(&stream, FAILED_KEY, content).await.map(|_| 1)
            }
        }
    }

    async fn read_run(self, run: String) -> Result<RunRecord, StoreError> {
        let mut fetched = Fetched::default();
        let mut record = RunRecord::default();
        let now = seconds(SystemTime::now());
        for item in self.query(&run, &mut fetched).await?.iter().filter(|item| !expired(item, now)) {
            match string(item, FIELD) {
                Some(CHANGED_KEY) => record.changed = listed(item, CHANGED),
                Some(RESULT_KEY) => record.result = Some(self.recorded(item, &mut fetched).await?),
                _ => {}
            }
        }
        record.costs = fetched.costs();
        Ok(record)
    }

    /// The text of a checkpoint.
    async fn recorded(&self, item: &Item, fetched: &mut Fetched) -> Result<String, StoreError> {
        let partition = string(item, PARTS_IN).unwrap_or_default();
        self.text(partition, "the run's result", item, fetched).await
    }

    async fn put_result(self, run: String, result: String) -> Result<Recorded, StoreError> {
        let mut costs = Costs { writes: 1, bytes_written: result.len() as u64, ..Costs::default() };
        let first = if result.len() <= MAX_PART_BYTES {
            self.put_first(&run, RESULT_KEY, [(VALUE, AttributeValue::S(result))]).await?
        } else {
            let partition = parts_partition(&run, &run::attempt());
            let count = self.put_parts(&partition, &result, RESULT_KEY).await?;
            costs.writes += count;
            let content = [(PARTS, AttributeValue::N(count.to_string())), (PARTS_IN, AttributeValue::S(partition))];
            self.put_first(&run, RESULT_KEY, content).await?
        };
        let Some(item) = first else { return Ok(Recorded { before: None, costs }) };
        let mut fetched = Fetched::default();
        let before = self.recorded(&item, &mut fetched).await?;
        costs += fetched.costs();
        Ok(Recorded { before: Some(before), costs })
    }

    async fn put_parts(&self, partition: &str, text: &str, field: &str) -> Result<u64, StoreError> {
        let mut requests = 0;
        for (number, part) in parts(text).enumerate() {
            let value = [(VALUE, AttributeValue::S(part.to_owned()))];
            requests += self.put_item(partition, &part_key(number), field, value).await?;
        }
        Ok(requests)
    }

    async fn fetch_fields(self, stream: String, missing: Vec<String>, bytes_known: u64) -> Result<Fetched, StoreError> {
        let mut fetched = Fetched::default();
        let names: HashMap<String, String> = missing.into_iter().map(|name| (field_key(&name), name)).collect();
        // A query reads again what is known; single keys cost a unit each, whether they are there or not.
        let keys = names.len() + END_KEYS.len();
        let items = if bytes_known / READ_UNIT_BYTES > keys as u64 {
            let items = self.batch_get(&stream, names.keys(), &mut fetched).await?;
            if items.iter().any(|item| string(item, FIELD) == Some(FAILED_KEY)) {
                // A field may have been written after its key was read, and before the mark.
                self.query(&stream, &mut fetched).await?
            } else {
                items
            }
        } else {
            self.query(&stream, &mut fetched).await?
        };
        let now = seconds(SystemTime::now());
        for item in items.iter().filter(|item| !expired(item, now)) {
            let Some(key) = string(item, FIELD) else { continue };
            // An attempt may have failed while it wrote the end, and a later one have written it.
            if key == FAILED_KEY && fetched.end != Some(End::Complete) {
                let cause = string(item, VALUE).unwrap_or("unknown cause").to_owned();
                fetched.end = Some(End::Failed { cause, changed: listed(item, CHANGED) });
            } else if key == COMPLETE_KEY {
                fetched.end = Some(End::Complete);
            } else if let Some(name) = names.get(key) {
                let json = self.text(&parts_partition(&stream, key), name, item, &mut fetched).await?;
                fetched.fields.push(Field { name: name.clone(), json });
                let also = written_with(item)
                    .ok_or_else(|| self.damaged(name, "`also` is not a list of names and values in turn"))?;
                fetched.fields.extend(also);
                fetched.field_bytes += item_bytes(item);
            }
        }
        Ok(fetched)
    }

    /// An item's text, put together where `partition` holds its parts.
    async fn text(
        &self,
        partition: &str,
        field: &str,
        item: &Item,
        fetched: &mut Fetched,
    ) -> Result<String, StoreError> {
        if let Some(value) = string(item, VALUE) {
            return Ok(value.to_owned());
        }
        let damaged = |what| self.damaged(field, what);
        let count: usize = match item.get(PARTS) {
            Some(AttributeValue::N(count)) => count.parse().map_err(|_| damaged("`parts` is not a number"))?,
            _ => return Err(damaged("it has neither `value` nor `parts`")),
        };
        let parts = self.query(partition, fetched).await?;
        if parts.len() != count {
            return Err(damaged("some of its parts are not there"));
        }
        parts
            .iter()
            .map(|part| string(part, VALUE))
            .collect::<Option<String>>()
            .ok_or_else(|| damaged("a part has no value"))
    }

    fn damaged(&self, field: &str, what: &'static str) -> StoreError {
        StoreError::Damaged { table: self.table.clone(), field: field.to_owned(), what }
    }

    async fn query(&self, partition: &str, fetched: &mut Fetched) -> Result<Vec<Item>, StoreError> {
        let mut items = Vec::new();
        let mut from = None;
        loop {
            let page = self
                .client
                .query()
                .table_name(&self.table)
                .consistent_read(true)
                .key_condition_expression("#stream = :stream")
                .expression_attribute_names("#stream", STREAM)
                .expression_attribute_values(":stream", AttributeValue::S(partition.to_owned()))
                .set_exclusive_start_key(from)
                .send()
                .await
                .map_err(|error| self.request_error(&error))?;
            fetched.requests += 1;
            from = page.last_evaluated_key;
            items.extend(page.items.unwrap_or_default());
            if from.is_none() {
                fetched.bytes += items.iter().map(item_bytes).sum::<u64>();
                return Ok(items);
            }
        }
    }

    /// Asks for single items of a stream, and for how it ended, until DynamoDB has answered for every key.
    async fn batch_get(
        &self,
        stream: &str,
        keys: impl Iterator<Item = &String>,
        fetched: &mut Fetched,
    ) -> Result<Vec<Item>, StoreError> {
        let keys = keys.map(String::as_str).chain(END_KEYS);
        let mut left: Vec<Item> = keys.map(|key| item_key(stream, key)).collect();
        let mut items = Vec::new();
        // Requests in a row of which no key was processed.
        let mut fruitless = 0;
        while !left.is_empty() {
            let later = left.split_off(left.len().min(MAX_BATCH_KEYS));
            let asked = left.len();
            let (found, unprocessed) = self.get_batch(left).await?;
            fetched.requests += 1;
            items.extend(found);
            if !unprocessed.is_empty() {
                fruitless = if unprocessed.len() < asked { 0 } else { fruitless + 1 };
                if fruitless == aws::ATTEMPTS {
                    let cause = format!("BatchGetItem left {asked} keys unprocessed, {fruitless} times in a row");
                    return Err(StoreError::Request { table: self.table.clone(), cause, passing: true });
                }
                tokio::time::sleep(pause(fruitless)).await;
            }
            left = unprocessed;
            left.extend(later);
        }
        fetched.bytes += items.iter().map(item_bytes).sum::<u64>();
        Ok(items)
    }

    /// The items that are there, and the keys that DynamoDB has left unprocessed.
    async fn get_batch(&self, keys: Vec<Item>) -> Result<(Vec<Item>, Vec<Item>), StoreError> {
        let request =
            KeysAndAttributes::builder().consistent_read(true).set_keys(Some(keys)).build().map_err(|error| {
                StoreError::Request { table: self.table.clone(), cause: error.to_string(), passing: false }
            })?;
        let response = self
            .client
            .batch_get_item()
            .request_items(&self.table, request)
            .send()
            .await
            .map_err(|error| self.request_error(&error))?;
        let items = response.responses.into_iter().flatten().flat_map(|(_, items)| items).collect();
        let unprocessed = response.unprocessed_keys.into_iter().flatten().flat_map(|(_, left)| left.keys).collect();
        Ok((items, unprocessed))
    }

    fn request_error<E>(&self, error: &SdkError<E>) -> StoreError
    where
        E: ProvideErrorMetadata + std::error::Error + 'static,
    {
        let passing = !error.code().is_some_and(|code| PERMANENT.contains(&code));
        StoreError::Request { table: self.table.clone(), cause: aws::cause(error), passing }
    }
}

impl FieldStore for DynamoStore {
    fn put(&self, stream: &str, fields: Vec<Field>) -> Pending<u64> {
        Box::pin(self.clone().put_fields(stream.to_owned(), fields))
    }

    fn end(&self, stream: &str, end: End) -> Pending<u64> {
        Box::pin(self.clone().put_end(stream.to_owned(), end))
    }

    fn fetch(&self, stream: &str, missing: Vec<String>, bytes_known: u64) -> Pending<Fetched> {
        Box::pin(self.clone().fetch_fields(stream.to_owned(), missing, bytes_known))
    }

    fn run_record(&self, run: &str) -> Pending<RunRecord> {
        Box::pin(self.clone().read_run(run.to_owned()))
    }

    fn record_changed(&self, run: &str, fields: &[String]) -> Pending<u64> {
        let (store, run, fields) = (self.clone(), run.to_owned(), fields.to_vec());
        // One that is there already has the same effect.
        Box::pin(async move { store.put_first(&run, CHANGED_KEY, [(CHANGED, strings(fields))]).await.map(|_| 1) })
    }

    fn record_result(&self, run: &str, result: &str) -> Pending<Recorded> {
        Box::pin(self.clone().put_result(run.to_owned(), result.to_owned()))
    }
}

fn strings(texts: Vec<String>) -> AttributeValue {
    AttributeValue::L(texts.into_iter().map(AttributeValue::S).collect())
}

fn listed(item: &Item, attribute: &str) -> Vec<String> {
    let Some(AttributeValue::L(list)) = item.get(attribute) else { return Vec::new() };
    list.iter().filter_map(|text| text.as_s().ok().cloned()).collect()
}

/// The fields that are in another one's item; None if it is damaged.
fn written_with(item: &Item) -> Option<Vec<Field>> {
    let Some(content) = item.get(ALSO) else { return Some(Vec::new()) };
    let texts: Vec<&String> = content.as_l().ok()?.iter().map(|text| text.as_s().ok()).collect::<Option<_>>()?;
    let (pairs, rest) = texts.as_chunks();
    let field = |[name, json]: &[&String; 2]| Field { name: (*name).clone(), json: (*json).clone() };
    rest.is_empty().then(|| pairs.iter().map(field).collect())
}

/// A field's sort key: its name, or the name's hash where it is too long. Never empty.
fn field_key(name: &str) -> String {
    if name.len() + 2 <= MAX_FIELD_KEY_BYTES {
        format!("f:{name}")
    } else {
        format!("h:{}", run::hexadecimal(&Sha256::digest(name.as_bytes())))
    }
}

/// A partition key holds 2,048 bytes: the stream's name is far below one half, the field's key at most the other.
fn parts_partition(stream: &str, key: &str) -> String {
    format!("{stream}/{key}")
}

fn part_key(number: usize) -> String {
    format!("{number:06}")
}

fn parts(json: &str) -> impl Iterator<Item = &str> {
    let mut rest = json;
    std::iter::from_fn(move || {
        if rest.is_empty() {
            return None;
        }
        let (part, after) = rest.split_at(rest.floor_char_boundary(MAX_PART_BYTES));
        rest = after;
        Some(part)
    })
}

fn item_key(stream: &str, field: &str) -> Item {
    let text = |text: &str| AttributeValue::S(text.to_owned());
    HashMap::from([(STREAM.to_owned(), text(stream)), (FIELD.to_owned(), text(field))])
}

/// A random part of a length that doubles, as the SDK pauses between attempts; all of it without a source of randomness.
fn pause(fruitless: u32) -> Duration {
    let longest = (aws::INITIAL_BACKOFF * 2_u32.pow(fruitless)).min(aws::MAX_BACKOFF);
    longest.mul_f64(getrandom::u32().map_or(1.0, |number| f64::from(number) / f64::from(u32::MAX)))
}

fn string<'a>(item: &'a Item, attribute: &str) -> Option<&'a str> {
    item.get(attribute).and_then(|value| value.as_s().ok()).map(String::as_str)
}

/// DynamoDB deletes expired items late, up to days.
fn expired(item: &Item, now: u64) -> bool {
    item.get(EXPIRES_AT)
        .and_then(|value| value.as_n().ok())
        .and_then(|number| number.parse::<u64>().ok())
        .is_some_and(|expiry| expiry <= now)
}

fn item_bytes(item: &Item) -> u64 {
    item.iter().map(|(name, content)| name.len() as u64 + value_bytes(content)).sum()
}

fn value_bytes(value: &AttributeValue) -> u64 {
    match value {
        AttributeValue::S(text) | AttributeValue::N(text) => text.len() as u64,
        // https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/CapacityUnitCalculations.html
        AttributeValue::L(list) => 3 + list.iter().map(|value| 1 + value_bytes(value)).sum::<u64>(),
        _ => 0,
    }
}

fn seconds(time: SystemTime) -> u64 {
    time.duration_since(UNIX_EPOCH).unwrap_or_default().as_secs()
}

#[cfg(test)]
mod table;
#[cfg(test)]
mod tests;
