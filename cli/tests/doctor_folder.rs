//! `unum-streaming doctor FOLDER --handler NAME`: one function's code, and the settings that it is to have.

#![expect(clippy::unwrap_used, reason = "helpers of tests, which may end a test")]

use std::{
    fs,
    path::{Path, PathBuf},
    process::{Command, Output},
};

use serde_json::Value;

const HANDLER: &str = "\
from elsewhere import timed

def handler(event, context):
    a = [1]
    save(a)
    b = str(event)
    return {'a': a, 'b': b}

@timed
def decorated(event, context):
    a = 1
    b = str(event)
    return {'a': a, 'b': b}
";
/// With these, nothing is wrong.
const SETTINGS: [&str; 4] =
    ["AWS_LAMBDA_EXEC_WRAPPER=/opt/bootstrap", "UNUM_NEXT=second", "UNUM_TABLE=fields", "UNUM_ENTRY=true"];

struct Folder(PathBuf);

impl Folder {
    fn new(name: &str) -> Self {
        let folder = Self(std::env::temp_dir().join(format!("unum-doctor-folder-{}-{name}", std::process::id())));
        fs::create_dir_all(folder.0.join("pkg")).unwrap();
        folder.write("app.py", HANDLER.as_bytes());
        folder
    }

    fn write(&self, path: &str, content: &[u8]) -> PathBuf {
        let path = self.0.join(path);
        fs::write(&path, content).unwrap();
        path
    }

    fn doctor(&self, handler: &str, settings: &[&str], options: &[&str]) -> Output {
        doctor(&self.0, handler, settings, options)
    }

