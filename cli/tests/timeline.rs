//! `unum-streaming timeline` as its user meets it: the built command, log files in, drawings out.

#![expect(clippy::unwrap_used, clippy::panic, reason = "helpers of tests, which may end a test")]

use std::{
    fs,
    io::Write,
    path::Path,
    process::{Command, Output, Stdio},
};

const EVERY_DRAWABLE: [&str; 14] = [
    "pipeline-on",
    "pipeline-off",
    "quickstart-on",
    "quickstart-off",
    "twelve",
    "waits",
    "long-names",
    "raised",
    "fan-out",
    "dense",
    "tiny",
    "quarter-hour",
    "two-sessions",
    "prefixed",
];

fn command(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_unum-streaming"));
    command.arg("timeline").args(arguments).env_remove("COLUMNS").env_remove("NO_COLOR");
    command.current_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/records"));
    command
}

fn run(arguments: &[&str]) -> Output {
    command(arguments).output().unwrap()
}

fn drawn(arguments: &[&str]) -> String {
    let output = run(arguments);
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

fn refused(arguments: &[&str]) -> String {
    let output = run(arguments);
    assert!(!output.status.success() && output.stdout.is_empty());
    String::from_utf8(output.stderr).unwrap()
}

/// The SVG that the command writes.
fn svg(name: &str, arguments: &[&str]) -> String {
    let file = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("{name}.svg"));
    let path = file.to_str().unwrap();
    drawn(&[arguments, &["--svg", path]].concat());
    fs::read_to_string(file).unwrap()
}

/// A line of `functions` functions, each publishing `fields` fields over `field_ms` each.
fn made_up(functions: u32, fields: u32, field_ms: f64) -> String {
    let mut log = String::new();
    let start_of = |number: u32| 1_790_000_000_000.0 + f64::from(number) * (field_ms * 1.3);
    for number in 0..functions {
        let start = start_of(number);
        let end = start + field_ms * f64::from(fields);
        let source = if number == 0 { "null".to_owned() } else { format!("\"function-{}\"", number - 1) };
        let published = (1..=fields)
            .map(|field| {
                let at = start + field_ms * f64::from(field);
                format!(
                    r#"{{"field":"field {field} of {number}","at_ms":{at},"stored_ms":null,"bytes":1,"inline":false}}"#
                )
            })
            .collect::<Vec<_>>();
        let resolved = (1..=fields)
            .filter(|_| number > 0)
            .map(|field| {
                let asked = start + field_ms * f64::from(field - 1);
                let answered = asked + field_ms * 0.4;
                format!(
                    r#"{{"field":"field {field} of {}","asked_ms":{asked},"answered_ms":{answered},"available_ms":null,"waited_ms":0,"error":null}}"#,
                    number - 1
                )
            })
            .collect::<Vec<_>>();
        let record = format!(
            r#"{{"unum_streaming":{{"v":1,"function":"function-{number}","session":"s","request_id":"{number}","source":{source},"streaming":true,"received_ms":{start},"started_ms":{start},"ended_ms":{end},"next":[{{"function":"function-{}","at_ms":{},"acknowledged_ms":null,"early":true,"inline":[],"bytes":1}}],"published":[{}],"resolved":[{}],"store":{{"writes":1,"reads":1,"bytes_written":1,"bytes_read":1}},"outcome":"returned"}}}}"#,
            number + 1,
            start + field_ms,
            published.join(","),
            resolved.join(",")
        );
        log.extend([record.as_str(), "\n"]);
    }
    log
}

