//! Signs the envelope together with everything else in its event, for the functions that it is sent to.
//!
//! docs/protocol.md has the signed text. A key that was tried or a signature that was expected is never shown.

use std::{
    fmt::{self, Debug, Formatter},
    time::{Duration, SystemTime, UNIX_EPOCH},
};

use hmac::{Hmac, KeyInit, Mac};
use serde::{Deserialize, Serialize};
use sha2::Sha256;
use unum_settings::function::Function;

use crate::run::hexadecimal;

/// Lambda gives an asynchronous event up after six hours; a dead letter queue may send it once more within a day.
const MAX_AGE: Duration = Duration::from_hours(24);
/// Keeps signatures for other ends, with the same key, from being taken for these.
const PURPOSE: &[u8] = b"unum-streaming envelope 1";

#[derive(Debug, thiserror::Error, PartialEq, Eq)]
pub enum SignatureError {
    #[error(
        "the event's envelope is not signed, and UNUM_SIGNING_KEY is set: set the same key on every function of the chain, \
         on the first ones first"
    )]
    Missing,
    #[error(
        "the signature of the event's envelope does not fit UNUM_SIGNING_KEY, nor UNUM_SIGNING_KEY_PREVIOUS where that is \
         set: the keys differ between the functions of the chain, or the event was changed on its way"
    )]
    Wrong,
    #[error(
        "the event's envelope was signed for other functions than `{0}`: an event is for the functions that it was sent to"
    )]
    OtherReceiver(String),
    #[error(
        "the event's envelope was signed more than a day ago: start the chain again instead of sending old events again"
    )]
    TooOld,
}

/// Nothing is sent in place of an envelope that was to be signed.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
#[error("its envelope cannot be signed (UNUM_SIGNING_KEY)")]
pub struct Unsigned;

/// What signs and what verifies; no key is ever printed.
#[derive(Clone)]
pub struct Keys {
    current: Vec<u8>,
    previous: Option<Vec<u8>>,
}

impl Debug for Keys {
    fn fmt(&self, formatter: &mut Formatter<'_>) -> fmt::Result {
        formatter.write_str("Keys")
    }
}

/// The members that signing adds to an envelope, last of all.
#[derive(Serialize, Deserialize)]
struct Seal {
    /// The functions that the event is for, by their bare names.
    to: Vec<String>,
    /// In hexadecimal.
    signature: String,
}

/// Signs what goes to some functions.
#[derive(Debug, Clone)]
pub struct Signer {
    keys: Keys,
    to: Vec<String>,
}

impl Keys {
    /// `previous` verifies, too: while keys are exchanged, functions of a chain have different ones.
    pub fn new(current: &str, previous: Option<&str>) -> Self {
        Self { current: current.into(), previous: previous.map(Into::into) }
    }

    /// `functions` as `UNUM_NEXT` names them.
    pub fn signer(&self, functions: &[String]) -> Signer {
        Signer {
            keys: self.clone(),
            to: functions.iter().map(|name| Function::parse(&name.as_str()).name.to_owned()).collect(),
        }
    }

    /// Whether `envelope`, the member's own JSON text, was signed for `receiver` with all `others` of the event.
    pub fn verify<'a>(
        &self,
        envelope: &str,
        others: &(impl Iterator<Item = (&'a str, &'a str)> + Clone),
        receiver: &str,
        now: SystemTime,
    ) -> Result<(), SignatureError> {
        #[derive(Deserialize)]
        struct Deadline {
            deadline_ms: u64,
        }
        let seal: Seal = serde_json::from_str(envelope).map_err(|_| SignatureError::Missing)?;
        let signature = bytes(&seal.signature).ok_or(SignatureError::Wrong)?;
        let signed = envelope.strip_suffix(&ending(&seal.signature)).ok_or(SignatureError::Wrong)?;
        let fits = |key| mac(key, signed, others.clone()).is_some_and(|mac| mac.verify_slice(&signature).is_ok());
        if ![Some(&self.current), self.previous.as_ref()].into_iter().flatten().any(|key| fits(key)) {
            return Err(SignatureError::Wrong);
        }
        if !seal.to.iter().any(|name| name == receiver) {
            return Err(SignatureError::OtherReceiver(receiver.to_owned()));
        }
        let deadline: Deadline = serde_json::from_str(envelope).map_err(|_| SignatureError::Wrong)?;
        if now > UNIX_EPOCH + Duration::from_millis(deadline.deadline_ms) + MAX_AGE {
            return Err(SignatureError::TooOld);
        }
        Ok(())
    }
}

impl Signer {
    /// The text of the envelope, a JSON object, with the members that signing adds.
    pub fn sign<'a>(
        &self,
        envelope: &str,
        others: impl Iterator<Item = (&'a str, &'a str)>,
    ) -> Result<String, Unsigned> {
        let inside = envelope.strip_suffix('}').ok_or(Unsigned)?;
        let to = serde_json::to_string(&self.to).map_err(|_| Unsigned)?;
        let signed = format!(r#"{inside},"to":{to}"#);
        let mac = mac(&self.keys.current, &signed, others).ok_or(Unsigned)?;
        let signature = hexadecimal(&mac.finalize().into_bytes());
        Ok(signed + &ending(&signature))
    }
}

