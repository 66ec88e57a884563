#![no_main]

//! Any bytes as an event.

use libfuzzer_sys::fuzz_target;
use unum_bootstrap_fuzz::check_event;

fuzz_target!(|event: &[u8]| check_event(event));
