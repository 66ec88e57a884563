//! What next receives: ready fields inline, the rest as future references, the envelope last.

use std::{
    collections::{HashMap, HashSet},
    hash::BuildHasher,
};

use serde::{Deserialize, de};
use serde_json::value::RawValue;

use crate::{
    event::{ENVELOPE_KEY, Envelope},
    signature::{Signer, Unsigned},
};

/// Lambda's limit for an asynchronous invocation's payload, 1 MB.
pub const MAX_PAYLOAD_BYTES: usize = 1024 * 1024;

#[derive(Debug, thiserror::Error, PartialEq, Eq)]
pub enum PayloadError {
    #[error("the result cannot be passed on: it is not valid JSON (JSON knows no NaN and no Infinity)")]
    NotJson,
    #[error("the result has the key `__unum__`, which is reserved for the envelope: rename it")]
    ReservedKey,
    #[error("the result is {bytes} bytes, and an asynchronous invocation takes {MAX_PAYLOAD_BYTES}: {advice}")]
    TooLarge { bytes: usize, advice: &'static str },
    #[error("the result cannot be passed on: {0}")]
    Unsigned(#[from] Unsigned),
}

/// What goes to next now, and what must go through the field store because it does not fit.
#[derive(Debug, PartialEq, Eq)]
pub struct Payload {
    pub bytes: Vec<u8>,
    /// Fields that travel inside, in order.
    pub inline: Vec<String>,
    /// Ready fields that travel as references because the payload would be too large.
    pub overflow: HashSet<String>,
}

/// Builds the event for next: `keys` in order, with the value where `ready` has it and a future reference elsewhere.
pub fn build(
    keys: &[String],
    ready: &HashMap<&str, &str, impl BuildHasher>,
    envelope: &Envelope,
    signer: Option<&Signer>,
) -> Result<Payload, PayloadError> {
    let values: Vec<(&str, Option<&str>)> =
        keys.iter().map(|key| (key.as_str(), ready.get(key.as_str()).copied())).collect();
    let overflow = overflow(&values, envelope, signer, MAX_PAYLOAD_BYTES)?;
    let inline: HashMap<&str, &str> = values
        .iter()
        .filter(|(key, _)| !overflow.contains(key))
        .filter_map(|(key, value)| Some((*key, (*value)?)))
        .collect();
    Ok(Payload {
        bytes: render(keys, &inline, envelope, signer)?,
        inline: keys.iter().filter(|key| inline.contains_key(key.as_str())).cloned().collect(),
        overflow: overflow.into_iter().map(str::to_owned).collect(),
    })
}

/// The ready fields that must not travel inside, for the payload to have at most `limit` bytes: the largest ones, and as
/// few as will do.
fn overflow<'a>(
    values: &[(&'a str, Option<&str>)],
    envelope: &Envelope,
    signer: Option<&Signer>,
    limit: usize,
) -> Result<HashSet<&'a str>, PayloadError> {
    let mut size = Size { bytes: render(&[], &HashMap::new(), envelope, signer)?.len(), futures: 0 };
    for (key, value) in values {
        match value {
            Some(value) => size.bytes += inline_bytes(key, value),
            None => size.add_future(key, envelope),
        }
    }
    let mut ready: Vec<(&'a str, &str)> = values.iter().filter_map(|(key, value)| Some((*key, (*value)?))).collect();
    ready.sort_by_key(|(_, value)| value.len());
    let mut overflow = HashSet::new();
    while size.total() > limit {
        let Some((key, value)) = ready.pop() else {
            return Err(PayloadError::TooLarge {
                bytes: size.total(),
                advice: "it has too many keys to be passed on, even as references",
            });
        };
        size.bytes -= inline_bytes(key, value);
        size.add_future(key, envelope);
        overflow.insert(key);
    }
    Ok(overflow)
}

/// How many bytes `render` makes.
struct Size {
    /// With a comma behind each future that the envelope lists.
    bytes: usize,
    futures: usize,
}

impl Size {
    fn add_future(&mut self, key: &str, envelope: &Envelope) {
        self.bytes += inline_bytes(key, &reference(key, envelope)) + text(key).len() + ",".len();
        self.futures += 1;
    }

    fn total(&self) -> usize {
        let comma_too_many = self.futures.min(1);
        self.bytes - comma_too_many
    }
}

fn inline_bytes(key: &str, value: &str) -> usize {
    text(key).len() + ":,".len() + value.len()
}

fn render(
    keys: &[String],
    inline: &HashMap<&str, &str>,
    envelope: &Envelope,
    signer: Option<&Signer>,
) -> Result<Vec<u8>, Unsigned> {
    let futures: Vec<String> = keys.iter().filter(|key| !inline.contains_key(key.as_str())).cloned().collect();
    let references: HashMap<&str, String> =
        futures.iter().map(|key| (key.as_str(), reference(key, envelope))).collect();
    let envelope = Envelope { futures: futures.clone(), ..envelope.clone() };
    let members = keys.iter().map(|key| {
        let value = references.get(key.as_str()).map_or_else(|| inline[key.as_str()], String::as_str);
        (key.as_str(), value)
    });
    let envelope = envelope_text(&envelope, signer, members.clone())?;
    Ok(object(members.chain([(ENVELOPE_KEY, envelope.as_str())])))
}

/// The result of a handler that published nothing: the dict as it is, with the envelope added. Anything but a dict cannot
/// carry one and travels as it is; so does a dict with a key that no reader could find the envelope behind.
pub fn whole(body: &[u8], envelope: &Envelope, signer: Option<&Signer>) -> Result<Vec<u8>, PayloadError> {
    if !is_json(body) {
        return Err(PayloadError::NotJson);
    }
    let Some(inside) = body.strip_prefix(b"{").and_then(|rest| rest.strip_suffix(b"}")) else {
        return Ok(body.to_vec());
    };
    let Some(members) = members(body) else { return Ok(body.to_vec()) };
    if members.iter().any(|(key, _)| key == ENVELOPE_KEY) {
        return Err(PayloadError::ReservedKey);
    }
    let envelope = envelope_text(envelope, signer, members.iter().map(|(key, value)| (key.as_str(), value.get())))?;
    let mut payload = Vec::with_capacity(body.len() + 256);
    payload.push(b'{');
    payload.extend_from_slice(inside);
    if !inside.trim_ascii().is_empty() {
        payload.extend_from_slice(b", ");
    }
    payload.extend_from_slice(format!("{}: {}", text(ENVELOPE_KEY), envelope).as_bytes());
    payload.push(b'}');
    Ok(payload)
}

fn envelope_text<'a>(
    envelope: &Envelope,
    signer: Option<&Signer>,
    others: impl Iterator<Item = (&'a str, &'a str)>,
) -> Result<String, Unsigned> {
    let envelope = text(envelope);
    match signer {
        Some(signer) => signer.sign(&envelope, others),
        None => Ok(envelope),
    }
}

/// Python's encoder writes `NaN` and `Infinity`, which neither Lambda nor a reader takes.
pub fn is_json(text: &[u8]) -> bool {
    serde_json::from_slice::<de::IgnoredAny>(text).is_ok()
}

fn reference(key: &str, envelope: &Envelope) -> String {
    #[derive(serde::Serialize)]
    struct FutureReference<'a> {
        __unum_future__: bool,
        session: &'a str,
        key: &'a str,
        source: &'a str,
    }
    text(&FutureReference { __unum_future__: true, session: &envelope.session, key, source: &envelope.source })
}

/// Joins members whose values are JSON text already.
pub fn object<'a>(members: impl Iterator<Item = (&'a str, &'a str)>) -> Vec<u8> {
    let mut json = vec![b'{'];
    for (key, value) in members {
        if json.len() > 1 {
            json.push(b',');
        }
        json.extend_from_slice(text(key).as_bytes());
        json.push(b':');
        json.extend_from_slice(value.as_bytes());
    }
    json.push(b'}');
    json
}

