#![no_main]

//! Any bytes as a result that goes to next, and what next makes of it.

use libfuzzer_sys::fuzz_target;
use unum_bootstrap_fuzz::check_result;

fuzz_target!(|result: &[u8]| {
    check_result(result, false);
    check_result(result, true);
});
