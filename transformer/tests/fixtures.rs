//! Each fixture's report and edited text, side by side with what Python makes of them.

#![allow(clippy::unwrap_used)]

use std::{
    fmt::Write as _,
    fs,
    io::Write as _,
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

use unum_transformer::{Request, Transformation};

fn transform(source: &[u8], handler: &str) -> Transformation {
    unum_transformer::transform(&Request::new(source, handler))
}

struct Fixture {
    name: String,
    source: String,
    transformation: Transformation,
}

fn fixtures(folder: &str) -> Vec<Fixture> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures").join(folder);
    let mut paths: Vec<PathBuf> = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    paths.retain(|path| path.extension().is_some_and(|extension| extension == "py"));
    paths.sort();
    paths.into_iter().map(|path| fixture(&path)).collect()
}

fn fixture(path: &Path) -> Fixture {
    let source = fs::read_to_string(path).unwrap();
    let first = source.lines().next().unwrap_or_default();
    let handler = first.strip_prefix("# handler: ").unwrap_or("lambda_handler");
    let transformation = transform(source.as_bytes(), handler);
    Fixture { name: path.file_stem().unwrap().to_string_lossy().into_owned(), source, transformation }
}

/// The report in words, then the lines that differ.
fn describe(fixture: &Fixture) -> String {
    let report = &fixture.transformation.report;
    let line = |line: Option<u32>| line.map_or("-".to_owned(), |line| line.to_string());
    let mut text = format!("{} (line {})\nkeys: {:?}\n", report.reason, line(report.line), report.keys);
    for field in &report.fields {
        let _ = writeln!(
            text,
            "{}: {:?}, computed {}, published {}: {} (line {})",
            field.field_name,
            field.verdict,
            line(field.computed_at_line),
            line(field.published_at_line),
            field.reason,
            line(field.reason_line)
        );
    }
    let _ = writeln!(text);
    let shown = fixture.transformation.source.as_ref().unwrap_or(&fixture.source);
    text + &shown.replace('\r', "␍")
}

#[test]
fn published() {
    for fixture in fixtures("published") {
        assert!(fixture.transformation.source.is_some(), "{}: {}", fixture.name, fixture.transformation.report.reason);
        assert!(fixture.transformation.report.can_stream, "{}", fixture.name);
        insta::assert_snapshot!(format!("published_{}", fixture.name), describe(&fixture));
    }
}

#[test]
fn skipped() {
    for fixture in fixtures("skipped") {
        assert_eq!(fixture.transformation.source, None, "{}", fixture.name);
        assert!(!fixture.transformation.report.can_stream, "{}", fixture.name);
        assert_eq!(fixture.transformation.report.injected_name, None, "{}", fixture.name);
        insta::assert_snapshot!(format!("skipped_{}", fixture.name), describe(&fixture));
    }
}

#[test]
fn every_line_keeps_its_number() {
    for fixture in fixtures("published") {
        let edited = fixture.transformation.source.unwrap();
        assert_eq!(fixture.source.lines().count(), edited.lines().count(), "{}", fixture.name);
    }
}

#[test]
fn python_compiles_every_edited_fixture() {
    let mut python = Command::new("python3")
        .args([
            "-c",
            "import sys\nfor text in sys.stdin.buffer.read().split(b'\\0'): compile(text, 'fixture.py', 'exec')",
        ])
        .stdin(Stdio::piped())
        .spawn()
        .unwrap();
    let edited: Vec<String> =
        fixtures("published").into_iter().filter_map(|fixture| fixture.transformation.source).collect();
    python.stdin.take().unwrap().write_all(edited.join("\0").as_bytes()).unwrap();
    assert!(python.wait().unwrap().success());
}
