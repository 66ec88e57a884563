//! When output is coloured, and with what.

use std::{env, io, io::IsTerminal};

use clap::ValueEnum;

#[derive(Debug, Clone, Copy, ValueEnum)]
pub enum Color {
    Auto,
    Always,
    Never,
}

impl Color {
    pub fn on_stdout(self) -> bool {
        match self {
            Self::Always => true,
            Self::Never => false,
            Self::Auto => io::stdout().is_terminal() && env::var_os("NO_COLOR").is_none_or(|set| set.is_empty()),
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Style {
    Strong,
    Faint,
    Gutter,
    Good,
    Warning,
    Bad,
    Help,
}

impl Style {
    /// Parameters of the terminal's "select graphic rendition".
    fn sgr(self) -> &'static str {
        match self {
            Self::Strong => "1",
            Self::Faint => "2",
            Self::Gutter => "34",
            Self::Good => "32",
            Self::Warning => "33",
            Self::Bad => "31",
            Self::Help => "36",
        }
    }
}

/// Colours, or not.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Paint(pub bool);

impl Paint {
    pub fn paint(self, style: Style, text: &str) -> String {
        if self.0 && !text.is_empty() { format!("\u{1b}[{}m{text}\u{1b}[0m", style.sgr()) } else { text.to_owned() }
    }
}
