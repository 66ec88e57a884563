//! `analyze` over many modules: which it finds, what it prints and how it exits.

#![expect(clippy::unwrap_used, reason = "helpers of tests, which may end a test")]

use std::{
    ffi::OsStr,
    fs,
    io::Write,
    os::unix::ffi::OsStrExt,
    path::{Path, PathBuf},
    process::{Command, Output, Stdio},
};

const STREAMS: &str = "def lambda_handler(event, context):\n    a = f()\n    b = g()\n    return {'a': a, 'b': b}\n";
const AS_WRITTEN: &str = "def lambda_handler(event, context):\n    return f(event)\n";
const NO_HANDLER: &str = "def helper(data):\n    return data\n";

/// A folder of its own, with these files.
fn project(name: &str, files: &[(&str, &[u8])]) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    let _ = fs::remove_dir_all(&folder);
    fs::create_dir_all(&folder).unwrap();
    for (file, content) in files {
        let path = folder.join(file);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, content).unwrap();
    }
    folder
}

fn command(folder: &Path, args: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_unum-streaming"));
    command.arg("analyze").args(args).current_dir(folder).env("COLUMNS", "100").env_remove("NO_COLOR");
    command
}

/// Everything that the command answers.
fn shown(output: &Output) -> String {
    let stdout = String::from_utf8(output.stdout.clone()).unwrap();
    let stderr = String::from_utf8(output.stderr.clone()).unwrap();
    let stderr = stderr.split_inclusive('\n').flat_map(|line| ["stderr: ", line]).collect::<String>();
    format!("{stdout}{stderr}exit code: {}\n", output.status.code().unwrap())
}

fn analyze(folder: &Path, args: &[&str]) -> String {
    shown(&command(folder, args).output().unwrap())
}

fn many(name: &str) -> PathBuf {
    project(
        name,
        &[
            ("functions/first/app.py", STREAMS.as_bytes()),
            ("functions/second/app.py", AS_WRITTEN.as_bytes()),
            ("functions/second/helper.py", NO_HANDLER.as_bytes()),
            ("functions/second/mentioned.py", b"from app import lambda_handler\n"),
            ("functions/old.py", b"print 'no lambda handler, and Python 2'\n"),
            ("functions/README.md", b"lambda_handler"),
            ("functions/.venv/app.py", STREAMS.as_bytes()),
            ("functions/venv/app.py", STREAMS.as_bytes()),
            ("functions/.aws-sam/build/app.py", STREAMS.as_bytes()),
            ("functions/first/node_modules/app.py", STREAMS.as_bytes()),
            ("functions/first/__pycache__/app.py", STREAMS.as_bytes()),
            ("functions/lib/site-packages/app.py", STREAMS.as_bytes()),
        ],
    )
}

#[test]
fn files() {
    let folder = many("files");
    insta::assert_snapshot!(analyze(&folder, &["functions/first/app.py", "functions/second/app.py"]));
}

#[test]
fn a_folder() {
    let folder = many("folder");
    insta::assert_snapshot!(analyze(&folder, &["functions"]));
    assert!(analyze(&folder, &["."]).starts_with("functions/first/app.py: "));
}

#[test]
fn a_pattern() {
    let folder = many("pattern");
    insta::assert_snapshot!(analyze(&folder, &["functions/**/app.py"]));
    for same in [["functions/*/app.py"], ["functions/*/ap[p].py"], ["**/app.py"]] {
        assert_eq!(analyze(&folder, &same), analyze(&folder, &["functions/**/app.py"]));
    }
    assert!(analyze(&folder, &["functions/f*"]).starts_with("functions/first/app.py: "));
    assert!(analyze(&folder, &["functions/venv/*.py"]).starts_with("functions/venv/app.py: "), "asked for by name");
    let folder = project("brackets", &[("a[1].py", STREAMS.as_bytes())]);
    assert!(analyze(&folder, &["a[1].py"]).starts_with("a[1].py: lambda_handler: "), "a file of that name");
}

#[test]
fn each_file_once() {
    let folder = many("once");
    let once = analyze(&folder, &["functions/first/app.py", "functions/second/app.py"]);
    let thrice = ["functions/first/app.py", "./functions/first/app.py", "functions/*/app.py"];
    assert_eq!(analyze(&folder, &thrice), once);
}

#[test]
fn the_summary_alone() {
    let folder = many("summary");
    insta::assert_snapshot!(analyze(&folder, &["functions", "--summary"]));
}

