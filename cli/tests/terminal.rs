//! What is for terminals only: colours, and a line about what takes longer than a second.

#![expect(clippy::unwrap_used, reason = "helpers of tests, which may end a test")]

use std::{
    ffi::OsStr,
    fs::{self, File, OpenOptions},
    io::{self, Read, Write},
    os::unix::ffi::OsStrExt,
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
};

use rustix::pty::{OpenptFlags, grantpt, openpt, ptsname, unlockpt};

const READING: &str = "  reading standard input";
const ERASE: &str = "\r\u{1b}[K";

fn record() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/records/raised.log")
}

/// A terminal: the side that shows, and the side that programs write to.
fn terminal() -> (File, File) {
    let screen = openpt(OpenptFlags::RDWR | OpenptFlags::NOCTTY).unwrap();
    grantpt(&screen).unwrap();
    unlockpt(&screen).unwrap();
    let name = ptsname(&screen, Vec::new()).unwrap();
    let device = OpenOptions::new().write(true).open(OsStr::from_bytes(name.as_bytes())).unwrap();
    (screen.into(), device)
}

/// `timeline` that waits for its standard input.
fn waiting(term: &str, stderr: impl Into<Stdio>) -> Child {
    Command::new(env!("CARGO_BIN_EXE_unum-streaming"))
        .args(["timeline", "--width", "80"])
        .env("TERM", term)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(stderr)
        .spawn()
        .unwrap()
}

/// Gives it its input; answers what it printed.
fn finish(mut child: Child) -> String {
    child.stdin.take().unwrap().write_all(&fs::read(record()).unwrap()).unwrap();
    let output = child.wait_with_output().unwrap();
    assert!(output.status.success());
    assert_eq!(String::from_utf8(output.stderr).unwrap(), "");
    String::from_utf8(output.stdout).unwrap()
}

/// Reads until the screen shows `text`.
fn read_until(screen: &mut File, text: &str) -> String {
    let mut shown = String::new();
    let mut bytes = [0; 1024];
    while !shown.contains(text) {
        let count = screen.read(&mut bytes).unwrap();
        shown += &String::from_utf8_lossy(&bytes[..count]);
    }
    shown
}

/// What is left on the screen once nobody writes to it any more; Linux then answers with an error.
fn rest(screen: &mut File) -> String {
    let mut bytes = Vec::new();
    let _: io::Result<usize> = screen.read_to_end(&mut bytes);
    String::from_utf8(bytes).unwrap()
}

#[test]
fn a_long_wait_is_shown_on_a_terminal_only_and_leaves_nothing_behind() {
    // They wait for longer than the third one, which shows it.
    let piped = waiting("xterm", Stdio::piped());
    let (mut dumb_screen, dumb_device) = terminal();
    let dumb = waiting("dumb", dumb_device);
    let (mut screen, device) = terminal();
    let shown = waiting("xterm", device);

    let before = read_until(&mut screen, READING);
    assert!(before.starts_with(ERASE) && before.contains(&format!(" s{READING}")), "{before:?}");
    let drawing = finish(shown);
    let after = rest(&mut screen);
    assert!(after.ends_with(ERASE) && !after.contains('\n'), "{after:?}");

    assert_eq!(finish(piped), drawing);
    assert_eq!(finish(dumb), drawing);
    assert_eq!(rest(&mut dumb_screen), "");
}

#[test]
fn colours_are_for_terminals_unless_told_not_to() {
    for arguments in [
        ["analyze", "cli/tests/modules/app.py"].as_slice(),
        &["transform", "cli/tests/modules/app.py", "--diff"],
        &["doctor", "sam-templates/quickstart/template.yaml"],
        &["timeline", "cli/tests/records/raised.log"],
    ] {
        let is_coloured = |no_color: Option<&str>| on_screen(arguments, no_color).contains("\u{1b}[");
        assert!(is_coloured(None) && is_coloured(Some("")), "{arguments:?}");
        assert!(!is_coloured(Some("1")), "{arguments:?}");
    }
}

/// What a terminal shows of the standard output.
fn on_screen(arguments: &[&str], no_color: Option<&str>) -> String {
    let (mut screen, device) = terminal();
    let mut command = Command::new(env!("CARGO_BIN_EXE_unum-streaming"));
    command.args(arguments).current_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join(".."));
    command.env_remove("NO_COLOR").envs(no_color.map(|value| ("NO_COLOR", value)));
    let mut child = command.stdout(device).spawn().unwrap();
    // As long as it holds the terminal, the screen stays open.
    drop(command);
    let shown = rest(&mut screen);
    child.wait().unwrap();
    shown
}
