//! The `unum-streaming` command.

mod analyze;
#[cfg(feature = "aws")]
mod aws;
mod color;
mod doctor;
mod module;
mod output;
mod progress;
mod shell;
mod source;
mod text;
mod timeline;
mod transform;

use std::process::ExitCode;

use clap::{CommandFactory, Parser, Subcommand};

use self::progress::Progress;

const EXIT_CODES: &str = "\
Exit codes:
  0  done
  1  what `analyze --check` or `analyze --require` asks for does not hold, or `doctor` found problems
  2  wrong usage, or something that cannot be read, understood or written

What takes longer than a second shows how far it is on standard error, if that is a terminal.";

/// See what streams from a handler, and what its functions did
#[derive(Debug, Parser)]
#[command(name = "unum-streaming", version, after_help = EXIT_CODES)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Show for each field of a handler's result the line it streams from, or the line that prevents it
    Analyze(analyze::Args),
    /// Print the module with its publish calls, or as written, and then why on stderr
    Transform(transform::Args),
    Doctor(doctor::Args),
    Timeline(timeline::Args),
    /// Print completions: `unum-streaming completions bash > ~/.local/share/bash-completion/completions/unum-streaming`
    Completions(shell::CompletionsArgs),
    /// Print the manual page: `unum-streaming man > ~/.local/share/man/man1/unum-streaming.1`
    #[command(after_help = shell::EXIT_CODES)]
    Man,
}

#[derive(Debug, thiserror::Error)]
enum Error {
    #[error(transparent)]
    Module(#[from] module::Error),
    #[error("cannot write the output: {0}")]
    Write(#[from] std::io::Error),
    #[error(transparent)]
    Doctor(#[from] doctor::Error),
    #[error(transparent)]
    Timeline(#[from] timeline::Error),
}

fn main() -> ExitCode {
    run(Cli::parse().command).unwrap_or_else(|error| {
        output::complain(error);
        ExitCode::from(2)
    })
}

fn run(command: Command) -> Result<ExitCode, Error> {
    match command {
        Command::Analyze(args) => return Ok(analyze::run(&args)?),
        Command::Transform(args) => transform::run(&args)?,
        Command::Doctor(args) => {
            let _progress = Progress::start("looking at the functions", None);
            return Ok(doctor::run(&args)?);
        }
        Command::Timeline(args) => timeline::run(&args)?,
        Command::Completions(args) => shell::completions(Cli::command(), &args)?,
        Command::Man => shell::man(Cli::command())?,
    }
    Ok(ExitCode::SUCCESS)
}