#[test]
fn a_failure_does_not_stop_the_others() {
    let folder = project(
        "failures",
        &[
            ("broken.py", b"def lambda_handler(event, context):\n    return {'a': }\n"),
            ("cp1252.py", b"# coding: cp1252\ndef lambda_handler(event, context):\n    return {}\n"),
            ("not_utf8.py", b"def lambda_handler(event, context):\n    return {'a': '\xff'}\n"),
            ("renamed.py", b"def process(event, context): ...\n\ndef helper(data): ...\n"),
            ("ok.py", STREAMS.as_bytes()),
            ("empty/notes.txt", b""),
        ],
    );
    insta::assert_snapshot!(analyze(
        &folder,
        &["broken.py", "cp1252.py", "not_utf8.py", "renamed.py", "missing.py", "empty", "x/*.py", "ok.py"]
    ));
    insta::assert_snapshot!(analyze(&folder, &["broken.py", "missing.py", "empty", "ok.py", "--format", "json"]));
}

#[test]
fn nothing_to_analyse_is_an_error() {
    let folder = many("nothing");
    insta::assert_snapshot!(analyze(&folder, &["functions", "--handler", "app.main", "--check"]));
    assert_eq!(
        analyze(&folder, &["functions/*.py", "--format", "json"]),
        "[]\nstderr: unum-streaming: no handler: 1 file without `lambda_handler`; --handler names another function\nexit code: 2\n"
    );
    assert_eq!(
        analyze(&folder, &["functions/[.py"]),
        "stderr: unum-streaming: cannot understand the pattern functions/[.py: \
         Pattern syntax error near position 10: invalid range pattern\nexit code: 2\n"
    );
}

#[test]
fn several_handlers() {
    let source = format!("{STREAMS}\n\ndef second(event, context):\n    return f(event)\n");
    let folder = project("handlers", &[("app.py", source.as_bytes()), ("other.py", AS_WRITTEN.as_bytes())]);
    let handlers = ["--handler", "lambda_handler", "--handler", "pkg/app.second", "--handler", "app.lambda_handler"];
    insta::assert_snapshot!(analyze(&folder, &[["app.py", "other.py"].as_slice(), &handlers].concat()));
    let output = command(&folder, &[["app.py", "--format", "json"].as_slice(), &handlers].concat()).output().unwrap();
    let documents: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(documents.as_array().unwrap().len(), 2);
    assert_eq!(documents[1]["handler"], "second");
}

#[test]
fn json_is_an_object_for_one_file_and_an_array_for_more() {
    let folder = many("json");
    let one = command(&folder, &["functions/first/app.py", "--format", "json"]).output().unwrap();
    let one: serde_json::Value = serde_json::from_slice(&one.stdout).unwrap();
    assert_eq!(one["file"], "functions/first/app.py");
    for paths in [["functions/first"], ["functions/first/*.py"]] {
        let more = command(&folder, &[paths.as_slice(), &["--format", "json"]].concat()).output().unwrap();
        let more: serde_json::Value = serde_json::from_slice(&more.stdout).unwrap();
        assert_eq!(more, serde_json::json!([one]));
    }
}

#[test]
fn exit_codes() {
    let folder = many("exit_codes");
    for (args, code) in [
        (["functions/first/app.py", "--check"].as_slice(), 0),
        (&["functions/first/app.py", "--check", "--require", "a"], 0),
        (&["functions/first/app.py", "--require", "b"], 1),
        (&["functions/first/app.py", "--require", "a", "--require", "nope", "--format", "json"], 1),
        (&["functions/second/app.py"], 0),
        (&["functions/second/app.py", "--check"], 1),
        (&["functions/second/app.py", "--require", "a"], 1),
        (&["functions", "--check", "--summary"], 1),
        (&["functions/second/app.py", "missing.py", "--check"], 2),
        (&["functions/second/helper.py"], 2),
        (&[], 2),
        (&["functions", "--nope"], 2),
    ] {
        assert_eq!(command(&folder, args).output().unwrap().status.code(), Some(code), "{args:?}");
    }
}

#[test]
fn a_module_from_standard_input() {
    let folder = project("stdin", &[("helper.py", b"def made(a):\n    b = g()\n    return {'a': a, 'b': b}\n")]);
    let handler = "from helper import made\n\ndef lambda_handler(event, context):\n    a = f()\n    return made(a)\n";
    for (subcommand, arguments, said) in [
        ("analyze", &["-"][..], "-: lambda_handler: 1 of 2 fields"),
        ("analyze", &["-", "--format", "json"], "\"file\": \"-\""),
        ("transform", &["-", "--diff"], "helper.py"),
    ] {
        let mut command = Command::new(env!("CARGO_BIN_EXE_unum-streaming"));
        command.arg(subcommand).args(arguments).current_dir(&folder);
        let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        child.stdin.take().unwrap().write_all(handler.as_bytes()).unwrap();
        let output = child.wait_with_output().unwrap();
        let text = String::from_utf8(output.stdout).unwrap();
        assert!(output.status.success() && text.contains(said), "{text}{}", String::from_utf8_lossy(&output.stderr));
    }
    let endless = command(&folder, &["-"]).stdin(fs::File::open("/dev/zero").unwrap()).output().unwrap();
    assert_eq!(endless.status.code(), Some(2));
}