fn piped(log: &str, arguments: &[&str]) -> String {
    let mut child =
        command(arguments).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    child.stdin.take().unwrap().write_all(log.as_bytes()).unwrap();
    let output = child.wait_with_output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

/// As the terminal sees it; the one wide name of the records is the only one that counts double.
fn columns(line: &str) -> usize {
    line.chars().map(|c| if ('\u{2e80}'..='\u{a4cf}').contains(&c) { 2 } else { 1 }).sum()
}

fn assert_within(drawing: &str, width: usize, what: &str) {
    for line in drawing.lines() {
        assert!(columns(line) <= width, "{what} is {} columns wide, not {width}: {line}", columns(line));
        assert_eq!(line.trim_end(), line, "{what} leaves blanks at a line's end");
    }
}

fn snapshot(name: &str, drawn: &str) {
    let settings = {
        let mut settings = insta::Settings::clone_current();
        settings.set_snapshot_path("records/drawn");
        settings.set_prepend_module_to_snapshot(false);
        settings.set_omit_expression(true);
        settings
    };
    settings.bind(|| insta::assert_snapshot!(name, drawn));
}

macro_rules! drawings {
    ($($name:ident: $arguments:expr;)*) => {$(
        #[test]
        fn $name() {
            for width in ["80", "120"] {
                let arguments: &[&str] = &$arguments;
                let drawing = drawn(&[arguments, &["--width", width]].concat());
                snapshot(&format!("{}_{width}", stringify!($name)), &drawing);
            }
        }
    )*};
}

drawings! {
    pipeline: ["pipeline-on.log", "--compare", "pipeline-off.log", "--title", "Pipeline, 500 ms per field"];
    quickstart: ["quickstart-on.log", "--compare", "quickstart-off.log"];
    twelve_functions: ["twelve.log"];
    slow_source: ["waits.log"];
    long_names: ["long-names.log"];
    raised: ["raised.log"];
    fan_out: ["fan-out.log"];
    many_fields: ["dense.log"];
    two_milliseconds: ["tiny.log"];
    quarter_of_an_hour: ["quarter-hour.log"];
    ascii: ["raised.log", "--ascii"];
}

#[test]
fn no_line_is_wider_than_asked() {
    for width in [60, 61, 73, 80, 100, 133, 200, 1000] {
        let asked = width.to_string();
        for name in EVERY_DRAWABLE {
            let drawing = drawn(&[&format!("{name}.log"), "--width", &asked]);
            assert_within(&drawing, width, name);
        }
        let title = "A title that is much longer than the narrowest terminal that anybody still uses today";
        let compared = drawn(&["raised.log", "--compare", "long-names.log", "--title", title, "--width", &asked]);
        assert_within(&compared, width, "the comparison");
    }
}

#[test]
fn draws_any_number_of_functions_over_any_time() {
    for (functions, fields) in [(1, 0), (1, 1), (2, 3), (12, 9), (50, 5), (50, 40)] {
        for field_ms in [0.001, 0.4, 37.0, 4000.0, 180_000.0] {
            let what = format!("{functions} functions with {fields} fields of {field_ms} ms");
            let drawing = piped(&made_up(functions, fields, field_ms), &["--width", "90"]);
            assert_within(&drawing, 90, &what);
            assert!(drawing.contains(&format!("function-{}", functions - 1)), "{what}");
        }
    }
}

#[test]
fn takes_the_width_from_the_environment() {
    let output = command(&["dense.log"]).env("COLUMNS", "72").output().unwrap();
    assert_within(&String::from_utf8(output.stdout).unwrap(), 72, "COLUMNS=72");
    let output = command(&["dense.log"]).env("COLUMNS", "wide").output().unwrap();
    assert_eq!(output.stdout, drawn(&["dense.log", "--width", "100"]).into_bytes());
}

#[test]
fn ascii_is_ascii() {
    for name in EVERY_DRAWABLE {
        let log = format!("{name}.log");
        let drawing = drawn(&[&log, "--ascii", "--width", "80"]);
        assert!(drawing.is_ascii(), "{name}");
        assert_within(&drawing, 80, name);
    }
}

#[test]
fn colours_only_where_asked() {
    let plain = drawn(&["raised.log"]);
    assert!(!plain.contains('\u{1b}'));
    let coloured = drawn(&["raised.log", "--color", "always"]);
    let mut stripped = String::new();
    for (index, part) in coloured.split("\u{1b}[").enumerate() {
        stripped += if index == 0 { part } else { part.split_once('m').unwrap().1 };
    }
    assert_eq!(stripped, plain);
}

#[test]
fn a_prefix_changes_nothing() {
    assert_eq!(drawn(&["prefixed.log"]), drawn(&["pipeline-on.log"]));
}

#[test]
fn standard_input_is_a_file_too() {
    let log = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/records/raised.log")).unwrap();
    assert_eq!(piped(&log, &[]), drawn(&["raised.log"]));
    assert_eq!(piped(&log, &["-"]), drawn(&["raised.log"]));
}

#[test]
fn draws_the_newest_session_and_says_so() {
    let output = run(&["two-sessions.log"]);
    let (drawing, said) = (String::from_utf8(output.stdout).unwrap(), String::from_utf8(output.stderr).unwrap());
    assert!(drawing.contains("session 3e1c26d3"), "{drawing}");
    assert!(said.contains("2 sessions of 1 chain in two-sessions.log; drawing the newest, 3e1c26d3-"), "{said}");

    let output = run(&["two-sessions.log", "--session", "d95bafc8"]);
    assert!(String::from_utf8(output.stdout).unwrap().contains("session d95bafc8") && output.stderr.is_empty());
}

#[test]
fn damaged_records_are_left_out_and_told() {
    let output = run(&["--aggregate", "truncated.log", "two-sessions.log", "future-version.log"]);
    assert_eq!(String::from_utf8(output.stdout).unwrap(), drawn(&["--aggregate", "two-sessions.log"]));
    let said = String::from_utf8(output.stderr).unwrap();
    let expected = "2 damaged records left out of truncated.log, two-sessions.log, future-version.log; the first, at truncated.log:3: ";
    assert!(said.starts_with(expected) && said.lines().count() == 1, "{said}");

    let log = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/records/raised.log")).unwrap();
    assert_eq!(piped(&format!("{{\"unum_streaming\": true}}\n{log}"), &[]), drawn(&["raised.log"]));
}

#[test]
fn errors_name_file_line_and_what_is_wrong() {
    for (arguments, expected) in [
        (
            vec!["future-version.log"],
            "no record in future-version.log can be read; the first, at future-version.log:2: timeline record of version 2",
        ),
        (
            vec!["truncated.log"],
            "no record in truncated.log can be read; the first, at truncated.log:3: malformed timeline record: control",
        ),
        (vec!["raised.log", "--compare", "truncated.log"], "no record in truncated.log can be read"),
        (vec!["no-record.log"], "no timeline record in no-record.log: functions write one"),
        (vec!["missing.log"], "cannot read missing.log: No such file"),
        (vec!["raised.log", "--compare", "missing.log"], "cannot read missing.log: No such file"),
        (vec!["raised.log", "--svg", "missing/out.svg"], "cannot write missing/out.svg: No such file"),
        (vec!["raised.log", "--session", "nope"], "no session `nope` in raised.log; there is 5bc8fbbc-"),
        (vec!["two-sessions.log", "--session", ""], "`` is the start of several sessions, write more of one: "),
        (vec!["raised.log", "--width", "20"], "20 is not in 60..=1000"),
        (vec!["--log-group", "/aws/lambda/f", "--since", "soon"], "it must be like 45s, 30m, 12h or 7d"),
        (vec!["raised.log", "--since", "1h"], "--log-group <NAME>..."),
    ] {
        let error = refused(&arguments);
        assert!(error.contains(expected), "{arguments:?}: {error}");
    }
}

/// One line per element: its name, class and text, so that a snapshot shows what is drawn and not where.
fn structure(svg: &str) -> String {
    let mut lines = String::new();
    for element in elements(svg) {
        let class = element.split_once("class=\"").and_then(|(_, class)| class.split_once('"')).map(|(class, _)| class);
        let name = element.split(|c: char| c.is_whitespace() || c == '>' || c == '/').next().unwrap();
        let text = element.split_once('>').map_or("", |(_, text)| text.trim());
        let shown = [name, class.unwrap_or_default(), &text.replace('\n', " | ")].join(" ");
        if !matches!(name, "style" | "defs" | "pattern" | "marker") && !name.is_empty() {
            lines += shown.trim_end();
            lines.push('\n');
        }
    }
    lines
}

/// Every start tag with its attributes and the text after it, until the next tag.
fn elements(svg: &str) -> impl Iterator<Item = &str> {
    svg.split('<').filter(|part| !part.starts_with('/'))
}

/// Checks nesting, quoting and entities: what an XML parser refuses first.
fn assert_well_formed(svg: &str, what: &str) {
    let mut open = Vec::new();
    let mut rest = svg;
    while let Some(start) = rest.find('<') {
        assert_entities(&rest[..start], what);
        let end = start + rest[start..].find('>').unwrap_or_else(|| panic!("{what}: a tag does not end"));
        let tag = &rest[start + 1..end];
        assert!(!tag.contains('<') && tag.matches('"').count().is_multiple_of(2), "{what}: {tag}");
        if let Some(name) = tag.strip_prefix('/') {
            assert_eq!(open.pop(), Some(name), "{what}");
        } else if !tag.ends_with('/') {
            open.push(tag.split(' ').next().unwrap());
        }
        rest = &rest[end + 1..];
    }
    assert!(open.is_empty() && rest.trim().is_empty(), "{what}: {open:?} stay open");
    assert!(!svg.contains("NaN") && !svg.contains("inf"), "{what}: a number is none");
    assert!(!svg.chars().any(|c| c.is_control() && c != '\n'), "{what}: XML cannot hold a control character");
}

fn assert_entities(text: &str, what: &str) {
    for entity in text.split('&').skip(1) {
        let known = ["amp;", "lt;", "gt;", "quot;", "#39;"].iter().any(|known| entity.starts_with(known));
        assert!(known, "{what}: &{entity}");
    }
}

#[test]
fn every_svg_is_well_formed_and_alone() {
    for name in EVERY_DRAWABLE {
        let svg = svg(name, &[&format!("{name}.log"), "--title", "A <title> & \"more\" \u{1}"]);
        assert_well_formed(&svg, name);
        for outside in ["<script", "href", "@import", "@font-face", "<image", "foreignObject"] {
            assert!(!svg.contains(outside), "{name}: {outside}");
        }
        assert_eq!(svg.matches("://").count(), 1, "{name}: only the namespace is an address");
    }
}

#[test]
fn svg_of_the_quickstart() {
    let svg = svg("quickstart-compared", &["quickstart-on.log", "--compare", "quickstart-off.log"]);
    assert_well_formed(&svg, "quickstart");
    snapshot("svg_of_the_quickstart", &structure(&svg));
}

#[test]
fn svg_of_a_raise_and_its_readers() {
    snapshot("svg_of_a_raise_and_its_readers", &structure(&svg("raise", &["raised.log"])));
}

/// The page that `timeline --html` writes of these records.
fn page(name: &str, arguments: &[&str], input: Option<&str>) -> String {
    let file = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("{name}.html"));
    let mut command = command(&[&["--html", file.to_str().unwrap()], arguments].concat());
    let mut child = command.stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
    child.stdin.take().unwrap().write_all(input.unwrap_or_default().as_bytes()).unwrap();
    assert!(child.wait().unwrap().success());
    fs::read_to_string(file).unwrap()
}