fn ending(signature: &str) -> String {
    format!(r#","signature":"{signature}"}}"#)
}

/// Each text goes in behind its length, so that no two events give the same bytes. Any key will do for HMAC.
fn mac<'a>(key: &[u8], signed: &str, others: impl Iterator<Item = (&'a str, &'a str)>) -> Option<Hmac<Sha256>> {
    let mut mac = Hmac::<Sha256>::new_from_slice(key).ok()?;
    let mut add = |text: &[u8]| {
        mac.update(&(text.len() as u64).to_be_bytes());
        mac.update(text);
    };
    add(PURPOSE);
    add(signed.as_bytes());
    for (key, value) in others {
        add(key.as_bytes());
        add(value.as_bytes());
    }
    Some(mac)
}

/// From small hexadecimal digits: a signature has one spelling.
fn bytes(hexadecimal: &str) -> Option<Vec<u8>> {
    let digits: Vec<u8> = hexadecimal
        .chars()
        .map(|digit| {
            digit.to_digit(16).filter(|_| !digit.is_ascii_uppercase()).and_then(|digit| u8::try_from(digit).ok())
        })
        .collect::<Option<_>>()?;
    (digits.len() == 64).then(|| digits.chunks(2).map(|pair| pair[0] << 4 | pair[1]).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    const OLD: &str = "an old key that has thirty-two bytes";
    const NEW: &str = "a new key that has thirty-two bytes!";
    const ENVELOPE: &str = r#"{"v":1,"session":"s","futures":["b"],"deadline_ms":1000}"#;
    const OTHERS: [(&str, &str); 2] = [("a", "1"), ("b", r#"{"__unum_future__":true}"#)];

    fn signed(keys: &Keys) -> String {
        keys.signer(&["arn:aws:lambda:eu-west-1:123456789012:function:B:live".to_owned(), "C".to_owned()])
            .sign(ENVELOPE, OTHERS.into_iter())
            .unwrap()
    }

    fn verified(keys: &Keys, envelope: &str) -> Result<(), SignatureError> {
        keys.verify(envelope, &OTHERS.into_iter(), "B", UNIX_EPOCH)
    }

    #[test]
    fn what_was_signed_verifies_for_each_receiver() {
        let keys = Keys::new(NEW, None);
        let envelope = signed(&keys);
        assert!(envelope.starts_with(r#"{"v":1,"session":"s","futures":["b"],"deadline_ms":1000,"to":["B","C"],"sig"#));
        for receiver in ["B", "C"] {
            assert_eq!(keys.verify(&envelope, &OTHERS.into_iter(), receiver, UNIX_EPOCH), Ok(()));
        }
        let error = keys.verify(&envelope, &OTHERS.into_iter(), "D", UNIX_EPOCH).unwrap_err();
        assert_eq!(error, SignatureError::OtherReceiver("D".to_owned()));
    }

    #[test]
    fn what_cannot_be_signed_is_not_passed_for_signed() {
        let signer = Keys::new(NEW, None).signer(&["B".to_owned()]);
        for envelope in ["", "null", r#"{"v":1"#] {
            assert_eq!(signer.sign(envelope, OTHERS.into_iter()), Err(Unsigned), "{envelope}");
        }
    }

    #[test]
    fn both_keys_verify_and_the_first_signs() {
        let (old, new) = (Keys::new(OLD, None), Keys::new(NEW, Some(OLD)));
        assert_eq!(verified(&new, &signed(&old)), Ok(()));
        assert_eq!(verified(&new, &signed(&new)), Ok(()));
        assert_eq!(verified(&old, &signed(&new)), Err(SignatureError::Wrong));
    }

    #[test]
    fn every_byte_of_the_envelope_counts() {
        let keys = Keys::new(NEW, None);
        let envelope = signed(&keys);
        for at in 0..envelope.len() {
            let mut changed = envelope.clone().into_bytes();
            changed[at] = if changed[at] == b'0' { b'1' } else { b'0' };
            assert!(verified(&keys, &String::from_utf8(changed).unwrap()).is_err(), "{at}");
        }
        assert_eq!(verified(&keys, ENVELOPE), Err(SignatureError::Missing));
    }

    #[test]
    fn every_other_member_counts() {
        let keys = Keys::new(NEW, None);
        let envelope = signed(&keys);
        for others in [
            vec![],
            vec![OTHERS[0]],
            vec![OTHERS[1], OTHERS[0]],
            vec![("a", "2"), OTHERS[1]],
            vec![("a1", ""), OTHERS[1]],
            vec![OTHERS[0], OTHERS[1], ("c", "3")],
        ] {
            assert_eq!(keys.verify(&envelope, &others.into_iter(), "B", UNIX_EPOCH), Err(SignatureError::Wrong));
        }
    }

    #[test]
    fn an_old_event_is_not_taken_again() {
        let keys = Keys::new(NEW, None);
        let at = |age_ms| {
            let now = UNIX_EPOCH + MAX_AGE + Duration::from_millis(age_ms);
            keys.verify(&signed(&keys), &OTHERS.into_iter(), "B", now)
        };
        assert_eq!(at(1000), Ok(()));
        assert_eq!(at(1001), Err(SignatureError::TooOld));
    }

    #[test]
    fn keys_are_not_printed() {
        assert_eq!(format!("{:?}", Keys::new(NEW, Some(OLD))), "Keys");
    }
}
