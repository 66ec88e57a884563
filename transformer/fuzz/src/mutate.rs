//! A module of the tests, and what was done to it.

use std::{env, fs, path::PathBuf, sync::LazyLock};

use libfuzzer_sys::arbitrary::{self, Arbitrary};

/// The folder that `fuzz.py` copied the modules to.
pub const SEEDS: &str = "UNUM_FUZZ_SEEDS";

static SEED_SOURCES: LazyLock<Vec<String>> = LazyLock::new(|| {
    let folder = PathBuf::from(env::var_os(SEEDS).unwrap_or_else(|| panic!("{SEEDS} names no folder")));
    let entries = fs::read_dir(&folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display()));
    let mut paths: Vec<PathBuf> = entries.flatten().map(|entry| entry.path()).collect();
    paths.sort();
    paths.iter().filter_map(|path| fs::read_to_string(path).ok()).collect()
});

#[derive(Arbitrary, Debug)]
pub struct Mutated {
    seed: u16,
    mutations: Vec<Mutation>,
}

#[derive(Arbitrary, Debug)]
enum Mutation {
    PutIn {
        line: u16,
        column: u8,
        piece: u8,
    },
    TakeOut {
        line: u16,
        column: u8,
        count: u8,
    },
    MoveLine {
        from: u16,
        to: u16,
    },
    CopyLine {
        from: u16,
        to: u16,
    },
    Indent {
        line: u16,
        count: u8,
    },
    /// A line of another module.
    Graft {
        seed: u16,
        from: u16,
        to: u16,
    },
    /// Every line's end.
    Ends {
        carriage_return: bool,
        newline: bool,
    },
}

/// What matters to the analysis.
const PIECES: [&str; 64] = [
    "a",
    "b",
    "c",
    "result",
    "event",
    "context",
    "self",
    "lambda_handler",
    "__unum__",
    "é",
    "ﬁ",
    "0",
    "None",
    "\"a\"",
    "'''",
    "\"\"\"",
    "f\"",
    "f'{a}'",
    "f\"{d[\"a\"]}\"",
    "{",
    "}",
    "(",
    ")",
    "[",
    "]",
    ", ",
    "; ",
    ": ",
    "=",
    " == ",
    ":=",
    " | ",
    "*",
    "**",
    ".",
    "@",
    "#",
    "\\\n",
    "\r",
    "\x0c",
    "\t",
    "del a",
    "global a",
    "nonlocal a",
    "a = 1",
    "a: int = f()",
    "a += f()",
    "result[\"c\"] = f()",
    "result.update(a=a)",
    "return ",
    "return {\"a\": a, \"b\": b}",
    "lambda a: a",
    "yield a",
    "await a",
    "if a:",
    "elif a:",
    "else:",
    "while f():",
    "for a in b:",
    "with f() as a:",
    "try:",
    "except* E as a:",
    "finally:",
    "match a:\n        case {\"k\": a}:",
];

impl Mutated {
    pub fn source(&self) -> String {
        let mut lines: Vec<String> = seed(self.seed).split('\n').map(str::to_owned).collect();
        for mutation in &self.mutations {
            mutation.apply(&mut lines);
        }
        lines.join("\n")
    }
}

impl Mutation {
    fn apply(&self, lines: &mut Vec<String>) {
        let count = lines.len();
        let index = |line: u16| usize::from(line) % count;
        match *self {
            Self::PutIn { line, column, piece } => {
                let line = &mut lines[index(line)];
                let at = boundary(line, column);
                line.insert_str(at, PIECES[usize::from(piece) % PIECES.len()]);
            }
            Self::TakeOut { line, column, count } => {
                let line = &mut lines[index(line)];
                let start = boundary(line, column);
                let length: usize = line[start..].chars().take(usize::from(count)).map(char::len_utf8).sum();
                line.drain(start..start + length);
            }
            Self::MoveLine { from, to } => {
                let line = lines.remove(index(from));
                lines.insert(index(to).min(lines.len()), line);
            }
            Self::CopyLine { from, to } => {
                let line = lines[index(from)].clone();
                lines.insert(index(to), line);
            }
            Self::Indent { line, count } => lines[index(line)].insert_str(0, &" ".repeat(usize::from(count % 9))),
            Self::Graft { seed: other, from, to } => {
                let other: Vec<&str> = seed(other).split('\n').collect();
                lines.insert(index(to), other[usize::from(from) % other.len()].to_owned());
            }
            Self::Ends { carriage_return: true, newline } => {
                let ended: Vec<String> = lines.iter().map(|line| format!("{line}\r")).collect();
                *lines = if newline { ended } else { vec![ended.concat()] };
            }
            Self::Ends { .. } => {}
        }
    }
}

fn seed(number: u16) -> &'static str {
    &SEED_SOURCES[usize::from(number) % SEED_SOURCES.len()]
}

/// Where a character begins.
fn boundary(line: &str, column: u8) -> usize {
    let columns = line.chars().count() + 1;
    line.char_indices().nth(usize::from(column) % columns).map_or(line.len(), |(at, _)| at)
}