    /// Findings that are not as they should be, with the usual settings and these.
    fn wrong(&self, handler: &str, settings: &[&str], options: &[&str]) -> Vec<String> {
        let settings = [&SETTINGS, settings].concat();
        let options = [&["--format", "json"], options].concat();
        problems(&self.doctor(handler, &settings, &options))
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

fn doctor(path: &Path, handler: &str, settings: &[&str], options: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_unum-streaming"))
        .args(["doctor", "--handler", handler])
        .args(settings.iter().flat_map(|setting| ["--set", setting]))
        .args(options)
        .arg(path)
        .output()
        .unwrap()
}

fn stdout(output: &Output) -> String {
    String::from_utf8(output.stdout.clone()).unwrap()
}

fn stderr(output: &Output) -> String {
    String::from_utf8(output.stderr.clone()).unwrap()
}

/// The problems' sentences, with what helps.
fn problems(output: &Output) -> Vec<String> {
    let diagnosis: Value = serde_json::from_slice(&output.stdout).unwrap();
    let findings = diagnosis["functions"][0]["findings"].as_array().unwrap().iter();
    findings
        .filter(|finding| finding["kind"] == "problem")
        .map(|finding| format!("{}; {}", finding["what"].as_str().unwrap(), finding["help"].as_str().unwrap()))
        .collect()
}

#[test]
fn all_is_told_that_can_be_seen() {
    let folder = Folder::new("fine");
    let output = folder.doctor("app.handler", &SETTINGS, &[]);
    let app = folder.0.join("app.py").display().to_string();
    let text = stdout(&output).replace(&app, "app.py").replace(&folder.0.display().to_string(), "FOLDER");
    insta::assert_snapshot!(text);
    assert_eq!(output.status.code(), Some(0));
}

#[test]
fn what_is_missing_is_told() {
    let folder = Folder::new("missing");
    let output = folder.doctor("app.handler", &[], &["--format", "json"]);
    let found = problems(&output);
    assert!(found[0].starts_with("AWS_LAMBDA_EXEC_WRAPPER is not set; "), "{found:#?}");
    assert!(found[1].starts_with("UNUM_TABLE is not set; "), "{found:#?}");
    assert_eq!(found.len(), 2);
    assert_eq!(output.status.code(), Some(1));
    assert!(stdout(&output).contains("UNUM_NEXT is not set: its result goes to no function"));
}

#[test]
fn settings_are_read_as_the_layer_reads_them() {
    let folder = Folder::new("settings");
    let wrong = |setting: &str| folder.wrong("app.handler", &[setting], &[]);
    for fine in
        ["UNUM_STRICT=TRUE", "UNUM_LOG=Debug", "UNUM_TTL_SECONDS= 21600 ", "UNUM_ENTRY=", "MODE=x", "UNUM_NEXT=a,b"]
    {
        assert_eq!(wrong(fine), [""; 0], "{fine}");
    }
    for (setting, found) in [
        ("UNUM_NXET=a", "UNUM_NXET is no setting of the layer's: it does nothing; is UNUM_NEXT meant?"),
        ("UNUM_TTL=60", "UNUM_TTL is no setting of the layer's: it does nothing; is UNUM_TTL_SECONDS meant?"),
        ("UNUM_COLOUR=red", "UNUM_COLOUR is no setting of the layer's: it does nothing; the README lists them all"),
        ("UNUM_STRICT=yes", "UNUM_STRICT is `yes`; it must be true or false; with this value"),
        ("UNUM_STREAMING=on", "UNUM_STREAMING is `on`; it must be auto or off; "),
        ("UNUM_TTL_SECONDS=0", "UNUM_TTL_SECONDS is `0`; it must be a whole number from 21600"),
        ("UNUM_NEXT=a,,b", "UNUM_NEXT is `a,,b`; it must be function names or ARNs"),
        ("UNUM_NEXT=a, a", "UNUM_NEXT names a twice: it refuses to start; name it once"),
        ("UNUM_SIGNING_KEY=secret", "UNUM_SIGNING_KEY has 6 bytes; it must have 32"),
        (
            "UNUM_SIGNING_KEY_PREVIOUS=0123456789abcdef0123456789abcdef",
            "UNUM_SIGNING_KEY_PREVIOUS is set without UNUM_SIGNING_KEY: it refuses to start",
        ),
    ] {
        let wrong = wrong(setting);
        assert!(wrong.len() == 1 && wrong[0].starts_with(found), "{setting}: {wrong:#?}");
        assert!(!wrong[0].contains("secret"));
    }
}

#[test]
fn settings_may_stand_in_a_file() {
    let folder = Folder::new("file");
    let file = folder.write("prod.env", b"# all of them\n\nUNUM_TABLE=fields\r\nUNUM_NEXT=second\nUNUM_STRICT=yes\n");
    let options = ["--env-file", file.to_str().unwrap(), "--format", "json"];
    let wrapper = "AWS_LAMBDA_EXEC_WRAPPER=/opt/bootstrap";
    let found = problems(&folder.doctor("app.handler", &[wrapper], &options));
    assert!(found.len() == 1 && found[0].starts_with("UNUM_STRICT is `yes`"), "{found:#?}");
    let found = problems(&folder.doctor("app.handler", &[wrapper, "UNUM_STRICT=true"], &options));
    assert_eq!(found, [""; 0], "--set goes before the file");

    folder.write("prod.env", b"UNUM_TABLE=fields\nUNUM_NEXT\n");
    let output = folder.doctor("app.handler", &[], &options);
    assert_eq!(output.status.code(), Some(2));
    assert!(stderr(&output).contains("cannot understand line 2 of ") && stderr(&output).contains("NAME=VALUE"));
}

#[test]
fn an_unknown_decorator_is_named_and_can_be_trusted() {
    let folder = Folder::new("decorated");
    let found = folder.wrong("app.decorated", &[], &[]);
    assert!(found.len() == 1 && found[0].contains("app.py:9: ") && found[0].contains("timed"), "{found:#?}");
    assert_eq!(folder.wrong("app.decorated", &["UNUM_TRUST_DECORATORS=other, timed"], &[]), [""; 0]);
    assert_eq!(folder.wrong("app.decorated", &[], &["--trust-decorator", "timed"]), [""; 0]);
}

#[test]
fn the_handler_is_found_as_lambda_finds_it() {
    let folder = Folder::new("handler");
    folder.write("pkg/__init__.py", b"from .inner import handler\n");
    folder.write("pkg/inner.py", HANDLER.as_bytes());
    for handler in ["app.handler", "pkg.handler", "pkg/inner.handler", "pkg.inner.handler"] {
        assert_eq!(folder.wrong(handler, &[], &[]), [""; 0], "{handler}");
    }
    for (handler, found) in [
        ("other.handler", "its code has no other.py and no other/__init__.py; "),
        ("app.other", "cannot analyse "),
        ("app", "its handler is `app`, which names no function in a module; "),
    ] {
        let wrong = folder.wrong(handler, &[], &[]);
        assert!(wrong.len() == 1 && wrong[0].starts_with(found), "{handler}: {wrong:#?}");
    }
    folder.write("broken.py", b"def handler(:\n");
    assert!(folder.wrong("broken.handler", &[], &[])[0].contains("broken.py: "));
}

/// A zip of files as they are, without compression.
fn stored(files: &[(&str, &[u8])]) -> Vec<u8> {
    let (mut zip, mut directory) = (Vec::new(), Vec::new());
    let number = |value: usize| u32::try_from(value).unwrap().to_le_bytes();
    for (name, content) in files {
        let sizes = [number(content.len()), number(content.len())].concat();
        let lengths = [&number(name.len())[..2], &[0, 0]].concat();
        let head = [&[20, 0, 0, 0, 0, 0, 0, 0, 0, 0], &[0; 4][..], &sizes, &lengths].concat();
        let offset = zip.len();
        zip.extend([b"PK\x03\x04", head.as_slice(), name.as_bytes(), content].concat());
        directory.extend([b"PK\x01\x02\x14\0", head.as_slice(), &[0; 10], &number(offset), name.as_bytes()].concat());
    }
    let count = &number(files.len())[..2];
    let end = [&number(directory.len())[..], &number(zip.len()), &[0, 0]].concat();
    [zip.as_slice(), &directory, b"PK\x05\x06\0\0\0\0", count, count, &end].concat()
}

#[test]
fn a_zip_is_read_like_a_folder() {
    let folder = Folder::new("zip");
    let zip = folder.write("function.zip", &stored(&[("pkg/__init__.py", b""), ("pkg/app.py", HANDLER.as_bytes())]));
    let output = doctor(&zip, "pkg/app.handler", &SETTINGS, &[]);
    assert!(stdout(&output).contains("✓ streams a; at the return: b"), "{}", stdout(&output));
    assert_eq!(output.status.code(), Some(0));
    let output = doctor(&zip, "app.handler", &SETTINGS, &["--format", "json"]);
    assert!(problems(&output)[0].starts_with("its code has no app.py"));
}

#[test]
fn whatever_is_in_a_zip_is_no_panic() {
    let folder = Folder::new("damaged");
    let whole = stored(&[("app.py", HANDLER.as_bytes()), ("other.py", b"")]);
    let zip = folder.0.join("function.zip");
    for at in (0..whole.len()).filter(|at| *at < 60 || *at + 180 > whole.len()) {
        let mut damaged = whole.clone();
        damaged[at] ^= 0xff;
        fs::write(&zip, &damaged).unwrap();
        let status = doctor(&zip, "app.handler", &SETTINGS, &[]).status.code();
        assert!(matches!(status, Some(0..=2)), "byte {at}: {status:?}");
    }
}

#[test]
fn what_cannot_be_looked_at_is_refused_by_name() {
    let folder = Folder::new("refused");
    let absent = folder.0.join("absent");
    let text = folder.0.join("app.py");
    for (path, words) in [(&absent, "cannot read "), (&text, "is no zip: ")] {
        let output = doctor(path, "app.handler", &SETTINGS, &[]);
        assert_eq!(output.status.code(), Some(2), "{}", path.display());
        assert!(
            stderr(&output).contains(words) && stderr(&output).contains(path.to_str().unwrap()),
            "{}",
            stderr(&output)
        );
    }
    let run = |arguments: &[&str]| {
        Command::new(env!("CARGO_BIN_EXE_unum-streaming")).arg("doctor").args(arguments).output().unwrap()
    };
    let path = folder.0.to_str().unwrap();
    for (arguments, words) in [
        (vec![path], "name its function with --handler"),
        (vec![path, "--handler", "app.handler", "--set", "UNUM_NEXT"], "it must be NAME=VALUE"),
        (vec![path, "--set", "UNUM_NEXT=a"], "--handler"),
        (vec![], "PATH"),
    ] {
        let output = run(&arguments);
        assert_eq!(output.status.code(), Some(2), "{arguments:?}");
        assert!(stderr(&output).contains(words), "{}", stderr(&output));
    }
}
