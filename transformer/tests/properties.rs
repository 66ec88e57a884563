//! Whatever the source: no panic, and an edited source is the original plus injected pieces, line by line.

#![allow(clippy::unwrap_used)]

use std::{fs, path::Path};

use proptest::prelude::*;
use unum_transformer::{Report, Request, Transformation};

fn transform(source: &[u8], handler: &str) -> Transformation {
    unum_transformer::transform(&Request::new(source, handler))
}

fn fixtures() -> Vec<String> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures");
    let folders = ["published", "skipped"].map(|folder| fs::read_dir(root.join(folder)).unwrap());
    let mut paths: Vec<_> = folders.into_iter().flatten().map(|entry| entry.unwrap().path()).collect();
    paths.sort();
    paths.iter().map(|path| fs::read_to_string(path).unwrap()).collect()
}

/// What a mutation puts in: tokens that matter to the analysis.
const PIECES: [&str; 40] = [
    "a",
    "b",
    "result",
    "event",
    "del a\n",
    "global a\n",
    "nonlocal a\n",
    "a = 1",
    "; ",
    ":",
    "\n    ",
    "\n",
    "\\\n",
    "(",
    ")",
    "[",
    "]",
    "{",
    "}",
    ", ",
    "\"",
    "'",
    "\"\"\"",
    "# ",
    "return ",
    "return {\"a\": a, \"b\": b}\n",
    "lambda a: ",
    "(a := 2)",
    "yield ",
    "await ",
    "if a:\n        ",
    "for a in b: pass\n",
    "with f() as a: pass\n",
    "try: pass\nfinally: ",
    "f\"{a}\"",
    "*",
    "**",
    "\t",
    "\r\n",
    "é",
];

#[derive(Clone, Debug)]
enum Mutation {
    Insert(prop::sample::Index, usize),
    Remove(prop::sample::Index, usize),
    SwapLines(prop::sample::Index, prop::sample::Index),
}

fn mutation() -> impl Strategy<Value = Mutation> {
    prop_oneof![
        (any::<prop::sample::Index>(), 0..PIECES.len()).prop_map(|(at, piece)| Mutation::Insert(at, piece)),
        (any::<prop::sample::Index>(), 1..6_usize).prop_map(|(at, count)| Mutation::Remove(at, count)),
        (any::<prop::sample::Index>(), any::<prop::sample::Index>())
            .prop_map(|(one, other)| Mutation::SwapLines(one, other)),
    ]
}

fn mutate(source: &str, mutations: &[Mutation]) -> String {
    mutations.iter().fold(source.to_owned(), |source, mutation| match mutation {
        Mutation::Insert(at, piece) => {
            let mut chars: Vec<char> = source.chars().collect();
            let at = at.index(chars.len() + 1);
            chars.splice(at..at, PIECES[*piece].chars());
            chars.into_iter().collect()
        }
        Mutation::Remove(at, count) => {
            let mut chars: Vec<char> = source.chars().collect();
            let start = at.index(chars.len() + 1);
            chars.drain(start..(start + count).min(chars.len()));
            chars.into_iter().collect()
        }
        Mutation::SwapLines(one, other) => {
            let mut lines: Vec<&str> = source.split('\n').collect();
            let (one, other) = (one.index(lines.len()), other.index(lines.len()));
            lines.swap(one, other);
            lines.join("\n")
        }
    })
}

fn check(source: &str, handler: &str) {
    let transformation = transform(source.as_bytes(), handler);
    let Report { can_stream, injected_name, .. } = transformation.report;
    assert_eq!(can_stream, transformation.source.is_some());
    if let Some(edited) = transformation.source {
        let injected = injected_name.unwrap();
        assert!(!source.contains(&injected));
        assert_eq!(source.matches('\n').count(), edited.matches('\n').count());
        for (line, edited) in source.split('\n').zip(edited.split('\n')) {
            assert!(is_line_with_pieces(line, edited, &injected), "{line:?} became {edited:?}");
        }
    }
}

