//! `analyze` and `transform`, through the binary.

#![allow(clippy::unwrap_used)]

use std::{
    fs,
    path::Path,
    process::{Command, Output, Stdio},
};

fn run(args: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_unum-streaming"))
        .args(args)
        .current_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/modules"))
        .output()
        .unwrap()
}

fn stdout(output: &Output) -> String {
    String::from_utf8(output.stdout.clone()).unwrap()
}

fn stderr(output: &Output) -> String {
    String::from_utf8(output.stderr.clone()).unwrap()
}

#[test]
fn analyze_quotes_the_lines() {
    let output = run(&["analyze", "app.py", "--handler", "app.lambda_handler"]);
    assert!(output.status.success(), "{}", stderr(&output));
    insta::assert_snapshot!(stdout(&output));
}

#[test]
fn analyze_says_why_a_module_runs_as_written() {
    let output = run(&["analyze", "as_written.py", "--handler", "lambda_handler"]);
    assert!(output.status.success(), "{}", stderr(&output));
    insta::assert_snapshot!(stdout(&output));
}

#[test]
fn analyze_as_json() {
    let output = run(&["analyze", "app.py", "--handler", "pkg/app.lambda_handler", "--format", "json"]);
    assert!(output.status.success(), "{}", stderr(&output));
    insta::assert_snapshot!(stdout(&output));
}

#[test]
fn transform_prints_the_edited_module() {
    let output = run(&["transform", "app.py", "--handler", "app.lambda_handler"]);
    assert!(output.status.success(), "{}", stderr(&output));
    assert_eq!(stderr(&output), "");
    insta::assert_snapshot!(stdout(&output));
}

#[test]
fn transform_prints_the_original_where_nothing_streams() {
    let output = run(&["transform", "as_written.py"]);
    assert!(output.status.success());
    assert_eq!(stdout(&output), include_str!("modules/as_written.py"));
    insta::assert_snapshot!(stderr(&output));
}

#[test]
fn transform_shows_a_diff() {
    let output = run(&["transform", "app.py", "--diff"]);
    assert!(output.status.success());
    assert_eq!(stderr(&output), "");
    insta::assert_snapshot!(stdout(&output));
    let coloured = stdout(&run(&["transform", "app.py", "--diff", "--color", "always"]));
    assert!(coloured.contains("\u{1b}[32m+    statistical"));
}

#[test]
fn a_diff_keeps_line_endings() {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("diff");
    fs::create_dir_all(&folder).unwrap();
    let file = folder.join("crlf.py");
    fs::write(&file, include_str!("modules/app.py").replace('\n', "\r\n")).unwrap();
    let output = run(&["transform", file.to_str().unwrap(), "--diff"]);
    let diff = stdout(&output);
    let (heading, lines) = diff.split_at(diff.find("@@").unwrap());
    assert!(heading.ends_with("/diff/crlf.py\n") && !heading.contains("a//"), "{heading}");
    insta::assert_snapshot!(lines.replace('\r', "<CR>"));
}

#[test]
fn a_diff_of_nothing_is_empty() {
    let output = run(&["transform", "as_written.py", "--diff"]);
    assert!(output.status.success());
    assert_eq!(stdout(&output), "");
    assert_eq!(stderr(&output), stderr(&run(&["transform", "as_written.py"])));
    assert_eq!(run(&["transform", "app.py", "--diff", "--format", "json"]).status.code(), Some(2));
}

#[test]
fn transform_as_json() {
    let output = run(&["transform", "as_written.py", "--format", "json"]);
    let document: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(document["source"], serde_json::Value::Null);
    assert_eq!(document["report"]["can_stream"], false);
    assert_eq!(document["settings"], serde_json::Value::Null);
    let output = run(&["transform", "app.py", "--format", "json"]);
    let document: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(document["report"]["injected_name"], "__unum__");
    assert_eq!(document["source"].as_str().unwrap(), stdout(&run(&["transform", "app.py"])));
    insta::assert_snapshot!(serde_json::to_string_pretty(&document["settings"]).unwrap());
}

#[test]
fn bad_input_is_one_sentence() {
    let rows = [
        (
            ["analyze", "missing.py"].as_slice(),
            "unum-streaming: cannot read missing.py: No such file or directory (os error 2)\n",
        ),
        (&["transform", "."], "unum-streaming: cannot read .: Is a directory (os error 21)\n"),
        (
            &["analyze", "app.py", "--handler", "app.nope"],
            "unum-streaming: cannot analyse app.py: no function `nope` in the module; \
             `lambda_handler` looks like a handler\n",
        ),
        (
            &["transform", "broken.py"],
            "unum-streaming: cannot analyse broken.py: invalid syntax. Got unexpected token '}' at line 2\n",
        ),
        (
            &["transform", "broken.py", "--format", "json"],
            "unum-streaming: cannot analyse broken.py: invalid syntax. Got unexpected token '}' at line 2\n",
        ),
    ];
    for (args, message) in rows {
        let output = run(args);
        assert_eq!(output.status.code(), Some(2), "{args:?}");
        assert_eq!(stderr(&output), message);
        assert_eq!(stdout(&output), "");
    }
}

#[test]
fn a_reader_that_has_gone_is_no_error() {
    for args in [
        ["analyze", "app.py", "as_written.py"].as_slice(),
        &["analyze", "app.py", "--format", "json"],
        &["transform", "app.py"],
        &["transform", "app.py", "--diff"],
    ] {
        let mut child = Command::new(env!("CARGO_BIN_EXE_unum-streaming"))
            .args(args)
            .current_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/modules"))
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        drop(child.stdout.take());
        let output = child.wait_with_output().unwrap();
        assert!(output.status.success());
        assert_eq!(stderr(&output), "");
    }
}

#[test]
fn nobody_to_complain_to_is_no_panic() {
    let mut child = Command::new(env!("CARGO_BIN_EXE_unum-streaming"))
        .args(["analyze", "missing.py"])
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    drop(child.stderr.take());
    assert_eq!(child.wait().unwrap().code(), Some(2));
}
