#![no_main]

//! Modules that can be edited, with lines and tokens taken out, put in and moved about.

use libfuzzer_sys::fuzz_target;
use unum_transformer_fuzz::{check, mutate::Mutated};

fuzz_target!(|mutated: Mutated| check(mutated.source().as_bytes(), "lambda_handler"));
