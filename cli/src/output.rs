//! Standard output and standard error, for which a reader that has gone is no error.

use std::{
    fmt::Display,
    io::{self, ErrorKind, Write},
};

use crate::{progress::without_line, text::clean};

pub fn print(bytes: &[u8]) -> io::Result<()> {
    let mut stdout = io::stdout().lock();
    match without_line(|| stdout.write_all(bytes).and_then(|()| stdout.flush())) {
        Err(error) if error.kind() == ErrorKind::BrokenPipe => Ok(()),
        written => written,
    }
}

pub fn print_json(value: &impl serde::Serialize) -> io::Result<()> {
    let mut text = serde_json::to_vec_pretty(value)?;
    text.push(b'\n');
    print(&text)
}

/// What is wrong: one sentence on standard error.
pub fn complain(sentence: impl Display) {
    say(format_args!("unum-streaming: {sentence}"));
}

/// One line on standard error.
pub fn say(line: impl Display) {
    let _ = without_line(|| writeln!(io::stderr(), "{}", clean(&line.to_string())));
}