/// Whether taking pieces away from `edited` can give `line`.
fn is_line_with_pieces(line: &str, edited: &str, injected: &str) -> bool {
    if line == edited {
        return true;
    }
    let pieces = [
        piece_call(edited, injected),
        piece_header(edited, injected),
        piece_guarded(edited, injected),
        piece_header_end(edited),
        piece_emit(edited, injected),
        piece_emit_end(edited, injected),
    ];
    if pieces.into_iter().flatten().any(|length| is_line_with_pieces(line, &edited[length..], injected)) {
        return true;
    }
    match (line.chars().next(), edited.chars().next()) {
        (Some(one), Some(other)) if one == other => {
            let length = one.len_utf8();
            is_line_with_pieces(&line[length..], &edited[length..], injected)
        }
        _ => false,
    }
}

/// `; __unum__.publish(…)` or `__unum__.publish(…); `
fn piece_call(text: &str, injected: &str) -> Option<usize> {
    let (start, behind) = if text.starts_with("; ") { (2, true) } else { (0, false) };
    let call = text[start..].strip_prefix(injected)?;
    let call = call.strip_prefix(".publish").or_else(|| call.strip_prefix(".offer"))?;
    let end = text.len() - call.len() + balanced(call)?;
    if behind { Some(end) } else { text[end..].starts_with("; ").then_some(end + 2) }
}

/// `__unum__.publish(…) or (`, the parenthesis behind the last one only
fn piece_header(text: &str, injected: &str) -> Option<usize> {
    let call = text.strip_prefix(injected)?;
    let call = call.strip_prefix(".publish").or_else(|| call.strip_prefix(".offer"))?;
    let end = text.len() - call.len() + balanced(call)?;
    let rest = text[end..].strip_prefix(" or ")?;
    Some(end + 4 + usize::from(!rest.starts_with(injected)))
}

/// `__unum__0__ and (…); ` or `__unum__0__ and (…) or (`
fn piece_guarded(text: &str, injected: &str) -> Option<usize> {
    let guard = text.strip_prefix(injected)?;
    let calls = guard.trim_start_matches(|char: char| char.is_ascii_digit()).strip_prefix("__ and ")?;
    let end = text.len() - calls.len() + balanced(calls)?;
    let is_piece = calls.starts_with(&format!("({injected}.")) && calls.contains(&format!(" or {injected}.passed("));
    let length = [" or (", "; "].into_iter().find(|what| text[end..].starts_with(what))?.len();
    is_piece.then_some(end + length)
}

/// What closes a header's parenthesis, which may be on another line.
fn piece_header_end(text: &str) -> Option<usize> {
    text.starts_with(')').then_some(1)
}

/// `__unum__.emit('a', (`
fn piece_emit(text: &str, injected: &str) -> Option<usize> {
    let name = text.strip_prefix(injected)?.strip_prefix(".emit(")?;
    let rest = &name[literal(name)?..];
    rest.starts_with(", (").then_some(text.len() - rest.len() + 3)
}

/// `,), 'version', (1,))`
fn piece_emit_end(text: &str, injected: &str) -> Option<usize> {
    let mut rest = text.strip_prefix(",)")?;
    while let Some(pair) = rest.strip_prefix(", ") {
        let tuple = pair[literal(pair)?..].strip_prefix(", ")?;
        rest = &tuple[balanced(tuple)?..];
    }
    let _ = injected;
    rest.starts_with(')').then_some(text.len() - rest.len() + 1)
}

/// Length of the string literal that this starts with.
fn literal(text: &str) -> Option<usize> {
    let quote = text.chars().next().filter(|char| matches!(char, '\'' | '"'))?;
    let mut escaped = false;
    let end = text.char_indices().skip(1).find(|&(_, char)| {
        let ends = char == quote && !escaped;
        escaped = char == '\\' && !escaped;
        ends
    });
    end.map(|(at, _)| at + 1)
}

