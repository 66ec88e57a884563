//! What holds for every event, result and frame, whatever is in it.
//!
//! The bootstrap is a program, so its modules that read foreign bytes are compiled into this crate, too.

#[path = "../../src/event.rs"]
#[allow(dead_code)]
mod event;
#[path = "../../src/function.rs"]
#[allow(dead_code)]
mod function;
#[path = "../../src/payload.rs"]
#[allow(dead_code)]
mod payload;
#[path = "../../src/worker/protocol.rs"]
#[allow(dead_code)]
mod protocol;
#[path = "../../src/record.rs"]
#[allow(dead_code)]
mod record;
#[path = "../../src/run.rs"]
#[allow(dead_code)]
mod run;
#[path = "../../src/signature.rs"]
#[allow(dead_code)]
mod signature;

use std::{collections::HashMap, time::UNIX_EPOCH};

use bytes::{Bytes, BytesMut};

use event::{ENVELOPE_KEY, ENVELOPE_VERSION, Envelope, Receiver};
use protocol::{ProtocolError, Signal};
use signature::Keys;

const KEY: &str = "a key that has thirty-two bytes, and more";
const RECEIVER: &str = "B";

fn receiver(keys: Option<&Keys>) -> Receiver<'_> {
    Receiver { name: RECEIVER, keys, now: UNIX_EPOCH }
}

/// # Panics
///
/// Where an event is read as more than it says, or a signature is taken that nobody made.
pub fn check_event(bytes: &[u8]) {
    let bytes = Bytes::copy_from_slice(bytes);
    let keys = Keys::new(KEY, None);
    if let Ok(event) = event::open(bytes.clone(), receiver(Some(&keys))) {
        assert!(event.envelope.is_none(), "nobody has signed this");
    }
    let event = match event::open(bytes.clone(), receiver(None)) {
        Ok(event) => event,
        Err(error) => return assert!(error.to_string().len() < 2000, "{error}"),
    };
    let Some(envelope) = event.envelope else { return assert_eq!(event.bytes, bytes) };
    assert!(envelope.stream.starts_with(&format!("{}/{}/", envelope.session, envelope.source)));
    let members = payload::members(&event.bytes).expect("what is left of an object is one");
    assert!(members.iter().all(|(key, _)| key != ENVELOPE_KEY));
    assert!(envelope.futures.iter().all(|name| members.iter().filter(|(key, _)| key == name).count() == 1));
}

/// # Panics
///
/// Where a result does not come out of its event as it went in.
pub fn check_result(body: &[u8], is_signed: bool) {
    let keys = is_signed.then(|| Keys::new(KEY, None));
    let signer = keys.as_ref().map(|keys| keys.signer(&[RECEIVER.to_owned()]));
    let envelope = Envelope {
        version: ENVELOPE_VERSION,
        session: "s".to_owned(),
        source: "A".to_owned(),
        run: "r".to_owned(),
        stream: "s/A/1".to_owned(),
        futures: Vec::new(),
        deadline_ms: 9,
        end: false,
        rhythm: event::TimesLeft::new(),
    };
    let Ok(whole) = payload::whole(body, &envelope, signer.as_ref()) else { return };
    let Some(members) = payload::members(body).filter(|_| body.first() == Some(&b'{') && body.last() == Some(&b'}')) else {
        return assert_eq!(whole, body);
    };
    let opened = event::open(whole.into(), receiver(keys.as_ref())).expect("ours");
    assert_eq!(opened.envelope.as_ref(), Some(&envelope));
    assert_eq!(pairs(&opened.bytes), members.iter().map(|(key, value)| (key.clone(), value.get().to_owned())).collect::<Vec<_>>());

    // The same, every other field as a future.
    let ready: HashMap<&str, &str> = members.iter().step_by(2).map(|(key, value)| (key.as_str(), value.get())).collect();
    let mut names: Vec<String> = Vec::new();
    for (key, _) in &members {
        if !names.contains(key) {
            names.push(key.clone());
        }
    }
    let Ok(payload) = payload::build(&names, &ready, &envelope, signer.as_ref()) else { return };
    let opened = event::open(payload.bytes.into(), receiver(keys.as_ref())).expect("ours");
    let futures: Vec<String> = names.iter().filter(|name| !ready.contains_key(name.as_str())).cloned().collect();
    assert_eq!(opened.envelope.map(|envelope| envelope.futures), Some(futures));
    let opened = pairs(&opened.bytes);
    assert_eq!(opened.iter().map(|(key, _)| key).collect::<Vec<_>>(), names.iter().collect::<Vec<_>>());
    assert!(opened.iter().all(|(key, value)| ready.get(key.as_str()).is_none_or(|ready| ready == value)));
}

/// # Panics
///
/// Where it matters in which pieces bytes come, or where one that is not whole is taken for a frame.
pub fn check_frames(bytes: &[u8], cut: usize) {
    let whole = decoded(&[bytes]);
    let (first, second) = bytes.split_at(cut.min(bytes.len()));
    assert_eq!(decoded(&[first, second]), whole);
}

/// Everything up to the first error; a length that claims more than there is must not be believed for memory.
fn decoded(pieces: &[&[u8]]) -> (Vec<Signal>, Option<ProtocolError>) {
    let (mut buffer, mut signals) = (BytesMut::new(), Vec::new());
    for piece in pieces {
        buffer.extend_from_slice(piece);
        loop {
            match protocol::decode(&mut buffer) {
                Ok(Some(signal)) => signals.push(signal),
                Ok(None) => break,
                Err(error) => return (signals, Some(error)),
            }
        }
    }
    (signals, None)
}

fn pairs(object: &[u8]) -> Vec<(String, String)> {
    let members = payload::members(object).expect("an object");
    members.into_iter().map(|(key, value)| (key, value.get().to_owned())).collect()
}