/// The members of a JSON object in their order, values untouched; `None` for anything else.
pub fn members(json: &[u8]) -> Option<Vec<(String, Box<RawValue>)>> {
    struct Members;
    impl<'de> de::Visitor<'de> for Members {
        type Value = Vec<(String, Box<RawValue>)>;

        fn expecting(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
            formatter.write_str("an object")
        }

        fn visit_map<A: de::MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
            let mut members = Vec::new();
            while let Some(member) = map.next_entry()? {
                members.push(member);
            }
            Ok(members)
        }
    }
    struct Object(Vec<(String, Box<RawValue>)>);
    impl<'de> Deserialize<'de> for Object {
        fn deserialize<D: de::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
            deserializer.deserialize_map(Members).map(Object)
        }
    }
    serde_json::from_slice::<Object>(json).ok().map(|object| object.0)
}

/// Strings and our own plain structs always have a JSON form.
fn text<T: serde::Serialize + ?Sized>(value: &T) -> String {
    serde_json::to_string(value).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use std::{cell::Cell, hash::DefaultHasher, rc::Rc};

    use proptest::{collection::btree_map, option, prelude::*, test_runner::RngSeed};

    use super::*;
    use crate::{event::TimesLeft, signature::Keys};

    fn envelope() -> Envelope {
        Envelope {
            version: 1,
            session: "s".to_owned(),
            source: "A".to_owned(),
            run: "r".to_owned(),
            stream: "s/A/1".to_owned(),
            futures: Vec::new(),
            deadline_ms: 9,
            end: false,
            rhythm: TimesLeft::new(),
        }
    }

    fn keys(names: &[&str]) -> Vec<String> {
        names.iter().map(|name| (*name).to_owned()).collect()
    }

    #[test]
    fn keeps_the_results_key_order_around_futures() {
        let payload =
            build(&keys(&["z", "é\"", "a"]), &HashMap::from([("é\"", "[1, 2.0]")]), &envelope(), None).unwrap();
        assert_eq!(
            String::from_utf8(payload.bytes).unwrap(),
            concat!(
                r#"{"z":{"__unum_future__":true,"session":"s","key":"z","source":"A"},"é\"":[1, 2.0],"#,
                r#""a":{"__unum_future__":true,"session":"s","key":"a","source":"A"},"#,
                r#""__unum__":{"v":1,"session":"s","source":"A","run":"r","stream":"s/A/1","futures":["z","a"],"deadline_ms":9}}"#
            )
        );
        assert_eq!(payload.inline, ["é\""]);
    }

    #[test]
    fn sends_the_largest_value_through_the_store_when_it_does_not_fit() {
        let large = format!("\"{}\"", "x".repeat(MAX_PAYLOAD_BYTES));
        let ready = HashMap::from([("a", "1"), ("b", large.as_str()), ("c", "3")]);
        let payload = build(&keys(&["a", "b", "c"]), &ready, &envelope(), None).unwrap();
        assert_eq!((payload.inline, payload.overflow), (keys(&["a", "c"]), HashSet::from(["b".to_owned()])));
    }

    /// The rule, one step at a time: as long as it is too large, the largest value goes, of equal ones the last.
    fn one_by_one<'a>(
        values: &[(&'a str, Option<&str>)],
        signer: Option<&Signer>,
        limit: usize,
    ) -> Result<HashSet<&'a str>, usize> {
        let keys: Vec<String> = values.iter().map(|(key, _)| (*key).to_owned()).collect();
        let mut inline: Vec<(&'a str, &str)> =
            values.iter().filter_map(|(key, value)| Some((*key, (*value)?))).collect();
        let mut overflow = HashSet::new();
        loop {
            let bytes = render(&keys, &inline.iter().copied().collect(), &envelope(), signer).unwrap().len();
            if bytes <= limit {
                return Ok(overflow);
            }
            let (largest, _) = *inline.iter().max_by_key(|(_, value)| value.len()).ok_or(bytes)?;
            inline.retain(|(key, _)| *key != largest);
            overflow.insert(largest);
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig {
            failure_persistence: None,
            rng_seed: RngSeed::Fixed(1),
            ..ProptestConfig::default()
        })]

        #[test]
        fn no_more_goes_through_the_store_than_has_to(
            // Values of a few lengths, so that some are equal.
            fields in btree_map(".{0,8}", option::of((0_usize..20).prop_map(|tens| "7".repeat(10 * tens))), 0..40),
            limit in 300_usize..6000,
            is_signed: bool,
        ) {
            let values: Vec<(&str, Option<&str>)> =
                fields.iter().map(|(key, value)| (key.as_str(), value.as_deref())).collect();
            let signer = is_signed.then(|| Keys::new(&"k".repeat(32), None).signer(&keys(&["B"])));
            let expected = one_by_one(&values, signer.as_ref(), limit);
            let actual = overflow(&values, &envelope(), signer.as_ref(), limit);
            match expected {
                Ok(expected) => prop_assert_eq!(actual, Ok(expected)),
                Err(smallest) => prop_assert!(
                    matches!(actual, Err(PayloadError::TooLarge { bytes, .. }) if bytes == smallest),
                    "{:?} of {} bytes", actual, smallest
                ),
            }
        }
    }

    /// Counts what is looked up in a map.
    #[derive(Default, Clone)]
    struct Lookups(Rc<Cell<usize>>);

    impl BuildHasher for Lookups {
        type Hasher = DefaultHasher;

        fn build_hasher(&self) -> DefaultHasher {
            self.0.set(self.0.get() + 1);
            DefaultHasher::new()
        }
    }

    #[test]
    fn four_times_as_many_fields_are_four_times_the_work() {
        let value = "7".repeat(2000);
        let lookups = |count: usize| {
            let names: Vec<String> = (0..count).map(|number| format!("field_{number}")).collect();
            let counter = Lookups::default();
            let mut ready = HashMap::with_hasher(counter.clone());
            ready.extend(names.iter().map(|name| (name.as_str(), value.as_str())));
            counter.0.set(0);
            let payload = build(&names, &ready, &envelope(), None).unwrap();
            assert!(payload.overflow.len() > count / 3 && payload.bytes.len() <= MAX_PAYLOAD_BYTES);
            assert!(payload.bytes.len() + value.len() > MAX_PAYLOAD_BYTES);
            counter.0.get()
        };
        assert_eq!(lookups(4000), 4 * lookups(1000));
    }

    #[test]
    fn adds_the_envelope_to_a_whole_result() {
        for (body, start) in [("{}", "{\"__unum__\": {"), ("{\"a\": 1}", "{\"a\": 1, \"__unum__\": {")] {
            let payload = String::from_utf8(whole(body.as_bytes(), &envelope(), None).unwrap()).unwrap();
            assert!(payload.starts_with(start), "{payload}");
            assert!(serde_json::from_str::<serde_json::Value>(&payload).is_ok());
        }
        for body in ["[1]", "null", "\"{}\""] {
            assert_eq!(whole(body.as_bytes(), &envelope(), None).unwrap(), body.as_bytes());
        }
    }

    #[test]
    fn refuses_what_is_not_json() {
        for body in ["{\"a\": NaN}", "-Infinity", "{not json}", ""] {
            assert_eq!(whole(body.as_bytes(), &envelope(), None), Err(PayloadError::NotJson), "{body}");
        }
    }

    #[test]
    fn a_key_that_is_no_unicode_travels_without_an_envelope() {
        let body = br#"{"a": 1, "\ud800": 2}"#;
        assert_eq!(whole(body, &envelope(), None).unwrap(), body);
    }

    #[test]
    fn refuses_the_reserved_key_at_the_top_only() {
        assert_eq!(whole(br#"{"a": 1, "__unum__": 2}"#, &envelope(), None), Err(PayloadError::ReservedKey));
        assert_eq!(whole(br#"{"__\u0075num__": 2}"#, &envelope(), None), Err(PayloadError::ReservedKey));
        assert!(whole(br#"{"a": {"__unum__": 2}}"#, &envelope(), None).is_ok());
    }
}
