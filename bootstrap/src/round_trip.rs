//! What one function sends is what the next one opens, whatever is in it.

use std::{collections::HashMap, time::UNIX_EPOCH};

use proptest::{collection::vec, prelude::*, sample::select, test_runner::RngSeed};
use serde_json::Value;

use crate::{
    event::{self, ENVELOPE_KEY, ENVELOPE_VERSION, Envelope, Event, EventError, Receiver},
    payload,
    signature::{Keys, SignatureError},
};

const KEY: &str = "a key that has thirty-two bytes, and more";

fn name() -> impl Strategy<Value = String> {
    prop_oneof![any::<String>(), select(vec!["", "!failed", "__unum_future__", "f:a", "é\"\\"]).prop_map(str::to_owned)]
}

fn json() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        name().prop_map(Value::from),
        Just(serde_json::json!({"__unum_future__": true, "session": "s", "key": "a", "source": "A"})),
    ];
    leaf.prop_recursive(4, 32, 4, |inner| {
        prop_oneof![
            vec(inner.clone(), 0..4).prop_map(Value::from),
            vec((name(), inner), 0..4).prop_map(|pairs| Value::Object(pairs.into_iter().collect())),
        ]
    })
}

/// Fields in order with different names, and whether each is ready.
fn fields() -> impl Strategy<Value = Vec<(String, String, bool)>> {
    vec((name(), json(), any::<bool>()), 0..8).prop_map(|fields| {
        let mut different: Vec<(String, String, bool)> = Vec::new();
        for (name, value, ready) in fields {
            if name != ENVELOPE_KEY && different.iter().all(|(other, ..)| *other != name) {
                different.push((name, value.to_string(), ready));
            }
        }
        different
    })
}

/// Of fields, some times; more than there are in a result, maybe.
fn rhythm() -> impl Strategy<Value = event::TimesLeft> {
    vec((name(), vec(any::<u64>(), 0..4)), 0..4)
}

fn envelope(session: &str, end: bool) -> Envelope {
    Envelope {
        version: ENVELOPE_VERSION,
        session: session.to_owned(),
        source: "A".to_owned(),
        run: "r".to_owned(),
        stream: format!("{session}/A/1"),
        futures: Vec::new(),
        deadline_ms: 9,
        end,
        rhythm: event::TimesLeft::new(),
    }
}

fn open(payload: Vec<u8>, keys: Option<&Keys>) -> Result<Event, EventError> {
    event::open(payload.into(), Receiver { name: "B", keys, now: UNIX_EPOCH })
}

fn members(object: &[u8]) -> Vec<(String, String)> {
    let members = payload::members(object).unwrap();
    members.into_iter().map(|(name, value)| (name, value.get().to_owned())).collect()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 100, failure_persistence: None, rng_seed: RngSeed::Fixed(1), ..ProptestConfig::default() })]

    #[test]
    fn what_was_built_is_opened(
            fields in fields(),
            session in "\\PC{0,40}",
            end: bool,
            rhythm in rhythm(),
            is_signed: bool,
        ) {
        let keys = is_signed.then(|| Keys::new(KEY, None));
        let signer = keys.as_ref().map(|keys| keys.signer(&["B:live".to_owned()]));
        let names: Vec<String> = fields.iter().map(|(name, ..)| name.clone()).collect();
        let ready: HashMap<&str, &str> =
            fields.iter().filter(|field| field.2).map(|(name, json, _)| (name.as_str(), json.as_str())).collect();
        let sent = Envelope { rhythm, ..envelope(&session, end) };
        let payload = payload::build(&names, &ready, &sent, signer.as_ref()).unwrap();
        let opened = open(payload.bytes, keys.as_ref()).unwrap();
        let futures: Vec<String> =
            fields.iter().filter(|field| !field.2).map(|(name, ..)| name.clone()).collect();
        prop_assert_eq!(opened.envelope, Some(Envelope { futures, ..sent }));
        let received = members(&opened.bytes);
        prop_assert_eq!(received.iter().map(|(name, _)| name).collect::<Vec<_>>(), names.iter().collect::<Vec<_>>());
        for (name, json, _) in fields.iter().filter(|field| field.2) {
            prop_assert!(received.contains(&(name.clone(), json.clone())));
        }
    }

    #[test]
    fn what_was_sent_whole_is_opened(fields in fields(), is_signed: bool) {
        let keys = is_signed.then(|| Keys::new(KEY, None));
        let signer = keys.as_ref().map(|keys| keys.signer(&["B".to_owned()]));
        let body = payload::object(fields.iter().map(|(name, json, _)| (name.as_str(), json.as_str())));
        let sent = envelope("s", false);
        let opened = open(payload::whole(&body, &sent, signer.as_ref()).unwrap(), keys.as_ref()).unwrap();
        prop_assert_eq!(members(&opened.bytes), members(&body));
        prop_assert_eq!(opened.envelope, Some(sent));
    }

    /// A bit that changes on the way is not taken for a signed event, whatever else becomes of it.
    #[test]
    fn no_other_event_is_taken_for_the_signed_one(fields in fields(), at: prop::sample::Index, bit in 0..8_u8) {
        let keys = Keys::new(KEY, None);
        let names: Vec<String> = fields.iter().map(|(name, ..)| name.clone()).collect();
        let ready = fields.iter().map(|(name, json, _)| (name.as_str(), json.as_str())).collect::<HashMap<_, _>>();
        let signer = keys.signer(&["B".to_owned()]);
        let mut payload = payload::build(&names, &ready, &envelope("s", false), Some(&signer)).unwrap().bytes;
        let sent = members(&payload);
        let at = at.index(payload.len());
        payload[at] ^= 1 << bit;
        match open(payload.clone(), Some(&keys)) {
            // Refused, or no envelope is left: then it is data.
            Ok(Event { envelope: None, .. })
            | Err(EventError::Signature(SignatureError::Wrong | SignatureError::Missing)) => {}
            Ok(_) => prop_assert_eq!(members(&payload), sent),
            Err(error) => prop_assert!(matches!(error, EventError::Version(_)), "{}", error),
        }
    }
}