#[test]
fn a_handler_without_a_function_is_refused() {
    let folder = project("no-function", &[("app.py", STREAMS.as_bytes())]);
    for handler in ["", " ", "app.", "."] {
        let said = analyze(&folder, &["app.py", "--handler", handler]);
        assert!(said.contains("it must name a function, as in `app.lambda_handler`"), "{said}");
        assert!(said.ends_with("exit code: 2\n"), "{said}");
    }
}

#[test]
fn decorators_may_be_trusted() {
    let folder = many("decorators");
    let args =
        ["functions/first/app.py", "--trust-decorator", "tracer.capture_lambda_handler", "--trust-decorator", "f"];
    assert_eq!(analyze(&folder, &args), analyze(&folder, &args[..1]));
}

#[test]
fn what_is_required_and_missing() {
    let folder = many("required");
    let args = ["functions/*/app.py", "--check", "--require", "b", "--require", "c", "--summary"];
    insta::assert_snapshot!(analyze(&folder, &args));
}

#[test]
fn tabs_wide_characters_and_line_endings() {
    let source = "def lambda_handler(event, context):\r\n\
        \tname = f('日本語',\tevent)  # é\r\n\
        \tif event:\r\n\t\t\ttitle = '日本' + g(name)\r\n\
        \treturn {'name': name, '題': title}\r\n";
    let latin = "# coding: latin-1\rdef lambda_handler(event, context):\r    for e in f('é'):\r        a = e\r    \
        b = '\u{ff}'\r    return {'a': a, 'b': f(b)}\r";
    let latin = latin.chars().map(|c| u8::try_from(u32::from(c)).unwrap()).collect::<Vec<_>>();
    let folder = project("wide", &[("wide.py", source.as_bytes()), ("latin.py", &latin)]);
    insta::assert_snapshot!(analyze(&folder, &["wide.py", "latin.py"]));
}

#[test]
fn nothing_that_is_quoted_reaches_the_terminal_as_a_command() {
    let source = "def lambda_handler(event, context):\n    if event:\n        a = '\u{1b}[31m\u{202e}\u{7f}'\x0c\n    return {'a': a, 'b': f()}\n";
    let folder = project("escapes", &[("a.py", source.as_bytes())]);
    insta::assert_snapshot!(analyze(&folder, &["a.py"]));
}

#[test]
fn colours_when_told() {
    let folder = many("colours");
    insta::assert_snapshot!(analyze(&folder, &["functions/*/app.py", "--color", "always"]).replace('\u{1b}', "<ESC>"));
    assert!(!analyze(&folder, &["functions/*/app.py"]).contains('\u{1b}'));
}

#[test]
fn a_name_that_is_not_text() {
    let folder = project("names", &[]);
    let name = OsStr::from_bytes(b"a\xff\x1b.py");
    fs::write(folder.join(name), STREAMS).unwrap();
    for args in [["--summary"].as_slice(), &["--format", "json"]] {
        let output = command(&folder, args).arg(name).output().unwrap();
        assert!(output.status.success() && String::from_utf8(output.stdout).unwrap().contains("a\u{fffd}"));
    }
    assert!(analyze(&folder, &["."]).starts_with("a\u{fffd}\u{fffd}.py: lambda_handler: 1 of 2"));
}

#[test]
fn a_link_that_leads_back() {
    let folder = many("links");
    std::os::unix::fs::symlink("..", folder.join("functions/back")).unwrap();
    std::os::unix::fs::symlink("nowhere", folder.join("functions/dangling.py")).unwrap();
    insta::assert_snapshot!(analyze(&folder, &["functions", "--summary"]));
}

#[test]
fn names_that_are_no_text_and_what_is_no_file() {
    let folder = project("no-file", &[("app.py", STREAMS.as_bytes())]);
    fs::write(folder.join(OsStr::from_bytes(b"caf\xe9.py")), STREAMS).unwrap();
    std::os::unix::fs::symlink("/dev/zero", folder.join("zero.py")).unwrap();
    for paths in ["**/*.py", "."] {
        let done = command(&folder, &["--summary", paths]).output().unwrap();
        assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
        assert!(String::from_utf8_lossy(&done.stdout).contains("app.py"));
    }
    let found = analyze(&folder, &["zero.py"]);
    assert!(found.contains("cannot read zero.py: it is not a regular file"), "{found}");
    assert!(found.ends_with("exit code: 2\n"), "{found}");
}
