//! The `unum-streaming` command.
fn main() {}
