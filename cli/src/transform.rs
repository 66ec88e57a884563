//! `unum-streaming transform`: the module as the worker would run it.

mod diff;

use std::path::PathBuf;

use serde::Serialize;
use unum_transformer::{Definition, Idle, ReliedOn, Report, Route, Shift};

use crate::{
    Error,
    color::{Color, Paint},
    module::{self, Format, Module, Options},
    output, source,
};

const EXIT_CODES: &str = "\
Exit codes:
  0  the module was printed, whether or not it streams
  2  wrong usage, or a module that cannot be read or analysed";

#[derive(Debug, clap::Args)]
#[command(after_help = EXIT_CODES)]
pub struct Args {
    /// Python module that holds the handler; `-` reads it from standard input
    #[arg(value_name = "FILE")]
    file: PathBuf,

    /// Handler as Lambda names it: `app.lambda_handler`, or the function alone
    #[arg(long, value_name = "NAME", default_value = "lambda_handler", value_parser = module::handler)]
    handler: String,

    #[command(flatten)]
    options: Options,

    /// Print what changes as a unified diff; nothing where the module runs as written
    #[arg(long, conflicts_with = "format")]
    diff: bool,

    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,

    /// When to colour the diff; `auto`: on a terminal, unless `NO_COLOR` is set
    #[arg(long, value_enum, value_name = "WHEN", default_value_t = Color::Auto)]
    color: Color,
}

#[derive(Serialize)]
struct Document {
    /// Null: the module runs as written.
    source: Option<String>,
    /// What the worker has to know of it.
    settings: Option<Settings>,
    report: Report,
}

#[derive(Serialize)]
struct Settings {
    /// The module that `source` replaces.
    module: String,
    path: String,
    injected: Option<String>,
    keys: Vec<String>,
    route: Route,
    shifts: Vec<Shift>,
    idle: Vec<Idle>,
    guards: u32,
    relied_on: Vec<ReliedOn>,
    definitions: Vec<Definition>,
}

pub fn run(args: &Args) -> Result<(), Error> {
    let module = Module::read(&args.file)?;
    let transformation = module.decide(module::function_name(&args.handler), &args.options)?;
    let (report, route) = (transformation.report, transformation.route);
    let (shifts, idle) = (transformation.shifts, transformation.idle);
    let (guards, relied_on) = (transformation.guards, transformation.relied_on);
    let other = transformation.other.as_ref();
    match (args.format, transformation.source) {
        (Format::Json, source) => {
            let (name, path) = other.map_or_else(
                || (module.dotted_name(), args.file.to_string_lossy().into_owned()),
                |other| (other.name.clone(), other.path.clone()),
            );
            let (injected, keys) = (report.injected_name.clone(), report.keys.clone());
            let settings = source.is_some().then_some(Settings {
                module: name,
                path,
                injected,
                keys,
                route,
                shifts,
                idle,
                guards,
                relied_on,
                definitions: transformation.definitions,
            });
            output::print_json(&Document { source, settings, report })?;
        }
        (Format::Text, Some(edited)) if args.diff => {
            let file = other.map_or_else(|| args.file.to_string_lossy(), |other| other.path.as_str().into());
            let original = source::decode(other.map_or(&module.source, |other| &other.source));
            let paint = Paint(args.color.on_stdout());
            output::print(diff::unified(&file, &original, &edited, paint).as_bytes())?;
        }
        (Format::Text, Some(edited)) => output::print(edited.as_bytes())?,
        (Format::Text, None) => {
            let place = report.line.map(|line| format!(" (line {line})")).unwrap_or_default();
            let file = args.file.display();
            output::complain(format_args!("{file} runs as written: {}{place}", report.reason));
            if !args.diff {
                output::print(&module.source)?;
            }
        }
    }
    Ok(())
}