#[test]
fn the_page_holds_every_session_below_its_chain_and_nothing_from_elsewhere() {
    let page = page("every", &["pipeline-on.log", "two-sessions.log", "raised.log", "--title", "All <of> it"], None);
    let addresses = page.replace("http://www.w3.org/2000/svg", "");
    assert!(!addresses.contains("://") && !page.contains("src="), "it asks for something");
    assert!(page.contains("<h1>All &lt;of&gt; it</h1>\n<p>4 sessions of 3 chains</p>"));

    let sections = page.split("<section ").skip(1).collect::<Vec<_>>();
    let [two_sessions, raised, pipeline] = sections[..] else { panic!("{} sections", sections.len()) };
    for (section, chain, sessions) in [
        (two_sessions, "FunctionA → FunctionB", 2),
        (raised, "Generator → Processor → Analyzer", 1),
        (pipeline, "Generator → Processor → Analyzer → Reporter", 1),
    ] {
        assert!(section.contains(&format!("<h2>{chain}</h2>")), "{chain}");
        assert_eq!(section.matches("<template id=").count(), sessions, "{chain}");
        assert_eq!(section.matches("<option value=").count(), sessions, "{chain}");
        assert_eq!(page.matches(&format!("\">{chain}</a>")).count(), 1, "{chain} is not among the contents");
    }
    assert!(two_sessions.contains("2 sessions; medians, with the smallest and the largest value"));
    assert!(two_sessions.contains("<tr><td>FunctionA<td>2<td>") && !two_sessions.contains("Generator"));
}

