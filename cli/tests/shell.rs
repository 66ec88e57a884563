//! Completions and the manual page know every subcommand and its options.

#![expect(clippy::unwrap_used, reason = "helpers of tests, which may end a test")]

use std::process::Command;

fn printed(args: &[&str]) -> String {
    let output = Command::new(env!("CARGO_BIN_EXE_unum-streaming")).args(args).output().unwrap();
    assert!(output.status.success(), "{args:?}");
    String::from_utf8(output.stdout).unwrap()
}

/// Names of subcommands, as the help text lists them.
fn subcommands() -> Vec<String> {
    let help = printed(&["--help"]);
    let lines = help.lines().skip_while(|line| *line != "Commands:").skip(1).take_while(|line| !line.is_empty());
    let names = lines.filter_map(|line| line.strip_prefix("  ")?.split(' ').next().map(str::to_owned));
    names.filter(|name| !name.is_empty() && name != "help").collect()
}

#[test]
fn completions_know_every_subcommand() {
    let known = subcommands();
    assert!(["analyze", "doctor", "timeline"].iter().all(|name| known.iter().any(|known| known == name)), "{known:?}");
    for shell in ["bash", "elvish", "fish", "powershell", "zsh"] {
        let script = printed(&["completions", shell]);
        for name in &known {
            assert!(script.contains(name), "{shell}: {name}");
        }
        assert!(script.contains("trust-decorator"), "{shell}");
    }
}

#[test]
fn every_subcommand_tells_its_exit_codes_and_those_that_report_have_json() {
    for name in subcommands() {
        let help = printed(&[&name, "--help"]);
        assert!(help.contains("\nExit codes:\n  0  ") && help.contains("\n  2  wrong usage"), "{name}: {help}");
        let reports = !["completions", "man"].contains(&name.as_str());
        assert_eq!(help.contains("--format <FORMAT>") && help.contains("NO_COLOR"), reports, "{name}: {help}");
        let refused = Command::new(env!("CARGO_BIN_EXE_unum-streaming")).args([&name, "--nonsense"]).output().unwrap();
        assert_eq!(refused.status.code(), Some(2), "{name}");
    }
}

#[test]
fn the_manual_page_has_every_subcommand_with_its_options() {
    let page = printed(&["man"]);
    assert!(page.starts_with(".ie"), "{}", &page[..40]);
    for name in subcommands() {
        assert!(page.contains(&format!(".SH \"UNUM-STREAMING {}\"", name.to_uppercase())), "{name}");
    }
    for words in ["trust\\-decorator", "Exit codes", "NO_COLOR"] {
        assert!(page.contains(words), "{words}");
    }
}
