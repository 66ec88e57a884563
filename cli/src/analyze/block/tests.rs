use unum_transformer::{FieldReport, Verdict};

use super::*;

const MODULE: &str = "\
def lambda_handler(event, context):
    user = load(event['user'], retry=True)
    totals = sum_up(
        user,
        event['items'],
    )
\tprint(名前 := user.name, totals)
    return {'user': user, 'totals': totals, 'n': 1, 'm': 2}
";

fn report(fields: Vec<FieldReport>) -> Report {
    Report {
        can_stream: fields.iter().any(|field| field.verdict == Verdict::Published),
        reason: "a summary".to_owned(),
        line: None,
        at: None,
        help: None,
        handler: "lambda_handler".to_owned(),
        module: None,
        injected_name: None,
        keys: Vec::new(),
        fields,
    }
}

fn field(name: &str, published_at_line: Option<u32>, reason_line: u32, at: Option<Place>) -> FieldReport {
    FieldReport {
        field_name: name.to_owned(),
        computed_at_line: Some(2),
        verdict: if published_at_line.is_some() { Verdict::Published } else { Verdict::AtReturn },
        published_at_line,
        reason: format!("a reason at line {reason_line}"),
        reason_line: Some(reason_line),
        at,
        help: None,
    }
}

fn place(line: u32, column: u32, end_line: u32, end_column: u32) -> Place {
    Place { line, column, end_line, end_column }
}

fn described(report: &Report) -> String {
    describe("app.py", report, &Source::new(MODULE), Paint(false), 80)
}

#[test]
fn marks_the_place_that_the_reason_is_about() {
    let mut held = field("user", None, 2, Some(place(2, 17, 2, 30)));
    held.help = Some("copy it first".to_owned());
    let fields = vec![
        held,
        field("totals", None, 3, Some(place(3, 14, 6, 6))),
        field("n", None, 7, Some(place(7, 8, 7, 10))),
        field("m", None, 7, Some(place(7, 14, 7, 23))),
    ];
    insta::assert_snapshot!(described(&report(fields)));
}

#[test]
fn groups_what_is_about_one_place() {
    let fields = vec![
        field("n", Some(2), 8, None),
        field("user", Some(2), 2, None),
        field("m", Some(2), 8, Some(place(8, 55, 8, 56))),
        field("totals", None, 8, None),
        field("count", None, 8, None),
    ];
    insta::assert_snapshot!(described(&report(fields)));
}

#[test]
fn tells_different_reasons_apart() {
    let mut other = field("user", None, 8, None);
    other.reason = "another reason".to_owned();
    insta::assert_snapshot!(described(&report(vec![field("totals", None, 8, None), other])));
}

#[test]
fn shows_what_a_closing_bracket_closes() {
    insta::assert_snapshot!(described(&report(vec![field("totals", Some(6), 3, None)])));
}

#[test]
fn leaves_out_the_middle_of_what_is_long() {
    let rows = "        1,\n".repeat(12);
    let source = Source::new(&format!("def lambda_handler(event, context):\n    a = f(\n{rows}    )\n"));
    let marked = field("a", None, 2, Some(place(2, 9, 15, 6)));
    let closing = field("a", Some(15), 2, None);
    let [marked, closing] =
        [marked, closing].map(|field| describe("app.py", &report(vec![field]), &source, Paint(false), 80));
    insta::assert_snapshot!(format!("{marked}\n{closing}"));
}

#[test]
fn a_handler_that_runs_as_written() {
    let mut report = report(Vec::new());
    report.reason = "`user` is looked at by somebody else, and this is told in more words than fit".to_owned();
    report.line = Some(2);
    report.help = Some("do not".to_owned());
    let whole = described(&report);
    report.at = Some(place(2, 12, 2, 43));
    report.reason = "`load` is not known".to_owned();
    insta::assert_snapshot!(format!("{whole}\n{}", described(&report)));
}

#[test]
fn nothing_to_quote_from() {
    let mut elsewhere = report(vec![field("user", Some(2), 4, None), field("totals", None, 3, None)]);
    elsewhere.module = Some("shared.core".to_owned());
    let transformation = unum_transformer::Transformation {
        report: elsewhere,
        source: None,
        other: None,
        route: unum_transformer::Route::default(),
        shifts: Vec::new(),
        idle: Vec::new(),
        guards: 0,
        relied_on: Vec::new(),
        definitions: Vec::new(),
    };
    let source = Source::of(&transformation, MODULE.as_bytes());
    let elsewhere = describe("app.py", &transformation.report, &source, Paint(false), 80);
    let beyond = described(&report(vec![field("user", None, 99, Some(place(99, 5, 99, 7)))]));
    let mut nowhere = report(Vec::new());
    nowhere.reason = "no reason".to_owned();
    insta::assert_snapshot!(format!("{elsewhere}\n{beyond}\n{}", described(&nowhere)));
}

#[test]
fn places_that_are_not_there() {
    let places = [place(2, 0, 2, 0), place(2, 40, 2, 99), place(2, 99, 2, 120), place(2, 30, 2, 3), place(8, 5, 99, 1)];
    let fields = places.into_iter().map(|at| field("user", None, 2, Some(at))).collect();
    insta::assert_snapshot!(described(&report(fields)));
}