#[test]
fn the_page_of_one_chain_has_no_contents_and_draws_the_newest_sessions() {
    let records = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/records/tiny.log")).unwrap();
    let log: String = (0..130).map(|number| records.replace("6018366c", &format!("{number:08}"))).collect();
    let page = page("many", &[], Some(&log));
    assert!(!page.contains("<ul class=\"contents\"") && page.contains("130 sessions, the newest 100 of them drawn"));
    assert_eq!(page.matches("<template id=").count(), 100);
}

#[test]
fn what_a_log_says_is_text_on_the_page() {
    let log =
        fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/records/quickstart-on.log")).unwrap();
    let hostile = log.replace("FunctionA", "</template><script>alert(1)</script>{cards}");
    let page = page("hostile", &[], Some(&hostile));
    assert_eq!(page.matches("<script>").count(), 1);
    assert!(page.contains("&lt;script&gt;alert(1)") && page.contains("{cards}"));
}

#[test]
fn the_sessions_of_a_chain_together() {
    let text = drawn(&["--aggregate", "two-sessions.log"]);
    let heading = "FunctionA → FunctionB\n2 sessions, medians (smallest to largest)\n";
    assert!(text.starts_with(&format!("{heading}  took                 225 ms (221 ms to 229 ms)\n")), "{text}");
    assert!(text.contains("FunctionB            2       0  162 ms (158 ms to 166 ms)"), "{text}");

    let chain = &numbers(&["two-sessions.log"])[0];
    assert_eq!((&chain["chain"], &chain["sessions"]), (&"FunctionA → FunctionB".into(), &2.into()));
    assert_eq!(chain["calls"], serde_json::json!([{"from": "FunctionA", "to": "FunctionB"}]));
    let saved = chain["in_turn_ms"]["least"].as_f64().unwrap() - chain["total_ms"]["least"].as_f64().unwrap();
    assert!(saved > 0.0 && chain["saved_ms"]["least"].as_f64().unwrap() > 0.0);
    assert_eq!(chain["functions"][1]["function"], "FunctionB");
    assert!(chain["functions"][1]["lead_ms"].is_null());

    let one = &numbers(&["--session", "3e1c26d3", "two-sessions.log"])[0];
    assert_eq!((&one["sessions"], &one["total_ms"]["median"]), (&1.into(), &one["total_ms"]["most"]));
}

