//! What we say on stdout and stderr. We share them with the user's code, which may have made them non-blocking (asyncio does
//! that to what it writes to): a full pipe is waited for then, too, as the kernel does it otherwise. Where nobody reads any
//! more, nothing is said.

use std::{
    fmt::Display,
    io::{self, ErrorKind, Stderr, Stdout, Write},
    os::fd::AsFd,
};

use rustix::event::{PollFd, PollFlags, poll};

/// Waits for room where a writer would say that there is none.
pub struct Patient<W>(W);

impl<W: Write + AsFd> Write for Patient<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        loop {
            match self.0.write(bytes) {
                Err(error) if error.kind() == ErrorKind::WouldBlock => wait_for_room(&self.0),
                written => return written,
            }
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        loop {
            match self.0.flush() {
                Err(error) if error.kind() == ErrorKind::WouldBlock => wait_for_room(&self.0),
                flushed => return flushed,
            }
        }
    }
}

/// Whatever ends the waiting, the next write says what it is.
fn wait_for_room(output: &impl AsFd) {
    let _ = poll(&mut [PollFd::new(output, PollFlags::OUT)], None);
}

pub fn stdout() -> Patient<Stdout> {
    Patient(io::stdout())
}

pub fn stderr() -> Patient<Stderr> {
    Patient(io::stderr())
}

/// Writes `text` and a line's end, in one write so that no other line comes between.
pub fn say(output: &mut impl Write, text: &dyn Display) {
    let _ = output.write_all(format!("{text}\n").as_bytes()).and_then(|()| output.flush());
}

#[cfg(test)]
mod tests {
    use std::{fs::File, io::Read, os::fd::OwnedFd, thread};

    use super::*;

    #[test]
    fn all_of_a_line_gets_through_a_full_pipe_that_does_not_block() {
        let (mut ours, theirs) = io::pipe().unwrap();
        rustix::io::ioctl_fionbio(&theirs, true).unwrap();
        let text = "x".repeat(1 << 20);
        let written = text.clone();
        let writer = thread::spawn(move || say(&mut Patient(File::from(OwnedFd::from(theirs))), &written));
        let mut read = String::new();
        ours.read_to_string(&mut read).unwrap();
        writer.join().unwrap();
        assert!(read == text + "\n", "{} bytes", read.len());
    }

    #[test]
    fn nobody_who_reads_is_no_error() {
        let (ours, theirs) = io::pipe().unwrap();
        drop(ours);
        say(&mut Patient(File::from(OwnedFd::from(theirs))), &"a line");
    }
}
