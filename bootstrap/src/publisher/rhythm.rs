//! When this function's fields could be read in earlier invocations. Its readers are told: so an environment of theirs that
//! has never waited for it knows when to look.

use std::sync::{Arc, Mutex, PoisonError};

use crate::{
    event::{MOST_FIELDS_TOLD, TimesLeft},
    record::Published,
};

/// Times that are told of one field: a reader remembers no more.
const MOST_TIMES: usize = 64;
/// Of all fields of an envelope: 4 KB of it, about.
const MOST_TOLD: usize = 512;

/// What this environment has seen of its own fields: of those that were stored last, the last one at the end. Clones share it.
#[derive(Debug, Clone, Default)]
pub struct OwnRhythm(Arc<Mutex<TimesLeft>>);

impl OwnRhythm {
    /// An invocation that was to end by `deadline_ms` has published these, ahead of its return or not.
    pub fn note(&self, published: &[Published], deadline_ms: u64) {
        let mut fields = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let stored = published.iter().filter_map(|one| Some((&one.field, one.stored_ms?)));
        let others = stored.clone().count().saturating_sub(MOST_FIELDS_TOLD);
        let mut latest = TimesLeft::new();
        for (field, stored_ms) in stored.skip(others) {
            let place = fields.iter().position(|(name, _)| name == field);
            let (name, mut times) = place.map_or_else(|| (field.clone(), Vec::new()), |place| fields.remove(place));
            if times.len() == MOST_TIMES {
                times.remove(0);
            }
            times.push(milliseconds_until(deadline_ms, stored_ms));
            latest.push((name, times));
        }
        // Only now: who is to leave is none of these.
        let too_many = (fields.len() + latest.len()).saturating_sub(MOST_FIELDS_TOLD);
        fields.drain(..too_many);
        fields.append(&mut latest);
    }

    /// What readers are told who wait for these fields.
    pub fn told(&self, is_awaited: impl Fn(&str) -> bool) -> TimesLeft {
        let fields = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let known: Vec<_> = fields.iter().filter(|(field, _)| is_awaited(field)).collect();
        let most = MOST_TIMES.min(MOST_TOLD / known.len().max(1));
        let latest = |times: &[u64]| times[times.len().saturating_sub(most)..].to_vec();
        known.into_iter().map(|(field, times)| (field.clone(), latest(times))).collect()
    }
}

/// From a Unix time to a later one; none if it is not later.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    clippy::cast_precision_loss,
    reason = "times of this age"
)]
fn milliseconds_until(deadline_ms: u64, time_ms: f64) -> u64 {
    (deadline_ms as f64 - time_ms).round().max(0.0) as u64
}

#[cfg(test)]
mod tests {
    use super::*;

    fn stored(field: &str, stored_ms: Option<f64>) -> Published {
        Published {
            field: field.to_owned(),
            at_ms: 0.0,
            stored_ms,
            failed: None,
            bytes: 1,
            inline: stored_ms.is_none(),
        }
    }

    #[test]
    fn tells_what_was_left_when_each_field_was_stored() {
        let rhythm = OwnRhythm::default();
        rhythm.note(&[stored("a", None), stored("b", Some(400.4)), stored("c", Some(1200.0))], 1000);
        rhythm.note(&[stored("b", Some(2300.0))], 3000);
        assert_eq!(rhythm.told(|_| true), [("c".to_owned(), vec![0]), ("b".to_owned(), vec![600, 700])]);
        assert_eq!(rhythm.told(|field| field == "c"), [("c".to_owned(), vec![0])]);
    }

    #[test]
    fn tells_the_latest_and_not_too_much() {
        let rhythm = OwnRhythm::default();
        let names: Vec<String> = (0..2 * MOST_FIELDS_TOLD).map(|number| number.to_string()).collect();
        for left in 0..100_u32 {
            let published: Vec<_> = names.iter().map(|name| stored(name, Some(1000.0 - f64::from(left)))).collect();
            rhythm.note(&published, 1000);
        }
        for (count, times) in [(1, 64), (8, 64), (9, 56), (64, 8), (128, 8)] {
            // Those that are stored last are waited for longest.
            let awaited = &names[names.len() - count..];
            let told = rhythm.told(|field| awaited.iter().any(|name| name == field));
            assert_eq!(told.len(), count.min(MOST_FIELDS_TOLD));
            let latest: Vec<u64> = (100 - times..100).collect();
            assert!(told.iter().all(|(_, told)| *told == latest), "{count}");
        }
    }

    /// As where an invocation failed after its first fields.
    #[test]
    fn one_odd_invocation_takes_nobody_elses_times() {
        let rhythm = OwnRhythm::default();
        let all: Vec<_> = (0..70).map(|number| stored(&number.to_string(), Some(1.0))).collect();
        for _ in 0..50 {
            rhythm.note(&all, 10);
        }
        rhythm.note(&all[..7], 10);
        rhythm.note(&all, 10);
        let told = rhythm.told(|name| name.parse::<u32>().unwrap() >= 13);
        assert!(told.len() == 57 && told.iter().all(|(_, times)| times.len() == MOST_TOLD / 57));
        assert!(rhythm.0.lock().unwrap().iter().filter(|(_, times)| times.len() > 50).count() >= 57);
    }

    #[test]
    fn fields_that_are_not_stored_any_more_leave_their_places() {
        let rhythm = OwnRhythm::default();
        for number in 0..100_u32 {
            rhythm.note(&[stored(&number.to_string(), Some(1.0)), stored("always", Some(2.0))], 10);
        }
        let told = rhythm.told(|_| true);
        assert_eq!((told.len(), told.last().unwrap().0.as_str()), (MOST_FIELDS_TOLD, "always"));
        assert!(told.iter().any(|(name, _)| name == "99") && told.iter().all(|(name, _)| name != "0"));
    }
}