#[test]
fn chains_are_not_mixed() {
    // The chain of most sessions comes first; equals are in the order of their functions by name.
    let logs = ["two-sessions.log", "fan-out.log", "pipeline-on.log"];
    let alone = logs.map(|log| drawn(&["--aggregate", log]));
    let mixed = ["--aggregate", "pipeline-on.log", "fan-out.log", "two-sessions.log"];
    assert_eq!(drawn(&mixed), [&alone[0], &alone[2], &alone[1]].map(String::as_str).join("\n"));

    let alone = logs.map(|log| numbers(&[log]));
    let mixed = numbers(&["pipeline-on.log", "fan-out.log", "two-sessions.log"]);
    assert_eq!(mixed, [&alone[0][..], &alone[2], &alone[1]].concat());
    assert_eq!(mixed[2]["chain"], "Split → Left, Right");
}

/// What `--format json` says of each chain.
fn numbers(arguments: &[&str]) -> Vec<serde_json::Value> {
    let document: serde_json::Value =
        serde_json::from_str(&drawn(&[arguments, &["--format", "json"]].concat())).unwrap();
    document["chains"].as_array().unwrap().clone()
}

#[test]
fn compares_with_the_same_chain() {
    let records = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/records");
    let read = |name: &str| fs::read_to_string(records.join(name)).unwrap();
    let mixed = Path::new(env!("CARGO_TARGET_TMPDIR")).join("mixed-off.log");
    // These started an hour later.
    fs::write(&mixed, read("pipeline-off.log") + &read("fan-out.log").replace(":179000", ":179360")).unwrap();
    let output = run(&["pipeline-on.log", "--compare", mixed.to_str().unwrap()]);
    let said = String::from_utf8(output.stderr).unwrap();
    assert_eq!(String::from_utf8(output.stdout).unwrap(), drawn(&["pipeline-on.log", "--compare", "pipeline-off.log"]));
    assert!(said.contains("2 sessions of 2 chains in ") && said.contains("of Generator → Processor"), "{said}");

    let said = run(&["pipeline-on.log", "--compare", "quickstart-off.log"]).stderr;
    let expected =
        "no session of Generator → Processor → Analyzer → Reporter in quickstart-off.log; drawing the newest, ";
    assert!(String::from_utf8(said).unwrap().starts_with(expected));
}
