#![no_main]

//! Any bytes as a module.

use libfuzzer_sys::fuzz_target;
use unum_transformer_fuzz::check;

fuzz_target!(|source: &[u8]| check(source, "lambda_handler"));
