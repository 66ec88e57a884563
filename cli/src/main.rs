//! The `unum-streaming` command.

mod analyze;
mod module;
mod output;
mod timeline;
mod transform;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

/// See what streams from a handler, and what its functions did
#[derive(Debug, Parser)]
#[command(name = "unum-streaming", version)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Show for each field of a handler's result the line it streams from, or the line that prevents it
    Analyze(module::Args),
    /// Print the module with its publish calls, or as written, and then why on stderr
    Transform(module::Args),
    Timeline(timeline::Args),
}

#[derive(Debug, thiserror::Error)]
enum Error {
    #[error(transparent)]
    Module(#[from] module::Error),
    #[error(transparent)]
    Timeline(#[from] timeline::Error),
}

fn main() -> ExitCode {
    match run(Cli::parse().command) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("unum-streaming: {error}");
            ExitCode::from(2)
        }
    }
}

fn run(command: Command) -> Result<(), Error> {
    match command {
        Command::Analyze(args) => analyze::run(&args)?,
        Command::Transform(args) => transform::run(&args)?,
        Command::Timeline(args) => timeline::run(args)?,
    }
    Ok(())
}