/// Length of the bracketed text that this starts with.
fn balanced(text: &str) -> Option<usize> {
    let mut depth = 0;
    let mut at = 0;
    while at < text.len() {
        let rest = &text[at..];
        let char = rest.chars().next()?;
        match char {
            '(' => depth += 1,
            ')' => depth -= 1,
            '\'' | '"' => {
                at += literal(rest)?;
                continue;
            }
            _ => {}
        }
        at += char.len_utf8();
        if depth == 0 {
            return Some(at);
        }
    }
    None
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 600, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn random_text(source in "\\PC*", handler in "[a-z_]{1,10}") {
        check(&source, &handler);
    }

    #[test]
    fn random_bytes(source in prop::collection::vec(any::<u8>(), 0..200)) {
        transform(&source, "lambda_handler");
    }

    #[test]
    fn random_tokens(pieces in prop::collection::vec(0..PIECES.len(), 0..40)) {
        let body: String = pieces.into_iter().map(|piece| PIECES[piece]).collect();
        check(&format!("def lambda_handler(event, context):\n    a = f()\n    {body}\n    return {{'a': a, 'b': g(), 'c': h()}}\n"), "lambda_handler");
    }

    #[test]
    fn mutated_fixtures(fixture in any::<prop::sample::Index>(), mutations in prop::collection::vec(mutation(), 0..5)) {
        let fixtures = fixtures();
        let source = mutate(&fixtures[fixture.index(fixtures.len())], &mutations);
        check(&source, "lambda_handler");
    }
}

#[test]
fn hostile_nesting_is_refused() {
    let deep = [
        format!("x = {}1{}\n", "(".repeat(100_000), ")".repeat(100_000)),
        format!("x = {}1\n", "-".repeat(100_000)),
        format!("x = a{}\n", ".b".repeat(100_000)),
        format!("x = a{}\n", "()".repeat(100_000)),
        format!("x = {}1\n", "lambda a, b: ".repeat(100_000)),
        format!("if 1:\n  pass\n{}", "elif 1:\n  pass\n".repeat(30_000)),
        format!("x = 1{}\n", " if 1 else 1".repeat(100_000)),
        format!("x = f\"{{{}1}}\"\n", "not ".repeat(100_000)),
        format!("x = {}\n", "1 ** ".repeat(100_000)),
    ];
    for source in deep {
        let tail = "    a = f()\n    return {'a': a, 'b': g()}\n";
        let indented = source.trim_end().replace('\n', "\n    ");
        let inside = format!("def lambda_handler(e, c):\n    {indented}\n{tail}");
        assert_eq!(transform(inside.as_bytes(), "lambda_handler").report.reason, "the source nests too deep");
        // Elsewhere in the module it is no hindrance.
        let outside = format!("{source}def lambda_handler(e, c):\n{tail}");
        assert!(transform(outside.as_bytes(), "lambda_handler").source.is_some());
    }
}

#[test]
fn the_deepest_that_is_accepted_fits_the_stack() {
    let tail = "def lambda_handler(e, c):\n    a = f()\n    return {'a': a, 'b': g()}\n";
    let ladder: String = (0..95).flat_map(|depth| [" ".repeat(depth), "if 1:\n".to_owned()]).collect();
    let sources = [
        format!("x = {}1\n", "-".repeat(2_900)),
        format!("x = 1{}\n", "+1".repeat(2_900)),
        format!("x = a{}\n", ".b".repeat(2_900)),
        format!("x = {}1\n", "lambda: ".repeat(1_400)),
        format!("x = {}1{}\n", "(".repeat(190), ")".repeat(190)),
        format!("if 1:\n  pass\n{}", "elif 1:\n  pass\n".repeat(1_900)),
        format!("{ladder}{}x = 1{}\n", " ".repeat(95), "+1".repeat(2_900)),
    ];
    for source in sources {
        assert!(transform(format!("{source}{tail}").as_bytes(), "lambda_handler").source.is_some(), "{source:.40}");
    }
}
