#![no_main]

//! Any bytes from the worker, in two pieces.

use libfuzzer_sys::fuzz_target;
use unum_bootstrap_fuzz::check_frames;

fuzz_target!(|input: (u16, Vec<u8>)| check_frames(&input.1, input.0.into()));
